"""Means that a strategy gives to a subject who left."""

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.imputation._patterns import Floats, Pattern


def strategy_means(kind: str, own: Floats, reference: Floats, missing: NDArray[np.bool_]) -> Floats:
    """Return the means (m, n, T) that a strategy gives, from those of the own arm and of the reference."""
    if kind == "missing-at-random":
        return own
    if kind in {"reference", "copy-reference"}:
        return reference
    visits = missing.shape[1]
    last = visits - np.argmax(~missing[:, ::-1], axis=1) - 1  # last visit seen
    never = missing.all(axis=1)
    after = (np.arange(visits) > np.expand_dims(last, 1)) | np.expand_dims(never, 1)
    if kind == "jump-to-reference":
        return np.where(after, reference, own)
    rows = np.arange(len(last))
    gap = np.where(never, 0.0, own[:, rows, last] - reference[:, rows, last])
    return np.where(after, reference + np.expand_dims(gap, 2), own)


def strategy_covariance(kind: str, own: Floats, reference: Floats, pattern: Pattern) -> Floats:
    """Return the covariance (m, T, T) that a strategy gives to subjects with one pattern of missing visits.

    Up to the last visit seen a subject varies as the own arm does; what follows depends on that as in the reference
    and has the reference's variance left over (Carpenter, Roger and Kenward 2013, jump to reference).
    """
    if kind == "missing-at-random":
        return own
    if kind in {"reference", "copy-reference"} or own is reference or not len(pattern.seen):
        return reference
    before = int(pattern.seen.max()) + 1
    first = reference[:, :before, :before]
    slopes = np.linalg.solve(first, reference[:, :before, before:])
    turned = np.swapaxes(slopes, 1, 2)
    joined = reference.copy()
    joined[:, :before, :before] = own[:, :before, :before]
    joined[:, :before, before:] = own[:, :before, :before] @ slopes
    joined[:, before:, :before] = np.swapaxes(joined[:, :before, before:], 1, 2)
    joined[:, before:, before:] += turned @ (own[:, :before, :before] - first) @ slopes
    return joined
