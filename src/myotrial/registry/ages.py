"""Age limits as registers print them."""

import re
from functools import lru_cache
from typing import Literal

from myotrial.model.source import Record

Unit = Literal["years", "months", "weeks", "days", "hours", "minutes"]
"""The units an age is given in."""

_UNITS: dict[str, Unit] = {
    "y": "years", "yr": "years", "year": "years",
    "m": "months", "month": "months",
    "w": "weeks", "week": "weeks",
    "d": "days", "day": "days",
    "hour": "hours", "minute": "minutes",
}  # fmt: skip
_AGE = re.compile(
    r"(?:age\s+)?(\d{1,6}(?:\.\d{1,6})?)[\s-]*([a-z]+?)?s?(?:[\s-]*olds?)?(?:\s*of age)?"
    r"(?:\s*\((?:years?|inclusive)\))?\.?",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\bno (?:age )?limit\b", re.IGNORECASE)
_NO_LIMIT = frozenset({"n/a", "na", "none", "no limit", "no maximum", "no minimum", "no maximum age", "not applicable"})


class Age(Record):
    """An age limit.

    Attributes
    ----------
    text
        The limit as written.
    value, unit
        What it says. The unit is never supposed: ``18`` alone has none.
    no_limit
        The record says in words that there is no limit (``N/A``).
    """

    text: str
    value: float | None = None
    unit: Unit | None = None
    no_limit: bool = False


@lru_cache(1024)
def read_age(text: str) -> Age:
    """Read an age limit.

    Examples
    --------
    >>> read_age("18 Years")
    Age(text='18 Years', value=18.0, unit='years', no_limit=False)
    >>> read_age("N/A").no_limit, read_age("18").unit, read_age("adults").value
    (True, None, None)
    """
    written = text.strip()
    if written.lower() in _NO_LIMIT or _OPEN.search(written):
        return Age(text=written, no_limit=True)
    found = _AGE.fullmatch(written)
    if not found:
        return Age(text=written)
    unit = _UNITS.get(found[2].lower()) if found[2] else None
    if found[2] and unit is None:
        return Age(text=written)
    return Age(text=written, value=float(found[1]), unit=unit)
