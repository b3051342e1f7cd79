"""Regression of event counts on arm and covariates with exposure as offset: Poisson and negative binomial."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import as_numbers, check_choice, check_conf_level, check_same_length, fault
from myotrial.statistics._collect import Checks
from myotrial.statistics._count_fit import fit_counts_by_likelihood
from myotrial.statistics._linear_model import Design, build_design
from myotrial.statistics._regression_result import estimates_table, ratios_line
from myotrial.statistics._two_groups import wald
from myotrial.statistics.estimate import Estimate
from myotrial.statistics.logistic import exponentiate

CountFamily = Literal["negative-binomial", "poisson"]
CountVariance = Literal["joint", "fixed-dispersion"]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CountModel:
    """Result of a regression of counts.

    Attributes
    ----------
    reference
        The reference arm.
    rate_ratios
        Rate ratio of every other arm over the reference, with Wald interval and test; ``se`` is that of the log.
    rates
        Rate of every arm per unit of exposure, covariates at their means over the rows used; no test.
    coefficients
        Every coefficient by name, on the log rate scale; numbers as covariates are centred.
    theta
        Dispersion of the negative binomial: the variance is m + m² / theta. ``None``: Poisson.
    log_likelihood
        At the estimate; ``None`` where there is none.
    n, events
        Rows used, and events in all.
    method
        Model and variance, in words.
    warnings
        What was left out or could not be estimated, and why.
    """

    reference: Any
    rate_ratios: Mapping[Any, Estimate]
    rates: Mapping[Any, Estimate]
    coefficients: Mapping[str, Estimate]
    theta: float | None
    log_likelihood: float | None
    n: int
    events: int
    method: str
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"CountModel: rate ratio {ratios_line(self.rate_ratios, self.reference, self.n, self.events)}"

    def _repr_html_(self) -> str:
        named = [(f"rate ratio {arm} / {self.reference}", e) for arm, e in self.rate_ratios.items()]
        named += [(f"rate {arm}", e) for arm, e in self.rates.items()]
        named += list(self.coefficients.items())
        return estimates_table(self.method, named)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as a plain dictionary, ready for JSON (arms become strings)."""
        return {
            "reference": str(self.reference),
            "rate_ratios": {str(arm): estimate.to_dict() for arm, estimate in self.rate_ratios.items()},
            "rates": {str(arm): estimate.to_dict() for arm, estimate in self.rates.items()},
            "coefficients": {name: estimate.to_dict() for name, estimate in self.coefficients.items()},
            "theta": self.theta,
            "log_likelihood": self.log_likelihood,
            "n": self.n,
            "events": self.events,
            "method": self.method,
            "warnings": list(self.warnings),
        }


