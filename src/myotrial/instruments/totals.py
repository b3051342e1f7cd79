"""Totals that were delivered: taken as they are, or beside items, where one that the items contradict is a fault."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from myotrial.instruments.answers import KEY
from myotrial.instruments.definition import Instrument, load_instrument
from myotrial.instruments.mmt import loss_percent
from myotrial.instruments.result import InstrumentScores
from myotrial.instruments.scoring import FIRST_ROW, score_instrument, total_columns
from myotrial.instruments.total import Total
from myotrial.model.decimals import NANO, to_nano
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.options import settle


def check_totals(
    instrument: str | Instrument,
    items: pl.DataFrame,
    totals: pl.DataFrame,
    *,
    options: Mapping[str, Any] | None = None,
    tolerance: float = 0.0,
) -> InstrumentScores:
    """Score the items and compare the totals that were delivered beside them.

    Parameters
    ----------
    instrument, items, options
        As for :func:`~myotrial.instruments.scoring.score_instrument`.
    totals
        Columns subject_id, week and one or more totals of the instrument. A total without items is not judged.
    tolerance
        How far a delivered total may be from the items, for totals that were rounded.

    Returns
    -------
    InstrumentScores
        What the items give.

    Raises
    ------
    BadInput
        With every total that the items contradict: it is neither the value they give nor, where items are missing,
        between the lowest and the highest that it can be.

    Examples
    --------
    >>> items = pl.DataFrame({"subject_id": "S1", "week": 0, "item": ["skin", "muscle"], "value": [4, 7]})
    >>> check_totals("das", items, pl.DataFrame({"subject_id": ["S1"], "week": [0], "das": [12]}))
    Traceback (most recent call last):
    ...
    myotrial.model.errors.BadInput: 1 fault
    row 2, column das: the items of subject S1, week 0 do not give this total
        got 12; expected 11
    """
    scores = score_instrument(instrument, items, options=options)
    given = numbered(scores.instrument, scores.totals, totals)
    faults = contradictions(scores, given, tolerance)
    if faults:
        raise BadInput(faults)
    return scores


def take_totals(
    instrument: str | Instrument,
    totals: pl.DataFrame,
    *,
    options: Mapping[str, Any] | None = None,
    tolerance: float = 0.0,
) -> InstrumentScores:
    """Take totals that were delivered without their items, checked against the instrument.

    Parameters
    ----------
    instrument, options
        As for :func:`~myotrial.instruments.scoring.score_instrument`. How items are written need not be stated.
    totals
        Columns subject_id, week and one or more totals of the instrument, in the totals' own units.
    tolerance
        As for :func:`check_totals`, between totals that say the same: strength, and strength lost.

    Returns
    -------
    InstrumentScores
        The totals, both ends of each equal to it; one that was not delivered is null, or, for strength lost, follows
        from the strength. n_missing is null: nothing is known of the items.

    Raises
    ------
    BadInput
        With every fault at once: a total out of its range or between the steps of its grid (only where every option
        is at its default, and no published rule for missing items can leave the grid), a visit that stands twice.

    Examples
    --------
    >>> strength = pl.DataFrame({"subject_id": ["S1"], "week": [0], "mmt8": [135]})
    >>> take_totals("mmt8-bilateral", strength).to_frame().select("mmt8", "mmt8_loss_percent").row(0)
    (135.0, 10.0)
    """
    known = load_instrument(instrument) if isinstance(instrument, str) else instrument
    settled = settle(known.id, known.options, options or {})
    names = tuple(total.name for total in known.totals)
    given = numbered(known.id, names, totals)
    faults = range_faults(known, given, options)
    faults += [
        Fault("duplicate_visit", f"week {week:g} of subject {subject} stands twice", row=row, column="week")
        for subject, week, row in given.filter(~pl.struct(*KEY).is_first_distinct()).select(*KEY, "row").iter_rows()
    ]
    values = {name: _column(given, name) for name in names}
    if not faults:
        faults = _derive_losses(known, values, given, tolerance)
    if faults:
        raise BadInput(sorted(faults, key=lambda fault: fault.row or 0))
    columns = [
        column
        for total in known.totals
        for column in total_columns(total, values[total.name], values[total.name], values[total.name], settled)
    ]
    empty = pl.lit(None, dtype=pl.Int64).alias("n_missing")
    frame = given.select(KEY).with_columns(columns).with_columns(empty).sort(KEY)
    stated = {name: value for name, value in settled.items() if value is not None}
    return InstrumentScores(frame, known.id, names, stated, known.sha256)


def numbered(instrument: str, known: Sequence[str], totals: pl.DataFrame) -> pl.DataFrame:
    """Return delivered totals with the number of each row, checked for their columns; ``row`` may be there already."""
    names = [name for name in totals.columns if name not in {*KEY, "row"}]
    faults = [
        Fault("unknown_total", f"{instrument} has no such total", column=name, expected=", ".join(known),
              hint=did_you_mean(name, known))
        for name in names
        if name not in known
    ]  # fmt: skip
    faults += [Fault("missing_column", "a column is missing", column=key) for key in KEY if key not in totals.columns]
    faults += [
        Fault("not_a_number", "totals and weeks are numbers", column=name, got=str(totals.schema[name]))
        for name in ("week", *names)
        if name in totals.columns and not (totals.schema[name].is_numeric() or totals.schema[name] == pl.Null)
    ]
    if faults:
        raise BadInput(faults)
    if "row" in totals.columns:
        return totals
    return totals.with_columns(row=pl.int_range(FIRST_ROW, pl.len() + FIRST_ROW))


def contradictions(scores: InstrumentScores, given: pl.DataFrame, tolerance: float) -> list[Fault]:
    """Return a fault for each delivered total, with its ``row``, that the items contradict."""
    names = [name for name in given.columns if name not in {*KEY, "row"}]
    renamed = given.rename({name: f"{name}_given" for name in names})
    keys = (pl.col("subject_id").cast(pl.String), pl.col("week").cast(pl.Float64))  # they may be of two types
    beside = renamed.with_columns(keys).join(
        scores.frame.with_columns(keys), on=KEY, how="inner", maintain_order="left"
    )
    faults = [fault for name in names for fault in _contradictions(name, beside, tolerance)]
    return sorted(faults, key=lambda fault: fault.row or 0)


def range_faults(known: Instrument, given: pl.DataFrame, options: Mapping[str, Any] | None) -> list[Fault]:
    """Return a fault for each delivered total, with its ``row``, that the instrument cannot give."""
    settled = settle(known.id, known.options, options or {})
    return [fault for total in known.totals for fault in _range_faults(known, total, given, settled)]


def _column(given: pl.DataFrame, name: str) -> np.ndarray:
    if name not in given.columns:
        return np.full(given.height, np.nan)
    return np.asarray(given[name].cast(pl.Float64).fill_null(np.nan).to_numpy(), dtype=np.float64).copy()


def _range_faults(known: Instrument, total: Total, given: pl.DataFrame, settled: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the delivered totals that are out of range, or between the steps of their grid."""
    values = _column(given, total.name)
    plain = total.missing is None and all(settled[name] == option.default for name, option in known.options.items())
    step = total.step if plain else None
    outside = (values < total.low) | (values > total.high) | np.isinf(values)
    between = np.zeros_like(outside)
    if step:
        offset = to_nano(np.clip(values, total.low, total.high)) - to_nano(np.array(total.low))
        between = ~outside & ~np.isnan(values) & (offset % to_nano(np.array(step)) != 0)
    expected = f"{total.low:g} to {total.high:g} {total.unit}" + (f" in steps of {step:g}" if step else "")
    for place in np.flatnonzero(outside | between):
        code, what = ("out_of_range", "out of range") if outside[place] else ("off_step", "between two steps")
        got = values[place]
        yield Fault(code, f"{total.name} is {what}", row=given["row"][int(place)], column=total.name,
                    got=f"{got:.10g}", expected=expected, hint=_length_hint(total, got))  # fmt: skip


