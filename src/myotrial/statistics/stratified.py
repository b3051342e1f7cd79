# ruff: noqa: PLC0415 (SciPy and statsmodels take seconds to load: only where they are used)
"""Two groups compared over strata: the Cochran–Mantel–Haenszel test and the stratified risk difference.

Test, common odds ratio and its variance are those of statsmodels (``StratifiedTable``). Written here, because
statsmodels lacks it, is the Mantel–Haenszel risk difference with Sato's variance.
"""

import math
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import (
    as_binary,
    as_labels,
    as_treated,
    check_conf_level,
    check_same_length,
)
from myotrial.statistics._intervals import chi_square_p_value
from myotrial.statistics._two_groups import empty_group, ratio_from_log, wald_difference
from myotrial.statistics.estimate import Estimate


class _StratifiedCounts(NamedTuple):
    """Counts by stratum: subjects with the event and subjects in all, treated (1) and reference (0)."""

    count1: NDArray[np.float64]
    n1: NDArray[np.float64]
    count0: NDArray[np.float64]
    n0: NDArray[np.float64]
    strata: tuple[Any, ...] | None

    @property
    def totals(self) -> tuple[int, int]:
        """Subjects of the treated and of the reference group."""
        return int(self.n1.sum()), int(self.n0.sum())

    @property
    def informative(self) -> NDArray[np.bool_]:
        """Strata that hold subjects of both groups."""
        both: NDArray[np.bool_] = (self.n1 > 0) & (self.n0 > 0)
        return both

    def describe(self) -> str:
        """Say in words whether and how the analysis is stratified."""
        if self.strata is None:
            return "without stratification"
        return f"stratified ({len(self.strata)} {'stratum' if len(self.strata) == 1 else 'strata'})"

    def warnings(self) -> tuple[str, ...]:
        """Name the strata that contribute nothing."""
        if self.strata is None:
            return ()
        return tuple(
            f"stratum {stratum!r} has subjects of one group only and contributes nothing"
            for stratum, both in zip(self.strata, self.informative, strict=True)
            if not both
        )


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
    check_conf_level(conf_level)
    counts = _count(event, arm, strata, reference)
    n1, n0 = counts.totals
    corrected = "with" if continuity_correction else "without"
    method = (
        f"Cochran–Mantel–Haenszel test {counts.describe()}, {corrected} continuity correction; Mantel–Haenszel "
        "odds ratio with Robins–Breslow–Greenland interval; standard error of the log"
    )
    if min(n1, n0) == 0:
        return empty_group(n1, n0, method)
    warnings = counts.warnings()
    cells = _cells(counts)
    p_value = _cmh_p_value(cells, continuity_correction)
    if p_value is None:
        warnings = (*warnings, "no stratum with both groups has subjects with and without the event: no test")
    log_odds_ratio, se = _common_log_odds_ratio(cells)
    if log_odds_ratio is None or se is None:
        warnings = (*warnings, "zero cells: the common odds ratio is 0, infinite or undefined")
        return Estimate(value=None, p_value=p_value, n=n1 + n0, method=method, warnings=warnings)
    ratio = ratio_from_log(log_odds_ratio, se, n1 + n0, conf_level, method, warnings)
    return replace(ratio, p_value=p_value)


def estimate_stratified_risk_difference(
    event: ArrayLike,
    arm: ArrayLike,
    strata: ArrayLike | None = None,
    *,
    reference: object | None = None,
    conf_level: float = 0.95,
) -> Estimate:
    """Estimate the difference of two proportions over strata with Mantel–Haenszel weights.

    Parameters
    ----------
    event
        0 or 1 for every subject.
    arm
        Group of every subject, of the length of ``event``: 0 (reference) and 1, or two labels, one of them
        named by ``reference``.
    strata
        Stratum of every subject; ``None`` or one stratum gives the plain difference, with Sato's variance.
    reference
        Label of the reference group.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        The weighted difference, group minus reference, between -1 and 1, with Sato's standard error and the
        Wald interval and test from it. A stratum with one group only contributes nothing, with a warning.

    Raises
    ------
    ValueError
        Unequal lengths, an event that is not 0 or 1, more than two groups, or a missing value.

    Notes
    -----
    Weights are n1 n0 / (n1 + n0). Sato's variance is consistent both for few large and many small strata.

    References
    ----------
    .. [1] Greenland S, Robins JM. Biometrics 1985;41:55-68. doi:10.2307/2530643
    .. [2] Sato T. Biometrics 1989;45:1323-1324 (letter).

    Examples
    --------
    >>> estimate_stratified_risk_difference(
    ...     event=[1, 1, 0, 1, 0, 0, 1, 0],
    ...     arm=["active", "active", "active", "placebo", "active", "placebo", "active", "placebo"],
    ...     strata=["m", "m", "m", "m", "f", "f", "f", "f"],
    ...     reference="placebo",
    ... )
    Estimate: 0.1429 (95 % CI -0.543 to 0.8287), p = 0.6831, n = 8 [difference of two proportions, ...]
    """
    check_conf_level(conf_level)
    counts = _count(event, arm, strata, reference)
    n1, n0 = counts.totals
    method = (
        f"difference of two proportions, {counts.describe()}, Mantel–Haenszel weights, Sato variance, "
        "Wald interval and test"
    )
    if min(n1, n0) == 0:
        return empty_group(n1, n0, method)
    warnings = counts.warnings()
    if not counts.informative.any():
        why = "no stratum has subjects of both groups: nothing can be estimated"
        return Estimate(value=None, n=n1 + n0, method=method, warnings=(*warnings, why))
    value, se = _mantel_haenszel_difference(counts)
    if se == 0:
        why = "every proportion is 0 or 1 in every stratum: the standard error is zero and gives no interval"
        return Estimate(value=value, se=se, n=n1 + n0, method=method, warnings=(*warnings, why))
    return wald_difference(value, se, n1 + n0, conf_level, method, warnings)


