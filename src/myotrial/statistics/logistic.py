"""Logistic regression of a yes-or-no response on arm and covariates, and the risk difference standardised from it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import as_binary, check_choice, check_conf_level, fault
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import normal_p_value, normal_quantile
from myotrial.statistics._linear_model import build_design
from myotrial.statistics._logistic_fit import (
    LogisticFit,
    fit_binomial,
    is_separated,
    profile_limits,
    profile_p_value,
)
from myotrial.statistics._regression_result import estimates_table, ratios_line
from myotrial.statistics._two_groups import wald_difference
from myotrial.statistics.estimate import Estimate

Penalty = Literal["none", "firth"]
CoefficientInterval = Literal["profile", "wald"]
StandardisedVariance = Literal["model", "robust"]

_SEPARATED = (
    "separation: a combination of the columns divides those with the event from those without, and odds ratios are "
    "infinite; use penalty='firth'"
)
_ONE_OUTCOME = "no subject or every subject has the event: nothing can be estimated"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Logistic:
    """Result of a logistic regression.

    Attributes
    ----------
    reference
        The reference arm.
    odds_ratios
        Odds ratio of every other arm over the reference, with interval and test; ``se`` is that of the log.
    coefficients
        Every coefficient by name, on the log odds scale; numbers as covariates are centred, so the intercept is
        that of the reference arm at their mean.
    log_likelihood
        At the estimate, with the penalty where there is one; ``None`` where there is no estimate.
    n, events
        Rows used, and those with the event.
    method
        Model, penalty and interval, in words.
    warnings
        What was left out or could not be estimated, and why.
    """

    reference: Any
    odds_ratios: Mapping[Any, Estimate]
    coefficients: Mapping[str, Estimate]
    log_likelihood: float | None
    n: int
    events: int
    method: str
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Logistic: odds ratio {ratios_line(self.odds_ratios, self.reference, self.n, self.events)}"

    def _repr_html_(self) -> str:
        named = [(f"odds ratio {arm} / {self.reference}", e) for arm, e in self.odds_ratios.items()]
        named += list(self.coefficients.items())
        return estimates_table(self.method, named)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as a plain dictionary, ready for JSON (arms become strings)."""
        return {
            "reference": str(self.reference),
            "odds_ratios": {str(arm): estimate.to_dict() for arm, estimate in self.odds_ratios.items()},
            "coefficients": {name: estimate.to_dict() for name, estimate in self.coefficients.items()},
            "log_likelihood": self.log_likelihood,
            "n": self.n,
            "events": self.events,
            "method": self.method,
            "warnings": list(self.warnings),
        }


def fit_logistic(
    event: ArrayLike,
    arm: ArrayLike,
    covariates: Mapping[str, ArrayLike] | None,
    reference: object,
    *,
    penalty: Penalty = "none",
    interval: CoefficientInterval = "profile",
    conf_level: float = 0.95,
) -> Logistic:
    """Fit log odds = arm + covariates by (penalised) maximum likelihood, and compare the arms.

    Parameters
    ----------
    event
        0 or 1 for every row; leave rows with a missing value out before.
    arm
        Arm of every row, as strings or whole numbers; two arms or more.
    covariates
        Name → one value per row. Numbers are continuous covariates, strings and booleans categorical ones.
        ``None`` or an empty mapping: none.
    reference
        The arm that the others are compared with.
    penalty
        ``"firth"`` adds half the log determinant of the information: estimates are finite under separation and
        less biased in small samples.
    interval
        ``"profile"``: (penalised) profile likelihood limits and likelihood ratio p-values. ``"wald"``: normal
        ones.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Logistic
        Under separation and without penalty every estimate is ``None``, with a warning. Separation is found
        by a linear programme before the fit, not guessed from a fit that ran away.

    Raises
    ------
    ValueError
        Unequal lengths, a missing value, an event that is not 0 or 1, fewer than two arms, a reference that is
        none of the arms, or columns that are aliased.

    References
    ----------
    .. [1] Firth D. Biometrika 1993;80:27-38. doi:10.1093/biomet/80.1.27
    .. [2] Heinze G, Schemper M. Stat Med 2002;21:2409-2419. doi:10.1002/sim.1047
    .. [3] Konis K. Linear programming algorithms for detecting separated data. DPhil thesis, Oxford, 2007.

    Examples
    --------
    >>> fit_logistic([1, 1, 1, 0, 1, 0, 0, 0], ["a"] * 4 + ["p"] * 4, {}, "p")
    Logistic: odds ratio a / p: 9 (0.4778 to 419, p = 0.1480); n = 8, 4 events
    """
    with Checks() as check:
        check(check_choice, penalty, "penalty", get_args(Penalty))
        check(check_choice, interval, "interval", get_args(CoefficientInterval))
        check(check_conf_level, conf_level)
        seen = check(as_binary, event, "event")
        design = check(build_design, arm, covariates, reference, "event", rows=seen)
    happened = seen.astype(np.float64)
    x, firth = design.with_intercept(), penalty == "firth"
    method = f"logistic regression{design.adjusted}, {'Firth penalised' if firth else 'maximum'} likelihood; " + (
        "profile likelihood intervals, likelihood ratio tests" if interval == "profile" else "Wald intervals and tests"
    )
    why = _not_estimable(x, happened, firth)
    names = ["intercept", *design.names]
    if why:
        empty = Estimate(value=None, n=len(happened), method=method, warnings=why)
        coefficients, likelihood = dict.fromkeys(names, empty), None
    else:
        fit = fit_binomial(x, happened, firth)
        likelihood = fit.log_likelihood
        coefficients = {
            name: _coefficient(x, happened, firth, fit, column, interval, conf_level, method)
            for column, name in enumerate(names)
        }
    return Logistic(
        reference=design.arms[0],
        odds_ratios={other: exponentiate(coefficients[f"arm={other}"]) for other in design.arms[1:]},
        coefficients=coefficients,
        log_likelihood=likelihood,
        n=len(happened),
        events=int(happened.sum()),
        method=method,
        warnings=(*design.warnings, *why),
    )


