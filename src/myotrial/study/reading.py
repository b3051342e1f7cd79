"""Read a whole study: a folder of plain tables, or a visit table alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from myotrial.model.errors import BadInput, Fault
from myotrial.study.columns import out_of_range, typed_columns, unread_columns
from myotrial.study.tables import load_tables
from myotrial.study.text_table import RawTable
from myotrial.study.visits import Visits, read_raw, read_visits

SIMULATED = "simulated.json"
"""The file in a study's folder that says its data were simulated, and how."""

SUFFIXES = (".csv", ".parquet", ".tsv", ".txt")


@dataclass(frozen=True, slots=True, repr=False)
class StudyData:
    """The tables of one study, checked.

    Attributes
    ----------
    subjects
        One row per subject: subject_id, arm and what else is known.
    visits
        The visit table.
    events
        One row per event: subject_id, day (from 1 = first treatment), kind, reason.
    inputs
        Table → SHA-256 of the file it was read from.
    simulated
        How the study was simulated (seed, assumptions), or ``None`` for a real one.
    notes
        What was noticed and is not a fault.
    """

    subjects: pl.DataFrame
    visits: Visits
    events: pl.DataFrame
    inputs: Mapping[str, str] = field(default_factory=dict)
    simulated: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """One line with the numbers."""
        kind = "StudyData, simulated" if self.simulated else "StudyData"
        return (
            f"{kind}({self.subjects.height:,} subjects, {self.visits.frame.height:,} visits, "
            f"{self.events.height:,} events)"
        )

    def write(self, folder: str | Path) -> list[Path]:
        """Write the tables as CSV files into a folder, which is made where it is not there."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        paths = []
        tables = {"subjects": self.subjects, "visits": self.visits.frame, "events": self.events}
        for name, frame in tables.items():
            paths.append(target / f"{name}.csv")
            frame.write_csv(paths[-1])
        if self.simulated:
            paths.append(target / SIMULATED)
            paths[-1].write_text(json.dumps(dict(self.simulated), indent=2) + "\n", encoding="utf-8")
        return paths

    def canonical_csv(self) -> bytes:
        """Return all tables as one CSV text, the same bytes for the same data on every machine."""
        tables = (self.subjects, self.visits.frame, self.events)
        return b"\n".join(frame.write_csv().encode() for frame in tables)


def read_study(path: str | Path, baseline_week: float | None = None) -> StudyData:
    """Read and check a study.

    Parameters
    ----------
    path
        A folder that holds ``visits`` and, as far as there are any, ``subjects`` and ``events``, each as CSV or
        Parquet; or the visit table alone, which then needs an ``arm`` column for comparisons.
    baseline_week
        The week of every subject's baseline; see :func:`read_visits`.

    Raises
    ------
    BadInput
        With every fault of every table.
    """
    folder = Path(str(path))
    if not folder.is_dir():
        visits = read_visits(folder, baseline_week)
        return StudyData(_subjects_from(visits), visits, _empty("events"), {"visits": str(visits.sha256)},
                         notes=visits.notes)  # fmt: skip
    faults: list[Fault] = []
    notes: list[str] = []
    inputs: dict[str, str] = {}
    frames: dict[str, pl.DataFrame] = {}
    for name in ("subjects", "events"):
        file = _find(folder, name, faults)
        if file is not None:
            frames[name] = _read_table(file, name, faults, notes, inputs)
    visits_file = _find(folder, "visits", faults)
    if visits_file is None:
        faults.append(Fault("missing_table", "the folder has no visit table", str(folder), expected="visits.csv"))
        raise BadInput(faults)
    try:
        visits = read_visits(visits_file, baseline_week)
    except BadInput as error:
        raise BadInput([*faults, *error.faults]) from None
    subjects = frames.get("subjects", _subjects_from(visits))
    events = frames.get("events", _empty("events"))
    faults += _strangers(subjects, visits.frame, "visits") + _strangers(subjects, events, "events")
    if faults:
        raise BadInput(faults)
    inputs["visits"] = str(visits.sha256)
    return StudyData(subjects, visits, events, inputs, _how_simulated(folder), (*notes, *visits.notes))


def _how_simulated(folder: Path) -> Mapping[str, Any] | None:
    file = folder / SIMULATED
    if not file.is_file():
        return None
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise BadInput([Fault("not_json", "the file does not say how the study was simulated", file.name,
                              hint="delete it if the data are not simulated")]) from None  # fmt: skip


def _find(folder: Path, name: str, faults: list[Fault]) -> Path | None:
    found = [folder / f"{name}{suffix}" for suffix in SUFFIXES if (folder / f"{name}{suffix}").is_file()]
    if len(found) > 1:
        faults.append(Fault("two_tables", f"the folder has {name} twice", str(folder),
                            got=" and ".join(file.name for file in found), expected="one of them"))  # fmt: skip
    return found[0] if found else None


def _read_table(file: Path, name: str, faults: list[Fault], notes: list[str], inputs: dict[str, str]) -> pl.DataFrame:
    table = load_tables()[name]
    try:
        raw, inputs[name] = read_raw(file, table.names)
    except BadInput as error:
        faults += error.faults
        return _empty(name)
    frame, wrong = typed_columns(raw, table)
    wrong += out_of_range(frame, table, raw)
    if table.key and not wrong and frame.height:
        wrong += _repeated(frame, raw, table.key[0])
    faults += wrong
    notes += raw.notes
    if unread := unread_columns(raw, table):
        notes.append(f"{raw.file}: columns that were not read: {', '.join(unread)}")
    return frame


def _repeated(frame: pl.DataFrame, raw: RawTable, key: str) -> list[Fault]:
    again = frame.select(pl.col(key).is_duplicated() & ~pl.col(key).is_first_distinct()).to_series()
    return [
        raw.fault("duplicate_row", "the subject already has a row", row, key, frame[key][row], "one row per subject")
        for row in again.arg_true().to_list()
    ]


def _strangers(subjects: pl.DataFrame, frame: pl.DataFrame, name: str) -> list[Fault]:
    known = subjects["subject_id"]
    unknown = frame.filter(~pl.col("subject_id").is_in(known.implode()))["subject_id"].unique().sort()
    return [
        Fault("unknown_subject", f"a subject of {name} is not in subjects", name, column="subject_id", got=subject,
              expected="a subject_id of the subjects table")
        for subject in unknown.to_list()
    ]  # fmt: skip


def _subjects_from(visits: Visits) -> pl.DataFrame:
    columns = [name for name in ("subject_id", "arm") if name in visits.frame.columns]
    return visits.frame[visits.layout.first, columns]


def _empty(name: str) -> pl.DataFrame:
    kinds: dict[str, Any] = {"text": pl.String, "number": pl.Float64, "whole": pl.Int64, "flag": pl.Boolean}
    return pl.DataFrame(schema={column.name: kinds[column.kind] for column in load_tables()[name].columns})
