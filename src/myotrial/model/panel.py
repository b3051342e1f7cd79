"""Subjects × visits: what is known of every measure at every scheduled visit, and when events happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np


@dataclass(frozen=True, slots=True)
class Grid:
    """One measure at every visit.

    Attributes
    ----------
    low, high
        The lowest and the highest value that agree with what is known, shape (subjects, visits); equal where the
        value is known, NaN where nothing is.
    better
        The direction in which the measure improves.
    width
        The range of the measure in its own unit, shape (subjects,), or ``None`` where it has none.
    exact
        Where the value itself is known, shape (subjects, visits); ``None``: wherever low equals high. (A score with
        a missing part can have equal ends and is still not a score that was taken.)
    parts
        Values are whole billionths of 1 / parts: 63 for a dose in prednisone equivalents, whose thirds, sevenths and
        ninths have no last decimal.
    """

    low: np.ndarray
    high: np.ndarray
    better: Literal["lower", "higher"]
    width: np.ndarray | None = None
    exact: np.ndarray | None = None
    parts: int = 1

    @property
    def value(self) -> np.ndarray:
        """The value where it is known, else NaN, shape (subjects, visits)."""
        known = self.low == self.high if self.exact is None else self.exact
        return np.asarray(np.where(known, self.low, np.nan))


@dataclass(frozen=True, slots=True)
class Panel:
    """A study on the grid of its definition's visits.

    Attributes
    ----------
    subjects
        Subject identifiers, shape (subjects,).
    arm
        The arm each was randomised to, shape (subjects,).
    weeks
        The scheduled weeks, ascending, shape (visits,).
    baseline
        The place of the baseline week in ``weeks``.
    day
        The study day of each visit, the nominal one where none is recorded, shape (subjects, visits).
    seen
        Whether the visit took place, shape (subjects, visits).
    grids
        Measure or score → its grid.
    first_day
        Event → the study day on which it first happened, infinity where it did not, shape (subjects,).
    rules
        Rule → its answers, ``NOT_MET``, ``UNKNOWN`` or ``MET``, shape (subjects, visits); unknown at baseline and
        where the visit did not take place.
    last_day
        The last day of follow-up, infinity where it is not told, shape (subjects,).
    """

    subjects: np.ndarray
    arm: np.ndarray
    weeks: np.ndarray
    baseline: int
    day: np.ndarray
    seen: np.ndarray
    grids: Mapping[str, Grid]
    first_day: Mapping[str, np.ndarray]
    rules: Mapping[str, np.ndarray] = field(default_factory=dict)
    last_day: np.ndarray | None = None

    def column(self, week: float) -> int:
        """Return the place of a scheduled week."""
        return int(np.flatnonzero(self.weeks == week)[0])

    def before(self, event: str, columns: np.ndarray | list[int], *, inclusive: bool = False) -> np.ndarray:
        """Return whether an event came before each visit, shape (subjects, len(columns)).

        An event on the day of a visit counts as after it: what is assessed that day was assessed first. With
        ``inclusive`` it counts as well.
        """
        days = self.first_day.get(event)
        if days is None:
            return np.zeros((len(self.subjects), len(columns)), dtype=bool)
        return np.asarray(days[:, None] <= self.day[:, columns] if inclusive else days[:, None] < self.day[:, columns])

    def attended(self, column: int, since: float | None = None) -> np.ndarray:
        """Return which visits after baseline (or from ``since`` on) up to a column took place, others false."""
        first = self.baseline + 1 if since is None else max(self.column(since), self.baseline + 1)
        places = np.arange(len(self.weeks))
        return np.asarray(self.seen & (places >= first) & (places <= column))
