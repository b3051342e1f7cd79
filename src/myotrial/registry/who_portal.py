"""The WHO ICTRP portal's page of a trial, as text copied or saved from a browser."""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, TypeVar

from myotrial.registry.ages import Age, read_age
from myotrial.registry.clean import scrub
from myotrial.registry.comparators import find_lost_comparators, find_lost_powers
from myotrial.registry.countries import split_countries
from myotrial.registry.criteria_text import HEADING, split_criteria
from myotrial.registry.dates import PartialDate, read_date
from myotrial.registry.design import read_design
from myotrial.registry.form import PageForm
from myotrial.registry.labelled_page import Layout, Line, lay_out, plain
from myotrial.registry.parts import Criteria, EthicsReview, RegisteredOutcome, ResultsInfo, Role
from myotrial.registry.record import TrialRecord
from myotrial.registry.single_lines import (
    read_intervention,
    read_outcome,
    read_sex,
    read_target_size,
    read_yes_or_no,
    time_frame_is_open,
)

_T = TypeVar("_T")

TITLE = "WHO ICTRP portal page"

_HEADINGS = {
    "Countries of recruitment": "countries",
    "Contacts": "contacts",
    "Key inclusion & exclusion criteria": "criteria",
    "Health Condition(s) or Problem(s) studied": "conditions",
    "Intervention(s)": "interventions",
    "Primary Outcome(s)": "primary",
    "Secondary Outcome(s)": "secondary",
    "Secondary ID(s)": "secondary_ids",
    "Source(s) of Monetary Support": "support",
    "Secondary Sponsor(s)": "sponsors",
    "Ethics review": "ethics",
    "Results": "results",
}
_LABELS = {
    "register": "source_register",
    "last refreshed on": "date_last_refreshed",
    "main id": "main_id",
    "date of registration": "date_registered",
    "prospective registration": "prospective",
    "primary sponsor": "primary_sponsor",
    "public title": "public_title",
    "scientific title": "scientific_title",
    "date of first enrolment": "date_first_enrolment",
    "target sample size": "target_size",
    "recruitment status": "recruitment_status",
    "url": "url",
    "study type": "study_type",
    "study design": "design",
    "phase": "phase",
    "age minimum": "age_minimum",
    "age maximum": "age_maximum",
    "gender": "sex",
    "sex": "sex",
    "results available": "results_available",
    "date posted": "results_date_posted",
    "date completed": "results_date_completed",
}
_LAYOUT = Layout(
    headings={plain(heading): section for heading, section in _HEADINGS.items()},
    openings={HEADING: "criteria"},
    collecting=frozenset(_HEADINGS.values()) - {"contacts", "ethics", "results"},
    free_text=frozenset({"criteria", "primary", "secondary"}),
    labels=_LABELS,
    section_labels={
        "ethics": {"status": "ethics_status", "approval date": "ethics_approval_date"},
        "results": {"url": "results_url"},
    },
    closing=frozenset({"age_minimum", "age_maximum", "sex"}),
    boilerplate=frozenset(
        {
            "world health organization site", "skip navigation links", "main", "home", "advanced search",
            "list by", "search tips", "utn", "ictrp website", "contact us",
            "international clinical trials registry platform",
        }
    ),
    boilerplate_starts=(
        "note: this record shows only",
        "disclaimer: trials posted on this search portal",
        "copyright - world health organization",
    ),
)  # fmt: skip
_MARKS = frozenset(
    {
        "main id", "last refreshed on", "prospective registration", "date of first enrolment",
        "countries of recruitment", "key inclusion & exclusion criteria",
        "health condition(s) or problem(s) studied", "primary outcome(s)", "secondary id(s)",
        "source(s) of monetary support", "secondary sponsor(s)",
    }
)  # fmt: skip
_DATA_SET_NOTE = re.compile(
    r"this record shows only \d+ elements of the WHO Trial Registration Data Set", re.IGNORECASE
)
_FOOTERS = ("disclaimer: trials posted", "copyright - world health organization")
_AS_PRINTED = (
    "source_register", "main_id", "primary_sponsor", "public_title", "scientific_title",
    "recruitment_status", "url", "study_type", "phase",
)  # fmt: skip
_DATES = ("date_registered", "date_first_enrolment", "date_last_refreshed")
_SCANNED_VALUES = ("public_title", "scientific_title", "design", "target_size", "age_minimum", "age_maximum")


