"""Analysis of covariance: least-squares means per arm, differences from a reference arm, type III F test."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import (
    as_labels,
    as_numbers,
    check_choice,
    check_conf_level,
    check_same_length,
)
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import f_p_value
from myotrial.statistics._linear_model import LinearFit, Term, build_terms, fit_least_squares, order_arms, t_estimate
from myotrial.statistics.estimate import Estimate, format_number, format_p, render_html_table

Margins = Literal["equal", "observed"]
_PERFECT = "the model fits every value: the error variance is zero and gives no interval and no test"


@dataclass(frozen=True, slots=True, kw_only=True)
class FTest:
    """F test of one term of a linear model.

    Attributes
    ----------
    f, p_value
        Statistic and its p-value; ``None`` where the error variance is zero.
    sum_of_squares
        Sum of squares of the term, adjusted for all others (type III).
    df, error_df
        Degrees of freedom of the term and of the error.
    """

    f: float | None
    p_value: float | None
    sum_of_squares: float
    df: int
    error_df: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Ancova:
    """Result of an analysis of covariance.

    Attributes
    ----------
    reference
        The reference arm.
    ls_means
        Least-squares mean of every arm, reference first; ``n`` counts that arm's rows.
    differences
        Difference of every other arm from the reference, with t test on ``error_df``; ``n`` counts both arms.
    arm_test
        Type III F test of the arms.
    error_df, mean_square
        Degrees of freedom and mean square of the error.
    n
        Rows used.
    method
        Model, margins and interval, in words.
    warnings
        What was altered or could not be estimated, and why.
    """

    reference: Any
    ls_means: Mapping[Any, Estimate]
    differences: Mapping[Any, Estimate]
    arm_test: FTest
    error_df: int
    mean_square: float
    n: int
    method: str
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        differences = "; ".join(
            f"{arm} - {self.reference}: {format_number(estimate.value)} "
            f"({format_number(estimate.low)} to {format_number(estimate.high)}, {format_p(estimate.p_value)})"
            for arm, estimate in self.differences.items()
        )
        return f"Ancova: {differences}; n = {self.n}, error df = {self.error_df}"

    def _repr_html_(self) -> str:
        named = [(f"LS mean {arm}", mean) for arm, mean in self.ls_means.items()]
        named += [(f"{arm} - {self.reference}", difference) for arm, difference in self.differences.items()]
        rows = [(name, *map(format_number, (e.value, e.se, e.low, e.high, e.p_value)), str(e.n)) for name, e in named]
        header = ("", "estimate", "SE", "low", "high", "p-value", "n")
        return render_html_table(self.method, header, rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as a plain dictionary, ready for JSON (arms become strings)."""
        return {
            "reference": str(self.reference),
            "ls_means": {str(arm): estimate.to_dict() for arm, estimate in self.ls_means.items()},
            "differences": {str(arm): estimate.to_dict() for arm, estimate in self.differences.items()},
            "arm_test": asdict(self.arm_test),
            "error_df": self.error_df,
            "mean_square": self.mean_square,
            "n": self.n,
            "method": self.method,
            "warnings": list(self.warnings),
        }


