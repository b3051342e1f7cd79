"""The criteria one by one: items with their nesting, their place in the source, and what is doubtful about them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from myotrial.model.source import Record
from myotrial.registry.clean import is_cut, one_line
from myotrial.registry.logic import Logic, read_both_ways
from myotrial.registry.parts import Passage
from myotrial.registry.record import TrialRecord

Kind = Literal["inclusion", "exclusion", "not_stated"]
"""What a criterion does; text under neither heading has ``not_stated``."""

_MARK = re.compile(
    r"(?P<indent>[ \t]*)(?P<mark>[-*•‣·–◦▪]|o(?=[ \t]+[A-Z(])|\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zA-Z]|[ivx]{1,4})[.)]"
    r"|\d{1,2}(?:\.\d{1,2})+)(?:[ \t]+|(?<=[-*•‣·–◦▪])(?=[^\s\d-])|(?<=[.)])(?=[A-Z]))"
)
_INLINE_BULLET = re.compile(r"(?:^|\s)(?P<mark>[*•])\s+")
_INLINE_NUMBER = re.compile(r"(?:^|(?<=[\s.;:,)]))(?P<mark>(?P<n>\d{1,2})[.)])\s*(?=[A-Za-z(≥≤<>])")
_SHORT = 75


class CriterionItem(Record):
    """One criterion of a record, as written.

    Attributes
    ----------
    kind
        Inclusion or exclusion.
    position
        Its place among the items of the record, counted from 1.
    level, parent
        How deep it is nested, from 0, and the position of the item it belongs to.
    marker
        The sign or number it begins with, as printed.
    text
        Its words on one line, without the marker.
    path, start, end
        Where it stands in the source: the field (``None`` for a page) and the characters.
    readings
        Where "and" and "or" are mixed, what the sentence means if "and" binds first, and if "or" does. Which one is
        meant is not decided here.
    cut_off
        It ends in an ellipsis.
    flattened
        It announces a list and none follows below it: the copy has lost the nesting.
    """

    kind: Kind
    position: int
    level: int
    parent: int | None = None
    marker: str | None = None
    text: str
    path: str | None = None
    start: int
    end: int
    readings: tuple[Logic, ...] = ()
    cut_off: bool = False
    flattened: bool = False


def list_criteria_items(record: TrialRecord) -> tuple[CriterionItem, ...]:
    r"""Take the criteria of a record apart into items.

    Parameters
    ----------
    record
        The record.

    Returns
    -------
    tuple of CriterionItem
        In the order of the text, the inclusion criteria first. Each word of the criteria stands in exactly one.

    Examples
    --------
    >>> from myotrial.registry.reading import read_record_text
    >>> criteria = r"Inclusion Criteria:\n* Adults:\n  * MMT-8 < 142 and VAS > 2 or CK > 4\nExclusion Criteria: x"
    >>> study = '{"protocolSection": {"eligibilityModule": {"eligibilityCriteria": "' + criteria + '"}}}'
    >>> record = read_record_text(study)
    >>> for item in list_criteria_items(record):
    ...     print(item.position, item.kind, item.level, item.parent, item.text)
    1 inclusion 0 None Adults:
    2 inclusion 1 1 MMT-8 < 142 and VAS > 2 or CK > 4
    3 exclusion 0 None x
    >>> print(*list_criteria_items(record)[1].readings, sep=chr(10))
    (MMT-8 < 142 and VAS > 2) or CK > 4
    MMT-8 < 142 and (VAS > 2 or CK > 4)
    """
    items: list[CriterionItem] = []
    for kind, passage in _passages(record):
        items += _items(kind, passage, len(items))
    return tuple(items)


def _passages(record: TrialRecord) -> Iterator[tuple[Kind, Passage]]:
    criteria = record.criteria
    pairs: list[tuple[Kind, Passage | None]] = [("inclusion", criteria.inclusion), ("exclusion", criteria.exclusion)]
    pairs += [(passage.under or "not_stated", passage) for passage in criteria.other]
    yield from ((kind, passage) for kind, passage in pairs if passage)


@dataclass
class _Piece:
    """A stretch of the text that is one item."""

    start: int
    end: int
    marker: str | None = None
    words: int = 0
    """Where its words begin, behind the marker."""
    depth: tuple[int, str] = (0, "")
    below: list["_Piece"] = field(default_factory=list)


def _items(kind: Kind, passage: Passage, before: int) -> list[CriterionItem]:
    text = passage.text
    pieces = [piece for piece in _inline(text, _pieces(text, passage.indent)) if text[piece.words : piece.end].strip()]
    items: list[CriterionItem] = []
    stack: list[tuple[tuple[int, str], int]] = []
    for piece in pieces:
        _climb(stack, piece.depth)
        level, parent = len(stack), stack[-1][1] if stack else None
        position = before + len(items) + 1
        stack.append((piece.depth, position))
        words = one_line(text[piece.words : piece.end])
        path, start, end = passage.source_span(piece.words, piece.end)
        items.append(
            CriterionItem(
                kind=kind,
                position=position,
                level=level,
                parent=parent,
                marker=piece.marker,
                text=words,
                path=path,
                start=start,
                end=end,
                readings=read_both_ways(words),
                cut_off=is_cut(words),
            )
        )
    parents = {item.parent for item in items}
    last = len(items) - 1
    return [
        item.model_copy(update={"flattened": True})
        if item.text.endswith(":") and item.position not in parents and place < last
        else item
        for place, item in enumerate(items)
    ]


def _climb(stack: list[tuple[tuple[int, str], int]], depth: tuple[int, str]) -> None:
    """Leave the levels that an item does not belong to."""
    indent, style = depth
    while stack and stack[-1][0][0] > indent:
        stack.pop()
    styles = [entry[0][1] for entry in stack if entry[0][0] == indent]
    if style in styles:
        while stack[-1][0] != depth:
            stack.pop()
        stack.pop()
    elif styles and style == "":  # a paragraph after a list belongs to no item of it
        while stack and stack[-1][0][0] == indent:
            stack.pop()


def _pieces(text: str, indented: int) -> list[_Piece]:
    """Return the items by lines: one begins at a marker, or at a new paragraph where there are no markers."""
    lines = list(_lines(text))
    marked = any(_MARK.match(text, start, end) for start, end, _ in lines)
    blank_apart = any(after_blank for _, _, after_blank in lines[1:])
    pieces: list[_Piece] = []
    for start, end, after_blank in lines:
        found = _MARK.match(text, start, end)
        indent = len(text[start:end]) - len(text[start:end].lstrip())
        if found:
            column = len(found["indent"].expandtabs(4)) if pieces else indented
            style = _style(found["mark"])
            pieces.append(_Piece(start, end, found["mark"], found.end(), (column, style)))
        elif not pieces or _begins(text, pieces[-1], start, after_blank, marked=marked, blank_apart=blank_apart):
            pieces.append(_Piece(start, end, None, start, (indent if pieces else indented, "")))
        else:
            pieces[-1].end = end
    return pieces


def _begins(text: str, last: _Piece, start: int, after_blank: bool, *, marked: bool, blank_apart: bool) -> bool:
    if marked:
        return after_blank
    if blank_apart:
        return after_blank
    line = text[last.start : last.end].rsplit("\n", 1)[-1].rstrip()
    return len(line) < _SHORT or (line.endswith((".", ";", ":")) and text[start : start + 1].isupper())


def _lines(text: str) -> Iterator[tuple[int, int, bool]]:
    at, blank = 0, False
    for line in text.split("\n"):
        if line.strip():
            yield at, at + len(line), blank
            blank = False
        else:
            blank = True
        at += len(line) + 1


def _style(mark: str) -> str:
    plain = mark.strip("().")
    if plain.replace(".", "").isdigit():
        return "number" + "." * plain.count(".")
    return "letter" if plain.isalpha() and mark != "o" else mark


def _inline(text: str, pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    """Yield the items; a long line with bullets or numbers 1, 2, 3 inside it is several."""
    for piece in pieces:
        bullets = (
            list(_INLINE_BULLET.finditer(text, piece.words, piece.end)) if piece.marker in {None, "*", "•"} else []
        )
        if len(bullets) + (piece.marker is not None) > 1 and "\n" not in text[piece.start : piece.end].strip():
            edges = [(piece.words, piece.start, piece.marker)]
            edges += [(found.end(), found.start("mark"), found["mark"]) for found in bullets]
            for (words, start, mark), after in zip(edges, [*[e[1] for e in edges[1:]], piece.end], strict=True):
                style = _style(mark) if mark else ""
                yield from _numbered(text, _Piece(start, after, mark, words, (piece.depth[0], style)))
        else:
            yield from _numbered(text, piece)


def _numbered(text: str, piece: _Piece) -> Iterator[_Piece]:
    """Yield the items of a piece with numbers inside it that count 1, 2, 3, or on from the 1 it begins with."""
    first = (piece.marker or "").strip("().") == "1"
    found = _run(list(_INLINE_NUMBER.finditer(text, piece.words, piece.end)), 2 if first else 1)
    if len(found) < (1 if first else 2):
        yield piece
        return
    depth = piece.depth if first else (piece.depth[0] + 1, "number")
    if text[piece.words : found[0].start()].strip():
        yield _Piece(piece.start, found[0].start(), piece.marker, piece.words, piece.depth)
    ends = [number.start() for number in found[1:]] + [piece.end]
    for number, end in zip(found, ends, strict=True):
        yield _Piece(number.start("mark"), end, number["mark"], number.end(), depth)


def _run(found: list[re.Match[str]], first: int) -> list[re.Match[str]]:
    """Return the numbers that count on by one from the first."""
    run: list[re.Match[str]] = []
    for number in found:
        if int(number["n"]) == len(run) + first:
            run.append(number)
    return run
