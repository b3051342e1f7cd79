"""Evaluate a rule over subjects × visits in three values: met, not met, unknown.

What is unknown stays unknown until it cannot change the answer: ``any`` with one part met is met, whatever else
is missing. Missing is never taken as not met; what becomes of an unknown answer is for the outcome to say.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from myotrial.model.condition import (
    OVER_VISITS,
    All,
    AnyOf,
    Compare,
    Confirmed,
    Count,
    Ever,
    Meets,
    Not,
    parts,
)
from myotrial.model.decimals import change_side, exact
from myotrial.model.panel import Grid, Panel

NOT_MET, UNKNOWN, MET = 0, 1, 2
"""Ordered so that ``all`` is the least of its parts, ``any`` the greatest, and ``not`` counts from the other end."""


def evaluate_with(condition: Any, answer: Callable[[Any], np.ndarray]) -> np.ndarray:
    """Return the answer of a rule from the answers of its leaves, whatever these are asked of.

    Parameters
    ----------
    condition
        The rule.
    answer
        Gives a leaf's answers, ``NOT_MET``, ``UNKNOWN`` or ``MET``, in any shape, the same for every leaf. It is
        asked as well for a node that looks over several visits.
    """
    below = parts(condition)
    if not below or isinstance(condition, OVER_VISITS):
        return answer(condition)
    answers = np.stack([evaluate_with(part, answer) for part in below])
    if isinstance(condition, All):
        return np.asarray(answers.min(axis=0))
    if isinstance(condition, AnyOf):
        return np.asarray(answers.max(axis=0))
    if isinstance(condition, Not):
        return np.asarray(MET - answers[0])
    return _count(condition, answers)


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
    return evaluate_with(condition, lambda leaf: _leaf(leaf, panel, columns))


def _leaf(leaf: Any, panel: Panel, columns: list[int]) -> np.ndarray:
    if isinstance(leaf, Compare):
        return _compare(leaf, panel, columns)
    if isinstance(leaf, OVER_VISITS):
        return _over_visits(leaf, panel, columns)
    places = columns if leaf.week is None else [panel.column(leaf.week)] * len(columns)
    if isinstance(leaf, Meets):
        return np.asarray(panel.rules[leaf.rule][:, places])
    return np.where(panel.before(leaf.event, places, inclusive=leaf.inclusive), MET, NOT_MET)


def _over_visits(node: Any, panel: Panel, columns: list[int]) -> np.ndarray:
    """Return the answer of ever, confirmed or throughout, shape (subjects, len(columns))."""
    answers = evaluate(parts(node)[0], panel, list(range(len(panel.weeks))))
    if isinstance(node, Confirmed):
        return confirm(answers, panel.attended(len(panel.weeks) - 1), node.visits)[:, columns]
    found = [_fold(node, answers, panel.attended(column, getattr(node, "since", None))) for column in columns]
    return np.stack(found, axis=1)


def _fold(node: Any, answers: np.ndarray, attended: np.ndarray) -> np.ndarray:
    """Return the greatest (ever) or the least (throughout) answer of the visits that took place, shape (subjects,)."""
    if isinstance(node, Ever):
        folded = np.where(attended, answers, NOT_MET).max(axis=1)
    else:
        folded = np.where(attended, answers, MET).min(axis=1)
    return np.where(attended.any(axis=1), folded, UNKNOWN)


def confirm(answers: np.ndarray, attended: np.ndarray, visits: int) -> np.ndarray:
    """Return at each visit whether it and the attended ones before it, so many in a row, have the answer met.

    Parameters
    ----------
    answers, attended
        The answers, and whether the visit took place, shape (subjects, visits).
    visits
        How many in a row.

    Returns
    -------
    numpy.ndarray
        Shape (subjects, visits); unknown where the visit did not take place.
    """
    confirmed = np.full(answers.shape, UNKNOWN)
    recent = np.full((visits, len(answers)), NOT_MET)  # the answers of the last attended visits
    for place in range(answers.shape[1]):
        here = attended[:, place]
        shifted = np.vstack([recent[1:], answers[None, :, place]])
        recent = np.where(here, shifted, recent)
        confirmed[:, place] = np.where(here, recent.min(axis=0), UNKNOWN)
    return confirmed


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
        start = panel.baseline if leaf.from_week is None else panel.column(leaf.from_week)
        low, high, edge = _change(leaf, grid, start, places, threshold)
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
    leaf: Compare, grid: Grid, first: int, places: list[int], threshold: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the side of its edge that a change lies on (-1, 0, 1, NaN where unknown), and 0 to compare it with."""
    values = grid.value if grid.parts == 1 else np.round(grid.value * grid.parts, 9)
    start, end = values[:, [first]], values[:, places]
    edge = exact(threshold)
    whole = None
    if leaf.unit == "own":
        edge *= grid.parts
    else:
        own = start if leaf.unit == "percent_of_baseline" else np.asarray(grid.width, dtype=np.float64).reshape(-1, 1)
        whole = np.broadcast_to(own, end.shape)
    rises = (grid.better == "lower") == (leaf.change == "worse")
    start = np.broadcast_to(start, end.shape)
    side = change_side(start, end, edge, whole) if rises else change_side(end, start, edge, whole)
    return side, side, np.array(0.0)
