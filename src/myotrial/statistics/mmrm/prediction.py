"""What a fit says of single subjects: missing visits given the seen ones, and residuals."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.core import Solution
from myotrial.statistics.mmrm.structures import Array

Residual = Literal["response", "pearson", "normalized", "conditional"]


def predict_rows(
    solution: Solution,
    design: Array,
    response: Array,
    subject: NDArray[np.intp],
    visit: NDArray[np.intp],
    group: NDArray[np.intp],
    weights: Array,
) -> dict[str, Array]:
    """Return expected values, given what was seen of the same subject, with their standard errors.

    ``response`` is NaN where it is to be predicted. A subject of which nothing was seen has the marginal mean.
    ``se_mean`` covers the coefficients only, ``se_prediction`` the subject's own scatter too; the covariance
    parameters count as known.
    """
    n, visits = int(subject.max()) + 1, solution.problem.shape[1]
    p = design.shape[1]
    x = np.zeros((n, visits, p))
    x[subject, visit] = design
    y = np.full((n, visits), np.nan)
    y[subject, visit] = response
    spread = np.ones((n, visits))
    spread[subject, visit] = 1 / np.sqrt(weights)
    of_subject = np.zeros(n, dtype=np.intp)
    of_subject[subject] = group
    sigma = np.stack(solution.sigmas)[of_subject] * spread[:, :, None] * spread[:, None, :]
    seen = ~np.isnan(y)
    both = seen[:, :, None] & seen[:, None, :]
    inverse = np.linalg.inv(np.where(both, sigma, np.eye(visits))) * both
    gain = sigma @ inverse
    means = x @ solution.beta
    leftover = np.where(seen, np.nan_to_num(y) - means, 0.0)
    expected = means + np.einsum("nst,nt->ns", gain, leftover)
    rest = np.maximum(np.einsum("ntt->nt", sigma - gain @ sigma), 0.0)
    moved = (x - gain @ (x * seen[:, :, None])) @ solution.half.T
    variance = (moved**2).sum(axis=2)
    place = (subject, visit)
    hidden = ~seen[place]
    return {
        "mean": means[place],
        "predicted": np.where(hidden, expected[place], response),
        "se_mean": np.where(hidden, np.sqrt(variance[place]), 0.0),
        "se_prediction": np.where(hidden, np.sqrt((variance + rest)[place]), 0.0),
    }


def find_residuals(solution: Solution, kind: Residual, weights: Array | None) -> Array:
    """Return one residual per row used.

    ``response``: observed less mean. ``pearson``: that over its standard deviation. ``normalized``: multiplied by the
    inverse Cholesky factor of the subject's covariance, so that all are independent with variance 1. ``conditional``:
    observed less what the subject's other visits let one expect.
    """
    problem = solution.problem
    raw = problem.response - problem.design @ solution.beta
    root = np.sqrt(weights) if weights is not None else np.ones(len(raw))
    if kind == "response":
        return np.asarray(raw / root)
    group = problem.group[problem.subject]
    sds = np.sqrt(np.stack([np.diag(sigma) for sigma in solution.sigmas]))[group, problem.visit]
    if kind == "pearson":
        return np.asarray(raw / sds)
    n, visits, _ = problem.shape
    dense, seen = np.zeros((n, visits)), np.zeros((n, visits), dtype=bool)
    place: Any = (problem.subject, problem.visit)
    dense[place], seen[place] = raw, True
    both = seen[:, :, None] & seen[:, None, :]
    matrices = np.where(both, np.stack(solution.sigmas)[problem.group], np.eye(visits))
    if kind == "normalized":
        return np.asarray(np.linalg.solve(np.linalg.cholesky(matrices), dense[:, :, None])[:, :, 0][place])
    inverse = np.linalg.inv(matrices)
    moved = np.einsum("nst,nt->ns", inverse, dense) / np.einsum("ntt->nt", inverse)
    return np.asarray(moved[place] / root)
