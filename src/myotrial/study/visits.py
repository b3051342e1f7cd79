"""Read the visit table: CSV or Parquet, one row per subject and visit."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from myotrial.model.errors import BadInput, Fault
from myotrial.study.checks import Layout, enzyme_pairs, find_layout, visit_faults
from myotrial.study.columns import typed_columns
from myotrial.study.files import read_raw
from myotrial.study.headings import unread_note
from myotrial.study.masking import mask_raw
from myotrial.study.plausible import plausibility_notes
from myotrial.study.ranges import out_of_range
from myotrial.study.raw_table import RawTable
from myotrial.study.tables import Table, load_tables, visit_table

__all__ = ["Layout", "Visits", "check_visits", "demand", "inspect_visits", "read_raw", "read_visits", "values_of"]

EMPTY = "leave its cells empty where nothing was measured"


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
    held
        What was made of the table and is the same for every rule: made once, used by all.
    """

    frame: pl.DataFrame
    layout: Layout
    file: str | None = None
    sha256: str | None = None
    notes: tuple[str, ...] = field(default=())
    held: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __repr__(self) -> str:
        """One line with the numbers."""
        return f"Visits({self.frame.height:,} visits of {len(self.layout.first):,} subjects)"


def read_visits(
    path: str | Path,
    baseline_week: float | None = None,
    *,
    needs: Mapping[str, str] | None = None,
    masked: bool = False,
) -> Visits:
    """Read and check a visit table.

    Parameters
    ----------
    path
        A CSV file (commas, semicolons, tabs or bars; UTF-8, UTF-16 or Latin-1) or a Parquet file.
    baseline_week
        The week of every subject's baseline. Without it the baseline is a subject's earliest week.
    needs
        The columns that must be there, each with the name of the rule that asks for it: what ``find_needs`` of the
        rule gives. Without it, the five columns of the adult core set. A column may be empty.

    Returns
    -------
    Visits
        Numbers are the decimals that stand in the file, to nine places. Rows keep the order of the file; rows in
        which every cell is empty are left out.

    Raises
    ------
    BadInput
        With every fault of the file.

    Notes
    -----
    * Missing, in every column: an empty cell, and NA, N/A, NaN, null or ``.`` in any letters.
    * A comma is a decimal mark only where it does not separate the columns, and where the file has more numbers
      like ``5,5`` than like ``5.5``; the rarer kind is then a fault. Thousands separators are never read.
    * An enzyme may be given in U/L or in microkatal per litre (``ck_ukat_per_l``); both at once are a fault. Its upper
      limit of normal stands beside it, in either unit.
    * Column names are read as they are written; one that is nearly right is a fault, others are noted.

    Examples
    --------
    >>> from myotrial.model.data import data_file
    >>> read_visits(data_file("examples", "infliximab13", "visits_uln_men.csv"))
    Visits(22 visits of 13 subjects)
    """
    raw, digest = read_raw(path, load_tables()["visits"].names)
    return _checked(mask_raw(raw, "visits") if masked else raw, baseline_week, digest, needs)


def check_visits(
    frame: pl.DataFrame,
    baseline_week: float | None = None,
    file: str = "visits",
    *,
    needs: Mapping[str, str] | None = None,
) -> Visits:
    """Check a visit table that is already a frame; see :func:`read_visits`.

    Examples
    --------
    >>> check_visits(pl.DataFrame({"subject_id": ["A"], "week": [0]}))
    Traceback (most recent call last):
    myotrial.model.errors.BadInput: 5 faults
    visits, column extramuscular_cm: a required column is missing
    ...
    """
    return _checked(RawTable(frame, file, first_row=1), baseline_week, None, needs)


def demand(visits: Visits, needs: Mapping[str, str]) -> None:
    """Refuse a table that was read for something else and lacks what a rule needs.

    Parameters
    ----------
    visits
        The table.
    needs
        Column → the rule that asks for it.

    Raises
    ------
    BadInput
        With every column that is missing.
    """
    table, file = load_tables()["visits"], visits.file or "visits"
    faults = [
        Fault("missing_column", _asks(rule), file, None, name, None, _described(table, name), EMPTY)
        for name, rule in needs.items()
        if name not in visits.frame.columns
    ]
    if faults:
        raise BadInput(faults)


def _asks(rule: str) -> str:
    return f"{rule} needs this column, and it is missing"


def _described(table: Table, name: str) -> str:
    column = table.column(name)
    return f"{column.label}, {column.expected()}"


def _checked(raw: RawTable, baseline_week: float | None, digest: str | None, needs: Mapping[str, str] | None) -> Visits:
    frame, layout, faults = inspect_visits(raw, baseline_week, needs)
    if faults:
        raise BadInput(faults)
    notes = (*raw.notes, *unread_note(raw, load_tables()["visits"]), *plausibility_notes(frame, layout, raw))
    return Visits(frame, layout, raw.file, digest, notes)


def inspect_visits(
    raw: RawTable, baseline_week: float | None, needs: Mapping[str, str] | None = None
) -> tuple[pl.DataFrame, Layout, list[Fault]]:
    """Return the typed columns of a visit table, where its subjects are, and every fault by row and column."""
    frame, faults = values_of(raw, visit_table(None if needs is None else tuple(needs)))
    faults = [_with_rule(fault, needs or {}) for fault in faults]
    if not {"subject_id", "week"} <= set(frame.columns):
        return frame, find_layout(pl.DataFrame({"subject_id": [], "week": []})), faults
    faults += enzyme_pairs(frame, raw, faults)
    keyed, known = frame, raw
    if frame["subject_id"].null_count() or frame["week"].null_count():
        keep = (frame["subject_id"].is_not_null() & frame["week"].is_not_null()).to_numpy()
        keyed, known = frame.filter(pl.Series(keep)), raw.only(keep)
        known.lost = raw.lost | _subjects_without_week(frame, keep)
    layout = find_layout(keyed)
    faults += visit_faults(keyed, layout, known, baseline_week, faults)
    return frame, layout, sorted(faults, key=lambda fault: (fault.row or 0, fault.column or ""))


def _with_rule(fault: Fault, needs: Mapping[str, str]) -> Fault:
    """Name the rule that asks for a column, where the column is missing."""
    if fault.code != "missing_column" or fault.column is None or fault.column not in needs:
        return fault
    return replace(fault, message=_asks(needs[fault.column]), hint=fault.hint or EMPTY)


def values_of(raw: RawTable, table: Table) -> tuple[pl.DataFrame, list[Fault]]:
    """Return the typed columns of a table, with the faults of its shape, its column names and its values."""
    frame, faults = typed_columns(raw, table)
    if any(fault.code == "no_known_column" for fault in faults):  # then nothing else means anything
        return frame, faults if raw.frame.width else raw.faults or faults
    faults += raw.faults
    faults += out_of_range(frame, table, raw, faults)
    if not raw.frame.height and not faults:
        faults.append(
            raw.fault("no_rows", "the table has column names and no rows", None, None, expected="a row or more")
        )
    return frame, faults


def _subjects_without_week(frame: pl.DataFrame, keep: np.ndarray) -> set[str]:
    return set(frame["subject_id"].filter(pl.Series(~keep)).drop_nulls().to_list())
