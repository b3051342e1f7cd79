"""Fields that registers print on one line: an outcome, an intervention, a sample size, a sex, yes or no."""

import re
from functools import lru_cache
from typing import Literal

from myotrial.registry.parts import GroupSize, Intervention, RegisteredOutcome, Role

_TIME_FRAME = re.compile(
    r"(?P<title>.*?)\s*\[\s*Time Frame:\s*(?P<when>(?:[^\[\]]|\[[^\]]*\])*)(?P<closed>\]?)\s*(?P<remark>.*)",
    re.IGNORECASE | re.DOTALL,
)
_TIMEPOINT = re.compile(
    r"(?P<title>.{2,}?)[\s.;]*\b(?:Time ?points?|Timeframe)(?:\(s\) of evaluation of this end point)?\s*:\s*"
    r"(?P<when>.*?)(?:[.;]\s*Method of measurement\s*:\s*(?P<how>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_BRACKET_LAST = re.compile(
    r"(?P<title>.{2,}?)\s*\[\s*(?:Time\s?frame:?\s+)?"
    r"(?P<when>[^\[\]]*\b(?:\d|day|week|month|year|baseline|hour|minute|time)[^\[\]]*)\]\.?",
    re.IGNORECASE | re.DOTALL,
)
_INTERVENTION = re.compile(
    r"(Drug|Biological|Device|Procedure|Radiation|Behavioral|Genetic|Dietary Supplement|Combination Product"
    r"|Diagnostic Test|Other)\s*:\s*(.+)",
    re.IGNORECASE | re.DOTALL,
)
_SEX: dict[str, Literal["all", "female", "male"]] = {
    "all": "all",
    "both": "all",
    "male and female": "all",
    "male/female": "all",
    "male or female": "all",
    "males and females": "all",
    "both males and females": "all",
    "both, male and female": "all",
    "both male and female": "all",
    "both sexes": "all",
    "males": "male",
    "females": "female",
    "male only": "male",
    "female only": "female",
    "m": "male",
    "f": "female",
    "female": "female",
    "male": "male",
}


def read_outcome(line: str, *, role: Role, position: int, start: int = 0) -> RegisteredOutcome:
    """Read an outcome whose time frame follows it in brackets.

    Parameters
    ----------
    line
        The outcome as printed.
    role, position
        Primary or secondary, and its place among the record's outcomes.
    start
        Where the line begins in the source text.

    Examples
    --------
    >>> outcome = read_outcome("Mean change in X [Time Frame: Week 4]", role="primary", position=1)
    >>> outcome.title, outcome.time_frame
    ('Mean change in X', 'Week 4')
    """
    found = _TIME_FRAME.fullmatch(line)
    other = None if found else _TIMEPOINT.fullmatch(line) or _BRACKET_LAST.fullmatch(line)
    known = found or other
    return RegisteredOutcome(
        role=role,
        position=position,
        title=known["title"] if known else line,
        time_frame=(known["when"].strip() or None) if known else None,
        remark=(found["remark"] or None) if found else None,
        description=other["how"] if other and "how" in other.groupdict() else None,
        start=start,
        end=start + len(line),
    )


def time_frame_is_open(line: str) -> bool:
    """Whether a line begins a time frame and does not close it.

    Examples
    --------
    >>> time_frame_is_open("X [Time Frame: Week")
    True
    """
    found = _TIME_FRAME.fullmatch(line)
    return bool(found and not found["closed"])


def read_intervention(line: str) -> Intervention:
    """Read an intervention, with its type where one of the known types stands before it.

    Examples
    --------
    >>> given = read_intervention("Drug: Placebo")
    >>> given.type, given.name
    ('Drug', 'Placebo')
    """
    found = _INTERVENTION.fullmatch(line)
    return Intervention(type=found[1], name=found[2]) if found else Intervention(name=line)


@lru_cache(1024)
def read_target_size(words: str) -> tuple[int | None, tuple[GroupSize, ...]]:
    """Read a sample size: one number, or one for each group, whose sum is then the size.

    Examples
    --------
    >>> read_target_size("treated:30;control:15;")
    (45, (GroupSize(group='treated', size=30), GroupSize(group='control', size=15)))
    >>> read_target_size("about 40")
    (None, ())
    """
    if is_count(words):
        return int(words), ()
    pairs = [part.rpartition(":") for part in words.split(";") if part.strip()]
    if not pairs or not all(group.strip() and is_count(size.strip()) for group, _, size in pairs):
        return None, ()
    groups = tuple(GroupSize(group=group.strip(), size=int(size)) for group, _, size in pairs)
    return sum(group.size for group in groups), groups


@lru_cache(1024)
def read_sex(words: str) -> Literal["all", "female", "male"] | None:
    """Read who may enter by sex, ``None`` where the words are not known.

    Examples
    --------
    >>> read_sex("Both"), read_sex("see below")
    ('all', None)
    """
    plain = " ".join(re.sub(r"<br\s*/?>", " ", words.lower()).split()).rstrip(".")
    if answers := dict(re.findall(r"\b(female|male)s?\s*:\s*(yes|no)\b", plain)):
        allowed = [sex for sex, answer in answers.items() if answer == "yes"]
        return ("all" if len(allowed) == 2 else _SEX[allowed[0]]) if allowed else None
    return _SEX.get(plain)


def read_yes_or_no(words: str) -> bool | None:
    """Read an answer, ``None`` where it is neither yes nor no.

    Examples
    --------
    >>> read_yes_or_no("Yes"), read_yes_or_no("unclear")
    (True, None)
    """
    return {"yes": True, "no": False}.get(words.lower())


def is_count(words: str) -> bool:
    """Whether words are a whole number, in plain digits.

    Examples
    --------
    >>> is_count("24"), is_count("²"), is_count("about 24")
    (True, False, False)
    """
    return bool(re.fullmatch(r"[0-9]{1,9}", words))
