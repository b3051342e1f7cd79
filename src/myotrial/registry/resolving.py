"""Find out what a lost comparison sign was: from another copy of the trial, else from a table of habits.

A sign from another copy is taken where the number, and enough of the words around it, are the same. A sign from the
table is a guess, marked as one. What stays unknown is refused by whatever would compute with it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from myotrial.model.data import load_data
from myotrial.model.errors import BadInput, Fault
from myotrial.registry.ages import Age
from myotrial.registry.comparators import Comparator, LostComparator, Resolution, find_lost_comparators
from myotrial.registry.parts import Passage, RegisteredOutcome
from myotrial.registry.record import TrialRecord

ENOUGH = 0.55
"""The likeness from which two places are the same; 1 is word for word."""
CLOSE = 0.1
"""A second place this near in likeness counts as well; if its sign differs, the sign is disputed."""

_SIGN = re.compile(r">\s?=|=\s?>|<\s?=|=\s?<|[≥⩾≧≤⩽≦<>]")
_MEANING: dict[str, Comparator] = {
    ">=": ">=", "=>": ">=", "≥": ">=", "⩾": ">=", "≧": ">=",
    "<=": "<=", "=<": "<=", "≤": "<=", "⩽": "<=", "≦": "<=",
}  # fmt: skip
_WORD = re.compile(r"\d+(?:\.\d+)?|[a-z]+")
_BREAK = re.compile(r"\n\s*\n|\n\s*(?:[-*•·–]|\d{1,2}[.)])\s|\n\s*o\s|^\s*[-*•]\s", re.MULTILINE)
_LITTLE = frozenset({"a", "an", "the", "of", "with", "and", "or", "is", "by", "to", "in", "at", "score", "be"})
_NEAR = 8
_Ages = tuple[Age | None, Age | None]


@dataclass(frozen=True, slots=True)
class _Place:
    """A sign with the words around it."""

    before: tuple[str, ...]
    number: Decimal
    after: tuple[str, ...]
    sign: str = ""
    context: str = ""


_Known = list[tuple[TrialRecord, list[_Place]]]


def resolve_comparators(record: TrialRecord, others: Iterable[TrialRecord] = (), *, guess: bool = True) -> TrialRecord:
    """Resolve the lost signs of a record.

    Parameters
    ----------
    record
        The record whose signs are lost.
    others
        Other records of the same trial: of the register itself, of another register, or pages that show them.
    guess
        Whether a table of habits is asked where no other record has the place.

    Returns
    -------
    TrialRecord
        The same record; each sign of ``lost_comparators`` has a ``resolution`` where one was found. Where the other
        records differ, the sign is ``disputed`` and stays unresolved.

    Examples
    --------
    >>> from myotrial.registry.reading import read_record_text
    >>> page = "Main ID: X1" + chr(10) + "Prospective Registration: Yes" + chr(10) + "Date of first enrolment: 2020"
    >>> page += chr(10) + "Inclusion Criteria:" + chr(10) + "- MMT-8 score = 142"
    >>> criteria = '"eligibilityCriteria": "Inclusion Criteria: MMT-8 score ≤ 142"'
    >>> own = '{"protocolSection": {"eligibilityModule": {' + criteria + '}}}'
    >>> found = resolve_comparators(read_record_text(page), [read_record_text(own)])
    >>> found.lost_comparators[0].resolution.comparator, found.lost_comparators[0].resolution.status
    ('<=', 'from_record')
    """
    known = [(other, list(_places(other))) for other in others]
    ages = (record.age_minimum, record.age_maximum) if guess else None
    signs = tuple(_resolved(sign, known, ages) for sign in record.lost_comparators)
    return record.model_copy(update={"lost_comparators": signs})


def require_signs(record: TrialRecord, *, guesses: bool = False) -> None:
    """Refuse a record with signs that are not known.

    Parameters
    ----------
    record
        The record, best after :func:`resolve_comparators`.
    guesses
        Whether a guess counts as known.

    Raises
    ------
    BadInput
        One fault for each sign, with its place and what it may have been.
    """
    faults = [fault for sign in record.lost_comparators if (fault := _fault(sign, guesses=guesses))]
    if faults:
        raise BadInput(faults)


def restore_signs(record: TrialRecord, passage: Passage, *, guesses: bool = False) -> str:
    """Return a passage of the record with its lost signs put back.

    Parameters
    ----------
    record
        The record, after :func:`resolve_comparators`.
    passage
        One of its passages, for example ``record.criteria.inclusion``.
    guesses
        Whether a guess may be put back.

    Raises
    ------
    BadInput
        A sign of the passage is not known.
    """
    lost = {(sign.path, sign.start): sign for sign in record.lost_comparators}
    pieces, faults = [], []
    for place, letter in enumerate(passage.text):
        sign = None
        if letter == "=":
            path, start, _ = passage.source_span(place, place + 1)
            sign = lost.get((path, start))
        if sign and (fault := _fault(sign, guesses=guesses)):
            faults.append(fault)
        pieces.append(
            {">=": "≥", "<=": "≤", "=": "="}[sign.resolution.comparator] if sign and sign.resolution else letter
        )
    if faults:
        raise BadInput(faults)
    return "".join(pieces)


def restore_title(record: TrialRecord, outcome: RegisteredOutcome, *, guesses: bool = False) -> str:
    """Return an outcome's title with its lost signs put back.

    Raises
    ------
    BadInput
        A sign of it is not known.
    """
    signs = [sign for sign in record.lost_comparators if sign.outcome == outcome.position]
    faults = [fault for sign in signs if (fault := _fault(sign, guesses=guesses))]
    if faults:
        raise BadInput(faults)
    title = outcome.title
    found = find_lost_comparators(title, "outcomes")
    for place, sign in reversed(list(zip(found, signs, strict=False))):
        put = {">=": "≥", "<=": "≤", "=": "="}[sign.resolution.comparator] if sign.resolution else "="
        title = title[: place.start] + put + title[place.end :]
    return title


def _fault(sign: LostComparator, *, guesses: bool) -> Fault | None:
    if sign.resolution and (guesses or sign.resolution.status == "from_record"):
        return None
    reason = "is disputed between other records" if sign.disputed else "is lost, and nothing tells it"
    if sign.resolution:
        reason = f"is lost; {sign.resolution.comparator} is only a guess ({sign.resolution.source})"
    return Fault(
        "lost_comparator",
        f"the comparison sign {reason}",
        column=sign.place,
        got=sign.context,
        expected=" or ".join(sign.candidates),
        hint="read the register's own record as well, and resolve the signs from it",
    )


def _resolved(sign: LostComparator, known: _Known, ages: _Ages | None) -> LostComparator:
    here = _place(sign.before, sign.after)
    if here:
        alike = [(_likeness(here, there), other, there) for other, places in known for there in places]
        near = [row for row in alike if row[0] >= ENOUGH]
        if near:
            best = max(row[0] for row in near)
            near = [row for row in near if row[0] >= best - CLOSE]
            meanings = {_MEANING.get(there.sign) for _, _, there in near}
            if len(meanings) > 1 or None in meanings:
                return sign.model_copy(update={"disputed": True, "resolution": None})
            _, other, there = max(near, key=lambda row: row[0])
            found = Resolution(
                comparator=_MEANING[there.sign],
                status="from_record",
                source=f"{other.main_id or 'a record without id'} ({other.form})",
                context=there.context,
            )
            return sign.model_copy(update={"resolution": found, "disputed": False})
    return sign.model_copy(update={"resolution": _guessed(sign, ages) if ages else None, "disputed": False})


def _guessed(sign: LostComparator, ages: _Ages) -> Resolution | None:
    before, after = (" ".join(text.lower().split()) for text in (_tail(sign.before), sign.after))
    part = "outcomes" if sign.outcome is not None else sign.field.rpartition(".")[2]
    for rule, left, right in _table():
        if rule.get("within", part) == part and left.search(before) and right.search(after):
            comparator = _between(before, after) if rule["comparator"] == "between" else rule["comparator"]
            if rule.get("field") == "ages" and (comparator := _by_age(after, ages, comparator)) is None:
                return None
            return Resolution(
                comparator=comparator,
                status="guess",
                source=f"table of habits: {rule['id']}",
                context=rule["why"],
            )
    return None


def _by_age(after: str, ages: _Ages, habit: Comparator) -> Comparator | None:
    """Return the sign that the record's age fields bear out; the habit where it has none."""
    if ages == (None, None):
        return habit
    found = re.search(r"\d+", after)
    low, high = (age is not None and found is not None and age.value == int(found[0]) for age in ages)
    return None if low == high else ">=" if low else "<="


