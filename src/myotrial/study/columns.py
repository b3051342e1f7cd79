"""One column at a time: strings or stored values → checked numbers, whole numbers, flags and text."""

import functools
import operator
from collections.abc import Iterable

import polars as pl

from myotrial.model.errors import Fault, did_you_mean
from myotrial.study.tables import Column, Table
from myotrial.study.text_table import RawTable

MISSING = ["", "NA", "N/A", "na", "n/a", "NaN", "nan", "null", "NULL", "."]
"""What counts as missing beside an empty cell: the words of R, SAS, pandas and SQL."""

YES = ["yes", "y", "true", "1", "1.0"]
NO = ["no", "n", "false", "0", "0.0"]


def typed_columns(raw: RawTable, table: Table) -> tuple[pl.DataFrame, list[Fault]]:
    """Convert every known column of a raw table; list every fault of a column or a value.

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
    """
    faults = _missing_columns(raw, table) + _near_misses(raw, table)
    series: list[pl.Series] = []
    for column in table.columns:
        found = _find(raw, column)
        if found is None:
            continue
        values, factor = found
        typed, wrong = _typed(values, column, raw)
        faults += wrong
        if factor != 1:
            typed = typed * factor
        series.append(typed.rename(column.name))
    return pl.DataFrame(series), faults


def unread_columns(raw: RawTable, table: Table) -> list[str]:
    """Return the columns of the file that no column of the table takes."""
    return [name for name in raw.frame.columns if name not in table.names]


def out_of_range(frame: pl.DataFrame, table: Table, raw: RawTable) -> list[Fault]:
    """Return a fault for every number outside its column's range."""
    faults = []
    for column in table.columns:
        if not column.numeric or column.name not in frame.columns:
            continue
        values = frame[column.name]
        tops = _own_maxima(frame, column, table)
        for row in _rows(_outside(values, column, tops)):
            top = None if tops is None else float(tops[row])
            got = values[row]
            faults.append(
                raw.fault(
                    "out_of_range",
                    f"{column.label} is out of range",
                    row,
                    column.name,
                    f"{got:.15g}",
                    column.expected(top),
                    _range_hint(column, got, top),
                )
            )
    return faults


def _find(raw: RawTable, column: Column) -> tuple[pl.Series, int] | None:
    if column.name in raw.frame.columns:
        return raw.frame[column.name], 1
    if column.alternate and column.alternate.name in raw.frame.columns:
        return raw.frame[column.alternate.name], column.alternate.factor
    return None


def _missing_columns(raw: RawTable, table: Table) -> list[Fault]:
    unread = unread_columns(raw, table)
    return [
        raw.fault(
            "missing_column",
            "a required column is missing",
            None,
            column.name,
            expected=f"{column.label}, {column.expected()}",
            hint=did_you_mean(column.name, unread),
        )
        for column in table.columns
        if column.required and _find(raw, column) is None
    ]


def _near_misses(raw: RawTable, table: Table) -> list[Fault]:
    """Tell optional columns that are nearly named right: they would be lost in silence."""
    absent = [column.name for column in table.columns if not column.required and _find(raw, column) is None]
    faults = []
    for name in unread_columns(raw, table):
        hint = did_you_mean(name, absent, cutoff=0.82)
        if hint:
            faults.append(
                raw.fault(
                    "unknown_column",
                    "the column is not known, and nearly has the name of one that is",
                    None,
                    name,
                    hint=hint,
                )
            )
    return faults


def _typed(values: pl.Series, column: Column, raw: RawTable) -> tuple[pl.Series, list[Fault]]:
    if column.kind == "text":
        return _as_text(values, column, raw)
    if column.kind == "flag":
        return _as_flag(values, column, raw)
    numbers, wrong = _as_numbers(values, column, raw)
    if column.kind == "whole" or column.name == "week":
        numbers, halves = _as_whole(numbers, column, raw)
        wrong += halves
    return numbers, wrong


def _as_text(values: pl.Series, column: Column, raw: RawTable) -> tuple[pl.Series, list[Fault]]:
    text = values if values.dtype == pl.String else values.cast(pl.String)
    if raw.first_row > 1:
        text = text.str.strip_chars()
    if bool((text == "").any()):
        text = text.replace("", None)
    faults = []
    if column.required and text.null_count():
        faults += _faults(raw, text.is_null(), column, text, "missing_value", f"{column.label} is empty")
    if column.choices:
        odd = text.is_not_null() & ~text.is_in(column.choices)
        for row in _rows(odd):
            faults.append(
                raw.fault(
                    "unknown_choice",
                    f"{column.label} is not one of the known words",
                    row,
                    column.name,
                    repr(text[row]),
                    ", ".join(column.choices),
                    did_you_mean(text[row], column.choices),
                )
            )
    return text, faults


def _as_flag(values: pl.Series, column: Column, raw: RawTable) -> tuple[pl.Series, list[Fault]]:
    if values.dtype == pl.Boolean:
        return values, []
    text = values.cast(pl.String).str.strip_chars().str.to_lowercase()
    text = text.set(text.is_in([word.lower() for word in MISSING]), None)
    flags = pl.select(pl.when(text.is_in(YES)).then(True).when(text.is_in(NO)).then(False)).to_series()
    wrong = text.is_not_null() & flags.is_null()
    return flags, _faults(raw, wrong, column, values, "not_a_flag", f"{column.label} is neither yes nor no")


