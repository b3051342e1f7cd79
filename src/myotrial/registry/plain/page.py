"""A whole record in plain language: the facts, the criteria one by one, the outcomes, and how readable it became."""

import re
from typing import Any

from myotrial.model.source import Record
from myotrial.registry.criteria_items import list_criteria_items
from myotrial.registry.parts import RegisteredOutcome, Role
from myotrial.registry.plain.facts import Answer, answer_questions
from myotrial.registry.plain.glossary import Gloss, find_terms
from myotrial.registry.plain.guard import changed
from myotrial.registry.plain.readability import Readability, measure_readability
from myotrial.registry.plain.recast import PlainCriterion, recast_criterion
from myotrial.registry.plain.rules import load_grammar
from myotrial.registry.plain.segments import with_explanations
from myotrial.registry.plain.tokens import cut
from myotrial.registry.record import TrialRecord

_MYOSITIS = re.compile(r"myositis|myositid|inflammatory myopath|necroti[sz]ing myopath", re.IGNORECASE)
DISCLAIMER = "For research; not medical advice"


class PlainOutcome(Record):
    """One outcome: what is measured and when, as written and, where understood, in plain words."""

    role: Role
    position: int
    original: str
    plain: str | None = None
    time_frame: str | None = None
    plain_time_frame: str | None = None
    lost_signs: int = 0
    glosses: tuple[Gloss, ...] = ()


class PlainRecord(Record):
    """A record for a reader who is no specialist.

    Attributes
    ----------
    main_id, title, acronym, url, source_register, summary
        Which trial it is; the summary is the register's own and is not reworded.
    about_myositis
        Whether the record is about myositis, where "DM" is dermatomyositis.
    answers
        What, for whom, how long, where, and whether people can join.
    criteria, outcomes
        One by one.
    readability_original, readability_plain, readability_explained
        Of the criteria as written; as shown first; and as shown first with the explanations in place.
    cut_off
        The copy ends before the record does.
    """

    main_id: str | None = None
    title: str
    acronym: str | None = None
    url: str | None = None
    source_register: str | None = None
    summary: str | None = None
    about_myositis: bool
    answers: tuple[Answer, ...]
    criteria: tuple[PlainCriterion, ...]
    outcomes: tuple[PlainOutcome, ...]
    readability_original: Readability | None = None
    readability_plain: Readability | None = None
    readability_explained: Readability | None = None
    cut_off: bool = False

    @property
    def recast(self) -> int:
        """How many criteria are in plain words."""
        return sum(criterion.state == "recast" for criterion in self.criteria)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data, the figures of readability among it."""
        data = self.model_dump(mode="json")
        for name in ("readability_original", "readability_plain", "readability_explained"):
            measured = getattr(self, name)
            if measured:
                data[name] |= {
                    "flesch_ease": round(measured.ease, 1),
                    "flesch_kincaid_grade": round(measured.grade, 1),
                    "smog_grade": round(measured.smog, 1),
                    "long_share": round(measured.long_share, 3),
                }
        return {"note": DISCLAIMER, **data}


def explain_record(record: TrialRecord) -> PlainRecord:
    r"""Say a record in plain language.

    Parameters
    ----------
    record
        The record, with or without resolved signs.

    Returns
    -------
    PlainRecord
        Every criterion with its original; in plain words only where all of it is understood.

    Examples
    --------
    >>> from myotrial.registry.reading import read_record_text
    >>> criteria = "Inclusion Criteria: aged >= 18 years with DM" + r"\nExclusion Criteria: pregnancy or nursing"
    >>> field = '"eligibilityModule": {"eligibilityCriteria": "' + criteria + '"}'
    >>> plain = explain_record(read_record_text('{"protocolSection": {' + field + '}}'))
    >>> [(criterion.state, criterion.plain) for criterion in plain.criteria]
    [('as written', None), ('recast', 'You are pregnant or breastfeeding.')]
    """
    myositis = is_about_myositis(record)
    criteria = _criteria(record, myositis=myositis)
    seen: set[str] = set()
    return PlainRecord(
        main_id=record.main_id,
        title=record.public_title or record.scientific_title or record.main_id or "A trial without a title",
        acronym=record.acronym,
        url=record.url if (record.url or "").startswith(("https://", "http://")) else None,
        source_register=record.source_register,
        summary=record.summary,
        about_myositis=myositis,
        answers=answer_questions(record),
        criteria=criteria,
        outcomes=tuple(_outcome(outcome, record, myositis=myositis) for outcome in record.outcomes),
        readability_original=measure_readability(criterion.original for criterion in criteria),
        readability_plain=measure_readability(criterion.shown for criterion in criteria),
        readability_explained=measure_readability(
            with_explanations(criterion.shown, criterion.glosses, seen) for criterion in criteria
        ),
        cut_off=record.cut_off,
    )


def is_about_myositis(record: TrialRecord) -> bool:
    """Return whether the titles, conditions, keywords, summary or criteria of a record name myositis."""
    passages = (record.criteria.inclusion, record.criteria.exclusion, *record.criteria.other)
    texts = [record.public_title, record.scientific_title, record.summary, *record.conditions, *record.keywords]
    if any(_MYOSITIS.search(text) for text in texts if text):
        return True
    return not any(texts) and any(_MYOSITIS.search(passage.text) for passage in passages if passage)


def _criteria(record: TrialRecord, *, myositis: bool) -> tuple[PlainCriterion, ...]:
    return tuple(
        recast_criterion(
            item,
            myositis=myositis,
            signs=[s for s in record.lost_comparators if s.path == item.path and item.start <= s.start < item.end],
            powers=[p for p in record.lost_powers if p.path == item.path and item.start <= p.start < item.end],
        )
        for item in list_criteria_items(record)
    )


def _outcome(outcome: RegisteredOutcome, record: TrialRecord, *, myositis: bool) -> PlainOutcome:
    lost = sum(sign.outcome == outcome.position for sign in record.lost_comparators)
    plain = None if lost else _said("TITLE", outcome.title, myositis=myositis)
    return PlainOutcome(
        role=outcome.role,
        position=outcome.position,
        original=outcome.title,
        plain=plain,
        time_frame=outcome.time_frame,
        plain_time_frame=_said("FRAME", outcome.time_frame or "", myositis=myositis),
        lost_signs=lost,
        glosses=find_terms(plain or outcome.title, myositis=myositis),
    )


def _said(rule: str, text: str, *, myositis: bool) -> str | None:
    plain = load_grammar(myositis=myositis).parse(rule, cut(text.strip().rstrip(".")))
    if plain is None or changed(text, plain):
        return None
    words = re.sub(r"\byour\b", "the", " ".join(plain.split()))  # an outcome is about everybody in the study
    return words[:1].upper() + words[1:]
