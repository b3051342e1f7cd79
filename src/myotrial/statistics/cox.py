"""Cox's proportional hazards regression on arm and covariates, also over strata."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import as_binary, check_choice, check_conf_level, check_same_length
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import chi_square_p_value
from myotrial.statistics._linear_model import build_design
from myotrial.statistics._partial_likelihood import Likelihood, Stratum, build_stratum, evaluate
from myotrial.statistics._proportionality import Fitted, TimeScale, proportionality
from myotrial.statistics._regression_result import estimates_table, ratios_line
from myotrial.statistics._risk_sets import as_times
from myotrial.statistics._strata import describe_strata, index_strata
from myotrial.statistics._two_groups import wald
from myotrial.statistics.estimate import ChiSquareTest, Estimate
from myotrial.statistics.logistic import exponentiate

Ties = Literal["efron", "breslow", "exact"]

_STEPS = 50
_TOLERANCE = 1e-9
_NO_INFORMATION = 50.0
"""Standard error, per standard deviation of the column, from which a coefficient says nothing."""

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Cox:
    """Result of a proportional hazards regression.

    Attributes
    ----------
    reference
        The reference arm.
    hazard_ratios
        Hazard ratio of every other arm over the reference, with Wald interval and test; ``se`` is that of the log.
    coefficients
        Every coefficient by name, on the log hazard scale.
    tests
        The likelihood ratio, Wald and score test that all coefficients are zero, by these names
        (``"likelihood-ratio"``, ``"wald"``, ``"score"``).
    log_likelihood, null_log_likelihood
        Log partial likelihood at the estimate and with all coefficients zero.
    n, events
        Rows used, and events.
    method
        Model, ties and strata, in words.
    warnings
        What was left out or could not be estimated, and why.
    """

    reference: Any
    hazard_ratios: Mapping[Any, Estimate]
    coefficients: Mapping[str, Estimate]
    tests: Mapping[str, ChiSquareTest]
    log_likelihood: float
    null_log_likelihood: float
    n: int
    events: int
    method: str
    warnings: tuple[str, ...] = ()
    _fitted: Fitted = field(compare=False)

    def __repr__(self) -> str:
        return f"Cox: hazard ratio {ratios_line(self.hazard_ratios, self.reference, self.n, self.events)}"

    def _repr_html_(self) -> str:
        named = [(f"hazard ratio {arm} / {self.reference}", e) for arm, e in self.hazard_ratios.items()]
        named += list(self.coefficients.items())
        return estimates_table(self.method, named)

    def test_proportional_hazards(self, scale: TimeScale = "km") -> dict[str, ChiSquareTest]:
        """Test whether hazard ratios change along time: each term, and all together as ``"global"``.

        Parameters
        ----------
        scale
            The function of time: ``"km"`` one minus the Kaplan–Meier estimate just before (default of R's
            ``cox.zph``), ``"rank"``, ``"log"`` or ``"identity"``.

        Returns
        -------
        dict of ChiSquareTest
            By ``"arm"``, the names of the covariates and ``"global"``. A large p-value does not show that hazards
            are proportional; look at the curves as well.

        Raises
        ------
        ValueError
            A scale not known, ties by the exact method, a likelihood without maximum, or an event at time 0 on the
            scale of the logarithm.

        References
        ----------
        .. [1] Grambsch PM, Therneau TM. Biometrika 1994;81:515-526. doi:10.1093/biomet/81.3.515

        Examples
        --------
        >>> fit = fit_cox([1, 3, 4, 6, 2, 5, 7, 8], [1, 1, 1, 0, 1, 0, 1, 1], ["a"] * 4 + ["b"] * 4, {}, "b")
        >>> fit.test_proportional_hazards()["arm"]
        ChiSquareTest: chi-square 0.3688 on 1 df, p = 0.5437, n = 8 [score test that hazards ...]
        """
        lost = [name for name, coefficient in self.coefficients.items() if coefficient.value is None]
        with Checks() as check:
            check(check_choice, scale, "scale", get_args(TimeScale))
            check.that(not lost, "coefficients", f"no maximum in {', '.join(lost)}", "a likelihood with a maximum")
            check.that(self._fitted.ties != "exact", "ties", "'exact'", "'efron' or 'breslow' for this test")
        return proportionality(self._fitted, scale)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as a plain dictionary, ready for JSON (arms become strings)."""
        return {
            "reference": str(self.reference),
            "hazard_ratios": {str(arm): estimate.to_dict() for arm, estimate in self.hazard_ratios.items()},
            "coefficients": {name: estimate.to_dict() for name, estimate in self.coefficients.items()},
            "tests": {name: test.to_dict() for name, test in self.tests.items()},
            "log_likelihood": self.log_likelihood,
            "null_log_likelihood": self.null_log_likelihood,
            "n": self.n,
            "events": self.events,
            "method": self.method,
            "warnings": list(self.warnings),
        }


