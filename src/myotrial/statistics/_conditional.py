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
    """Possible sums, and the logarithms of their weights at the log odds ratio ``centre``.

    Doubles hold the weights of sums near the mean at ``centre``; what is too improbable there has none.
    """

    support: FloatArray
    log_weight: FloatArray
    centre: float

    def weights(self, log_ratio: float) -> FloatArray:
        """Probabilities at a log odds ratio."""
        tilted = self.log_weight + self.support * (log_ratio - self.centre)
        weight = np.exp(tilted - tilted.max())
        probability: FloatArray = weight / weight.sum()
        return probability


def conditional_odds_ratio(
    y1: FloatArray, n1: FloatArray, y0: FloatArray, n0: FloatArray, conf_level: float
) -> ConditionalOddsRatio:
    """Estimate and test the common odds ratio of tables with these events and sizes."""
    tables = _log_weights(y1 + y0, n1, n0)
    distribution = _convolve(tables, 0.0)
    seen = float(y1.sum())
    support = distribution.support
    if len(support) < 2:
        why = "no stratum with both groups has subjects with and without the event: the odds ratio is undefined"
        return ConditionalOddsRatio(None, None, None, 1.0 if len(y1) else None, (why,))
    null = distribution.weights(0.0)
    mine = null[int(seen - support[0])]
    p_value = min(float(null[null <= mine * (1 + 1e-7)].sum()), 1.0)
    distribution = _convolve(tables, _centre(tables, min(max(seen, support[0] + 0.5), support[-1] - 0.5)))
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


def _log_weights(events: FloatArray, n1: FloatArray, n0: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    """Give for each table the possible numbers of treated subjects with the event, and the logs of their weights."""
    from scipy.special import gammaln

    def log_choose(n: FloatArray | float, k: FloatArray) -> FloatArray:
        chosen: FloatArray = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
        return chosen

    tables = []
    for m, a, b in zip(events.tolist(), n1.tolist(), n0.tolist(), strict=True):
        support = np.arange(max(0.0, m - b), min(a, m) + 1)
        tables.append((support, log_choose(a, support) + log_choose(b, m - support)))
    return tables


def _convolve(tables: list[tuple[FloatArray, FloatArray]], centre: float) -> _Distribution:
    """Distribution of the sum over the tables at a log odds ratio."""
    start, weight = 0.0, np.ones(1, dtype=np.float64)
    for support, log_weight in tables:
        tilted = log_weight + centre * support
        weight = np.convolve(weight, np.exp(tilted - tilted.max()))
        weight /= weight.max()
        start += support[0]
    with np.errstate(divide="ignore"):  # a table too improbable for a double has no weight
        return _Distribution(start + np.arange(len(weight), dtype=np.float64), np.log(weight), centre)


def _centre(tables: list[tuple[FloatArray, FloatArray]], total: float) -> float:
    """Log odds ratio at which the tables' means add up to ``total``."""

    def excess(log_ratio: float) -> float:
        parts = [_Distribution(support, log_weight, 0.0) for support, log_weight in tables]
        return sum(_mean(part, log_ratio) for part in parts) - total

    return math.log(_solve(excess))


def _mean(distribution: _Distribution, log_ratio: float) -> float:
    """Mean of the sum at a log odds ratio."""
    return float(distribution.weights(log_ratio) @ distribution.support)


def _solve(function: Callable[[float], float]) -> float:
    """Odds ratio at which a rising function of its logarithm is zero."""
    from scipy.optimize import brentq

    return math.exp(brentq(function, -700, 700, xtol=1e-14, rtol=1e-14))