def fit_ancova(
    response: ArrayLike,
    arm: ArrayLike,
    covariates: Mapping[str, ArrayLike] | None,
    reference: object,
    *,
    margins: Margins = "equal",
    conf_level: float = 0.95,
) -> Ancova:
    """Fit response = arm + covariates by ordinary least squares, and compare the arms.

    Parameters
    ----------
    response
        One finite number per row; leave rows with a missing value out before.
    arm
        Arm of every row, as strings or whole numbers; two arms or more.
    covariates
        Name → one value per row. Numbers are continuous covariates (also when coded 0 and 1), strings and
        booleans categorical ones. ``None`` or an empty mapping: none.
    reference
        The arm that the others are compared with.
    margins
        Where the least-squares means stand on a categorical covariate: ``"equal"`` weights for its levels
        (the default of SAS ``LSMEANS`` and of R's emmeans) or the ``"observed"`` shares of the rows used (SAS
        option ``OM``). A continuous covariate stands at its mean over the rows used. Differences do not
        depend on it.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Ancova
        In the unit of the response. A covariate with one value only is left out, with a warning.

    Raises
    ------
    ValueError
        Unequal lengths, a missing value, fewer than two arms, a reference that is none of the arms, columns
        that are aliased (one is determined by the others), or too few rows for an error variance.

    Notes
    -----
    Arms are compared in a model without interactions, where the type III test of the arms is the test of
    dropping them from the model.

    References
    ----------
    .. [1] Searle SR, Speed FM, Milliken GA. Am Stat 1980;34:216-221. doi:10.1080/00031305.1980.10483031

    Examples
    --------
    >>> fit = fit_ancova(
    ...     response=[5.0, 7.0, 6.0, 9.0, 4.0, 3.0],
    ...     arm=["active", "active", "active", "placebo", "placebo", "placebo"],
    ...     covariates={"baseline": [10, 14, 11, 17, 9, 8]},
    ...     reference="placebo",
    ... )
    >>> fit
    Ancova: active - placebo: 0.4593 (-0.5802 to 1.499, p = 0.2543); n = 6, error df = 3
    >>> fit.ls_means["active"].se
    0.23...
    """
    with Checks() as check:
        check(check_choice, margins, "margins", get_args(Margins))
        check(check_conf_level, conf_level)
        numbers, labels = check(as_numbers, response, "response"), check(as_labels, arm, "arm")
        check(check_same_length, response=numbers, arm=labels)
        arms = check(order_arms, labels, reference)
        terms = check(build_terms, covariates, "response", rows=numbers)
    method = _describe(terms, margins)
    warnings = tuple(f"{term.name} has one value only and was left out" for term in terms if not term.labels)
    arm_columns = (labels[:, None] == np.asarray(arms[1:])).astype(np.float64)
    design = np.hstack([np.ones((len(numbers), 1)), arm_columns, *(term.columns for term in terms)])
    names = ["intercept", *(f"arm={name}" for name in arms[1:]), *(name for term in terms for name in term.labels)]
    fit = fit_least_squares(design, names, numbers)
    weights = _weights(design, terms, len(arms), margins)
    sizes = [int((labels == name).sum()) for name in arms]
    return _result(fit, weights, dict(zip(arms, sizes, strict=True)), conf_level, method, warnings)


def _describe(terms: list[Term], margins: str) -> str:
    """Say the model in words."""
    used = [term.name for term in terms if term.labels]
    model = "analysis of covariance" if used else "analysis of variance"
    adjusted = f", adjusted for {', '.join(used)}" if used else ""
    return f"{model}{adjusted}; ordinary least squares, t intervals; least-squares means at {margins} margins"


def _weights(design: NDArray[np.float64], terms: list[Term], arms: int, margins: str) -> NDArray[np.float64]:
    """Rows of weights of the coefficients, one for each arm's least-squares mean, reference first."""
    weights = np.tile(design.mean(axis=0), (arms, 1))
    if margins == "equal":
        weights[:, arms:] = np.concatenate([np.empty(0), *(term.equal_margins for term in terms)])
    weights[:, 1:arms] = np.eye(arms)[:, 1:]
    return weights


def _result(
    fit: LinearFit,
    weights: NDArray[np.float64],
    sizes: dict[Any, int],
    conf_level: float,
    method: str,
    warnings: tuple[str, ...],
) -> Ancova:
    """Turn the fit into least-squares means, differences and the F test."""
    arms = list(sizes)

    def estimate(combination: NDArray[np.float64], n: int, *, test: bool) -> Estimate:
        value, se = fit.estimate(combination)
        if se == 0:
            return Estimate(value=value, se=se, n=n, method=method, warnings=(_PERFECT,))
        return t_estimate(value, se, fit.df, conf_level, n=n, method=method, test=test)

    ls_means = {arm: estimate(row, sizes[arm], test=False) for arm, row in zip(arms, weights, strict=True)}
    differences = {
        arm: estimate(row - weights[0], sizes[arm] + sizes[arms[0]], test=True)
        for arm, row in zip(arms[1:], weights[1:], strict=True)
    }
    df = len(arms) - 1
    squares = fit.sum_of_squares(slice(1, len(arms)))
    f = squares / df / fit.mean_square if fit.mean_square > 0 else None
    p_value = None if f is None else f_p_value(f, df, fit.df)
    return Ancova(
        reference=arms[0],
        ls_means=ls_means,
        differences=differences,
        arm_test=FTest(f=f, p_value=p_value, sum_of_squares=squares, df=df, error_df=fit.df),
        error_df=fit.df,
        mean_square=fit.mean_square,
        n=sum(sizes.values()),
        method=method,
        warnings=warnings if f is not None else (*warnings, _PERFECT),
    )
