"""Ask the three questions of the second mutator of many files."""

from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from second_mutator import DAMAGE, REFUSED, plain_file, random_cell, same_values, verdict

from myotrial.model.errors import BadInput, Fault
from myotrial.study.visits import Visits, read_visits


def read(data: bytes, folder: Path) -> Visits | tuple[Fault, ...]:
    """Read a visit table; return it, or its faults. Any other exception goes on."""
    path = folder / "visits.csv"
    path.write_bytes(data)
    try:
        return read_visits(path)
    except BadInput as error:
        return error.faults


def second_run(files: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Return how many files of each kind were read, and everything that went wrong."""
    count: Counter[str] = Counter()
    problems: list[str] = []
    kinds = ["random cell"] * len(DAMAGE) + [*DAMAGE, *REFUSED]
    with TemporaryDirectory() as name:
        for at in range(files):
            kind = kinds[at % len(kinds)]
            rng = Random(f"{seed}/{kind}/{at}")  # noqa: S311
            count[kind] += 1
            try:
                problem = _cell(rng, Path(name)) if kind == "random cell" else _damage(kind, rng, Path(name))
            except Exception as error:  # noqa: BLE001  (anything but a list of faults is what is looked for)
                problem = f"{type(error).__name__}: {error}"
            if problem:
                problems.append(f"{kind} ({seed}/{kind}/{at}): {problem}")
    return count, problems


def _cell(rng: Random, folder: Path) -> str | None:
    text, cell, row, column = random_cell(rng, plain_file(rng))
    found = read(text.encode(), folder)
    due = verdict(cell, column)
    if isinstance(found, Visits):
        return f"{cell!r} in {column} was read" if due == "bad" else same_values(text.encode(), _columns(found))
    if due == "bad":
        here = [fault for fault in found if (fault.row, fault.column) == (row, column)]
        return None if here and len(found) == len(here) else f"{cell!r} in {column}, row {row}: {found[:2]}"
    alone = due == "missing" and column == "ck_uln_u_per_l"  # a value without its limit
    again = column == "week" and all(fault.code == "duplicate_visit" for fault in found)
    return None if alone or again else f"{cell!r} in {column} is good, and: {found[:2]}"


def _damage(kind: str, rng: Random, folder: Path) -> str | None:
    data = {**DAMAGE, **REFUSED}[kind](rng, plain_file(rng))
    found = read(data, folder)
    if not isinstance(found, Visits):
        return None if found else "refused without a word"
    return "it was read" if kind in REFUSED else same_values(data, _columns(found))


def _columns(visits: Visits) -> dict[str, list[object]]:
    return {name: visits.frame[name].to_list() for name in visits.frame.columns}
