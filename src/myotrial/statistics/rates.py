# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""Event rates per unit of exposure: one rate, the ratio and the difference of two, under a Poisson model.

Quantiles and the binomial test are SciPy's.
"""

import math
from typing import Literal, get_args

from myotrial.statistics._arguments import check_choice, check_conf_level, check_count, check_number, fault
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import normal_p_value, normal_quantile
from myotrial.statistics._two_groups import ratio_from_log
from myotrial.statistics.estimate import Estimate

RateRatioInterval = Literal["exact", "wald"]
RateDifferenceInterval = Literal["wald", "mover"]

_NO_EXPOSURE = "{} has no exposure: nothing can be estimated"


def estimate_rate(count: int, exposure: float, conf_level: float = 0.95) -> Estimate:
    """Estimate an event rate with its exact interval (Garwood).

    Parameters
    ----------
    count
        Events, 0 or more.
    exposure
        Time at risk in all, 0 or more; the rate is per its unit.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        ``n`` counts the events. Without exposure everything is ``None``.

    Raises
    ------
    ValueError
        The count is negative or not whole, the exposure negative or infinite, or the level is not possible.

    References
    ----------
    .. [1] Garwood F. Biometrika 1936;28:437-442. doi:10.1093/biomet/28.3-4.437

    Examples
    --------
    >>> estimate_rate(10, 25.0)
    Estimate: 0.4 (95 % CI 0.1918 to 0.7356), n = 10 [rate with exact Poisson interval (Garwood)]
    """
    with Checks() as check:
        both = check(_check_group, count, exposure, ("count", "exposure"))
        check(check_conf_level, conf_level)
    count, exposure = both
    method = "rate with exact Poisson interval (Garwood)"
    if exposure == 0:
        return Estimate(value=None, n=count, method=method, warnings=(_NO_EXPOSURE.format("the group"),))
    low, high = _garwood(count, conf_level)
    return Estimate(
        value=count / exposure,
        low=low / exposure,
        high=high / exposure,
        conf_level=conf_level,
        se=math.sqrt(count) / exposure,
        n=count,
        method=method,
    )


def estimate_rate_ratio(
    count1: int,
    exposure1: float,
    count0: int,
    exposure0: float,
    interval: RateRatioInterval = "exact",
    conf_level: float = 0.95,
) -> Estimate:
    """Estimate the ratio of two event rates, group 1 over group 0.

    Parameters
    ----------
    count1, exposure1, count0, exposure0
        Events and time at risk, in the treated group (1) and the reference (0).
    interval
        ``"exact"``: conditional on all events, from the binomial distribution, with its exact test (what R's
        ``poisson.test`` prints). ``"wald"``: on the log scale, with its test.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        ``n`` counts the events; ``se`` is that of the log ratio. An infinite ratio or end is ``None``, with a
        warning; a Wald interval needs an event in both groups.

    Raises
    ------
    ValueError
        A count is negative or not whole, an exposure negative or infinite, or an option not known.

    References
    ----------
    .. [1] Przyborowski J, Wilenski H. Biometrika 1940;31:313-323. doi:10.1093/biomet/31.3-4.313

    Examples
    --------
    >>> estimate_rate_ratio(11, 800.0, 23, 1017.0)
    Estimate: 0.608 (95 % CI 0.2676 to 1.298), p = 0.2261, n = 34 [ratio of two rates, exact ...]
    """
    with Checks() as check:
        group1 = check(_check_group, count1, exposure1, ("count1", "exposure1"))
        group0 = check(_check_group, count0, exposure0, ("count0", "exposure0"))
        check(check_choice, interval, "interval", get_args(RateRatioInterval))
        check(check_conf_level, conf_level)
    (count1, exposure1), (count0, exposure0) = group1, group0
    n = count1 + count0
    exact = interval == "exact"
    method = "ratio of two rates, " + (
        "exact conditional interval and test" if exact else "Wald interval and test; standard error of the log"
    )
    why = _empty(exposure1, exposure0)
    if not why and n == 0:
        why = ("there is no event: the ratio is undefined",)
    if why or (not exact and 0 in {count1, count0}):
        why = why or ("a group has no event: the ratio is 0 or infinite and has no Wald interval",)
        return Estimate(value=None, n=n, method=method, warnings=why)
    if not exact:
        log_ratio = math.log(count1 / exposure1) - math.log(count0 / exposure0)
        return ratio_from_log(log_ratio, math.sqrt(1 / count1 + 1 / count0), n, conf_level, method)

    from scipy.stats import binomtest

    test = binomtest(count1, n, exposure1 / (exposure1 + exposure0))
    ends = test.proportion_ci(conf_level, method="exact")
    scale = exposure0 / exposure1
    value, low, high = (
        None if share == 1 else float(share / (1 - share) * scale) for share in (count1 / n, ends.low, ends.high)
    )
    warnings = ("the ratio is infinite",) if value is None else ()
    if high is None:
        warnings = (*warnings, "the interval of the ratio has no upper end")
    return Estimate(
        value=value,
        low=low,
        high=high,
        conf_level=conf_level,
        se=math.sqrt(1 / count1 + 1 / count0) if min(count1, count0) else None,
        p_value=min(float(test.pvalue), 1.0),
        n=n,
        method=method,
        warnings=warnings,
    )


def estimate_rate_difference(
    count1: int,
    exposure1: float,
    count0: int,
    exposure0: float,
    interval: RateDifferenceInterval = "wald",
    conf_level: float = 0.95,
) -> Estimate:
    """Estimate the difference of two event rates, group 1 minus group 0.

    Parameters
    ----------
    count1, exposure1, count0, exposure0
        Events and time at risk, in the treated group (1) and the reference (0).
    interval
        ``"wald"`` with its test, or ``"mover"``: square-and-add of the two exact (Garwood) intervals, without a
        test, which is the one to take where a group has few events.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        Per unit of exposure; ``n`` counts the events. Without any event there is no Wald interval.

    Raises
    ------
    ValueError
        A count is negative or not whole, an exposure negative or infinite, or an option not known.

    References
    ----------
    .. [1] Zou GY, Donner A. Stat Med 2008;27:1693-1702. doi:10.1002/sim.3095 (square-and-add)

    Examples
    --------
    >>> estimate_rate_difference(11, 800.0, 23, 1017.0)
    Estimate: -0.008866 (95 % CI -0.02117 to 0.003441), p = 0.1580, n = 34 [difference of two rates, ...]
    """
    with Checks() as check:
        group1 = check(_check_group, count1, exposure1, ("count1", "exposure1"))
        group0 = check(_check_group, count0, exposure0, ("count0", "exposure0"))
        check(check_choice, interval, "interval", get_args(RateDifferenceInterval))
        check(check_conf_level, conf_level)
    (count1, exposure1), (count0, exposure0) = group1, group0
    n = count1 + count0
    wald = interval == "wald"
    method = "difference of two rates, " + (
        "Wald interval and test" if wald else "square-and-add of exact Poisson intervals (MOVER)"
    )
    why = _empty(exposure1, exposure0)
    if why:
        return Estimate(value=None, n=n, method=method, warnings=why)
    rate1, rate0 = count1 / exposure1, count0 / exposure0
    value, se = rate1 - rate0, math.sqrt(count1 / exposure1**2 + count0 / exposure0**2)
    if wald and se == 0:
        none = "there is no event: the standard error is zero and gives no Wald interval"
        return Estimate(value=value, se=0.0, n=n, method=method, warnings=(none,))
    if wald:
        half = normal_quantile(conf_level) * se
        low, high = value - half, value + half
    else:
        low1, high1 = (end / exposure1 for end in _garwood(count1, conf_level))
        low0, high0 = (end / exposure0 for end in _garwood(count0, conf_level))
        low = value - math.hypot(rate1 - low1, high0 - rate0)
        high = value + math.hypot(high1 - rate1, rate0 - low0)
    return Estimate(
        value=value,
        low=low,
        high=high,
        conf_level=conf_level,
        se=se,
        p_value=normal_p_value(value / se) if wald else None,
        n=n,
        method=method,
    )


def _check_group(count: int, exposure: float, names: tuple[str, str]) -> tuple[int, float]:
    """Return one group's events and exposure, or refuse them."""
    with Checks() as check:
        events = max(count, 0) if isinstance(count, int) else count
        both = check(check_count, count, events, (names[0], names[0]))
        number = check(_check_exposure, exposure, names[1])
    whole = both[0]
    if number == 0 and whole > 0:
        raise fault(names[1], exposure, f"more than 0, as there are {whole} events")
    return whole, number


def _check_exposure(exposure: float, name: str) -> float:
    """Return an exposure as a float, or refuse it."""
    number = check_number(exposure, name, "a finite number, 0 or more")
    if not 0 <= number < math.inf:
        raise fault(name, exposure, "a finite number, 0 or more")
    return number


def _empty(exposure1: float, exposure0: float) -> tuple[str, ...]:
    """Name the groups without exposure."""
    groups = (("group 1", exposure1), ("group 0", exposure0))
    return tuple(_NO_EXPOSURE.format(name) for name, exposure in groups if exposure == 0)


def _garwood(count: int, conf_level: float) -> tuple[float, float]:
    """Exact limits of a Poisson mean."""
    from scipy.special import gammaincinv

    tail = (1 - conf_level) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))
