"""The difference of two proportions over strata, by six named methods (computed in ``_stratified_limits``)."""

from collections.abc import Callable
from functools import partial
from typing import Literal, get_args

from numpy.typing import ArrayLike

from myotrial.statistics._arguments import check_choice, check_conf_level
from myotrial.statistics._collect import Checks
from myotrial.statistics._strata import StratifiedCounts, count_strata
from myotrial.statistics._stratified_limits import (
    Limits,
    mantel_haenszel_difference,
    stratified_newcombe,
    stratified_score,
    summary_score,
)
from myotrial.statistics._two_groups import empty_group, wald_difference
from myotrial.statistics.estimate import Estimate

StratifiedInterval = Literal[
    "sato",
    "greenland-robins",
    "miettinen-nurminen-score",
    "miettinen-nurminen-iterated",
    "miettinen-nurminen-summary-score",
    "newcombe",
]

_METHOD = {
    "sato": "Mantel–Haenszel weights, Sato variance, Wald interval and test",
    "greenland-robins": "Mantel–Haenszel weights, Greenland–Robins variance, Wald interval and test",
    "miettinen-nurminen-score": "Mantel–Haenszel weights, stratified Miettinen–Nurminen score interval and test",
    "miettinen-nurminen-iterated": "stratified Miettinen–Nurminen score interval and test with their iterated weights",
    "miettinen-nurminen-summary-score": (
        "summary score estimate, interval and test from the strata's Miettinen–Nurminen intervals"
    ),
    "newcombe": "Mantel–Haenszel weights, stratified Newcombe interval (Yan and Su)",
}
_LIMITS: dict[str, Callable[..., Limits]] = {
    "miettinen-nurminen-score": stratified_score,
    "miettinen-nurminen-iterated": partial(stratified_score, iterated=True),
    "miettinen-nurminen-summary-score": summary_score,
    "newcombe": stratified_newcombe,
}


def estimate_stratified_risk_difference(
    event: ArrayLike,
    arm: ArrayLike,
    strata: ArrayLike | None = None,
    *,
    reference: object | None = None,
    interval: StratifiedInterval = "sato",
    conf_level: float = 0.95,
) -> Estimate:
    """Estimate the difference of two proportions over strata.

    Parameters
    ----------
    event
        0 or 1 for every subject.
    arm
        Group of every subject, of the length of ``event``: 0 (reference) and 1, or two labels, one of them
        named by ``reference``.
    strata
        Stratum of every subject; ``None`` or one stratum gives the plain difference.
    reference
        Label of the reference group.
    interval
        ``"sato"`` and ``"greenland-robins"`` (also called CMH-weighted): Mantel–Haenszel weights with a Wald
        interval and test. ``"miettinen-nurminen-score"``: Mantel–Haenszel weights, the differences that the
        stratified score test does not reject. ``"miettinen-nurminen-iterated"``: the same with the weights of the
        paper, iterated at every difference (``CL=MN`` of SAS Viya; Mantel–Haenszel weights are its ``CL=MNMH``);
        ``value`` is where the statistic is zero. ``"miettinen-nurminen-summary-score"``: what SAS prints for
        ``COMMONRISKDIFF(CL=SCORE)``, another estimate: the middles of the strata's own intervals, weighted by
        their widths. ``"newcombe"``: Mantel–Haenszel weights, no test.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        The weighted difference, group minus reference, between -1 and 1. A stratum with one group only
        contributes nothing, with a warning.

    Raises
    ------
    ValueError
        Unequal lengths, an event that is not 0 or 1, more than two groups, a missing value, or an interval not
        known.

    Notes
    -----
    Mantel–Haenszel weights are n1 n0 / (n1 + n0). Sato's variance is consistent both for few large and many
    small strata. Software differs in what it calls the stratified Miettinen–Nurminen interval; the score and
    the summary score variant are named as in the R package cicalc.

    References
    ----------
    .. [1] Greenland S, Robins JM. Biometrics 1985;41:55-68. doi:10.2307/2530643
    .. [2] Sato T. Biometrics 1989;45:1323-1324 (letter).
    .. [3] Miettinen O, Nurminen M. Stat Med 1985;4:213-226. doi:10.1002/sim.4780040211
    .. [4] Agresti A. Categorical Data Analysis, 3rd ed., 2013, p. 231 (summary score).
    .. [5] Yan X, Su XG. Stat Biopharm Res 2010;2:329-335. doi:10.1198/sbr.2009.0049

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
    with Checks() as check:
        check(check_choice, interval, "interval", get_args(StratifiedInterval))
        check(check_conf_level, conf_level)
        counts = check(count_strata, event, arm, strata, reference)
    n1, n0 = counts.totals
    method = f"difference of two proportions, {counts.describe()}, {_METHOD[interval]}"
    if min(n1, n0) == 0:
        return empty_group(n1, n0, method)
    warnings = counts.warnings()
    if not counts.informative.any():
        why = "no stratum has subjects of both groups: nothing can be estimated"
        return Estimate(value=None, n=n1 + n0, method=method, warnings=(*warnings, why))
    if interval in _LIMITS:
        return _from_limits(counts, interval, conf_level, method)
    value, se = mantel_haenszel_difference(*counts.used(), interval)
    if se == 0:
        why = "every proportion is 0 or 1 in every stratum: the standard error is zero and gives no interval"
        return Estimate(value=value, se=se, n=n1 + n0, method=method, warnings=(*warnings, why))
    return wald_difference(value, se, n1 + n0, conf_level, method, warnings)


def _from_limits(counts: StratifiedCounts, interval: str, conf_level: float, method: str) -> Estimate:
    """Build the estimate of a method that has limits rather than a standard error."""
    limits = _LIMITS[interval](*counts.used(), conf_level)
    warnings = counts.warnings()
    if limits.low is None or limits.high is None:
        why = "every proportion of a group is 0 or 1 in every stratum: there is no stratified Wilson interval"
        return Estimate(value=limits.value, n=sum(counts.totals), method=method, warnings=(*warnings, why))
    return Estimate(
        value=limits.value,
        low=max(limits.low, -1.0),
        high=min(limits.high, 1.0),
        conf_level=conf_level,
        se=limits.se,
        p_value=limits.p_value,
        n=sum(counts.totals),
        method=method,
        warnings=warnings,
    )
