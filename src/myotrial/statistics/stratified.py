# ruff: noqa: PLC0415 (SciPy and statsmodels take seconds to load: only where they are used)
"""Two groups compared over strata: the Cochran–Mantel–Haenszel test with the common odds and risk ratio.

Test, common odds ratio and its variance are those of statsmodels (``StratifiedTable``). Written here, because
statsmodels lacks them, are the variance of the common risk ratio (Greenland and Robins) and the exact
conditional test over strata.
"""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import check_conf_level
from myotrial.statistics._collect import Checks
from myotrial.statistics._conditional import conditional_odds_ratio
from myotrial.statistics._intervals import chi_square_p_value
from myotrial.statistics._strata import count_strata
from myotrial.statistics._two_groups import empty_group, ratio_from_log
from myotrial.statistics.estimate import Estimate

_NOTHING_SHARED = "no stratum has subjects of both groups: nothing can be estimated"


def estimate_cmh(
    event: ArrayLike,
    arm: ArrayLike,
    strata: ArrayLike | None = None,
    *,
    reference: object | None = None,
    continuity_correction: bool = False,
    conf_level: float = 0.95,
) -> Estimate:
    """Test two groups over strata (Cochran–Mantel–Haenszel), with the common odds ratio.

    Parameters
    ----------
    event
        0 or 1 for every subject.
    arm
        Group of every subject, of the length of ``event``: 0 (reference) and 1, or two labels, one of them
        named by ``reference``.
    strata
        Stratum of every subject; cross several factors before. ``None``: a single table, and ``method`` says
        that the analysis is not stratified.
    reference
        Label of the reference group.
    continuity_correction
        Take 1/2 from the difference of observed and expected events, as R's ``mantelhaen.test`` does by
        default: only where that difference is at least 1/2.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        ``value`` is the Mantel–Haenszel common odds ratio, reference as denominator, with the interval of
        Robins, Breslow and Greenland; ``se`` is that of its logarithm; ``p_value`` is that of the chi-square
        test on 1 degree of freedom. Where the odds ratio is 0, infinite or undefined it is ``None``.

    Raises
    ------
    ValueError
        Unequal lengths, an event that is not 0 or 1, more than two groups, or a missing value.

    References
    ----------
    .. [1] Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-748. doi:10.1093/jnci/22.4.719
    .. [2] Robins J, Breslow N, Greenland S. Biometrics 1986;42:311-323. doi:10.2307/2531052

    Examples
    --------
    >>> estimate_cmh([1, 1, 0, 1, 0, 0, 1, 0], [1, 1, 1, 1, 0, 0, 0, 0])
    Estimate: 9 (95 % CI 0.3666 to 220.9), p = 0.1859, n = 8 [Cochran–Mantel–Haenszel test without ...]
    """
    with Checks() as check:
        check(check_conf_level, conf_level)
        counts = check(count_strata, event, arm, strata, reference)
    n1, n0 = counts.totals
    corrected = "with" if continuity_correction else "without"
    method = (
        f"Cochran–Mantel–Haenszel test {counts.describe()}, {corrected} continuity correction; Mantel–Haenszel "
        "odds ratio with Robins–Breslow–Greenland interval; standard error of the log"
    )
    if min(n1, n0) == 0:
        return empty_group(n1, n0, method)
    warnings = counts.warnings()
    cells = counts.cells()
    p_value = _cmh_p_value(cells, continuity_correction)
    if p_value is None:
        warnings = (*warnings, "no stratum with both groups has subjects with and without the event: no test")
    log_odds_ratio, se = _common_log_odds_ratio(cells)
    if log_odds_ratio is None or se is None:
        warnings = (*warnings, "zero cells: the common odds ratio is 0, infinite or undefined")
        return Estimate(value=None, p_value=p_value, n=n1 + n0, method=method, warnings=warnings)
    ratio = ratio_from_log(log_odds_ratio, se, n1 + n0, conf_level, method, warnings)
    return replace(ratio, p_value=p_value)


