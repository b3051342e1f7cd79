# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""Finding the boundaries: efficacy from spending or from a classical shape, futility from beta spending."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from myotrial.statistics.group_sequential._walk import Walk, bound_above, bound_below, crossing_probabilities

Classical = Literal["obrien-fleming", "pocock", "wang-tsiatis"]

CLASSICAL_WORDS = {
    "obrien-fleming": "O'Brien–Fleming boundary",
    "pocock": "Pocock boundary",
    "wang-tsiatis": "Wang–Tsiatis boundary",
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds on the Z scale, one a look, and the drift at which the power is what was asked for."""

    lower: list[float]
    upper: list[float]
    drift: float


def spending_bounds(times: Sequence[float], increments: Sequence[float], sides: int) -> list[float]:
    """Upper bounds that spend ``increments`` (one-sided, look by look) without a drift and without futility."""
    walk, upper = Walk.start(0.0), list[float]()
    for at, t in enumerate(times):
        upper.append(bound_above(walk, t, increments[at]))
        if at + 1 < len(times):
            walk = walk.go_on(t, -upper[at] if sides == 2 else -math.inf, upper[at], times[at + 1])
    return upper


def classical_bounds(times: Sequence[float], alpha: float, sides: int, delta: float) -> list[float]:
    """Upper bounds c t^(delta - 1/2) with a one-sided crossing probability of ``alpha`` in all."""
    shape = [t ** (delta - 0.5) for t in times]

    def excess(c: float) -> float:
        upper = [c * value for value in shape]
        lower = [-value if sides == 2 else -math.inf for value in upper]
        return sum(crossing_probabilities(times, lower, upper, 0.0)[0]) - alpha

    return [_root(excess, 0.0, 12.0) * value for value in shape]


def futility_bounds(
    times: Sequence[float], upper: Sequence[float], beta_spent: Sequence[float], drift: float
) -> list[float]:
    """Lower bounds that spend beta look by look at this drift; the last one is the upper bound."""
    walk, lower = Walk.start(drift), list[float]()
    for at, t in enumerate(times[:-1]):
        lower.append(min(bound_below(walk, t, beta_spent[at]), upper[at]))
        walk = walk.go_on(t, lower[at], upper[at], times[at + 1])
    return [*lower, upper[-1]]


def binding_bounds(
    times: Sequence[float], alpha_spent: Sequence[float], beta_spent: Sequence[float], drift: float
) -> tuple[list[float], list[float]]:
    """Both bounds together: alpha is spent knowing that the trial stops at the lower bound."""
    null, drifting = Walk.start(0.0), Walk.start(drift)
    lower, upper = list[float](), list[float]()
    for at, t in enumerate(times):
        upper.append(bound_above(null, t, alpha_spent[at]))
        if at + 1 == len(times):
            return [*lower, upper[at]], upper
        lower.append(min(bound_below(drifting, t, beta_spent[at]), upper[at]))
        null = null.go_on(t, lower[at], upper[at], times[at + 1])
        drifting = drifting.go_on(t, lower[at], upper[at], times[at + 1])
    return lower, upper


def drift_for_power(
    bounds_at: Callable[[float], tuple[list[float], list[float]]], times: Sequence[float], power: float, fixed: float
) -> Bounds:
    """Find the drift at which the upper bounds are crossed with probability ``power``.

    ``bounds_at`` gives (lower, upper) at a drift; ``fixed`` is the drift that a trial without looks needs.
    """

    def lack(drift: float) -> float:
        lower, upper = bounds_at(drift)
        return power - sum(crossing_probabilities(times, lower, upper, drift)[0])

    high = fixed * 1.05
    while lack(high) > 0:
        high *= 1.3
        if high > 20 * fixed:
            raise ValueError(f"power: got {power}; expected a power that these futility bounds can reach")
    drift = _root(lack, fixed * 0.5, high)
    return Bounds(*bounds_at(drift), drift)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-12, rtol=1e-13))
