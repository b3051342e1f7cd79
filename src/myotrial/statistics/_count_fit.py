# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""Log-linear regression of counts by maximum likelihood: Poisson, and negative binomial with variance m + m² / θ.

Written here: statsmodels stops its search for the dispersion at a relative 1e-5, and does not say where there is none.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_STEPS = 25
"""Newton steps; a coefficient that still moves after them has no bound, and its weights have not yet vanished."""

_TOLERANCE = 1e-11
_SMALLEST, _LARGEST = math.log(1e-5), math.log(1e6)
"""Range of log θ that is searched; beyond the upper end the variance is the Poisson one to six digits."""


class CountFit(NamedTuple):
    """Coefficients, two covariances, dispersion θ (``None``: Poisson), log-likelihood, last step of the Poisson fit.

    The last step is that of the columns brought to a largest value of 1.
    """

    coefficients: FloatArray
    joint: FloatArray
    fixed: FloatArray
    theta: float | None
    log_likelihood: float
    last_step: FloatArray


def fit_counts_by_likelihood(x: FloatArray, count: FloatArray, offset: FloatArray, negative_binomial: bool) -> CountFit:
    """Maximise the likelihood, the dispersion by the root of its profile score."""
    from scipy.optimize import brentq
    from scipy.special import gammaln

    scale = np.maximum(np.abs(x).max(axis=0), 1e-300)
    x = x / scale  # so that the unit of a covariate does not decide when a step is small
    beta, step = _solve(x, count, offset, None)
    mean = np.exp(x @ beta + offset)
    theta = None
    overdispersed = float(((count - mean) ** 2 - count).sum()) > 0  # the slope of the likelihood in 1 / θ at zero
    if negative_binomial and overdispersed:

        def slope(log_theta: float) -> float:
            at, _ = _solve(x, count, offset, math.exp(log_theta), beta)
            return _theta_score(count, np.exp(x @ at + offset), math.exp(log_theta))

        if slope(_LARGEST) < 0 < slope(_SMALLEST):
            theta = math.exp(brentq(slope, _SMALLEST, _LARGEST, xtol=1e-12))
            beta, _ = _solve(x, count, offset, theta, beta)
            mean = np.exp(x @ beta + offset)
    if theta is None:
        value = float((count * np.log(mean) - mean - gammaln(count + 1)).sum())
        covariance = _invert((x * mean[:, None]).T @ x)
        covariance = covariance / np.outer(scale, scale)
        return CountFit(beta / scale, covariance, covariance, None, value, step)
    value = float(
        (
            gammaln(count + theta)
            - gammaln(theta)
            - gammaln(count + 1)
            + theta * math.log(theta)
            + count * np.log(mean)
            - (count + theta) * np.log(mean + theta)
        ).sum()
    )
    joint, fixed = (part / np.outer(scale, scale) for part in _covariances(x, count, mean, theta))
    return CountFit(beta / scale, joint, fixed, theta, value, step)


def _solve(
    x: FloatArray, count: FloatArray, offset: FloatArray, theta: float | None, start: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Coefficients at a given dispersion by Fisher scoring, and the last step."""
    if start is None:
        start = np.zeros(x.shape[1])
        start[0] = math.log(count.sum() / np.exp(offset).sum())
    beta: FloatArray = start
    step: FloatArray = np.zeros_like(start)
    for _ in range(_STEPS):
        mean = np.exp(np.clip(x @ beta + offset, -700, 700))
        weight = mean if theta is None else mean * theta / (mean + theta)
        score = x.T @ ((count - mean) * weight / mean)
        step = _invert((x * weight[:, None]).T @ x) @ score
        beta = beta + step * min(1.0, 2.0 / max(float(np.abs(x @ step).max()), 1e-300))
        if np.abs(step).max() < _TOLERANCE:
            break
    return beta, step


def _theta_score(count: FloatArray, mean: FloatArray, theta: float) -> float:
    """Differentiate the log-likelihood by θ, written so that it keeps its digits for a large θ."""
    from scipy.special import digamma

    return float(
        (digamma(count + theta) - digamma(theta) - np.log1p(mean / theta) + (mean - count) / (mean + theta)).sum()
    )


def _covariances(x: FloatArray, count: FloatArray, mean: FloatArray, theta: float) -> tuple[FloatArray, FloatArray]:
    """Covariance of the coefficients: observed information with θ estimated, and expected one with θ taken as known."""
    from scipy.special import polygamma

    total = mean + theta
    by_beta = (x * (theta * mean * (count + theta) / total**2)[:, None]).T @ x
    across = -x.T @ (mean * (count - mean) / total**2)
    by_theta = -float(
        (polygamma(1, count + theta) - polygamma(1, theta) + 1 / theta - 2 / total + (count + theta) / total**2).sum()
    )
    full = np.block([[by_beta, across[:, None]], [across[None, :], np.array([[by_theta]])]])
    expected = (x * (theta * mean / total)[:, None]).T @ x
    return _invert(full)[:-1, :-1], _invert(expected)


def _invert(matrix: FloatArray) -> FloatArray:
    """Inverse of an information matrix; a column without information gets no variance."""
    return np.asarray(np.linalg.pinv(matrix, hermitian=True), dtype=np.float64)
