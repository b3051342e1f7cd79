"""Pages of sites that show other registers' trials, pasted as text.

No two sites are alike, and none says which version of the record it shows. A label may stand on the line of its
value, on the line before it, or glued to it without a space; what fits nothing is listed as unread.
"""

import itertools
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from myotrial.registry.ages import Age, read_age
from myotrial.registry.clean import clean, is_cut, one_line, scrub
from myotrial.registry.countries import split_countries
from myotrial.registry.criteria_text import HEADING, split_criteria
from myotrial.registry.dates import read_date
from myotrial.registry.design import Design
from myotrial.registry.forms.pasted_labels import find_label, key_of, sections, starts
from myotrial.registry.forms.pasted_walk import Page, walk_page
from myotrial.registry.labelled_page import Line, split_lines
from myotrial.registry.parts import Anchor, Criteria, Passage
from myotrial.registry.record import TrialRecord
from myotrial.registry.single_lines import read_intervention, read_sex, read_target_size

TITLE = "page of a trial, pasted as text"
TRIAL_ID = re.compile(
    r"\b(?:NCT\d{8}|ISRCTN\d{8}|ACTRN\d{14}|ChiCTR[\w-]+|CTRI/\d{4}/\d\d/\d+|DRKS\d{8}|IRCT\w+|JPRN-\w+|KCT\d{7}"
    r"|NL-OMON\d+|PACTR\d+|TCTR\d+|EUCTR\d{4}-\d{6}-\d\d(?:-[A-Z]{2,3})?|\d{4}-\d{6}-\d{2}(?:-\d{2})?)\b"
)
_UPPER = re.compile(r"up to\s+(?P<a>\d+ ?\w+)|(?P<b>\d+ ?\w+)\s+(?:and|or)\s+(?:under|younger)", re.IGNORECASE)
_AGES = re.compile(r"(?P<low>\d+ ?\w+)?\s*(?P<join>to|-|–|and)\s*(?P<high>\d+ ?\w+|older|over|up)", re.IGNORECASE)
_AS_PRINTED = (
    "source_register", "public_title", "scientific_title", "acronym", "primary_sponsor", "recruitment_status",
    "study_type", "phase", "healthy_volunteers", "url",
)  # fmt: skip
_DATES = (
    "date_first_enrolment", "date_primary_completion", "date_completion", "date_registered", "date_last_refreshed",
)  # fmt: skip
_PAGE = 400
_OF_A_TRIAL = frozenset({"time_frame", "criteria", "size", "main_id", "age_range", "open to ", "you can'"})
"""Labels that other lists of words do not have."""


def recognises(text: str) -> bool:
    """Whether a text is such a page: an identifier and two labels, three labels, or the headings of the criteria."""
    if text.lstrip().startswith("<"):
        return False
    marks: set[str] = set()
    lines = split_lines(text)
    for line, after in itertools.zip_longest(lines, lines[1:]):
        if found := find_label(line.text):
            bare = found[1] == len(line.text)
            if not bare or (after and (after.text.isupper() or not find_label(after.text))):
                marks.add(found[0])  # a label above another label names nothing: that is a list of names
        elif (name := sections().get(key_of(line.text))) or HEADING.match(line.text):
            marks.add(name or "criteria")
        elif key_of(line.text).startswith(starts("inclusion") + starts("exclusion")):
            marks.add(key_of(line.text)[:8])
    known = bool(TRIAL_ID.search(text))
    if not known and not marks & _OF_A_TRIAL:
        return False
    if len(marks) + known >= 3 or {"open to ", "you can'"} <= marks:
        return True
    headings = {found[0].lower() for found in re.finditer(r"(?i)\b(?:in|ex)clusion criteria\s*:", text)}
    return len(headings) == 2 or bool(headings and HEADING.match(text.lstrip()) and len(text) > _PAGE)


def read(text: str) -> TrialRecord:
    """Read such a page."""
    return _Reader(walk_page(text)).record()


