# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""Exact power by going through every outcome."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics._arguments import fault

LARGEST = 500
_TIES = 1e-7  # relative: how R's fisher.test recognises outcomes that are equally likely


def binomial_power(n: int, p1: float, p0: float, level: float, *, upward: bool) -> float:
    """Power of the exact binomial test, rejecting in the tail towards ``p1`` at ``level``."""
    from scipy.stats import binom

    k = np.arange(n + 1)
    tail = binom.sf(k - 1, n, p0) if upward else binom.cdf(k, n, p0)
    return float(binom.pmf(k, n, p1)[tail <= level * (1 + 1e-12)].sum())


def fisher_power(n1: int, n0: int, p1: float, p0: float, alpha: float, sides: int, *, upward: bool) -> float:
    """Power of Fisher's exact test; two-sided by summing the outcomes that are no more likely."""
    from scipy.stats import binom

    if max(n1, n0) > LARGEST:
        raise fault("n0", n0, f"at most {LARGEST} a group for enumeration; use method 'continuity' beyond")
    rejects = _critical_region(n1, n0, alpha, sides, upward)
    return float(binom.pmf(np.arange(n1 + 1), n1, p1) @ rejects @ binom.pmf(np.arange(n0 + 1), n0, p0))


@lru_cache(maxsize=64)
def _critical_region(n1: int, n0: int, alpha: float, sides: int, upward: bool) -> NDArray[np.float64]:
    """Return the (n1 + 1) × (n0 + 1) outcomes that are significant, as 0 and 1."""
    from scipy.stats import hypergeom

    region = np.zeros((n1 + 1, n0 + 1))
    for total in range(n1 + n0 + 1):
        x = np.arange(max(0, total - n0), min(n1, total) + 1)
        mass = hypergeom.pmf(x, n1 + n0, n1, total)
        if sides == 2:
            order = np.sort(mass)
            p = np.cumsum(order)[np.searchsorted(order, mass * (1 + _TIES), side="right") - 1]
        else:
            p = np.cumsum(mass[::-1])[::-1] if upward else np.cumsum(mass)
        region[x, total - x] = p <= alpha
    return region


def smallest_whole(power_of: Callable[[float], float], power: float, near: int) -> int:
    """First whole size with this power, searched from well below an approximate size upwards."""
    size = max(2, int(0.6 * near) - 5)
    while power_of(size) < power:
        size += 1
    return size
