"""Numbers as the decimals they are written as, exact to nine places.

A double cannot hold 0.1, and 1.1 - 0.6 is not 0.5 in doubles: 26 of the 319 pairs of 0.1-cm values that lie
exactly on a band's edge fall on its wrong side. So comparisons are made in whole billionths.
"""

from fractions import Fraction

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
        scaled = np.nan_to_num(scaled, nan=0.0)
    return scaled.astype(np.int64)


def exact(value: float | str) -> Fraction:
    """Return the decimal that a number is written as, as a fraction.

    Examples
    --------
    >>> exact(0.1), exact("7.5")
    (Fraction(1, 10), Fraction(15, 2))
    """
    return Fraction(str(value))
