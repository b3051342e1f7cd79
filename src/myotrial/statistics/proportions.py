# ruff: noqa: PLC0415 (SciPy and statsmodels take seconds to load: only where they are used)
"""The proportion of one group, and the difference of two proportions without strata.

The intervals are those of statsmodels, but for Miettinen and Nurminen's (see ``_score``); written here are the
Wald standard error and p-value of the difference, which statsmodels does not return, and what is done where a
method has no answer.
"""

import math
from typing import Literal, get_args

import numpy as np

from myotrial.statistics._arguments import check_choice, check_conf_level, check_count
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import normal_p_value, normal_quantile
from myotrial.statistics._score import score_limits, score_statistic
from myotrial.statistics._two_groups import EMPTY, NO_VARIANCE, check_two_groups, empty_group, wald_difference
from myotrial.statistics.estimate import Estimate

ProportionInterval = Literal["wilson", "clopper-pearson", "jeffreys", "agresti-coull", "wald"]
RiskDifferenceInterval = Literal["wald", "newcombe", "miettinen-nurminen"]

_STATSMODELS_NAME = {
    "wilson": "wilson",
    "clopper-pearson": "beta",
    "jeffreys": "jeffreys",
    "agresti-coull": "agresti_coull",
    "wald": "normal",
}
_PROPORTION_METHOD = {
    "wilson": "proportion with Wilson score interval, without continuity correction",
    "clopper-pearson": "proportion with exact Clopper–Pearson interval",
    "jeffreys": "proportion with Jeffreys interval (0 as lower end of 0 of n, 1 as upper end of n of n)",
    "agresti-coull": "proportion with Agresti–Coull interval, cut at 0 and 1",
    "wald": "proportion with Wald interval, cut at 0 and 1",
}
_DIFFERENCE_METHOD = {
    "wald": "difference of two proportions with Wald interval and test (unpooled variance)",
    "newcombe": "difference of two proportions with Newcombe's hybrid score interval (method 10)",
    "miettinen-nurminen": "difference of two proportions with Miettinen–Nurminen score interval and test",
}


def estimate_proportion(
    count: int, n: int, interval: ProportionInterval = "wilson", conf_level: float = 0.95
) -> Estimate:
    """Estimate a proportion with a confidence interval.

    Parameters
    ----------
    count, n
        Subjects with the event, and subjects in all; 0 ≤ count ≤ n.
    interval
        ``"wilson"`` (score, without continuity correction), ``"clopper-pearson"`` (exact), ``"jeffreys"``
        (equal tails of the posterior under Jeffreys' prior), ``"agresti-coull"`` or ``"wald"``.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        ``value``, ``low`` and ``high`` between 0 and 1; ``se`` is sqrt(p (1 - p) / n) whatever the interval.
        With n = 0 everything is ``None``; a Wald interval at 0 of n or n of n is ``None`` too.

    Raises
    ------
    ValueError
        A count is negative, not whole or above n; the level or the interval's name is not possible.

    References
    ----------
    .. [1] Wilson EB. J Am Stat Assoc 1927;22:209-212. doi:10.1080/01621459.1927.10502953
    .. [2] Clopper CJ, Pearson ES. Biometrika 1934;26:404-413. doi:10.1093/biomet/26.4.404
    .. [3] Newcombe RG. Stat Med 1998;17:857-872 (the examples).
    .. [4] Brown LD, Cai TT, DasGupta A. Stat Sci 2001;16:101-133. doi:10.1214/ss/1009213286 (Jeffreys,
       Agresti–Coull, and which interval covers what).

    Examples
    --------
    >>> estimate_proportion(81, 263)
    Estimate: 0.308 (95 % CI 0.2553 to 0.3662), n = 263 [proportion with Wilson score interval, ...]
    """
    with Checks() as check:
        both = check(check_count, count, n)
        check(check_choice, interval, "interval", get_args(ProportionInterval))
        check(check_conf_level, conf_level)
    count, n = both
    method = _PROPORTION_METHOD[interval]
    if n == 0:
        return Estimate(value=None, n=0, method=method, warnings=(EMPTY.format("the group"),))
    value = count / n
    se = math.sqrt(value * (1 - value) / n)
    if interval == "wald" and se == 0:
        return Estimate(value=value, se=se, n=n, method=method, warnings=(NO_VARIANCE,))

    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(count, n, alpha=1 - conf_level, method=_STATSMODELS_NAME[interval])
    # Rounding may put the end of 0 of n a hair above 0, and the posterior leaves its end open there.
    low, high = min(float(low), value), max(float(high), value)
    return Estimate(
        value=value,
        low=0.0 if count == 0 else low,
        high=1.0 if count == n else high,
        conf_level=conf_level,
        se=se,
        n=n,
        method=method,
    )


