"""The evidence section: what the score is, from the data file of its rule and the one of what is known beside it."""

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Any

from myotrial.criteria.change.rules import load_rule
from myotrial.criteria.rules import Criteria, Measure, load_criteria
from myotrial.instruments.describe import STATUS
from myotrial.model.data import load_data
from myotrial.model.source import Record, Source
from myotrial.web.tis.rows import RULES
from myotrial.web.tis.texts import say_option


class Statement(Record):
    """A sentence with its source; ``variants`` says where it holds, everywhere if empty."""

    text: str
    variants: tuple[str, ...] = ()
    source: Source


class Performance(Record):
    """Sensitivity and specificity of a category, in percent as printed."""

    category: str
    sensitivity: str
    specificity: str
    variants: tuple[str, ...]
    source: Source


class Tested(Record):
    """How the rule was tested: the page of evidence, and how many pairs of values it compares by variant."""

    page: str
    pairs: dict[str, int]
    how: str


class Evidence(Record):
    """What is known of response criteria beside their rule, in the order in which it is shown."""

    id: str
    sources: dict[str, Source]
    measures: tuple[Statement, ...]
    use: tuple[Statement, ...]
    not_use: tuple[Statement, ...]
    derivation: tuple[Statement, ...]
    performance: tuple[Performance, ...]
    problems: tuple[Statement, ...]
    tested: Tested


@cache
def load_evidence() -> Evidence:
    """Return what is known of the 2016 ACR/EULAR criteria."""
    return Evidence(**load_data("criteria", "evidence", "acr-eular-2016.yaml"))


class References:
    """The sources of a page, numbered in the order in which they are named."""

    def __init__(self) -> None:
        self.held: list[Source] = []

    def number(self, source: Source) -> str:
        """Return the number of a source with its status, for example ``[2] read``."""
        if source not in self.held:
            self.held.append(source)
        return f"[{self.held.index(source) + 1}] {source.status.replace('_', ' ')}"


@cache
def evidence_of(variant: str) -> dict[str, Any]:
    """Return what the section shows for a variant; made once."""
    known, criteria, refs = load_evidence(), load_criteria(variant), References()

    def told(statements: Iterable[Statement]) -> list[tuple[str, str]]:
        held = [each for each in statements if not each.variants or variant in each.variants]
        return [(each.text, refs.number(each.source)) for each in held]

    return {
        "title": criteria.title,
        "measures": told(known.measures),
        "use": told(known.use),
        "not_use": told(known.not_use),
        "tables": _tables(criteria, refs),
        "thresholds": criteria.thresholds,
        "thresholds_source": refs.number(criteria.thresholds_source),
        "options": [(each.label, say_option(each.default, each.choices), refs.number(each.source))
                    for each in criteria.options.values()],
        "derivation": told(known.derivation),
        "performance": [(row.category, row.sensitivity, row.specificity, refs.number(row.source))
                        for row in known.performance if variant in row.variants],
        "problems": told(known.problems),
        "rules": [(load_rule(name).title, f"docs/evidence/rules/{name}.md") for name in RULES[variant]],
        "tested": known.tested, "pairs": known.tested.pairs[variant], "page": f"docs/evidence/{variant}.md",
        "references": [(source, STATUS[source.status]) for source in refs.held],
    }  # fmt: skip


def _tables(criteria: Criteria, refs: References) -> list[dict[str, Any]]:
    """Return the table of the rule, measures with the same edges together."""
    by_edges: dict[tuple[float, ...], list[Measure]] = {}
    for measure in criteria.measures:
        by_edges.setdefault(measure.bands.edges_percent, []).append(measure)
    tables = []
    for edges, measures in by_edges.items():
        between = [f"> {low:g} to {high:g} %" for low, high in pairwise(edges)]
        heads = [f"up to {edges[0]:g} %", *between, f"> {edges[-1]:g} %"]
        rows = [(each.label, _range(each), each.bands.points, refs.number(each.bands.source),
                 refs.number(each.range.source)) for each in measures]  # fmt: skip
        tables.append({"heads": heads, "rows": rows})
    return tables


def _range(measure: Measure) -> str:
    span = measure.range
    if span.high_column:
        return f"{span.low or 0:g} to the highest possible ({span.default:g})"
    if span.high is not None and span.low is not None:
        return f"{span.low:g} to {span.high:g} {span.unit}"
    return span.unit