def _as_numbers(values: pl.Series, column: Column, raw: RawTable) -> tuple[pl.Series, list[Fault]]:
    if values.dtype == pl.Null:
        numbers, wrong = values.cast(pl.Float64), None
    elif values.dtype.is_numeric():
        numbers = values.cast(pl.Float64)
        if bool(numbers.is_nan().any()):
            numbers = numbers.fill_nan(None)
        wrong = None
    else:
        text = values.cast(pl.String).str.strip_chars()
        text = text.set(text.is_in(MISSING), None)
        written = text.str.replace(",", ".", literal=True) if raw.decimal_comma else text
        numbers = written.cast(pl.Float64, strict=False)
        wrong = text.is_not_null() & numbers.is_null()
    faults = [] if wrong is None else _number_faults(raw, wrong, column, values)
    if bool(numbers.is_infinite().any()):
        infinite = numbers.is_infinite()
        faults += _faults(raw, infinite, column, numbers, "not_a_number", f"{column.label} is not finite")
        numbers = numbers.set(infinite, None)
    if column.required and column.name in {"week", "day"} and numbers.null_count():
        empty = numbers.is_null() if wrong is None else numbers.is_null() & ~wrong
        faults += _faults(raw, empty, column, values, "missing_value", f"{column.label} is empty")
    return numbers, faults


def _as_whole(numbers: pl.Series, column: Column, raw: RawTable) -> tuple[pl.Series, list[Fault]]:
    whole = numbers.cast(pl.Int64, strict=False)
    odd = (numbers != whole).fill_null(value=False)
    if not bool(odd.any()):
        return whole, []
    if column.kind == "number":  # a week may fall between two whole ones
        return numbers, []
    return whole, _faults(raw, odd, column, numbers, "not_whole", f"{column.label} is not a whole number")


def _number_faults(raw: RawTable, wrong: pl.Series, column: Column, values: pl.Series) -> list[Fault]:
    return [
        raw.fault(
            "not_a_number",
            f"{column.label} is not a number",
            row,
            column.name,
            repr(str(values[row]).strip()),
            column.expected(),
            _number_hint(str(values[row]).strip()),
        )
        for row in _rows(wrong)
    ]


def _number_hint(text: str) -> str | None:
    plain = text.replace(",", ".", 1)
    if "," in text and plain.replace(".", "", 1).lstrip("+-").isdigit():
        return f"a decimal comma? write {plain}, or separate the columns with semicolons"
    if text[:1] in "<>≤≥":
        return "a value below or above the limit of detection: give the limit itself, or leave the cell empty"
    if text.lower() in {"nd", "not done", "missing", "unknown", "-", "?", "none"}:
        return "leave the cell empty where nothing was measured"
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/%µ ")
    if digits and digits != text:
        return f"write the number alone: {digits}"
    return None


def _outside(values: pl.Series, column: Column, tops: pl.Series | None) -> pl.Series | None:
    """Mark the values out of range, or return ``None`` where a look at the extremes shows there are none."""
    low, high = values.min(), values.max()
    if low is None or high is None:
        return None
    parts: list[pl.Series] = []
    if column.min is not None and low < column.min:  # type: ignore[operator]
        parts.append(values < column.min)
    if column.above is not None and low <= column.above:  # type: ignore[operator]
        parts.append(values <= column.above)
    if column.max is not None and high > column.max:  # type: ignore[operator]
        parts.append(values > column.max)
    if tops is not None and high > tops.min():  # type: ignore[operator]
        parts.append(values > tops)
    return functools.reduce(operator.or_, parts) if parts else None


def _own_maxima(frame: pl.DataFrame, column: Column, table: Table) -> pl.Series | None:
    """Return the maximum that each row states for itself, the default where it states none."""
    if column.max_column is None:
        return None
    default = table.column(column.max_column).default
    if column.max_column in frame.columns:
        return frame[column.max_column].fill_null(default)
    return pl.Series([default], dtype=pl.Float64).new_from_index(0, frame.height)


def _range_hint(column: Column, got: float, top: float | None) -> str | None:
    if column.vas and 10 < got <= 100:
        return f"is {got:g} in millimetres? {got:g} mm is {got / 10:g} cm"
    if column.max_column and top is not None and got > top:
        return f"the maximum is taken as {top:g}; if another set of muscles was tested, say so in {column.max_column}"
    if got < 0:
        return "a code for missing? leave the cell empty where nothing was measured"
    if column.above is not None:
        return "the laboratory's upper limit of normal, in the unit of the value"
    return None


def _faults(raw: RawTable, wrong: pl.Series, column: Column, values: pl.Series, code: str, says: str) -> list[Fault]:
    return [
        raw.fault(code, says, row, column.name, None if values[row] is None else repr(values[row]), column.expected())
        for row in _rows(wrong)
    ]


def _rows(wrong: pl.Series | None) -> Iterable[int]:
    if wrong is None:
        return []
    return wrong.fill_null(value=False).arg_true().to_list()