def estimate_risk_difference(
    count1: int,
    n1: int,
    count0: int,
    n0: int,
    interval: RiskDifferenceInterval = "wald",
    conf_level: float = 0.95,
) -> Estimate:
    """Estimate the difference of two independent proportions, group 1 minus group 0.

    Parameters
    ----------
    count1, n1, count0, n0
        Subjects with the event and subjects in all, in the treated group (1) and the reference (0).
    interval
        ``"wald"`` (unpooled variance, with the p-value of its test), ``"newcombe"`` (square-and-add of two
        Wilson intervals, Newcombe's method 10; no test belongs to it, so the p-value is ``None``) or
        ``"miettinen-nurminen"`` (the differences that the score test does not reject, with the p-value of the
        score test of no difference; variances carry the factor n / (n - 1)).
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        ``value`` between -1 and 1; ``se`` is the unpooled one whatever the interval; ``n`` counts both groups.
        A Wald interval that leaves [-1, 1] is cut there, with a warning.

    Raises
    ------
    ValueError
        A count is negative, not whole or above n; the level or the interval's name is not possible.

    References
    ----------
    .. [1] Newcombe RG. Stat Med 1998;17:873-890.
       doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
    .. [2] Miettinen O, Nurminen M. Stat Med 1985;4:213-226. doi:10.1002/sim.4780040211

    Examples
    --------
    >>> estimate_risk_difference(37, 47, 21, 48)
    Estimate: 0.3497 (95 % CI 0.167 to 0.5324), p = 0.0002, n = 95 [difference of two proportions ...]
    >>> estimate_risk_difference(56, 70, 48, 80, interval="newcombe")
    Estimate: 0.2 (95 % CI 0.05243 to 0.3339), n = 150 [...Newcombe's hybrid score interval (method 10)]
    """
    with Checks() as check:
        four = check(check_two_groups, count1, n1, count0, n0)
        check(check_choice, interval, "interval", get_args(RiskDifferenceInterval))
        check(check_conf_level, conf_level)
    count1, n1, count0, n0 = four
    method, n = _DIFFERENCE_METHOD[interval], n1 + n0
    if min(n1, n0) == 0:
        return empty_group(n1, n0, method)
    p1, p0 = count1 / n1, count0 / n0
    value = p1 - p0
    se = math.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    if interval == "wald":
        if se == 0:
            return Estimate(value=value, se=se, n=n, method=method, warnings=(NO_VARIANCE,))
        return wald_difference(value, se, n, conf_level, method)
    p_value = None
    if interval == "newcombe":
        from statsmodels.stats.proportion import confint_proportions_2indep

        low, high = confint_proportions_2indep(count1, n1, count0, n0, method="newcomb", alpha=1 - conf_level)
    else:
        low, high, p_value = _score(count1, n1, count0, n0, conf_level)
    return Estimate(
        value=value,
        low=max(min(float(low), value), -1.0),
        high=min(max(float(high), value), 1.0),
        conf_level=conf_level,
        se=se,
        p_value=p_value,
        n=n,
        method=method,
    )


def _score(count1: int, n1: int, count0: int, n0: int, conf_level: float) -> tuple[float, float, float]:
    """Return the ends of the score interval, and the p-value of no difference."""
    y1, m1, y0, m0 = (np.array([float(number)]) for number in (count1, n1, count0, n0))
    _, low, high = score_limits(y1, m1, y0, m0, normal_quantile(conf_level))
    z = score_statistic(y1, m1, y0, m0, np.array(0.0))
    return float(low), float(high), normal_p_value(float(z))
