"""One column at a time: strings or stored values → checked numbers, whole numbers, flags and text."""

import math

import polars as pl

from myotrial.model.errors import Fault, did_you_mean
from myotrial.study.headings import heading_faults, unread_columns
from myotrial.study.numerals import MISSING, has_decimal_commas, number_hint, parse_numbers
from myotrial.study.raw_table import RawTable, shown
from myotrial.study.tables import Column, Table

__all__ = ["typed_columns", "unread_columns"]

YES = ["yes", "y", "true", "1", "1.0"]
NO = ["no", "n", "false", "0", "0.0"]
PLACES = 9
"""Decimal places to which a number is read."""

KINDS = {"number": pl.Float64, "whole": pl.Int64, "flag": pl.Boolean, "text": pl.String}
CALLED = {
    pl.Boolean: "yes/no values", pl.Date: "dates", pl.Datetime: "dates with times", pl.Time: "times",
    pl.Duration: "lengths of time", pl.Binary: "bytes", pl.List: "lists", pl.Array: "lists", pl.Struct: "records",
}  # fmt: skip


def typed_columns(raw: RawTable, table: Table) -> tuple[pl.DataFrame, list[Fault]]:
    """Convert every known column of a raw table; list every fault of a column or a value.

    Missing, in every column, are an empty cell and NA, N/A, NaN, null and "." in any letters. Blanks around a
    value count for nothing.

    Parameters
    ----------
    raw
        The table as found.
    table
        What it should hold.

    Returns
    -------
    frame, faults
        The known columns, typed (a value that cannot be read is null), and everything that is wrong.

    Examples
    --------
    >>> from myotrial.study.tables import load_tables
    >>> events = pl.DataFrame({"subject_id": ["A"], "day": ["3.5"], "kind": ["resque"]})
    >>> frame, faults = typed_columns(RawTable(events, "events", 1), load_tables()["events"])
    >>> [(fault.column, fault.code, fault.hint) for fault in faults]
    [('day', 'not_whole', None), ('kind', 'unknown_choice', 'did you mean rescue?')]
    """
    faults = heading_faults(raw, table)
    found = {column.name: raw.find(column) for column in table.columns}
    commas = _decimal_comma(raw, table)
    series: list[pl.Series] = []
    for column in table.columns:
        name = found[column.name]
        if name is None:
            continue
        values = raw.frame[name]
        if not _can_hold(values.dtype, column):
            faults.append(_wrong_type(raw, column, values.dtype))
            typed = pl.Series([None], dtype=KINDS[column.kind]).new_from_index(0, values.len())
        else:
            typed, wrong = _typed(values, column, raw, commas=commas)
            faults += wrong
        series.append(typed.rename(column.name))
    return pl.DataFrame(series), faults


def _decimal_comma(raw: RawTable, table: Table) -> bool:
    """Tell whether the file's numbers have a decimal comma."""
    if raw.separator in {None, ","}:
        return False
    names = [raw.find(column) for column in table.columns if column.numeric]
    texts = [raw.frame[name] for name in names if name]
    return has_decimal_commas(text for text in texts if bool(text.str.contains(",", literal=True).any()))


def _can_hold(dtype: pl.DataType, column: Column) -> bool:
    """Tell whether a stored type can be read as a column's kind; text always can be looked at."""
    if isinstance(dtype, pl.String | pl.Categorical | pl.Enum | pl.Null) or dtype.is_numeric():
        return True
    if column.kind == "flag":
        return dtype == pl.Boolean
    return column.kind == "text" and isinstance(dtype, pl.Boolean | pl.Date | pl.Datetime | pl.Time)


def _wrong_type(raw: RawTable, column: Column, dtype: pl.DataType) -> Fault:
    called = next((word for kind, word in CALLED.items() if dtype == kind), f"values of type {dtype}")
    wanted = "numbers" if column.numeric else column.expected()
    return raw.fault("wrong_type", f"{column.label} is stored as {called}", None, raw.find(column), expected=wanted)


def _typed(values: pl.Series, column: Column, raw: RawTable, *, commas: bool) -> tuple[pl.Series, list[Fault]]:
    if column.kind == "text":
        return _as_text(values, column, raw)
    if column.kind == "flag":
        return _as_flag(values, column, raw)
    if values.dtype.is_integer() and (column.kind == "whole" or column.name == "week"):
        wide = values.cast(pl.Int64, strict=False)
        if wide.null_count() == values.null_count():
            return wide, _empty_cells(raw, wide.is_null(), column)
    numbers, faults = _as_numbers(values, column, raw, commas=commas)
    factor = raw.unit(column)[1]
    if factor != 1:
        numbers = (numbers * factor).round(9)  # the product of two decimals is a decimal
    if column.kind == "whole" or column.name == "week":
        numbers, halves = _as_whole(numbers, column, raw)
        faults += halves
    return numbers, faults


def _as_text(values: pl.Series, column: Column, raw: RawTable) -> tuple[pl.Series, list[Fault]]:
    text = _tidy(_whole_ids(values))
    faults = _empty_cells(raw, text.is_null(), column)
    if column.choices:
        for row in _rows(text.is_not_null() & ~text.is_in(column.choices)):
            hint = did_you_mean(text[row], column.choices)
            faults.append(
                raw.fault("unknown_choice", f"{column.label} is not one of the known words", row, column.name,
                          f"'{shown(text[row])}'", column.expected(), hint)
            )  # fmt: skip
    return text, faults


