"""Ordinary least squares by QR, its design matrix, and the estimates of linear combinations.

Written here on NumPy's QR: statsmodels solves aliased designs by a pseudo-inverse in silence, and has no
least-squares means.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import as_labels, as_numbers, check_same_length, fault
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import t_p_value, t_quantile
from myotrial.statistics.estimate import Estimate

_ALIAS_TOLERANCE = 1e-7
"""A column is aliased if this share of its length, or less, is not explained by the columns before it (as R)."""

_PERFECT_TOLERANCE = 1e-13
"""Residuals no longer than this share of the response are rounding errors: the fit is perfect."""


@dataclass(frozen=True, slots=True)
class Term:
    """Columns of one covariate, and where the least-squares means stand on them.

    A number is centred, so its mean is 0; a factor has one column for each level but the first.
    """

    name: str
    columns: NDArray[np.float64]
    labels: tuple[str, ...]
    equal_margins: NDArray[np.float64]


def build_term(name: str, values: ArrayLike) -> Term:
    """Build the columns of a covariate: strings and booleans are categorical, numbers continuous."""
    labels = as_labels(values, name)
    if labels.dtype.kind in "iuf":
        numbers = as_numbers(labels, name)
        centred = numbers - (numbers.mean() if len(numbers) else 0.0)
        if len(numbers) and np.ptp(numbers) == 0:
            return Term(name, np.empty((len(numbers), 0)), (), np.empty(0))
        return Term(name, centred[:, None], (name,), np.zeros(1))
    if labels.dtype.kind not in "USb":
        raise fault(name, f"values of kind {labels.dtype}", "numbers, or strings for a categorical covariate")
    levels = np.unique(labels)
    columns = (labels[:, None] == levels[1:]).astype(np.float64)
    names = tuple(f"{name}={level}" for level in levels[1:].tolist())
    return Term(name, columns, names, np.full(len(names), 1 / max(len(levels), 1)))


def build_terms(covariates: Mapping[str, ArrayLike] | None, name: str, *, rows: NDArray[Any] | None) -> list[Term]:
    """Build the columns of all covariates, each as long as ``rows``, whose argument is called ``name``."""
    if covariates is None:
        return []
    if not isinstance(covariates, Mapping):
        raise fault("covariates", f"a {type(covariates).__name__}", "a mapping of name to values, such as {'age': age}")
    terms = []
    with Checks() as check:
        for taken in ("arm", "intercept", name):
            got = f"the name {taken!r}, which the model has already"
            check.that(taken not in covariates, "covariates", got, "another name")
        for covariate, values in covariates.items():
            term = check(build_term, covariate, values)
            check(_check_rows, term, rows=rows, name=name)
            terms.append(term)
    return terms


def _check_rows(term: Term, *, rows: NDArray[Any] | None, name: str) -> None:
    """Refuse a covariate that is not as long as ``rows``."""
    check_same_length(**{name: rows, term.name: term.columns})


def order_arms(labels: NDArray[Any], reference: object) -> list[Any]:
    """Arms in their order, reference first."""
    arms = np.unique(labels).tolist()
    if reference not in arms:
        raise fault("reference", repr(reference), "one of the arms " + ", ".join(map(repr, arms)))
    if len(arms) < 2:
        raise fault("arm", f"one arm ({arms[0]!r})", "two arms or more")
    arms.remove(reference)
    return [reference, *arms]


class Design(NamedTuple):
    """Columns of the arms (but the reference) and the covariates, their names, the arms, and what was left out.

    ``terms`` says which columns are the arm's and which each covariate's.
    """

    columns: NDArray[np.float64]
    names: list[str]
    arms: list[Any]
    labels: NDArray[Any]
    adjusted: str
    warnings: tuple[str, ...]
    terms: dict[str, slice]

    def with_intercept(self) -> NDArray[np.float64]:
        """Put a column of ones first."""
        return np.hstack([np.ones((len(self.columns), 1)), self.columns])


def build_design(
    arm: ArrayLike,
    covariates: Mapping[str, ArrayLike] | None,
    reference: object,
    name: str,
    *,
    rows: NDArray[Any] | None,
) -> Design:
    """Build the columns of a regression on arm and covariates; refuse an aliased column by its name.

    ``rows`` is the outcome, called ``name``; ``None`` where it was refused itself.
    """
    with Checks() as check:
        labels = check(as_labels, arm, "arm")
        check(check_same_length, **{name: rows, "arm": labels})
        arms = check(order_arms, labels, reference)
        terms = check(build_terms, covariates, name, rows=rows)
    arm_columns = (labels[:, None] == np.asarray(arms[1:])).astype(np.float64)
    columns = np.hstack([arm_columns, *(term.columns for term in terms)])
    names = [*(f"arm={other}" for other in arms[1:]), *(label for term in terms for label in term.labels)]
    _factorise(np.hstack([np.ones((len(labels), 1)), columns]), ["intercept", *names])
    used = [term.name for term in terms if term.labels]
    adjusted = f", adjusted for {', '.join(used)}" if used else ""
    warnings = tuple(f"{term.name} has one value only and was left out" for term in terms if not term.labels)
    sizes = {"arm": len(arms) - 1, **{term.name: len(term.labels) for term in terms if term.labels}}
    ends = np.cumsum(list(sizes.values())).tolist()
    where = {term: slice(end - size, end) for (term, size), end in zip(sizes.items(), ends, strict=True)}
    return Design(columns, names, arms, labels, adjusted, warnings, where)


@dataclass(frozen=True, slots=True)
class LinearFit:
    """Least-squares fit: coefficients, the inverse of the triangular factor, residual mean square, its df."""

    coefficients: NDArray[np.float64]
    inverse_factor: NDArray[np.float64]
    mean_square: float
    df: int

    def estimate(self, weights: NDArray[np.float64]) -> tuple[float, float]:
        """Value and standard error of the linear combination of the coefficients."""
        length = float(np.linalg.norm(weights @ self.inverse_factor))
        return float(weights @ self.coefficients), math.sqrt(self.mean_square) * length

    def sum_of_squares(self, columns: slice) -> float:
        """Sum of squares of the hypothesis that these coefficients are all zero (type III without interactions)."""
        half = self.inverse_factor[columns]
        chosen = self.coefficients[columns]
        return float(chosen @ np.linalg.solve(half @ half.T, chosen))


def fit_least_squares(design: NDArray[np.float64], labels: list[str], response: NDArray[np.float64]) -> LinearFit:
    """Fit by QR; refuse an aliased column by its name, and a design that leaves no row for the error."""
    rows, columns = design.shape
    if rows <= columns:
        raise fault("response", f"{rows} rows for {columns} coefficients", f"{columns + 1} rows or more")
    q, r, lengths = _factorise(design, labels)
    inverse = np.linalg.inv(r) / lengths[:, None]
    projected = q.T @ response
    residuals = response - q @ projected
    squares = float(residuals @ residuals)
    if squares <= _PERFECT_TOLERANCE**2 * float(response @ response):
        squares = 0.0
    df = rows - columns
    return LinearFit(inverse @ projected, inverse, squares / df, df)


def _factorise(
    design: NDArray[np.float64], labels: list[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """QR of the columns brought to length 1, and their lengths; an aliased column is refused by its name."""
    lengths = np.linalg.norm(design, axis=0)
    q, r = np.linalg.qr(design / lengths)
    rank = np.append(np.abs(np.diag(r)), np.zeros(design.shape[1] - len(r)))  # fewer rows than columns: no rank left
    aliased = np.flatnonzero(rank <= _ALIAS_TOLERANCE)
    if aliased.size:
        raise fault(
            "covariates",
            f"a design where {labels[aliased[0]]!r} is determined by the columns before it "
            f"({', '.join(labels[: aliased[0]])})",
            "columns that are not aliased; leave one of them out",
        )
    return q, r, lengths


def t_estimate(value: float, se: float, df: int, conf_level: float, *, n: int, method: str, test: bool) -> Estimate:
    """Build an estimate with t interval, and with the t test of no effect if wanted."""
    half = t_quantile(conf_level, df) * se
    return Estimate(
        value=value,
        low=value - half,
        high=value + half,
        conf_level=conf_level,
        se=se,
        p_value=t_p_value(value / se, df) if test else None,
        n=n,
        method=method,
    )
