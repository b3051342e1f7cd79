"""Dates as registers print them: often without a day, and always kept as written."""

import re
from datetime import date
from functools import lru_cache
from typing import Literal, Self

from pydantic import model_validator

from myotrial.model.source import Record

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_TIME = re.compile(r"(?<=\d)[ T]\d{1,2}:\d{2}.*$")
_WORDED_DAY = re.compile(r"(\d{1,2})[-\s]([a-z]{3,9})[-\s](\d{4})", re.IGNORECASE)
_IN_WORDS = re.compile(r"(?:(\d{1,2})\s+)?([a-z]{3,9})\.?\s+(?:(\d{1,2}),?\s+)?(\d{4})", re.IGNORECASE)


class PartialDate(Record):
    """A date that may lack its day or its month; nothing is filled in.

    Attributes
    ----------
    text
        The date as it is written in the record.
    year, month, day
        What the text states; all ``None`` where it could not be read as a date.

    Examples
    --------
    >>> started = read_date("March 2006")
    >>> str(started), started.precision, started.day
    ('2006-03', 'month', None)
    """

    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None

    @model_validator(mode="after")
    def _must_exist(self) -> Self:
        if self.year is None:
            if self.month is not None or self.day is not None:
                raise ValueError("a date without a year has no month and no day")
        elif self.month is None and self.day is not None:
            raise ValueError("a date without a month has no day")
        else:
            date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)
        return self

    @property
    def precision(self) -> Literal["year", "month", "day"] | None:
        """The finest part that is stated, ``None`` where the text is not a date."""
        if self.day is not None:
            return "day"
        if self.month is not None:
            return "month"
        return "year" if self.year is not None else None

    def __str__(self) -> str:
        """Return ISO 8601 at the stated precision, or the text where it is not a date."""
        if self.year is None:
            return self.text
        parts = [f"{self.year:04d}"] + [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


@lru_cache(4096)
def read_date(text: str, *, month_first: bool = False) -> PartialDate:
    """Read a date as the WHO portal and the registers behind it write them.

    Numbers with the year last are read day first, as the portal prints them; month first is taken only
    where day first would be no date.

    Parameters
    ----------
    text
        For example ``8 April 2024``, ``October 21, 2019``, ``01/08/2019``, ``2013-01-03``, ``March 2006``. A time
        of day after the date is left aside.
    month_first
        Whether numbers with the year last are read month first.

    Returns
    -------
    PartialDate
        With ``precision`` ``None`` where the text is not a date.

    Examples
    --------
    >>> str(read_date("01/08/2019")), str(read_date("October 21, 2019")), str(read_date("2019"))
    ('2019-08-01', '2019-10-21', '2019')
    >>> read_date("to be decided").precision is None
    True
    """
    written = text.strip()
    candidates = _candidates(_TIME.sub("", written))
    for parts in reversed(candidates) if month_first else candidates:
        try:
            return PartialDate(text=written, year=parts[0], month=parts[1], day=parts[2])
        except ValueError:
            continue
    return PartialDate(text=written)


def _candidates(text: str) -> list[tuple[int, int | None, int | None]]:
    if (found := _YEAR_FIRST.fullmatch(text)) or (found := _COMPACT.fullmatch(text)):
        return [(int(found[1]), _number(found[2]), _number(found[3]))]
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        return [(year, second, first), (year, first, second)]
    if found := _WORDED_DAY.fullmatch(text):
        month = _month(found[2])
        return [(int(found[3]), month, int(found[1]))] if month else []
    found = _IN_WORDS.fullmatch(text)
    if found and not (found[1] and found[3]):
        month = _month(found[2])
        return [(int(found[4]), month, _number(found[1] or found[3]))] if month else []
    return []


def _month(word: str) -> int | None:
    return next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(word.lower())), None)


def _number(text: str | None) -> int | None:
    return int(text) if text else None
