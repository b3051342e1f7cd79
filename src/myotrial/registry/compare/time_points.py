"""The times at which an outcome is measured, read from its time frame."""

import re
from collections.abc import Iterator
from fractions import Fraction

from myotrial.model.source import Record

_UNITS: dict[str, tuple[str, Fraction]] = {
    "minute": ("hour", Fraction(1, 60)), "min": ("hour", Fraction(1, 60)),
    "hour": ("hour", Fraction(1)), "hr": ("hour", Fraction(1)),
    "day": ("day", Fraction(1)), "week": ("day", Fraction(7)), "wk": ("day", Fraction(7)),
    "month": ("month", Fraction(1)), "year": ("month", Fraction(12)), "yr": ("month", Fraction(12)),
    "visit": ("visit", Fraction(1)), "cycle": ("cycle", Fraction(1)),
}  # fmt: skip
_NAMES = {"hour": "hour", "day": "day", "month": "month", "visit": "visit", "cycle": "cycle"}
_LARGER = {"day": ("week", 7), "month": ("year", 12)}
_UNIT = rf"(?P<{{}}>{'|'.join(sorted(_UNITS, key=len, reverse=True))})s?\b"
_LIST = r"\d+(?:\.\d+)?(?:\s*(?:,\s*and|,\s*or|,|&|and|or|to|until|through|-|–|/)\s*\d+(?:\.\d+)?)*"
_NOT_ANOTHER_UNITS = rf"(?!\d|\.\d|\s*-?\s*(?:{'|'.join(_UNITS)})s?\b)"
_BEFORE = re.compile(rf"\b{_UNIT.format('unit')}\s*(?P<numbers>{_LIST}){_NOT_ANOTHER_UNITS}", re.IGNORECASE)
_AFTER = re.compile(rf"(?P<numbers>{_LIST})\s*[- ]?\s*{_UNIT.format('unit')}", re.IGNORECASE)
_ONE = re.compile(r"\b(?:one|a|an)\s+(?P<unit>year|month|week|day)\b", re.IGNORECASE)
_BASELINE = re.compile(r"\bbase\s?line\b|\bscreening\b|\bpre-?dose\b|\bday 0\b|\bweek 0\b", re.IGNORECASE)
_PERIOD = re.compile(
    r"\bup to\b|\bthrough(?:out)?\b|\buntil\b|\bwithin\b|\bduring\b|\bbetween\b|\d\s*(?:to|-|–)\s*\d|\bfrom\b.*\bto\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class TimePoints(Record):
    """When an outcome is measured.

    Attributes
    ----------
    points
        The times, each as a number of hours, days, months, visits or cycles with its unit: a week is seven days and a
        year twelve months, exactly; a month is no number of days.
    baseline
        Whether a time before the treatment is named.
    period
        Whether a stretch of time is meant ("up to", "through"), not the times alone.
    """

    points: frozenset[tuple[str, str]]
    baseline: bool = False
    period: bool = False

    def __str__(self) -> str:
        """Return the times in words."""
        order = sorted(self.points, key=lambda point: (point[1], Fraction(point[0])))
        words = [_words(number, unit) for number, unit in order]
        text = ", ".join((["baseline"] if self.baseline else []) + words)
        return f"over the time to {text}" if self.period and words else text


def read_time_points(text: str | None) -> TimePoints | None:
    """Read a time frame; ``None`` where it holds no time, or a number that belongs to none.

    Examples
    --------
    >>> str(read_time_points("Weeks 17, 21, and 25")), str(read_time_points("Baseline up to Week 53"))
    ('week 17, week 21, week 25', 'over the time to baseline, week 53')
    >>> read_time_points("40 and 64 weeks").points == read_time_points("Week 40, Week 64").points
    True
    >>> read_time_points("1 year").points == read_time_points("12 months").points
    True
    >>> read_time_points("52 weeks").points == read_time_points("1 year").points
    False
    >>> read_time_points("at the end of study period 2") is None
    True
    """
    if not text or not text.strip():
        return None
    points, rest = set(), text
    for pattern in (_AFTER, _BEFORE) if _AFTER.match(text.strip()) else (_BEFORE, _AFTER):
        for found in list(pattern.finditer(rest)):
            points |= set(_points(found["numbers"], found["unit"]))
        rest = pattern.sub(" ", rest)
    for found in _ONE.finditer(rest):
        points |= set(_points("1", found["unit"]))
    baseline = bool(_BASELINE.search(text))
    if _NUMBER.search(rest) or not (points or baseline):
        return None
    return TimePoints(points=frozenset(points), baseline=baseline, period=bool(_PERIOD.search(text)))


def _points(numbers: str, unit: str) -> Iterator[tuple[str, str]]:
    name, size = _UNITS[unit.casefold()]
    for number in _NUMBER.findall(numbers):
        yield str(Fraction(number) * size), name


def _words(number: str, unit: str) -> str:
    """Return a time in the largest unit that it is a whole number of: 280 days are week 40."""
    value = Fraction(number)
    name = _NAMES[unit]
    larger, size = _LARGER.get(unit, ("", 1))
    if larger and value and not value % size:
        value, name = value / size, larger
    return f"{name} {value if value.denominator == 1 else f'{float(value):g}'}"