def fit_counts(
    count: ArrayLike,
    arm: ArrayLike,
    covariates: Mapping[str, ArrayLike] | None,
    reference: object,
    *,
    exposure: ArrayLike | None = None,
    family: CountFamily = "negative-binomial",
    variance: CountVariance = "joint",
    conf_level: float = 0.95,
) -> CountModel:
    """Fit log rate = arm + covariates to event counts, and compare the arms.

    Parameters
    ----------
    count
        Events of every row, whole numbers, 0 or more; leave rows with a missing value out before.
    arm
        Arm of every row, as strings or whole numbers; two arms or more.
    covariates
        Name → one value per row. Numbers are continuous covariates, strings and booleans categorical ones.
        ``None`` or an empty mapping: none.
    reference
        The arm that the others are compared with.
    exposure
        Time at risk of every row, above 0; its logarithm is the offset. ``None``: 1 for every row.
    family
        ``"negative-binomial"`` (variance m + m² / theta) or ``"poisson"``.
    variance
        Of the negative binomial's coefficients. ``"joint"``: from the observed information of coefficients and
        dispersion together (SAS GENMOD, statsmodels). ``"fixed-dispersion"``: from the expected information with
        the dispersion taken as known (R ``MASS::glm.nb``). They differ in the third digit in small trials.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    CountModel
        Where the counts do not vary more than Poisson ones the negative binomial ends as Poisson, with a
        warning. A coefficient that the data do not bound (an arm without events) is ``None`` with a warning.

    Raises
    ------
    ValueError
        Unequal lengths, a missing value, a count that is negative or not whole, an exposure that is not above 0,
        fewer than two arms, a reference that is none of the arms, or columns that are aliased.

    References
    ----------
    .. [1] Lawless JF. Can J Stat 1987;15:209-225. doi:10.2307/3314912

    Examples
    --------
    >>> fit_counts([0, 3, 1, 0, 5, 2, 9, 1], ["a"] * 4 + ["p"] * 4, {}, "p", family="poisson")
    CountModel: rate ratio a / p: 0.2353 (0.07917 to 0.6993, p = 0.0092); n = 8, 21 events
    """
    with Checks() as check:
        check(check_choice, family, "family", get_args(CountFamily))
        check(check_choice, variance, "variance", get_args(CountVariance))
        check(check_conf_level, conf_level)
        numbers = check(_as_counts, count)
        times = None if exposure is None else check(_as_exposure, exposure)
        check(check_same_length, count=numbers, exposure=times)
        design = check(build_design, arm, covariates, reference, "count", rows=numbers)
    offset = np.zeros(len(numbers)) if times is None else np.log(times)
    negative_binomial = family == "negative-binomial"
    described = f" with {variance} variance" if negative_binomial else ""
    method = f"{family} regression of counts{design.adjusted}{described}; Wald intervals and tests"
    names = ["intercept", *design.names]
    if numbers.sum() == 0:
        why = ("there is no event: nothing can be estimated",)
        empty = Estimate(value=None, n=len(numbers), method=method, warnings=why)
        rates = dict.fromkeys(design.arms, empty)
        return _result(design, dict.fromkeys(names, empty), rates, None, None, numbers, method, why)
    x = design.with_intercept()
    fit = fit_counts_by_likelihood(x, numbers, offset, negative_binomial)
    spread = fit.joint if variance == "joint" else fit.fixed
    lost = np.abs(fit.last_step) > 1e-6
    warnings: tuple[str, ...] = ()
    if negative_binomial and fit.theta is None:
        warnings = ("the counts do not vary more than Poisson ones: the dispersion is at its limit, fitted as Poisson",)
    if lost.any():
        which = ", ".join(repr(name) for name, gone in zip(names, lost, strict=True) if gone)
        warnings = (*warnings, f"the likelihood has no maximum in {which}: a group has no event")

    def combine(weights: FloatArray, *, test: bool) -> Estimate:
        if (lost & (np.abs(weights) > 1e-9)).any():
            none = ("the likelihood has no maximum in this coefficient",)
            return Estimate(value=None, n=len(numbers), method=method, warnings=none)
        value, se = float(weights @ fit.coefficients), math.sqrt(float(weights @ spread @ weights))
        return wald(value, se, len(numbers), conf_level, method, test=test)

    unit = np.eye(len(names))
    coefficients = {name: combine(row, test=True) for name, row in zip(names, unit, strict=True)}
    at_means = x.mean(axis=0)
    at_means[1 : len(design.arms)] = 0.0
    rates = {
        other: exponentiate(combine(at_means + (unit[k] if k else 0.0), test=False))
        for k, other in enumerate(design.arms)
    }
    return _result(design, coefficients, rates, fit.theta, fit.log_likelihood, numbers, method, warnings)


def _as_counts(count: ArrayLike) -> FloatArray:
    """Return counts as numbers, or refuse them."""
    numbers = as_numbers(count, "count")
    wrong = np.flatnonzero((numbers < 0) | (numbers != np.floor(numbers)))
    if wrong.size:
        raise fault("count", f"{numbers[wrong[0]]:g} at position {wrong[0]}", "a whole number, 0 or more")
    return numbers


def _as_exposure(exposure: ArrayLike) -> FloatArray:
    """Return exposures as numbers above 0, or refuse them."""
    times = as_numbers(exposure, "exposure")
    if (times <= 0).any():
        at = int(np.flatnonzero(times <= 0)[0])
        raise fault("exposure", f"{times[at]:g} at position {at}", "a number above 0")
    return times


def _result(
    design: Design,
    coefficients: Mapping[str, Estimate],
    rates: Mapping[Any, Estimate],
    theta: float | None,
    log_likelihood: float | None,
    numbers: FloatArray,
    method: str,
    warnings: tuple[str, ...],
) -> CountModel:
    """Put the result together."""
    return CountModel(
        reference=design.arms[0],
        rate_ratios={other: exponentiate(coefficients[f"arm={other}"]) for other in design.arms[1:]},
        rates=rates,
        coefficients=coefficients,
        theta=theta,
        log_likelihood=log_likelihood,
        n=len(numbers),
        events=int(numbers.sum()),
        method=method,
        warnings=(*design.warnings, *warnings),
    )
