"""Cut a sentence at its terms, so that each is explained where it comes first on a page."""

from collections.abc import Iterator, Sequence

from myotrial.model.source import Record
from myotrial.registry.plain.glossary import Gloss


class Segment(Record):
    """A stretch of a sentence; with ``gloss`` it is a term, and with ``explain`` the explanation follows it."""

    words: str
    gloss: Gloss | None = None
    explain: bool = False


def cut_at_terms(text: str, glosses: Sequence[Gloss], seen: set[str]) -> Iterator[Segment]:
    """Yield a sentence in stretches; terms in ``seen`` are not explained again, new ones are added to it.

    Examples
    --------
    >>> from myotrial.registry.plain.glossary import find_terms
    >>> text = "You have dermatomyositis."
    >>> [segment.words for segment in cut_at_terms(text, find_terms(text), set())]
    ['You have ', 'dermatomyositis', '.']
    """
    at = 0
    for gloss in glosses:
        if gloss.start > at:
            yield Segment(words=text[at : gloss.start])
        yield Segment(words=text[gloss.start : gloss.end], gloss=gloss, explain=gloss.term not in seen)
        seen.add(gloss.term)
        at = gloss.end
    if text[at:]:
        yield Segment(words=text[at:])


def with_explanations(text: str, glosses: Sequence[Gloss], seen: set[str]) -> str:
    """Return a sentence with each new term explained in brackets.

    Examples
    --------
    >>> from myotrial.registry.plain.glossary import find_terms
    >>> with_explanations("You have polymyositis.", find_terms("You have polymyositis."), set())
    'You have polymyositis [inflammation of many muscles without the skin rash of dermatomyositis].'
    """
    return "".join(
        f"{segment.words} [{segment.gloss.plain}]" if segment.gloss and segment.explain else segment.words
        for segment in cut_at_terms(text, glosses, seen)
    )