def _length_hint(total: Total, got: float) -> str | None:
    """Return a hint where a length in centimetres may stand in millimetres."""
    if total.unit != "cm" or not total.high < got <= 10 * total.high:
        return None
    return f"is {got:.10g} in millimetres? {got:.10g} mm is {got / 10:.10g} cm"


def _derive_losses(
    known: Instrument, values: dict[str, np.ndarray], given: pl.DataFrame, tolerance: float
) -> list[Fault]:
    """Fill in, in place, the strength lost where the strength is known; return where the two disagree."""
    faults = []
    for lost in (total for total in known.totals if total.rule == "percent_lost"):
        strength = next(
            (one for one in known.totals if one.rule == "sum" and known.items_of(one) == known.items_of(lost)), None
        )
        if strength is None:
            continue
        follows, stated = loss_percent(values[strength.name], strength.high), values[lost.name]
        both = ~np.isnan(follows) & ~np.isnan(stated)
        apart = both & (np.abs(to_nano(follows) - to_nano(stated)) > round(tolerance * NANO))
        faults += [
            Fault("contradicts_total", f"{strength.name} does not give this {lost.name}",
                  row=given["row"][int(place)], column=lost.name, got=f"{stated[place]:g}",
                  expected=f"{follows[place]:g}")
            for place in np.flatnonzero(apart)
        ]  # fmt: skip
        values[lost.name] = np.where(np.isnan(follows), stated, follows)
    return faults


def _contradictions(name: str, beside: pl.DataFrame, tolerance: float) -> list[Fault]:
    given, value, low, high = (
        beside[column].cast(pl.Float64).fill_null(np.nan).to_numpy()
        for column in (f"{name}_given", name, f"{name}_low", f"{name}_high")
    )
    room = round(tolerance * NANO)
    inside = (to_nano(given) >= to_nano(low) - room) & (to_nano(given) <= to_nano(high) + room)
    same = (np.abs(to_nano(given) - to_nano(value)) <= room) & ~np.isnan(value)
    wrong = ~np.isnan(given) & (np.isnan(low) | ~(inside | same))
    faults = []
    for place in np.flatnonzero(wrong):
        row = beside.row(int(place), named=True)
        between = "no value" if row[f"{name}_low"] is None else f"{row[f'{name}_low']:g} to {row[f'{name}_high']:g}"
        expected = between if row[name] is None else f"{row[name]:g}"
        message = f"the items of subject {row['subject_id']}, week {row['week']:g} do not give this total"
        faults.append(
            Fault("contradicts_items", message, row=row["row"], column=name, got=f"{given[place]:g}", expected=expected)
        )
    return faults
