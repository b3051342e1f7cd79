"""The visits that a rule is put to: every follow-up visit with its subject's baseline."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from myotrial.model.decimals import to_nano
from myotrial.study.visits import Visits, check_visits, demand

NAMED = 5
"""Subjects that a note names before it only counts them."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each follow-up visit with its subject's baseline.

    Attributes
    ----------
    follow_up
        Whether a row of the table is a follow-up visit, shape (all rows,).
    rows, base
        The follow-up rows and the baseline row of each, shape (rows,).
    subject, starts
        The subject of each follow-up row, and each subject's baseline row (-1: none).
    """

    follow_up: np.ndarray
    rows: np.ndarray
    base: np.ndarray
    subject: np.ndarray
    starts: np.ndarray

    def keys(self, frame: pl.DataFrame, *names: str) -> pl.DataFrame:
        """Return columns of the visit table at the follow-up visits."""
        return frame.select(*names).filter(pl.Series(self.follow_up))


@dataclass(frozen=True, slots=True)
class Values:
    """One column of the visit table in billionths, shape (all rows,); anything where ``lost`` marks it as missing."""

    nano: np.ndarray
    lost: np.ndarray | None


def pair_visits(visits: Visits, baseline_week: float | None) -> Pairs:
    """Pair every visit after baseline with its subject's baseline; found once for a table, whatever the rule."""
    key = ("pairs", baseline_week)
    if key not in visits.held:
        layout = visits.layout
        starts = layout.baseline_rows(baseline_week)
        base = starts[layout.subject]
        follow_up = (base >= 0) & (layout.week > layout.week[base])
        rows = np.flatnonzero(follow_up)
        visits.held[key] = Pairs(follow_up, rows, base[rows], layout.subject[rows], starts)
    pairs = visits.held[key]
    assert isinstance(pairs, Pairs)  # noqa: S101  (what was put there)
    return pairs


def take_values(visits: Visits, column: str) -> Values:
    """Return a column of the visit table; converted once for a table, whatever the rule."""
    key = ("values", column)
    if key not in visits.held:
        found = visits.frame[column]
        doubles = take_doubles(visits, column)
        lost = np.isnan(doubles) if found.null_count() else None
        visits.held[key] = Values(to_nano(doubles if lost is None else np.where(lost, 0.0, doubles)), lost)
    values = visits.held[key]
    assert isinstance(values, Values)  # noqa: S101  (what was put there)
    return values


def take_doubles(visits: Visits, column: str) -> np.ndarray:
    """Return a column of the visit table as doubles, NaN where missing; converted once for a table, whatever the rule.

    A column that the table lacks is missing everywhere.
    """
    key = ("doubles", column)
    if key not in visits.held:
        frame = visits.frame
        found = frame[column].cast(pl.Float64).to_numpy() if column in frame.columns else np.full(frame.height, np.nan)
        visits.held[key] = found
    doubles = visits.held[key]
    assert isinstance(doubles, np.ndarray)  # noqa: S101  (what was put there)
    return doubles


def take_visits(visits: Visits | pl.DataFrame, baseline_week: float | None, needs: Mapping[str, str]) -> Visits:
    """Return a visit table that has what a rule needs: a frame is checked, a table that was read is asked.

    Raises
    ------
    BadInput
        With every fault of a frame, or every column that a table which was read lacks.
    """
    if not isinstance(visits, Visits):
        return check_visits(visits, baseline_week, needs=needs)
    demand(visits, needs)
    return visits


def find_unscored(visits: Visits, pairs: Pairs, baseline_week: float | None) -> tuple[str, ...]:
    """Return notes that name the subjects who are in no row of a result: nobody is lost in silence."""
    after = np.zeros(len(visits.layout.first), dtype=bool)
    after[pairs.subject] = True
    based = pairs.starts >= 0
    week = "baseline week" if baseline_week is None else f"baseline week {baseline_week:g}"
    told = (
        (~based, f"no visit at the {week}, and so no score"),
        (based & ~after, "no visit after the baseline"),
    )
    return tuple(_name(visits, np.flatnonzero(left), what) for left, what in told if left.any())


def _name(visits: Visits, left: np.ndarray, what: str) -> str:
    rows = visits.layout.first[left[:NAMED]]
    named = ", ".join(visits.frame["subject_id"].gather(rows).to_list()) + (" ..." if left.size > NAMED else "")
    return f"{left.size:,} subject{'s have' if left.size > 1 else ' has'} {what}: {named}"