def estimate_stratified_risk_ratio(
    event: ArrayLike,
    arm: ArrayLike,
    strata: ArrayLike | None = None,
    *,
    reference: object | None = None,
    conf_level: float = 0.95,
) -> Estimate:
    """Estimate the common ratio of two proportions over strata (Mantel–Haenszel).

    Parameters
    ----------
    event
        0 or 1 for every subject.
    arm
        Group of every subject, of the length of ``event``: 0 (reference) and 1, or two labels, one of them
        named by ``reference``.
    strata
        Stratum of every subject; ``None`` or one stratum gives the plain ratio.
    reference
        Label of the reference group.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        The ratio, reference as denominator, with the interval and Wald test of Greenland and Robins; ``se`` is
        that of its logarithm. Where a group has no event the ratio is ``None``.

    Raises
    ------
    ValueError
        Unequal lengths, an event that is not 0 or 1, more than two groups, or a missing value.

    References
    ----------
    .. [1] Greenland S, Robins JM. Biometrics 1985;41:55-68. doi:10.2307/2530643

    Examples
    --------
    >>> estimate_stratified_risk_ratio([1, 1, 0, 1, 0, 0, 1, 0], [1, 1, 1, 1, 0, 0, 0, 0])
    Estimate: 3 (95 % CI 0.5013 to 17.95), p = 0.2288, n = 8 [risk ratio without stratification, ...]
    """
    with Checks() as check:
        check(check_conf_level, conf_level)
        counts = check(count_strata, event, arm, strata, reference)
    size = counts.totals
    method = (
        f"risk ratio {counts.describe()}, Mantel–Haenszel weights, Greenland–Robins interval and Wald test; "
        "standard error of the log"
    )
    if min(size) == 0:
        return empty_group(*size, method)
    warnings = counts.warnings()
    if not counts.informative.any():
        return Estimate(value=None, n=sum(size), method=method, warnings=(*warnings, _NOTHING_SHARED))
    y1, n1, y0, n0 = counts.used()
    n, y = n1 + n0, y1 + y0
    above, below = float((y1 * n0 / n).sum()), float((y0 * n1 / n).sum())
    if above == 0 or below == 0:
        why = "a group has no event: the risk ratio is 0, infinite or undefined"
        return Estimate(value=None, n=sum(size), method=method, warnings=(*warnings, why))
    variance = float(((n1 * n0 * y - y1 * y0 * n) / n**2).sum()) / (above * below)
    if variance <= 0:
        why = "every subject has the event: the standard error is zero and gives no interval"
        return Estimate(value=above / below, se=0.0, n=sum(size), method=method, warnings=(*warnings, why))
    return ratio_from_log(math.log(above / below), math.sqrt(variance), sum(size), conf_level, method, warnings)


def estimate_exact_cmh(
    event: ArrayLike,
    arm: ArrayLike,
    strata: ArrayLike | None = None,
    *,
    reference: object | None = None,
    conf_level: float = 0.95,
) -> Estimate:
    """Test two groups over strata by the exact conditional test, with the conditional common odds ratio.

    Parameters
    ----------
    event
        0 or 1 for every subject.
    arm
        Group of every subject, of the length of ``event``: 0 (reference) and 1, or two labels, one of them
        named by ``reference``.
    strata
        Stratum of every subject; with ``None`` or one stratum this is Fisher's exact test.
    reference
        Label of the reference group.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        ``value`` is the conditional maximum likelihood common odds ratio with its exact (tail) interval, and
        ``p_value`` the sum over all tables no more probable than the one seen, margins of every stratum fixed
        (what R's ``mantelhaen.test(exact = TRUE)`` prints). An infinite odds ratio or end is ``None``.

    Raises
    ------
    ValueError
        Unequal lengths, an event that is not 0 or 1, more than two groups, or a missing value.

    References
    ----------
    .. [1] Gart JJ. Biometrika 1970;57:471-475. doi:10.1093/biomet/57.3.471

    Examples
    --------
    >>> estimate_exact_cmh([1, 1, 0, 1, 0, 0, 1, 0], [1, 1, 1, 1, 0, 0, 0, 0])
    Estimate: 6.408 (95 % CI 0.2117 to 626.2), p = 0.4857, n = 8 [exact conditional test without ...]
    """
    with Checks() as check:
        check(check_conf_level, conf_level)
        counts = check(count_strata, event, arm, strata, reference)
    size = counts.totals
    method = f"exact conditional test {counts.describe()}, two-sided, with conditional odds ratio and exact interval"
    if min(size) == 0:
        return empty_group(*size, method)
    result = conditional_odds_ratio(*counts.used(), conf_level)
    return Estimate(
        value=result.value,
        low=result.low,
        high=result.high,
        conf_level=None if result.low is None and result.high is None else conf_level,
        p_value=result.p_value,
        n=sum(size),
        method=method,
        warnings=(*counts.warnings(), *result.warnings),
    )


def _cmh_p_value(cells: NDArray[np.float64], continuity_correction: bool) -> float | None:
    """P-value of the Cochran–Mantel–Haenszel statistic, or ``None`` where it has no variance."""
    groups, outcomes, n = cells.sum(axis=1), cells.sum(axis=0), cells.sum(axis=(0, 1))
    if not (outcomes.prod(axis=0) > 0).any():
        return None

    from statsmodels.stats.contingency_tables import StratifiedTable

    # In fractions: an excess of exactly one half is corrected whichever way round the arms are, as in R.
    counts = zip(*(part.astype(int).tolist() for part in (cells[0, 0], groups[0], outcomes[0], n)), strict=True)
    excess = abs(sum(seen - Fraction(mine * those, all_) for seen, mine, those, all_ in counts if all_))
    test = StratifiedTable(cells).test_null_odds(correction=continuity_correction and excess >= Fraction(1, 2))
    return chi_square_p_value(float(test.statistic), 1)  # its own p-value is 1 - cdf, and loses the tail


def _common_log_odds_ratio(cells: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Logarithm of the Mantel–Haenszel odds ratio and its standard error, ``None`` where undefined."""
    if not ((cells[0, 0] * cells[1, 1]).any() and (cells[0, 1] * cells[1, 0]).any()):
        return None, None

    from statsmodels.stats.contingency_tables import StratifiedTable

    table = StratifiedTable(cells)
    return float(table.logodds_pooled), float(table.logodds_pooled_se)
