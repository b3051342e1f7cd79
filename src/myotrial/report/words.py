"""One result row in words: its value, its interval, and what cannot be estimated."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from myotrial.report.kinds import SPREAD, kind_of
from myotrial.report.numbers import (
    NOT_ESTIMABLE,
    SPACE,
    write_count,
    write_level,
    write_number,
    write_p,
    write_percent,
    write_points,
    write_significant,
)

Row = dict[str, Any]
Writer = Callable[[float | None], str]

EVENTS_IN = re.compile(r"; ([\d,]+ events in [^;]+)$")
"""The end of a rate's method: what it was counted from."""


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


def known(value: float | None) -> bool:
    """Whether a number is there and finite."""
    return value is not None and math.isfinite(value)


def writer(statistic: str, places: int) -> Writer:
    """Return how the values of a statistic are written; ``places`` counts for means of a measure."""
    fixed: dict[str, Writer] = {
        "share": write_percent,
        "points": write_points,
        "days": write_count,
        "count": write_count,
        "rate": write_significant,
        "ratio": lambda number: write_number(number, 2),
    }
    return fixed.get(kind_of(statistic).style) or (lambda number: write_number(number, places))


def write_interval(row: Row, places: int, *, level: bool = True) -> str:
    """Write a row's confidence interval, or nothing where it has none; an open end is said in words."""
    low, high = (row[name] if known(row[name]) else None for name in ("low", "high"))
    if low is None and high is None:
        return ""
    write = writer(row["statistic"], places)
    if low is not None and high is not None:
        first = write_points if kind_of(row["statistic"]).style == "share" else write
        ends = f"{first(low)} to {write(high)}"
    else:
        ends = f"{write(low)} or more" if high is None else f"{write(high)} or less"
    return f"{write_level(row['conf_level'])} interval {ends}" if level else ends


def write_value(row: Row, places: int) -> str:
    """Write a row's estimate with its unit, counts before a share."""
    statistic = row["statistic"]
    if not known(row["estimate"]):
        return NOT_ESTIMABLE
    text = writer(statistic, places)(row["estimate"])
    if statistic == "number":
        return f"{text} of {row['n']}"
    if statistic == "proportion" and row["n_event"] is not None and row["n"] is not None:
        return f"{row['n_event']}/{row['n']} ({text})"
    return f"{text} {kind_of(statistic).unit}".strip()


def arm_lines(rows: Sequence[Row], places: int) -> list[Line]:
    """Return what is known of one arm at one visit and level."""
    lines = [_arm_line(row, places) for row in rows if row["statistic"] not in SPREAD]
    spread = _spread(rows, places)
    return [*lines, Line("", "", spread)] if spread else lines


def _arm_line(row: Row, places: int) -> Line:
    parts = [write_interval(row, places), _counted(row)]
    if row["n_missing"]:
        parts.append(f"{row['n_missing']}{SPACE}unknown")
    label = kind_of(row["statistic"]).label
    return Line(label, write_value(row, places), "; ".join(part for part in parts if part), row["warnings"] or "")


def _counted(row: Row) -> str:
    """Say how many are in an estimate, where its value does not."""
    statistic = row["statistic"]
    if statistic == "rate_bootstrap" or (statistic == "number" and known(row["estimate"])):
        return ""
    if statistic == "median_time" and row["n_event"] is not None:
        return f"{row['n_event']} of {row['n']} with the event"
    if statistic == "rate" and (found := EVENTS_IN.search(row["method"] or "")):
        return f"{found.group(1)}; n{SPACE}={SPACE}{write_count(row['n'])}"
    if statistic != "proportion" or row["n_event"] is None:
        return f"n{SPACE}={SPACE}{write_count(row['n'])}"
    return ""


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


def comparison_line(row: Row, places: int, versus: str = "", method: str = "") -> Line:
    """Return a comparison in one line.

    ``versus`` names the arms where there are more than two, ``method`` what sets it apart from others of its kind.
    """
    kind = kind_of(row["statistic"])
    p_value = write_p(row["p_value"]) if row["p_value"] is not None else ""
    tested = kind.always_test or bool(kind.test and p_value and not known(row["estimate"]))
    label = kind.test if tested else kind.label
    label = f"{versus}: {label[:1].lower()}{label[1:]}" if versus else label
    value = (p_value or NOT_ESTIMABLE) if tested else write_value(row, places)
    parts = [write_interval(row, places), "" if tested else p_value, method]
    return Line(label, value, "; ".join(part for part in parts if part), row["warnings"] or "")