def _mantel_haenszel_difference(counts: _StratifiedCounts) -> tuple[float, float]:
    """Weighted difference and Sato's standard error."""
    y1, n1, y0, n0 = counts[:4]
    n = n1 + n0
    weight = (n1 * n0 / n).sum()
    value = float(((y1 * n0 - y0 * n1) / n).sum() / weight)
    p = (n1**2 * y0 - n0**2 * y1 + n1 * n0 * (n0 - n1) / 2) / n**2
    q = (y1 * (n0 - y0) + y0 * (n1 - y1)) / (2 * n)
    variance = float((value * p.sum() + q.sum()) / weight**2)
    return value, math.sqrt(max(variance, 0.0))


def _count(event: ArrayLike, arm: ArrayLike, strata: ArrayLike | None, reference: object | None) -> _StratifiedCounts:
    """Count subjects and events by stratum and group."""
    happened, treated = as_binary(event, "event"), as_treated(arm, reference)
    check_same_length(event=happened, arm=treated)
    names: tuple[Any, ...] | None = None
    index = np.zeros(len(happened), dtype=np.intp)
    if strata is not None:
        labels = as_labels(strata, "strata")
        check_same_length(event=happened, strata=labels)
        levels, index = np.unique(labels, return_inverse=True)
        names = tuple(levels.tolist())
    size = 1 if names is None else len(names)
    cells = np.bincount(index * 4 + treated * 2 + happened, minlength=4 * size).reshape(size, 2, 2).astype(float)
    return _StratifiedCounts(
        count1=cells[:, 1, 1], n1=cells[:, 1].sum(1), count0=cells[:, 0, 1], n0=cells[:, 0].sum(1), strata=names
    )


def _cells(counts: _StratifiedCounts) -> NDArray[np.float64]:
    """Two-by-two tables of the informative strata: groups 1 and 0 by event and no event by stratum."""
    y1, n1, y0, n0 = (part[counts.informative] for part in counts[:4])
    return np.array([[y1, n1 - y1], [y0, n0 - y0]])


def _cmh_p_value(cells: NDArray[np.float64], continuity_correction: bool) -> float | None:
    """P-value of the Cochran–Mantel–Haenszel statistic, or ``None`` where it has no variance."""
    groups, outcomes, n = cells.sum(axis=1), cells.sum(axis=0), cells.sum(axis=(0, 1))
    if not (outcomes.prod(axis=0) > 0).any():
        return None

    from statsmodels.stats.contingency_tables import StratifiedTable

    excess = abs(float((cells[0, 0] - groups[0] * outcomes[0] / n).sum()))
    test = StratifiedTable(cells).test_null_odds(correction=continuity_correction and excess >= 0.5)
    return chi_square_p_value(float(test.statistic), 1)  # its own p-value is 1 - cdf, and loses the tail


def _common_log_odds_ratio(cells: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Logarithm of the Mantel–Haenszel odds ratio and its standard error, ``None`` where undefined."""
    if not ((cells[0, 0] * cells[1, 1]).any() and (cells[0, 1] * cells[1, 0]).any()):
        return None, None

    from statsmodels.stats.contingency_tables import StratifiedTable

    table = StratifiedTable(cells)
    return float(table.logodds_pooled), float(table.logodds_pooled_se)
