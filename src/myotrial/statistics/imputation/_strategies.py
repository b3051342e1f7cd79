"""Means that a strategy gives to a subject who left."""

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.imputation._patterns import Floats, Pattern


def strategy_means(kind: str, own: Floats, reference: Floats, turn: NDArray[np.intp]) -> Floats:
    """Return the means (m, n, T) that a strategy gives, from those of the own arm and of the reference.

    ``turn`` (n,) is the first visit that the strategy rules.
    """
    if kind == "missing-at-random":
        return own
    if kind in {"reference", "copy-reference"}:
        return reference
    after = np.arange(own.shape[2]) >= np.expand_dims(turn, 1)
    if kind == "jump-to-reference":
        return np.where(after, reference, own)
    rows, last = np.arange(len(turn)), turn - 1
    gap = np.where(turn == 0, 0.0, own[:, rows, last] - reference[:, rows, last])
    return np.where(after, reference + np.expand_dims(gap, 2), own)


def strategy_covariance(kind: str, own: Floats, reference: Floats, pattern: Pattern) -> Floats:
    """Return the covariance (m, T, T) that a strategy gives to subjects with one pattern of missing visits.

    Before its turn a subject varies as the own arm does; what follows depends on that as in the reference
    and has the reference's variance left over (Carpenter, Roger and Kenward 2013, jump to reference).
    """
    if kind == "missing-at-random":
        return own
    if kind in {"reference", "copy-reference"} or own is reference or pattern.turn == 0:
        return reference
    before = pattern.turn
    first = reference[:, :before, :before]
    slopes = np.linalg.solve(first, reference[:, :before, before:])
    turned = np.swapaxes(slopes, 1, 2)
    joined = reference.copy()
    joined[:, :before, :before] = own[:, :before, :before]
    joined[:, :before, before:] = own[:, :before, :before] @ slopes
    joined[:, before:, :before] = np.swapaxes(joined[:, :before, before:], 1, 2)
    joined[:, before:, before:] += turned @ (own[:, :before, :before] - first) @ slopes
    return joined
