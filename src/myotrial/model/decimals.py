"""Numbers as the decimals they are written as, exact to nine places.

A double cannot hold 0.1, and 1.1 - 0.6 is not 0.5 in doubles: 26 of the 319 pairs of 0.1-cm values that lie
exactly on a band's edge fall on its wrong side. So comparisons are made in whole billionths.
"""

from fractions import Fraction
from functools import lru_cache

import numpy as np

NANO = 1_000_000_000
"""Billionths in one: a decimal of up to nine places is a whole number of them."""

LARGEST = 4_000_000
"""The largest value that converts exactly; the columns' ranges keep all input below it."""


def to_nano(values: np.ndarray) -> np.ndarray:
    """Convert doubles to whole billionths, shape kept; the double nearest a decimal gives that decimal.

    Parameters
    ----------
    values
        Finite doubles of at most 4,000,000 in size. A missing value (NaN) gives 0: keep its mask.

    Examples
    --------
    >>> to_nano(np.array([1.1, 0.6])).tolist()
    [1100000000, 600000000]
    """
    scaled = np.rint(np.asarray(values, dtype=np.float64) * NANO)
    if scaled.size and np.isnan(scaled.min()):
        scaled = np.where(np.isnan(scaled), 0.0, scaled)
    return scaled.astype(np.int64)


@lru_cache(maxsize=4096)
def exact(value: float | str) -> Fraction:
    """Return the decimal that a number is written as, as a fraction.

    Examples
    --------
    >>> exact(0.1), exact("7.5")
    (Fraction(1, 10), Fraction(15, 2))
    """
    return Fraction(str(value))


def change_side(start: np.ndarray, end: np.ndarray, edge: Fraction, whole: np.ndarray | None = None) -> np.ndarray:
    """Return on which side of an edge the rise from start to end lies: -1 below, 0 exactly on it, 1 above.

    Parameters
    ----------
    start, end
        Doubles, shape (rows,) or any other; NaN where missing.
    edge
        The edge, in the unit of the values, or in percent of ``whole``.
    whole
        What a percentage is of, of the same shape; a percentage of 0 says nothing.

    Returns
    -------
    numpy.ndarray
        -1.0, 0.0 or 1.0; NaN where an end is missing or the whole is 0. Decided in whole numbers.

    Examples
    --------
    >>> change_side(np.array([0.6, 1.0]), np.array([1.1, 1.1]), Fraction(1, 2)).tolist()
    [0.0, -1.0]
    """
    rise = to_nano(end) - to_nano(start)
    unknown = np.isnan(start) | np.isnan(end)
    if whole is None:
        left, right = (rise, edge.denominator), (np.array(NANO), edge.numerator)
    else:
        left, right = (rise, 100 * edge.denominator), (to_nano(whole), edge.numerator)
        unknown = unknown | (right[0] == 0) | np.isnan(whole)
    wide = any(_largest(number) * abs(factor) >= 2**62 for number, factor in (left, right))
    kind = object if wide else np.int64  # Python's whole numbers where 64 bits may not do
    difference = left[0].astype(kind) * left[1] - right[0].astype(kind) * right[1]
    side = np.sign(difference).astype(np.float64)
    side[unknown] = np.nan
    return np.asarray(side)


def _largest(numbers: np.ndarray) -> int:
    return int(np.abs(numbers).max(initial=0))
