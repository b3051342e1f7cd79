"""Small-sample corrections: covariance of the coefficients and degrees of freedom of any contrast."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.algebra import kron_sum
from myotrial.statistics.mmrm.core import Solution
from myotrial.statistics.mmrm.sandwich import Sandwich, build_sandwich
from myotrial.statistics.mmrm.structures import Array

Df = Literal["satterthwaite", "kenward-roger", "kenward-roger-mmrm", "between-within", "residual"]
Vcov = Literal["model", "empirical", "empirical-jackknife", "empirical-bias-reduced"]
DFS: tuple[Df, ...] = get_args(Df)
VCOVS: tuple[Vcov, ...] = get_args(Vcov)


@dataclass(frozen=True, eq=False)
class Inference:
    """Covariance of the coefficients and the rule for degrees of freedom.

    Attributes
    ----------
    solution
        The fit.
    df
        Rule of the degrees of freedom.
    factor
        A, p × p, with covariance half' A half; ``None`` where A is the identity.
    sandwich
        What an empirical covariance needs for its degrees of freedom; ``None`` with a covariance of the model.
    within
        Per coefficient, whether it changes within a subject (the intercept counts as such).
    classes
        Rows less coefficients; between-subject and within-subject degrees of freedom.
    """

    solution: Solution
    df: Df
    factor: Array | None
    sandwich: Sandwich | None
    within: NDArray[np.bool_]
    classes: tuple[int, int, int]

    def covariance(self) -> Array:
        """Return the covariance of the coefficients, as corrected."""
        half = self.solution.half
        return np.asarray(half.T @ (half if self.factor is None else self.factor @ half))

    def estimate(self, contrasts: Array) -> tuple[Array, Array, Array]:
        """Return estimates, standard errors and degrees of freedom of single contrasts (rows)."""
        white = contrasts @ self.solution.half.T
        adjusted = white if self.factor is None else white @ self.factor
        variance = np.einsum("cp,cp->c", adjusted, white)
        return contrasts @ self.solution.beta, np.sqrt(variance), self.freedom(contrasts, white)

    def freedom(self, contrasts: Array, white: Array) -> Array:
        """Return the degrees of freedom of single contrasts."""
        if self.df == "residual":
            return np.full(len(contrasts), float(self.classes[0]))
        if self.df == "between-within":
            return self._between_within(contrasts != 0)
        if self.sandwich is not None:
            return self.sandwich.freedom(white)
        variance = np.einsum("cp,cp->c", white, white)
        gradient = np.einsum("kcp,cp->ck", white @ self.solution.slopes, white)
        spread = np.einsum("ck,kl,cl->c", gradient, self.solution.theta_covariance, gradient)
        return np.asarray(2 * variance**2 / spread)

    def _between_within(self, involved: NDArray[np.bool_]) -> Array:
        per_coefficient = np.where(self.within, self.classes[2], self.classes[1])
        return np.asarray(np.where(involved, per_coefficient, np.inf).min(axis=-1), dtype=np.float64)

    def test(self, contrasts: Array) -> tuple[float, int, float]:
        """Return F, its numerator and its denominator degrees of freedom for a joint hypothesis.

        Contrasts that others determine are left out of the numerator's count.
        """
        contrasts = _independent_rows(contrasts)
        rank = len(contrasts)
        white = contrasts @ self.solution.half.T
        adjusted = white if self.factor is None else white @ self.factor
        effect = contrasts @ self.solution.beta
        f = float(effect @ np.linalg.solve(adjusted @ white.T, effect)) / rank
        if self.df in {"kenward-roger", "kenward-roger-mmrm"}:
            freedom, scale = self._kenward_roger(white)
            return scale * f, rank, freedom
        if self.df == "residual":
            return f, rank, float(self.classes[0])
        if self.df == "between-within":
            return f, rank, float(self._between_within((contrasts != 0).any(axis=0)))
        return f, rank, self._satterthwaite(contrasts, adjusted @ white.T)

    def _satterthwaite(self, contrasts: Array, variance: Array) -> float:
        """Pool the degrees of freedom of independent directions (Fai and Cornelius 1996)."""
        _, vectors = np.linalg.eigh(variance)
        turned = vectors.T @ contrasts
        freedoms = self.freedom(turned, turned @ self.solution.half.T)
        if len(freedoms) == 1 or np.ptp(freedoms) < 1.5e-8:
            return float(freedoms.mean())
        if (freedoms <= 2).any():
            return 2.0
        expected = (freedoms / (freedoms - 2)).sum()
        return float(2 * expected / (expected - len(freedoms)))

    def _kenward_roger(self, white: Array) -> tuple[float, float]:
        """Denominator degrees of freedom and scale of F (Kenward and Roger 1997, section 3)."""
        size = len(white)
        basis = np.linalg.qr(white.T)[0]
        moved = basis.T @ self.solution.slopes @ basis
        traces = np.einsum("kcc->k", moved)
        weights = self.solution.theta_covariance
        a1 = float(traces @ weights @ traces)
        flat = moved.reshape(len(moved), -1)
        a2 = float(np.einsum("kl,kc,lc->", weights, flat, flat))
        if size == 1:
            return 2 / a2, 1.0
        b = (a1 + 6 * a2) / (2 * size)
        g = ((size + 1) * a1 - (size + 4) * a2) / ((size + 2) * a2)
        below = 3 * size + 2 * (1 - g)
        c1, c2, c3 = g / below, (size - g) / below, (size + 2 - g) / below
        mean = 1 / (1 - a2 / size)
        variance = 2 / size * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
        rho = variance / (2 * mean**2)
        freedom = 4 + (size + 2) / (size * rho - 1)
        return freedom, freedom / (mean * (freedom - 2))


def _independent_rows(contrasts: Array) -> Array:
    """Leave out rows that the ones before determine."""
    kept: list[int] = []
    for row in range(len(contrasts)):
        trial = contrasts[[*kept, row]]
        trial = trial / np.maximum(np.linalg.norm(trial, axis=1, keepdims=True), 1e-300)
        if np.linalg.svd(trial, compute_uv=False)[-1] > 1e-8:
            kept.append(row)
    if not kept:
        raise ValueError("contrasts: got only zeros; expected a hypothesis about at least one coefficient")
    return contrasts[kept]


def build_inference(solution: Solution, df: Df, vcov: Vcov, design: Array, intercept: int | None) -> Inference:
    """Prepare the corrections of a fit.

    Parameters
    ----------
    solution
        The fit.
    df, vcov
        Degrees of freedom and covariance of the coefficients.
    design
        The design without weights, rows × coefficients.
    intercept
        Column of the intercept, or ``None``.
    """
    factor, sandwich = None, None
    if vcov != "model":
        sandwich = build_sandwich(solution, vcov)
        factor = sandwich.factor
    elif df in {"kenward-roger", "kenward-roger-mmrm"}:
        factor = kenward_roger_factor(solution, curved=df == "kenward-roger-mmrm")
    within, classes = _classes(solution, design, intercept)
    return Inference(solution, df, factor, sandwich, within, classes)


def _classes(
    solution: Solution, design: Array, intercept: int | None
) -> tuple[NDArray[np.bool_], tuple[int, int, int]]:
    """Say which coefficients change within a subject, and count the degrees of freedom of either class."""
    subject = solution.problem.subject
    first = np.unique(subject, return_index=True)[1]
    within = (design != design[first][subject]).any(axis=0)
    rows, p = design.shape
    n = len(first)
    has = intercept is not None
    between = n - int((~within).sum())  # the intercept, where there is one, is among those that do not change
    inside = rows - n - int(within.sum())
    if has:
        within = within.copy()
        within[intercept] = True
    return within, (rows - p, between, inside)


def kenward_roger_factor(solution: Solution, *, curved: bool) -> Array:
    """Return A with the adjusted covariance half' A half (Kenward and Roger 1997, equation 6).

    Without ``curved`` the term of the second derivatives of Σ is left out; it vanishes when an unstructured matrix is
    parametrised by its elements. What remains does not depend on the parametrisation. With ``curved`` that term is
    taken in the parameters of R mmrm.
    """
    slopes, weights = solution.slopes, solution.theta_covariance
    p = slopes.shape[-1]
    mixed = np.tensordot(weights, slopes, 1)
    total = -np.tensordot(slopes.swapaxes(1, 2), mixed, axes=([0, 1], [0, 1]))
    white = solution.columns @ solution.optimum.state.root[0].T
    k = len(solution.theta[0])
    for g, (part, precision) in enumerate(zip(solution.parts, solution.optimum.state.precisions, strict=True)):
        block = weights[g * k : (g + 1) * k, g * k : (g + 1) * k]
        inner = _pair_sum(solution.structure.at(solution.theta[g]).first, block, precision)
        if curved:
            jacobian, second = solution.structure.curvature(solution.theta[g])
            if second is not None:
                inverse = np.linalg.inv(jacobian)
                inner = inner - 0.25 * np.tensordot(inverse @ block @ inverse.T, second, 2)
        middle = precision @ inner @ precision
        total = total + white.T @ kron_sum(middle, part.zz)[0] @ white
    return np.eye(p) + total + total.T


def _pair_sum(first: Array, weights: Array, precision: Array) -> Array:
    """Return Σ W_hj dΣ_h K dΣ_j per pattern."""
    visits = first.shape[-1]
    flat = first.reshape(len(first), -1)
    whole = (flat.T @ weights @ flat).reshape((visits,) * 4).transpose(0, 3, 1, 2).reshape(visits**2, visits**2)
    sets, patterns = precision.shape[:2]
    return np.asarray((precision.reshape(sets, patterns, -1) @ whole.T).reshape(precision.shape))
