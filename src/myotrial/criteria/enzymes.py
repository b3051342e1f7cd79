"""The most abnormal muscle enzyme: which one it is, and how far it improved, decided exactly.

Ratios are compared in doubles first; only where two of them are closer than doubles can tell are they compared
again as cross products in 128-bit whole numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from myotrial.model.decimals import exact, to_nano

GUARD = 1e-9
"""Doubles decide where the two sides differ by more than this share of their size (their error is below 1e-14)."""


@dataclass(frozen=True, slots=True)
class Enzymes:
    """The enzymes' values and limits at every visit, and the options that say how they are used.

    Attributes
    ----------
    names
        The enzymes, in the order in which ties are broken.
    values, limits
        Activity and upper limit of normal in one unit, shape (enzymes, rows); NaN where missing.
    ranges
        The enzymes' ranges in multiples of the upper limit of normal.
    by_fraction
        Whether the most abnormal is the one with the largest share of its range.
    truncated
        Whether a change is taken between values cut to the range; the most abnormal is found among them uncut.
    """

    names: tuple[str, ...]
    values: np.ndarray
    limits: np.ndarray
    ranges: tuple[Fraction, ...]
    by_fraction: bool
    truncated: bool = False

    @classmethod
    def from_frame(cls, frame: pl.DataFrame, options: Mapping[str, Any]) -> "Enzymes":
        """Take the enzymes from a visit table."""
        return cls.gather(partial(_numbers, frame), options)

    @classmethod
    def gather(cls, read: Callable[[str], np.ndarray], options: Mapping[str, Any]) -> "Enzymes":
        """Take the enzymes from what gives a column by its name, NaN where missing."""
        names = tuple(options["enzyme_ties"])
        ranges = tuple(exact(options["enzyme_range_uln"][name]) for name in names)
        values = np.stack([read(f"{name}_u_per_l") for name in names])
        limits = np.stack([read(f"{name}_uln_u_per_l") for name in names])
        if np.isnan(limits).any():
            values = np.where(np.isnan(limits), np.nan, values)
        by_fraction = options["enzyme_choice"] == "fraction_of_range"
        return cls(names, values, limits, ranges, by_fraction, options["enzyme_truncated"])

    def choose(self, rows: np.ndarray) -> np.ndarray:
        """Return the number of the most abnormal enzyme at each of the rows, shape (len(rows),); -1: none known.

        A row of -1 has no enzymes.
        """
        chosen = np.full(rows.shape, -1, dtype=np.int8)
        best_value, best_limit = np.zeros(rows.shape), np.ones(rows.shape)
        weight = np.ones(rows.shape, dtype=np.int64)
        scale = _common_denominator(self.ranges)
        for number, share in enumerate(self.ranges):
            value, limit = self.values[number][rows], self.limits[number][rows]
            own_weight = int(share * scale) if self.by_fraction else 1
            better = ratio_above(value, limit, best_value, best_limit, own_weight, weight)
            take = (rows >= 0) & ~np.isnan(value) & ((chosen < 0) | better)
            chosen[take] = number
            best_value[take], best_limit[take], weight[take] = value[take], limit[take], own_weight
        return chosen

    def at(self, chosen: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return value and limit of the chosen enzyme at each row; NaN where none is chosen or known."""
        none = chosen < 0
        places = np.maximum(chosen, 0).astype(np.int64) * self.values.shape[1] + rows
        value, limit = self.values.take(places), self.limits.take(places)
        if none.any():
            value[none], limit[none] = np.nan, np.nan
        return value, limit


