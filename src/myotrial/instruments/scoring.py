"""Score any instrument from its items: one row per subject and week, an interval where an item is missing."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from myotrial.instruments.answers import KEY, Matrix, to_matrix
from myotrial.instruments.cdasi import cdasi_activity
from myotrial.instruments.definition import Instrument, load_instrument
from myotrial.instruments.result import InstrumentScores
from myotrial.instruments.rules import (
    EXCLUDES,
    Answers,
    Rule,
    answered_groups,
    blanks_as_zero,
    mean_of_group_maxima,
    percent_lost,
    share,
    total_sum,
)
from myotrial.instruments.total import Total
from myotrial.model.errors import BadInput, Fault, did_you_mean

RULES: Mapping[str, Rule] = {
    "sum": total_sum,
    "percent_lost": percent_lost,
    "share": share,
    "mean_of_group_maxima": mean_of_group_maxima,
    "cdasi_activity": cdasi_activity,
}
MISSING: Mapping[str, Rule] = {"answered_groups": answered_groups, "blanks_as_zero": blanks_as_zero}
FIRST_ROW = 2
"""The row of the first record, as a spreadsheet with a header counts."""


def score_instrument(
    instrument: str | Instrument, items: pl.DataFrame, *, options: Mapping[str, Any] | None = None
) -> InstrumentScores:
    """Score an instrument from its items in long form.

    Parameters
    ----------
    instrument
        The name of an instrument (see :func:`~myotrial.instruments.definition.list_instruments`), or one made in code.
    items
        Columns subject_id, week, item, value. Where there is a column instrument, the rows of others are left aside.
        An item that is not there, or has no value, is missing; it is never zero.
    options
        What no source settles, by name.

    Returns
    -------
    InstrumentScores
        For each total its value, the lowest and the highest that it can be over all values that the missing items may
        take ("not applicable" is not one of them), and the number of missing items. The value is null unless both ends
        agree or a named option gives one.

    Raises
    ------
    BadInput
        With every fault at once: an unknown item, one that stands twice, a value out of its range or between the steps
        of its grid, text that is no value, an option that is not known or has to be stated.

    Examples
    --------
    >>> items = pl.DataFrame({"subject_id": "S1", "week": 0, "item": ["skin", "muscle"], "value": [4, 7]})
    >>> score_instrument("das", items)
    InstrumentScores(das: 1 visit of 1 subject; das mean 11)
    >>> score_instrument("das", items.head(1)).to_frame().row(0)
    ('S1', 0, None, 4.0, 15.0, 1)
    """
    scored = load_instrument(instrument) if isinstance(instrument, str) else instrument
    wanted = (*KEY, "item", "value")
    _check_columns(items, wanted)
    cells = items.with_columns(row=pl.int_range(FIRST_ROW, pl.len() + FIRST_ROW), column=pl.lit("value"))
    if "instrument" in items.columns:
        cells = cells.filter(pl.col("instrument") == scored.id)
    return score_cells(scored, cells.select(*wanted, "row", "column"), options)


def score_wide(
    instrument: str | Instrument, visits: pl.DataFrame, *, options: Mapping[str, Any] | None = None
) -> InstrumentScores:
    """Score an instrument from its items in wide form, one column per item.

    Parameters
    ----------
    instrument, options
        As for :func:`score_instrument`.
    visits
        Columns subject_id, week and the items; one row per subject and week. An item without a column is missing.

    Raises
    ------
    BadInput
        As :func:`score_instrument`; rows and columns are those of the wide frame.

    Examples
    --------
    >>> score_wide("das", pl.DataFrame({"subject_id": ["S1"], "week": [0], "skin": [4], "muscle": [7]}))
    InstrumentScores(das: 1 visit of 1 subject; das mean 11)
    """
    scored = load_instrument(instrument) if isinstance(instrument, str) else instrument
    _check_columns(visits, KEY)
    names = [name for name in visits.columns if name not in KEY]
    known = [item.id for item in scored.items]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise BadInput(
            Fault("unknown_item", f"{scored.id} has no such item", column=name, hint=did_you_mean(name, known))
            for name in unknown
        )
    texts = visits.with_columns(pl.col(names).cast(pl.String), row=pl.int_range(FIRST_ROW, pl.len() + FIRST_ROW))
    cells = texts.unpivot(names, index=[*KEY, "row"], variable_name="item").with_columns(column=pl.col("item"))
    return score_cells(scored, cells.select(*KEY, "item", "value", "row", "column"), options)


def _check_columns(frame: pl.DataFrame, wanted: tuple[str, ...]) -> None:
    faults = [
        Fault("missing_column", "a column is missing", column=name, expected=", ".join(wanted),
              hint=did_you_mean(name, frame.columns))
        for name in wanted
        if name not in frame.columns
    ]  # fmt: skip
    if "week" in frame.columns and not (frame.schema["week"].is_numeric() or frame.height == 0):
        faults.append(Fault("not_a_number", "weeks are numbers", column="week", got=str(frame.schema["week"])))
    if faults:
        raise BadInput(faults)


def score_cells(instrument: Instrument, cells: pl.DataFrame, options: Mapping[str, Any] | None) -> InstrumentScores:
    """Score item values that know their place: columns subject_id, week, item, value, row and column."""
    settled = instrument.settle(options)
    matrix = _blanks(instrument, to_matrix(instrument, cells, settled), settled)
    columns: list[pl.Series] = []
    for total in instrument.totals:
        columns += total_columns(total, *_total(instrument, total, matrix, settled), settled)
    frame = matrix.keys.with_columns(columns)
    frame = frame.with_columns(n_missing=pl.Series(matrix.missing.sum(axis=1), dtype=pl.Int64))
    return InstrumentScores(
        frame=frame,
        instrument=instrument.id,
        totals=tuple(total.name for total in instrument.totals),
        options=settled,
        instrument_sha256=instrument.sha256,
    )


def total_columns(
    total: Total, value: np.ndarray, low: np.ndarray, high: np.ndarray, settled: Mapping[str, Any]
) -> list[pl.Series]:
    """Return a total's columns: its value, both ends, and its band where it has bands."""
    parts = {total.name: value, f"{total.name}_low": low, f"{total.name}_high": high}
    columns = [pl.Series(name, part, dtype=pl.Float64, nan_to_null=True) for name, part in parts.items()]
    if total.bands is not None:
        columns.append(total.bands.name_of(value, low, high, settled).alias(f"{total.name}_band"))
    return columns


