"""What a sentence means that mixes "and" and "or": both ways it can be read, neither preferred."""

import re
from typing import Literal

from myotrial.model.source import Record

_CONNECTOR = re.compile(r"\s*[,;]?\s+(?P<word>and|or)\s+", re.IGNORECASE)
_MASKED = re.compile(
    r"\([^()]*\)|\[[^\[\]]*\]|\band\s*/\s*or\b|\bor\s*/\s*and\b|\bbetween\s+\S+(?:\s+\S+)?\s+and\b|\bmore or less\b"
    r"|\bBohan\s+and\s+Peter\b"
    r"|\b(?:greater|less|more|higher|lower|later|earlier|older|younger|fewer)\s+than\s+or\s+equal\b|\bor\s+(?:older|more|"
    r"greater|less|higher|lower|equal|above|below|over|under)\b|\bor\s+that\s+or\b|\bthan\s+(?:that\s+)?or\s+equal\b",
    re.IGNORECASE,
)


class Logic(Record):
    """Conditions joined by one word.

    Attributes
    ----------
    join
        ``all``: joined by "and". ``any``: joined by "or".
    parts
        The conditions, in the words of the source, or joined themselves.
    """

    join: Literal["all", "any"]
    parts: tuple["Logic | str", ...]

    def __str__(self) -> str:
        """Return the conditions with brackets that show how they bind."""
        word = " and " if self.join == "all" else " or "
        return word.join(f"({part})" if isinstance(part, Logic) else part for part in self.parts)


def read_both_ways(sentence: str) -> tuple[Logic, ...]:
    """Read a sentence that mixes "and" and "or" both ways.

    Words in brackets, "and/or", "between ... and ...", "or more" and names ("Bohan and Peter") join no conditions.

    Returns
    -------
    tuple of Logic
        First with "and" binding first, then with "or"; empty where the sentence does not mix them.

    Examples
    --------
    >>> [str(reading) for reading in read_both_ways("VAS > 2 and MMT-8 < 142 or CDASI > 14")]
    ['(VAS > 2 and MMT-8 < 142) or CDASI > 14', 'VAS > 2 and (MMT-8 < 142 or CDASI > 14)']
    >>> read_both_ways("aged 18 or older and willing")
    ()
    """
    hidden = sentence
    while (shorter := _MASKED.sub(lambda found: "_" * len(found[0]), hidden)) != hidden:
        hidden = shorter
    found = list(_CONNECTOR.finditer(hidden))
    words = [connector["word"].lower() for connector in found]
    if len(set(words)) < 2:
        return ()
    edges = [0, *(place for connector in found for place in connector.span()), len(sentence)]
    parts = [sentence[a:b].strip() for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return _grouped(parts, words, "or"), _grouped(parts, words, "and")


def _grouped(parts: list[str], words: list[str], outer: str) -> Logic:
    """Return the tree in which the outer word joins last."""
    groups: list[list[str]] = [[parts[0]]]
    for word, part in zip(words, parts[1:], strict=True):
        if word == outer:
            groups.append([part])
        else:
            groups[-1].append(part)
    inner: Literal["all", "any"] = "all" if outer == "or" else "any"
    made = tuple(group[0] if len(group) == 1 else Logic(join=inner, parts=tuple(group)) for group in groups)
    return Logic(join="any" if outer == "or" else "all", parts=made)
