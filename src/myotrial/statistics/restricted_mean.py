"""Restricted mean survival time: the area under the Kaplan–Meier curve up to a horizon, and its difference.

Written here: statsmodels has no restricted mean.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import (
    as_binary,
    as_treated,
    check_conf_level,
    check_number,
    check_same_length,
    fault,
)
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import normal_quantile
from myotrial.statistics._risk_sets import as_times, count_risk_sets
from myotrial.statistics._two_groups import empty_group, wald
from myotrial.statistics.estimate import Estimate

_METHOD = "restricted mean survival time to {:g}"


def estimate_restricted_mean(time: ArrayLike, event: ArrayLike, horizon: float, conf_level: float = 0.95) -> Estimate:
    """Estimate the mean time without the event up to a horizon.

    Parameters
    ----------
    time
        Time to event or censoring, 0 or more, in one unit. Times are compared exactly.
    event
        1 where the event was seen, 0 where the subject was censored.
    horizon
        Where the mean is cut, above 0, in the unit of ``time``.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of ``time``, between 0 and ``horizon``. ``None`` where follow-up ends before the horizon
        with the curve above 0.

    Raises
    ------
    ValueError
        Unequal lengths, a missing or negative time, an event that is not 0 or 1, or a horizon not above 0.

    Notes
    -----
    The variance is Greenwood's: the sum over event times of the squared area behind them times d / (n (n - d)).

    References
    ----------
    .. [1] Irwin JO. J Hyg (Lond) 1949;47:188-189. doi:10.1017/S0022172400014443
    .. [2] Royston P, Parmar MKB. BMC Med Res Methodol 2013;13:152. doi:10.1186/1471-2288-13-152

    Examples
    --------
    >>> estimate_restricted_mean([2, 3, 3, 5, 6], [1, 0, 1, 1, 1], horizon=4)
    Estimate: 3.4 (95 % CI 2.699 to 4), n = 5 [restricted mean survival time to 4]
    """
    times, events, horizon = _check(time, event, horizon, conf_level)
    value, variance, why = _area(times, events, horizon)
    method, n = _METHOD.format(horizon), len(times)
    if value is None:
        return Estimate(value=None, n=n, method=method, warnings=(why,))
    if variance == 0:
        why = "no event before the horizon, or no spread: the standard error is zero and gives no interval"
        return Estimate(value=value, se=0.0, n=n, method=method, warnings=(why,))
    se = math.sqrt(variance)
    half = normal_quantile(conf_level) * se
    return Estimate(
        value=value,
        low=max(value - half, 0.0),
        high=min(value + half, horizon),
        conf_level=conf_level,
        se=se,
        n=n,
        method=method,
    )


def estimate_restricted_mean_difference(
    time: ArrayLike,
    event: ArrayLike,
    arm: ArrayLike,
    horizon: float,
    *,
    reference: object | None = None,
    conf_level: float = 0.95,
) -> Estimate:
    """Estimate the difference of two restricted mean survival times, arm minus reference.

    Parameters
    ----------
    time, event
        As ``estimate_restricted_mean``.
    arm
        Group of every subject: 0 (reference) and 1, or two labels, one of them named by ``reference``.
    horizon
        Where both means are cut, above 0, in the unit of ``time``.
    reference
        Label of the reference group.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of ``time``, with normal interval and test. ``None`` where a group's follow-up ends before the
        horizon with its curve above 0.

    Raises
    ------
    ValueError
        Unequal lengths, a missing or negative time, an event that is not 0 or 1, more than two groups, or a
        horizon not above 0.

    References
    ----------
    .. [1] Royston P, Parmar MKB. BMC Med Res Methodol 2013;13:152. doi:10.1186/1471-2288-13-152

    Examples
    --------
    >>> estimate_restricted_mean_difference(
    ...     [2, 3, 3, 5, 6, 1, 2, 4, 5], [1, 0, 1, 1, 1, 1, 1, 1, 0], list("aaaaapppp"), 4, reference="p"
    ... )
    Estimate: 0.65 (95 % CI -0.8034 to 2.103), p = 0.3807, n = 9 [difference of restricted mean ...]
    """
    with Checks() as check:
        treated = check(as_treated, arm, reference)
        checked = check(_check, time, event, horizon, conf_level, arm=treated)
    times, events, horizon = checked
    method, n = f"difference of restricted mean survival times to {horizon:g}", len(times)
    sizes = int(treated.sum()), int((~treated).sum())
    if min(sizes) == 0:
        return empty_group(*sizes, method)
    areas = [_area(times[rows], events[rows], horizon) for rows in (treated, ~treated)]
    (first, spread1, why1), (second, spread0, why0) = areas
    if first is None or second is None:
        named = ((f"group {group}", why) for group, why in ((1, why1), (0, why0)) if why)
        return Estimate(value=None, n=n, method=method, warnings=tuple(f"{who}: {why}" for who, why in named))
    value, se = first - second, math.sqrt(spread1 + spread0)
    if se == 0:
        why = "no event before the horizon, or no spread: the standard error is zero and gives no interval"
        return Estimate(value=value, se=0.0, n=n, method=method, warnings=(why,))
    return wald(value, se, n, conf_level, method)


def _check(
    time: ArrayLike, event: ArrayLike, horizon: float, conf_level: float, **others: NDArray[Any] | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_], float]:
    """Return checked times, events and horizon."""
    with Checks() as check:
        check(check_conf_level, conf_level)
        times, events = check(as_times, time), check(as_binary, event, "event")
        check(check_same_length, time=times, event=events, **others)
        check(_check_horizon, horizon)
    return times, events, float(horizon)


def _check_horizon(horizon: float) -> None:
    """Refuse a horizon that is not a number above 0."""
    if not 0 < check_number(horizon, "horizon", "a number above 0") < math.inf:
        raise fault("horizon", horizon, "a number above 0")


def _area(times: NDArray[np.float64], events: NDArray[np.bool_], horizon: float) -> tuple[float | None, float, str]:
    """Area under the curve up to the horizon, its variance, and why there is none."""
    sets = count_risk_sets(times, events)
    if not len(times):
        return None, 0.0, "there are no subjects"
    survival = np.cumprod(1 - sets.events / sets.at_risk, dtype=np.float64)
    if sets.time[-1] < horizon and survival[-1] > 0:
        return None, 0.0, f"follow-up ends at {sets.time[-1]:g}, before the horizon {horizon:g}"
    inside = sets.time < horizon
    steps = np.concatenate([[0.0], sets.time[inside], [horizon]])
    pieces = np.diff(steps) * np.concatenate([[1.0], survival[inside]])
    behind = pieces[::-1].cumsum()[::-1][1:]
    at_risk, died = sets.at_risk[inside], sets.events[inside]
    left = np.maximum(at_risk - died, 1)  # nobody left: no area lies behind
    return float(pieces.sum()), float((behind**2 * died / (at_risk * left)).sum()), ""
