"""Read a case as a user would, and hold what was told against what was planted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from traceback import format_exc

import faults_in_cells
import faults_in_files
import faults_in_studies
import faults_in_tables
from clean_files import KINDS, Case, make_case
from planting import CLASSES, Place, Planted

from myotrial.criteria.classification.facts import read_facts
from myotrial.criteria.classification.files import read_facts_file
from myotrial.instruments.study_items import check_study_items
from myotrial.model.errors import BadInput, Fault
from myotrial.study.reading import read_study
from myotrial.study.visits import read_visits

REGISTERED = (faults_in_cells, faults_in_tables, faults_in_studies, faults_in_files)  # they register their classes


@dataclass(frozen=True, slots=True)
class Told:
    """What reading a case gave."""

    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    crash: str | None = None


@dataclass(slots=True)
class Score:
    """One class of fault: files, places planted and found, what else was told, and crashes."""

    files: int = 0
    places: int = 0
    found: int = 0
    elsewhere: int = 0
    noted: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found / self.places if self.places else 1.0


def read_case(case: Case, folder: Path) -> Told:
    """Write a case into a folder and read it."""
    for grid in case.grids.values():
        (folder / grid.file).write_bytes(grid.data())
    try:
        return Told(notes=_read(case, folder))
    except BadInput as error:
        str(error)
        return Told(faults=error.faults)
    except BaseException:  # noqa: BLE001  (anything else is what is looked for)
        return Told(crash=format_exc())


def _read(case: Case, folder: Path) -> tuple[str, ...]:
    if case.kind == "visits":
        return read_visits(folder / case.visits.file, case.baseline_week).notes
    if case.kind == "facts":
        read_facts(read_facts_file(folder / case.grids["facts"].file))
        return ()
    study = read_study(folder, case.baseline_week)
    check_study_items(study)
    return study.notes


def judge(planted: Planted, told: Told, score: Score, label: str) -> None:
    """Add one file to the score of its class."""
    score.files += 1
    if told.crash:
        score.places += 1
        score.problems.append(f"{label}: {told.crash}")
        return
    if planted.note is not None:
        score.noted = True
        score.places += 1
        hit = any(planted.note in note for note in told.notes)
        score.found += hit
        if not hit:
            score.problems.append(f"{label}: no note with '{planted.note}' among {told.notes}")
    for place in planted.places:
        score.places += 1
        hit = any(_is_at(fault, place) and fault.code in place.codes for fault in told.faults)
        score.found += hit
        if not hit:
            score.problems.append(f"{label}: not told: {place}; told: {told.faults[:3]}")
    allowed = (*planted.places, *planted.also)
    stray = [fault for fault in told.faults if not any(_is_at(fault, place) for place in allowed)]
    score.elsewhere += len(stray)
    score.problems += [f"{label}: told elsewhere: {fault}; planted {planted.places[:2]}" for fault in stray[:2]]


def _is_at(fault: Fault, place: Place) -> bool:
    return (
        (place.file is None or fault.file is None or Path(fault.file).name == place.file)
        and (place.row is None or fault.row == place.row)
        and (place.column is None or fault.column == place.column)
    )


def spoiled(name: str, seed: str) -> tuple[Case, Planted]:
    """Return a case with one planted fault of a class; the same for the same seed on every machine."""
    rng = Random(seed)  # noqa: S311
    chosen = CLASSES[name]
    while True:
        case = make_case(rng.choice(chosen.kinds), rng)
        planted = chosen.plant(case, rng)
        if planted is not None:
            return case, planted


def measure(files: int, seed: int, classes: list[str] | None = None) -> dict[str, Score]:
    """Read that many spoiled files, the same number of each class, and score them."""
    names = classes or list(CLASSES)
    scores = {name: Score() for name in names}
    _each(files, names, lambda name, at, folder: _one(name, f"{seed}/{name}/{at}", scores[name], folder))
    return scores


def _one(name: str, seed: str, score: Score, folder: Path) -> None:
    case, planted = spoiled(name, seed)
    judge(planted, read_case(case, folder), score, seed)


def false_alarms(files: int, seed: int) -> list[str]:
    """Read that many clean files of every kind; return what was told of them."""
    alarms: list[str] = []

    def read(kind: str, at: int, folder: Path) -> None:
        rng = Random(f"{seed}/clean/{kind}/{at}")  # noqa: S311
        told = read_case(make_case(kind, rng), folder)
        notes = [note for note in told.notes if "columns that were not read: comment" not in note]
        alarms.extend(f"{seed}/clean/{kind}/{at}: {what}" for what in (*told.faults, *notes, told.crash) if what)

    _each(files, list(KINDS), read)
    return alarms


def _each(files: int, names: list[str], act: Callable[[str, int, Path], None]) -> None:
    for number in range(files):
        with TemporaryDirectory() as folder:
            act(names[number % len(names)], number // len(names), Path(folder))
