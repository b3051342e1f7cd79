"""Subjects × visits: what is known of every measure at every scheduled visit, and when events happened."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    """

    low: np.ndarray
    high: np.ndarray
    better: Literal["lower", "higher"]
    width: np.ndarray | None = None
    exact: np.ndarray | None = None

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
    """

    subjects: np.ndarray
    arm: np.ndarray
    weeks: np.ndarray
    baseline: int
    day: np.ndarray
    seen: np.ndarray
    grids: Mapping[str, Grid]
    first_day: Mapping[str, np.ndarray]

    def column(self, week: float) -> int:
        """Return the place of a scheduled week."""
        return int(np.flatnonzero(self.weeks == week)[0])

    def before(self, event: str, columns: np.ndarray | list[int]) -> np.ndarray:
        """Return whether an event came before each visit, shape (subjects, len(columns)).

        An event on the day of a visit counts as after it: what is assessed that day was assessed first.
        """
        days = self.first_day.get(event)
        if days is None:
            return np.zeros((len(self.subjects), len(columns)), dtype=bool)
        return np.asarray(days[:, None] < self.day[:, columns])
