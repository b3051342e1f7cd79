"""Check a record: the 24 items, registration before enrolment, results that are due, ages that contradict."""

from datetime import date
from typing import Any, Literal

from myotrial.model.source import Record
from myotrial.registry.contradictions import Contradiction, find_contradictions
from myotrial.registry.criteria_items import list_criteria_items
from myotrial.registry.dates import PartialDate
from myotrial.registry.items import ItemState, list_item_states
from myotrial.registry.record import TrialRecord

Answer = Literal["yes", "no", "cannot be told"]
"""An answer that the dates allow."""

MONTHS_TO_RESULTS = 12
"""Months from the primary completion to results: FDAAA 801 for applicable trials, EU Regulation 536/2014 article 37."""

_STOPPED_BEFORE = frozenset({"withdrawn", "not yet recruiting", "not_yet_recruiting", "authorised, not started"})


class Finding(Record):
    """An answer, and what it rests on."""

    answer: Answer
    reason: str


class RecordCheck(Record):
    """What a check of a record found.

    Attributes
    ----------
    main_id
        The trial.
    on
        The day the check is made for.
    items
        The 24 items of the WHO data set.
    prospective
        Whether it was registered no later than the day of the first enrolment, by the dates.
    results_overdue
        Whether results are overdue on that day.
    contradictions
        Where the text of the criteria and the age fields differ.
    ambiguous
        The positions of the criteria that mix "and" and "or".
    warnings
        Everything else that a reader must know: what the record says of itself and the dates do not bear out, lost
        signs, a text that is cut off.
    """

    main_id: str | None
    on: date
    items: tuple[ItemState, ...]
    prospective: Finding
    results_overdue: Finding
    contradictions: tuple[Contradiction, ...]
    ambiguous: tuple[int, ...]
    warnings: tuple[str, ...]

    @property
    def filled(self) -> int:
        """How many of the 24 items are filled."""
        return sum(item.state == "filled" for item in self.items)

    @property
    def missing(self) -> tuple[str, ...]:
        """The items that are empty, and could be filled in this form."""
        return tuple(item.name for item in self.items if item.state == "empty")

    def to_dict(self) -> dict[str, Any]:
        """Return the check as plain data."""
        return self.model_dump(mode="json") | {"filled": self.filled, "missing": list(self.missing)}

    def __repr__(self) -> str:
        """Return one line with the answers."""
        return (
            f"<RecordCheck {self.main_id or 'without id'}: {self.filled} of {len(self.items)} items, "
            f"prospective {self.prospective.answer}, results overdue {self.results_overdue.answer}>"
        )


def check_record(record: TrialRecord, *, on: date, months_to_results: int = MONTHS_TO_RESULTS) -> RecordCheck:
    """Check a record.

    Parameters
    ----------
    record
        The record.
    on
        The day to check it for: whether results are overdue depends on it.
    months_to_results
        Months from the primary completion (or, without one, the completion) until results are due.

    Examples
    --------
    >>> from datetime import date
    >>> from myotrial.registry.dates import read_date
    >>> record = TrialRecord(form="invented", sha256="0", main_id="X1", date_registered=read_date("2019-08-01"),
    ...                      date_first_enrolment=read_date("October 21, 2019"))
    >>> check_record(record, on=date(2024, 4, 8))
    <RecordCheck X1: 3 of 24 items, prospective yes, results overdue cannot be told>
    """
    prospective = _prospective(record.date_registered, record.date_first_enrolment)
    return RecordCheck(
        main_id=record.main_id,
        on=on,
        items=list_item_states(record),
        prospective=prospective,
        results_overdue=_overdue(record, on, months_to_results),
        contradictions=find_contradictions(record),
        ambiguous=tuple(item.position for item in list_criteria_items(record) if item.readings),
        warnings=tuple(_warnings(record, prospective)),
    )


def _prospective(registered: PartialDate | None, enrolled: PartialDate | None) -> Finding:
    first, second = _span(registered), _span(enrolled)
    if first is None or second is None:
        missing = "registration" if first is None else "first enrolment"
        return Finding(answer="cannot be told", reason=f"the record has no date of {missing}")
    words = f"registered {registered}, first enrolment {enrolled}"
    if first[1] <= second[0]:
        return Finding(answer="yes", reason=words)
    if first[0] > second[1]:
        return Finding(answer="no", reason=words)
    return Finding(answer="cannot be told", reason=f"{words}: the dates are not exact enough")


def _overdue(record: TrialRecord, on: date, months: int) -> Finding:
    if record.results.available or record.results.date_posted or record.results.url or record.results.summary:
        return Finding(answer="no", reason="the record tells of results")
    if (record.recruitment_status or "").lower() in _STOPPED_BEFORE:
        return Finding(answer="no", reason=f"the trial is {record.recruitment_status}")
    completed = record.date_primary_completion or record.date_completion or record.results.date_completed
    span = _span(completed)
    if span is None:
        return Finding(answer="cannot be told", reason="the record has no date of completion")
    due = (_later(span[0], months), _later(span[1], months))
    words = f"completion {completed}, results due {months} months later"
    if on > due[1]:
        return Finding(answer="yes", reason=f"{words}, none are told of")
    if on <= due[0]:
        return Finding(answer="no", reason=f"{words}: that is not before {due[0]}")
    return Finding(answer="cannot be told", reason=f"{words}: the date is not exact enough")


def _warnings(record: TrialRecord, prospective: Finding) -> list[str]:
    said = []
    if record.prospective is not None and prospective.answer == ("no" if record.prospective else "yes"):
        stated = "prospective" if record.prospective else "retrospective"
        said.append(f"the record calls itself {stated}; its dates say otherwise ({prospective.reason})")
    unresolved = [sign for sign in record.lost_comparators if sign.resolution is None]
    if unresolved:
        said.append(f"{len(unresolved)} comparison signs are lost: none may be read as equality")
    if record.lost_powers:
        said.append(f"{len(record.lost_powers)} powers of ten may have lost their raised digits")
    if record.cut_off:
        said.append("the text is cut off")
    flat = sum(item.flattened for item in list_criteria_items(record))
    if flat:
        said.append(f"{flat} criteria announce a list that does not stand below them: the nesting is lost")
    return said


def _span(when: PartialDate | None) -> tuple[date, date] | None:
    """Return the first and the last day that a date may be."""
    if when is None or when.year is None:
        return None
    if when.month is None:
        return date(when.year, 1, 1), date(when.year, 12, 31)
    if when.day is None:
        following = _later(date(when.year, when.month, 1), 1)
        return date(when.year, when.month, 1), date.fromordinal(following.toordinal() - 1)
    day = date(when.year, when.month, when.day)
    return day, day


def _later(day: date, months: int) -> date:
    """Return the same day some months later; the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, 28)
