"""The page of a classification."""

from collections.abc import Iterator, Mapping
from typing import Any

from evidence.text import Sources, made, options_table, page, section, table
from evidence.vectors import vectors
from myotrial.criteria.classification.facts import load_facts
from myotrial.criteria.classification.fill import fill
from myotrial.criteria.classification.rules import Classification, ScoreRule
from myotrial.model.condition import describe

TESTED = """\
The common suite runs over every classification: a fact in the place of an unknown never contradicts the answer before,
the category of the completed facts is among those that were possible, and the order of rows and one row against many
make no difference."""

MISSING = """\
What was not examined is unknown, not negative. A category is given where every completion of the unknown leads to it;
else `possible` lists those that are left, and the result says what to ask next."""


def classification_page(rule: Classification) -> str:
    """Return the page."""
    sources = Sources()
    settled = rule.settle({})
    resolved = rule.resolve(settled)
    names = {name: column.label for name, column in load_facts().items()}
    plain = {name: f"**{name.replace('_', ' ')}**" for name in rule.groups}
    groups = table(
        ("group", "what it is", "met where", "source"),
        (
            (
                name.replace("_", " "),
                group.label,
                _group(group.rule, resolved.groups[name], {**settled, "agents": list(rule.agents)}, names),
                sources.mark(group.source),
            )
            for name, group in rule.groups.items()
        ),
    )
    categories = table(
        ("category", "", "met where", "source"),
        (
            *(
                (category.name, rule.labels.get(category.name, ""),
                 _words(resolved.categories[category.name], plain), sources.mark(fill(category.source, settled)))
                for category in rule.categories
            ),
            (rule.otherwise, rule.labels.get(rule.otherwise, ""), "none of these", ""),
        ),
    )  # fmt: skip
    hint = f"Beside what is stated, a hint that never takes its place: {_words(resolved.hint, names)}."
    parts = [
        made("classification", rule.id, rule.sha256),
        *(_score(rule.score, names, sources) if rule.score else []),
        *section("Groups of facts", "As the defaults have them.", groups),
        *section("Categories", "In this order: the first that holds is the subject's.", categories),
        *(section("Hint", hint, f"Source: {sources.mark(rule.hint.source)}") if rule.hint else []),
        *section("What no source settles", options_table(rule.options, sources) or "There are no options."),
        *section("What is missing", MISSING),
        *vectors("classification", rule.id, TESTED, sources),
    ]
    return page(rule.title, parts, sources)


def _words(tree: Any, names: Mapping[str, str]) -> str:
    """Return a condition in words: facts by their labels."""
    if tree is None:  # a rule without a hint
        return ""
    text = describe(_named(tree, names), names)
    return text.replace("no **", "not **")


def _group(raw: Any, rule: Any, values: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return a group's rule in words; one that is the same of several treatments is told of the first."""
    several = fill(raw["any_each"], values) if isinstance(raw, Mapping) and "any_each" in raw else ()
    if len(several) < 2:
        return _words(rule, names).removeprefix("(").removesuffix(")") if len(several) == 1 else _words(rule, names)
    return f"{_words(rule.any[0], names)}; or the same of {', '.join(several[1:])}"


def _named(tree: Any, names: Mapping[str, str]) -> Any:
    data = tree.model_dump(by_alias=True, exclude_none=True)
    return type(tree).model_validate(_renamed(data, names))


def _renamed(data: Any, names: Mapping[str, str]) -> Any:
    if isinstance(data, Mapping):
        return {
            key: names.get(value, value) if key == "event" else _renamed(value, names) for key, value in data.items()
        }
    return [_renamed(part, names) for part in data] if isinstance(data, list | tuple) else data


def _score(score: ScoreRule, names: Mapping[str, str], sources: Sources) -> Iterator[str]:
    rows = [
        *((f"`{band.id}`", score.ages.label, f"{band.no_biopsy:g}", f"{band.biopsy:g}", sources.mark(score.ages.source))
          for band in score.ages.bands),
        *((f"`{item.id}`", names[item.id], "" if item.no_biopsy is None else f"{item.no_biopsy:g}",
           f"{item.biopsy:g}", sources.mark(item.source)) for item in score.items),
    ]  # fmt: skip
    weights = table(("item", "what it is", "without biopsy", "with biopsy", "source"), rows)
    yield from section("Weights", "They add up; of the ages, one at most is given.", weights)
    edges = table(
        ("from", *(path.replace("_", " ") for path in score.cut_offs), "probability"),
        (
            (tier, *(f"{cuts[place]:g}" for cuts in score.cut_offs.values()), f"{score.probabilities[place]:g}")
            for place, tier in enumerate(score.tiers[1:])
        ),
    )
    source = f"Source of the cut-offs: {sources.mark(score.cut_offs_source)}. Below the lowest: {score.tiers[0]}."
    formula = f"Probability: `{score.formula}`, source {sources.mark(score.formula_source)}; midpoints " + ", ".join(
        f"{path.replace('_', ' ')} {value:g}" for path, value in score.midpoints.items()
    )
    parted = table(
        ("path", "score", "by the score", "by the probability"),
        (
            (conflict.path.replace("_", " "), f"{conflict.score:g}", conflict.by_score, conflict.by_probability)
            for conflict in score.conflicts
        ),
    )
    entry = f"Entry: {names[score.entry]} ({sources.mark(score.entry_source)})."
    parts = f"The two rules part at these scores alone:\n\n{parted}"
    yield from section("Cut-offs", edges, source, f"{formula}.", parts, entry)
