"""The glossary: terms of myositis and of trials in everyday words."""

from evidence.text import table

from myotrial.registry.plain.glossary import Term, list_terms

KINDS = {
    "condition": "Diseases and signs",
    "drug": "Treatments",
    "measure": "Measures",
    "lab": "Laboratory",
    "word": "Words",
}


def render() -> str:
    """Return the terms by kind, each kind in the order of the alphabet."""
    return "\n\n".join(f"## {title}\n\n{_terms(kind)}" for kind, title in KINDS.items())


def _terms(kind: str) -> str:
    held = sorted((term for term in list_terms() if term.kind == kind), key=lambda term: term.name.lower())
    return table(("term", "also", "in everyday words", "source"), map(_row, held))


def _row(term: Term) -> tuple[str, ...]:
    source = f"{term.source.citation} ({term.source.status.replace('_', ' ')})" if term.source else ""
    return term.name, ", ".join((*term.also, *term.in_myositis)), term.plain, source
