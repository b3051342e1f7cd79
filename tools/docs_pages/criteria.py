"""Response criteria and rules of change: the columns each needs, and its options."""

from collections.abc import Mapping

from docs_pages.options import render_options
from myotrial.criteria.change.rules import list_rules, load_rule
from myotrial.criteria.every import find_needs
from myotrial.criteria.rules import list_criteria, load_criteria
from myotrial.model.options import Option


def render() -> str:
    """Return a section for each rule that ``myotrial score --criteria`` knows."""
    parts = [_section(name, load_criteria(name).title, load_criteria(name).options, "") for name in list_criteria()]
    parts += [_section(name, load_rule(name).title, load_rule(name).options, "rules/") for name in list_rules()]
    return "\n\n".join(parts)


def _section(name: str, title: str, options: Mapping[str, Option], folder: str) -> str:
    needed = ", ".join(f"`{column}`" for column in find_needs(name))
    return "\n\n".join([
        f"## {name}",
        f"{title}. [Every number with its source](../../evidence/{folder}{name}.md).",
        f"Columns that the visit table must have: {needed}.",
        render_options(options),
    ])  # fmt: skip
