"""Numbers outside the range of their column."""

import functools
import operator
from collections.abc import Sequence

import numpy as np
import polars as pl

from myotrial.model.errors import Fault
from myotrial.study.columns import PLACES
from myotrial.study.raw_table import RawTable
from myotrial.study.tables import Column, Table

MANY = 3
"""Values out of range from which on a whole column is looked at."""


def out_of_range(frame: pl.DataFrame, table: Table, raw: RawTable, told: Sequence[Fault] = ()) -> list[Fault]:
    """Return a fault for every number outside its column's range, in the unit that the file uses.

    A number is judged as it is read, to nine places: 10.000000000000002 cm is 10 cm. A maximum that a row states
    for itself, and that is itself at fault, is not used.
    """
    faults: list[Fault] = []
    for column in table.columns:
        if not column.numeric or column.name not in frame.columns:
            continue
        tops = _own_maxima(frame, column, table, raw, told)
        outside = _outside(frame[column.name], column, tops)
        rows: list[int] = [] if outside is None else outside.arg_true().to_list()
        if not rows:
            continue
        unit, factor = raw.unit(column)
        known = [None] * len(rows) if tops is None else tops.gather(rows).to_list()
        values, name, message = frame[column.name].gather(rows), raw.find(column), f"{column.label} is out of range"
        expected = {top: column.expected(None if top == np.inf else top, unit, factor) for top in set(known)}
        of_all = _column_hint(frame, column, table, raw, len(rows))
        for row, got, cell, top in zip(rows, values.to_list(), raw.cells(rows, column), known, strict=True):
            hint = of_all or _range_hint(column, got, top)
            faults.append(raw.fault("out_of_range", message, row, name, cell, expected[top], hint))
    return faults


def _column_hint(frame: pl.DataFrame, column: Column, table: Table, raw: RawTable, outside: int) -> str | None:
    """Return what is wrong with a column in which at least half of the values are out of range, if one thing is."""
    values = frame[column.name].drop_nulls()
    if outside < MANY or 2 * outside < values.len():
        return None
    others = [other for other in table.columns if _swapped(frame, column, other, table)]
    if len(others) == 1:
        return f"do {raw.find(column)} and {raw.find(others[0])} stand under each other's names?"
    top = values.max()
    if column.vas and isinstance(top, int | float) and top <= 100:
        return f"is all of the column in millimetres? divide every value of it by 10, those up to {column.max:g} too"
    return None


def _swapped(frame: pl.DataFrame, column: Column, other: Column, table: Table) -> bool:
    """Tell whether another measure's values would fit this column's range, and its values the other's.

    A column whose values are in place where they are is not taken for the other half of a swap: its own must be out
    of range too, or lie all within the lowest twentieth of it, as an index of disability does as a strength.
    """
    if other is column or other.name not in frame.columns or not other.numeric or not other.ranged or other.uln:
        return False
    if other.better is None and other.name != column.max_column:  # a week or a day is nobody's measure
        return False
    mine, theirs = frame[column.name].drop_nulls(), frame[other.name].drop_nulls()
    top = _top(frame, other, table)
    if not mine.len() or not theirs.len() or column.max is None or not top or other.above is not None:
        return False
    if not (_within(theirs, column.min, column.max) and _within(mine, other.min, top)):
        return False
    return not _within(theirs, other.min, top) or bool((theirs <= top / 20).all())


def _top(frame: pl.DataFrame, column: Column, table: Table) -> float:
    """Return the highest value that a column may hold; where a row states its own, the highest that one states."""
    if column.max_column is None:
        return column.max or 0
    stated = frame[column.max_column].max() if column.max_column in frame.columns else None
    return float(stated) if isinstance(stated, int | float) else table.column(column.max_column).default or 0


def _within(values: pl.Series, low: float | None, high: float) -> bool:
    return bool(((values >= (low or 0)) & (values <= high)).all())


def _outside(values: pl.Series, column: Column, tops: pl.Series | None) -> pl.Series | None:
    """Mark the values out of range, or return ``None`` where a look at the extremes shows there are none."""
    low, high = values.min(), values.max()
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return None
    exact = functools.cache(lambda: values.round(PLACES))
    parts: list[pl.Series] = []
    if column.min is not None and low < column.min:
        parts.append(exact() < column.min)
    if column.above is not None and low <= column.above + 1 / 10**PLACES:
        parts.append(exact() <= column.above)
    if column.max is not None and high > column.max:
        parts.append(exact() > column.max)
    if tops is not None and high > tops.min():  # type: ignore[operator]
        parts.append(exact() > tops)
    return functools.reduce(operator.or_, parts).fill_null(value=False) if parts else None


def _own_maxima(
    frame: pl.DataFrame, column: Column, table: Table, raw: RawTable, told: Sequence[Fault]
) -> pl.Series | None:
    """Return the maximum that each row states for itself, the default where it states none; infinite in doubt."""
    if column.max_column is None:
        return None
    maximum = table.column(column.max_column)
    if maximum.name not in frame.columns:
        return pl.Series([maximum.default], dtype=pl.Float64).new_from_index(0, frame.height)
    tops = frame[maximum.name].fill_null(maximum.default)
    wrong = _outside(tops, maximum, None)
    doubtful = raw.doubtful(told, maximum)
    if wrong is not None:
        tops = tops.set(wrong, np.inf)
    return tops if doubtful is None else tops.set(pl.Series(doubtful), np.inf)


def _range_hint(column: Column, got: float, top: float | None) -> str | None:
    hint = None
    if column.vas and 10 < got <= 100:
        hint = f"is {got:g} in millimetres? {got:g} mm is {got / 10:g} cm"
    elif column.max_column and top is not None and got > top:
        hint = f"the maximum is taken as {top:g}; if another set of muscles was tested, say so in {column.max_column}"
    elif column.above is not None and column.above < got < column.above + 1:
        hint = "numbers are read to nine decimal places"
    elif not column.needed and (got < 0 or set(f"{got:.0f}") == {"9"}):
        hint = "a code for missing? leave the cell empty where nothing was measured"
    elif column.above is not None and got <= column.above:
        hint = "give the laboratory's upper limit of normal, in the unit of the value"
    return hint
