"""The frame of a derivation: one row per subject, part, level and visit."""

from typing import Any

import numpy as np
import polars as pl

from myotrial.model.panel import Panel

SCHEMA: dict[str, Any] = {
    "subject_id": pl.String,
    "arm": pl.String,
    "part": pl.String,  # of several measures or severities, which; else null
    "level": pl.String,  # of a list of thresholds, which; else null
    "week": pl.Float64,  # the visit it is judged at
    "value": pl.Float64,  # 1 or 0 for a response; the measure; days; episodes; events; null where left out
    "event": pl.Boolean,  # of a time: whether it ended with the event (else censored)
    "exposure": pl.Float64,  # of a rate: what its events are divided by
    "unknown": pl.Boolean,  # whether the data do not say
    "reason": pl.String,  # the event or the rule that decided, where the data did not
}
"""The columns of a derivation, in order."""


def make_frame(
    panel: Panel,
    columns: list[int],
    value: np.ndarray,
    unknown: np.ndarray,
    reason: np.ndarray | None = None,
    *,
    level: str | None = None,
    part: str | None = None,
    event: np.ndarray | None = None,
    exposure: np.ndarray | None = None,
) -> pl.DataFrame:
    """Return rows of a derivation from arrays of shape (subjects, len(columns)).

    Parameters
    ----------
    panel
        The study.
    columns
        The places of the visits judged at.
    value, unknown, reason, event, exposure
        The columns of ``SCHEMA``; a NaN value becomes null. ``reason`` holds strings or ``None``.
    level, part
        The same for every row.
    """
    subjects, visits = len(panel.subjects), len(columns)
    row = pl.Series(np.repeat(np.arange(subjects), visits))

    def constant(text: str | None) -> pl.Series:
        return pl.Series([text], dtype=pl.String).new_from_index(0, subjects * visits)

    def spread(values: np.ndarray | None, kind: Any) -> pl.Series:
        if values is None:
            return pl.Series([None], dtype=kind).new_from_index(0, subjects * visits)
        return pl.Series(values.ravel(), nan_to_null=True, dtype=kind)

    return pl.DataFrame(
        {
            "subject_id": pl.Series(panel.subjects).gather(row),
            "arm": pl.Series(panel.arm).gather(row),
            "part": constant(part),
            "level": constant(level),
            "week": np.tile(panel.weeks[columns], subjects),
            "value": spread(value, pl.Float64),
            "event": spread(event, pl.Boolean),
            "exposure": spread(exposure, pl.Float64),
            "unknown": unknown.ravel(),
            "reason": constant(None) if reason is None else _texts(reason),
        },
        schema=SCHEMA,
    )


def _texts(reason: np.ndarray) -> pl.Series:
    """Return strings and ``None`` as a column: few differ, so they are looked up."""
    flat = reason.ravel()
    known = {text: place for place, text in enumerate(dict.fromkeys(flat.tolist()))}
    codes = np.fromiter((known[text] for text in flat.tolist()), dtype=np.int64, count=flat.size)
    return pl.Series(list(known), dtype=pl.String).gather(pl.Series(codes))


def no_reason(shape: tuple[int, ...]) -> np.ndarray:
    """Return an empty array of reasons."""
    return np.full(shape, None, dtype=object)
