"""Read the visit table: CSV or Parquet, one row per subject and visit."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import polars as pl

from myotrial.model.errors import BadInput, Fault
from myotrial.study.checks import (
    Layout,
    changing_maximum,
    duplicate_rows,
    enzyme_pairs,
    find_layout,
    missing_baselines,
)
from myotrial.study.columns import out_of_range, typed_columns, unread_columns
from myotrial.study.tables import load_tables
from myotrial.study.text_table import RawTable, read_csv_bytes


@dataclass(frozen=True, slots=True)
class Visits:
    """A visit table that has been checked.

    Attributes
    ----------
    frame
        One row per subject and visit, columns as in the plain study, units in their names.
    layout
        Where each subject's rows are.
    file
        Where it was read, or ``None``.
    sha256
        The hash of the file's bytes, or ``None`` for a frame.
    notes
        What was noticed and is not a fault.
    """

    frame: pl.DataFrame
    layout: Layout
    file: str | None = None
    sha256: str | None = None
    notes: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        """One line with the numbers."""
        return f"Visits({self.frame.height:,} visits of {len(self.layout.first):,} subjects)"


def read_visits(path: str | Path, baseline_week: float | None = None) -> Visits:
    """Read and check a visit table.

    Parameters
    ----------
    path
        A CSV file (commas, semicolons or tabs; UTF-8, UTF-16 or Latin-1) or a Parquet file.
    baseline_week
        The week of every subject's baseline. Without it the baseline is a subject's earliest week.

    Returns
    -------
    Visits
        Numbers are the decimals that stand in the file, to nine places.

    Raises
    ------
    BadInput
        With every fault of the file.

    Examples
    --------
    >>> from myotrial.model.data import data_file
    >>> read_visits(data_file("examples", "infliximab13", "visits_uln_men.csv"))
    Visits(22 visits of 13 subjects)
    """
    raw, digest = read_raw(path, load_tables()["visits"].names)
    return _checked(raw, baseline_week, digest)


def check_visits(frame: pl.DataFrame, baseline_week: float | None = None, file: str = "visits") -> Visits:
    """Check a visit table that is already a frame; see :func:`read_visits`."""
    return _checked(RawTable(frame, file, first_row=1), baseline_week, None)


def read_raw(path: str | Path, known: list[str]) -> tuple[RawTable, str]:
    """Read a CSV or Parquet file as it stands, with the SHA-256 of its bytes."""
    path = Path(str(path))
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "not there"
        raise BadInput([Fault("no_file", f"the file is {kind}", str(path), expected="a CSV or Parquet file")])
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput([Fault("unreadable", f"the file cannot be read: {error.strerror}", str(path))]) from None
    name = path.name
    raw = _read_parquet(data, name) if data[:4] == b"PAR1" else read_csv_bytes(data, name, known)
    return raw, sha256(data).hexdigest()


def _read_parquet(data: bytes, name: str) -> RawTable:
    try:
        return RawTable(pl.read_parquet(data), name, first_row=1)
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise BadInput([Fault("unreadable", f"the Parquet file is damaged: {reason}", name)]) from None


def _checked(raw: RawTable, baseline_week: float | None, digest: str | None) -> Visits:
    table = load_tables()["visits"]
    unread = unread_columns(raw, table)
    frame, faults = typed_columns(raw, table)
    if raw.frame.height == 0 and not faults:
        faults.append(Fault("no_rows", "the table has a header and no rows", raw.file, expected="a row per visit"))
    if {"subject_id", "week"} <= set(frame.columns) and frame.height:
        faults += out_of_range(frame, table, raw) + enzyme_pairs(frame, raw)
        layout = find_layout(frame)
        faults += duplicate_rows(frame, layout, raw) + changing_maximum(frame, layout, raw)
        if baseline_week is not None:
            faults += missing_baselines(frame, layout, baseline_week, raw)
    if faults:
        raise BadInput(sorted(faults, key=lambda fault: (fault.row or 0, fault.column or "")))
    notes = list(raw.notes)
    if unread:
        notes.append(f"{raw.file}: columns that were not read: {', '.join(unread)}")
    return Visits(frame, layout, raw.file, digest, tuple(notes))
