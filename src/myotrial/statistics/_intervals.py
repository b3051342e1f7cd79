# ruff: noqa: PLC0415 (SciPy and statsmodels take seconds to load: only where they are used)
"""Quantiles, and the estimate with a symmetric interval, on the plain or the log scale."""

import math


def normal_quantile(conf_level: float) -> float:
    """Two-sided quantile of the standard normal distribution, 1.96 at 0.95."""
    from scipy.special import ndtri

    return float(-ndtri((1 - conf_level) / 2))


def t_quantile(conf_level: float, df: float) -> float:
    """Two-sided quantile of Student's t distribution."""
    from scipy.special import stdtrit

    return float(-stdtrit(df, (1 - conf_level) / 2))


def normal_p_value(z: float) -> float:
    """Two-sided p-value of a standard normal statistic."""
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


def t_p_value(t: float, df: float) -> float:
    """Two-sided p-value of a t statistic."""
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(t)))


def chi_square_p_value(chi_square: float, df: int) -> float:
    """Upper tail probability of a chi-square statistic."""
    from scipy.special import chdtrc

    return float(chdtrc(df, chi_square))


def f_p_value(f: float, df_numerator: int, df_denominator: int) -> float:
    """Upper tail probability of an F statistic."""
    from scipy.special import fdtrc

    return float(fdtrc(df_numerator, df_denominator, f))


def finite_or_none(number: float) -> float | None:
    """Return the number as a Python float, or ``None`` where it is NaN or infinite."""
    return float(number) if math.isfinite(number) else None
