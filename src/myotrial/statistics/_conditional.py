# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""Exact inference on the common odds ratio of several two-by-two tables, all their margins fixed.

Written here: SciPy has one table only (``odds_ratio``). The number of treated subjects with the event, summed over
the tables, has a distribution of exponential form in the log odds ratio; its weights are the convolution of those of
the single tables.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class ConditionalOddsRatio(NamedTuple):
    """Conditional odds ratio, its exact interval and two-sided p-value; what is infinite is ``None``."""

    value: float | None
    low: float | None
    high: float | None
    p_value: float | None
    warnings: tuple[str, ...]


class _Distribution(NamedTuple):
    """Possible sums, and the logarithms of their weights at an odds ratio of 1."""

    support: FloatArray
    log_weight: FloatArray

    def weights(self, log_ratio: float) -> FloatArray:
        """Probabilities at a log odds ratio."""
        tilted = self.log_weight + self.support * log_ratio
        weight = np.exp(tilted - tilted.max())
        probability: FloatArray = weight / weight.sum()
        return probability


def conditional_odds_ratio(
    y1: FloatArray, n1: FloatArray, y0: FloatArray, n0: FloatArray, conf_level: float
) -> ConditionalOddsRatio:
    """Estimate and test the common odds ratio of tables with these events and sizes."""
    distribution = _convolve(y1 + y0, n1, n0)
    seen = float(y1.sum())
    support = distribution.support
    if len(support) < 2:
        why = "no stratum with both groups has subjects with and without the event: the odds ratio is undefined"
        return ConditionalOddsRatio(None, None, None, 1.0 if len(y1) else None, (why,))
    null = distribution.weights(0.0)
    mine = null[int(seen - support[0])]
    p_value = min(float(null[null <= mine * (1 + 1e-7)].sum()), 1.0)
    tail = (1 - conf_level) / 2
    at_low, at_high = seen == support[0], seen == support[-1]
    warnings = ("the odds ratio is infinite", "the interval of the odds ratio has no upper end") if at_high else ()
    return ConditionalOddsRatio(
        value=0.0 if at_low else None if at_high else _solve(lambda b: _mean(distribution, b) - seen),
        low=0.0 if at_low else _solve(lambda b: float(distribution.weights(b)[support >= seen].sum()) - tail),
        high=None if at_high else _solve(lambda b: tail - float(distribution.weights(b)[support <= seen].sum())),
        p_value=p_value,
        warnings=warnings,
    )


def _convolve(events: FloatArray, n1: FloatArray, n0: FloatArray) -> _Distribution:
    """Distribution of the sum over the tables, from the hypergeometric one of each."""
    from scipy.special import gammaln

    def log_choose(n: FloatArray | float, k: FloatArray) -> FloatArray:
        chosen: FloatArray = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
        return chosen

    start, weight = 0.0, np.ones(1, dtype=np.float64)
    for m, a, b in zip(events.tolist(), n1.tolist(), n0.tolist(), strict=True):
        support = np.arange(max(0.0, m - b), min(a, m) + 1)
        log_weight = log_choose(a, support) + log_choose(b, m - support)
        weight = np.convolve(weight, np.exp(log_weight - log_weight.max()))
        weight /= weight.max()
        start += support[0]
    with np.errstate(divide="ignore"):  # a table too improbable for a double has no weight
        return _Distribution(start + np.arange(len(weight), dtype=np.float64), np.log(weight))


def _mean(distribution: _Distribution, log_ratio: float) -> float:
    """Mean of the sum at a log odds ratio."""
    return float(distribution.weights(log_ratio) @ distribution.support)


def _solve(function: Callable[[float], float]) -> float:
    """Odds ratio at which a rising function of its logarithm is zero."""
    from scipy.optimize import brentq

    return math.exp(brentq(function, -700, 700, xtol=1e-14, rtol=1e-14))
