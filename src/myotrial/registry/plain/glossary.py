"""The glossary: terms of myositis and of trials in everyday words."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

from myotrial.model.data import load_data
from myotrial.model.source import Record, Source

Kind = Literal["condition", "drug", "measure", "lab", "word"]
"""What a term names; ``word`` is any term that no rule of the grammar asks for by kind."""

_ABBREVIATION = re.compile(r"[A-Z0-9a-z]*[A-Z][A-Z0-9a-z/-]*[A-Z][A-Za-z0-9/-]*")


class Term(Record):
    """A term with its explanation.

    Attributes
    ----------
    name, also
        What it is called, and what else.
    in_myositis
        Names that are read only in a record about myositis, since they mean something else in others.
    kind
        What it names.
    say
        What a plain sentence says for it.
    plain
        The explanation, in our own words.
    source
        Where the fact in the explanation comes from, if it states one.
    """

    name: str
    also: tuple[str, ...] = ()
    in_myositis: tuple[str, ...] = ()
    kind: Kind
    say: str | None = None
    plain: str
    source: Source | None = None

    def names(self, *, myositis: bool) -> tuple[str, ...]:
        """Return every name it has in a record, its own first."""
        return (self.name, *self.also, *(self.in_myositis if myositis else ()))


class Gloss(Record):
    """A term found in a text: where, and what it means."""

    start: int
    end: int
    words: str
    term: str
    plain: str
    source: Source | None = None


@cache
def list_terms() -> tuple[Term, ...]:
    """Return every term of the glossary.

    Examples
    --------
    >>> len(list_terms()) >= 120, next(term.plain for term in list_terms() if term.name == "myositis")
    (True, 'inflammation of the muscles')
    """
    data = load_data("glossary.yaml")
    sources = {name: Source.model_validate(fields) for name, fields in data["sources"].items()}
    return tuple(
        Term(name=name, **(fields | {"source": sources[fields["source"]] if "source" in fields else None}))
        for name, fields in data["terms"].items()
    )


@cache
def _finder(*, myositis: bool) -> tuple[re.Pattern[str], dict[str, Term]]:
    names: dict[str, Term] = {}
    for term in list_terms():
        for name in term.names(myositis=myositis):
            names.setdefault(_key(name), term)
    ways = sorted(names, key=len, reverse=True)
    pattern = "|".join(f"(?:{'' if _is_abbreviation(way) else '(?i:'}{re.escape(way)}"
                       f"{'' if _is_abbreviation(way) else ')'})" for way in ways)  # fmt: skip
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])"), names


def _is_abbreviation(name: str) -> bool:
    return bool(_ABBREVIATION.fullmatch(name))


def _key(name: str) -> str:
    return name if _is_abbreviation(name) else name.lower()


def find_terms(text: str, *, myositis: bool = True) -> tuple[Gloss, ...]:
    """Find the terms in a text, the longest first, each explained once.

    Parameters
    ----------
    text
        The text.
    myositis
        Whether it is about myositis: "DM" is dermatomyositis only there.

    Returns
    -------
    tuple of Gloss
        In the order of the text. A term that the text explains itself is not among them.

    Examples
    --------
    >>> for gloss in find_terms("You have DM and your CK is high; DM is active"):
    ...     print(gloss.start, gloss.words, "-", gloss.term)
    9 DM - dermatomyositis
    21 CK - creatine kinase
    """
    pattern, names = _finder(myositis=myositis)
    return tuple(_once(text, pattern, names))


_SAID = frozenset({"condition", "drug", "word"})


def _in_brackets(text: str, found: re.Match[str]) -> bool:
    """Whether a term stands alone in brackets, after the words that explain it: "trouble swallowing (dysphagia)"."""
    return text[: found.start()].endswith("(") and text[found.end() :].startswith(")")


def _once(text: str, pattern: re.Pattern[str], names: dict[str, Term]) -> Iterator[Gloss]:
    seen: set[str] = set()
    for found in pattern.finditer(text):
        term = names[found[0] if found[0] in names else found[0].lower()]
        if (
            term.name in seen
            or term.plain.lower() in text.lower()
            or (_in_brackets(text, found) and term.kind in _SAID)
        ):
            continue
        seen.add(term.name)
        yield Gloss(
            start=found.start(), end=found.end(), words=found[0], term=term.name, plain=term.plain, source=term.source
        )
