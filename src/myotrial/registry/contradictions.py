"""Where the text of the criteria says another age than the fields do."""

import re
from collections.abc import Iterator

from myotrial.model.source import Record
from myotrial.registry.ages import Age
from myotrial.registry.criteria_items import CriterionItem, list_criteria_items
from myotrial.registry.record import TrialRecord

_LOW = re.compile(
    r"(?P<sign>>\s?=|≥|>|=\s?>|\bolder than|\bover(?: the age of)?|\babove|\bat least|\bminimum(?: age)?(?: of)?)\s*"
    r"(?:or equal to\s*)?(?P<age>\d{1,2})\s*-?(?:years?|yrs?|y\.?o?\.?\b)",
    re.IGNORECASE,
)
_HIGH = re.compile(
    r"(?P<sign><\s?=|≤|<|=\s?<|\byounger than|\bunder(?: the age of)?|\bbelow|\bless than|\bup to|\bno older than)\s*"
    r"(?:or equal to\s*)?(?P<age>\d{1,3})\s*-?(?:years?|yrs?|y\.?o?\.?\b)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?P<low>\d{1,2})\s*(?:years?(?: old)?)?\s*(?:-|–|—|to|and)\s*"
    r"(?P<strict><\s?(?!=))?(?P<age>\d{1,3})\s*-?(?:years?|yrs?)",
    re.IGNORECASE,
)
_OR_OLDER = re.compile(
    r"(?P<age>\d{1,2})\s*years?(?: of age| old)?\s*(?:or|and)\s*(?:older|over|above|up)", re.IGNORECASE
)
_OF_AGE = re.compile(
    r"\bage[sd]?\b|years? old|\badults?\b|\bchildren\b|\b(?:fe)?males?\b|\bsubjects?\b|\bpatients?\b|\bparticipants?\b"
    r"|\b(?:wo)?men\b", re.IGNORECASE
)  # fmt: skip
_OF_SOMETHING_ELSE = re.compile(
    r"durations?|history|onset|since|prior|previous|past|last|within|diagnos|surviv|expectancy|smok|partner|every"
    r"|more than|postmenopaus|menopaus|father|child[- ]?bearing|parent|donor", re.IGNORECASE
)  # fmt: skip
_STRICT_LOW = frozenset({">", "older than", "over", "above"})
_STRICT_HIGH = frozenset({"<", "younger than", "under", "below", "less than"})


class Contradiction(Record):
    """A place where the text and a field do not say the same.

    Attributes
    ----------
    field
        ``age_minimum`` or ``age_maximum``.
    text_says, field_says
        The words of each.
    criterion
        The position of the criterion among the record's items.
    path, start, end
        Where the criterion stands in the source.
    meaning
        Whom it concerns.
    """

    field: str
    text_says: str
    field_says: str
    criterion: int
    path: str | None = None
    start: int
    end: int
    meaning: str


def find_contradictions(record: TrialRecord) -> tuple[Contradiction, ...]:
    """Hold the ages in the inclusion criteria against the record's age fields.

    A lost sign is held against nothing. "< 80" agrees with a maximum of 79 years, which counts completed years.

    Examples
    --------
    >>> from myotrial.registry.reading import read_record_text
    >>> fields = '"eligibilityCriteria": "Inclusion Criteria: Adults >18 years", "minimumAge": "18 Years"'
    >>> record = read_record_text('{"protocolSection": {"eligibilityModule": {' + fields + '}}}')
    >>> for found in find_contradictions(record):
    ...     print(found.text_says, "|", found.field_says, "|", found.meaning)
    >18 years | 18 Years | someone aged 18 may enter by the field and not by the text
    """
    found = []
    for item in list_criteria_items(record):
        if item.kind == "inclusion" and _OF_AGE.search(item.text):
            found += [*_low(record.age_minimum, item), *_high(record.age_maximum, item)]
    return tuple(found)


def _low(age: Age | None, item: CriterionItem) -> Iterator[Contradiction]:
    years = _years(age)
    if years is None or age is None:
        return
    for words, first in _lows(item.text):
        if first != years:
            yield _contradiction("age_minimum", words, age, item, first, years)


def _lows(text: str) -> Iterator[tuple[str, float]]:
    """Yield the youngest age in completed years that each limit of a text lets in."""
    for found in _LOW.finditer(text):
        if _is_age(text, found.start()):
            strict = found["sign"].lower().split(" the ")[0] in _STRICT_LOW
            yield found[0], int(found["age"]) + strict
    for found in _RANGE.finditer(text):
        if _is_age(text, found.start()) and int(found["low"]) < int(found["age"]):
            strict = text[: found.start()].rstrip().endswith(">")
            yield found[0], int(found["low"]) + strict
    for found in _OR_OLDER.finditer(text):
        if _is_age(text, found.start()) and not _LOW.search(text):
            yield found[0], int(found["age"])


def _high(age: Age | None, item: CriterionItem) -> Iterator[Contradiction]:
    years = _years(age)
    if age is None or (years is None and not age.no_limit):
        return
    for words, last in _highs(item.text):
        if last != years:
            yield _contradiction("age_maximum", words, age, item, last, years)


def _highs(text: str) -> Iterator[tuple[str, float]]:
    """Yield the oldest age in completed years that each limit of a text lets in."""
    for found in _HIGH.finditer(text):
        if _is_age(text, found.start()):
            strict = found["sign"].lower().split(" the ")[0] in _STRICT_HIGH
            yield found[0], int(found["age"]) - strict
    for found in _RANGE.finditer(text):
        if _is_age(text, found.start()) and int(found["low"]) < int(found["age"]):
            yield found[0], int(found["age"]) - bool(found["strict"])


def _is_age(text: str, at: int) -> bool:
    return not _OF_SOMETHING_ELSE.search(text[max(0, at - 45) : at])


def _years(age: Age | None) -> float | None:
    return age.value if age and age.value is not None and age.unit == "years" else None


def _contradiction(
    field: str, words: str, age: Age, item: CriterionItem, text: float, stated: float | None
) -> Contradiction:
    return Contradiction(
        field=field,
        text_says=words,
        field_says=age.text,
        criterion=item.position,
        path=item.path,
        start=item.start,
        end=item.end,
        meaning=_meaning(field, text, stated),
    )


def _meaning(field: str, text: float, stated: float | None) -> str:
    if stated is None:
        return f"someone older than {text:g} may enter by the field and not by the text"
    low, high = sorted((text, stated))
    if field == "age_minimum":
        who, by_field = _aged(low, high - 1), stated < text
    else:
        who, by_field = _aged(low + 1, high), stated > text
    first, second = ("field", "text") if by_field else ("text", "field")
    return f"someone aged {who} may enter by the {first} and not by the {second}"


def _aged(first: float, last: float) -> str:
    return f"{first:g}" if first == last else f"{first:g} to {last:g}"
