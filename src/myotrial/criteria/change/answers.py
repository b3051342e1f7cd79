"""Answer a rule of change at every follow-up visit: leaf by leaf over the rows, then once for each pattern of answers.

The answers to a rule's leaves are few: a million visits give some hundreds of different patterns. So the leaves are
answered in blocks of rows that stay in the processor's cache, and the tree is evaluated over the patterns.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl

from myotrial.criteria.change.pairs import Better, ColumnPair, Pair, answer
from myotrial.criteria.change.rules import CoreMeasure
from myotrial.criteria.follow_up import take_values
from myotrial.model.condition import Compare
from myotrial.model.decimals import to_nano
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN, evaluate_with
from myotrial.study.tables import load_tables
from myotrial.study.visits import Visits

BLOCK = 1 << 14
"""Rows answered at once."""

TRUTH = {NOT_MET: False, UNKNOWN: None, MET: True}


class Source(Protocol):
    """Gives a measure at baseline and at the visit, for any rows of the visit table."""

    def pair(self, rows: np.ndarray, base: np.ndarray) -> Pair:
        """Return the measure at the visit rows and their baseline rows."""


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """One column of the visit table with its range, all in billionths; ``lost`` marks what is missing."""

    nano: np.ndarray
    lost: np.ndarray | None
    tops: np.ndarray
    low: np.ndarray
    better: Better

    @classmethod
    def of(cls, visits: Visits, measure: CoreMeasure) -> "ColumnSource":
        """Take a measure's column, which the table has."""
        frame, table = visits.frame, load_tables()["visits"]
        column = table.column(str(measure.column))
        values = take_values(visits, column.name)
        lost, tops = values.lost, np.array(column.max)
        if column.max_column:
            top = table.column(column.max_column)
            tops = np.array(float(top.default or 0))
            if top.name in frame.columns:
                tops = frame[top.name].cast(pl.Float64).fill_null(top.default).to_numpy()
                tops = tops[0] if tops.size and tops.min() == tops.max() else tops
        if measure.scale is not None and column.max_column:
            other = np.broadcast_to(tops != measure.scale, frame.height)
            lost = (other if lost is None else lost | other) if other.any() else lost
            tops = np.array(float(measure.scale))
        assert column.better is not None  # noqa: S101  (every measure of a rule has a direction)
        return cls(values.nano, lost, to_nano(np.asarray(tops)), to_nano(np.array(column.min or 0.0)), column.better)

    def pair(self, rows: np.ndarray, base: np.ndarray) -> ColumnPair:
        """Return the measure at the visit rows and their baseline rows."""
        no_start, no_end = (None, None) if self.lost is None else (self.lost[base], self.lost[rows])
        top = self.tops[rows] if self.tops.ndim else self.tops
        return ColumnPair(self.nano[base], self.nano[rows], no_start, no_end, self.low, top, self.better)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a rule's leaves, one pattern for each way they came out.

    Attributes
    ----------
    places
        Leaf → its row of ``patterns``.
    patterns
        The answers, shape (leaves, patterns).
    index
        For each row of the table, its pattern.
    """

    places: Mapping[Compare, int]
    patterns: np.ndarray
    index: pl.Series

    def evaluate(self, condition: Any) -> np.ndarray:
        """Return a condition's answer for each pattern."""
        return evaluate_with(condition, lambda leaf: self.patterns[self.places[leaf]])

    def column(self, name: str, condition: Any) -> pl.Series:
        """Return a condition's answer for each pattern: true, false or null."""
        return pl.Series(name, [TRUTH[code] for code in self.evaluate(condition).tolist()], dtype=pl.Boolean)

    def rows(self, condition: Any) -> np.ndarray:
        """Return a condition's answer at each row, ``NOT_MET``, ``UNKNOWN`` or ``MET``."""
        return np.asarray(self.evaluate(condition).astype(np.int8)[self.index.to_numpy()])

    def counts(self, name: str, group: Iterable[Compare]) -> list[pl.Series]:
        """Return how many of some leaves each pattern meets: the number where it is known, the least and the most."""
        answers = self.patterns[[self.places[leaf] for leaf in group]]
        low, high = (answers == MET).sum(axis=0), (answers != NOT_MET).sum(axis=0)
        known = pl.Series(
            name, [least if least == most else None for least, most in zip(low, high, strict=True)], pl.Int8
        )
        return [known, pl.Series(f"{name}_low", low, dtype=pl.Int8), pl.Series(f"{name}_high", high, dtype=pl.Int8)]

    def spread(self, columns: list[pl.Series]) -> list[pl.Series]:
        """Return columns over the patterns as columns over the rows."""
        return pl.DataFrame(columns).select(pl.all().gather(self.index)).get_columns()


def find_answers(
    leaves: tuple[Compare, ...],
    sources: Mapping[str, Source],
    rows: np.ndarray,
    base: np.ndarray,
    *,
    zero_unknown: bool,
) -> Answers:
    """Answer every leaf at every row and gather the patterns.

    Parameters
    ----------
    leaves
        What is asked, each once.
    sources
        Measure → where its values are.
    rows, base
        The visit rows and their baseline rows in the visit table, shape (rows,).
    zero_unknown
        Whether a percentage of a baseline of 0 is unknown.
    """
    code = np.zeros(rows.size, dtype=np.int64)
    for first in range(0, rows.size, BLOCK):
        block = slice(first, first + BLOCK)
        pairs = {name: source.pair(rows[block], base[block]) for name, source in sources.items()}
        for leaf in leaves:
            code[block] *= 3
            code[block] += answer(leaf, pairs[leaf.measure], zero_unknown=zero_unknown)
    present, index = _distinct(code, 3 ** len(leaves))
    powers = 3 ** np.arange(len(leaves) - 1, -1, -1)
    patterns = (present // powers[:, None] % 3).astype(np.int8)
    return Answers({leaf: place for place, leaf in enumerate(leaves)}, patterns, pl.Series(index, dtype=pl.UInt32))


def _distinct(code: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes that occur, ascending, and the place of each row's code among them."""
    if size > 1 << 22:
        present, index = np.unique(code, return_inverse=True)
        return present, index
    seen = np.zeros(size, dtype=bool)
    seen[code] = True
    present = np.flatnonzero(seen)
    place = np.zeros(size, dtype=np.uint32)
    place[present] = np.arange(present.size)
    return present, place[code]
