"""The page of a set of response criteria."""

from collections.abc import Iterable
from itertools import pairwise

from evidence.text import Sources, made, options_table, page, section, table
from evidence.vectors import vectors
from myotrial.criteria.rules import Criteria, Measure

TESTED = """\
Every pair of values of every measure, and the enzymes around every edge, are compared with exact fractions that were
programmed a second time from the published table ([figures](exhaustive.md)). No published example of one patient's
measures and score was found, so none is reproduced."""

MISSING = """\
A measure that is missing at either visit makes the score an interval, from nothing to all that it could still give;
it is never taken as 0 unless the option says so. A category is given where both ends of the interval lie in it."""


def criteria_page(criteria: Criteria) -> str:
    """Return the page."""
    sources = Sources()
    measures = _measures(criteria)
    points = (
        "Improvement is the change toward better as a percentage of the measure's range. An edge belongs to the band "
        "below it; worsening gives nothing and takes nothing away."
    )
    bands = _points(measures, sources)
    edges = table(
        ("category", "score of at least"), ((name, f"{edge:g}") for name, edge in criteria.thresholds.items())
    )
    reached = sources.mark(criteria.thresholds_source)
    ranges = table(
        ("measure", "column", "better", "range", "source"),
        (
            (measure.label, f"`{measure.column}`" if measure.column else "the enzymes", measure.better,
             _range(measure), sources.mark(measure.range.source))
            for measure in measures
        ),
    )  # fmt: skip
    parts = [
        made("response criteria", criteria.id, criteria.sha256),
        *section("Points", points, *bands, _instead(criteria)),
        *section("Categories", edges, f"Source: {reached}"),
        *section("Ranges", ranges),
        *section("What no source settles", "Each is an option; its value is printed with every result.",
                 options_table(criteria.options, sources)),
        *section("What is missing", MISSING),
        *vectors("criteria", criteria.id, TESTED, sources),
    ]  # fmt: skip
    return page(criteria.title, parts, sources)


def _measures(criteria: Criteria) -> list[Measure]:
    """Return every measure that may stand in a row, those of an option's other choices included."""
    others = [measure for choices in criteria.choices.values() for measure in choices.values()]
    found: list[Measure] = []
    for measure in criteria.measures:
        found.append(measure)
        found += [other for other in others if other.bands == measure.bands and other.id != measure.id]
    return list({measure.id: measure for measure in found}.values())


def _instead(criteria: Criteria) -> str:
    told = [
        f"`{name}` says which of {' and '.join(measure.label for measure in choices.values())} counts."
        for name, choices in criteria.choices.items()
    ]
    return "\n".join(told)


def _points(measures: Iterable[Measure], sources: Sources) -> list[str]:
    blocks: dict[tuple[float, ...], list[Measure]] = {}
    for measure in measures:
        blocks.setdefault(measure.bands.edges_percent, []).append(measure)
    return [_block(edges, group, sources) for edges, group in blocks.items()]


def _block(edges: tuple[float, ...], group: list[Measure], sources: Sources) -> str:
    bands = [f"up to {edges[0]:g} %", *(f"> {low:g} to {high:g} %" for low, high in pairwise(edges))]
    rows = (
        (measure.label, *(f"{points:g}" for points in measure.bands.points), sources.mark(measure.bands.source))
        for measure in group
    )
    return table(("measure", *bands, f"> {edges[-1]:g} %", "source"), rows)


def _range(measure: Measure) -> str:
    span = measure.range
    if span.high is not None:
        return f"{span.low:g} to {span.high:g} {span.unit}"
    if span.high_column:
        return f"{span.low:g} to `{span.high_column}` ({span.default:g} unless it is given) {span.unit}"
    return f"in {span.unit}" if span.unit.startswith("multiples") else span.unit
