"""Inclusion and exclusion criteria that stand in one text under their headings."""

import itertools
import re
from collections.abc import Iterator, Sequence

from myotrial.registry.labelled_page import Line
from myotrial.registry.parts import Criteria, Passage
from myotrial.registry.unchecked import changed

HEADING = re.compile(
    r"\W*(?:(?:key|main|principal|major)\s+)?(inclusion|exclusion)(?:\s+criteria)?"
    r"(?:\s+for\s[^:\n]{1,60}(?=:)|\s*[(–-][^:\n]{1,60}(?=:)|(?<=criteria)\s+(?-i:[A-Z0-9])[^.:\n]{0,40}$)?\s*(?::|$)",
    re.IGNORECASE,
)
"""How a line begins that opens the inclusion or the exclusion criteria."""


_INLINE = re.compile(r"(?<=[^\s:(\"'])\s+(?=(?:INCLUSION|EXCLUSION|Inclusion|Exclusion) (?:CRITERIA|[Cc]riteria)\s*:)")


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
    pieces: list[tuple[str, list[Line]]] = []
    kind = "other"
    last: int | None = None
    for line in _opened(lines):
        words = line
        if heading := _heading(line.text):
            kind, last, words = heading[1].lower(), None, line.after(heading.end())
        if not words.text:
            continue
        if last is not None and line.order - last in (0, 1):
            pieces[-1][1].append(words)
        else:
            pieces.append((kind, [words]))
        last = line.order
    return _sort([(kind, _passage(text, piece)) for kind, piece in pieces])


def _heading(line: str) -> re.Match[str] | None:
    return HEADING.match(line) if "clu" in line.lower() else None


def _passage(text: str, lines: Sequence[Line]) -> Passage:
    first, end = lines[0], lines[-1].end
    whole = first.text if len(lines) == 1 else text[first.start : end]
    return changed(first.passage(), text=whole, end=end, indent=_indent(text, first.start))


def _indent(text: str, start: int) -> int:
    """Return the blanks before a place, where nothing else stands before it on its line."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return 0 if before.strip() else len(before.expandtabs(4))


def _opened(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines; one that begins with a heading and has another inside it is two."""
    for line in lines:
        cuts = [found.end() for found in _INLINE.finditer(line.text)] if _heading(line.text) else []
        if not cuts:
            yield line
            continue
        edges = [0, *cuts, len(line.text)]
        for a, b in itertools.pairwise(edges):
            piece = line.text[a:b].rstrip()
            yield Line(piece, line.start + a, line.start + a + len(piece), line.number, line.order)


def _sort(pieces: Sequence[tuple[str, Passage]]) -> Criteria:
    first: dict[str, Passage] = {}
    other = []
    for kind, passage in pieces:
        if kind == "other":
            other.append(passage)
        elif kind in first:
            other.append(changed(passage, under=kind))
        else:
            first[kind] = passage
    return Criteria(inclusion=first.get("inclusion"), exclusion=first.get("exclusion"), other=tuple(other))
