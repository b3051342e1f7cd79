"""The five elements of an outcome, recognised in its words: domain, measurement, metric, aggregation, time point.

The words are data (``registry/outcome_elements.yaml``). An element that is not recognised is ``None``, and whoever
compares falls back on the text.
"""

import re
from functools import cache
from typing import Any, Literal

from myotrial.model.data import load_data
from myotrial.model.source import Record
from myotrial.registry.compare.time_points import TimePoints, read_time_points
from myotrial.registry.compare.words import tokens
from myotrial.registry.parts import RegisteredOutcome

Element = Literal["domain", "measurement", "metric", "aggregation", "time point"]
"""The five elements, after Zarin and others (N Engl J Med 2011;364:852)."""

ELEMENTS: tuple[Element, ...] = ("domain", "measurement", "metric", "aggregation", "time point")

_THRESHOLD = re.compile(
    r"(≥|≤|<|>|=|at least|more than|less than|no more than)\s*(\d+(?:\.\d+)?)\s*(%|percent|points?)?"
)
_LEFT_OUT = re.compile(r"\((?:except|excluding|without)\b[^()]*\)", re.IGNORECASE)
_AT_A_TIME = re.compile(
    r"\b(?:at|from|up to|through|until|after|by|over)\s+(?:baseline\b.{0,12})?"
    r"(?:week|month|day|year|visit)s?\s*\d+\b",
    re.IGNORECASE,
)
_SIGNS = {"at least": "≥", "more than": ">", "less than": "<", "no more than": "≤"}


class Elements(Record):
    """What an outcome measures.

    Attributes
    ----------
    domain, measurement
        What is measured, by which instruments; empty where no word of the table is found.
    metric
        The form it is used in: its value, change from baseline, time to event ...
    thresholds
        The limits that the title sets, as they stand there ("≥ 25 %").
    aggregation
        How the people's values are put together: mean, proportion ...
    time_points
        When.
    """

    domain: tuple[str, ...] = ()
    measurement: tuple[str, ...] = ()
    metric: str | None = None
    thresholds: tuple[str, ...] = ()
    aggregation: str | None = None
    time_points: TimePoints | None = None

    def words(self, element: Element) -> str | None:
        """Return an element in words, ``None`` where it was not recognised."""
        if element == "domain":
            return ", ".join(self.domain) or None
        if element == "measurement":
            return ", ".join(self.measurement) or None
        if element == "metric":
            return " ".join((self.metric, ", ".join(self.thresholds))).strip() if self.metric else None
        if element == "aggregation":
            return self.aggregation
        return str(self.time_points) if self.time_points else None


def read_elements(outcome: RegisteredOutcome) -> Elements:
    """Recognise the elements of an outcome: in its title, and where the title names none, in its description.

    Examples
    --------
    >>> title = "Mean changes from Baseline in CDASI total activity score"
    >>> found = read_elements(RegisteredOutcome(role="secondary", position=1, title=title,
    ...                                         time_frame="Up to week 25", start=0, end=1))
    >>> [found.words(element) for element in ELEMENTS]
    ['skin', 'CDASI activity', 'change from baseline', 'mean', 'over the time to week 25']
    """
    title, description = _plain(outcome.title), _plain(outcome.description or "")
    measurement = _measurements(title)
    if not measurement or all(entry.get("weak") for entry in measurement):
        measurement = _measurements(description) or measurement
    metric = _first("metrics", title) or _first("metrics", description)
    return Elements(
        domain=tuple(dict.fromkeys(sorted(entry["domain"] for entry in measurement))),
        measurement=tuple(sorted(entry["id"] for entry in measurement)),
        metric=metric,
        thresholds=_thresholds(title),
        aggregation=_first("aggregations", title) or _first("aggregations", description),
        time_points=read_time_points(outcome.time_frame) or read_time_points(_when(outcome.title)),
    )


def _measurements(text: str) -> list[dict[str, Any]]:
    """Return the measurements of a text, each once; longer words win over shorter ones inside them."""
    found: list[tuple[int, int, dict[str, Any]]] = []
    for entry, patterns in _vocabulary():
        found += [(*match.span(), entry) for pattern in patterns for match in pattern.finditer(text)]
    found.sort(key=lambda hit: (hit[0] - hit[1], hit[0]))
    taken: list[tuple[int, int]] = []
    kept: dict[str, dict[str, Any]] = {}
    for start, end, entry in found:
        if all(end <= first or start >= last for first, last in taken):
            taken.append((start, end))
            kept[entry["id"]] = entry
    entries = list(kept.values())
    if any(not entry.get("weak") for entry in entries):
        entries = [entry for entry in entries if not entry.get("weak")]
    if len(entries) > 2 and any(entry.get("composite") for entry in entries):
        entries = [entry for entry in entries if entry.get("composite")]
    return entries


@cache
def _vocabulary() -> list[tuple[dict[str, Any], list[re.Pattern[str]]]]:
    entries = load_data("registry", "outcome_elements.yaml")["measurements"]
    return [(entry, [re.compile(pattern) for pattern in entry["patterns"]]) for entry in entries]


@cache
def _ordered(name: str) -> list[tuple[str, list[re.Pattern[str]]]]:
    rows = load_data("registry", "outcome_elements.yaml")[name]
    return [(row["id"], [re.compile(pattern) for pattern in row["patterns"]]) for row in rows]


def _first(name: str, text: str) -> str | None:
    return next((id_ for id_, patterns in _ordered(name) if any(p.search(text) for p in patterns)), None)


def _thresholds(text: str) -> tuple[str, ...]:
    found = {
        " ".join(part for part in (_SIGNS.get(sign, sign), number, "%" if unit in {"%", "percent"} else "") if part)
        for sign, number, unit in _THRESHOLD.findall(text)
    }
    return tuple(sorted(found))


def _plain(text: str) -> str:
    """Return the words of a text without what it leaves out in brackets ("except muscle enzymes")."""
    return " ".join(tokens(_LEFT_OUT.sub(" ", text)))


def _when(title: str) -> str | None:
    """Return the words of a title that tell a time: "at Week 24"."""
    found = _AT_A_TIME.search(title)
    return found[0] if found else None