def recognises(text: str) -> bool:
    """Whether a text is such a page: three of the portal's own labels and headings, no markup."""
    if text.lstrip().startswith("<"):
        return False
    starts = {plain(line.partition(":")[0]) for line in re.split(r"[\r\n]+", text)}
    return len(starts & _MARKS) + bool(_DATA_SET_NOTE.search(text)) >= 3


def read(text: str) -> TrialRecord:
    """Read such a page into a record."""
    return _Reader(text).record()


FORM = PageForm(title=TITLE, recognises=recognises, read=read)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.page = lay_out(text, _LAYOUT)
        self.notes: list[str] = []

    def record(self) -> TrialRecord:
        criteria, outcomes = self._criteria(), self._outcomes()
        fields = self._as_printed() | self._lists() | self._size() | self._population()
        fields |= {name: self._date(name) for name in _DATES}
        fields |= self._lost(criteria, outcomes)
        fields |= {"cut_off": self._cut_off(), "results": self._results(), "ethics": self._ethics()}
        self._note_what_is_absent()
        return TrialRecord(
            form=TITLE,
            sha256=sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest(),
            criteria=criteria,
            outcomes=outcomes,
            unread=tuple(sorted(self.page.unread, key=lambda passage: passage.start)),
            left_out=tuple(self.page.left_out),
            notes=tuple(self.notes),
            **fields,
        )

    def _as_printed(self) -> dict[str, Any]:
        design = self.page.value("design")
        return {name: self.page.value(name) for name in _AS_PRINTED} | {
            "prospective": self._known("prospective", read_yes_or_no),
            "design": read_design(design) if design else None,
        }

    def _lists(self) -> dict[str, Any]:
        return {
            "countries": self._countries(),
            "conditions": self._words("conditions"),
            "interventions": tuple(read_intervention(words) for words in self._words("interventions")),
            "secondary_ids": self._words("secondary_ids"),
            "sources_of_support": self._words("support"),
            "secondary_sponsors": self._words("sponsors"),
            "contact_affiliations": tuple(dict.fromkeys(map(scrub, self._words("affiliations")))),
        }

    def _population(self) -> dict[str, Any]:
        return {
            "age_minimum": self._age("age_minimum"),
            "age_maximum": self._age("age_maximum"),
            "sex": self._known("sex", read_sex),
        }

    def _size(self) -> dict[str, Any]:
        words = self.page.value("target_size")
        if words is None:
            return {}
        size, groups = read_target_size(words)
        if size is None:
            self.notes.append(f"the target sample size is not read as a number: {words}")
        elif groups:
            self.notes.append(f"the target sample size is the sum of {len(groups)} groups")
        return {"target_size": size, "target_size_text": words, "target_groups": groups}

    def _criteria(self) -> Criteria:
        criteria = split_criteria(self.text, self.page.lines("criteria"))
        if criteria.other:
            self.notes.append("some criteria stand under neither the inclusion nor the exclusion heading")
        return criteria

    def _outcomes(self) -> tuple[RegisteredOutcome, ...]:
        roles: tuple[Role, ...] = ("primary", "secondary")
        lines = [(role, line) for role in roles for line in self.page.lines(role)]
        for position, (_, line) in enumerate(lines, 1):
            if time_frame_is_open(line.text):
                self.notes.append(f"the time frame of outcome {position} is not closed: it may be cut off")
        return tuple(
            read_outcome(line.text, role=role, position=position, start=line.start)
            for position, (role, line) in enumerate(lines, 1)
        )

    def _results(self) -> ResultsInfo:
        return ResultsInfo(
            available=self._known("results_available", read_yes_or_no),
            date_posted=self._date("results_date_posted"),
            date_completed=self._date("results_date_completed"),
            url=self.page.value("results_url"),
        )

    def _ethics(self) -> EthicsReview:
        return EthicsReview(status=self.page.value("ethics_status"), approval_date=self._date("ethics_approval_date"))

    def _words(self, section: str) -> tuple[str, ...]:
        return tuple(line.text for line in self.page.lines(section))

    def _known(self, name: str, read_as: Callable[[str], _T | None]) -> _T | None:
        words = self.page.value(name)
        value = read_as(words) if words else None
        if words and value is None:
            self.page.keep_unread(self.page.values[name])
        return value

    def _date(self, name: str) -> PartialDate | None:
        words = self.page.value(name)
        when = read_date(words) if words else None
        if when and when.precision is None:
            self.notes.append(f"the {_spoken(name)} is not read as a date: {words}")
        elif when and when.year == 1900:
            self.notes.append(f"the {_spoken(name)} is {words}, which registers print for a missing date")
        return when

    def _age(self, name: str) -> Age | None:
        words = self.page.value(name)
        age = read_age(words) if words else None
        if age and age.value is None and not age.no_limit:
            self.notes.append(f"the {_spoken(name)} is not read as an age: {words}")
        elif age and age.value is not None and age.unit is None:
            self.notes.append(f"the {_spoken(name)} has no unit: {words}")
        return age

    def _countries(self) -> tuple[str, ...]:
        names: dict[str, None] = {}
        for line in self.page.lines("countries"):
            known, unknown = split_countries(line.text)
            names |= dict.fromkeys(line.text[start:end] for start, end in known)
            for start, end in unknown:
                words = Line(line.text[start:end], line.start + start, line.start + end, line.number, line.order)
                self.page.keep_unread(words)
        return tuple(names)

    def _scanned(
        self, criteria: Criteria, outcomes: tuple[RegisteredOutcome, ...]
    ) -> Iterator[tuple[str, str, int, int | None]]:
        """Yield every text that may have lost a sign: the text, its field, where it begins, the outcome."""
        for name in _SCANNED_VALUES:
            if line := self.page.values.get(name):
                yield line.text, name, line.start, None
        for section in ("conditions", "interventions"):
            for line in self.page.lines(section):
                yield line.text, section, line.start, None
        parts = [("inclusion", criteria.inclusion), ("exclusion", criteria.exclusion)]
        for name, passage in parts + [("other", passage) for passage in criteria.other]:
            if passage:
                yield passage.text, f"criteria.{name}", passage.start, None
        for outcome in outcomes:
            yield self.text[outcome.start : outcome.end], "outcomes", outcome.start, outcome.position

    def _lost(self, criteria: Criteria, outcomes: tuple[RegisteredOutcome, ...]) -> dict[str, Any]:
        signs, powers = [], []
        for text, name, start, outcome in self._scanned(criteria, outcomes):
            signs += find_lost_comparators(text, name, start=start, outcome=outcome)
            powers += find_lost_powers(text, name, start=start, outcome=outcome)
        return {
            "lost_comparators": tuple(sorted(signs, key=lambda sign: sign.start)),
            "lost_powers": tuple(sorted(powers, key=lambda power: power.start)),
        }

    def _cut_off(self) -> bool:
        footer = any(plain(self.text[line.start : line.end]).startswith(_FOOTERS) for line in self.page.left_out)
        return not footer and "results_url" not in self.page.values

    def _note_what_is_absent(self) -> None:
        order = list(_HEADINGS.values())
        reached = max((order.index(section) for section in self.page.headings), default=-1)
        if self._cut_off():
            where = f"after the heading {list(_HEADINGS)[reached]!r}" if reached >= 0 else "before the first heading"
            self.notes.append(f"the text is cut off: the page ends {where}, and what follows there is missing")
            order = order[:reached]
        names = {section: heading for heading, section in _HEADINGS.items()}
        absent = [names[section] for section in order if section not in self.page.headings]
        if absent:
            self.notes.append(
                f"headings that are not on the page: {', '.join(absent)}; "
                "their lines, if any, stand under the heading before"
            )


def _spoken(name: str) -> str:
    return name.replace("_", " ")
