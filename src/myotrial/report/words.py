"""One result row in words: its value, its interval, and what cannot be estimated."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
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
    write_p_value,
    write_percent,
    write_points,
    write_significant,
)

Row = dict[str, Any]
Writer = Callable[[float | None], str]

EVENTS_IN = re.compile(r"; ([\d,]+ events in [^;]+)$")
"""The end of a rate's method: what it was counted from."""


@dataclass(frozen=True, slots=True)
class Detail:
    """What is told beside a value: its name and its text for a table row of its own, and both as they are said."""

    name: str
    text: str
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table cell: a label, the value in bold, the rest, and a warning.

    Attributes
    ----------
    label, value, details, warning
        As they are said. A detail without a name belongs to ``name``.
    name, figure
        The same in a table row of its own: what it is called with its unit, and the value without it. Without a figure
        the details are told of the row of that name.
    arm, reference
        Whose it is: of one arm, or of an arm against the reference.
    """

    label: str
    value: str
    details: tuple[Detail, ...] = ()
    warning: str = ""
    name: str = ""
    figure: str = ""
    arm: str | None = None
    reference: str | None = None

    @property
    def rest(self) -> str:
        """What is said after the value."""
        return "; ".join(detail.said for detail in self.details)

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


def write_value(row: Row, places: int, *, unit: bool = True) -> str:
    """Write a row's estimate with its unit, counts before a share."""
    statistic = row["statistic"]
    if not known(row["estimate"]):
        return NOT_ESTIMABLE
    text = writer(statistic, places)(row["estimate"])
    if statistic == "number":
        return f"{text} of {row['n']}"
    if statistic == "proportion" and row["n_event"] is not None and row["n"] is not None:
        return f"{row['n_event']}/{row['n']} ({text})"
    return f"{text} {kind_of(statistic).unit}".strip() if unit else text


def arm_lines(rows: Sequence[Row], places: int) -> list[Line]:
    """Return what is known of one arm at one visit and level."""
    lines = [_arm_line(row, places) for row in rows if row["statistic"] not in SPREAD]
    spread = tuple(_spread(rows, places))
    if spread:
        lines.append(Line("", "", spread, name=kind_of("mean").name, arm=rows[0]["arm"]))
    return lines


def _arm_line(row: Row, places: int) -> Line:
    details = [*_interval(row, places), *_counted(row)]
    if row["n_missing"]:
        missing = write_count(row["n_missing"])
        details.append(Detail("Unknown", missing, f"{missing}{SPACE}unknown"))
    kind = kind_of(row["statistic"])
    return Line(
        kind.label,
        write_value(row, places),
        tuple(details),
        row["warnings"] or "",
        kind.name,
        write_value(row, places, unit=False),
        row["arm"],
    )


def _interval(row: Row, places: int) -> Iterator[Detail]:
    if ends := write_interval(row, places, level=False):
        yield Detail(f"{write_level(row['conf_level'])} interval", ends, write_interval(row, places))


def _counted(row: Row) -> Iterator[Detail]:
    """Yield how many are in an estimate, where its value does not say so."""
    statistic = row["statistic"]
    if statistic == "rate_bootstrap" or (statistic == "number" and known(row["estimate"])):
        return
    n = write_count(row["n"])
    if statistic == "median_time" and row["n_event"] is not None:
        share = f"{row['n_event']} of {row['n']}"
        yield Detail("With the event", share, f"{share} with the event")
        return
    if statistic == "rate" and (found := EVENTS_IN.search(row["method"] or "")):
        yield Detail("Counted", found.group(1), found.group(1))
    if statistic != "proportion" or row["n_event"] is None:
        yield Detail("n", n, f"n{SPACE}={SPACE}{n}")


def _spread(rows: Sequence[Row], places: int) -> Iterator[Detail]:
    values = {row["statistic"]: row["estimate"] for row in rows if row["statistic"] in SPREAD}
    for statistic, name in (("sd", "SD"), ("median", "median")):
        if values.get(statistic) is not None:
            text = write_number(values[statistic], places)
            yield Detail(name[:1].upper() + name[1:], text, f"{name} {text}")
    if values.get("minimum") is not None and values.get("maximum") is not None:
        text = f"{write_number(values['minimum'], places)} to {write_number(values['maximum'], places)}"
        yield Detail("Range", text, f"range {text}")


def comparison_line(row: Row, places: int, versus: str = "", method: str = "") -> Line:
    """Return a comparison in one line.

    ``versus`` names the arms where there are more than two, ``method`` what sets it apart from others of its kind.
    """
    kind = kind_of(row["statistic"])
    p_value = write_p(row["p_value"]) if row["p_value"] is not None else ""
    tested = kind.always_test or bool(kind.test and p_value and not known(row["estimate"]))
    label = kind.test if tested else kind.label
    details = [*_interval(row, places)]
    if p_value and not tested:
        details.append(Detail("p-value", write_p_value(row["p_value"]), p_value))
    if method:
        details.append(Detail("", "", method))
    figure = write_p_value(row["p_value"]) if tested else write_value(row, places, unit=False)
    return Line(
        f"{versus}: {label[:1].lower()}{label[1:]}" if versus else label,
        (p_value or NOT_ESTIMABLE) if tested else write_value(row, places),
        tuple(details),
        row["warnings"] or "",
        ", ".join(part for part in (f"{label}, p-value" if tested else kind.name, method) if part),
        figure,
        row["arm"],
        row["reference"],
    )
