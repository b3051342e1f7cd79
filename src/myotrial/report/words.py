"""One result row in words: its value, its interval, and what cannot be estimated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from myotrial.report.numbers import (
    NOT_ESTIMABLE,
    SPACE,
    write_count,
    write_level,
    write_number,
    write_p,
    write_percent,
    write_points,
)

Row = dict[str, Any]
Writer = Callable[[float | None], str]

SPREAD = ("sd", "median", "minimum", "maximum")
"""What is told beside a mean, in one line."""

PER_ARM = frozenset({"proportion", "mean", "ls_mean", "mmrm_mean", "median_time", *SPREAD})
"""The statistics of one arm; all others compare arms."""

LABELS = {
    "proportion": "",
    "mean": "Mean",
    "ls_mean": "Adjusted mean",
    "mmrm_mean": "Mean by the mixed model",
    "median_time": "Median",
    "risk_difference": "Difference",
    "stratified_risk_difference": "Stratified difference",
    "cmh": "Common odds ratio",
    "odds_ratio": "Odds ratio",
    "mean_difference": "Difference of means",
    "ls_mean_difference": "Difference of adjusted means",
    "mmrm_difference": "Difference by the mixed model",
    "log_rank": "Log-rank test",
}
"""How a statistic is called."""

UNITS = {
    "median_time": "days",
    "risk_difference": "percentage points",
    "stratified_risk_difference": "percentage points",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table cell: a label, the value in bold, the rest, and a warning."""

    label: str
    value: str
    rest: str = ""
    warning: str = ""

    def text(self) -> str:
        """Return the line as plain text."""
        told = f"{self.label} {self.value}".strip()
        return f"{told}, {self.rest}" if self.rest else told


def writer(statistic: str, places: int) -> Writer:
    """Return how the values of a statistic are written; ``places`` counts for means of a measure."""
    if statistic == "proportion":
        return write_percent
    if statistic in {"risk_difference", "stratified_risk_difference"}:
        return write_points
    if statistic == "median_time":
        return write_count
    if statistic in {"odds_ratio", "cmh"}:
        return lambda number: write_number(number, 2)
    return lambda number: write_number(number, places)


def write_interval(row: Row, places: int, *, level: bool = True) -> str:
    """Write a row's confidence interval, or nothing where it has none; an open end is said in words."""
    low, high = row["low"], row["high"]
    if low is None and high is None:
        return ""
    write = writer(row["statistic"], places)
    if low is not None and high is not None:
        first = write_points if row["statistic"] == "proportion" else write
        ends = f"{first(low)} to {write(high)}"
    else:
        ends = f"{write(low)} or more" if high is None else f"{write(high)} or less"
    return f"{write_level(row['conf_level'])} interval {ends}" if level else ends


def write_value(row: Row, places: int) -> str:
    """Write a row's estimate with its unit, counts before a share."""
    statistic = row["statistic"]
    if row["estimate"] is None:
        return NOT_ESTIMABLE
    text = writer(statistic, places)(row["estimate"])
    if statistic == "proportion" and row["n_event"] is not None and row["n"] is not None:
        return f"{row['n_event']}/{row['n']} ({text})"
    return f"{text} {UNITS[statistic]}" if statistic in UNITS else text


def arm_lines(rows: Sequence[Row], places: int) -> list[Line]:
    """Return what is known of one arm at one visit and level."""
    lines = [_arm_line(row, places) for row in rows if row["statistic"] not in SPREAD]
    spread = _spread(rows, places)
    return [*lines, Line("", "", spread)] if spread else lines


def _arm_line(row: Row, places: int) -> Line:
    parts = [write_interval(row, places)]
    statistic = row["statistic"]
    if statistic == "median_time" and row["n_event"] is not None:
        parts.append(f"{row['n_event']} of {row['n']} with the event")
    elif statistic != "proportion" or row["n_event"] is None:
        parts.append(f"n{SPACE}={SPACE}{write_count(row['n'])}")
    if row["n_missing"]:
        parts.append(f"{row['n_missing']}{SPACE}unknown")
    label = LABELS.get(statistic, statistic.replace("_", " "))
    return Line(label, write_value(row, places), "; ".join(part for part in parts if part), row["warnings"] or "")


def _spread(rows: Sequence[Row], places: int) -> str:
    values = {row["statistic"]: row["estimate"] for row in rows if row["statistic"] in SPREAD}
    parts = []
    if values.get("sd") is not None:
        parts.append(f"SD {write_number(values['sd'], places)}")
    if values.get("median") is not None:
        parts.append(f"median {write_number(values['median'], places)}")
    if values.get("minimum") is not None and values.get("maximum") is not None:
        parts.append(f"range {write_number(values['minimum'], places)} to {write_number(values['maximum'], places)}")
    return "; ".join(parts)


def comparison_line(row: Row, places: int, versus: str = "") -> Line:
    """Return a comparison in one line; ``versus`` names the arms where there are more than two."""
    statistic = row["statistic"]
    label = LABELS.get(statistic, statistic.replace("_", " "))
    label = f"{versus}: {label[:1].lower()}{label[1:]}" if versus else label
    p_value = write_p(row["p_value"]) if row["p_value"] is not None else ""
    tested = statistic == "log_rank" or (statistic == "cmh" and row["estimate"] is None)
    value = (p_value or NOT_ESTIMABLE) if tested else write_value(row, places)
    parts = [write_interval(row, places), "" if tested else p_value]
    if statistic == "cmh" and tested:
        label = label.replace("Common odds ratio", "Cochran-Mantel-Haenszel test")
    return Line(label, value, "; ".join(part for part in parts if part), row["warnings"] or "")
