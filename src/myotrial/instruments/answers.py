"""Item values as they were delivered → checked matrices, with every fault at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from myotrial.instruments.definition import Instrument
from myotrial.instruments.items import Item, Scale
from myotrial.model.decimals import exact, to_nano
from myotrial.model.errors import BadInput, Fault, did_you_mean

KEY = ("subject_id", "week")
LARGEST = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Matrix:
    """Checked answers: ``keys`` holds one row per subject and week; the arrays are (rows, items), in billionths."""

    keys: pl.DataFrame
    values: np.ndarray
    missing: np.ndarray
    excluded: np.ndarray


def to_matrix(instrument: Instrument, cells: pl.DataFrame, settled: Mapping[str, Any]) -> Matrix:
    """Check item values and lay them out as matrices.

    Parameters
    ----------
    instrument
        Whose items they are.
    cells
        Columns subject_id, week, item, value, and for messages row and column.
    settled
        Every option, as it is used.

    Raises
    ------
    BadInput
        With every fault of the values.
    """
    scale = instrument.scale(settled)
    positions = {item.id: number for number, item in enumerate(instrument.items)}
    cells = cells.with_columns(
        pl.col("item").replace_strict(positions, default=None, return_dtype=pl.Int64).alias("at")
    )
    cells, faults = _numbers(cells, scale, settled)
    faults = [*_key_faults(instrument, cells), *faults, *_range_faults(instrument, cells, scale)]
    if faults:
        raise BadInput(sorted(faults, key=lambda fault: fault.row or 0))
    keys = cells.select(KEY).unique().sort(KEY)
    rows = cells.select(KEY).join(keys.with_row_index("to"), on=KEY, how="left", maintain_order="left")["to"].to_numpy()
    columns = cells["at"].to_numpy()
    shape = (keys.height, len(instrument.items))
    values, missing, excluded = np.zeros(shape, np.int64), np.ones(shape, bool), np.zeros(shape, bool)
    number = cells["number"].to_numpy()
    known = ~np.isnan(number)
    factor = exact(scale.factor)
    scaled = to_nano(number) * factor.numerator // factor.denominator
    coded = cells["coded"].to_numpy()
    values[rows[known], columns[known]] = np.where(coded, to_nano(number), scaled)[known]
    missing[rows[known], columns[known]] = False
    left = cells["left"].to_numpy()
    excluded[rows[left], columns[left]] = True
    missing &= ~excluded
    return Matrix(keys, values, missing, excluded)


def _numbers(cells: pl.DataFrame, scale: Scale, settled: Mapping[str, Any]) -> tuple[pl.DataFrame, list[Fault]]:
    """Add the columns number, coded (it stood for a code) and left (the item leaves the score)."""
    text = pl.col("value").cast(pl.String).str.strip_chars().str.strip_suffix(".0")
    text = pl.when(text.is_in(["", "NaN"])).then(None).otherwise(text)
    plain = text.cast(pl.Float64, strict=False) if scale.numbers else pl.lit(None, pl.Float64)
    codes = {code: scale.value_of(code, settled) for code in scale.codes}
    left = pl.col("text").is_in([code for code, value in codes.items() if value is None])
    coded = pl.col("text").is_in(list(codes))
    unknown = pl.lit(None, pl.Float64)
    stands_for = pl.col("text").replace_strict(codes, default=None, return_dtype=pl.Float64) if codes else unknown
    cells = cells.with_columns(text.alias("text"), plain.alias("plain")).with_columns(
        pl.when(coded).then(stands_for).otherwise(pl.col("plain")).cast(pl.Float64).fill_null(np.nan).alias("number"),
        coded.fill_null(value=False).alias("coded"),
        left.fill_null(value=False).alias("left"),
    )
    expected = "a number" if scale.numbers else "one of " + ", ".join(codes)
    if scale.numbers and codes:
        expected += " or " + ", ".join(codes)
    bad = cells.filter(pl.col("number").is_nan() & pl.col("text").is_not_null() & ~pl.col("left"))
    faults = [
        _fault("not_a_value", f"{row['item']} cannot be read", row, expected, did_you_mean(row["text"], list(codes)))
        for row in bad.iter_rows(named=True)
    ]
    for code, allowed in scale.code_items.items():
        wrong = cells.filter((pl.col("text") == code) & ~pl.col("item").is_in(allowed) & pl.col("at").is_not_null())
        faults += [
            _fault("not_a_value", f"{code} is not an answer to {row['item']}", row, "a number")
            for row in wrong.iter_rows(named=True)
        ]
    return cells, faults


def _key_faults(instrument: Instrument, cells: pl.DataFrame) -> Iterator[Fault]:
    """Yield what is wrong with subjects, weeks and the names of items."""
    known = [item.id for item in instrument.items]
    wrong = cells.filter(pl.col("at").is_null())
    hints = {name: did_you_mean(str(name), known) for name in wrong["item"].unique()}
    few = len(known) <= 20
    for row in wrong.iter_rows(named=True):
        yield Fault("unknown_item", f"{instrument.id} has no such item", row=row["row"], column="item",
                    got=str(row["item"]), hint=hints[row["item"]],
                    expected=", ".join(known) if few else f"one of {len(known)} items")  # fmt: skip
    for name in KEY:
        gap = pl.col(name).is_null()
        if cells.schema[name].is_float():
            gap = gap | ~pl.col(name).is_finite()
        for number in cells.filter(gap)["row"]:
            yield Fault("missing_key", f"there is no {name}", row=number, column=name, expected=f"a {name}")
    repeated = cells.filter(pl.col("at").is_not_null() & ~pl.struct(*KEY, "at").is_first_distinct())
    for row in repeated.iter_rows(named=True):
        where = f"subject {row['subject_id']}, week {row['week']}"
        yield Fault("duplicate_item", f"{row['item']} stands twice for {where}", row=row["row"], column=row["column"],
                    expected="one value for each item, subject and week")  # fmt: skip


def _range_faults(instrument: Instrument, cells: pl.DataFrame, scale: Scale) -> Iterator[Fault]:
    """Yield the numbers that are out of their range, or between the steps of their grid."""
    plain = cells.filter(pl.col("at").is_not_null() & pl.col("plain").is_not_null() & ~pl.col("coded"))
    plain = plain.filter(pl.col("plain").is_not_nan())
    number, at = plain["plain"].to_numpy(), plain["at"].to_numpy()
    lows, highs, steps = (
        np.array([value or 0.0 for value in column], dtype=np.float64)
        for column in zip(*(_limits(item, scale) for item in instrument.items), strict=True)
    )
    outside = (number < lows[at]) | (number > highs[at])
    grid = to_nano(steps)[at]
    offset = to_nano(np.clip(number, -LARGEST, LARGEST)) - to_nano(lows)[at]
    between = ~outside & (grid > 0) & (offset % np.maximum(grid, 1) != 0)
    wrong = plain.with_columns(outside=pl.Series(outside)).filter(pl.Series(outside | between))
    for row in wrong.iter_rows(named=True):
        item = instrument.items[row["at"]]
        low, high, step = _limits(item, scale)
        expected = f"{low:g} to {high:g}" + (f" in steps of {step:g}" if step else "")
        code, what = ("out_of_range", "out of range") if row["outside"] else ("off_step", "between two steps")
        hint = _other_scale(instrument, item, row["plain"], scale)
        yield _fault(code, f"{item.id} is {what}", row, expected, hint)


def _limits(item: Item, scale: Scale) -> tuple[float, float, float | None]:
    """Return the range and grid of an item's values as they are written."""
    low = item.low if scale.low is None else scale.low
    high = item.high if scale.high is None else scale.high
    return low, high, item.step if scale.step is None else scale.step


def _other_scale(instrument: Instrument, item: Item, number: float, used: Scale) -> str | None:
    """Return a hint where a value would fit another way of writing it."""
    for name, scale in instrument.scales.items():
        low, high, _ = _limits(item, scale)
        if scale is not used and scale.numbers and low <= number <= high:
            return f"it would fit {instrument.scale_option} {name}; state which it is"
    return None


def _fault(code: str, message: str, row: Mapping[str, Any], expected: str, hint: str | None = None) -> Fault:
    return Fault(code, message, row=row["row"], column=row["column"], got=str(row["value"]), expected=expected,
                 hint=hint)  # fmt: skip