def _whole_ids(values: pl.Series) -> pl.Series:
    """Write whole numbers without a decimal point: pandas makes 101 into 101.0 where another cell is empty."""
    if values.dtype == pl.String:
        return values
    if values.dtype.is_float():
        values = values.fill_nan(None)
        whole = values.cast(pl.Int64, strict=False)
        if whole.null_count() == values.null_count() and bool((whole == values).all()):
            values = whole
    return values.cast(pl.String)


def _tidy(text: pl.Series) -> pl.Series:
    """Strip the blanks around a text; make null what counts as missing. Looks once at each run of equal cells."""
    runs = text.filter(text.ne_missing(text.shift(1)))
    runs = pl.concat([text.head(1), runs])
    bare = runs.str.strip_chars()
    short = bare.filter(bare.str.len_bytes() <= max(map(len, MISSING)))
    if not bool((bare != runs).any()) and not bool(short.str.to_lowercase().is_in(list(MISSING)).any()):
        return text
    text = text.str.strip_chars()
    return text.set(text.str.to_lowercase().is_in(list(MISSING)).fill_null(value=False), None)


def _as_flag(values: pl.Series, column: Column, raw: RawTable) -> tuple[pl.Series, list[Fault]]:
    if values.dtype == pl.Boolean:
        return values, []
    text = _tidy(values.cast(pl.String)).str.to_lowercase()
    flags = pl.select(pl.when(text.is_in(YES)).then(True).when(text.is_in(NO)).then(False)).to_series()
    wrong = text.is_not_null() & flags.is_null()
    return flags, _cell_faults(raw, wrong, column, "not_a_flag", f"{column.label} is neither yes nor no")


def _as_numbers(values: pl.Series, column: Column, raw: RawTable, *, commas: bool) -> tuple[pl.Series, list[Fault]]:
    wrong = None
    if values.dtype == pl.Null or values.dtype.is_numeric():
        if values.dtype == pl.Float32:  # through its decimals: the single nearest 1.1 is meant as 1.1
            values = values.cast(pl.String)
        numbers = values if values.dtype == pl.Float64 else values.cast(pl.Float64)
    else:
        numbers, wrong = parse_numbers(values.cast(pl.String), decimal_comma=commas)
    faults = _number_faults(raw, wrong, column, commas=commas)
    if not math.isfinite(numbers.sum() or 0):  # a NaN or an infinity stands somewhere
        numbers = numbers.fill_nan(None)
        infinite = numbers.is_infinite().fill_null(value=False)
        faults += _cell_faults(
            raw, infinite, column, "not_a_number", f"{column.label} is infinite, or too large to be read"
        )
        numbers = numbers.set(infinite, None)
        wrong = infinite if wrong is None else wrong | infinite
    if numbers.null_count():
        faults += _empty_cells(raw, numbers.is_null() if wrong is None else numbers.is_null() & ~wrong, column)
    return numbers, faults


def _as_whole(numbers: pl.Series, column: Column, raw: RawTable) -> tuple[pl.Series, list[Fault]]:
    """Convert to whole numbers where all are; a week may fall between two whole ones, a day may not."""
    numbers = numbers.round(PLACES)
    whole = numbers.cast(pl.Int64, strict=False)
    if whole.null_count() > numbers.null_count():  # too large for a whole number; its range will say so
        return numbers, []
    odd = (numbers != whole).fill_null(value=False)
    if not bool(odd.any()):
        return whole, []
    if column.kind == "number":
        return numbers, []
    return whole, _cell_faults(raw, odd, column, "not_whole", f"{column.label} is not a whole number")


def _empty_cells(raw: RawTable, empty: pl.Series, column: Column) -> list[Fault]:
    """Return a fault for each empty cell of a column in which every row needs a value."""
    if not column.needed:
        return []
    return _cell_faults(raw, empty, column, "missing_value", f"{column.label} is empty", "a value in every row")


def _number_faults(raw: RawTable, wrong: pl.Series | None, column: Column, *, commas: bool) -> list[Fault]:
    unit, factor = raw.unit(column)
    name, expected, message = raw.find(column), column.expected(None, unit, factor), f"{column.label} is not a number"
    rows = _rows(wrong)
    faults = []
    for row, value in zip(rows, raw.frame[str(name)].gather(rows).to_list() if rows else [], strict=True):
        text = str(value).strip()
        hint = number_hint(text, decimal_comma=commas, separator=raw.separator)
        faults.append(raw.fault("not_a_number", message, row, name, f"'{shown(text)}'", expected, hint))
    return faults


def _cell_faults(
    raw: RawTable, wrong: pl.Series, column: Column, code: str, says: str, expected: str | None = None
) -> list[Fault]:
    unit, factor = raw.unit(column)
    wanted, name = expected or column.expected(None, unit, factor), raw.find(column)
    rows = _rows(wrong)
    cells = raw.cells(rows, column) if rows else []
    return [raw.fault(code, says, row, name, cell, wanted) for row, cell in zip(rows, cells, strict=True)]


def _rows(wrong: pl.Series | None) -> list[int]:
    if wrong is None:
        return []
    return list(wrong.fill_null(value=False).arg_true())