def fit_cox(
    time: ArrayLike,
    event: ArrayLike,
    arm: ArrayLike,
    covariates: Mapping[str, ArrayLike] | None,
    reference: object,
    *,
    strata: ArrayLike | None = None,
    ties: Ties = "efron",
    conf_level: float = 0.95,
) -> Cox:
    """Fit log hazard = arm + covariates by partial likelihood, and compare the arms.

    Parameters
    ----------
    time
        Time to event or censoring, 0 or more, in one unit. Times are compared exactly.
    event
        1 where the event was seen, 0 where the subject was censored.
    arm
        Arm of every row, as strings or whole numbers; two arms or more.
    covariates
        Name → one value per row. Numbers are continuous covariates, strings and booleans categorical ones.
        ``None`` or an empty mapping: none.
    reference
        The arm that the others are compared with.
    strata
        Stratum of every subject; each has its own baseline hazard.
    ties
        ``"efron"`` (default of R), ``"breslow"`` (default of SAS) or ``"exact"`` (the discrete likelihood;
        ``ties="exact"`` of R, ``TIES=DISCRETE`` of SAS).
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Cox
        Where the likelihood rises for ever in a coefficient (an arm without events), that one is ``None`` with a
        warning.

    Raises
    ------
    ValueError
        Unequal lengths, a missing or negative time, an event that is not 0 or 1, fewer than two arms, a reference
        that is none of the arms, columns that are aliased, or too many ties for the exact method.

    References
    ----------
    .. [1] Cox DR. J R Stat Soc B 1972;34:187-220. doi:10.1111/j.2517-6161.1972.tb00899.x
    .. [2] Efron B. J Am Stat Assoc 1977;72:557-565. doi:10.1080/01621459.1977.10480613

    Examples
    --------
    >>> fit_cox([1, 3, 4, 6, 2, 5, 7, 8], [1, 1, 1, 0, 1, 0, 1, 1], ["a"] * 4 + ["b"] * 4, {}, "b")
    Cox: hazard ratio a / b: 3.596 (0.3715 to 34.81, p = 0.2691); n = 8, 6 events
    """
    with Checks() as check:
        check(check_choice, ties, "ties", get_args(Ties))
        check(check_conf_level, conf_level)
        times, events = check(as_times, time), check(as_binary, event, "event")
        check(check_same_length, time=times, event=events)
        design = check(build_design, arm, covariates, reference, "time", rows=times)
        where = check(index_strata, strata, rows=times, name="time")
    index, names = where
    centre, scale = design.columns.mean(axis=0), design.columns.std(axis=0)
    x = (design.columns - centre) / scale
    parts = [build_stratum(times[rows], events[rows], x[rows]) for rows in map(index.__eq__, range(index.max() + 1))]
    null, fitted, beta, step = _maximise(parts, x.shape[1], ties)
    method = (
        f"proportional hazards regression{design.adjusted}, {describe_strata(names)}, ties by {ties}; "
        "Wald intervals and tests"
    )
    warnings = design.warnings
    covariance = np.linalg.pinv(fitted.information, hermitian=True)
    lost = (np.abs(step) > 1e-6) | (np.diag(fitted.information) <= 1e-12 * max(len(times), 1))
    if lost.any():  # what hangs on a coefficient without bound has no information left either
        lost |= np.sqrt(np.maximum(np.diag(covariance), 0.0)) > _NO_INFORMATION
        which = ", ".join(repr(name) for name, gone in zip(design.names, lost, strict=True) if gone)
        warnings = (*warnings, f"the likelihood has no maximum in {which}: one group has no event, or there is none")
    coefficients = {
        name: _coefficient(
            beta[k] / scale[k],
            math.sqrt(max(covariance[k, k], 0.0)) / scale[k],
            bool(lost[k]),
            conf_level,
            len(times),
            method,
        )
        for k, name in enumerate(design.names)
    }
    return Cox(
        reference=design.arms[0],
        hazard_ratios={other: exponentiate(coefficients[f"arm={other}"]) for other in design.arms[1:]},
        coefficients=coefficients,
        tests=_global_tests(null, fitted, beta, bool(lost.any()), len(times), method),
        log_likelihood=fitted.value,
        null_log_likelihood=null.value,
        n=len(times),
        events=int(events.sum()),
        method=method,
        warnings=warnings,
        _fitted=Fitted(times, events, parts, beta, design.terms, ties),
    )


def _maximise(parts: list[Stratum], p: int, ties: str) -> tuple[Likelihood, Likelihood, FloatArray, FloatArray]:
    """Newton's method from zero: likelihood at zero and at the end, coefficients, and the last step."""
    beta, step = np.zeros(p), np.zeros(p)
    null = current = evaluate(parts, beta, ties)
    for _ in range(_STEPS):
        step = np.linalg.pinv(current.information, hermitian=True) @ current.score
        if np.abs(step).max() < _TOLERANCE or np.abs(beta).max() > 30:
            break
        for _ in range(20):
            trial = evaluate(parts, beta + step, ties)
            if trial.value >= current.value - 1e-12 * abs(current.value):
                break
            step = step / 2
        beta, current = beta + step, trial
    return null, current, beta, step


def _coefficient(value: float, se: float, lost: bool, conf_level: float, n: int, method: str) -> Estimate:
    """Build the estimate of one coefficient, or of one that the data do not bound."""
    if lost:
        why = "the likelihood has no maximum in this coefficient"
        return Estimate(value=None, n=n, method=method, warnings=(why,))
    return wald(value, se, n, conf_level, method)


def _global_tests(
    null: Likelihood, fitted: Likelihood, beta: FloatArray, lost: bool, n: int, method: str
) -> dict[str, ChiSquareTest]:
    """Build the three tests that all coefficients are zero; the Wald test has no meaning without a maximum."""
    df = int(np.linalg.matrix_rank(null.information, hermitian=True))
    statistics: dict[str, float | None] = {
        "likelihood-ratio": max(2 * (fitted.value - null.value), 0.0),
        "wald": None if lost else float(beta @ fitted.information @ beta),
        "score": float(null.score @ np.linalg.pinv(null.information, hermitian=True) @ null.score),
    }
    tests = {}
    for name, value in statistics.items():
        chi_square = None if df == 0 else value
        tests[name] = ChiSquareTest(
            chi_square=chi_square,
            df=df if chi_square is not None else None,
            p_value=None if chi_square is None else chi_square_p_value(chi_square, df),
            n=n,
            method=f"{name} test of all coefficients, {method}",
            warnings=() if chi_square is not None else ("the likelihood has no maximum, or there is no event",),
        )
    return tests
