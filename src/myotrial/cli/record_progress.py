"""How far an import is: a bar on a terminal, now and then a line elsewhere. Both go to stderr."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from myotrial.cli.output import show_note
from myotrial.registry.store.importing import Progress

EVERY_S = 10.0
"""Between two lines where there is no terminal."""


@contextmanager
def show_progress() -> Iterator[Callable[[Progress], None]]:
    """Give what is called after each record."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console  # noqa: PLC0415  (rich is slow to load)
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    shown = Bar(TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
                TimeRemainingColumn(), console=Console(stderr=True), transient=True)  # fmt: skip
    with shown:
        task = shown.add_task("", total=None)

        def tell(now: Progress) -> None:
            shown.update(task, description=Text(_words(now)).plain, completed=now.done, total=now.size)

        yield tell


def _lines() -> Callable[[Progress], None]:
    last = time.monotonic()

    def tell(now: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY_S:
            last = time.monotonic()
            show_note(f"{_words(now)}, {now.done / max(now.size, 1):.0%} of the file")

    return tell


def _words(now: Progress) -> str:
    name = "".join(sign if sign.isprintable() else "�" for sign in now.name)
    place = f"{name} (file {now.file:,} of {now.files:,})" if now.files > 1 else name
    faults = f", {now.faults:,} faults" if now.faults else ""
    return f"{place}: {now.records:,} records{faults}"
