# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""Logistic regression by Newton's method, with or without Firth's penalty, its profile limits, and separation.

Written here: statsmodels has neither Firth's penalty nor profile limits, and reports separation only once the fit has
run away.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_STEPS = 200
_TOLERANCE = 1e-10
_LONGEST_STEP = 5.0
"""Longest step of a coefficient of a column with standard deviation 1."""


class LogisticFit(NamedTuple):
    """Coefficients, their covariance (inverse information), and the log-likelihood (with the penalty, if any)."""

    coefficients: FloatArray
    covariance: FloatArray
    log_likelihood: float
    probabilities: FloatArray
    converged: bool


def fit_binomial(
    design: FloatArray,
    event: FloatArray,
    firth: bool,
    fixed: tuple[int, float] | None = None,
    start: FloatArray | None = None,
) -> LogisticFit:
    """Maximise the (penalised) likelihood; ``fixed`` holds one coefficient at a value, ``start`` is where to begin.

    Columns are brought to length √n first, so that one tolerance serves all of them.
    """
    scale = np.sqrt((design**2).mean(axis=0))
    x = design / scale
    free = np.arange(x.shape[1])
    beta = np.zeros(x.shape[1]) if start is None else start * scale
    if fixed is not None:
        free = np.delete(free, fixed[0])
        beta[fixed[0]] = fixed[1] * scale[fixed[0]]
    value, score, information, probabilities = _evaluate(x, event, beta, firth)
    converged = False
    for _ in range(_STEPS):
        step = np.zeros_like(beta)
        step[free] = np.linalg.lstsq(information[np.ix_(free, free)], score[free], rcond=None)[0]
        if np.abs(step).max(initial=0.0) < _TOLERANCE:
            converged = True
            break
        step *= min(1.0, _LONGEST_STEP / np.abs(step).max())
        for _ in range(30):
            trial = _evaluate(x, event, beta + step, firth)
            if trial[0] >= value - 1e-12 * abs(value):
                break
            step /= 2
        beta = beta + step
        value, score, information, probabilities = trial
    covariance = np.linalg.pinv(information, hermitian=True) / np.outer(scale, scale)
    if firth:  # the penalty was taken on the scaled columns; the likelihood itself does not depend on the scale
        value += float(np.log(scale).sum())
    return LogisticFit(beta / scale, covariance, value, probabilities, converged)


def _evaluate(
    x: FloatArray, event: FloatArray, beta: FloatArray, firth: bool
) -> tuple[float, FloatArray, FloatArray, FloatArray]:
    """Log-likelihood, score, information and probabilities at some coefficients."""
    eta = x @ beta
    p = 1 / (1 + np.exp(-np.clip(eta, -700, 700)))
    value = float((event * eta - np.logaddexp(0, eta)).sum())
    weight = p * (1 - p)
    information = (x * weight[:, None]).T @ x
    residual = event - p
    if firth:
        leverage = weight * np.einsum("ij,ij->i", x @ np.linalg.pinv(information, hermitian=True), x)
        residual = residual + leverage * (0.5 - p)
        value += 0.5 * float(np.linalg.slogdet(information)[1])
    return value, x.T @ residual, information, p


def profile_p_value(design: FloatArray, event: FloatArray, firth: bool, fit: LogisticFit, column: int) -> float:
    """P-value of the (penalised) likelihood ratio test that one coefficient is zero."""
    from scipy.special import chdtrc

    null = fit_binomial(design, event, firth, (column, 0.0))
    return float(chdtrc(1, max(2 * (fit.log_likelihood - null.log_likelihood), 0.0)))


def profile_limits(
    design: FloatArray, event: FloatArray, firth: bool, fit: LogisticFit, column: int, z: float
) -> tuple[float | None, float | None]:
    """Values of one coefficient where the profile log-likelihood lies z² / 2 below its top; ``None``: never."""
    from scipy.optimize import brentq

    top, centre = fit.log_likelihood - z * z / 2, float(fit.coefficients[column])
    se = float(np.sqrt(fit.covariance[column, column]))

    def height(value: float) -> float:
        return fit_binomial(design, event, firth, (column, value), fit.coefficients).log_likelihood - top

    ends: list[float | None] = []
    for direction in (-1, 1):
        far = next((w for k in range(6) if height(w := centre + direction * z * se * 2.0**k) < 0), None)
        ends.append(None if far is None else float(brentq(height, *sorted((centre, far)), xtol=1e-11, rtol=1e-12)))
    return ends[0], ends[1]


def is_separated(design: FloatArray, event: FloatArray) -> bool:
    """Say whether some combination of the columns divides events from others, up to ties at the border (Konis)."""
    from scipy.optimize import linprog

    signed = design / np.sqrt((design**2).mean(axis=0)) * np.where(event > 0, 1.0, -1.0)[:, None]
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1), method="highs")
    return bool(-found.fun > 1e-6)