def _between(before: str, after: str) -> Comparator:
    """Return the sign of a value between two bounds: upwards where the lower one comes first."""
    bounds = re.split("=", f"{before}={after}")
    numbers = [found for part in bounds[-3:] if (found := re.findall(r"\d+(?:\.\d+)?", part))]
    return "<=" if Decimal(numbers[0][-1]) <= Decimal(numbers[-1][0]) else ">="


@cache
def _table() -> tuple[tuple[dict[str, Any], re.Pattern[str], re.Pattern[str]], ...]:
    rules = load_data("registry", "comparators.yaml")["rules"]
    return tuple((rule, re.compile(rule["before"]), re.compile(rule["after"])) for rule in rules)


def _places(record: TrialRecord) -> Iterator[_Place]:
    """Yield every comparison sign that a record prints in full, with a number behind it."""
    for text in _texts(record):
        for sign in _SIGN.finditer(text):
            place = _place(text[max(0, sign.start() - 160) : sign.start()], text[sign.end() : sign.end() + 160])
            if place:
                around = " ".join(text[max(0, sign.start() - 48) : sign.end() + 24].split())
                yield _Place(place.before, place.number, place.after, sign[0].replace(" ", ""), around)


def _texts(record: TrialRecord) -> Iterator[str]:
    criteria = record.criteria
    for passage in (criteria.inclusion, criteria.exclusion, *criteria.other):
        if passage:
            yield passage.text
    for outcome in record.outcomes:
        yield outcome.title
        if outcome.description:
            yield outcome.description


def _place(before: str, after: str) -> _Place | None:
    left = _WORD.findall(_tail(before).lower())
    right = _WORD.findall(_head(after).lower())
    if not right or not re.match(r"\s*[-+]?\d", after):
        return None
    try:
        number = Decimal(right[0])
    except InvalidOperation:
        return None
    return _Place(tuple(left[-_NEAR:]), number, tuple(right[1:4]))


def _tail(text: str) -> str:
    """Return what stands before a sign in its own item of a list."""
    return _BREAK.split(text)[-1]


def _head(text: str) -> str:
    return _BREAK.split(text)[0]


def _likeness(one: _Place, other: _Place) -> float:
    if one.number != other.number:
        return 0.0
    first, second = (set(place.before + place.after) - _LITTLE for place in (one, other))
    shared = len(first & second) / max(1, min(len(first), len(second)))
    beside = bool(one.before and other.before and one.before[-1] == other.before[-1])
    behind = one.after[:1] == other.after[:1]
    return 0.5 * shared + 0.25 * beside + 0.25 * behind
