"""Means of one and two groups with t intervals, and the summary of a set of values.

The t distribution is SciPy's; sums and the Welch–Satterthwaite degrees of freedom are written here.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from myotrial.statistics._arguments import as_numbers, check_conf_level
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import t_p_value, t_quantile
from myotrial.statistics.estimate import Estimate, format_number, render_html_table

QUANTILE_DEFINITION = "inverse of the empirical distribution with averaging (R type 2, SAS QNTLDEF=5)"
_NO_SPREAD = "all values are equal: the standard error is zero and gives no interval"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Description:
    """Summary of a set of values; what does not exist is ``None``, and ``warnings`` says why.

    Attributes
    ----------
    n
        Number of values.
    mean, sd
        Arithmetic mean and standard deviation (divisor n - 1), in the unit of the values.
    median, q1, q3
        Quartiles by ``quantile_definition``.
    minimum, maximum
        Smallest and largest value.
    quantile_definition
        The definition of the quartiles, in words.
    warnings
        What could not be computed, and why.
    """

    n: int
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    quantile_definition: str = QUANTILE_DEFINITION
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        if self.n == 0:
            return "Description: n = 0"
        return (
            f"Description: n = {self.n}, mean {format_number(self.mean)} (SD {format_number(self.sd)}), median "
            f"{format_number(self.median)} (Q1 {format_number(self.q1)}, Q3 {format_number(self.q3)}), range "
            f"{format_number(self.minimum)} to {format_number(self.maximum)}"
        )

    def _repr_html_(self) -> str:
        names = ("mean", "sd", "median", "q1", "q3", "minimum", "maximum")
        rows = [("n", str(self.n)), *((name, format_number(getattr(self, name))) for name in names)]
        rows.extend(("warning", warning) for warning in self.warnings)
        return render_html_table(f"Quartiles: {self.quantile_definition}", ("", ""), rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, ready for JSON."""
        return {**asdict(self), "warnings": list(self.warnings)}


def describe(values: ArrayLike) -> Description:
    """Summarise a set of values: n, mean, standard deviation, median, quartiles, range.

    Parameters
    ----------
    values
        Finite numbers; leave missing ones out before.

    Returns
    -------
    Description
        With no values everything is ``None``; with one value the standard deviation is.

    Raises
    ------
    ValueError
        A value is missing or infinite.

    Notes
    -----
    Quartiles are those of R's type 2, which is the default of SAS (QNTLDEF=5): the smallest value whose share
    of values at or below it exceeds p, and the mean of two neighbours where the share is p exactly.

    References
    ----------
    .. [1] Hyndman RJ, Fan Y. Am Stat 1996;50:361-365. doi:10.1080/00031305.1996.10473566

    Examples
    --------
    >>> describe([1, 2, 3, 4, 10])
    Description: n = 5, mean 4 (SD 3.536), median 3 (Q1 2, Q3 4), range 1 to 10
    """
    array = as_numbers(values, "values")
    n = len(array)
    if n == 0:
        return Description(n=0, warnings=("there are no values",))
    q1, median, q3 = np.quantile(array, [0.25, 0.5, 0.75], method="averaged_inverted_cdf").tolist()
    return Description(
        n=n,
        mean=float(array.mean()),
        sd=float(array.std(ddof=1)) if n > 1 else None,
        median=median,
        q1=q1,
        q3=q3,
        minimum=float(array.min()),
        maximum=float(array.max()),
        warnings=() if n > 1 else ("one value has no standard deviation",),
    )


