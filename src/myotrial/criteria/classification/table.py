"""Every combination of yes and no decided once; then what is still possible for a subject is looked up.

A table over k groups has 2 ** k cells. Widened by a third value, unknown, to 3 ** k cells, it counts the completions
that lead to each category: the answer is exact, whatever the rule, and no subject is looked at one at a time.
"""

from typing import Any

import numpy as np

from myotrial.criteria.classification.fill import Resolved
from myotrial.model.evaluate import MET, UNKNOWN, evaluate_with


def decide_all(rules: Resolved) -> np.ndarray:
    """Return the place of the category of every combination, shape (2,) * groups; 0 is no, 1 is yes.

    Examples
    --------
    >>> from myotrial.criteria.classification.rules import load_classification
    >>> decide_all(load_classification("overlap").resolve({"definition": "troyanov"})).tolist()
    [[1, 1], [1, 0]]
    """
    places = {name: place for place, name in enumerate(rules.groups)}
    grid = np.indices((2,) * len(places)) * MET

    def answer(leaf: Any) -> np.ndarray:
        return np.asarray(grid[places[leaf.event]])

    outcome = np.full(grid.shape[1:], len(rules.categories))
    for place, rule in reversed(list(enumerate(rules.categories.values()))):
        outcome[evaluate_with(rule, answer) == MET] = place
    return outcome


def possible(outcome: np.ndarray, answers: np.ndarray, categories: int) -> np.ndarray:
    """Return which categories some completion of the unknown leads to, shape (subjects, categories).

    Parameters
    ----------
    outcome
        The table.
    answers
        ``NOT_MET``, ``UNKNOWN`` or ``MET``, shape (subjects, groups).
    categories
        How many there are.
    """
    cells = tuple(answers.T)
    return np.stack([_widen(outcome == place)[cells] > 0 for place in range(categories)], axis=1)


def shares(outcome: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Return, for each unknown group, the share of the completions of the others in which it decides.

    Returns
    -------
    numpy.ndarray
        Shape (subjects, groups); 0 where the group is known, or can no longer change the category.
    """
    unknown = answers == UNKNOWN
    found = np.zeros(answers.shape)
    for place in range(answers.shape[1]):
        others = np.delete(answers, place, axis=1)
        differs = outcome.take(0, axis=place) != outcome.take(1, axis=place)
        counts = _widen(differs)[tuple(others.T)]
        completions = 2.0 ** (others == UNKNOWN).sum(axis=1)
        found[:, place] = np.where(unknown[:, place], counts / completions, 0)
    return found


def _widen(cells: np.ndarray) -> np.ndarray:
    """Return, for each combination of no, unknown and yes, how many of its completions are marked."""
    counts = cells.astype(np.int64)
    for axis in range(cells.ndim):
        no, yes = counts.take(0, axis=axis), counts.take(1, axis=axis)
        counts = np.stack([no, no + yes, yes], axis=axis)
    return np.asarray(counts)
