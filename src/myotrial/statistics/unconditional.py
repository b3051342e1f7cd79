# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""Unconditional exact tests of two independent proportions: Barnard's and Boschloo's.

The search for the largest p-value is written here: SciPy's (``barnard_exact``) stops short of it, for 7/15 against
12/15 at 0.06815 where the largest is 0.06822.
"""

import math
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics._arguments import check_choice, fault
from myotrial.statistics._collect import Checks
from myotrial.statistics._two_groups import check_two_groups, empty_group
from myotrial.statistics.estimate import Estimate

UnconditionalStatistic = Literal["z-pooled", "z-unpooled", "boschloo"]

_METHOD = {
    "z-pooled": "Barnard's exact test, two-sided, pooled score statistic",
    "z-unpooled": "Barnard's exact test, two-sided, unpooled Wald statistic",
    "boschloo": "Boschloo's exact test, two-sided as twice the smaller one-sided p-value",
}
_GRID = 1_000
"""Values of the common proportion that are looked at before the search goes on between the best of them."""

_LARGEST = 2_000
"""More subjects than this in all are refused: the tables to sum grow with their square."""


def estimate_barnard(
    count1: int, n1: int, count0: int, n0: int, statistic: UnconditionalStatistic = "z-pooled"
) -> Estimate:
    """Test two independent proportions by an unconditional exact test (Barnard, Boschloo).

    Parameters
    ----------
    count1, n1, count0, n0
        Subjects with the event and subjects in all, in the treated group (1) and the reference (0).
    statistic
        What orders the tables: ``"z-pooled"`` (Barnard's test as usually meant), ``"z-unpooled"``, or
        ``"boschloo"`` (Fisher's one-sided p-value; never less powerful than Fisher's test).

    Returns
    -------
    Estimate
        ``value`` is the difference of the proportions; these tests have no interval. ``p_value`` is the largest
        over the unknown common proportion. With no event at all, or events in all, it is 1.

    Raises
    ------
    ValueError
        A count is negative, not whole or above n, more than 2,000 subjects, or the statistic is not known.

    References
    ----------
    .. [1] Barnard GA. Biometrika 1947;34:123-138. doi:10.1093/biomet/34.1-2.123
    .. [2] Boschloo RD. Stat Neerl 1970;24:1-9. doi:10.1111/j.1467-9574.1970.tb00104.x

    Examples
    --------
    >>> estimate_barnard(7, 15, 12, 15)
    Estimate: -0.3333, p = 0.0682, n = 30 [Barnard's exact test, two-sided, pooled score statistic]
    """
    with Checks() as check:
        four = check(check_two_groups, count1, n1, count0, n0)
        check(check_choice, statistic, "statistic", get_args(UnconditionalStatistic))
    count1, n1, count0, n0 = four
    method, n = _METHOD[statistic], n1 + n0
    if min(n1, n0) == 0:
        return empty_group(n1, n0, method)
    value = count1 / n1 - count0 / n0
    if count1 + count0 in {0, n}:
        why = "no subject or every subject has the event: nothing speaks for a difference"
        return Estimate(value=value, p_value=1.0, n=n, method=method, warnings=(why,))

    if n > _LARGEST:
        raise fault("n1 + n0", n, f"no more than {_LARGEST} subjects for an unconditional exact test")
    if statistic == "boschloo":
        tails = (_largest_size(_fisher_extreme(count1, n1, count0, n0, side), n1, n0) for side in (-1, 1))
        p_value = 2 * min(tails)
    else:
        p_value = _largest_size(_score_extreme(count1, n1, count0, n0, pooled=statistic == "z-pooled"), n1, n0)
    return Estimate(value=value, p_value=min(p_value, 1.0), n=n, method=method)


def _score_extreme(count1: int, n1: int, count0: int, n0: int, *, pooled: bool) -> NDArray[np.bool_]:
    """Mark the tables with a statistic as far from zero as that of the table seen, or farther."""
    y1, y0 = np.arange(n1 + 1)[:, None], np.arange(n0 + 1)[None, :]
    p1, p0, p = y1 / n1, y0 / n0, (y1 + y0) / (n1 + n0)
    variance = p * (1 - p) * (1 / n1 + 1 / n0) if pooled else p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.abs(np.where(p1 == p0, 0.0, (p1 - p0) / np.sqrt(variance)))
    extreme: NDArray[np.bool_] = z >= z[count1, count0] - 1e-9
    return extreme


def _fisher_extreme(count1: int, n1: int, count0: int, n0: int, side: int) -> NDArray[np.bool_]:
    """Mark the tables with a one-sided p-value of Fisher's test no larger than that of the table seen."""
    from scipy.stats import hypergeom

    y1, y0 = np.arange(n1 + 1)[:, None], np.arange(n0 + 1)[None, :]
    law = hypergeom(n1 + n0, n1, y1 + y0)
    p = law.cdf(y1) if side < 0 else law.sf(y1 - 1)
    extreme: NDArray[np.bool_] = p <= p[count1, count0] * (1 + 1e-9)
    return extreme


def _largest_size(extreme: NDArray[np.bool_], n1: int, n0: int) -> float:
    """Largest probability of the marked tables over all common proportions."""
    grid = np.linspace(0, 1, _GRID + 1)
    size = _size(extreme, n1, n0, grid)
    best = 0.0
    for top in np.argsort(size)[-5:]:
        low, high = grid[max(top - 1, 0)], grid[min(top + 1, _GRID)]
        while high - low > 1e-10:
            inside = np.linspace(low, high, 17)
            values = _size(extreme, n1, n0, inside)
            at = int(values.argmax())
            best = max(best, float(values[at]))
            low, high = inside[max(at - 1, 0)], inside[min(at + 1, 16)]
    return best


def _size(extreme: NDArray[np.bool_], n1: int, n0: int, p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of the marked tables at each common proportion."""
    first, second = (_binomial(n, p) for n in (n1, n0))
    size: NDArray[np.float64] = ((first @ extreme) * second).sum(axis=1)
    return size


def _binomial(n: int, p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Binomial probabilities, one row for each proportion."""
    from scipy.special import gammaln, xlog1py, xlogy

    k = np.arange(n + 1)
    log_choose = math.lgamma(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    law: NDArray[np.float64] = np.exp(log_choose + xlogy(k, p[:, None]) + xlog1py(n - k, -p[:, None]))
    return law
