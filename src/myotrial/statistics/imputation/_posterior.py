"""Draws of coefficients and covariance of a multivariate normal regression with missing outcomes.

Data augmentation (Tanner and Wong 1987; Schafer 1997, chapter 5) with the prior |Σ|^-(T+1)/2: outcomes given
parameters, then parameters given outcomes. One chain for each imputation, all side by side in arrays, each started
at the maximum likelihood estimate; so the draws are independent of each other.
"""

from dataclasses import dataclass

import numpy as np

from myotrial.statistics.imputation._patterns import Floats, Pattern, conditionals, fill


@dataclass(frozen=True, slots=True)
class Draws:
    """Parameters: coefficients (m, q, T) and covariances (m, T, T)."""

    coefficients: Floats
    sigma: Floats


def fit_em(design: Floats, outcomes: Floats, patterns: list[Pattern], most: int = 2000) -> Draws:
    """Maximum likelihood by the EM algorithm; m = 1. ``outcomes`` (n, T) hold anything where missing."""
    n, visits = outcomes.shape
    to_coefficients = np.linalg.pinv(design)
    coefficients, sigma = _start(design, outcomes, patterns)
    for _ in range(most):
        filled = outcomes[None].copy()
        fill(filled, (design @ coefficients)[None], sigma[None], patterns, None)
        spare = np.zeros((visits, visits))
        for pattern, _slopes, left_over in conditionals(patterns, sigma[None]):
            spare[np.ix_(pattern.missed, pattern.missed)] += len(pattern.rows) * left_over[0]
        coefficients = to_coefficients @ filled[0]
        residual = filled[0] - design @ coefficients
        following = (residual.T @ residual + spare) / n
        change = np.abs(following - sigma).max() / np.abs(np.diag(following)).max()
        sigma = following
        if change < 1e-10:
            break
    return Draws(coefficients[None], sigma[None])


def _start(design: Floats, outcomes: Floats, patterns: list[Pattern]) -> tuple[Floats, Floats]:
    """Regression of each visit on the design among those seen there, and the diagonal of its residuals."""
    seen = np.ones(outcomes.shape, dtype=np.bool_)
    for pattern in patterns:
        seen[np.ix_(pattern.rows, pattern.missed)] = False
    coefficients, variances = np.zeros((design.shape[1], outcomes.shape[1])), np.ones(outcomes.shape[1])
    for visit in range(outcomes.shape[1]):
        rows = seen[:, visit]
        coefficients[:, visit] = np.linalg.lstsq(design[rows], outcomes[rows, visit], rcond=None)[0]
        variances[visit] = np.mean((outcomes[rows, visit] - design[rows] @ coefficients[:, visit]) ** 2)
    return coefficients, np.diag(variances)


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
