"""Inclusion and exclusion criteria that stand in one text under their headings."""

import re
from collections.abc import Sequence

from myotrial.registry.labelled_page import Line
from myotrial.registry.parts import Criteria, Passage

HEADING = re.compile(
    r"\W*(?:(?:key|main|principal|major)\s+)?(inclusion|exclusion)(?:\s+criteria)?\s*(?::|$)", re.IGNORECASE
)
"""How a line begins that opens the inclusion or the exclusion criteria."""


def split_criteria(text: str, lines: Sequence[Line]) -> Criteria:
    """Sort the lines of the criteria under their headings.

    Parameters
    ----------
    text
        The whole source text.
    lines
        The criteria's lines in it, the headings among them.

    Returns
    -------
    Criteria
        Lines that follow each other become one passage, verbatim, with the blank lines between them.

    Examples
    --------
    >>> from myotrial.registry.labelled_page import split_lines
    >>> text = "Inclusion Criteria: adults" + chr(10) + "Exclusion Criteria:" + chr(10) + "- none"
    >>> criteria = split_criteria(text, split_lines(text))
    >>> criteria.inclusion.text, criteria.exclusion.text
    ('adults', '- none')
    """
    pieces: list[tuple[str, Passage]] = []
    kind = "other"
    last: int | None = None
    for line in lines:
        words = line
        if heading := HEADING.match(line.text):
            kind, last, words = heading[1].lower(), None, line.after(heading.end())
        if not words.text:
            continue
        if last is not None and last + 1 == line.order:
            first = pieces[-1][1]
            longer = Passage(text=text[first.start : words.end], start=first.start, end=words.end, line=first.line)
            pieces[-1] = (kind, longer)
        else:
            pieces.append((kind, words.passage()))
        last = line.order
    return _sort(pieces)


def _sort(pieces: Sequence[tuple[str, Passage]]) -> Criteria:
    first: dict[str, Passage] = {}
    other = []
    for kind, passage in pieces:
        if kind == "other" or kind in first:
            other.append(passage)
        else:
            first[kind] = passage
    return Criteria(inclusion=first.get("inclusion"), exclusion=first.get("exclusion"), other=tuple(other))
