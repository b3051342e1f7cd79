# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""Rubin's rules: one answer from the analyses of several imputed data sets."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import as_numbers, check_conf_level, check_same_length, fault
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import normal_p_value, normal_quantile, t_p_value, t_quantile
from myotrial.statistics.estimate import format_number, format_p, render_html_table


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PooledEstimate:
    """One estimate pooled over imputations.

    Attributes
    ----------
    value, se, low, high, conf_level, p_value
        Estimate, standard error, interval, its level, and two-sided p-value against ``null``.
    df
        Degrees of freedom of the t distribution; ``None`` is infinite (normal).
    within, between, total
        Mean variance within imputations, variance between them, and total variance.
    relative_increase
        Relative increase of variance due to missing data.
    fraction_missing
        Fraction of missing information, corrected for the finite number of imputations.
    m
        Number of imputations.
    null
        Value under the hypothesis.
    method
        In words.
    """

    value: float
    se: float
    low: float
    high: float
    conf_level: float
    p_value: float
    df: float | None
    within: float
    between: float
    total: float
    relative_increase: float
    fraction_missing: float
    m: int
    null: float
    method: str

    def __repr__(self) -> str:
        interval = f"{100 * self.conf_level:g} % CI {format_number(self.low)} to {format_number(self.high)}"
        return (
            f"PooledEstimate: {format_number(self.value)} ({interval}), {format_p(self.p_value)}, "
            f"{self.m} imputations, {100 * self.fraction_missing:.1f} % of the information missing [{self.method}]"
        )

    def _repr_html_(self) -> str:
        rows = [(name, format_number(value)) for name, value in asdict(self).items() if isinstance(value, float)]
        return render_html_table(repr(self), ("", ""), rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PooledTest:
    """A pooled test of several parameters at once (D1).

    Attributes
    ----------
    f, df_numerator, df_denominator, p_value
        The F statistic, its degrees of freedom, and the p-value.
    relative_increase
        Average relative increase of variance due to missing data.
    m
        Number of imputations.
    method
        In words.
    """

    f: float
    df_numerator: int
    df_denominator: float | None
    p_value: float
    relative_increase: float
    m: int
    method: str

    def __repr__(self) -> str:
        df = "infinity" if self.df_denominator is None else f"{self.df_denominator:.1f}"
        return (
            f"PooledTest: F({self.df_numerator}, {df}) = {format_number(self.f)}, {format_p(self.p_value)}, "
            f"{self.m} imputations [{self.method}]"
        )

    def _repr_html_(self) -> str:
        return render_html_table(repr(self), ("", ""), [(name, str(value)) for name, value in asdict(self).items()])

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, ready for JSON."""
        return asdict(self)


def combine_imputations(
    estimates: ArrayLike,
    variances: ArrayLike,
    *,
    df_complete: float | None = None,
    null: float = 0.0,
    conf_level: float = 0.95,
) -> PooledEstimate:
    """Pool one parameter over imputed data sets by Rubin's rules.

    Parameters
    ----------
    estimates, variances
        Estimate and squared standard error from each of m ≥ 2 imputed data sets; variances above 0.
    df_complete
        Degrees of freedom of the analysis of complete data, above 0 (Barnard and Rubin); infinite where left out
        (Rubin 1987).
    null
        Value under the hypothesis of the p-value.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    PooledEstimate
        Where all estimates are equal (nothing was missing) the analysis of one data set comes back unchanged, with
        ``df_complete`` degrees of freedom.

    Raises
    ------
    ValueError
        Fewer than two imputations, a variance that is not above 0, a missing number, or unequal lengths.

    References
    ----------
    .. [1] Rubin DB. Multiple Imputation for Nonresponse in Surveys. Wiley, 1987, chapter 3.
    .. [2] Barnard J, Rubin DB. Biometrika 1999;86:948-955. doi:10.1093/biomet/86.4.948

    Examples
    --------
    >>> combine_imputations([-2.1, -1.7, -2.6, -2.2, -1.9], [0.81, 0.79, 0.84, 0.80, 0.82], df_complete=98)
    PooledEstimate: -2.1 (95 % CI -4.052 to -0.1485), p = 0.0354, 5 imputations, 17.4 % of the information missing [...]
    """
    with Checks() as check:
        check(check_conf_level, conf_level)
        values, squares = check(as_numbers, estimates, "estimates"), check(as_numbers, variances, "variances")
        m = check(check_same_length, estimates=values, variances=squares)
        check(_check, m, df_complete, squares=squares)
    within, between = float(squares.mean()), float(values.var(ddof=1))
    extra = (1 + 1 / m) * between
    total = within + extra
    increase, share = extra / within, extra / total
    df = _degrees_of_freedom(m, share, df_complete)
    value, se = float(values.mean()), math.sqrt(total)
    reach = se * (normal_quantile(conf_level) if df is None else t_quantile(conf_level, df))
    statistic = (value - null) / se
    fraction = (increase + (0.0 if df is None else 2 / (df + 3))) / (increase + 1) if between else 0.0
    return PooledEstimate(
        value=value,
        se=se,
        low=value - reach,
        high=value + reach,
        conf_level=conf_level,
        p_value=normal_p_value(statistic) if df is None else t_p_value(statistic, df),
        df=df,
        within=within,
        between=between,
        total=total,
        relative_increase=increase,
        fraction_missing=min(1.0, fraction),
        m=m,
        null=null,
        method="Rubin's rules, " + ("Rubin 1987 df" if df_complete is None else "Barnard–Rubin df"),
    )


def _check(m: int, df_complete: float | None, *, squares: NDArray[np.float64] | None = None) -> None:
    """Refuse too few imputations, a variance that is none, and impossible degrees of freedom."""
    good = df_complete is None or 0 < df_complete < math.inf
    with Checks() as check:
        check.that(m >= 2, "estimates", f"{m} imputation{'s' * (m != 1)}", "2 or more")
        if squares is not None and len(squares):
            check.that(squares.min() > 0, "variances", f"{squares.min():g}", "numbers above 0")
        check.that(good, "df_complete", df_complete, "a number above 0, or None for infinite")


def _degrees_of_freedom(m: int, share: float, complete: float | None) -> float | None:
    """Rubin's degrees of freedom, or those of Barnard and Rubin; ``None`` is infinite."""
    old = (m - 1) / share**2 if share > 1e-150 else None
    if complete is None:
        return old
    observed = complete if old is None else (complete + 1) / (complete + 3) * complete * (1 - share)
    return observed if old is None else old * observed / (old + observed)


def combine_imputations_jointly(
    estimates: ArrayLike, covariances: ArrayLike, *, df_complete: float | None = None, null: ArrayLike | None = None
) -> PooledTest:
    """Test several parameters at once over imputed data sets (the D1 statistic).

    Parameters
    ----------
    estimates
        Shape (m, k): k parameters from each of m imputed data sets, with k (m - 1) > 4.
    covariances
        Shape (m, k, k), positive definite.
    df_complete
        Degrees of freedom of the analysis of complete data (Reiter's denominator df); infinite where left out (that
        of Li, Raghunathan and Rubin).
    null
        k values under the hypothesis; zeros where left out.

    Returns
    -------
    PooledTest

    Raises
    ------
    ValueError
        The shapes do not fit, a number is missing, or the mean covariance is not positive definite.

    References
    ----------
    .. [1] Li KH, Raghunathan TE, Rubin DB. J Am Stat Assoc 1991;86:1065-1073. doi:10.1080/01621459.1991.10475152
    .. [2] Reiter JP. Biometrika 2007;94:502-508. doi:10.1093/biomet/asm028

    Examples
    --------
    >>> combine_imputations_jointly([[1, 2], [1.2, 2.1], [0.9, 1.8], [1.1, 2.3]], [[[0.5, 0.1], [0.1, 0.6]]] * 4)
    PooledTest: F(2, 300.7) = 3.795, p = 0.0236, 4 imputations [D1, df of Li, Raghunathan and Rubin]
    """
    try:
        values, squares = np.asarray(estimates, dtype=np.float64), np.asarray(covariances, dtype=np.float64)
    except (TypeError, ValueError):
        raise fault("estimates and covariances", "values that are not numbers", "numbers") from None
    if values.ndim != 2 or squares.shape != (*values.shape, values.shape[-1]):
        raise fault("covariances", f"shape {squares.shape} beside {values.shape}", "(m, k, k) beside estimates (m, k)")
    m, k = values.shape
    _check(m, df_complete)
    if k * (m - 1) <= 4:
        raise fault("estimates", f"{k} parameters and {m} imputations", "more imputations: k (m - 1) above 4")
    if not (np.isfinite(values).all() and np.isfinite(squares).all()):
        raise fault("estimates and covariances", "a missing number", "finite numbers")
    centre = np.zeros(k) if null is None else as_numbers(null, "null")
    if len(centre) != k:
        raise fault("null", f"{len(centre)} values", f"{k}")
    within = squares.mean(axis=0)
    if np.linalg.eigvalsh(within)[0] <= 0:
        raise fault("covariances", "a mean that is not positive definite", "one that is")
    deviations = values - values.mean(axis=0)
    between = deviations.T @ deviations / (m - 1)
    increase = float((1 + 1 / m) * np.trace(np.linalg.solve(within, between)) / k)
    distance: NDArray[np.float64] = values.mean(axis=0) - centre
    f = float(distance @ np.linalg.solve(within, distance)) / (k * (1 + increase))
    df = _joint_degrees_of_freedom(k, m, increase, df_complete)
    return PooledTest(
        f=f,
        df_numerator=k,
        df_denominator=df,
        p_value=_f_tail(f, k, df),
        relative_increase=increase,
        m=m,
        method="D1, df of " + ("Li, Raghunathan and Rubin" if df_complete is None else "Reiter"),
    )


def _f_tail(f: float, k: int, df: float | None) -> float:
    from scipy.special import chdtrc, fdtrc

    return float(chdtrc(k, k * f) if df is None else fdtrc(k, df, f))


def _joint_degrees_of_freedom(k: int, m: int, r: float, complete: float | None) -> float | None:
    """Denominator degrees of freedom; ``None`` is infinite (nothing missing, infinite data)."""
    t = k * (m - 1)
    if complete is None:
        return 4 + (t - 4) * (1 + (1 - 2 / t) / r) ** 2 if r > 1e-150 else None
    a = r * t / (t - 2)
    shrunk = (complete + 1) / (complete + 3) * complete
    c1, c2 = shrunk - 2 * (1 + a), shrunk - 4 * (1 + a)
    if c2 <= 0:
        raise fault("df_complete", complete, "more degrees of freedom: too few for this much missing information")
    z = 1 / c2 + (
        a**2 * c1 / ((1 + a) ** 2 * c2)
        + 8 * a**2 * c1 / ((1 + a) * c2**2)
        + 4 * a**2 / ((1 + a) * c2)
        + 4 * a**2 / (c2 * c1)
        + 16 * a**2 * c1 / c2**3
        + 8 * a**2 / c2**2
    ) / (t - 4)
    return 4 + 1 / z
