"""Undo what a register's storage did to a text: escapes, entities, line breaks as tags; leave out contact data.

Each stretch of the cleaned text remembers where it stood in the source.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from myotrial.registry.parts import Anchor
from myotrial.registry.unchecked import make

EMAIL = re.compile(r"[^\s@<>,;:()\[\]]+@[^\s@<>,;()\[\]]+\.[^\s@<>,;()\[\]]*[^\s@<>,;.()\[\]]")
TELEPHONE = re.compile(
    r"(?:\+|(?<![\w.,/-])00)\d[\d ()./-]{6,}\d"
    r"|\b(?:tel(?:ephone)?|phone|fax|mobile|pager)\b\s*(?:no\.?|number|n°)?\s*[:.]?\s*[\d(+][\d ()./-]{5,}\d"
    r"|(?<![\w.])\(\d{3}\)\s?\d{3}[-\s.]\d{4}\b|(?<![\w.-])(?:1[-.\s])?\d{3}-\d{3}-\d{4}(?![\w-])"
    r"|(?<![\w.-])1-8\d\d-[A-Z0-9]{3}-?[A-Z0-9]{4}(?![\w-])",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?=[+(\d])(?:\+\d|00\d|\(\d{3}\)|\d{3}-\d{3}-\d|1-8\d\d-)")
_CALLING = re.compile(
    r"\b(?:tel(?:ephone)?|phone|fax|mobile|pager)\b\s*(?:no\.?|number|n°)?\s*[:.]?\s*[\d(+]", re.IGNORECASE
)
_STORED = (
    r"(?P<escape>\\(?=[!-/:-@\[-`{-~]))"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<line><br\s*/?\s*>|</?(?:p|li|ul|ol|div|tr)(?:\s[^<>]{0,200})?>|_x000D_\n?|\r\n?)"
    r"|(?P<power><sup>)"
    r"|(?P<tag></sup>|</?(?:b|i|u|em|strong|sub|span|font)(?:\s[^<>]{0,200})?>)"
)
_NOTHING_STORED = re.compile(r"[^\\&<_\r@+(\d]*")
"""A text without any of these signs has nothing to undo, and no address or number."""
_BEGINNING = re.compile(r"[\\&<_\r]")
"""What everything stored begins with: to look for this and then to match there is faster than to search."""
_EVENT = re.compile(_STORED, re.IGNORECASE)
_EVENT_OR_CONTACT = re.compile(
    f"{_STORED}|(?P<email>{EMAIL.pattern})|(?P<telephone>{TELEPHONE.pattern})", re.IGNORECASE
)
_WORDS = {"escape": "", "line": "\n", "power": "^", "tag": "", "email": "[e-mail left out]",
          "telephone": "[telephone left out]"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text, and where its stretches stand in the source."""

    text: str
    anchors: tuple[Anchor, ...]


def scrub(text: str) -> str:
    """Return text with a word in brackets for each e-mail address and telephone number.

    Examples
    --------
    >>> scrub("ask a.person@example.org, +44 20 7946 0000")
    'ask [e-mail left out], [telephone left out]'
    """
    if not _may_have_contact(text):
        return text
    return TELEPHONE.sub("[telephone left out]", EMAIL.sub("[e-mail left out]", text))


def clean(raw: str, *, markdown: bool = False) -> Cleaned:
    r"""Undo escapes and entities, and trim.

    Parameters
    ----------
    raw
        The text of one field.
    markdown
        Whether a backslash before a sign of punctuation is an escape, as in ClinicalTrials.gov's JSON.

    Returns
    -------
    Cleaned
        With ``<br>`` as a line break, ``<sup>`` as ``^``; e-mail addresses and telephone numbers are replaced
        by a word in brackets.

    Examples
    --------
    >>> clean(r"score \< 12, platelets \> 75 &times; 10\^9/L", markdown=True).text
    'score < 12, platelets > 75 × 10^9/L'
    """
    events = () if _NOTHING_STORED.fullmatch(raw) else tuple(_find_events(raw))
    if not events:
        text = raw.strip()
        start = len(raw) - len(raw.lstrip())
        return Cleaned(text, (_anchor(0, start),) if start else ())
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    length, at = 0, 0
    for found in events:
        kind = found.lastgroup
        if kind is None or (kind == "escape" and not markdown):
            continue
        words = unescape(found[0]) if kind == "entity" else _WORDS[kind]
        begin, end = found.span()
        if begin > at:
            places.append((length, at))
            pieces.append(raw[at:begin])
            length += begin - at
        if words:
            places.append((length, begin))
            pieces.append(words)
            length += len(words)
        at = end
    if at < len(raw):
        places.append((length, at))
        pieces.append(raw[at:])
    return _trimmed("".join(pieces), places)


def _find_events(raw: str) -> Iterator[re.Match[str]]:
    if _may_have_contact(raw):
        yield from _EVENT_OR_CONTACT.finditer(raw)
        return
    at = 0
    while begins := _BEGINNING.search(raw, at):
        at = begins.end()
        if found := _EVENT.match(raw, begins.start()):
            at = found.end()
            yield found


def _may_have_contact(text: str) -> bool:
    """Whether a text is worth the slow search for addresses and numbers."""
    if "@" in text or (("-" in text or "(" in text or "+" in text or "00" in text) and _DIGITS.search(text)):
        return True
    low = text.lower()
    called = "tel" in low or "phone" in low or "fax" in low or "mobile" in low or "pager" in low
    return called and _CALLING.search(text) is not None


def _trimmed(whole: str, places: list[tuple[int, int]]) -> Cleaned:
    """Return the text without the blanks around it; a place is where a stretch begins in it and in the source."""
    cut = len(whole) - len(whole.lstrip())
    text = whole.strip()
    last = cut + len(text)
    kept = [place for place in places if place[0] < last]
    before = [place for place in kept if place[0] <= cut]
    first = [_anchor(0, before[-1][1] + cut - before[-1][0])] if before else []
    return Cleaned(text, tuple(first + [_anchor(at - cut, source) for at, source in kept[len(before) :]]))


def _anchor(at: int, source: int) -> Anchor:
    """Return an anchor unchecked: a record has thousands of them."""
    return make(Anchor, at=at, source=source, path=None)


def one_line(text: str) -> str:
    """Return text with single spaces."""
    return " ".join(text.split())


def is_cut(text: str) -> bool:
    """Whether a text ends as texts do that were cut off: in an ellipsis.

    Examples
    --------
    >>> is_cut("or immunomo…"), is_cut("Signed consent.")
    (True, False)
    """
    return text.rstrip().endswith(("…", "...", "[…]", "[...]"))
