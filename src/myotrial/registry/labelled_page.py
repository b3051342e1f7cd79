"""A registry page as text: labelled lines, headings with lines under them, and boilerplate between.

Every line that is not blank ends up in exactly one place: a value, a block, the headings, what is left out, or
what no field took.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from myotrial.registry.clean import scrub
from myotrial.registry.parts import LeftOut, Passage
from myotrial.registry.unchecked import make

_LINE = re.compile(r"[^\r\n]+")
_LABEL = re.compile(r"\s*([^:]{1,60}?)\s*:(.*)", re.DOTALL)
_BREAK = re.compile(r"\r\n|\r|\n")
_CONTACT_LABELS = frozenset(
    {"name", "address", "telephone", "tel", "phone", "fax", "email", "e-mail", "contact", "contact name"}
)


class Line(NamedTuple):
    """A line without the blanks around it.

    ``number`` counts all lines from 1, ``order`` only those that are not blank.
    """

    text: str
    start: int
    end: int
    number: int
    order: int

    def passage(self) -> Passage:
        """Return the line as a passage, verbatim."""
        return make(
            Passage, text=self.text, start=self.start, end=self.end, line=self.number, path=None, anchors=(),
            under=None, indent=0,
        )  # fmt: skip

    def after(self, offset: int) -> "Line":
        """Return what is left of the line from a character on, without blanks around it."""
        rest = self.text[offset:]
        start = self.start + offset + len(rest) - len(rest.lstrip())
        return Line(rest.strip(), start, start + len(rest.strip()), self.number, self.order)


@dataclass(frozen=True)
class Layout:
    """How a form of page is laid out.

    Attributes
    ----------
    headings
        A heading, in lower case, and the section it opens.
    openings
        Lines that open a section and belong to it.
    collecting
        Sections whose lines are kept as a block; elsewhere a line without a label is not understood.
    free_text
        Those of them that are prose, where a line is not taken for the rest of a contact's address.
    labels
        A label, in lower case, and its field; each is taken once, wherever it stands.
    section_labels
        The same for labels that have a meaning of their own in one section.
    closing
        Fields whose label ends a section of prose.
    boilerplate, boilerplate_starts
        Lines that carry nothing, and how longer ones begin.
    """

    headings: Mapping[str, str]
    openings: Mapping[re.Pattern[str], str]
    collecting: frozenset[str]
    free_text: frozenset[str]
    labels: Mapping[str, str]
    section_labels: Mapping[str, Mapping[str, str]]
    closing: frozenset[str]
    boilerplate: frozenset[str]
    boilerplate_starts: tuple[str, ...]

    def is_boilerplate(self, text: str) -> bool:
        """Whether a line carries nothing of the record."""
        return plain(text) in self.boilerplate or plain(text).startswith(self.boilerplate_starts)


@dataclass
class Page:
    """A page taken apart: values by field, lines by section, and the rest."""

    values: dict[str, Line] = field(default_factory=dict)
    blocks: dict[str, list[Line]] = field(default_factory=dict)
    headings: list[str] = field(default_factory=list)
    unread: list[Passage] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def value(self, name: str) -> str | None:
        """Return a field's words, ``None`` where there are none."""
        line = self.values.get(name)
        return line.text if line and line.text else None

    def lines(self, section: str) -> list[Line]:
        """Return the lines of a section."""
        return self.blocks.get(section, [])

    def keep_unread(self, line: Line) -> None:
        """Keep what no field took, without e-mail addresses and telephone numbers."""
        if line.text:
            passage = Passage(text=scrub(line.text), start=line.start, end=line.end, line=line.number)
            self.unread.append(passage)


def plain(text: str) -> str:
    """Return text in lower case with single spaces, without a colon at the end."""
    return " ".join(text.lower().split()).removesuffix(":").rstrip()


def split_lines(text: str) -> list[Line]:
    """Return the lines that are not blank, each with its place in the text."""
    lines: list[Line] = []
    number, seen = 1, 0
    for found in _LINE.finditer(text):
        start, whole = found.start(), found[0]
        gap = start - seen
        number += gap if gap < 2 else len(_BREAK.findall(text, seen, start))
        seen = found.end()
        if words := whole.strip():
            if len(words) < len(whole):
                start += len(whole) - len(whole.lstrip())
            lines.append(Line(words, start, start + len(words), number, len(lines)))
    return lines


def lay_out(text: str, layout: Layout) -> Page:
    """Take a page apart according to its layout."""
    walk = _Walk(layout)
    for line in split_lines(text):
        walk.place(line)
    return walk.page


@dataclass
class _Walk:
    layout: Layout
    page: Page = field(default_factory=Page)
    section: str = "head"
    awaiting: str | None = None
    """The field whose label came without a value on its line."""
    contact_at: int | None = None
    """The number of the last line with contact details."""

    def place(self, line: Line) -> None:
        awaiting, self.awaiting = self.awaiting, None
        if self.layout.is_boilerplate(line.text):
            self._leave_out(line, "boilerplate")
        elif section := self.layout.headings.get(plain(line.text)):
            self.section = section
            self.page.headings.append(section)
        elif not (self._labelled(line) or self._contact(line)):
            self._unlabelled(line, awaiting)

    def _labelled(self, line: Line) -> bool:
        found = _LABEL.fullmatch(line.text)
        if not found:
            return False
        label = plain(found[1])
        name = self.layout.section_labels.get(self.section, {}).get(label) or self.layout.labels.get(label)
        if name is None or name in self.page.values:
            return False
        self.page.values[name] = line.after(found.start(2))
        if not self.page.values[name].text:
            self.awaiting = name
        if name in self.layout.closing and self.section in self.layout.free_text:
            self.section = "after"
        return True

    def _contact(self, line: Line) -> bool:
        found = _LABEL.fullmatch(line.text)
        label = plain(found[1]) if found else ""
        if found and label == "affiliation":
            if (value := line.after(found.start(2))).text:
                self.page.blocks.setdefault("affiliations", []).append(value)
            return True
        prose = self.section in self.layout.free_text
        if label in _CONTACT_LABELS or (not prose and self._continues_contact(line)):
            self._leave_out(line, "contact")
            self.contact_at = line.number
            return True
        return False

    def _continues_contact(self, line: Line) -> bool:
        if self.contact_at is None or line.number != self.contact_at + 1 or self._opening(line):
            return False
        return not line.text.startswith(("-", "*", "•")) and "[time frame" not in line.text.lower()

    def _unlabelled(self, line: Line, awaiting: str | None) -> None:
        prose = self.section in self.layout.free_text
        if awaiting and not prose:
            self.page.values[awaiting] = line
            return
        if not prose:
            self.section = self._opening(line) or self.section
        if self.section in self.layout.collecting:
            self.page.blocks.setdefault(self.section, []).append(line)
        else:
            self.page.keep_unread(line)

    def _opening(self, line: Line) -> str | None:
        return next((to for pattern, to in self.layout.openings.items() if pattern.match(line.text)), None)

    def _leave_out(self, line: Line, kind: str) -> None:
        self.page.left_out.append(
            LeftOut.model_validate({"kind": kind, "start": line.start, "end": line.end, "line": line.number})
        )
