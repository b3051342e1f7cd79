"""Pointwise limits of a survival curve on three scales, and the median read off a curve and its limits."""

import math

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics._intervals import normal_quantile
from myotrial.statistics.estimate import Estimate

_TOLERANCE = math.sqrt(np.finfo(float).eps)
"""How near to one half a curve counts as being at it (as R)."""

FloatArray = NDArray[np.float64]


def pointwise_limits(
    survival: FloatArray, log_se: FloatArray, conf_type: str, conf_level: float
) -> tuple[FloatArray, FloatArray]:
    """Limits of the curve from the standard error of its logarithm, cut at 0 and 1.

    Where the curve is at 1 or at 0 its standard error gives no limits: they are infinite there.
    """
    half = normal_quantile(conf_level) * log_se
    inside = (survival > 0) & (survival < 1)
    safe = np.where(inside, survival, 0.5)
    if conf_type == "plain":
        low, high = safe * (1 - half), safe * (1 + half)
    elif conf_type == "log":
        low, high = safe * np.exp(-half), safe * np.exp(half)
    else:
        factor = np.exp(half / np.log(safe))
        low, high = safe ** (1 / factor), safe**factor
    return np.where(inside, np.maximum(low, 0), np.inf), np.where(inside, np.minimum(high, 1), np.inf)


def time_at_half(time: FloatArray, curve: FloatArray) -> float | None:
    """First time at which a falling curve is at one half or below, the middle of a stretch at one half."""
    below = np.flatnonzero(curve < 0.5 + _TOLERANCE)
    if not below.size:
        return None
    first = below[0]
    after = below[curve[below] < curve[first]]
    if abs(curve[first] - 0.5) < _TOLERANCE and after.size:
        return float((time[first] + time[after[0]]) / 2)
    return float(time[first])


def estimate_median(
    time: FloatArray, curves: tuple[FloatArray, FloatArray, FloatArray], n: int, conf_level: float, method: str
) -> Estimate:
    """Median with its limits from the curve and its lower and upper limits."""
    value, low, high = (time_at_half(time, curve) for curve in curves)
    warnings: tuple[str, ...] = ()
    if not n:
        warnings = ("there are no subjects",)
    elif value is None:
        warnings = (f"the median is not reached: the curve is above one half at the last time, {time[-1]:g}",)
    elif low is None or high is None:
        end = "lower" if low is None else "upper"
        warnings = (f"the {end} end of the median's interval is not reached by the last time, {time[-1]:g}",)
    has_interval = low is not None or high is not None
    return Estimate(
        value=value,
        low=low,
        high=high,
        conf_level=conf_level if has_interval else None,
        n=n,
        method=f"median of the {method}",
        warnings=warnings,
    )
