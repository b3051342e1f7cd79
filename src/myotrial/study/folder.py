"""The folder of a study: its tables as they are read, and whether there is room to write."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.study.headings import unread_note
from myotrial.study.masking import mask_raw
from myotrial.study.plausible import plausibility_notes
from myotrial.study.raw_table import RawTable
from myotrial.study.rows import after_death, ended_early, other_arms, repeated, strangers
from myotrial.study.tables import MORE_TABLES, load_tables
from myotrial.study.visits import Visits, inspect_visits, read_raw, values_of

SIMULATED = "simulated.json"
"""The file in a study's folder that says its data were simulated, and how."""

SUFFIXES = (".csv", ".parquet", ".tsv", ".txt", ".xlsx", ".xls")
"""Files that are taken for a table; a workbook is then told to be none."""

NEARLY = 0.8
"""How like a table's name a file's must be to be taken for a slip: visit and vists are, data is not."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table was read: the file's name, and the number of each row in it, shape (rows,)."""

    file: str
    rows: np.ndarray


@dataclass(slots=True)
class Tables:
    """The tables of a folder while they are read: what was found, and what is wrong with it.

    ``masked``: what tells the allocation is taken out before anything is looked at.
    """

    folder: Path
    masked: bool = False
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)
    seen: dict[str, tuple[pl.DataFrame, RawTable]] = field(default_factory=dict)

    def visits(self, baseline_week: float | None, needs: Mapping[str, str] | None) -> Visits | None:
        """Read the visit table, which must have the columns ``needs``; ``None`` where it cannot be read."""
        raw = self._raw("visits")
        if raw is None:
            return None
        frame, layout, faults = inspect_visits(raw, baseline_week, needs)
        self._keep("visits", frame, raw, faults)
        if not faults:
            self.notes += plausibility_notes(frame, layout, raw)
        return Visits(frame, layout, raw.file, self.inputs["visits"], tuple(self.notes))

    def plain(self, name: str) -> pl.DataFrame | None:
        """Read another table; ``None`` where it is not there or cannot be read."""
        raw = self._raw(name)
        if raw is None:
            return None
        table = load_tables()[name]
        frame, faults = values_of(raw, table)
        if name != "subjects":  # a study may have none of the others
            faults = [fault for fault in faults if fault.code != "no_rows"]
        faults += repeated(frame, table, raw, faults) + ended_early(frame, table, raw, faults)
        self._keep(name, frame, raw, sorted(faults, key=lambda fault: (fault.row or 0, fault.column or "")))
        return frame

    def places(self) -> dict[str, Place]:
        """Return where the rows of each table stand."""
        return {
            name: Place(raw.file, np.arange(frame.height) + raw.first_row if raw.numbers is None else raw.numbers)
            for name, (frame, raw) in self.seen.items()
        }

    def find_strangers(self) -> None:
        """Tell every subject of the other tables that the list of subjects does not have."""
        home = "subjects" if "subjects" in self.seen else "visits"
        if home not in self.seen or (home == "visits" and any_file(self.folder, "subjects")):
            return
        listed, source = self.seen[home]
        if "subject_id" not in listed.columns or listed["subject_id"].null_count() or not listed.height or source.cut:
            return  # who is in the list is not known
        known = set(listed["subject_id"].to_list()) | source.lost
        for name in ("visits", "events", *MORE_TABLES):
            if name in self.seen and name != home:
                self.faults += strangers(known, *self.seen[name], name, home)
        if home == "subjects" and "visits" in self.seen:
            self.faults += other_arms(listed, *self.seen["visits"])

    def find_after_death(self) -> None:
        """Tell every row of any table that begins after its subject's death, where the events can be relied on."""
        events, source = self.seen.get("events", (pl.DataFrame(), None))
        if source is None or not {"subject_id", "day", "kind"} <= set(events.columns):
            return
        if any(fault.file == source.file for fault in self.faults):
            return
        died = events.filter(pl.col("kind") == "death").group_by("subject_id").agg(died=pl.col("day").min())
        for name, (frame, raw) in self.seen.items():
            if name != "subjects":
                self.faults += after_death(died, frame, raw, name.replace("_", " "))

    def find_unread(self) -> None:
        """Tell every file that is nearly named like a table that is not there; note the others that hold tables.

        A table under a wrong name would be left out in silence: nobody would have had a rescue.
        """
        absent = [name for name in load_tables() if not any_file(self.folder, name)]
        unread = []
        for file in _table_files(self.folder):
            if file.stem.lower() in load_tables():
                continue
            hint = did_you_mean(re.sub(r"[^a-z]+", "_", file.stem.lower()).strip("_"), absent, cutoff=NEARLY)
            if hint is None:
                unread.append(file.name)
                continue
            expected = ", ".join(f"{name}{file.suffix}" for name in absent)
            self.faults.append(Fault("unknown_table", "the file is not read, and nearly has the name of a table",
                                     str(self.folder), got=file.name, expected=expected, hint=hint))  # fmt: skip
        if unread:
            self.notes.append(f"files that were not read: {', '.join(unread)}")

    def _raw(self, name: str) -> RawTable | None:
        files = any_file(self.folder, name)
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
        return mask_raw(raw, name) if self.masked else raw

    def _keep(self, name: str, frame: pl.DataFrame, raw: RawTable, faults: list[Fault]) -> None:
        self.seen[name] = (frame, raw)
        self.faults += faults
        self.notes += [*raw.notes, *unread_note(raw, load_tables()[name])]


def how_simulated(folder: Path) -> Mapping[str, Any] | None:
    """Return what a folder says of how its data were simulated, or ``None`` for real ones."""
    file = folder / SIMULATED
    if not file.is_file():
        return None
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise BadInput([Fault("not_json", "the file does not say how the study was simulated", file.name,
                              hint="delete it if the data are not simulated")]) from None  # fmt: skip


def any_file(folder: Path, name: str) -> list[Path]:
    """Return the files of a folder that hold a table, in any letters: what a file is, its content tells."""
    return [file for file in _table_files(folder) if file.stem.lower() == name]


def _table_files(folder: Path) -> list[Path]:
    try:
        inside = list(folder.iterdir())
    except OSError as error:
        raise BadInput([Fault("unreadable", f"the folder cannot be read: {error.strerror}", str(folder))]) from None
    return sorted(file for file in inside if file.suffix.lower() in SUFFIXES and file.is_file())


def check_free(folder: Path, names: Iterable[str]) -> None:
    """Refuse a folder in which somebody's tables would be written over.

    Parameters
    ----------
    folder
        Where tables are to be written as ``<name>.csv``; it need not be there.
    names
        The tables that may be written over where the folder says that its data were simulated.

    Raises
    ------
    BadInput
        The folder holds tables and does not say that they were simulated, or it holds some in other files.
    """
    if not folder.is_dir():
        return
    held = [file for name in load_tables() for file in any_file(folder, name)]
    own = {f"{name}.csv" for name in names} if (folder / SIMULATED).is_file() else set()
    faults = [
        Fault("would_overwrite", "the folder already holds study data", str(folder), got=file.name,
              expected="an empty folder, or one whose data were simulated",
              hint="nothing was written; choose another folder")
        for file in held
        if file.name not in own
    ]  # fmt: skip
    if faults:
        raise BadInput(faults)
