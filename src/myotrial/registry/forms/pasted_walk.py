"""The walk over a pasted page: which line is a label, a value, a heading, a criterion, part of an outcome."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from myotrial.registry.clean import EMAIL, TELEPHONE, clean, one_line
from myotrial.registry.countries import is_country, split_countries
from myotrial.registry.criteria_text import HEADING
from myotrial.registry.forms.pasted_labels import BULLET, find_label, key_of, sections, starts
from myotrial.registry.labelled_page import Line, split_lines
from myotrial.registry.parts import LeftOut, RegisteredOutcome, Role
from myotrial.registry.single_lines import read_outcome

_FACTS = re.compile(
    r"(?P<where>[^\d]*?)\s*(?P<size>\d[\d,]*)\s*participants?\s*(?:Started\s*(?P<start>[\d-]{4,10}|\w+ \d{4}))?"
)
_STATUS = re.compile(
    r"(?P<status>Active\s*[—–,-]\s*not recruiting|Not yet recruiting|Recruiting|Completed|Terminated|Withdrawn"
    r"|Suspended|Enrolling by invitation|Unknown status)(?P<phase>(?:Early )?Phase\s*[\d/ IVPhase]+|N/?A)?",
    re.IGNORECASE,
)
_PLACE = re.compile(r"[^:;]{2,80}(?:,\s*[^,:;]{2,60}){1,3}")
_OVER_HEADING = re.compile(r"(?:eligibility|participation) criteria\s*:\s*(?=(?:key )?(?:in|ex)clusion)", re.IGNORECASE)
_SINCE = re.compile(r"\(submitted: |^Original |^Change History", re.IGNORECASE)
_ROLES: Mapping[str, Role] = {
    "primary": "primary",
    "secondary": "secondary",
    "other": "other",
    "outcomes": "not_stated",
}
_LONG = 90
_LONGEST_TITLE = 300


@dataclass
class Page:
    """A pasted page taken apart."""

    text: str
    values: dict[str, list[Line]] = field(default_factory=dict)
    section: str = "head"
    awaiting: str | None = None
    pending: list[Line] = field(default_factory=list)
    criteria: list[Line] = field(default_factory=list)
    forced: list[tuple[int, str]] = field(default_factory=list)
    blocks: dict[str, list[Line]] = field(default_factory=dict)
    outcomes: list[RegisteredOutcome] = field(default_factory=list)
    unread: list[Line] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    countries: dict[str, None] = field(default_factory=dict)

    def place(self, line: Line) -> None:
        """Put a line where it belongs."""
        awaiting, self.awaiting = self.awaiting, None
        key = key_of(line.text)
        if key.startswith(starts("boilerplate")):
            self._leave_out(line, "boilerplate")
        elif awaiting and not self._opens(line):
            self._take(awaiting, line.after(_indent(line)))
        elif not (self._heading(line, key) or self._labelled(line) or self._contact(line, key) or self._facts(line)):
            self._plain(line)

    def _opens(self, line: Line) -> bool:
        if line.text.isupper():  # a value such as TREATMENT, which is also a label
            return False
        return bool(HEADING.match(line.text) or key_of(line.text) in sections() or find_label(line.text))

    def _heading(self, line: Line, key: str) -> bool:
        if found := _OVER_HEADING.match(line.text):
            line = line.after(found.end())
        if HEADING.match(line.text):
            self.flush()
            self.section = "criteria"
            self.criteria.append(line)
            return True
        for kind in ("inclusion", "exclusion"):
            if key.startswith(starts(kind)):
                self.flush()
                self.section = "criteria"
                self.forced.append((len(self.criteria), kind))
                self.unread.append(line)
                return True
        if (name := sections().get(key)) and not (self.section == "criteria" and line.text.startswith(("*", "-", "•"))):
            self.flush()
            self.section = name
            return True
        return False

    def _labelled(self, line: Line) -> bool:
        if (self.section == "criteria" and self.criteria) and not _strong(line.text):
            return False
        found = find_label(line.text)
        if found is None:
            return False
        name, start = found
        value = line.after(start)
        if name == "time_frame":
            return self._close_outcome(value, line)
        if self.section not in {"head", "details", "places", "contacts"} and not self.criteria:
            if self.section != "criteria":
                self.flush()
                self.section = "details"
        elif self.section != "head":
            self.flush()
            self.section = "details"
        if value.text:
            self._take(name, value)
        else:
            self.awaiting = name
        return True

    def _contact(self, line: Line, key: str) -> bool:
        head = key.partition(":")[0].strip()
        personal = EMAIL.search(line.text) or TELEPHONE.search(line.text)
        if self.section == "contacts" or head in starts("contact_labels") or (personal and len(line.text) < _LONG):
            self._leave_out(line, "contact")
            return True
        return False

    def _facts(self, line: Line) -> bool:
        if self.section in {"criteria", "summary", "description"} and self.criteria:
            return False
        if found := _FACTS.fullmatch(line.text):
            self._take("size", Line(found["size"], line.start + found.start("size"), line.end, line.number, line.order))
            if found["start"]:
                self._take("date_first_enrolment", line.after(found.start("start")))
            known, unknown = split_countries(found["where"])
            self.countries |= dict.fromkeys(found["where"][a:b] for a, b in known)
            if unknown:
                self.unread.append(line)
            return True
        if found := _STATUS.fullmatch(line.text):
            self._take("recruitment_status", Line(found["status"], line.start, line.end, line.number, line.order))
            if found["phase"]:
                self._take("phase", line.after(found.start("phase")))
            return True
        return False

    def _plain(self, line: Line) -> None:
        if self.section == "criteria" or (
            self.section in {"head", "details"} and BULLET.match(line.text) and self.values
        ):
            self.section = "criteria"
            self.criteria.append(line)
        elif self.section in {"summary", "description"}:
            self.blocks.setdefault(self.section, []).append(line)
        elif _PLACE.fullmatch(line.text) and is_country(line.text.rpartition(",")[2].strip()):
            self.countries[line.text.rpartition(",")[2].strip()] = None
            self.flush()
            self.unread.append(line)
        elif (
            self.section in {"primary", "secondary", "other", "outcomes"} and "[" in line.text and "rame:" in line.text
        ):
            self._bracketed(line)
        elif self.section in {"primary", "secondary", "other"} and _SINCE.search(line.text):
            self.flush()
            self.unread.append(line)
        else:
            self.pending.append(line)

    def _bracketed(self, line: Line) -> None:
        self.flush()
        found = read_outcome(line.text, role=_ROLES[self.section], position=len(self.outcomes) + 1, start=line.start)
        self.outcomes.append(found)

    def _close_outcome(self, value: Line, line: Line) -> bool:
        lines = [item for item in self.pending if not item.text.isdigit()]
        self.pending = []
        if not lines:
            self.unread.append(line)
            return True
        words = [one_line(clean(item.text, markdown=True).text) for item in lines]
        self.outcomes.append(
            RegisteredOutcome(
                role=_ROLES.get(self.section, "not_stated"),
                position=len(self.outcomes) + 1,
                title=words[0],
                time_frame=value.text or None,
                description="\n".join(words[1:]) or None,
                start=lines[0].start,
                end=line.end,
            )
        )
        if not value.text:
            self.awaiting = "time_frame"
        return True

    def _take(self, name: str, line: Line) -> None:
        if name == "time_frame" and self.outcomes:
            self.outcomes[-1] = self.outcomes[-1].model_copy(update={"time_frame": line.text})
        else:
            self.values.setdefault(name, []).append(line)

    def flush(self) -> None:
        """Give up on lines that wait: after an outcome they describe it, at the head they are prose, else unread."""
        for line in self.pending:
            last = self.outcomes[-1] if self.outcomes else None
            if (
                last
                and last.path is None
                and self.section in _ROLES
                and last.end < line.start
                and last.description is None
            ):
                words = one_line(clean(line.text, markdown=True).text)
                self.outcomes[-1] = last.model_copy(update={"description": words, "end": line.end})
            elif "title" not in self.blocks and self._is_title(line):
                self.blocks["title"] = [line]
            elif self.section == "head" and len(line.text) > _LONG:
                self.blocks.setdefault("summary", []).append(line)
            elif line.text:
                self.unread.append(line)
        self.pending = []

    def _is_title(self, line: Line) -> bool:
        first = not self.text[: line.start].strip()
        return first and len(line.text) < _LONGEST_TITLE and not line.text.endswith(".")

    def _leave_out(self, line: Line, kind: str) -> None:
        self.left_out.append(
            LeftOut.model_validate({"kind": kind, "start": line.start, "end": line.end, "line": line.number})
        )


def walk_page(text: str) -> Page:
    """Take a pasted page apart."""
    page = Page(text)
    for line in split_lines(text):
        page.place(line)
    page.flush()
    return page


def _strong(text: str) -> bool:
    """Whether a line inside criteria is surely a label: nothing else stands on it, or its value is glued to it."""
    found = find_label(text)
    return bool(found and not BULLET.match(text) and (found[1] == len(text) or (len(text) < _LONG and ":" not in text)))


def _indent(line: Line) -> int:
    found = BULLET.match(line.text)
    return found.end() if found else 0