def estimate_standardised_risk_difference(
    event: ArrayLike,
    arm: ArrayLike,
    covariates: Mapping[str, ArrayLike] | None,
    reference: object,
    *,
    variance: StandardisedVariance = "model",
    conf_level: float = 0.95,
) -> Estimate:
    """Estimate the marginal difference of two proportions from a logistic model, standardised over the subjects.

    Parameters
    ----------
    event
        0 or 1 for every row; leave rows with a missing value out before.
    arm
        Arm of every row; two arms.
    covariates
        Name → one value per row. Numbers are continuous covariates, strings and booleans categorical ones.
        ``None`` or an empty mapping: none.
    reference
        The reference arm.
    variance
        Of the coefficients, under the delta method: ``"model"`` (inverse information, as Ge and others) or
        ``"robust"`` (sandwich HC0).
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        Mean predicted probability with everybody in the arm, less that with everybody in the reference, with
        Wald interval and test. The variance takes the covariates as given.

    Raises
    ------
    ValueError
        As ``fit_logistic``; more than two arms.

    References
    ----------
    .. [1] Ge M, Durham LK, Meyer RD, Xie W, Thomas N. Drug Inf J 2011;45:481-493.
       doi:10.1177/009286151104500409

    Examples
    --------
    >>> estimate_standardised_risk_difference([1, 1, 1, 0, 1, 0, 0, 0], ["a"] * 4 + ["p"] * 4, {}, "p")
    Estimate: 0.5 (95 % CI -0.1001 to 1), p = 0.1025, n = 8, 1 warning [standardised difference ...]
    """
    with Checks() as check:
        check(check_choice, variance, "variance", get_args(StandardisedVariance))
        check(check_conf_level, conf_level)
        seen = check(as_binary, event, "event")
        design = check(build_design, arm, covariates, reference, "event", rows=seen)
    happened = seen.astype(np.float64)
    if len(design.arms) > 2:
        raise fault("arm", f"{len(design.arms)} arms ({', '.join(map(repr, design.arms))})", "two arms")
    x, n = design.with_intercept(), len(happened)
    method = (
        f"standardised difference of two proportions from a logistic model{design.adjusted}; delta method with "
        f"{'the model' if variance == 'model' else 'robust (HC0)'} variance, Wald interval and test"
    )
    why = _not_estimable(x, happened, firth=False)
    if why:
        return Estimate(value=None, n=n, method=method, warnings=(*design.warnings, *why))
    fit = fit_binomial(x, happened, firth=False)
    value, gradient = _standardise(x, fit)
    spread = fit.covariance
    if variance == "robust":
        residual = x * (happened - fit.probabilities)[:, None]
        spread = spread @ residual.T @ residual @ spread
    se = math.sqrt(float(gradient @ spread @ gradient))
    return wald_difference(value, se, n, conf_level, method, design.warnings)


def _standardise(x: NDArray[np.float64], fit: LogisticFit) -> tuple[float, NDArray[np.float64]]:
    """Difference of the mean predictions with the arm's column at 1 and at 0, and its gradient."""
    means, gradients = [], []
    for level in (1.0, 0.0):
        moved = x.copy()
        moved[:, 1] = level
        p = 1 / (1 + np.exp(-(moved @ fit.coefficients)))
        means.append(float(p.mean()))
        gradients.append((p * (1 - p)) @ moved / len(x))
    return means[0] - means[1], gradients[0] - gradients[1]


def _not_estimable(x: NDArray[np.float64], event: NDArray[np.float64], firth: bool) -> tuple[str, ...]:
    """Say why the likelihood has no maximum."""
    if event.min() == event.max():
        return (_ONE_OUTCOME,)
    return (_SEPARATED,) if not firth and is_separated(x, event) else ()


def _coefficient(
    x: NDArray[np.float64],
    event: NDArray[np.float64],
    firth: bool,
    fit: LogisticFit,
    column: int,
    interval: str,
    conf_level: float,
    method: str,
) -> Estimate:
    """Build the estimate of one coefficient with its interval and test."""
    value, se = float(fit.coefficients[column]), math.sqrt(float(fit.covariance[column, column]))
    z, warnings = normal_quantile(conf_level), () if fit.converged else ("the fit did not converge",)
    low: float | None = value - z * se
    high: float | None = value + z * se
    p_value = normal_p_value(value / se)
    if interval == "profile":
        low, high = profile_limits(x, event, firth, fit, column, z)
        p_value = profile_p_value(x, event, firth, fit, column)
        if low is None or high is None:
            warnings = (*warnings, "the profile likelihood does not fall far enough for an end of the interval")
    return Estimate(
        value=value,
        low=low,
        high=high,
        conf_level=None if low is None and high is None else conf_level,
        se=se,
        p_value=p_value,
        n=len(event),
        method=method,
        warnings=warnings,
    )


def exponentiate(estimate: Estimate) -> Estimate:
    """Turn an estimate on the log scale into a ratio; the standard error stays that of the log."""

    def power(number: float | None) -> float | None:
        return None if number is None or number > 700 else math.exp(number)

    return Estimate(
        value=power(estimate.value),
        low=power(estimate.low),
        high=power(estimate.high),
        conf_level=estimate.conf_level,
        se=estimate.se,
        p_value=estimate.p_value,
        n=estimate.n,
        method=f"{estimate.method}; standard error of the log",
        warnings=estimate.warnings,
    )
