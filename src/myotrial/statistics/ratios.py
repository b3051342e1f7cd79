# ruff: noqa: PLC0415 (SciPy and statsmodels take seconds to load: only where they are used)
"""Odds ratio, risk ratio and Fisher's exact test of two independent groups.

Estimates and intervals are those of statsmodels (``Table2x2``), Fisher's p-value that of SciPy (``fisher_exact``).
The conditional odds ratio is ours (``_conditional``): SciPy's takes half a minute for 10,000 subjects in each group.
"""

from typing import Any

import numpy as np

from myotrial.statistics._arguments import check_conf_level
from myotrial.statistics._collect import Checks
from myotrial.statistics._conditional import conditional_odds_ratio
from myotrial.statistics._two_groups import NO_VARIANCE, check_two_groups, empty_group, ratio_from_log
from myotrial.statistics.estimate import ChiSquareTest, Estimate


def estimate_odds_ratio(count1: int, n1: int, count0: int, n0: int, conf_level: float = 0.95) -> Estimate:
    """Estimate the odds ratio of two independent proportions, group 1 over group 0.

    Parameters
    ----------
    count1, n1, count0, n0
        Subjects with the event and subjects in all, in the treated group (1) and the reference (0).
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        The sample odds ratio with Woolf's interval; ``se`` is that of the log odds ratio and the p-value that
        of its Wald test. With a zero cell all of them are ``None``: no half is added in silence.

    Raises
    ------
    ValueError
        A count is negative, not whole or above n, or the level is not possible.

    References
    ----------
    .. [1] Woolf B. Ann Hum Genet 1955;19:251-253. doi:10.1111/j.1469-1809.1955.tb01348.x

    Examples
    --------
    >>> estimate_odds_ratio(51, 120, 33, 120)
    Estimate: 1.949 (95 % CI 1.136 to 3.344), p = 0.0155, n = 240 [odds ratio ...]
    """
    with Checks() as check:
        four = check(check_two_groups, count1, n1, count0, n0)
        check(check_conf_level, conf_level)
    count1, n1, count0, n0 = four
    method = "odds ratio with Woolf (logit) interval and Wald test; standard error of the log"
    if min(n1, n0) == 0:
        return empty_group(n1, n0, method)
    if 0 in {count1, count0, n1 - count1, n0 - count0}:
        why = "a cell of the two-by-two table is zero: the odds ratio is 0, infinite or undefined"
        return Estimate(value=None, n=n1 + n0, method=method, warnings=(why,))
    table = _table(count1, n1, count0, n0)
    return ratio_from_log(float(table.log_oddsratio), float(table.log_oddsratio_se), n1 + n0, conf_level, method)


def estimate_risk_ratio(count1: int, n1: int, count0: int, n0: int, conf_level: float = 0.95) -> Estimate:
    """Estimate the ratio of two independent proportions, group 1 over group 0.

    Parameters
    ----------
    count1, n1, count0, n0
        Subjects with the event and subjects in all, in the treated group (1) and the reference (0).
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        The ratio with Katz's log interval; ``se`` is that of the log ratio and the p-value that of its Wald
        test. All are ``None`` where a group has no event; where every subject has one the ratio is 1 and has
        no interval.

    Raises
    ------
    ValueError
        A count is negative, not whole or above n, or the level is not possible.

    References
    ----------
    .. [1] Katz D et al. Biometrics 1978;34:469-474. doi:10.2307/2530610

    Examples
    --------
    >>> estimate_risk_ratio(51, 120, 33, 120)
    Estimate: 1.545 (95 % CI 1.081 to 2.209), p = 0.0170, n = 240 [risk ratio ...]
    """
    with Checks() as check:
        four = check(check_two_groups, count1, n1, count0, n0)
        check(check_conf_level, conf_level)
    count1, n1, count0, n0 = four
    method = "risk ratio with Katz log interval and Wald test; standard error of the log"
    if min(n1, n0) == 0:
        return empty_group(n1, n0, method)
    if min(count1, count0) == 0:
        why = "a group has no event: the risk ratio is 0, infinite or undefined"
        return Estimate(value=None, n=n1 + n0, method=method, warnings=(why,))
    if count1 == n1 and count0 == n0:
        return Estimate(value=1.0, se=0.0, n=n1 + n0, method=method, warnings=(NO_VARIANCE,))
    table = _table(count1, n1, count0, n0)
    return ratio_from_log(float(table.log_riskratio), float(table.log_riskratio_se), n1 + n0, conf_level, method)


