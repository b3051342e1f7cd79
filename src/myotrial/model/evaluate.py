"""Evaluate a rule over subjects × visits in three values: met, not met, unknown.

What is unknown stays unknown until it cannot change the answer: ``any`` with one part met is met, whatever else
is missing. Missing is never taken as not met; what becomes of an unknown answer is for the outcome to say.
"""

from typing import Any

import numpy as np

from myotrial.model.condition import All, AnyOf, Compare, Count, Happened, Not, parts
from myotrial.model.decimals import exact, to_nano
from myotrial.model.panel import Grid, Panel

NOT_MET, UNKNOWN, MET = 0, 1, 2
"""Ordered so that ``all`` is the least of its parts, ``any`` the greatest, and ``not`` counts from the other end."""


def evaluate(condition: Any, panel: Panel, columns: list[int]) -> np.ndarray:
    """Return the answer at each visit, shape (subjects, len(columns)): ``NOT_MET``, ``UNKNOWN`` or ``MET``.

    Parameters
    ----------
    condition
        The rule. A leaf with a week looks at that week whatever the visit in question.
    panel
        The study.
    columns
        The places in ``panel.weeks`` of the visits in question.
    """
    if isinstance(condition, Compare):
        return _compare(condition, panel, columns)
    if isinstance(condition, Happened):
        places = columns if condition.week is None else [panel.column(condition.week)] * len(columns)
        return np.where(panel.before(condition.event, places), MET, NOT_MET)
    answers = np.stack([evaluate(part, panel, columns) for part in parts(condition)])
    if isinstance(condition, All):
        return np.asarray(answers.min(axis=0))
    if isinstance(condition, AnyOf):
        return np.asarray(answers.max(axis=0))
    if isinstance(condition, Not):
        return np.asarray(MET - answers[0])
    return _count(condition, answers)


def _count(condition: Count, answers: np.ndarray) -> np.ndarray:
    surely, possibly = (answers == MET).sum(axis=0), (answers != NOT_MET).sum(axis=0)
    if condition.at_least is not None:
        return np.where(surely >= condition.at_least, MET, np.where(possibly < condition.at_least, NOT_MET, UNKNOWN))
    most = condition.at_most or 0
    return np.where(possibly <= most, MET, np.where(surely > most, NOT_MET, UNKNOWN))


def _compare(leaf: Compare, panel: Panel, columns: list[int]) -> np.ndarray:
    grid = panel.grids[leaf.measure]
    places = columns if leaf.week is None else [panel.column(leaf.week)] * len(columns)
    threshold = leaf.threshold
    assert not isinstance(threshold, tuple)  # noqa: S101  (a list is split into levels before it is evaluated)
    if leaf.change is None:
        low, high, edge = grid.low[:, places], grid.high[:, places], np.array(threshold)
    else:
        low, high, edge = _change(leaf, grid, panel.baseline, places, threshold)
    surely, never = _sides(leaf.comparator, low, high, edge)
    return np.where(surely, MET, np.where(never, NOT_MET, UNKNOWN))


def _sides(comparator: str, low: np.ndarray, high: np.ndarray, edge: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the comparison holds for every value from low to high, and where for none."""
    with np.errstate(invalid="ignore"):
        if comparator == "at_least":
            return low >= edge, high < edge
        if comparator == "more_than":
            return low > edge, high <= edge
        if comparator == "at_most":
            return high <= edge, low > edge
        if comparator == "less_than":
            return high < edge, low >= edge
        return (low == edge) & (high == edge), (low > edge) | (high < edge)


def _change(
    leaf: Compare, grid: Grid, baseline: int, places: list[int], threshold: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the change in the leaf's direction and the edge it is compared with, both exact.

    In whole billionths times 100 times the edge's denominator, so that a percentage needs no division; as floats
    only to carry NaN, which is exact below 2^53 for every range that occurs.
    """
    values = grid.value
    start, end = values[:, [baseline]], values[:, places]
    sign = -1 if (grid.better == "lower") == (leaf.change == "better") else 1
    change = sign * (to_nano(end) - to_nano(start)).astype(object)
    edge = exact(threshold)
    if leaf.unit == "own":
        left, right = change * edge.denominator, np.array(edge.numerator * 10**9, dtype=object)
    else:
        whole = start if leaf.unit == "percent_of_baseline" else grid.width
        base = to_nano(np.asarray(whole, dtype=np.float64).reshape(-1, 1)).astype(object)
        left, right = change * 100 * edge.denominator, base * edge.numerator
    unknown = np.isnan(start) | np.isnan(end)
    if leaf.unit != "own":  # a percentage of nothing says nothing
        unknown |= base == 0
    compared = np.where(unknown, np.nan, np.sign((left - right).astype(object)).astype(np.float64))
    return compared, compared, np.array(0.0)
