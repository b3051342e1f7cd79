# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""The distribution of the test statistic on its way through the looks, by numerical integration.

B(t) = Z(t) sqrt(t) is Brownian motion with a drift, the mean of Z at full information. The part of its density
that has not crossed a bound is kept on Gauss–Legendre nodes and carried from look to look (the recursion of
Armitage, McPherson and Rowe 1969; Jennison and Turnbull 2000, chapter 19). The density is smooth inside the
bounds, so that the rule is exact to about 1e-13.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_REACH = 9.0  # standard deviations: the tail beyond holds 1e-19
_PANEL = 1.5  # width of a panel in standard deviations of the narrower step beside it


@dataclass(frozen=True, slots=True)
class Walk:
    """Paths that have not yet stopped: where they are (on the B scale) and how much probability is there."""

    t: float
    drift: float
    nodes: NDArray[np.float64]
    mass: NDArray[np.float64]

    @staticmethod
    def start(drift: float) -> "Walk":
        """Return all paths at 0, before any information."""
        return Walk(0.0, drift, np.zeros(1), np.ones(1))

    def above(self, t: float, z: float) -> float:
        """Probability of going on to the look at ``t`` and being above ``z`` there."""
        from scipy.special import ndtr

        return float(self.mass @ ndtr(-self._standardised(t, z)))

    def below(self, t: float, z: float) -> float:
        """Probability of going on to the look at ``t`` and being below ``z`` there."""
        from scipy.special import ndtr

        return float(self.mass @ ndtr(self._standardised(t, z)))

    def _standardised(self, t: float, z: float) -> NDArray[np.float64]:
        step = t - self.t
        standardised: NDArray[np.float64] = (z * math.sqrt(t) - self.nodes - self.drift * step) / math.sqrt(step)
        return standardised

    def go_on(self, t: float, low: float, high: float, following: float) -> "Walk":
        """Move to the look at ``t`` and keep the paths between ``low`` and ``high`` (Z scale, may be infinite).

        ``following`` is the information of the look after this one, which decides how fine the nodes must be.
        """
        centre, reach = self.drift * t, _REACH * math.sqrt(t)
        ends = max(low * math.sqrt(t), centre - reach), min(high * math.sqrt(t), centre + reach)
        if ends[0] >= ends[1]:
            return Walk(t, self.drift, np.zeros(1), np.zeros(1))
        step = t - self.t
        nodes, widths = _rule(*ends, _PANEL * math.sqrt(min(step, following - t)))
        z = (nodes[:, None] - self.nodes - self.drift * step) / math.sqrt(step)
        density = np.exp(-0.5 * z * z) @ self.mass / math.sqrt(2 * math.pi * step)
        return Walk(t, self.drift, nodes, widths * density)


def _rule(low: float, high: float, panel: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights of a composite Gauss–Legendre rule."""
    edges = np.linspace(low, high, max(1, math.ceil((high - low) / panel)) + 1)
    half = np.diff(edges) / 2
    nodes = (edges[:-1] + half)[:, None] + half[:, None] * _NODES
    return nodes.ravel(), (half[:, None] * _WEIGHTS).ravel()


def crossing_probabilities(
    times: Sequence[float], lower: Sequence[float], upper: Sequence[float], drift: float
) -> tuple[list[float], list[float]]:
    """Return, look by look, the probabilities of stopping above ``upper`` and below ``lower`` (Z scale)."""
    walk, above, below = Walk.start(drift), list[float](), list[float]()
    for at, t in enumerate(times):
        above.append(walk.above(t, upper[at]))
        below.append(walk.below(t, lower[at]))
        if at + 1 < len(times):
            walk = walk.go_on(t, lower[at], upper[at], times[at + 1])
    return above, below


def bound_above(walk: Walk, t: float, probability: float) -> float:
    """Find the bound that is crossed upwards with this probability; infinite where there is none to spend."""
    return _find(lambda z: walk.above(t, z) - probability, walk, t) if probability > _NOTHING else math.inf


def bound_below(walk: Walk, t: float, probability: float) -> float:
    """Find the bound that is crossed downwards with this probability; minus infinity where there is none."""
    return _find(lambda z: probability - walk.below(t, z), walk, t) if probability > _NOTHING else -math.inf


_NOTHING = 1e-17


def _find(function: Callable[[float], float], walk: Walk, t: float) -> float:
    """Root of a falling function of z; the end of the range where even the whole mass is not enough."""
    from scipy.optimize import brentq

    centre = walk.drift * math.sqrt(t)
    low, high = centre - 12.0, centre + 12.0
    if function(low) <= 0:
        return low
    return float(brentq(function, low, high, xtol=1e-13, rtol=1e-14))
