"""What a record says of a trial at a glance: what, for whom, how long, where, and whether people can join."""

import re
from collections.abc import Iterator

from myotrial.model.data import load_data
from myotrial.model.source import Record
from myotrial.registry.ages import Age
from myotrial.registry.dates import PartialDate
from myotrial.registry.record import TrialRecord

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_PLACEBO = re.compile(r"\b(?:placebo|sham)\b", re.IGNORECASE)
_NOT_STATED = "The record does not say."


class Answer(Record):
    """A question of a reader with the record's answer, line by line; ``stated`` tells whether there is one."""

    question: str
    lines: tuple[str, ...]
    stated: bool = True


def answer_questions(record: TrialRecord) -> tuple[Answer, ...]:
    """Answer what a reader asks first.

    Examples
    --------
    >>> record = TrialRecord(form="invented", sha256="0", recruitment_status="RECRUITING", countries=("France",))
    >>> for answer in answer_questions(record):
    ...     print(answer.question, *answer.lines)
    Can people join? Open: people can join now.
    What is tested? The record does not say.
    For whom? The record does not say.
    How long? The record does not say.
    Where? France
    Who runs it? The record does not say.
    """
    asked = (
        ("Can people join?", _status(record)),
        ("What is tested?", _what(record)),
        ("For whom?", _whom(record)),
        ("How long?", _long(record)),
        ("Where?", iter([", ".join(record.countries)] if record.countries else [])),
        ("Who runs it?", iter([record.primary_sponsor] if record.primary_sponsor else [])),
    )
    return tuple(_answer(question, tuple(lines)) for question, lines in asked)


def _answer(question: str, lines: tuple[str, ...]) -> Answer:
    return Answer(question=question, lines=lines or (_NOT_STATED,), stated=bool(lines))


def _plain(table: str, words: str | None) -> str | None:
    """Return the plain words for a register's word, ``None`` where it is not known."""
    found = load_data("plain", "words.yaml")[table].get(_key(words or ""))
    plain: str | None = found["plain"] if isinstance(found, dict) else found
    return plain


def _key(words: str) -> str:
    bare = re.sub(r"[^a-z0-9/\- ]", " ", words.lower().replace("_", " ").replace("—", " "))
    bare = re.sub(r"\s*/\s*", "/", re.sub(r"\s-\s|(?<=authorised)-", " ", bare))
    bare = re.sub(r"^phase\s?(\d)", r"phase \1", re.sub(r"/(?:phase\s?)?(?=\d)", "/phase ", bare))
    return re.sub(r"\s+", " ", bare).strip()


def _status(record: TrialRecord) -> Iterator[str]:
    if record.recruitment_status:
        yield _plain("status", record.recruitment_status) or f"In the register's words: “{record.recruitment_status}”."
        if record.date_last_refreshed:
            yield f"As this copy of the record says, refreshed on {_date(record.date_last_refreshed)}."
    if record.why_stopped:
        yield f"Why it stopped, in the register's words: “{record.why_stopped}”"


def _what(record: TrialRecord) -> Iterator[str]:
    if record.interventions:
        yield "; ".join(
            f"{item.name} ({item.type.lower()})" if item.type else item.name for item in record.interventions
        )
    if record.study_type:
        yield _sentence(_plain("type", record.study_type) or f"In the register's words: “{record.study_type}”")
    phase = _plain("phase", record.phase)
    if phase:
        yield _sentence(f"It is {phase}")
    design = record.design
    if design:
        yield from (words for words in [_plain("allocation", design.allocation), _masked(record)] if words)
    if any(_PLACEBO.search(item.name) for item in record.interventions):
        yield "Some people may get a placebo: a treatment without an active substance."


def _masked(record: TrialRecord) -> str | None:
    design = record.design
    words = _plain("masking", design.masking) if design else None
    if not design or not words or not design.who_is_masked:
        return words
    roles = [_plain("roles", role) or role for role in design.who_is_masked]
    return f"Not told who gets which treatment: {'; '.join(roles)}."


def _whom(record: TrialRecord) -> Iterator[str]:
    if record.conditions:
        yield f"People with: {'; '.join(record.conditions)}."
    ages = _ages(record.age_minimum, record.age_maximum)
    if ages:
        yield ages
    if record.sex:
        yield {"all": "Any sex.", "female": "Women only.", "male": "Men only."}[record.sex]
    if record.target_size is not None:
        yield f"{record.target_size} people are planned."
    if record.enrolled is not None:
        yield f"{record.enrolled} people took part."


def _ages(low: Age | None, high: Age | None) -> str | None:
    """Say the age limits as the register's fields state them; a limit that is not read is shown as written."""
    if not low and not high:
        return None
    ends = []
    if low and not low.no_limit:
        ends.append(f"from {low.text}")
    if high and not high.no_limit:
        ends.append(f"up to {high.text}")
    open_ends = [name for name, age in (("lower", low), ("upper", high)) if age and age.no_limit]
    ends += [f"no {' and no '.join(open_ends)} limit"] if open_ends else []
    return f"Age: {', '.join(ends)}."


def _long(record: TrialRecord) -> Iterator[str]:
    pairs = (
        ("First people joined or will join", record.date_first_enrolment),
        ("Main results collected by", record.date_primary_completion),
        ("Study ends", record.date_completion),
    )
    for label, when in pairs:
        if when:
            yield f"{label}: {_date(when)}."
    frames = list(dict.fromkeys(item.time_frame for item in record.primary_outcomes if item.time_frame))
    if frames:
        yield f"The main result is measured at: {'; '.join(frames)}."


def _date(when: PartialDate) -> str:
    """Say a date as exactly as the record does."""
    if when.year is None:
        return when.text
    parts = [str(when.day) if when.day else "", _MONTHS[when.month - 1] if when.month else "", str(when.year)]
    return " ".join(part for part in parts if part)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "”")) else ".")
