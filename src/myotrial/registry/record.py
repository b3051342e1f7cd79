"""One trial as one register describes it."""

from collections.abc import Iterator
from html import escape
from typing import Any, Literal

import polars as pl

from myotrial.model.source import Record
from myotrial.registry.ages import Age
from myotrial.registry.comparators import LostComparator, LostPower
from myotrial.registry.dates import PartialDate
from myotrial.registry.design import Design
from myotrial.registry.parts import (
    Arm,
    Criteria,
    DataSharing,
    EthicsReview,
    GroupSize,
    Intervention,
    LeftOut,
    Passage,
    RegisteredOutcome,
    ResultsInfo,
)

_OUTCOME_COLUMNS = {
    "main_id": pl.String,
    "position": pl.Int64,
    "role": pl.String,
    "title": pl.String,
    "time_frame": pl.String,
    "remark": pl.String,
    "description": pl.String,
    "lost_comparators": pl.Int64,
    "start": pl.Int64,
    "end": pl.Int64,
    "path": pl.String,
}


class TrialRecord(Record):
    """A trial's registry record. What the record does not state is ``None`` or empty, never supposed.

    Attributes
    ----------
    form
        The form the record was read from.
    sha256
        Of the source text in UTF-8 (pages and JSON: the file's own sum, where it is UTF-8 and holds one trial),
        or of the record's fields in JSON (XML and CSV).
    number
        Its place in a file of many, counted from 1.
    main_id, secondary_ids, source_register, url
        Which trial it is, and in which register.
    public_title, scientific_title, acronym
        What it is called.
    summary, description, keywords
        What it is about, in the register's words.
    primary_sponsor, secondary_sponsors, sources_of_support, contact_affiliations
        Who stands behind it. Names, addresses and numbers of contact persons are never kept.
    public_contact, scientific_contact
        Those of the affiliations that are said to answer questions of the public, and of scientists.
    date_registered, date_first_enrolment, date_last_refreshed
        With the precision they are printed with. ``date_last_refreshed`` is the copy's own date.
    date_primary_completion, date_completion
        When the last primary outcome, and the last anything, was or will be taken.
    prospective
        Whether the trial was registered before the first enrolment.
    recruitment_status, study_type, phase, design
        In the register's words.
    why_stopped
        The register's reason for an early end.
    target_size, target_size_text, target_groups
        How many people are planned, as written, and by group where the register counts by group.
    enrolled
        How many people took part in the end.
    countries
        As written, each once.
    conditions, interventions, arms
        What is treated, with what, and in which groups.
    age_minimum, age_maximum, sex, healthy_volunteers, criteria
        Who may enter.
    outcomes
        Every registered outcome.
    results, ethics
        What is said of results and of the ethics review.
    data_sharing
        What is said of sharing the participants' data.
    lost_comparators
        Every "=" that was "≥" or "≤" before this copy was made.
    lost_powers
        Every "109" that was "10⁹" before this copy was made.
    unread
        Everything in the source that no field took, with its path where it has one.
    left_out
        Lines that were recognised and are not kept: boilerplate and contact details.
    cut_off
        The text ends before the record does.
    notes
        What a reader of this record must know.
    """

    form: str
    sha256: str
    number: int | None = None

    main_id: str | None = None
    secondary_ids: tuple[str, ...] = ()
    source_register: str | None = None
    url: str | None = None
    public_title: str | None = None
    scientific_title: str | None = None
    acronym: str | None = None
    summary: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()

    primary_sponsor: str | None = None
    secondary_sponsors: tuple[str, ...] = ()
    sources_of_support: tuple[str, ...] = ()
    contact_affiliations: tuple[str, ...] = ()
    public_contact: tuple[str, ...] = ()
    scientific_contact: tuple[str, ...] = ()

    date_registered: PartialDate | None = None
    date_first_enrolment: PartialDate | None = None
    date_primary_completion: PartialDate | None = None
    date_completion: PartialDate | None = None
    date_last_refreshed: PartialDate | None = None
    prospective: bool | None = None
    recruitment_status: str | None = None
    why_stopped: str | None = None

    study_type: str | None = None
    design: Design | None = None
    phase: str | None = None
    target_size: int | None = None
    target_size_text: str | None = None
    target_groups: tuple[GroupSize, ...] = ()
    enrolled: int | None = None
    countries: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    arms: tuple[Arm, ...] = ()

    age_minimum: Age | None = None
    age_maximum: Age | None = None
    sex: Literal["all", "female", "male"] | None = None
    healthy_volunteers: str | None = None
    criteria: Criteria = Criteria()
    outcomes: tuple[RegisteredOutcome, ...] = ()
    results: ResultsInfo = ResultsInfo()
    ethics: EthicsReview = EthicsReview()
    data_sharing: DataSharing = DataSharing()

    lost_comparators: tuple[LostComparator, ...] = ()
    lost_powers: tuple[LostPower, ...] = ()
    unread: tuple[Passage, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    cut_off: bool = False
    notes: tuple[str, ...] = ()

    @property
    def primary_outcomes(self) -> tuple[RegisteredOutcome, ...]:
        """The primary outcomes."""
        return tuple(outcome for outcome in self.outcomes if outcome.role == "primary")

    @property
    def secondary_outcomes(self) -> tuple[RegisteredOutcome, ...]:
        """The secondary outcomes."""
        return tuple(outcome for outcome in self.outcomes if outcome.role == "secondary")

    @property
    def ids(self) -> tuple[str, ...]:
        """Every identifier of the trial, the main one first."""
        return tuple(dict.fromkeys(name for name in (self.main_id, *self.secondary_ids) if name))

    def facts(self) -> list[tuple[str, str]]:
        """Return the record as a card: a label and its words, without the outcomes and the criteria text.

        Examples
        --------
        >>> TrialRecord(form="invented", sha256="0", main_id="X1", target_size=12).facts()
        [('Main ID', 'X1'), ('Target sample size', '12'), ('Outcomes', '0 primary, 0 secondary')]
        """
        return [(label, words) for label, words in self._card() if words]

    def not_stated(self) -> list[str]:
        """Return the labels of the card that the record leaves empty.

        Examples
        --------
        >>> TrialRecord(form="invented", sha256="0", main_id="X1").not_stated()[:2]
        ['Secondary IDs', 'Register']
        """
        return [label for label, words in self._card() if not words]

    def to_dict(self) -> dict[str, Any]:
        """Return the whole record as plain data.

        Examples
        --------
        >>> TrialRecord(form="invented", sha256="0", main_id="X1").to_dict()["main_id"]
        'X1'
        """
        return self.model_dump(mode="json")

    def to_frame(self) -> pl.DataFrame:
        """Return one row per outcome.

        Examples
        --------
        >>> TrialRecord(form="invented", sha256="0", main_id="X1").to_frame().height
        0
        """
        lost = [sign.outcome for sign in self.lost_comparators]
        rows = [
            outcome.model_dump() | {"main_id": self.main_id, "lost_comparators": lost.count(outcome.position)}
            for outcome in self.outcomes
        ]
        return pl.DataFrame(rows, schema=_OUTCOME_COLUMNS)

    def __repr__(self) -> str:
        """Return one line with the facts."""
        facts = [
            f"{self.target_size} participants" if self.target_size is not None else "",
            f"{self.enrolled} enrolled" if self.enrolled is not None else "",
            _count(len(self.countries), "country", "countries"),
            self._outcome_count(),
            _count(len(self.lost_comparators), "lost comparator"),
            _count(len(self.unread), "unread passage"),
            "cut off" if self.cut_off else "",
        ]
        return f"<TrialRecord {self.main_id or 'without id'}: {', '.join(fact for fact in facts if fact)}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        facts = "".join(
            f"<tr><th scope='row'>{escape(label)}</th><td>{escape(words)}</td></tr>" for label, words in self.facts()
        )
        outcomes = "".join(
            f"<tr><td>{outcome.position}</td><td>{outcome.role}</td><td>{escape(outcome.title)}</td>"
            f"<td>{escape(outcome.time_frame or '')}</td></tr>"
            for outcome in self.outcomes
        )
        return (
            f"<table><caption>{escape(self.public_title or self.main_id or 'Trial record')}</caption>"
            f"<tbody>{facts}</tbody></table>"
            "<table><caption>Registered outcomes</caption><thead><tr><th>n</th><th>role</th><th>title</th>"
            f"<th>time frame</th></tr></thead><tbody>{outcomes}</tbody></table>"
        )

    def _card(self) -> Iterator[tuple[str, str]]:
        yield "Main ID", self.main_id or ""
        yield "Secondary IDs", ", ".join(self.secondary_ids)
        yield "Register", self.source_register or ""
        yield "URL", self.url or ""
        yield "Public title", self.public_title or ""
        yield "Scientific title", self.scientific_title or ""
        yield "Primary sponsor", self.primary_sponsor or ""
        yield "Secondary sponsors", "; ".join(self.secondary_sponsors)
        yield "Source of support", "; ".join(self.sources_of_support)
        yield "Registered", _date(self.date_registered)
        yield "Prospective", {True: "yes", False: "no", None: ""}[self.prospective]
        yield "First enrolment", _date(self.date_first_enrolment)
        yield "Last refreshed", _date(self.date_last_refreshed)
        yield from self._later()
        yield "Recruitment", self.recruitment_status or ""
        yield "Study type", self.study_type or ""
        yield "Design", self.design.text if self.design else ""
        yield "Phase", self.phase or ""
        yield "Target sample size", self._size()
        yield "Countries", "; ".join(self.countries)
        yield "Conditions", "; ".join(self.conditions)
        yield "Interventions", "; ".join(f"{i.type}: {i.name}" if i.type else i.name for i in self.interventions)
        yield "Age", self._ages()
        yield "Sex", self.sex or ""
        yield "Results available", {True: "yes", False: "no", None: ""}[self.results.available]
        yield "Outcomes", self._outcome_count()

    def _later(self) -> Iterator[tuple[str, str]]:
        """Yield what only some forms have: it is on the card where it is stated, and else not missed."""
        pairs = (
            ("Acronym", self.acronym),
            ("Primary completion", _date(self.date_primary_completion)),
            ("Completion", _date(self.date_completion)),
            ("Why stopped", self.why_stopped),
            ("Enrolled", str(self.enrolled) if self.enrolled is not None else ""),
            ("Arms", "; ".join(arm.label for arm in self.arms)),
            ("Data sharing", self.data_sharing.plan or self.data_sharing.description),
        )
        for label, words in pairs:
            if words:
                yield label, words

    def _size(self) -> str:
        if self.target_size is not None and self.target_groups:
            return f"{self.target_size} ({self.target_size_text})"
        return str(self.target_size) if self.target_size is not None else self.target_size_text or ""

    def _ages(self) -> str:
        ends = [age.text if age else "not stated" for age in (self.age_minimum, self.age_maximum)]
        return f"{ends[0]} to {ends[1]}" if self.age_minimum or self.age_maximum else ""

    def _outcome_count(self) -> str:
        counts = [f"{len(self.primary_outcomes)} primary", f"{len(self.secondary_outcomes)} secondary"]
        for role, words in (("other", "other"), ("not_stated", "without a role")):
            number = sum(outcome.role == role for outcome in self.outcomes)
            counts += [f"{number} {words}"] if number else []
        return ", ".join(counts)


def _date(when: PartialDate | None) -> str:
    return str(when) if when else ""


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}" if number else ""
