"""Read a whole study: a folder of plain tables, or a visit table alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.study.headings import unread_note
from myotrial.study.raw_table import RawTable, shown
from myotrial.study.tables import load_tables
from myotrial.study.visits import Visits, inspect_visits, read_raw, read_visits, values_of

SIMULATED = "simulated.json"
"""The file in a study's folder that says its data were simulated, and how."""

SUFFIXES = (".csv", ".parquet", ".tsv", ".txt", ".xlsx", ".xls")
"""Files that are taken for a table; a workbook is then told to be none."""


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

    Examples
    --------
    >>> from myotrial.model.data import data_file
    >>> read_study(data_file("examples", "infliximab13", "visits_uln_men.csv"))
    StudyData(13 subjects, 22 visits, 0 events)
    """
    folder = Path(str(path))
    if not folder.is_dir():
        alone = read_visits(folder, baseline_week)
        return StudyData(_subjects_from(alone), alone, _empty("events"), {"visits": str(alone.sha256)},
                         notes=alone.notes)  # fmt: skip
    tables = _Tables(folder)
    visits = tables.visits(baseline_week)
    subjects, events = tables.plain("subjects"), tables.plain("events")
    tables.find_strangers()
    if tables.faults or visits is None:
        raise BadInput(tables.faults)
    return StudyData(
        _subjects_from(visits) if subjects is None else subjects,
        visits,
        _empty("events") if events is None else events,
        tables.inputs,
        _how_simulated(folder),
        tuple(tables.notes),
    )


@dataclass(slots=True)
class _Tables:
    """The tables of a folder while they are read: what was found, and what is wrong with it."""

    folder: Path
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)
    seen: dict[str, tuple[pl.DataFrame, RawTable]] = field(default_factory=dict)

    def visits(self, baseline_week: float | None) -> Visits | None:
        """Read the visit table; ``None`` where it is not there or cannot be read."""
        raw = self._raw("visits")
        if raw is None:
            return None
        frame, layout, faults = inspect_visits(raw, baseline_week)
        self._keep("visits", frame, raw, faults)
        return Visits(frame, layout, raw.file, self.inputs["visits"], tuple(self.notes))

    def plain(self, name: str) -> pl.DataFrame | None:
        """Read another table; ``None`` where it is not there or cannot be read."""
        raw = self._raw(name)
        if raw is None:
            return None
        table = load_tables()[name]
        frame, faults = values_of(raw, table)
        if name == "events":  # a study may have none
            faults = [fault for fault in faults if fault.code != "no_rows"]
        if table.key and table.key[0] in frame.columns:
            faults += _repeated(frame, raw, table.key[0])
        self._keep(name, frame, raw, sorted(faults, key=lambda fault: (fault.row or 0, fault.column or "")))
        return frame

    def find_strangers(self) -> None:
        """Tell every subject of visits and events that the list of subjects does not have."""
        home = "subjects" if "subjects" in self.seen else "visits"
        if home not in self.seen or (home == "visits" and _any_file(self.folder, "subjects")):
            return
        listed, source = self.seen[home]
        if "subject_id" not in listed.columns or listed["subject_id"].null_count() or not listed.height or source.cut:
            return  # who is in the list is not known
        known = set(listed["subject_id"].to_list()) | source.lost
        for name in ("visits", "events"):
            if name in self.seen and name != home:
                self.faults += _strangers(known, *self.seen[name], name, home)

    def _raw(self, name: str) -> RawTable | None:
        files = _any_file(self.folder, name)
        if len(files) > 1:
            names = " and ".join(file.name for file in files)
            self.faults.append(Fault("two_tables", f"the folder has {name} twice", str(self.folder),
                                     got=names, expected="one of them"))  # fmt: skip
        elif not files and name == "visits":
            self.faults.append(Fault("missing_table", "the folder has no visit table", str(self.folder),
                                     expected="visits.csv or visits.parquet"))  # fmt: skip
        if len(files) != 1:
            return None
        try:
            raw, self.inputs[name] = read_raw(files[0], load_tables()[name].names)
        except BadInput as error:
            self.faults += error.faults
            return None
        return raw

    def _keep(self, name: str, frame: pl.DataFrame, raw: RawTable, faults: list[Fault]) -> None:
        self.seen[name] = (frame, raw)
        self.faults += faults
        self.notes += [*raw.notes, *unread_note(raw, load_tables()[name])]


def _how_simulated(folder: Path) -> Mapping[str, Any] | None:
    file = folder / SIMULATED
    if not file.is_file():
        return None
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise BadInput([Fault("not_json", "the file does not say how the study was simulated", file.name,
                              hint="delete it if the data are not simulated")]) from None  # fmt: skip


def _any_file(folder: Path, name: str) -> list[Path]:
    """Return the files of a folder that hold a table, in any letters: what a file is, its content tells."""
    try:
        inside = list(folder.iterdir())
    except OSError as error:
        raise BadInput([Fault("unreadable", f"the folder cannot be read: {error.strerror}", str(folder))]) from None
    files = [file for file in inside if file.stem.lower() == name and file.suffix.lower() in SUFFIXES]
    return sorted(file for file in files if file.is_file())


def _repeated(frame: pl.DataFrame, raw: RawTable, key: str) -> list[Fault]:
    ids = frame[key]
    again = ids.is_duplicated() & ~ids.is_first_distinct() & ids.is_not_null()
    return [
        raw.fault("duplicate_row", "the subject already has a row", row, key, shown(ids[row]), "one row per subject",
                  f"the other one is row {raw.number(int(ids.index_of(ids[row]) or 0))}")
        for row in again.arg_true().to_list()
    ]  # fmt: skip


def _strangers(known: set[str], frame: pl.DataFrame, raw: RawTable, name: str, home: str) -> list[Fault]:
    """Return a fault for each subject that is not known, at the first row it has."""
    if "subject_id" not in frame.columns:
        return []
    ids = frame["subject_id"]
    unknown = ids.is_first_distinct() & ids.is_not_null() & ~ids.is_in(list(known))
    return [
        raw.fault("unknown_subject", f"a subject of {name} is not in {home}", row, "subject_id", shown(ids[row]),
                  f"a subject_id of the table {home}", did_you_mean(ids[row], sorted(known), cutoff=0.8))
        for row in unknown.arg_true().to_list()
    ]  # fmt: skip


def _subjects_from(visits: Visits) -> pl.DataFrame:
    columns = [name for name in ("subject_id", "arm") if name in visits.frame.columns]
    return visits.frame[visits.layout.first, columns]


def _empty(name: str) -> pl.DataFrame:
    kinds: dict[str, Any] = {"text": pl.String, "number": pl.Float64, "whole": pl.Int64, "flag": pl.Boolean}
    return pl.DataFrame(schema={column.name: kinds[column.kind] for column in load_tables()[name].columns})
