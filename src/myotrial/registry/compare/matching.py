"""Which outcome, or criterion, of one record is which of another."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from scipy.optimize import linear_sum_assignment

from myotrial.model.errors import BadInput, Fault
from myotrial.registry.compare.elements import Elements
from myotrial.registry.compare.words import likeness, same_words
from myotrial.registry.parts import RegisteredOutcome

THRESHOLD = 0.5
"""The likeness from which two entries are the same one, changed; below it, one is gone and one is new. Ours."""

_TITLE, _MEASUREMENT, _TIME, _ROLE = 0.55, 0.25, 0.2, 0.001

A = TypeVar("A")
B = TypeVar("B")


def require_threshold(threshold: float) -> None:
    """Refuse a threshold that is no likeness.

    Raises
    ------
    BadInput
        It is not from 0 to 1.
    """
    if not 0 <= threshold <= 1:
        raise BadInput([Fault("bad_option", "a threshold is a likeness", got=f"{threshold:g}", expected="0 to 1")])


def pair(
    old: Sequence[A], new: Sequence[B], likeness_of: Callable[[A, B], float], threshold: float = THRESHOLD
) -> list[tuple[int, int, float]]:
    """Return the pairs with the greatest likeness in sum; no pair is less alike than the threshold.

    Parameters
    ----------
    old, new
        The entries of both records.
    likeness_of
        How alike two entries are, 0 to 1.
    threshold
        The least likeness of a pair.

    Returns
    -------
    list of (old place, new place, likeness)
        Each place at most once, in the order of ``old``.

    Examples
    --------
    >>> pair(["ab", "b"], ["b", "ab"], lambda a, b: float(a == b))
    [(0, 1, 1.0), (1, 0, 1.0)]
    """
    if not old or not new:
        return []
    alike = np.array([[likeness_of(a, b) for b in new] for a in old])
    allowed = np.where(alike >= threshold, alike, 0.0)
    rows, columns = linear_sum_assignment(allowed, maximize=True)
    return [(int(a), int(b), float(alike[a, b])) for a, b in zip(rows, columns, strict=True) if allowed[a, b] > 0]


def outcome_likeness(one: tuple[RegisteredOutcome, Elements], other: tuple[RegisteredOutcome, Elements]) -> float:
    """Return how alike two outcomes are, by title, measurement and time; a part nobody recognises does not count.

    The role weighs so little that it only decides between outcomes of the same words.
    """
    parts = [(_TITLE, likeness(one[0].title, other[0].title)), (_ROLE, float(one[0].role == other[0].role))]
    if one[1].measurement or other[1].measurement:
        parts.append((_MEASUREMENT, _shared(set(one[1].measurement), set(other[1].measurement))))
    if same_words(one[0].time_frame, other[0].time_frame):
        parts.append((_TIME, 1.0))
    elif one[1].time_points and other[1].time_points:
        parts.append((_TIME, _shared(set(one[1].time_points.points), set(other[1].time_points.points))))
    else:
        parts.append((_TIME, likeness(one[0].time_frame or "", other[0].time_frame or "")))
    return sum(weight * value for weight, value in parts) / sum(weight for weight, _ in parts)


def _shared(one: set[A], other: set[A]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0
