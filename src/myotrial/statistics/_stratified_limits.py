"""Common risk difference over strata: weighted estimates with their standard error or their limits.

Written here, because statsmodels has none of them. Arguments are the counts of strata that hold both groups: events
and subjects of the treated (1) and the reference group (0).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics._intervals import normal_p_value, normal_quantile
from myotrial.statistics._score import score_limits, score_statistic

FloatArray = NDArray[np.float64]


class Limits(NamedTuple):
    """Estimate, ends, standard error and p-value; ``None`` where the method has none."""

    value: float
    low: float | None
    high: float | None
    se: float | None
    p_value: float | None


def mantel_haenszel_difference(
    y1: FloatArray, n1: FloatArray, y0: FloatArray, n0: FloatArray, variance: str
) -> tuple[float, float]:
    """Difference with weights n1 n0 / (n1 + n0), and its standard error by Sato or by Greenland and Robins.

    Greenland and Robins' is the variance of independent binomials with the weights taken as fixed, which is also
    what is called CMH-weighted; Sato's is consistent for many small strata too.
    """
    n = n1 + n0
    weight = float((n1 * n0 / n).sum())
    value = float(((y1 * n0 - y0 * n1) / n).sum()) / weight
    if variance == "greenland-robins":
        spread = (y1 * (n1 - y1) * n0**3 + y0 * (n0 - y0) * n1**3) / (n1 * n0 * n**2)
        return value, math.sqrt(float(spread.sum())) / weight
    p = (n1**2 * y0 - n0**2 * y1 + n1 * n0 * (n0 - n1) / 2) / n**2
    q = (y1 * (n0 - y0) + y0 * (n1 - y1)) / (2 * n)
    return value, math.sqrt(max(value * float(p.sum()) + float(q.sum()), 0.0)) / weight


def stratified_score(
    y1: FloatArray, n1: FloatArray, y0: FloatArray, n0: FloatArray, conf_level: float, *, iterated: bool = False
) -> Limits:
    """Differences that the stratified score test does not reject, with Mantel–Haenszel or with iterated weights.

    With Mantel–Haenszel weights the statistic is zero at the Mantel–Haenszel difference.
    """
    z = normal_quantile(conf_level)
    value, low, high = (float(end) for end in score_limits(y1, n1, y0, n0, z, iterated=iterated))
    if not iterated:
        value, _ = mantel_haenszel_difference(y1, n1, y0, n0, "sato")
    at_zero = float(score_statistic(y1, n1, y0, n0, np.array(0.0), iterated=iterated))
    return Limits(value, min(low, value), max(high, value), None, normal_p_value(at_zero))


def summary_score(y1: FloatArray, n1: FloatArray, y0: FloatArray, n0: FloatArray, conf_level: float) -> Limits:
    """Mean of the middles of the strata's own score intervals, weighted by the inverse square of their widths."""
    z = normal_quantile(conf_level)
    _, low, high = score_limits(y1[:, None], n1[:, None], y0[:, None], n0[:, None], z)
    middle, error = (low + high) / 2, (high - low) / (2 * z)
    precision = 1 / error**2
    value, se = float((middle * precision).sum() / precision.sum()), 1 / math.sqrt(float(precision.sum()))
    return Limits(value, value - z * se, value + z * se, se, normal_p_value(value / se))


def stratified_newcombe(y1: FloatArray, n1: FloatArray, y0: FloatArray, n0: FloatArray, conf_level: float) -> Limits:
    """Square-and-add of two stratified Wilson intervals, with Mantel–Haenszel weights (Yan and Su).

    Where every proportion of a group is 0 or 1 its stratified Wilson interval does not exist: no ends.
    """
    z = normal_quantile(conf_level)
    weight = n1 * n0 / (n1 + n0)
    weight = weight / weight.sum()
    value = float((weight * (y1 / n1 - y0 / n0)).sum())
    ends1, ends0 = _stratified_wilson(y1, n1, weight, z), _stratified_wilson(y0, n0, weight, z)
    if ends1 is None or ends0 is None:
        return Limits(value, None, None, None, None)
    (low1, high1), (low0, high0) = ends1, ends0
    share1, share0 = float((weight**2 / n1).sum()), float((weight**2 / n0).sum())
    down = share1 * low1 * (1 - low1) + share0 * high0 * (1 - high0)
    up = share1 * high1 * (1 - high1) + share0 * low0 * (1 - low0)
    return Limits(value, value - z * math.sqrt(down), value + z * math.sqrt(up), None, None)


def _stratified_wilson(y: FloatArray, n: FloatArray, weight: FloatArray, z: float) -> tuple[float, float] | None:
    """Weighted sum of the strata's Wilson limits, each at the smaller quantile that gives the sum its level."""
    p = y / n
    spread = weight * np.sqrt(p * (1 - p) / n)
    if not spread.any():
        return None
    part = z * float(np.linalg.norm(spread) / spread.sum())
    centre = (p + part**2 / (2 * n)) / (1 + part**2 / n)
    half = part / (1 + part**2 / n) * np.sqrt(p * (1 - p) / n + part**2 / (4 * n**2))
    return max(float((weight * (centre - half)).sum()), 0.0), min(float((weight * (centre + half)).sum()), 1.0)