def _blanks(instrument: Instrument, matrix: Matrix, settled: Mapping[str, Any]) -> Matrix:
    """Take a blank as not used where an option says so."""
    unused = [item.blank_option is not None and settled[item.blank_option] == "not_used" for item in instrument.items]
    return Matrix(matrix.keys, matrix.values, matrix.missing & ~np.array(unused), matrix.excluded)


def _total(
    instrument: Instrument, total: Total, matrix: Matrix, settled: Mapping[str, Any]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the value of a total, the lowest it can be and the highest."""
    at = list(instrument.items_of(total))
    missing, excluded = matrix.missing[:, at], matrix.excluded[:, at]
    if total.rule not in EXCLUDES:
        missing, excluded = missing | excluded, np.zeros_like(excluded)
    items = _in_range_of_codes(instrument, settled, at)
    answers = Answers(matrix.values[:, at], missing, excluded, items, instrument, total, settled)
    rule = RULES[total.rule]
    ends = np.stack([rule(answers.filled("low")), rule(answers.filled("high"))])
    low, high = ends.min(axis=0), ends.max(axis=0)
    value = np.where(low == high, low, np.nan)
    if total.missing is not None:
        value = np.where(np.isnan(value), MISSING[total.missing](answers), value)
    return value, low, high


def _in_range_of_codes(instrument: Instrument, settled: Mapping[str, Any], at: list[int]) -> Any:
    """Return the items, with the range of the codes where every value is a code."""
    scale = instrument.scale(settled)
    items = [instrument.items[number] for number in at]
    if not scale.numbers:
        given = [value for code in scale.codes if (value := scale.value_of(code, settled)) is not None]
        items = [item.model_copy(update={"low": min(given), "high": max(given)}) for item in items]
    return tuple(items)
