"""A measure at baseline and at the visit, and how a comparison with it is answered: exactly, in three values."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Literal, Protocol

import numpy as np

from myotrial.model.condition import Compare
from myotrial.model.decimals import NANO, change_side, exact
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN

Better = Literal["lower", "higher"]

FACTOR = 500
"""A value in billionths times a number up to this stays within 64 bits, whatever the column."""

COMPARISONS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "at_least": np.greater_equal,
    "more_than": np.greater,
    "at_most": np.less_equal,
    "less_than": np.less,
    "equals": np.equal,
}


class Pair(Protocol):
    """A measure at both visits, row by row."""

    @property
    def better(self) -> Better:
        """The direction in which the measure improves."""

    def lost(self) -> np.ndarray | None:
        """Mark the rows where an end is missing, shape (rows,); ``None`` where there are none."""

    def extreme(self, rows: np.ndarray, *, highest: bool) -> "Pair":
        """Return the rows with what is missing filled in so that the rise is the highest, or the lowest."""

    def holds(self, leaf: Compare, *, rises: bool, zero_unknown: bool) -> np.ndarray:
        """Return the leaf's answers, shape (rows,), as if nothing were missing."""


def answer(leaf: Compare, pair: Pair, *, zero_unknown: bool = False) -> np.ndarray:
    """Return whether a leaf is met at each row: ``NOT_MET``, ``UNKNOWN`` or ``MET``, shape (rows,).

    Parameters
    ----------
    leaf
        A comparison of the value at the visit, or of the change from baseline.
    pair
        The measure. What is missing may be anything in the measure's range: where both ends of what it could be
        give the same answer, that is the answer.
    zero_unknown
        Whether a percentage of a baseline of 0 is unknown; else any change from it reaches every percentage.
    """
    rises = leaf.change is None or (pair.better == "lower") == (leaf.change == "worse")
    found = pair.holds(leaf, rises=rises, zero_unknown=zero_unknown)
    lost = pair.lost()
    if lost is not None and lost.any():
        rows = np.flatnonzero(lost)
        most, least = (
            pair.extreme(rows, highest=highest).holds(leaf, rises=rises, zero_unknown=zero_unknown)
            for highest in (True, False)
        )
        agreed = most == least if leaf.comparator != "equals" else np.zeros(rows.shape, dtype=bool)
        found[rows] = np.where(agreed, most, UNKNOWN)
    return found


@dataclass(frozen=True, slots=True)
class ColumnPair:
    """A column of the visit table at baseline and at the visit, in billionths, shape (rows,).

    Attributes
    ----------
    start, end
        The values; anything where missing.
    no_start, no_end
        Where they are missing, or ``None``, both, where nothing is.
    low, top
        The lowest and highest value possible: numbers, or one a row.
    better
        The direction in which the measure improves.
    """

    start: np.ndarray
    end: np.ndarray
    no_start: np.ndarray | None
    no_end: np.ndarray | None
    low: np.ndarray
    top: np.ndarray
    better: Better

    def lost(self) -> np.ndarray | None:
        """Mark the rows where an end is missing, shape (rows,); ``None`` where there are none."""
        return None if self.no_start is None or self.no_end is None else np.asarray(self.no_start | self.no_end)

    def extreme(self, rows: np.ndarray, *, highest: bool) -> "ColumnPair":
        """Return the rows with what is missing filled in so that the rise is the highest, or the lowest."""
        low, top = (edge[rows] if edge.ndim else edge for edge in (self.low, self.top))
        start, end = self.start[rows], self.end[rows]
        if self.no_start is not None:
            start = np.where(self.no_start[rows], low if highest else top, start)
        if self.no_end is not None:
            end = np.where(self.no_end[rows], top if highest else low, end)
        return ColumnPair(start, end, None, None, low, top, self.better)

    def holds(self, leaf: Compare, *, rises: bool, zero_unknown: bool) -> np.ndarray:
        """Return the leaf's answers, shape (rows,), as if nothing were missing."""
        compare = COMPARISONS[leaf.comparator]
        if leaf.change is None:
            edge = threshold(leaf) * NANO
            return compare(self.end * edge.denominator, np.array(edge.numerator)) * np.int8(MET)
        rise = self.end - self.start if rises else self.start - self.end
        whole = {"own": np.array(NANO), "percent_of_baseline": self.start, "percent_of_range": self.top - self.low}
        share = threshold(leaf) / (1 if leaf.unit == "own" else 100)
        found = self._compared(compare, rise, whole[leaf.unit], share)
        if leaf.unit == "percent_of_baseline":
            settle_zero(found, self.start, rise, zero_unknown=zero_unknown, negative=bool(np.min(self.low) < 0))
        return found

    @staticmethod
    def _compared(
        compare: Callable[[np.ndarray, np.ndarray], np.ndarray], rise: np.ndarray, whole: np.ndarray, share: Fraction
    ) -> np.ndarray:
        """Compare a rise with a share of a whole, exactly."""
        if share.denominator <= FACTOR and share.numerator <= FACTOR:
            left, right = rise * share.denominator, whole * share.numerator
        else:  # change_side widens where 64 bits may not do; a whole of 0 is the caller's
            side = change_side(
                np.zeros(rise.shape), rise / NANO, share * 100, np.broadcast_to(whole / NANO, rise.shape)
            )
            left, right = np.where(np.isnan(side), np.sign(rise), side), np.array(0.0)
        return compare(left, right) * np.int8(MET)


def settle_zero(
    found: np.ndarray, start: np.ndarray, rise: np.ndarray, *, zero_unknown: bool, negative: bool = False
) -> None:
    """Settle, in place, the answers to percentages of a baseline that is not above 0.

    From 0 any change in the direction asked for reaches every percentage, and no change reaches none; a percentage
    of a negative baseline says nothing.
    """
    if negative:
        found[start < 0] = UNKNOWN
    zero = start == 0
    if not zero.any():
        return
    if zero_unknown:
        found[zero] = UNKNOWN
    else:
        found[zero & (rise <= 0)] = NOT_MET


@cache
def threshold(leaf: Compare) -> Fraction:
    """Return the number that a leaf compares with, as the decimal that it is written as."""
    number = leaf.threshold
    assert not isinstance(number, tuple)  # noqa: S101  (a rule of change lists no levels)
    return exact(number)
