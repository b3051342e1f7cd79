"""The log-rank test of two or more groups, also over strata and with the weights of Fleming and Harrington.

Written here, vectorised: statsmodels' ``survdiff`` gives neither observed nor expected events; its statistic
is the same.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import as_binary, as_labels, check_number, check_same_length, fault
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import chi_square_p_value
from myotrial.statistics._risk_sets import as_times
from myotrial.statistics._strata import check_groups, describe_strata, index_strata, one_sided_strata
from myotrial.statistics.estimate import format_number, format_p, render_html_table

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LogRank:
    """Result of a log-rank test.

    Attributes
    ----------
    groups
        The groups, in their order; the next three follow it.
    n, observed, expected
        Subjects, events seen, and events expected if the groups did not differ, per group; under weights the sums
        of the weights of those events.
    chi_square, df, p_value
        Statistic, its degrees of freedom and p-value; ``None`` where there is nothing to compare.
    method
        The test, in words.
    warnings
        What could not be done, and why.
    """

    groups: tuple[Any, ...]
    n: tuple[int, ...]
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    chi_square: float | None
    df: int | None
    p_value: float | None
    method: str
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return (
            f"LogRank: chi-square {format_number(self.chi_square)} on {self.df} df, {format_p(self.p_value)}, "
            f"n = {sum(self.n)} [{self.method}]"
        )

    def _repr_html_(self) -> str:
        rows = [
            (str(group), str(n), format_number(observed), format_number(expected))
            for group, n, observed, expected in zip(self.groups, self.n, self.observed, self.expected, strict=True)
        ]
        return render_html_table(repr(self), ("group", "n", "observed", "expected"), rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, ready for JSON."""
        fields = asdict(self)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def estimate_log_rank(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    strata: ArrayLike | None = None,
    *,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> LogRank:
    """Test that groups have the same survival, by the log-rank test or one with weights.

    Parameters
    ----------
    time
        Time to event or censoring, 0 or more, in one unit. Times are compared exactly.
    event
        1 where the event was seen, 0 where the subject was censored.
    group
        Group of every subject, two or more.
    strata
        Stratum of every subject; observed, expected and variance are summed over strata.
    rho, gamma
        Weight S^rho (1 - S)^gamma of an event, where S is the survival of all groups together just before it, within
        the stratum (Fleming and Harrington). Both 0, or more: 0 and 0 is the log-rank test, 1 and 0 Peto and Peto's
        Wilcoxon test (``rho`` of R's ``survdiff``), which looks at early differences, 0 and 1 looks at late ones.
        Name them in the protocol: chosen after the data were seen, they spoil the p-value.

    Returns
    -------
    LogRank
        With no informative event the statistic is ``None``, with a warning.

    Raises
    ------
    ValueError
        Unequal lengths, a missing or negative time, an event that is not 0 or 1, fewer than two groups, or a weight
        that is not possible.

    References
    ----------
    .. [1] Peto R, Peto J. J R Stat Soc A 1972;135:185-207. doi:10.2307/2344317
    .. [2] Harrington DP, Fleming TR. Biometrika 1982;69:553-566. doi:10.1093/biomet/69.3.553

    Examples
    --------
    >>> estimate_log_rank([1, 3, 4, 6, 2, 5, 7, 8], [1, 1, 1, 0, 1, 0, 1, 1], ["a"] * 4 + ["b"] * 4)
    LogRank: chi-square 1.393 on 1 df, p = 0.2379, n = 8 [log-rank test without stratification]
    """
    with Checks() as check:
        times, events = check(as_times, time), check(as_binary, event, "event")
        labels = check(as_labels, group, "group")
        check(check_groups, labels)
        check(check_same_length, time=times, event=events, group=labels)
        where = check(index_strata, strata, rows=times, name="time")
        powers = check(_check_power, rho, "rho"), check(_check_power, gamma, "gamma")
    levels, index = np.unique(labels, return_inverse=True)
    strata_index, names = where
    observed, expected = np.zeros(len(levels)), np.zeros(len(levels))
    variance = np.zeros((len(levels), len(levels)))
    for stratum in range(int(strata_index.max()) + 1):
        rows = strata_index == stratum
        seen, part, spread = _one_stratum(times[rows], events[rows], index[rows], len(levels), powers)
        observed += seen
        expected += part
        variance += spread
    chi_square, df, warnings = _statistic(observed - expected, variance, expected, levels.tolist())
    return LogRank(
        groups=tuple(levels.tolist()),
        n=tuple(np.bincount(index, minlength=len(levels)).tolist()),
        observed=tuple(observed.tolist() if any(powers) else observed.astype(int).tolist()),
        expected=tuple(expected.tolist()),
        chi_square=chi_square,
        df=df,
        p_value=None if chi_square is None or df is None else chi_square_p_value(chi_square, df),
        method=f"log-rank test {describe_strata(names)}{_describe_weights(*powers)}",
        warnings=(*one_sided_strata((strata_index, names), labels), *warnings),
    )


def _check_power(power: float, name: str) -> float:
    """Return an exponent of the weights, or refuse it."""
    number = check_number(power, name, "a finite number, 0 or more")
    if not 0 <= number < math.inf:
        raise fault(name, power, "a finite number, 0 or more")
    return number


def _describe_weights(rho: float, gamma: float) -> str:
    """Say in words which weights the events have."""
    return f", Fleming–Harrington weights (rho {rho:g}, gamma {gamma:g})" if rho or gamma else ""


def _one_stratum(
    times: FloatArray, events: NDArray[np.bool_], index: NDArray[np.intp], groups: int, powers: tuple[float, float]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return observed and expected events per group, and the covariance of their difference, of one stratum."""
    moments = np.unique(times[events])
    if not moments.size:
        return np.zeros(groups), np.zeros(groups), np.zeros((groups, groups))
    # A subject is at risk at every event time up to its own.
    last = np.searchsorted(moments, times, side="right")
    leaving = np.bincount(last * groups + index, minlength=(len(moments) + 1) * groups)
    at_risk = leaving.reshape(-1, groups)[::-1].cumsum(axis=0)[::-1][1:].astype(np.float64)
    at = last[events] - 1
    dying = np.bincount(at, minlength=len(moments)).astype(np.float64)
    total = at_risk.sum(axis=1)
    share = at_risk / total[:, None]
    before = np.concatenate([[1.0], np.cumprod(1 - dying / total)[:-1]])
    weight = before ** powers[0] * (1 - before) ** powers[1]
    observed = np.bincount(index[events], weights=weight[at], minlength=groups).astype(np.float64)
    spread = weight**2 * dying * (total - dying) / np.maximum(total - 1, 1)  # zero when one subject is left
    variance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    return observed, (weight * dying) @ share, variance


def _statistic(
    excess: NDArray[np.float64], variance: NDArray[np.float64], expected: NDArray[np.float64], names: list[Any]
) -> tuple[float | None, int | None, tuple[str, ...]]:
    """Chi-square of the differences between the groups, with its degrees of freedom.

    Groups that were never at risk when an event happened are left out.
    """
    used = np.flatnonzero(expected > 0)
    warnings = tuple(
        f"group {name!r} was never at risk when an event happened and was left out"
        for name, value in zip(names, expected, strict=True)
        if value <= 0
    )
    matrix = variance[np.ix_(used, used)]
    scale = max(float(np.diag(matrix).max(initial=0.0)), 1e-300)
    df = int(np.linalg.matrix_rank(matrix / scale, tol=1e-9, hermitian=True))
    if df == 0:
        return None, None, (*warnings, "no event at a time when two groups were at risk: nothing to compare")
    # Groups that strata keep apart are compared within their sets only: the rank says how many comparisons there are.
    inverse = np.linalg.pinv(matrix / scale, rcond=1e-9, hermitian=True) / scale
    return float(excess[used] @ inverse @ excess[used]), df, warnings
