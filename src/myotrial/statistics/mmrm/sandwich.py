"""Empirical covariance of the coefficients, and its degrees of freedom (Bell and McCaffrey 2002)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from myotrial.statistics.mmrm.core import Solution
from myotrial.statistics.mmrm.structures import Array

Kind = Literal["empirical", "empirical-jackknife", "empirical-bias-reduced"]


@dataclass(frozen=True, eq=False)
class Sandwich:
    """The middle of the sandwich in the space of ``Solution.half``.

    Attributes
    ----------
    factor
        A, p × p, with covariance half' A half.
    sums
        half X'L A_i per subject, padded with zeros: subjects × p × visits, where LL' is the inverse covariance.
    """

    factor: Array
    sums: Array

    def freedom(self, white: Array) -> Array:
        """Return Satterthwaite degrees of freedom of contrasts, given as half @ contrast (rows).

        The variance estimate is a quadratic form in the responses; its first two moments under the fitted model give
        the degrees of freedom. ``sums`` hold, for a subject, x A with x = half X'L, so that the matrix of the form is
        diag(|a_i|²) - (x_i a_i)'(x_j a_j) with a_i = A_i x_i' (half contrast).
        """
        answer = np.empty(len(white))
        for c, vector in enumerate(white):
            a = np.einsum("npt,p->nt", self.sums, vector)
            u = np.einsum("npt,nt->np", self.plain, a)
            own = (a**2).sum(axis=1)
            cross = (u**2).sum(axis=1)
            gram = u.T @ u
            trace = own.sum() - cross.sum()
            squares = (own**2).sum() - 2 * (own * cross).sum() + (gram**2).sum()
            answer[c] = trace**2 / squares
        return answer

    plain: Array


def build_sandwich(solution: Solution, kind: Kind) -> Sandwich:
    """Build the empirical covariance: asymptotic, jackknife or bias-reduced."""
    problem = solution.problem
    n, visits, _ = problem.shape
    p = problem.design.shape[1]
    dense = np.zeros((n, visits, p))
    dense[problem.subject, problem.visit] = problem.design @ solution.half.T
    residual = np.zeros((n, visits))
    residual[problem.subject, problem.visit] = problem.response - problem.design @ solution.beta
    seen = np.zeros((n, visits))
    seen[problem.subject, problem.visit] = 1
    sigma = np.stack(solution.sigmas)[problem.group]
    both = seen[:, :, None] * seen[:, None, :]
    lower = np.linalg.cholesky(sigma * both + np.eye(visits) * (1 - seen)[:, None, :])
    root = np.linalg.inv(lower) * both  # root Σ root' = 1; what is not seen stays zero
    x = np.matmul(root, dense).swapaxes(1, 2)
    e = np.einsum("nst,nt->ns", root, residual)
    weight = np.eye(visits) - (0 if kind == "empirical" else x.swapaxes(1, 2) @ x)
    if kind != "empirical":
        values, vectors = np.linalg.eigh(weight)
        power = -1.0 if kind == "empirical-jackknife" else -0.5
        floor = np.finfo(np.float64).eps * visits * np.abs(values).max(axis=1, keepdims=True)
        if kind == "empirical-jackknife" and (values <= floor).any():
            alone = int((values <= floor).any(axis=1).sum())
            raise ValueError(
                f"vcov: got 'empirical-jackknife' where {alone} subjects alone determine a coefficient; "
                "expected 'empirical-bias-reduced' or 'empirical'"
            )
        scaled = np.where(values > floor, np.maximum(values, floor) ** power, 0.0)
        weight = vectors * scaled[:, None, :] @ vectors.swapaxes(1, 2)
    sums = x @ weight
    scores = np.einsum("npt,nt->np", sums, e)
    return Sandwich(factor=scores.T @ scores, sums=sums, plain=x)