def estimate_mean(values: ArrayLike, conf_level: float = 0.95) -> Estimate:
    """Estimate a mean with its t interval.

    Parameters
    ----------
    values
        Finite numbers; leave missing ones out before.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of the values. One value, or values that are all equal, give no interval. There is no
        p-value, as no null value is implied.

    Raises
    ------
    ValueError
        A value is missing or infinite, or the level is not possible.

    References
    ----------
    .. [1] Student. Biometrika 1908;6:1-25. doi:10.1093/biomet/6.1.1

    Examples
    --------
    >>> estimate_mean([1.0, 2.0, 3.0, 4.0])
    Estimate: 2.5 (95 % CI 0.4457 to 4.554), n = 4 [mean with t interval (3 degrees of freedom)]
    """
    with Checks() as check:
        check(check_conf_level, conf_level)
        array = check(as_numbers, values, "values")
    n = len(array)
    method = "mean with t interval"
    if n == 0:
        return Estimate(value=None, n=0, method=method, warnings=("there are no values",))
    value = float(array.mean())
    if n == 1:
        why = "one value has no standard error and no interval"
        return Estimate(value=value, n=1, method=method, warnings=(why,))
    method += f" ({n - 1} {'degree' if n == 2 else 'degrees'} of freedom)"
    if np.ptp(array) == 0:
        return Estimate(value=value, se=0.0, n=n, method=method, warnings=(_NO_SPREAD,))
    se = float(array.std(ddof=1)) / math.sqrt(n)
    half = t_quantile(conf_level, n - 1) * se
    return Estimate(value=value, low=value - half, high=value + half, conf_level=conf_level, se=se, n=n, method=method)


def estimate_mean_difference(
    a: ArrayLike, b: ArrayLike, equal_variances: bool = False, conf_level: float = 0.95
) -> Estimate:
    """Estimate the difference of two independent means, ``a`` minus ``b``, with t interval and test.

    Parameters
    ----------
    a, b
        Finite numbers of the two groups; the lengths may differ.
    equal_variances
        False: Welch's method. True: Student's, with a pooled variance.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of the values; ``n`` counts both groups. Welch's method needs two values in each group,
        Student's three in all.

    Raises
    ------
    ValueError
        A value is missing or infinite, or the level is not possible.

    References
    ----------
    .. [1] Welch BL. Biometrika 1947;34:28-35. doi:10.1093/biomet/34.1-2.28

    Examples
    --------
    >>> estimate_mean_difference([1.0, 2.0, 3.0, 4.0], [3.0, 5.0, 7.0])
    Estimate: -2.5 (95 % CI -6.542 to 1.542), p = 0.1485, n = 7 [difference of two means, Welch t ...]
    """
    with Checks() as check:
        check(check_conf_level, conf_level)
        first, second = check(as_numbers, a, "a"), check(as_numbers, b, "b")
    sizes = len(first), len(second)
    name = "Student t (pooled variance)" if equal_variances else "Welch t (unequal variances)"
    method = f"difference of two means, {name}"
    if 0 in sizes:
        why = tuple(f"{group} has no values" for group, size in zip("ab", sizes, strict=True) if size == 0)
        return Estimate(value=None, n=sum(sizes), method=method, warnings=why)
    value = float(first.mean() - second.mean())
    if sum(sizes) < 3 or (1 in sizes and not equal_variances):
        why = ("too few values for a standard error",)
        return Estimate(value=value, n=sum(sizes), method=method, warnings=why)
    if np.ptp(first) == 0 and np.ptp(second) == 0:
        why = ("the values are equal within each group: the standard error is zero and gives no interval",)
        return Estimate(value=value, se=0.0, n=sum(sizes), method=method, warnings=why)
    squares = tuple(float(((group - group.mean()) ** 2).sum()) for group in (first, second))
    se, df = (_pooled if equal_variances else _welch)(squares, sizes)
    half = t_quantile(conf_level, df) * se
    return Estimate(
        value=value,
        low=value - half,
        high=value + half,
        conf_level=conf_level,
        se=se,
        p_value=t_p_value(value / se, df),
        n=sum(sizes),
        method=f"{method} ({df:.4g} degrees of freedom)",
    )


def _pooled(squares: tuple[float, ...], sizes: tuple[int, int]) -> tuple[float, float]:
    """Return the standard error and degrees of freedom with a pooled variance."""
    df = sum(sizes) - 2
    return math.sqrt(sum(squares) / df * (1 / sizes[0] + 1 / sizes[1])), float(df)


def _welch(squares: tuple[float, ...], sizes: tuple[int, int]) -> tuple[float, float]:
    """Return the standard error and Satterthwaite's degrees of freedom with two variances."""
    parts = [square / (size - 1) / size for square, size in zip(squares, sizes, strict=True)]
    df = sum(parts) ** 2 / sum(part**2 / (size - 1) for part, size in zip(parts, sizes, strict=True))
    return math.sqrt(sum(parts)), df
