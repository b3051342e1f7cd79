"""Totals that were delivered beside the items: a total that the items contradict is a fault."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from myotrial.instruments.answers import KEY
from myotrial.instruments.definition import Instrument
from myotrial.instruments.result import InstrumentScores
from myotrial.instruments.scoring import FIRST_ROW, score_instrument
from myotrial.model.decimals import to_nano
from myotrial.model.errors import BadInput, Fault, did_you_mean


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
    names = [name for name in totals.columns if name not in KEY]
    faults = [
        Fault("unknown_total", f"{scores.instrument} has no such total", column=name, expected=", ".join(scores.totals),
              hint=did_you_mean(name, scores.totals))
        for name in names
        if name not in scores.totals
    ]  # fmt: skip
    faults += [Fault("missing_column", "a column is missing", column=key) for key in KEY if key not in totals.columns]
    faults += [
        Fault("not_a_number", "totals and weeks are numbers", column=name, got=str(totals.schema[name]))
        for name in ("week", *names)
        if name in totals.columns and not (totals.schema[name].is_numeric() or totals.schema[name] == pl.Null)
    ]
    if faults:
        raise BadInput(faults)
    renamed = totals.rename({name: f"{name}_given" for name in names})
    renamed = renamed.with_columns(row=pl.int_range(FIRST_ROW, pl.len() + FIRST_ROW))
    keys = (pl.col("subject_id").cast(pl.String), pl.col("week").cast(pl.Float64))  # they may be of two types
    beside = renamed.with_columns(keys).join(
        scores.frame.with_columns(keys), on=KEY, how="inner", maintain_order="left"
    )
    faults = [fault for name in names for fault in _contradictions(name, beside, tolerance)]
    if faults:
        raise BadInput(sorted(faults, key=lambda fault: fault.row or 0))
    return scores


def _contradictions(name: str, beside: pl.DataFrame, tolerance: float) -> list[Fault]:
    given, value, low, high = (
        beside[column].cast(pl.Float64).fill_null(np.nan).to_numpy()
        for column in (f"{name}_given", name, f"{name}_low", f"{name}_high")
    )
    room = round(tolerance * 1e9)
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
