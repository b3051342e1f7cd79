"""Undo what a register's storage did to a text: escapes, entities, line breaks as tags; leave out contact data.

Each stretch of the cleaned text remembers where it stood in the source.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from typing import NamedTuple

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
_PLUS, _ZEROS, _BRACKET = re.compile(r"\+\d"), re.compile(r"00\d"), re.compile(r"\(\d{3}\)")
_DASH = re.compile(r"-(?:\d{3}-\d|8\d\d-)")
"""How numbers of telephones begin or go on; each from a sign of its own, for which a search is fast."""
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
_BEGINNING = re.compile(r"[\\&<_\r]")
"""What everything stored begins with: to look for this and then to match there is faster than to search."""
_EVENT = re.compile(_STORED, re.IGNORECASE)
_EVENT_OR_CONTACT = re.compile(
    f"{_STORED}|(?P<email>{EMAIL.pattern})|(?P<telephone>{TELEPHONE.pattern})", re.IGNORECASE
)
_WORDS = {"escape": "", "line": "\n", "power": "^", "tag": "", "email": "[e-mail left out]",
          "telephone": "[telephone left out]"}  # fmt: skip

_SHORT = 24


class Cleaned(NamedTuple):
    """A cleaned text, and where its stretches begin, in it and in the source."""

    text: str
    places: tuple[tuple[int, int], ...] = ()

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """The places, for a record to keep."""
        return tuple([make(Anchor, at=at, source=source, path=None) for at, source in self.places])


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
    return _known(raw, markdown) if len(raw) <= _SHORT else _clean(raw, markdown)


def _clean(raw: str, markdown: bool) -> Cleaned:
    events = _find_events(raw)
    if not events:
        text = raw.strip()
        start = 0 if len(text) == len(raw) else len(raw) - len(raw.lstrip())
        return Cleaned(text, ((0, start),)) if start else Cleaned(text)
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    length, at, shift = 0, 0, -1
    for found in events:
        kind = found.lastgroup
        if kind is None or (kind == "escape" and not markdown):
            continue
        words = _unescaped(found[0]) if kind == "entity" else _WORDS[kind]
        begin, end = found.span()
        if begin > at or words:  # what stands for the event begins where the stretch before it would go on
            if at - length != shift:
                shift = at - length
                places.append((length, at))
            pieces += (raw[at:begin], words)
            length += begin - at + len(words)
        at = end
    if at < len(raw):
        places.append((length, at))
        pieces.append(raw[at:])
    return _trimmed("".join(pieces), places)


_known = lru_cache(8192)(_clean)
"""For words that stand in every second record: a status, a sex, an age."""


def _find_events(raw: str) -> Sequence[re.Match[str]]:
    if _may_have_contact(raw):
        return list(_EVENT_OR_CONTACT.finditer(raw))
    if not ("<" in raw or "&" in raw or "\\" in raw or "\r" in raw or "_" in raw):
        return ()
    events = []
    at = 0
    while begins := _BEGINNING.search(raw, at):
        at = begins.end()
        if found := _EVENT.match(raw, begins.start()):
            at = found.end()
            events.append(found)
    return events


_unescaped = lru_cache(1024)(unescape)


def _may_have_contact(text: str) -> bool:
    """Whether a text is worth the slow search for addresses and numbers."""
    if (
        "@" in text
        or ("-" in text and _DASH.search(text))
        or ("(" in text and _BRACKET.search(text))
        or ("00" in text and _ZEROS.search(text))
        or ("+" in text and _PLUS.search(text))
    ):
        return True
    low = text.lower()
    called = "tel" in low or "phone" in low or "fax" in low or "mobile" in low or "pager" in low
    return called and _CALLING.search(text) is not None


def _trimmed(whole: str, places: list[tuple[int, int]]) -> Cleaned:
    """Return the text without the blanks around it."""
    text = whole.strip()
    cut = 0 if len(text) == len(whole) else len(whole) - len(whole.lstrip())
    last = cut + len(text)
    while places and places[-1][0] >= last:
        places.pop()
    if cut == 0:
        return Cleaned(text, tuple(places))
    before = [place for place in places if place[0] <= cut]
    first = [(0, before[-1][1] + cut - before[-1][0])] if before else []
    return Cleaned(text, tuple(first + [(at - cut, source) for at, source in places[len(before) :]]))


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
    return ("…" in text or ".." in text) and text.rstrip().endswith(("…", "...", "[…]", "[...]"))
