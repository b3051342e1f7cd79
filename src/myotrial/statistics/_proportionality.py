"""The test that hazards are proportional: a score test of each term's product with a function of time.

Grambsch and Therneau's test as R's survival computes it since version 3.0, with the information of every event time
in place of its average.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics._arguments import fault
from myotrial.statistics._intervals import chi_square_p_value
from myotrial.statistics._partial_likelihood import Stratum, risk_means
from myotrial.statistics._risk_sets import count_risk_sets
from myotrial.statistics.estimate import ChiSquareTest

FloatArray = NDArray[np.float64]
TimeScale = Literal["km", "rank", "log", "identity"]

WORDS = {
    "km": "the Kaplan–Meier estimate",
    "rank": "the rank of time",
    "log": "the logarithm of time",
    "identity": "time",
}


class Fitted(NamedTuple):
    """What a fit leaves behind for the test: its data, coefficients (of standardised columns), and their terms."""

    times: FloatArray
    events: NDArray[np.bool_]
    strata: list[Stratum]
    coefficients: FloatArray
    terms: Mapping[str, slice]
    ties: str


def proportionality(fitted: Fitted, scale: TimeScale) -> dict[str, ChiSquareTest]:
    """Test every term, and all together (``"global"``), where a fit has a maximum."""
    score, information = _extended(fitted, scale)
    p = len(fitted.coefficients)
    return {
        name: _test(score, information, np.arange(p, 2 * p)[columns], len(fitted.times), name, scale)
        for name, columns in {**fitted.terms, "global": slice(None)}.items()
    }


def _extended(fitted: Fitted, scale: TimeScale) -> tuple[FloatArray, FloatArray]:
    """Score and information of the coefficients and of their products with the function of time."""
    moments = np.concatenate([np.repeat(part.moments, part.deaths) for part in fitted.strata])
    along = _function_of_time(fitted.times, fitted.events, moments, scale)
    along -= along.mean() if len(along) else 0.0
    p = len(fitted.coefficients)
    score, information = np.zeros(2 * p), np.zeros((2, p, 2, p))
    done = 0
    for part in fitted.strata:
        if not len(part.deaths):
            continue
        _, mean, second = risk_means(part, fitted.coefficients, fitted.ties)
        g = along[done : done + len(mean)]
        done += len(mean)
        spread = second - mean[:, :, None] * mean[:, None, :]
        score[p:] += g @ (part.x[part.events] - mean)
        for a in (0, 1):
            for b in (0, 1):
                information[a, :, b, :] += np.einsum("i,ijk->jk", g ** (a + b), spread)
    return score, information.reshape(2 * p, 2 * p)


def _function_of_time(times: FloatArray, events: NDArray[np.bool_], at: FloatArray, scale: TimeScale) -> FloatArray:
    """Read the function of time at ``at``; the Kaplan–Meier estimate and the ranks are those of all subjects."""
    if scale == "km":
        sets = count_risk_sets(times, events)
        survival = np.cumprod(1 - sets.events / sets.at_risk, dtype=np.float64)
        steps = np.concatenate([[1.0], survival])
        return np.asarray(1 - steps[np.searchsorted(sets.time, at, side="left")], dtype=np.float64)
    if scale == "rank":
        ordered = np.sort(times)
        first, last = np.searchsorted(ordered, at, side="left"), np.searchsorted(ordered, at, side="right")
        return np.asarray((first + last + 1) / 2, dtype=np.float64)
    if scale == "log" and (at <= 0).any():
        raise fault("time", "an event at time 0", "times above 0 under scale='log'")
    return np.log(at) if scale == "log" else at.copy()


def _test(
    score: FloatArray, information: FloatArray, columns: NDArray[np.intp], n: int, name: str, scale: str
) -> ChiSquareTest:
    """Score test of some products, with all coefficients in the model."""
    p = len(score) // 2
    kept = np.concatenate([np.arange(p), columns])
    part = information[np.ix_(kept, kept)]
    size = np.sqrt(np.diag(part))
    words = "all terms" if name == "global" else name
    method = f"score test that hazards are proportional in {words}, along {WORDS[scale]}"
    if not (size > 0).all() or np.linalg.matrix_rank(part / np.outer(size, size), tol=1e-10, hermitian=True) < len(
        kept
    ):
        why = "too few events at different times to tell a change of the hazard ratio"
        return ChiSquareTest(chi_square=None, df=None, p_value=None, n=n, method=method, warnings=(why,))
    chi_square = float(score[kept] @ np.linalg.solve(part, score[kept]))
    df = len(columns)
    return ChiSquareTest(chi_square=chi_square, df=df, p_value=chi_square_p_value(chi_square, df), n=n, method=method)
