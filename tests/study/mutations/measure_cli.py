"""One file of every class through the command line: status 3, nothing on stdout, no traceback."""

import contextlib
import io
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from clean_files import Case
from measure import spoiled
from planting import CLASSES

from myotrial.cli.app import run


def words(case: Case) -> list[str]:
    """Return the command that reads a case."""
    if case.kind == "facts":
        return ["classify", case.grids["facts"].file]
    if case.kind == "folder":
        return ["analyse", "NCT04044690", "."]
    stated = [] if case.baseline_week is None else ["--baseline-week", f"{case.baseline_week:g}"]
    return ["score", case.visits.file, *stated]


def cli_run(seed: int) -> tuple[int, list[str]]:
    """Return how many files were read and what went wrong; items and notes have no command that refuses them."""
    files, problems = 0, []
    before = Path.cwd()
    for name in CLASSES:
        case, planted = spoiled(name, f"{seed}/cli")
        if case.kind == "items" or planted.note is not None:
            continue
        files += 1
        with TemporaryDirectory() as folder:
            for grid in case.grids.values():
                (Path(folder) / grid.file).write_bytes(grid.data())
            os.chdir(folder)
            try:
                said = _call(words(case))
            finally:
                os.chdir(before)
        if said:
            problems.append(f"{name} ({seed}/cli): {said}")
    return files, problems


def _call(command: list[str]) -> str | None:
    out, told = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
            status = run(command)
    except BaseException as error:  # noqa: BLE001  (anything is told but a status)
        return f"Traceback: {error!r}"
    if status != 3 or out.getvalue() or "Traceback" in told.getvalue():
        return f"status {status}; {told.getvalue()[:300]}"
    return None
