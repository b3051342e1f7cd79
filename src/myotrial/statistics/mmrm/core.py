"""One fit: from a design to the optimum and to what every later question needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.design import (
    collect_stats,
    find_features,
    independent_columns,
    moments_of,
    orthonormal,
)
from myotrial.statistics.mmrm.likelihood import Stats
from myotrial.statistics.mmrm.newton import OneModel, Optimum, maximise
from myotrial.statistics.mmrm.places import unfold
from myotrial.statistics.mmrm.structures import NAMES, Array, Covariance, Structure, get_structure


class NotConverged(ValueError):
    """The likelihood has no optimum that could be reached; the message says what was seen.

    Attributes
    ----------
    account
        Facts of the attempt: steps, decrement, gradient, information, suspects.
    """

    def __init__(self, message: str, account: dict[str, Any]) -> None:
        super().__init__(message)
        self.account = account


@dataclass(frozen=True, eq=False)
class Problem:
    """Design and response of one data set, in the order of subjects and visits.

    Attributes
    ----------
    design, response
        Rows × p (independent columns only) and rows; both multiplied by the root of the weights.
    subject, visit
        Codes of the rows.
    group
        Covariance group per subject.
    log_weights
        Sum of the logarithms of the weights.
    shape
        Subjects, visits, covariance groups.
    """

    design: Array
    response: Array
    subject: NDArray[np.intp]
    visit: NDArray[np.intp]
    group: NDArray[np.intp]
    log_weights: float
    shape: tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Solution:
    """The optimum, in the unit of the response.

    Attributes
    ----------
    structure, theta
        The covariance structure and its parameters, groups × k, of the scaled response.
    sigmas
        Covariance matrix per group.
    beta
        Coefficients of the independent columns.
    half
        p × p matrix with Φ = half' half; maps a contrast l to half @ l, in whose space the slopes live.
    slopes
        half (X'K dΣ K X) half' per covariance parameter, of the scaled response.
    theta_covariance
        Inverse of the observed information of all covariance parameters.
    minus2
        -2 log-likelihood.
    scale
        What the response was divided by.
    parts, columns
        Statistics per group and C, for the corrections.
    optimum
        The search's end.
    """

    problem: Problem
    structure: Structure
    theta: Array
    sigmas: tuple[Array, ...]
    beta: Array
    half: Array
    slopes: Array
    theta_covariance: Array
    minus2: float
    scale: float
    parts: tuple[Stats, ...]
    columns: Array
    optimum: Optimum
    reml: bool


@dataclass(frozen=True, eq=False)
class Prepared:
    """What does not depend on the covariance structure."""

    problem: Problem
    parts: tuple[Stats, ...]
    columns: Array
    triangle: Array
    least_squares: Array
    scale: float
    moments: tuple[Array, ...]
    counts: tuple[Array, ...]
    labels: tuple[Any, ...]


def prepare(problem: Problem, q: Array, r: Array, labels: Sequence[Any]) -> Prepared:
    """Take the design apart, remove the least-squares fit from the response, and sum the statistics."""
    n, visits, groups = problem.shape
    rows, p = problem.design.shape
    least_squares: Array = q.T @ problem.response
    leftover = problem.response - q @ least_squares
    norm = float(np.linalg.norm(leftover))
    if rows <= p or norm <= 1e-10 * max(float(np.linalg.norm(problem.response)), 1e-300):
        told = f"{rows} rows and {p} coefficients that fit every value"
        raise ValueError(f"response: got {told}; expected a response that varies about its means")
    scale = float(norm) / float(np.sqrt(rows - p))
    features = orthonormal(find_features(problem.design, problem.subject, problem.visit, n, visits))
    columns = np.asarray(np.linalg.solve(r.T, features.map.reshape(-1, p).T).T, dtype=np.float64)
    seen = np.zeros((n, visits), dtype=bool)
    seen[problem.subject, problem.visit] = True
    dense = np.zeros((n, visits))
    dense[problem.subject, problem.visit] = leftover / scale
    members = [problem.group == g for g in range(groups)]
    parts = tuple(collect_stats(features.values, dense, seen, of) for of in members)
    moments, counts = zip(*(moments_of(dense[of], seen[of]) for of in members), strict=True)
    return Prepared(problem, parts, columns, r, least_squares, scale, moments, counts, tuple(labels))


def solve(prepared: Prepared, covariance: Covariance, *, reml: bool) -> Solution:
    """Fit one covariance structure, or raise ``NotConverged`` with an account."""
    problem = prepared.problem
    _, visits, groups = problem.shape
    structure = get_structure(covariance, visits)
    _check_estimable(prepared, structure)
    start = np.concatenate([structure.start(_whole(m)) for m in prepared.moments])
    optimum = maximise(prepared.parts, prepared.columns, OneModel(structure, groups), start[None], reml=reml)
    if not optimum.converged[0]:
        raise _account(prepared, structure, optimum)
    rows, p = problem.design.shape
    scale, inverse = prepared.scale, np.linalg.inv(prepared.triangle)
    root = optimum.state.root[0]
    theta = optimum.theta[0].reshape(groups, -1)
    free = rows - p if reml else rows
    minus2 = float(optimum.state.minus2[0]) + free * (np.log(2 * np.pi) + 2 * np.log(scale)) - problem.log_weights
    if reml:
        minus2 += 2 * np.log(np.abs(np.diag(prepared.triangle))).sum()
    slopes = optimum.derivatives.slopes
    assert slopes is not None  # noqa: S101  (the observed information has them)
    return Solution(
        problem=problem,
        structure=structure,
        theta=theta,
        sigmas=tuple(structure.sigma(block) * scale**2 for block in theta),
        beta=inverse @ (prepared.least_squares + scale * optimum.state.beta[0]),
        half=scale * root @ inverse.T,
        slopes=unfold(slopes[0], p),
        theta_covariance=np.linalg.inv(optimum.derivatives.information[0]),
        minus2=minus2,
        scale=scale,
        parts=prepared.parts,
        columns=prepared.columns,
        optimum=optimum,
        reml=reml,
    )


def _whole(moments: Array) -> Array:
    """Fill variances of zero (one subject at a visit) with the mean one, so that a start exists."""
    diagonal = np.diag(moments).copy()
    positive = diagonal > 0
    if positive.all():
        return moments
    filled = moments.copy()
    np.fill_diagonal(filled, np.where(positive, diagonal, diagonal[positive].mean() if positive.any() else 1.0))
    return filled


def _check_estimable(prepared: Prepared, structure: Structure) -> None:
    """Refuse what no search can find: a variance or covariance that no subject informs."""
    names, told = prepared.labels, []
    for moments, counts, part in zip(prepared.moments, prepared.counts, prepared.parts, strict=True):
        if structure.heterogeneous or structure.name == "us":
            told += [f"{names[t]}: {int(counts[t, t])} subjects, whose values the means fit exactly"
                     for t in np.flatnonzero(np.diag(moments) < 1e-14)]  # fmt: skip
        apart = np.argwhere(np.triu(counts == 0, 1))
        if structure.name == "us":
            subjects = int(part.n.sum())
            told += [f"{subjects} subjects are fewer than {len(counts)} visits"] if subjects < len(counts) else []
            told += [f"{names[s]} and {names[t]} are never seen in the same subject" for s, t in apart]
        if structure.name in {"toep", "toeph"}:
            lags = [lag for lag in range(1, len(counts)) if np.diagonal(counts, lag).sum() == 0]
            told += [f"no subject is seen {lag} visits apart" for lag in lags]
    if told:
        message = f"{NAMES[structure.name]} covariance cannot be estimated: " + "; ".join(dict.fromkeys(told))
        raise NotConverged(message, {"covariance": structure.name, "suspects": told})


def _account(prepared: Prepared, structure: Structure, optimum: Optimum) -> NotConverged:
    """Say where the search stood when it gave up."""
    information = optimum.derivatives.information[0]
    finite = np.isfinite(information).all()
    values = np.linalg.eigvalsh(information) if finite else np.array([np.nan])
    sigmas = OneModel(structure, prepared.problem.shape[2]).sigmas(optimum.theta)
    least = min(
        (float(np.linalg.eigvalsh(s[0])[0] / np.diag(s[0]).max()) for s in sigmas if np.isfinite(s).all()),
        default=float("nan"),
    )
    counts = np.min([np.diag(c) for c in prepared.counts], axis=0)
    few = [f"{label} ({int(count)} subjects)" for label, count in zip(prepared.labels, counts, strict=True) if
           count <= 2 * len(counts)]  # fmt: skip
    account = {
        "covariance": structure.name,
        "steps": int(optimum.steps[0]),
        "decrement": float(optimum.decrement[0]),
        "largest_gradient": float(np.abs(optimum.derivatives.gradient[0]).max()),
        "smallest_information": float(values[0]),
        "smallest_relative_eigenvalue_of_covariance": least,
        "visits_with_few_subjects": few,
        "suspects": few,
    }
    told = (
        f"after {account['steps']} steps the gain still to come is {account['decrement']:.2g}, the largest gradient "
        f"{account['largest_gradient']:.2g}, the smallest eigenvalue of the information {values[0]:.2g} and of the "
        f"covariance {least:.2g} of its largest variance"
    )
    hint = f"; few subjects at {', '.join(few)}" if few else ""
    message = f"{NAMES[structure.name]} covariance did not converge: {told}{hint}; a simpler structure may"
    return NotConverged(message, account)


def build_problem(
    design: Array,
    response: Array,
    subject: NDArray[np.intp],
    visit: NDArray[np.intp],
    group: NDArray[np.intp] | None,
    weights: Array | None,
    shape: tuple[int, int, int],
) -> tuple[Problem, NDArray[np.intp], Array, Array]:
    """Drop aliased columns and put the weights in; return the problem, the columns kept, and Q and R of them."""
    logs = 0.0
    if weights is not None:
        root = np.sqrt(weights)
        design, response, logs = design * root[:, None], response * root, float(np.log(weights).sum())
    kept, q, r = independent_columns(design)
    of_subject = np.zeros(shape[0], dtype=np.intp)
    if group is not None:
        of_subject[subject] = group
    return Problem(design[:, kept], response, subject, visit, of_subject, logs, shape), kept, q, r