def estimate_fisher(count1: int, n1: int, count0: int, n0: int, conf_level: float = 0.95) -> Estimate:
    """Test two independent proportions by Fisher's exact test, with the conditional odds ratio.

    Parameters
    ----------
    count1, n1, count0, n0
        Subjects with the event and subjects in all, in the treated group (1) and the reference (0).
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        ``value`` is the conditional maximum likelihood odds ratio, group 1 over group 0, with its exact
        interval (what R's ``fisher.test`` prints; not the sample odds ratio), and ``p_value`` the two-sided
        exact p-value: the sum of all tables no more probable than the one seen. An infinite odds ratio or
        end of the interval is ``None`` with a warning.

    Raises
    ------
    ValueError
        A count is negative, not whole or above n, or the level is not possible.

    References
    ----------
    .. [1] Fisher RA. J R Stat Soc 1935;98:39-54. doi:10.2307/2342435

    Examples
    --------
    >>> estimate_fisher(77, 84, 65, 86)
    Estimate: 3.528 (95 % CI 1.339 to 10.47), p = 0.0065, n = 170 [Fisher's exact test, ...]
    """
    with Checks() as check:
        four = check(check_two_groups, count1, n1, count0, n0)
        check(check_conf_level, conf_level)
    count1, n1, count0, n0 = four
    method = "Fisher's exact test, two-sided, with conditional odds ratio and its exact interval"
    n, events = n1 + n0, count1 + count0
    if min(n1, n0) == 0:
        return empty_group(n1, n0, method)
    if events in {0, n}:
        why = "no subject or every subject has the event: the odds ratio is undefined"
        return Estimate(value=None, p_value=1.0, n=n, method=method, warnings=(why,))

    from scipy.stats import fisher_exact

    table = [[count1, n1 - count1], [count0, n0 - count0]]
    y1, m1, y0, m0 = (np.array([float(number)]) for number in (count1, n1, count0, n0))
    ratio = conditional_odds_ratio(y1, m1, y0, m0, conf_level)
    return Estimate(
        value=ratio.value,
        low=ratio.low,
        high=ratio.high,
        conf_level=conf_level,
        p_value=min(float(fisher_exact(table).pvalue), 1.0),
        n=n,
        method=method,
        warnings=ratio.warnings,
    )


def estimate_chi_square(
    count1: int, n1: int, count0: int, n0: int, *, continuity_correction: bool = False
) -> ChiSquareTest:
    """Test two independent proportions by Pearson's chi-square.

    Parameters
    ----------
    count1, n1, count0, n0
        Subjects with the event and subjects in all, in the treated group (1) and the reference (0).
    continuity_correction
        Whether Yates' correction is applied.

    Returns
    -------
    ChiSquareTest
        On 1 degree of freedom. Where nobody or everybody has the event the statistic is ``None``, with a warning.

    Raises
    ------
    ValueError
        A count is negative, not whole or above n.

    References
    ----------
    .. [1] Pearson K. Philos Mag 1900;50:157-175. doi:10.1080/14786440009463897

    Examples
    --------
    >>> estimate_chi_square(65, 92, 24, 47)
    ChiSquareTest: chi-square 5.182 on 1 df, p = 0.0228, n = 139 [Pearson's chi-square test without ...]
    """
    with Checks() as check:
        four = check(check_two_groups, count1, n1, count0, n0)
    count1, n1, count0, n0 = four
    method = f"Pearson's chi-square test {'with' if continuity_correction else 'without'} continuity correction"
    n, events = n1 + n0, count1 + count0
    if min(n1, n0) == 0 or events in {0, n}:
        why = "no subject or every subject has the event, or a group is empty: the statistic is undefined"
        return ChiSquareTest(chi_square=None, df=None, p_value=None, n=n, method=method, warnings=(why,))

    from scipy.stats import chi2_contingency

    table = [[count1, n1 - count1], [count0, n0 - count0]]
    found = chi2_contingency(table, correction=continuity_correction)
    return ChiSquareTest(chi_square=float(found.statistic), df=1, p_value=float(found.pvalue), n=n, method=method)


def _table(count1: int, n1: int, count0: int, n0: int) -> Any:
    """Build the two-by-two table of statsmodels: rows are groups 1 and 0, columns event and no event."""
    from statsmodels.stats.contingency_tables import Table2x2

    return Table2x2([[count1, n1 - count1], [count0, n0 - count0]], shift_zeros=False)
