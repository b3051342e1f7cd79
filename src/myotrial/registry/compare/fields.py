"""The other fields of two records: status, dates, numbers, people behind it, lists."""

from collections.abc import Callable, Iterator
from functools import cache

from myotrial.model.data import load_data
from myotrial.registry.ages import Age
from myotrial.registry.compare.change import Change, Kind
from myotrial.registry.compare.words import differs_by_lost_signs, same_words, tokens
from myotrial.registry.dates import PartialDate
from myotrial.registry.forms import pasted
from myotrial.registry.record import TrialRecord

TEXTS: tuple[tuple[str, Callable[[TrialRecord], str | None]], ...] = (
    ("public_title", lambda r: r.public_title),
    ("scientific_title", lambda r: r.scientific_title),
    ("acronym", lambda r: r.acronym),
    ("primary_sponsor", lambda r: r.primary_sponsor),
    ("study_type", lambda r: r.study_type),
    ("phase", lambda r: r.phase),
    ("allocation", lambda r: r.design.allocation if r.design else None),
    ("intervention_model", lambda r: r.design.intervention_model if r.design else None),
    ("primary_purpose", lambda r: r.design.primary_purpose if r.design else None),
    ("masking", lambda r: r.design.masking if r.design else None),
    ("why_stopped", lambda r: r.why_stopped),
    ("sex", lambda r: r.sex),
    ("healthy_volunteers", lambda r: r.healthy_volunteers),
    ("summary", lambda r: r.summary),
    ("description", lambda r: r.description),
)
"""Fields that hold one text; long ones are compared by their words."""

DATES = ("date_registered", "date_first_enrolment", "date_primary_completion", "date_completion")
LISTS: tuple[tuple[str, Callable[[TrialRecord], tuple[str, ...]]], ...] = (
    ("secondary_ids", lambda r: r.secondary_ids),
    ("secondary_sponsors", lambda r: r.secondary_sponsors),
    ("countries", lambda r: r.countries),
    ("conditions", lambda r: r.conditions),
    ("interventions", lambda r: tuple(item.name for item in r.interventions)),
    ("arms", lambda r: tuple(arm.label for arm in r.arms)),
)
"""Fields that hold several entries, whose order does not count."""

NUMBERS: tuple[tuple[str, Callable[[TrialRecord], int | None]], ...] = (
    ("target_size", lambda r: r.target_size),
    ("enrolled", lambda r: r.enrolled),
)


def compare_fields(old: TrialRecord, new: TrialRecord) -> Iterator[Change]:
    """Yield every change of a field other than outcomes and criteria."""
    if status_class(old.recruitment_status) != status_class(new.recruitment_status):
        yield from _sides("recruitment_status", old.recruitment_status, new.recruitment_status, new)
    for name, number in NUMBERS:
        if number(old) != number(new):
            yield from _sides(name, _words(number(old)), _words(number(new)), new)
    for name in DATES:
        yield from compare_dates(name, getattr(old, name), getattr(new, name), new)
    for name in ("age_minimum", "age_maximum"):
        if age_words(getattr(old, name)) != age_words(getattr(new, name)):
            yield from _sides(name, age_words(getattr(old, name)), age_words(getattr(new, name)), new)
    yield from _texts(old, new)
    for name, entries in LISTS:
        yield from _lists(name, entries(old), entries(new), new)


def _texts(old: TrialRecord, new: TrialRecord) -> Iterator[Change]:
    for name, text in TEXTS:
        if differs_by_lost_signs(text(old), text(new)):
            yield Change(field=name, kind="lost comparator", old=text(old), new=text(new))
        elif not same_words(text(old), text(new)):
            yield from _sides(name, text(old), text(new), new)


@cache
def _statuses() -> dict[str, str]:
    table = load_data("registry", "recruitment_status.yaml")
    return {words: name for name, entries in table.items() if name != "source" for words in entries}


def status_class(status: str | None) -> str | None:
    """Return what a register's word for the status means, or the word where that is not known.

    Examples
    --------
    >>> status_class("Active, not recruiting") == status_class("ACTIVE_NOT_RECRUITING")
    True
    """
    if not status:
        return None
    plain = " ".join(tokens(status))
    return _statuses().get(plain, plain)


def age_words(age: Age | None) -> str | None:
    """Return an age limit in words: the number with its unit, "no limit", or the text.

    Examples
    --------
    >>> from myotrial.registry.ages import read_age
    >>> age_words(read_age("18 Years")), age_words(read_age("N/A")), age_words(None)
    ('18 years', 'no limit', None)
    """
    if age is None:
        return None
    if age.no_limit:
        return "no limit"
    return f"{age.value:g} {age.unit or ''}".strip() if age.value is not None else age.text


def date_difference(one: PartialDate | None, other: PartialDate | None) -> Kind | None:
    """Return how two dates differ: ``None`` for not at all, or a precision where one only states less.

    Examples
    --------
    >>> from myotrial.registry.dates import read_date
    >>> date_difference(read_date("October 2019"), read_date("2019-10-21"))
    'more precise'
    >>> date_difference(read_date("November 2019"), read_date("2019-10-21"))
    'changed'
    """
    if one is None or other is None or one.year is None or other.year is None:
        return None if str(one) == str(other) else "changed"
    pairs = [(one.year, other.year), (one.month, other.month), (one.day, other.day)]
    if any(a is not None and b is not None and a != b for a, b in pairs):
        return "changed"
    stated = [sum(part is not None for part in side) for side in zip(*pairs, strict=True)]
    if stated[0] == stated[1]:
        return None
    return "more precise" if stated[0] < stated[1] else "less precise"


def compare_dates(name: str, old: PartialDate | None, new: PartialDate | None, record: TrialRecord) -> Iterator[Change]:
    """Yield how a date changed; the same date printed otherwise did not."""
    kind = date_difference(old, new)
    if kind == "changed":
        yield from _sides(name, _words(old), _words(new), record)
    elif kind:
        yield Change(field=name, kind=kind, old=_words(old), new=_words(new), detail="the same as far as both state it")


def _sides(name: str, old: str | None, new: str | None, record: TrialRecord) -> Iterator[Change]:
    if not old:
        yield Change(field=name, kind="added", new=new, detail="not stated before")
    elif not new:
        kind: Kind = "not shown" if _partial(record) else "removed"
        yield Change(field=name, kind=kind, old=old, detail="" if kind == "removed" else "the record shows a part")
    else:
        yield Change(field=name, kind="changed", old=old, new=new)


def _partial(record: TrialRecord) -> bool:
    """Whether a record is cut off, or a page that shows what it likes."""
    return record.cut_off or record.form == pasted.TITLE


def _lists(name: str, old: tuple[str, ...], new: tuple[str, ...], record: TrialRecord) -> Iterator[Change]:
    before, after = {tokens(entry) for entry in old}, {tokens(entry) for entry in new}
    for entry in old:
        if tokens(entry) not in after:
            kind: Kind = "not shown" if not new and _partial(record) else "removed"
            yield Change(field=name, kind=kind, old=entry)
    for entry in new:
        if tokens(entry) not in before:
            yield Change(field=name, kind="added", new=entry)


def _words(value: object) -> str | None:
    return None if value is None else str(value)
