"""Cox's partial likelihood with its first two derivatives, for three ways to treat ties, one stratum at a time.

Written here: statsmodels' ``PHReg`` has no exact method and no likelihood ratio or score test.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics._arguments import fault

FloatArray = NDArray[np.float64]


class Stratum(NamedTuple):
    """Rows of one stratum, latest time first, and its ``moments``: times with events, where each ends, what happens."""

    x: FloatArray
    events: NDArray[np.bool_]
    last: NDArray[np.intp]
    deaths: NDArray[np.intp]
    moment: NDArray[np.intp]
    moments: FloatArray


class Likelihood(NamedTuple):
    """Log partial likelihood, its gradient, and the information (minus its second derivative)."""

    value: float
    score: FloatArray
    information: FloatArray

    def plus(self, other: "Likelihood") -> "Likelihood":
        """Add that of another stratum."""
        return Likelihood(self.value + other.value, self.score + other.score, self.information + other.information)


def build_stratum(times: FloatArray, events: NDArray[np.bool_], x: FloatArray) -> Stratum:
    """Sort one stratum; ``last`` is the last row still at risk at each event time, ``moment`` that of each event."""
    order = np.argsort(-times, kind="stable")
    times, events, x = times[order], events[order], x[order]
    moments = np.unique(times[events])[::-1]
    last = np.searchsorted(-times, -moments, side="right") - 1
    moment = np.searchsorted(-moments, -times[events])
    return Stratum(x, events, last, np.bincount(moment, minlength=len(moments)), moment, moments)


def evaluate(strata: list[Stratum], beta: FloatArray, ties: str) -> Likelihood:
    """Sum the log partial likelihood and its derivatives over strata."""
    p = len(beta)
    total = Likelihood(0.0, np.zeros(p), np.zeros((p, p)))
    for stratum in strata:
        if len(stratum.deaths):
            total = total.plus(_exact(stratum, beta) if ties == "exact" else _approximate(stratum, beta, ties))
    return total


def _approximate(stratum: Stratum, beta: FloatArray, ties: str) -> Likelihood:
    """Breslow's or Efron's likelihood."""
    x, dying = stratum.x, stratum.events
    log_total, mean, second = risk_means(stratum, beta, ties)
    value = float((x[dying] @ beta).sum() - log_total.sum())
    return Likelihood(value, x[dying].sum(axis=0) - mean.sum(axis=0), second.sum(axis=0) - mean.T @ mean)


def risk_means(stratum: Stratum, beta: FloatArray, ties: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return for each event, latest first, the logarithm of the summed hazard of the subjects at risk, and the means.

    The means are those of the covariates and of their products under these hazards, from running sums.
    """
    x, eta = stratum.x, stratum.x @ beta
    weight = np.exp(eta - eta.max())
    products = np.einsum("ij,ik->ijk", x, x)
    s0 = np.cumsum(weight)[stratum.last]
    s1 = np.cumsum(weight[:, None] * x, axis=0)[stratum.last]
    s2 = np.cumsum(weight[:, None, None] * products, axis=0)[stratum.last]
    dying, moment = stratum.events, stratum.moment
    died = weight[dying]
    d0, d1, d2 = np.zeros_like(s0), np.zeros_like(s1), np.zeros_like(s2)
    np.add.at(d0, moment, died)
    np.add.at(d1, moment, died[:, None] * x[dying])
    np.add.at(d2, moment, died[:, None, None] * products[dying])
    # One row for each event; under Efron the tied ones count for a share 0, 1/d, ... less in their own risk set.
    row = np.repeat(np.arange(len(s0)), stratum.deaths)
    share = np.zeros(len(row))
    if ties == "efron":
        first = np.repeat(np.cumsum(stratum.deaths) - stratum.deaths, stratum.deaths)
        share = (np.arange(len(row)) - first) / stratum.deaths[row]
    a0 = s0[row] - share * d0[row]
    mean = (s1[row] - share[:, None] * d1[row]) / a0[:, None]
    second = (s2[row] - share[:, None, None] * d2[row]) / a0[:, None, None]
    return np.log(a0) + eta.max(), mean, second


def _exact(stratum: Stratum, beta: FloatArray) -> Likelihood:
    """Exact (discrete) likelihood: elementary symmetric sums over the risk set, grown by one subject after the other.

    The recursion runs over subjects by its nature; every step is one operation on arrays over the number of ties.
    """
    x, eta = stratum.x, stratum.x @ beta
    p, most = len(beta), int(stratum.deaths.max())
    weight = np.exp(eta - eta.max())
    e, g, h = np.zeros(most + 1), np.zeros((most + 1, p)), np.zeros((most + 1, p, p))
    e[0] = 1.0
    value, score, information = 0.0, np.zeros(p), np.zeros((p, p))
    done = 0
    for last, deaths in zip(stratum.last.tolist(), stratum.deaths.tolist(), strict=True):
        for w, row in zip(weight[done : last + 1].tolist(), x[done : last + 1], strict=True):
            grown = g[:-1] + e[:-1, None] * row
            cross = g[:-1, :, None] * row
            h[1:] += w * (h[:-1] + cross + cross.transpose(0, 2, 1) + e[:-1, None, None] * np.outer(row, row))
            g[1:] += w * grown
            e[1:] += w * e[:-1]
        done = last + 1
        if not 0 < e[deaths] < np.inf:
            raise fault("ties", f"'exact' with {deaths} events at one time", "'efron' for that many ties")
        mean = g[deaths] / e[deaths]
        value -= float(np.log(e[deaths])) + deaths * float(eta.max())
        score -= mean
        information += h[deaths] / e[deaths] - np.outer(mean, mean)
    dying = stratum.events
    return Likelihood(value + float(eta[dying].sum()), score + x[dying].sum(axis=0), information)
