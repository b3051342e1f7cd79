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


class Reasons:
    """What decided where the data did not: few texts, and for each subject and visit which of them.

    Examples
    --------
    >>> reasons = Reasons((3,))
    >>> reasons.put(np.array([True, False, False]), "missing")
    >>> reasons.column().to_list()
    ['missing', None, None]
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._codes = np.zeros(shape, dtype=np.int16)
        self._texts: list[str | None] = [None]

    def put(self, where: np.ndarray, text: str) -> None:
        """Give a reason to the places marked, whatever stood there."""
        if where.any():
            self._texts.append(text)
            self._codes[where] = len(self._texts) - 1

    def absent(self) -> np.ndarray:
        """Return where no reason stands."""
        return np.asarray(self._codes == 0)

    def column(self) -> pl.Series:
        """Return the reasons as a column."""
        return pl.Series(self._texts, dtype=pl.String).gather(self._codes.ravel())


def make_frame(
    panel: Panel,
    columns: list[int],
    value: np.ndarray,
    unknown: np.ndarray,
    reason: "Reasons | None" = None,
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
        The columns of ``SCHEMA``; a NaN value becomes null.
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
            "reason": constant(None) if reason is None else reason.column(),
        },
        schema=SCHEMA,
    )
