"""The most abnormal muscle enzyme at baseline and at the visit, compared exactly as multiples of its limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.change.pairs import COMPARISONS, Better, settle_zero, threshold
from myotrial.criteria.enzymes import Enzymes
from myotrial.criteria.follow_up import take_doubles
from myotrial.model.condition import Compare
from myotrial.model.decimals import LARGEST, to_nano
from myotrial.model.evaluate import MET
from myotrial.study.visits import Visits

GUARD = 1e-12
"""Doubles decide where the two sides differ by more than this share of their size (their error is below 1e-15)."""


@dataclass(frozen=True, slots=True)
class EnzymePair:
    """The enzyme chosen at baseline and the one followed: value and limit of each, shape (rows,); NaN where missing.

    Attributes
    ----------
    value0, limit0, value1, limit1
        Activity and upper limit of normal, at baseline and at the visit.
    range0, range1
        The range of each in multiples of the limit, in units of ``scale``.
    """

    value0: np.ndarray
    limit0: np.ndarray
    range0: np.ndarray
    value1: np.ndarray
    limit1: np.ndarray
    range1: np.ndarray
    scale: int
    better: Better = "lower"

    def lost(self) -> np.ndarray | None:
        """Mark the rows where an end is missing, shape (rows,); ``None`` where there are none."""
        lost = np.isnan(self.value0) | np.isnan(self.value1)
        return lost if lost.any() else None

    def extreme(self, rows: np.ndarray, *, highest: bool) -> "EnzymePair":
        """Return the rows with what is missing filled in so that the rise is the highest, or the lowest."""
        limit0, limit1 = self.limit0[rows], self.limit1[rows]
        limit0, limit1 = np.where(np.isnan(limit0), limit1, limit0), np.where(np.isnan(limit1), limit0, limit1)
        limit0, limit1 = np.nan_to_num(limit0, nan=1.0), np.nan_to_num(limit1, nan=1.0)
        value0 = np.nan_to_num(self.value0[rows], nan=0.0 if highest else LARGEST)
        value1 = np.nan_to_num(self.value1[rows], nan=LARGEST if highest else 0.0)
        return EnzymePair(value0, limit0, self.range0[rows], value1, limit1, self.range1[rows], self.scale)

    def holds(self, leaf: Compare, *, rises: bool, zero_unknown: bool) -> np.ndarray:
        """Return the leaf's answers, shape (rows,), as if nothing were missing."""
        if leaf.change is None or leaf.unit == "own":
            raise ValueError("the most abnormal enzyme is compared by its change in percent, not in its own unit")
        share = threshold(leaf) / 100 * (1 if rises else -1)
        side = self._side(share, by_range=leaf.unit == "percent_of_range") * (1 if rises else -1)
        found = COMPARISONS[leaf.comparator](side, np.array(0.0)) * np.int8(MET)
        if leaf.unit == "percent_of_baseline":
            rise = self.value1 if rises else -self.value1  # from 0; elsewhere it is not looked at
            settle_zero(found, self.value0, rise, zero_unknown=zero_unknown)
        return found

    def _side(self, share: Fraction, *, by_range: bool) -> np.ndarray:
        """Return the sign of (ratio at the visit - ratio at baseline) - share of the whole, exactly."""
        ends = (self.value0, self.limit0, self.value1, self.limit1)
        with np.errstate(invalid="ignore"):
            gap, size = self._gap(ends, np.arange(len(self.value0)), share, by_range=by_range)
            side = np.sign(gap)
            near = np.flatnonzero(np.abs(gap) <= GUARD * size)
        if near.size:
            whole = tuple(to_nano(part[near]).astype(object) for part in ends)
            side[near] = np.sign(self._gap(whole, near, share, by_range=by_range)[0]).astype(np.float64)
        return np.asarray(side)

    def _gap(
        self, ends: tuple[np.ndarray, ...], rows: np.ndarray, share: Fraction, *, by_range: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the difference whose sign is asked for, and the size of what was subtracted."""
        value0, limit0, value1, limit1 = ends
        start, end = value0 * limit1, value1 * limit0
        if by_range:
            range0, range1 = (part[rows].astype(value0.dtype) for part in (self.range0, self.range1))
            start, end = start * range1 * self.scale, end * range0 * self.scale
            whole = limit0 * limit1 * range0 * range1
        else:
            whole = start
        part = whole * share.numerator
        return (end - start) * share.denominator - part, (end + start) * share.denominator + np.abs(part)


@dataclass(frozen=True, slots=True)
class EnzymeSource:
    """The enzymes of a visit table, with the one chosen at each subject's baseline.

    Attributes
    ----------
    names
        The enzymes.
    values, limits
        Activity and upper limit of normal of each at every visit, NaN where missing.
    ranges
        The range of each in multiples of the limit, in units of ``scale``, and one for no enzyme.
    subject
        For each row of the table, the number of its subject.
    chosen, value, limit
        The enzyme of each subject (-1: none is known), and its value and limit at baseline.
    anew
        The enzymes to choose from at each visit, or ``None`` where the one of the baseline is followed.
    in_units
        Whether values are compared in U/L.
    """

    names: tuple[str, ...]
    values: tuple[np.ndarray, ...]
    limits: tuple[np.ndarray, ...]
    ranges: np.ndarray
    scale: int
    subject: np.ndarray
    chosen: np.ndarray
    value: np.ndarray
    limit: np.ndarray
    anew: Enzymes | None
    in_units: bool

    @classmethod
    def of(cls, visits: Visits, starts: np.ndarray, settings: Mapping[str, Any]) -> "EnzymeSource":
        """Choose the enzyme of each subject; ``starts`` are the baseline rows, -1 where there is none."""
        frame, ties = visits.frame, list(settings["enzyme_ties"])
        held = [name for name in ties if f"{name}_uln_u_per_l" in frame.columns and f"{name}_u_per_l" in frame.columns]
        names = held or ties[:1]
        options = {**settings, "enzyme_truncated": False, "enzyme_ties": names}
        read = partial(take_doubles, visits)
        at_baseline = Enzymes.gather(lambda column: read(column)[starts], options)
        chosen = np.where(starts < 0, -1, at_baseline.choose(np.arange(starts.size)))
        value, limit = at_baseline.at(chosen, np.arange(starts.size))
        scale = int(np.lcm.reduce([share.denominator for share in at_baseline.ranges]))
        ranges = np.array([int(share * scale) for share in at_baseline.ranges] + [scale], dtype=np.int64)
        values, limits = (tuple(read(f"{name}{part}") for name in held) for part in ("_u_per_l", "_uln_u_per_l"))
        anew = Enzymes.gather(read, options) if settings["enzyme_followed"] == "most_abnormal" else None
        in_units = settings["enzyme_unit"] == "u_per_l"
        return cls(
            tuple(names), values, limits, ranges, scale, visits.layout.subject, chosen, value, limit, anew, in_units
        )

    def pair(self, rows: np.ndarray, base: np.ndarray) -> EnzymePair:  # noqa: ARG002  (one shape for all sources)
        """Return the enzyme at the baseline and at each of the rows."""
        subject = self.subject[rows]
        chosen0, chosen1 = self.chosen[subject], self.followed(rows)
        value0, limit0 = self.value[subject], self.limit[subject]
        value1, limit1 = np.full((2, rows.size), np.nan)
        for number, (values, limits) in enumerate(zip(self.values, self.limits, strict=True)):
            here = np.flatnonzero(chosen1 == number)
            value1[here], limit1[here] = values[rows[here]], limits[rows[here]]
        if self.in_units:
            limit1 = np.where(chosen0 == chosen1, limit0, limit1)
        return EnzymePair(value0, limit0, self.ranges[chosen0], value1, limit1, self.ranges[chosen1], self.scale)

    def followed(self, rows: np.ndarray) -> np.ndarray:
        """Return the number of the enzyme followed at each of the rows, -1 where none is known."""
        return self.chosen[self.subject[rows]] if self.anew is None else self.anew.choose(rows)

    def used(self, rows: np.ndarray) -> pl.Series:
        """Return the name of the enzyme followed at each of the rows, null where none is known."""
        names = pl.Series("enzyme_used", [*self.names, None], dtype=pl.String)
        return names.gather(self.followed(rows).astype(np.int64) % (len(self.names) + 1))
