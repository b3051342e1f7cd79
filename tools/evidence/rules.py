"""The page of a rule of change."""

from collections.abc import Mapping

from evidence.text import Sources, made, options_table, page, section, table
from evidence.vectors import vectors
from myotrial.criteria.change.rules import Rule
from myotrial.model.condition import describe
from myotrial.study.tables import load_tables

TESTED = """\
Every comparison of the rule is checked at every pair of values of its measure against exact fractions
([figures](../exhaustive.md)). The common suite runs over every rule: better never turns a met rule into one that is
not met (for worsening, never the other way round), a value in the place of an unknown never contradicts the answer
before, and the order of rows, one subject against many and the units make no difference."""

MISSING = """\
The answer is true, false or unknown. A missing value may be anything in the measure's range: where every value gives
the same answer, that is the answer; else it is unknown, and so is the whole rule wherever it matters. Counts become
intervals."""


def rule_page(rule: Rule) -> str:
    """Return the page."""
    sources = Sources()
    settled = rule.settle({})
    labels = _labels(rule)
    measures = table(
        ("measure", "column", "better", "source"),
        (
            (name.replace("_", " "), f"`{measure.column}`" if measure.column else "the enzyme followed",
             load_tables()["visits"].column(measure.column).better or "" if measure.column else "lower",
             sources.mark(measure.source))
            for name, measure in settled.measures.items()
        ),
    )  # fmt: skip
    numbers = table(
        ("parameter", "what it is", "value", "possible", "source"),
        (
            (f"`{name}`", option.label, f"{option.default:g}", f"{option.low:g} to {option.high:,.10g}",
             sources.mark(option.source))
            for name, option in rule.parameters.items()
        ),
    )  # fmt: skip
    named = [f"- **{name.replace('_', ' ')}**: {describe(part, labels)}" for name, part in settled.parts.items()]
    whole = "Any of these:" if named else f"Met where {describe(settled.tree, labels)}."
    parts = [
        made("rule of change", rule.id, rule.sha256),
        *section("The rule, as the defaults have it", whole, "\n".join(named), _counted(settled.counted, labels)),
        *section("Numbers", "Each can be given another value, like an option.", numbers),
        *section("Measures", measures),
        *section("What no source settles", options_table(rule.options, sources)
                 or "Nothing: the source gives every number."),
        *section("What is missing", MISSING),
        *vectors("rules", rule.id, TESTED, sources),
    ]  # fmt: skip
    return page(rule.title, parts, sources)


def _labels(rule: Rule) -> dict[str, str]:
    return {name: name.replace("_", " ") for name in rule.measures}


def _counted(counted: Mapping[str, tuple[object, ...]], labels: Mapping[str, str]) -> str:
    lines = [
        f"- **{group}**: " + "; ".join(describe(leaf, labels) for leaf in leaves) for group, leaves in counted.items()
    ]
    return "Counted, and shown measure by measure:\n\n" + "\n".join(lines) if lines else ""
