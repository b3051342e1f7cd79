"""Classifications: their categories, the facts each reads, and its options."""

from evidence.text import table

from docs_pages.options import render_options
from myotrial.criteria.classification.every import list_facts
from myotrial.criteria.classification.facts import load_facts
from myotrial.criteria.classification.rules import list_classifications, load_classification


def render() -> str:
    """Return a section for each classification, and a table of every fact."""
    return "\n\n".join([*(_section(name) for name in list_classifications()), "## Every fact", _facts()])


def _section(name: str) -> str:
    rule = load_classification(name)
    categories = ", ".join([*(f"*{each.name}*" for each in rule.categories), f"else *{rule.otherwise}*"])
    read = ", ".join(f"`{fact}`" for fact in list_facts(name)["fact"])
    return "\n\n".join([
        f"## {name}",
        f"{rule.title}. [Every number with its source](../../evidence/classification/{name}.md).",
        f"Categories, in the order in which they are tried: {categories}.",
        f"Facts that it reads with the default options: {read}.",
        render_options(rule.options),
    ])  # fmt: skip


def _facts() -> str:
    readers: dict[str, list[str]] = {}
    for name in list_classifications():
        for fact in list_facts(name)["fact"]:
            readers.setdefault(fact, []).append(name)
    return table(
        ("fact", "what it is", "values", "read by"),
        (
            (f"`{name}`", column.label, column.expected(), ", ".join(readers.get(name, ())))
            for name, column in load_facts().items()
        ),
    )
