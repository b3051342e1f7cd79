"""What is noticed in a visit table although every value could be: a note, never a fault.

The bounds are data (``data/study/plausible.yaml``), wide, and of our own making.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from myotrial.model.data import load_data
from myotrial.study.checks import Layout
from myotrial.study.raw_table import RawTable, shown
from myotrial.study.tables import ENZYMES, load_tables

NAMED = 3
"""Rows that a note names before it only counts."""


LOOKED_AT = 10_000
"""Rows that are enough to tell a limit from what is measured."""


def plausibility_notes(frame: pl.DataFrame, layout: Layout, raw: RawTable) -> list[str]:
    """Return what is worth a look in a visit table without a fault.

    Parameters
    ----------
    frame
        The typed columns.
    layout
        Where its subjects are.
    raw
        The table as it was found, which knows the numbers of its rows.

    Returns
    -------
    list of str
        A limit of normal that only another unit explains; a week and a day that are far apart; a 999 that stands
        several times; measures under each other's names; arms or subjects that differ only in letters or blanks.

    Examples
    --------
    >>> from myotrial.study.checks import find_layout
    >>> frame = pl.DataFrame({"subject_id": ["A1", "a1"], "week": [0, 4], "ck_uln_u_per_l": [3.2, 200.0]})
    >>> for note in plausibility_notes(frame, find_layout(frame), RawTable(frame, "v.csv", 2)):
    ...     print(note)
    v.csv, row 2, column ck_uln_u_per_l: 3.2 U/L is too low for a limit of normal; is it in another unit?
    v.csv: A1 and a1 differ only in letters or blanks; are they one subject?
    """
    notes = [*_limits(frame, raw), *_under_each_other(frame, raw), *_nines(frame, raw), *_strength(frame, raw)]
    if "day" in frame.columns and frame["day"].dtype.is_numeric():
        notes += _days(frame, layout, raw)
    notes += _alike(frame["subject_id"].gather(layout.first), raw, "subject")
    if "arm" in frame.columns:
        notes += _alike(frame["arm"], raw, "arm")
    return notes


@cache
def _bounds() -> dict[str, Any]:
    return dict(load_data("study", "plausible.yaml"))


def _limits(frame: pl.DataFrame, raw: RawTable) -> Iterator[str]:
    for enzyme in ENZYMES:
        column = load_tables()["visits"].column(f"{enzyme}_uln_u_per_l")
        if column.name not in frame.columns:
            continue
        low, high = _bounds()["limits_u_per_l"][enzyme]
        limits, (unit, factor) = frame[column.name], raw.unit(column)
        for word, odd in (("low", limits < low), ("high", limits > high)):
            rows = odd.fill_null(value=False).arg_true().to_list()
            if rows:
                got = f"{limits[rows[0]] / factor:.10g} {unit}"
                text = f"{got} is too {word} for a limit of normal{_more(rows)}; is it in another unit?"
                yield f"{_place(raw, rows[0])}, column {raw.find(column)}: {text}"


def _under_each_other(frame: pl.DataFrame, raw: RawTable) -> Iterator[str]:
    """Tell of an enzyme that hardly ever changes beside a limit of normal that does: a laboratory has few limits."""
    for enzyme in ENZYMES:
        column, limit = (load_tables()["visits"].column(f"{enzyme}_{part}") for part in ("u_per_l", "uln_u_per_l"))
        if not {column.name, limit.name} <= set(frame.columns):
            continue
        few, many = (frame[name].head(LOOKED_AT).drop_nulls().n_unique() for name in (column.name, limit.name))
        if many >= _bounds()["limits_many"] and many >= _bounds()["limits_for_each_value"] * few:
            names = f"{raw.find(column)} and {raw.find(limit)}"
            told = f"the limit has {many:,} values and the enzyme {few:,}"
            yield f"{raw.file}: {told}; do {names} stand under each other's names?"


def _nines(frame: pl.DataFrame, raw: RawTable) -> Iterator[str]:
    for column in load_tables()["visits"].columns:
        if not column.numeric or column.name not in frame.columns or column.name in {"week", "day"}:
            continue
        factor = raw.unit(column)[1]
        top = frame[column.name].max()
        code = float(_bounds()["nines_from"])
        while isinstance(top, int | float) and code * factor <= top:
            rows = (frame[column.name] == code * factor).fill_null(value=False).arg_true().to_list()
            if len(rows) >= _bounds()["nines_cells"]:
                yield (
                    f"{_place(raw, rows[0])}, column {raw.find(column)}: {code:.0f} stands in {len(rows):,} cells; "
                    "if it is a code for missing, leave them empty"
                )
            code = 10 * code + 9


def _strength(frame: pl.DataFrame, raw: RawTable) -> Iterator[str]:
    """Tell that nobody's strength is above what an index of disability can be."""
    if "mmt" not in frame.columns or frame["mmt"].drop_nulls().len() < NAMED:
        return
    top = frame["mmt"].max()
    if isinstance(top, int | float) and top <= _bounds()["strength_above"]:
        yield f"{raw.file}, column mmt: it is at most {top:g} in every row; is it another measure?"


def _days(frame: pl.DataFrame, layout: Layout, raw: RawTable) -> Iterator[str]:
    days = frame["day"].cast(pl.Float64).to_numpy()
    known = ~np.isnan(days)
    if not known.any():
        return
    apart = days - 7 * layout.week
    apart = apart - np.median(apart[known])
    rows = np.flatnonzero(known & (np.abs(apart) > _bounds()["days_from_week"])).tolist()
    if rows:
        first = rows[0]
        text = f"day {days[first]:g} is {abs(apart[first]):g} days from where week {layout.week[first]:g} is due"
        yield f"{_place(raw, first)}, column day: {text}{_more(rows)}; are week and day right?"


def _alike(names: pl.Series, raw: RawTable, what: str) -> Iterator[str]:
    """Tell names that are the same but for capitals, blanks and the marks between words."""
    names = names.drop_nulls().unique(maintain_order=True)
    plain = names.str.to_lowercase().str.replace_all(r"[\s_.\-]+", "")
    if plain.n_unique() == len(names):
        return
    pairs = pl.DataFrame({"name": names, "plain": plain}).group_by("plain", maintain_order=True).agg("name")
    for same in pairs.filter(pl.col("name").list.len() > 1)["name"].head(NAMED).to_list():
        told = " and ".join(shown(name) for name in same)
        yield f"{raw.file}: {told} differ only in letters or blanks; are they one {what}?"


def _place(raw: RawTable, row: int) -> str:
    return f"{raw.file}, row {raw.number(row)}"


def _more(rows: list[int]) -> str:
    return f" (and in {len(rows) - 1:,} more rows)" if len(rows) > 1 else ""