@dataclass(frozen=True, slots=True)
class EnzymeChange:
    """The chosen enzyme at baseline and at a visit: value, limit and range of each, shape (rows,)."""

    value0: np.ndarray
    limit0: np.ndarray
    range0: np.ndarray
    value1: np.ndarray
    limit1: np.ndarray
    range1: np.ndarray
    scale: int

    def best(self) -> "EnzymeChange":
        """Return the largest improvement that agrees with what is known: a missing end at 0."""
        lost = np.isnan(self.value1)
        if not (lost.any() or np.isnan(self.value0).any()):
            return self
        limit0 = np.nan_to_num(self.limit0, nan=1.0)
        return EnzymeChange(
            np.nan_to_num(self.value0), limit0, self.range0,
            np.nan_to_num(self.value1), np.where(lost, limit0, self.limit1), np.where(lost, self.range0, self.range1),
            self.scale,
        )  # fmt: skip

    def band_index(self, shares: Sequence[Fraction]) -> np.ndarray:
        """Return how many of the edges (shares of the range) the improvement is more than, shape (rows,)."""
        start = self.value0 / self.limit0 / (self.range0 / self.scale)
        end = self.value1 / self.limit1 / (self.range1 / self.scale)
        change, size = start - end, 1 + np.maximum(start, end)
        index = np.zeros(start.shape, dtype=np.int8)
        for share in shares:
            gap = change - float(share)
            near = np.flatnonzero(np.abs(gap) <= GUARD * size)
            above = gap > 0
            if near.size:
                above[near] = self._above_exactly(near, share)
            index += above
        return index

    def _above_exactly(self, rows: np.ndarray, share: Fraction) -> np.ndarray:
        """Decide value0/(limit0·range0) - value1/(limit1·range1) > share in whole numbers."""
        value0, limit0, value1, limit1 = (
            _whole(part[rows]) for part in (self.value0, self.limit0, self.value1, self.limit1)
        )
        range0, range1 = _int128(self.range0[rows]), _int128(self.range1[rows])
        same = (range0 == range1).all()
        if same:  # the range cancels on the left, which keeps the products small
            parts = Fraction(1, self.scale) * share
            left = (value0 * limit1 - value1 * limit0) * _one(parts.denominator)
            right = limit0 * limit1 * range0 * _one(parts.numerator)
        else:
            left = (value0 * limit1 * range1 - value1 * limit0 * range0) * _one(share.denominator * self.scale)
            right = limit0 * limit1 * range0 * range1 * _one(share.numerator)
        return np.asarray((left > right).to_numpy())


def enzyme_change(
    enzymes: Enzymes, chosen0: np.ndarray, rows0: np.ndarray, chosen1: np.ndarray, rows1: np.ndarray
) -> EnzymeChange:
    """Pair the enzyme chosen at baseline with the one followed, row by row."""
    scale = _common_denominator(enzymes.ranges)
    ranges = np.array([int(share * scale) for share in enzymes.ranges] + [scale], dtype=np.int64)
    value0, limit0 = enzymes.at(chosen0, rows0)
    value1, limit1 = enzymes.at(chosen1, rows1)
    if enzymes.truncated:
        value0 = np.minimum(value0, limit0 * ranges[chosen0] / scale)
        value1 = np.minimum(value1, limit1 * ranges[chosen1] / scale)
    return EnzymeChange(value0, limit0, ranges[chosen0], value1, limit1, ranges[chosen1], scale)


def ratio_above(
    value: np.ndarray, limit: np.ndarray, than_value: np.ndarray, than_limit: np.ndarray, weight: int, than_weight: Any
) -> np.ndarray:
    """Return where value/(limit·weight) is more than the other ratio, exactly, shape (rows,)."""
    mine, other = value / (limit * weight), than_value / (than_limit * than_weight)
    above = mine > other
    near = np.flatnonzero(np.abs(mine - other) <= GUARD * (1 + other))
    if near.size:
        weights = _int128(np.broadcast_to(than_weight, value.shape)[near])
        left = _whole(value[near]) * _whole(than_limit[near]) * weights
        right = _whole(than_value[near]) * _whole(limit[near]) * _one(weight)
        above[near] = (left > right).to_numpy()
    return np.asarray(above)


def _numbers(frame: pl.DataFrame, column: str) -> np.ndarray:
    if column not in frame.columns:
        return np.full(frame.height, np.nan)
    return np.asarray(frame[column].to_numpy(), dtype=np.float64)


def _common_denominator(ranges: Sequence[Fraction]) -> int:
    return int(np.lcm.reduce([share.denominator for share in ranges]))


def _whole(values: np.ndarray) -> pl.Series:
    return _int128(to_nano(values))


def _int128(values: np.ndarray) -> pl.Series:
    return pl.Series(values, dtype=pl.Int64).cast(pl.Int128)


def _one(number: int) -> pl.Series:
    return pl.Series([number], dtype=pl.Int128)
