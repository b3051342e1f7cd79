"""Draws of coefficients and covariance of a multivariate normal regression with missing outcomes.

Data augmentation (Tanner and Wong 1987; Schafer 1997, chapter 5) with the prior |Σ|^-(T+1)/2: outcomes given
parameters, then parameters given outcomes. One chain for each imputation, all side by side in arrays, each started
at the maximum likelihood estimate; so the draws are independent of each other.
"""

from typing import NamedTuple

import numpy as np

from myotrial.statistics.imputation._patterns import Floats, Pattern, conditionals, fill


class Draws(NamedTuple):
    """Parameters: coefficients (m, q, T) and covariances (m, T, T)."""

    coefficients: Floats
    sigma: Floats


def fit_em(
    design: Floats,
    outcomes: Floats,
    patterns: list[Pattern],
    weights: Floats | None = None,
    start: Draws | None = None,
    *,
    most: int = 2000,
    tolerance: float = 1e-10,
) -> Draws:
    """Maximum likelihood by the EM algorithm. ``outcomes`` (n, T) hold anything where missing.

    ``weights`` (m, n) ask for m fits side by side, in which subjects count once or not at all.
    """
    n, visits = outcomes.shape
    counted = np.ones((1, n)) if weights is None else weights
    m = len(counted)
    weighted = counted[:, :, None] * design
    moments = np.swapaxes(weighted, 1, 2) @ design
    coefficients, sigma = start or _start(design, outcomes, patterns)
    coefficients, sigma = np.repeat(coefficients, m, axis=0), np.repeat(sigma, m, axis=0)
    for _ in range(most):
        filled = np.repeat(outcomes[None], m, axis=0)
        fill(filled, design @ coefficients, sigma, patterns, None)
        spare = np.zeros((m, visits, visits))
        for pattern, _slopes, left_over in conditionals(patterns, sigma):
            share = counted[:, pattern.rows].sum(axis=1)[:, None, None]
            spare[:, pattern.missed[:, None], pattern.missed] += share * left_over
        coefficients = np.asarray(np.linalg.solve(moments, np.swapaxes(weighted, 1, 2) @ filled), dtype=np.float64)
        residual = filled - design @ coefficients
        products = np.swapaxes(residual, 1, 2) @ (counted[:, :, None] * residual)
        following = (products + spare) / counted.sum(axis=1)[:, None, None]
        change, sigma = np.abs(following - sigma).max(), following
        if change <= tolerance * np.abs(following).max():
            break
    return Draws(coefficients, sigma)


def _start(design: Floats, outcomes: Floats, patterns: list[Pattern]) -> Draws:
    """Regression of each visit on the design among those seen there, and the diagonal of its residuals."""
    seen = np.ones(outcomes.shape, dtype=np.bool_)
    for pattern in patterns:
        seen[np.ix_(pattern.rows, pattern.missed)] = False
    coefficients, variances = np.zeros((design.shape[1], outcomes.shape[1])), np.ones(outcomes.shape[1])
    for visit in range(outcomes.shape[1]):
        rows = seen[:, visit]
        coefficients[:, visit] = np.linalg.lstsq(design[rows], outcomes[rows, visit], rcond=None)[0]
        variances[visit] = np.mean((outcomes[rows, visit] - design[rows] @ coefficients[:, visit]) ** 2)
    return Draws(coefficients[None], np.diag(variances)[None])


def draw_posterior(
    design: Floats, outcomes: Floats, patterns: list[Pattern], m: int, iterations: int, rng: np.random.Generator
) -> Draws:
    """Draw ``m`` independent sets of parameters after ``iterations`` rounds of data augmentation."""
    start = fit_em(design, outcomes, patterns)
    coefficients = np.repeat(start.coefficients, m, axis=0)
    sigma = np.repeat(start.sigma, m, axis=0)
    filled = np.repeat(outcomes[None], m, axis=0)
    inverse = np.linalg.inv(design.T @ design)
    root = np.linalg.cholesky(inverse)
    for _ in range(iterations):
        fill(filled, design @ coefficients, sigma, patterns, rng)
        centre = inverse @ (design.T @ filled)
        residual = filled - design @ centre
        sigma = _inverse_wishart(np.swapaxes(residual, 1, 2) @ residual, len(design) - design.shape[1], rng)
        noise = rng.standard_normal(centre.shape)
        coefficients = centre + root @ noise @ np.swapaxes(np.linalg.cholesky(sigma), 1, 2)
    return Draws(coefficients, sigma)


def _inverse_wishart(scatter: Floats, df: int, rng: np.random.Generator) -> Floats:
    """Draw from the inverse Wishart distribution for each of a stack of scatter matrices (Bartlett)."""
    m, visits, _ = scatter.shape
    bartlett = np.tril(rng.standard_normal(scatter.shape), -1)
    diagonal = np.arange(visits)
    bartlett[:, diagonal, diagonal] = np.sqrt(rng.chisquare(df - diagonal, size=(m, visits)))
    root = np.swapaxes(np.linalg.solve(bartlett, np.swapaxes(np.linalg.cholesky(scatter), 1, 2)), 1, 2)
    drawn: Floats = root @ np.swapaxes(root, 1, 2)
    return drawn
