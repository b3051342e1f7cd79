"""Age limits that stand in a criterion, where a record has no field for them."""

import re

from myotrial.registry.compare.words import tokens
from myotrial.registry.criteria_items import list_criteria_items
from myotrial.registry.record import TrialRecord

_AGE = re.compile(r"\bage[ds]?\b|\byears?\b.*\b(?:old|older|age)\b|\badults?\b|\bpatients?\b|\bsubjects?\b")
_OF_TIME = re.compile(r"\b(?:duration|within|previous|prior|before|onset|diagnos\w+|last|past|history|for)\b[^()]*$")
_RANGE = re.compile(r"(?P<low>\d+) (?:to |and |- ?)?(?P<high>\d+) years?")
_LOW = re.compile(r"(?P<sign>[≥>=]) (?P<age>\d+) years?|(?P<sign2>[≥>=]) (?P<age2>\d+)$")
_HIGH = re.compile(r"(?P<sign>[≤<]) (?P<age>\d+) years?")


def find_ages_in_text(record: TrialRecord) -> tuple[str | None, str | None]:
    """Return the lowest and the highest age that the inclusion criteria name, as words with their sign.

    A bare "=" stays one: it may have been "≥" or "≤".

    Examples
    --------
    >>> from myotrial.registry.parts import Criteria, Passage
    >>> text = "Adult patients (18-80 years) with myositis"
    >>> criteria = Criteria(inclusion=Passage(text=text, start=0, end=len(text)))
    >>> find_ages_in_text(TrialRecord(form="invented", sha256="0", criteria=criteria))
    ('≥ 18 years', '≤ 80 years')
    """
    low = high = None
    for item in list_criteria_items(record):
        words = " ".join(tokens(item.text))
        if item.kind == "exclusion" or not _AGE.search(words):
            continue
        if (found := _RANGE.search(words)) and not _OF_TIME.search(words[: found.start()]):
            low, high = low or f"≥ {found['low']} years", high or f"≤ {found['high']} years"
            continue
        if (found := _LOW.search(words)) and not _OF_TIME.search(words[: found.start()]):
            low = low or f"{found['sign'] or found['sign2']} {found['age'] or found['age2']} years"
        if (found := _HIGH.search(words)) and not _OF_TIME.search(words[: found.start()]):
            high = high or f"{found['sign']} {found['age']} years"
    return low, high
