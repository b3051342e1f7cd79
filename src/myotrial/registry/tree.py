"""A record as a tree of named fields, and the account of which of them were read.

JSON, XML and CSV all become such a tree: dictionaries, lists and texts. What no reader takes is listed.
"""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from myotrial.registry.clean import Cleaned, clean, is_cut, one_line, scrub
from myotrial.registry.parts import Anchor, LeftOut, Passage
from myotrial.registry.unchecked import make

_CONTACT_KEYS = re.compile(
    r"(?:^|[._@])(?:\w*e_?mail(?:_?address)?\w*|\w*(?:tele)?phone(?:_?number)?\w*|\w*fax(?:_?number)?|\w+_tel|tel)"
    r"(?:$|[.@])",
    re.IGNORECASE,
)
_INDEX = re.compile(r"\[\d+\]")
_NAME_KEYS = re.compile(r"(?:name|name_or_title|pointOfContact\.title)$", re.IGNORECASE)
_NO_PERSON = re.compile(
    r"\d|hospital|universit|cent(?:er|re)|stud(?:y|ies)|clinic|trial|information|medical|department|director|institut"
    r"|pharma|office|contact|call|research|sponsor|group|registry|disclosure|development|\b(?:inc|ltd|gmbh|llc|s\.a)\b",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[\s-]+")


class Moved(str):
    """A text whose place in the source is another than its place in the tree."""

    __slots__ = ("origin",)
    origin: str


@dataclass
class Book:
    """What was taken of one record, and what is to be said of it."""

    contact: re.Pattern[str]
    markdown: bool = False
    taken: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    cut: bool = False
    cleaned: dict[str, Cleaned] = field(default_factory=dict)
    """By path: a reader asks for the same text more than once."""
    names: set[str] = field(default_factory=set)
    """Of the contact persons, so that they can be left out of other texts as well; never kept."""


@dataclass(slots=True)
class Branch:
    """A place in the tree."""

    data: Any
    path: str
    book: Book

    def __bool__(self) -> bool:
        """Whether there is anything here."""
        return bool(self.data)

    def go(self, *names: str) -> "Branch":
        """Return the place below by name; a place that is not there is empty."""
        if len(names) == 1 and isinstance(self.data, dict):  # as it mostly is
            return Branch(self.data.get(names[0]), f"{self.path}.{names[0]}" if self.path else names[0], self.book)
        here = self
        for name in names:
            data = here.data[0] if isinstance(here.data, list) and here.data else here.data
            path = here.path + "[0]" if isinstance(here.data, list) else here.path
            below = data.get(name) if isinstance(data, dict) else None
            here = Branch(below, f"{path}.{name}" if path else name, self.book)
        return here

    def each(self, *names: str) -> list["Branch"]:
        """Return every item at a place: a list's items, or the one thing there is."""
        here = self.go(*names)
        if isinstance(here.data, list):
            return [Branch(item, f"{here.path}[{n}]", self.book) for n, item in enumerate(here.data) if item]
        return [here] if here.data else []

    def raw(self, *names: str) -> str | None:
        """Return the text at a place as stored, and take it."""
        leaf = self._leaf(*names)
        if leaf is None:
            return None
        self.book.taken.add(leaf.path)
        return words(leaf.data)

    def text(self, *names: str) -> str | None:
        """Return the text at a place on one line, escapes undone, and take it; ``None`` where there is none."""
        leaf = self._leaf(*names)
        if leaf is None:
            return None
        text = one_line(leaf.cleaned().text)
        if "…" in text or ".." in text:
            self._see_cut(leaf, text)
        return text or None

    def long_text(self, *names: str) -> str | None:
        """Return the text at a place with its lines."""
        passage = self.passage(*names)
        return "\n".join(line.strip() for line in passage.text.split("\n")) if passage else None

    def texts(self, *names: str) -> tuple[str, ...]:
        """Return every text at a place, each once."""
        found = (item.text() for item in self.each(*names))
        return tuple(dict.fromkeys(text for text in found if text))

    def passage(self, *names: str) -> Passage | None:
        """Return the text at a place with its lines and its place, and take it."""
        leaf = self._leaf(*names)
        if leaf is None:
            return None
        cleaned, stored = leaf.cleaned(), words(leaf.data)
        if not cleaned.text:
            return None
        self._see_cut(leaf, cleaned.text)
        begin = len(stored) - len(stored.lstrip())
        return make(
            Passage, text=cleaned.text, start=begin, end=len(stored.rstrip()), line=None, path=origin(leaf),
            anchors=cleaned.anchors, under=None, indent=0,
        )  # fmt: skip

    def whole(self, *names: str) -> str | None:
        """Return the text at a place with its lines as they stand, and take it."""
        leaf = self._leaf(*names)
        if leaf is None:
            return None
        text = leaf.cleaned().text
        self._see_cut(leaf, text)
        return text or None

    def cleaned(self) -> Cleaned:
        """Return the text here with its escapes undone, and take it."""
        book, path = self.book, self.path
        known = book.cleaned.get(path)
        if known is None:
            book.taken.add(path)
            known = book.cleaned[path] = clean(words(self.data), markdown=book.markdown)
        return known

    def skip(self, *names: str) -> None:
        """Take a text that says nothing new: a key of a table, a copy of another field."""
        self.raw(*names)

    def leaves(self, passing: Container[str] = ()) -> Iterator["Branch"]:
        """Yield every text below this place but those at some paths, in the order of the source."""
        book = self.book
        waiting = [(self.data, self.path)]
        while waiting:
            data, path = waiting.pop()
            if isinstance(data, dict):
                below = [(data[name], f"{path}.{name}" if path else name) for name in data]
                waiting += reversed(below)
            elif isinstance(data, list):
                waiting += [(data[place], f"{path}[{place}]") for place in range(len(data) - 1, -1, -1)]
            elif data is not None and path not in passing and words(data).strip():
                yield Branch(data, path, book)

    def rest(self) -> tuple[tuple[Passage, ...], tuple[LeftOut, ...]]:
        """Return what was not taken, and what is left out because it tells of a contact person."""
        unread, left_out = [], []
        for leaf in self.leaves(self.book.taken):
            path, text = origin(leaf), words(leaf.data)
            plain = _plain(path)
            if _tells_of_a_person(plain, self.book.contact):
                if _NAME_KEYS.search(plain):
                    self.book.names.update(_full_names(text))
                left_out.append(make(LeftOut, kind="contact", start=0, end=len(text), line=None, path=path))
            else:
                text, end = scrub(text.strip()), len(text)
                unread.append(
                    make(Passage, text=text, start=0, end=end, line=None, path=path, anchors=(), under=None, indent=0)
                )
        return tuple(unread), tuple(left_out)

    def has_contact(self, *names: str) -> bool:
        """Whether anything at all stands at a place."""
        return any(True for _ in self.go(*names).leaves())

    def _see_cut(self, leaf: "Branch", text: str) -> None:
        if not is_cut(text):
            return
        note = f"the text of {origin(leaf)} ends in an ellipsis: it is cut off"
        if note not in self.book.notes:
            self.book.cut = True
            self.book.notes.append(note)

    def _leaf(self, *names: str) -> "Branch | None":
        if len(names) == 1 and isinstance(self.data, dict):  # as it mostly is
            below = self.data.get(names[0])
            if isinstance(below, str):
                return Branch(below, f"{self.path}.{names[0]}" if self.path else names[0], self.book)
        here = self.go(*names) if names else self
        while isinstance(here.data, list) and here.data:
            here = Branch(here.data[0], f"{here.path}[0]", self.book)
        if isinstance(here.data, dict):
            here = here.go("#text")
        return None if here.data is None or isinstance(here.data, (dict, list)) else here


@lru_cache(4096)
def _plain(path: str) -> str:
    return _SEPARATOR.sub("_", _INDEX.sub("", path))


@lru_cache(4096)
def _tells_of_a_person(plain: str, contact: re.Pattern[str]) -> bool:
    return bool(_CONTACT_KEYS.search(plain) or contact.search(plain))


def origin(leaf: Branch) -> str:
    """Return where a text stands in the source."""
    return leaf.data.origin if isinstance(leaf.data, Moved) else leaf.path


def words(value: object) -> str:
    """Return a stored value as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def join(passages: list[Passage], labels: list[str], path: str) -> Passage | None:
    """Return several passages as one, each on lines of its own after its label.

    Examples
    --------
    >>> one = Passage(text="adults", start=0, end=6, path="a")
    >>> join([one], ["1. "], "all").text
    '1. adults'
    """
    if not passages:
        return None
    pieces: list[str] = []
    anchors: list[Anchor] = []
    length = 0
    for label, passage in zip(labels, passages, strict=True):
        length += len(label)
        own = passage.anchors or (Anchor(at=0, source=passage.start),)
        anchors += [Anchor(at=length + a.at, source=a.source, path=passage.path) for a in own]
        pieces.append(label + passage.text)
        length += len(passage.text) + 1
    text = "\n".join(pieces)
    return Passage(text=text, start=passages[0].start, end=passages[-1].end, path=path, anchors=tuple(anchors))


def _full_names(text: str) -> Iterator[str]:
    """Yield the names of persons in a contact field: of two words or more, without what follows a comma."""
    for part in text.split(";"):
        name = " ".join(part.partition(",")[0].split())
        if name.count(" ") and 7 < len(name) < 60 and not _NO_PERSON.search(name):
            yield name


def without_names(text: str, names: Iterable[str]) -> str:
    """Return a text with a word in brackets for each of the names.

    Examples
    --------
    >>> without_names("Ask Jane Q Doe or a colleague.", {"Jane Q Doe"})
    'Ask [name left out] or a colleague.'
    """
    plain = text.casefold()
    for name in sorted((name for name in names if name.casefold() in plain), key=len, reverse=True):
        if name.casefold() in text.casefold():
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "[name left out]", text, flags=re.IGNORECASE)
    return text
