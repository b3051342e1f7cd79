"""Two groups and pairs compared by ranks: Wilcoxon's tests with Hodges and Lehmann's shift.

Written here: SciPy has the tests, but neither the exact distribution under ties nor the shift and its interval.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import as_numbers, check_conf_level, check_same_length, fault
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import normal_p_value, normal_quantile
from myotrial.statistics._rank_distributions import doubled_midranks, rank_sums, signed_rank_sums, two_sided_p_value
from myotrial.statistics.estimate import Estimate

FloatArray = NDArray[np.float64]

_EXACT_LIMIT = 50
"""Fewer values than this in each group are tested exactly unless told otherwise (as R)."""

_COUNTABLE = 1000
"""More values in all than this cannot be counted in doubles."""

_CELLS = 2e7
"""Larger tables of the rank sum's distribution (more than about 170 values in each group) take too long to fill."""

_PAIRS = 5e7
"""More pairs than this do not fit into the memory of a small machine."""


def estimate_rank_sum(
    a: ArrayLike,
    b: ArrayLike,
    *,
    exact: bool | None = None,
    continuity_correction: bool = True,
    conf_level: float = 0.95,
) -> Estimate:
    """Compare two independent groups by Wilcoxon's rank sum test (Mann–Whitney), with the shift ``a`` minus ``b``.

    Parameters
    ----------
    a, b
        Finite numbers of the two groups; the lengths may differ.
    exact
        True: p-value from all divisions of the pooled (mid-)ranks, ties included. False: normal approximation
        with the variance under ties. ``None``: exact below 50 values in each group without ties.
    continuity_correction
        Of the normal approximation and its interval.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        ``value`` is the Hodges–Lehmann shift, the median of all differences, in the unit of the values; the ends
        of the interval are differences too. With ties the interval is that of the normal approximation also where
        the p-value is exact. Where too few values allow no interval of that level it is ``None``.

    Raises
    ------
    ValueError
        A value is missing or infinite, the level is not possible, an exact test is asked of too many values
        (about 170 in each group), or there are more than 50 million pairs.

    References
    ----------
    .. [1] Wilcoxon F. Biometrics Bull 1945;1:80-83. doi:10.2307/3001968
    .. [2] Hodges JL, Lehmann EL. Ann Math Stat 1963;34:598-611. doi:10.1214/aoms/1177704172
    .. [3] Hollander M, Wolfe DA. Nonparametric Statistical Methods, 2nd ed., 1999, chapter 4.

    Examples
    --------
    >>> estimate_rank_sum([0.80, 0.83, 1.89, 1.04, 1.45], [1.15, 0.88, 0.90, 0.74, 1.21])
    Estimate: 0.14 (95 % CI -0.35 to 0.99), p = 0.6905, n = 10 [rank sum test, exact; Hodges–Lehmann ...]
    """
    with Checks() as check:
        check(check_conf_level, conf_level)
        first, second = check(as_numbers, a, "a"), check(as_numbers, b, "b")
    m, n = len(first), len(second)
    if min(m, n) == 0:
        empty = tuple(f"{name} has no values" for name, size in zip("ab", (m, n), strict=True) if size == 0)
        return Estimate(value=None, n=m + n, method="rank sum test", warnings=empty)
    _check_pairs(m * n)
    ranks = doubled_midranks(np.concatenate([first, second]))
    ties = len(np.unique(ranks)) < m + n
    by_counting = (max(m, n) < _EXACT_LIMIT and not ties) if exact is None else exact
    _check_countable(by_counting, m + n)
    if by_counting and min(m, n) * ranks.sum() > _CELLS:
        raise fault("exact", f"True for {m} and {n} values", "no more than about 170 in each group, or exact=False")
    differences = np.sort((first[:, None] - second).ravel())
    value = float(np.median(differences))
    kind = "exact" if by_counting else f"normal approximation{' with continuity correction' * continuity_correction}"
    method = f"rank sum test, {kind}; Hodges–Lehmann shift"
    if len(np.unique(ranks)) == 1:
        why = "all values are equal: the ranks do not vary"
        return Estimate(value=value, p_value=1.0, n=m + n, method=method, warnings=(why,))
    seen = int(ranks[:m].sum())
    counts = rank_sums(ranks, m) if by_counting else np.empty(0)
    ties_within = [np.unique(part, return_counts=True)[1] for part in (first, second)]
    if by_counting:
        p_value = two_sided_p_value(counts, seen)
    else:
        spread = _rank_sum_variance(m, n, [np.unique(ranks, return_counts=True)[1]])
        p_value = _normal_p_value(seen / 2 - m * (m + n + 1) / 2, spread, continuity_correction)
    if by_counting and not ties:
        cut = _exact_cut(counts[counts > 0], conf_level)
    else:
        spread = _rank_sum_variance(m, n, ties_within)
        cut = _normal_cut(m * n / 2, spread, continuity_correction, conf_level)
        if by_counting:
            method += " with the interval of the normal approximation (ties)"
    return _with_interval(value, differences, cut, p_value, m + n, conf_level, method)


