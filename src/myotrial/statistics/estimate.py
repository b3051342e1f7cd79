"""The estimate: one number with its interval, its p-value and the name of its method."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

NOT_ESTIMABLE = "not estimable"


def format_number(number: float | None) -> str:
    """Write a number with four significant digits; ``None`` is "not estimable"."""
    return NOT_ESTIMABLE if number is None else f"{number:.4g}"


def format_p(p_value: float | None) -> str:
    """Write a p-value with its sign of relation, for example ``p = 0.0312`` or ``p < 0.0001``."""
    if p_value is None:
        return f"p {NOT_ESTIMABLE}"
    return "p < 0.0001" if p_value < 0.0001 else f"p = {p_value:.4f}"


def render_html_table(caption: str, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Write a small HTML table: a caption, one header row and the rows, all text escaped."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Estimate:
    """One estimated number.

    No field ever holds NaN or infinity. What cannot be estimated is ``None``, and ``warnings`` says why;
    what the method does not provide (an interval without a test, a test without an interval) is ``None``
    without a warning.

    Attributes
    ----------
    value
        The estimate, in the unit of what was estimated.
    low, high
        Ends of the confidence interval. One end alone may be ``None``: the interval is open there.
    conf_level
        Confidence level of the interval, between 0 and 1; ``None`` where there is no interval.
    se
        Standard error; for an odds ratio and a risk ratio that of its natural logarithm.
    p_value
        Two-sided p-value of no effect, between 0 and 1.
    n
        Number of observations used.
    method
        The methods, in words.
    warnings
        What could not be estimated or was altered, and why.

    Raises
    ------
    ValueError
        A number is NaN or infinite.

    Examples
    --------
    >>> Estimate(value=0.35, low=0.167, high=0.532, conf_level=0.95, n=95, method="Wald interval")
    Estimate: 0.35 (95 % CI 0.167 to 0.532), n = 95 [Wald interval]
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    conf_level: float | None = None
    se: float | None = None
    p_value: float | None = None
    n: int
    method: str
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("value", "low", "high", "conf_level", "se", "p_value"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{name}: got {number}; expected a finite number, or None with a warning")

    def __repr__(self) -> str:
        return f"Estimate: {self._summary()} [{self.method}]"

    def _summary(self) -> str:
        """Say the numbers in one line: value, interval, p-value, n."""
        parts = [format_number(self.value)]
        if self.low is not None or self.high is not None:
            parts[0] += f" ({self._interval_name()} {self._interval()})"
        if self.p_value is not None:
            parts.append(format_p(self.p_value))
        parts.append(f"n = {self.n}")
        if self.warnings:
            parts.append(f"{len(self.warnings)} warning" + "s" * (len(self.warnings) > 1))
        return ", ".join(parts)

    def _interval_name(self) -> str:
        return "CI" if self.conf_level is None else f"{100 * self.conf_level:g} % CI"

    def _interval(self) -> str:
        return f"{format_number(self.low)} to {format_number(self.high)}"

    def _repr_html_(self) -> str:
        rows = [("estimate", format_number(self.value))]
        if self.low is not None or self.high is not None:
            rows.append((self._interval_name(), self._interval()))
        if self.se is not None:
            rows.append(("standard error", format_number(self.se)))
        if self.p_value is not None:
            rows.append(("p-value", format_p(self.p_value)))
        rows.append(("n", str(self.n)))
        rows.extend(("warning", warning) for warning in self.warnings)
        return render_html_table(self.method, ("", ""), rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, ready for JSON.

        Examples
        --------
        >>> Estimate(value=None, n=0, method="mean", warnings=("no values",)).to_dict()["warnings"]
        ['no values']
        """
        return {**asdict(self), "warnings": list(self.warnings)}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ChiSquareTest:
    """One test with a chi-square statistic, which has no estimate of its own.

    Attributes
    ----------
    chi_square, df, p_value
        Statistic, its degrees of freedom and p-value; ``None`` where there is nothing to compare.
    n
        Number of observations used.
    method
        The test, in words.
    warnings
        What could not be done, and why.

    Examples
    --------
    >>> ChiSquareTest(chi_square=6.25, df=2, p_value=0.0439, n=60, method="test of location")
    ChiSquareTest: chi-square 6.25 on 2 df, p = 0.0439, n = 60 [test of location]
    """

    chi_square: float | None
    df: int | None
    p_value: float | None
    n: int
    method: str
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        statistic = f"chi-square {format_number(self.chi_square)} on {self.df} df"
        return f"ChiSquareTest: {statistic}, {format_p(self.p_value)}, n = {self.n} [{self.method}]"

    def _repr_html_(self) -> str:
        rows = [
            ("chi-square", format_number(self.chi_square)),
            ("df", str(self.df)),
            ("p-value", format_p(self.p_value)),
        ]
        rows.append(("n", str(self.n)))
        rows.extend(("warning", warning) for warning in self.warnings)
        return render_html_table(self.method, ("", ""), rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, ready for JSON."""
        return {**asdict(self), "warnings": list(self.warnings)}