class _Reader:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.notes: list[str] = []

    def record(self) -> TrialRecord:
        fields = self._identity() | self._numbers() | self._population()
        criteria = self._criteria()
        cut = self._cut(criteria)
        self.notes.append("the page does not say which version of the register's record it shows")
        return TrialRecord(
            form=TITLE,
            sha256=sha256(self.page.text.encode("utf-8", "surrogatepass")).hexdigest(),
            criteria=criteria,
            outcomes=tuple(self.page.outcomes),
            unread=tuple(
                Passage(text=scrub(line.text), start=line.start, end=line.end, line=line.number)
                for line in sorted([*self.page.unread, *self._again()], key=lambda line: line.start)
                if line.text
            ),
            left_out=tuple(self.page.left_out),
            cut_off=cut,
            notes=tuple(self.notes),
            **fields,
        )

    def _value(self, name: str) -> str | None:
        lines = self.page.values.get(name)
        return one_line(clean(lines[0].text, markdown=True).text) if lines else None

    def _again(self) -> Iterator[Line]:
        """Yield what was said a second time in other words."""
        for name, lines in self.page.values.items():
            if name not in {"conditions", "interventions", "countries", "secondary_ids"}:
                yield from (line for line in lines[1:] if one_line(line.text) != one_line(lines[0].text))

    def _identity(self) -> dict[str, Any]:
        fields: dict[str, Any] = {name: self._value(name) for name in _AS_PRINTED}
        title = next(iter(self.page.blocks.get("title", [])), None)
        if title and not fields["public_title"]:
            fields["public_title"] = re.sub(r"\s*\((?:NCT\d{8})\)|\s*\|[^|]*$", "", one_line(title.text)).strip()
        elif title and one_line(title.text) != fields["public_title"]:
            self.page.unread.append(title)
        self.page.unread = [line for line in self.page.unread if one_line(line.text) != fields["public_title"]]
        stated = self._value("main_id")
        found = TRIAL_ID.search(stated) if stated else None
        others = list(dict.fromkeys(TRIAL_ID.findall(self.page.text)))
        fields["main_id"] = found[0] if found else stated or (others[0] if len(others) == 1 else None)
        if fields["main_id"] is None and len(others) > 1:
            self.notes.append(
                f"several identifiers stand on the page, and none is said to be the trial's: {', '.join(others)}"
            )
        fields["summary"] = self._block("summary")
        fields["description"] = self._block("description")
        fields["secondary_sponsors"] = self._many("secondary_sponsors")
        fields["secondary_ids"] = self._many("secondary_ids")
        fields["conditions"] = self._many("conditions")
        fields["interventions"] = tuple(read_intervention(words) for words in self._many("interventions"))
        return fields

    def _numbers(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name in _DATES:
            if words := self._value(name):
                when = read_date(re.sub(r"\s*\(.*\)\s*$", "", words))
                fields[name] = when
                if when.precision is None:
                    self.notes.append(f"the {name.replace('_', ' ')} is not read as a date: {words}")
        if words := self._value("size"):
            number, groups = read_target_size(re.sub(r"(?<=\d),(?=\d{3})|\s*participants$", "", words))
            fields |= {"target_size": number, "target_size_text": words, "target_groups": groups}
            self.notes.append(f"the page does not say whether {words} people are planned or took part")
        if words := self._value("enrolled"):
            fields["enrolled"] = read_target_size(words.replace(",", ""))[0]
        parts = {name: self._value(name) for name in ("allocation", "intervention_model", "primary_purpose", "masking")}
        known = {name: words for name, words in parts.items() if words}
        if known:
            made = ". ".join(f"{name.replace('_', ' ').capitalize()}: {words}" for name, words in known.items())
            fields["design"] = Design.model_validate({"text": made, **known})
        return fields

    def _population(self) -> dict[str, Any]:
        for names in self._many("countries"):
            known, unknown = split_countries(names)
            self.page.countries |= dict.fromkeys(names[a:b] for a, b in [*known, *unknown])
        low, high = self._age("age_minimum"), self._age("age_maximum")
        if words := self._value("age_range"):
            first, last = _age_range(words)
            low, high = low or first, high or last
        return {
            "age_minimum": low,
            "age_maximum": high,
            "sex": self._sex(),
            "countries": tuple(self.page.countries),
        }

    def _sex(self) -> Any:
        words = self._value("sex")
        sex = read_sex(words) if words else None
        if words and sex is None:
            self.page.unread.append(self.page.values["sex"][0])
        return sex

    def _age(self, name: str) -> Age | None:
        words = self._value(name)
        return read_age(words) if words else None

    def _block(self, name: str) -> str | None:
        lines = [clean(line.text, markdown=True).text for line in self.page.blocks.get(name, [])]
        return "\n".join(lines) or None

    def _many(self, name: str) -> tuple[str, ...]:
        parts = (one_line(part) for line in self.page.values.get(name, []) for part in re.split(r"[;|•]", line.text))
        return tuple(dict.fromkeys(part for part in parts if part))

    def _criteria(self) -> Criteria:
        if not self.page.forced:
            return _cleaned(split_criteria(self.page.text, self.page.criteria))
        edges = [(0, "other"), *self.page.forced, (len(self.page.criteria), "other")]
        parts: dict[str, Passage | None] = {"inclusion": None, "exclusion": None}
        other: list[Passage] = []
        for (start, kind), (end, _) in itertools.pairwise(edges):
            found = split_criteria(self.page.text, self.page.criteria[start:end])
            if kind == "other" or found.inclusion or found.exclusion:
                parts["inclusion"] = parts["inclusion"] or found.inclusion
                parts["exclusion"] = parts["exclusion"] or found.exclusion
                other += found.other
            elif found.other and parts[kind] is None:
                parts[kind] = _whole(self.page.text, found.other)
            else:
                other += found.other
        return _cleaned(Criteria(inclusion=parts["inclusion"], exclusion=parts["exclusion"], other=tuple(other)))

    def _cut(self, criteria: Criteria) -> bool:
        cut = False
        for name, passage in (("inclusion", criteria.inclusion), ("exclusion", criteria.exclusion)):
            if passage and is_cut(passage.text):
                cut = True
                self.notes.append(f"the {name} criteria end in an ellipsis: they are cut off")
        last = self.page.text.rstrip()[-1500:]
        if len(last) > 800 and "\n" not in last[-800:] and last[-1] not in ".!?)…":
            cut = True
            self.notes.append("the last paragraph does not end: the text is cut off")
        return cut


def _whole(text: str, parts: tuple[Passage, ...]) -> Passage:
    first, last = parts[0], parts[-1]
    return Passage(text=text[first.start : last.end], start=first.start, end=last.end, line=first.line)


def _cleaned(criteria: Criteria) -> Criteria:
    return Criteria(
        inclusion=_undone(criteria.inclusion),
        exclusion=_undone(criteria.exclusion),
        other=tuple(piece for part in criteria.other if (piece := _undone(part))),
    )


def _undone(passage: Passage | None) -> Passage | None:
    """Return a passage of the page with its escapes undone; each stretch knows its place on the page."""
    if passage is None:
        return None
    found = clean(passage.text, markdown=True)
    if found.text == passage.text:
        return passage
    anchors = tuple(Anchor(at=a.at, source=passage.start + a.source) for a in found.anchors)
    return passage.model_copy(update={"text": found.text, "anchors": anchors})


def _age_range(words: str) -> tuple[Age | None, Age | None]:
    """Return the lower and the upper limit of "18 Years to 65 Years", "18 Years and older", "12 Years and under"."""
    if upper := _UPPER.match(words):
        return None, read_age(upper["a"] or upper["b"])
    found = _AGES.search(words)
    low = read_age(found["low"] if found and found["low"] else re.split(r"\s+(?:to|and|-)\s", words)[0])
    high = read_age(found["high"]) if found and found["high"] and found["high"][0].isdigit() else None
    return low, high