def estimate_signed_rank(
    a: ArrayLike,
    b: ArrayLike | None = None,
    *,
    exact: bool | None = None,
    continuity_correction: bool = True,
    conf_level: float = 0.95,
) -> Estimate:
    """Test pairs, or one group against 0, by Wilcoxon's signed rank test, with the pseudomedian.

    Parameters
    ----------
    a, b
        Finite numbers, paired by position; ``b`` may be left out where ``a`` holds the differences.
    exact
        True: p-value from all signs of the (mid-)ranks, ties included. False: normal approximation with the
        variance under ties. ``None``: exact below 50 pairs without ties and zeros.
    continuity_correction
        Of the normal approximation and its interval.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        ``value`` is the pseudomedian, the median of the means of all pairs of differences (each with itself
        too), and the ends of the interval are such means. Differences of 0 are left out, with a warning;
        ``n`` counts the rest.

    Raises
    ------
    ValueError
        Unequal lengths, a missing or infinite value, a level that is not possible, an exact test of more than
        1,000 values, or more than 50 million pairs.

    References
    ----------
    .. [1] Wilcoxon F. Biometrics Bull 1945;1:80-83. doi:10.2307/3001968
    .. [2] Hollander M, Wolfe DA. Nonparametric Statistical Methods, 2nd ed., 1999, chapter 3.

    Examples
    --------
    >>> estimate_signed_rank([1.83, 0.50, 1.62, 2.48, 1.68, 1.88], [0.878, 0.647, 0.598, 2.05, 1.06, 1.29])
    Estimate: 0.605 (95 % CI -0.147 to 1.022), p = 0.0625, n = 6 [signed rank test, exact; pseudomedian]
    """
    with Checks() as check:
        check(check_conf_level, conf_level)
        values, second = check(as_numbers, a, "a"), None if b is None else check(as_numbers, b, "b")
        check(check_same_length, a=values, b=second)
    values = values if second is None else values - second
    used = values[values != 0]
    n = len(used)
    warnings = (f"{len(values) - n} differences of 0 were left out",) if n < len(values) else ()
    if n == 0:
        return Estimate(value=None, n=0, method="signed rank test", warnings=(*warnings, "no difference is left"))
    _check_pairs(n * (n + 1) // 2)
    ranks = doubled_midranks(np.abs(used))
    ties = len(np.unique(ranks)) < n
    by_counting = (n < _EXACT_LIMIT and not ties and not warnings) if exact is None else exact
    _check_countable(by_counting, n)
    kind = "exact" if by_counting else f"normal approximation{' with continuity correction' * continuity_correction}"
    method = f"signed rank test, {kind}; pseudomedian"
    rows, columns = np.triu_indices(n)
    walsh = np.sort((used[rows] + used[columns]) / 2)
    seen = int(ranks[used > 0].sum())
    counts = signed_rank_sums(ranks) if by_counting else np.empty(0)
    spread = float((ranks.astype(np.float64) ** 2).sum()) / 16
    if by_counting:
        p_value = two_sided_p_value(counts, seen)
    else:
        p_value = _normal_p_value(seen / 2 - n * (n + 1) / 4, spread, continuity_correction)
    if by_counting and not ties:
        cut = _exact_cut(counts[counts > 0], conf_level)
    else:
        variance = n * (n + 1) * (2 * n + 1) / 24 - _tie_loss([np.unique(used, return_counts=True)[1]]) / 48
        cut = _normal_cut(len(walsh) / 2, variance, continuity_correction, conf_level)
        if by_counting:
            method += " with the interval of the normal approximation (ties)"
    return _with_interval(float(np.median(walsh)), walsh, cut, p_value, n, conf_level, method, warnings)


def _check_pairs(pairs: int) -> None:
    """Refuse a median over more pairs than fit into memory."""
    if pairs > _PAIRS:
        raise fault("a", f"{pairs:,} pairs of values", f"no more than {_PAIRS:,.0f}")


def _check_countable(by_counting: bool, n: int) -> None:
    """Refuse to count what is too much to count."""
    if by_counting and n > _COUNTABLE:
        raise fault("exact", f"True for {n} values", f"no more than {_COUNTABLE} values, or exact=False")


def _rank_sum_variance(m: int, n: int, tied: list[NDArray[np.intp]]) -> float:
    """Variance of the rank sum, less what groups of tied values take away."""
    size = m + n
    return m * n / 12 * (size + 1 - _tie_loss(tied) / (size * (size - 1)))


def _tie_loss(tied: list[NDArray[np.intp]]) -> float:
    """Sum over groups of tied values of their size cubed less their size."""
    return sum(float((part.astype(np.float64) ** 3 - part).sum()) for part in tied)


def _normal_p_value(excess: float, variance: float, correct: bool) -> float:
    """Two-sided p-value of a rank statistic from its distance to its mean."""
    shifted = max(abs(excess) - 0.5, 0.0) if correct else abs(excess)
    return normal_p_value(shifted / math.sqrt(variance))


def _exact_cut(counts: FloatArray, conf_level: float) -> int:
    """How many ordered differences lie outside each end: the largest with no more than half the error below it."""
    below = np.cumsum(counts) / counts.sum()
    return int(np.searchsorted(below, (1 - conf_level) / 2, side="right"))


def _normal_cut(mean: float, variance: float, correct: bool, conf_level: float) -> int:
    """Count the differences outside each end whose statistic the normal approximation still rejects, plus one."""
    furthest = mean - normal_quantile(conf_level) * math.sqrt(variance) - 0.5 * correct
    return max(math.floor(furthest), -1) + 1


def _with_interval(
    value: float,
    ordered: FloatArray,
    cut: int,
    p_value: float,
    n: int,
    conf_level: float,
    method: str,
    warnings: tuple[str, ...] = (),
) -> Estimate:
    """Build the estimate whose ends are ordered differences, ``cut`` of them outside on each side."""
    if cut < 1:
        warnings = (*warnings, f"too few values for an interval of level {conf_level:g}")
    return Estimate(
        value=value,
        low=float(ordered[cut - 1]) if cut >= 1 else None,
        high=float(ordered[-cut]) if cut >= 1 else None,
        conf_level=conf_level if cut >= 1 else None,
        p_value=p_value,
        n=n,
        method=method,
        warnings=warnings,
    )
