"""Score limits of a difference of two proportions (Miettinen and Nurminen), in one table or over strata.

Written here: statsmodels has no strata, and its search fails for one table (``confint_proportions_2indep`` of
version 0.15.0 gives 0.3440 for the upper end that Newcombe prints as 0.3382, and no end where a limit lies near 1).
"""

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_HALVINGS = 44
"""Halvings of the interval from -1 to 1: the limit is found to 1e-13."""

_ROUNDS = 6
"""Rounds of the weights, each of which takes about three digits of their error away."""


def restricted_proportions(
    y1: FloatArray, n1: FloatArray, y0: FloatArray, n0: FloatArray, delta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Maximum likelihood estimates of two proportions whose difference is ``delta``.

    The root of a cubic in closed form (Miettinen and Nurminen 1985, equations 27 and 28), polished by Newton
    steps, since the closed form loses half the digits where two roots lie together.
    """
    n, y = n1 + n0, y1 + y0
    l3, l2 = n, (n1 + 2 * n0) * delta - n - y
    l1, l0 = (n0 * delta - n - 2 * y0) * delta + y, y0 * delta * (1 - delta)
    third = l2 / (3 * l3)
    q = third**3 - l1 * l2 / (6 * l3**2) + l0 / (2 * l3)
    p = np.where(q < 0, -1.0, 1.0) * np.sqrt(np.maximum(third**2 - l1 / (3 * l3), 0.0))
    cubed = np.where(p == 0, 1.0, p**3)
    angle = (math.pi + np.arccos(np.clip(q / cubed, -1.0, 1.0))) / 3
    root = 2 * p * np.cos(angle) - third
    low, high = np.maximum(0.0, -delta), np.minimum(1.0, 1 - delta)
    root = np.clip(root, low, high)
    for _ in range(3):
        slope = (3 * l3 * root + 2 * l2) * root + l1
        step = (((l3 * root + l2) * root + l1) * root + l0) / np.where(slope == 0, 1.0, slope)
        root = np.clip(root - np.where(np.abs(step) < 1e-3, step, 0.0), low, high)
    return np.clip(root + delta, 0.0, 1.0), root


def score_statistic(
    y1: FloatArray, n1: FloatArray, y0: FloatArray, n0: FloatArray, delta: FloatArray, *, iterated: bool = False
) -> FloatArray:
    """Score statistic of the difference ``delta``; strata on the last axis.

    The variance of each stratum carries the factor n / (n - 1). ``delta`` has one axis less than the counts. Strata
    are weighted n1 n0 / (n1 + n0), or by the weights of Miettinen and Nurminen, found by iteration at each ``delta``.
    """
    n = n1 + n0
    p1, p0 = restricted_proportions(y1, n1, y0, n0, np.asarray(delta)[..., None])
    weight = n1 * n0 / n
    for _ in range(_ROUNDS if iterated else 0):
        spread1, spread0 = (
            mean * (1 - mean)
            for mean in (
                (weight * p).sum(axis=-1, keepdims=True) / weight.sum(axis=-1, keepdims=True) for p in (p1, p0)
            )
        )
        usable = (spread1 > 0) & (spread0 > 0)
        ratio = np.where(usable, spread1, 1.0) / np.where(usable, spread0, 1.0)
        weight = 1 / (ratio / n1 + 1 / n0)
    weight = weight / weight.sum(axis=-1, keepdims=True)
    variance = (weight**2 * (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * n / np.maximum(n - 1, 1)).sum(axis=-1)
    excess = (weight * (y1 / n1 - y0 / n0)).sum(axis=-1) - delta
    scale = np.sqrt(np.where(variance > 0, variance, 1.0))
    certain = np.where(excess > 0, np.inf, np.where(excess < 0, -np.inf, 0.0))
    statistic: FloatArray = np.where(variance > 0, excess / scale, certain)
    return statistic


def score_limits(
    y1: FloatArray, n1: FloatArray, y0: FloatArray, n0: FloatArray, z: float, *, iterated: bool = False
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Find where the score statistic is zero, and the ends of what it does not reject at the quantile ``z``.

    Strata lie on the last axis. The statistic falls in the difference, so all three are found by halving.
    """
    roots = []
    for level in (0.0, z, -z):
        low, high = np.full(np.shape(y1)[:-1], -1.0), np.full(np.shape(y1)[:-1], 1.0)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            above = score_statistic(y1, n1, y0, n0, middle, iterated=iterated) > level
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        roots.append(np.where(high == 1, 1.0, np.where(low == -1, -1.0, (low + high) / 2)))
    return roots[0], roots[1], roots[2]
