"""Compare two sentences by what must never change: numbers, their limits and units, negations, "and" and "or".

A plain sentence that differs from its original in any of these is not shown. The comparison reads both texts from
scratch and knows nothing of the grammar that wrote one of them.
"""

import re
from collections import Counter

_NUMBER_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|twelve"
_NUMBER = rf"(?<![\w.,^])(?<![A-Za-z]-)(?:\d+(?:[.,]\d+)*|(?:{_NUMBER_WORDS})\b)"
_BEFORE = {
    "≥": r"≥|⩾|≧|>\s?=|=\s?>|at\s+least|minimum(?:\s+(?:value|level))?(?:\s+of)?|(?:greater|more|older|higher|longer)"
    r"\s+than\s+or\s+equal\s+to|(?:no|not)\s+(?:less|fewer)\s+than",
    "≤": r"≤|⩽|≦|<\s?=|=\s?<|at\s+most|max(?:imum)?(?:\s+of)?|up\s+to|(?:less|lower|younger|fewer|shorter)\s+than"
    r"(?:\s+that)?\s+or\s+equal\s+to|(?:no|not)\s+(?:more|greater|higher|longer)\s+than",
    ">": r">|(?:more|greater|higher|longer|older)\s+than|over|above|exceeding",
    "<": r"<|(?:less|lower|fewer|shorter|younger)\s+than|under|below",
}
_AFTER = {
    "≥": r"\b(?:or|and)\s+(?:more|older|greater|higher|over|above|up)\b(?!\s+than)",
    "≤": r"\b(?:or|and)\s+(?:less|younger|lower|under|below|fewer)\b(?!\s+than)",
}
_UNIT = (
    r"mL/min/1\.73\s?m\s?(?:\^?2|²)|(?:[x×]\s?)?10\^?\d+\s?/\s?[a-zµ]+3?|/\s?mm\^?3|kg/m\s?(?:\^?2|²)|[a-zµμ]+/[a-z]+"
    r"|g\s?/\s?dl|%|percent|mg|kg|cm|lbs|g|mm|days?|weeks?|months?|years?|yrs?|hours?|half|points?|times|[x×](?=\s)"
)
_PLAIN_UNIT = {"percent": "%", "yr": "year", "x": "times", "×": "times", "gm/dl": "g/dl", "time": "times"}
_FOLLOWED = "|".join(f"(?P<a{n}>{words})" for n, words in enumerate(_AFTER.values()))
_TAIL = rf"(?P<tail>(?:\s*(?:\([^()]*\)|[^\s\d,;:()]+)){{0,5}}?)\s*(?:{_FOLLOWED})"
_LIMIT = re.compile(
    "(?:" + "|".join(f"(?P<b{n}>{words})" for n, words in enumerate(_BEFORE.values())) + r")?\s*(?:an?\s+)?"
    rf"(?P<number>{_NUMBER})(?:\s*\(\d+\))?\s*-?\s*(?P<unit>(?:{_UNIT})(?![a-z]))?(?:{_TAIL})?",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:no|not|non|never|without|none|neither|nor|cannot|absen\w+|unable|inabilit\w+|unwilling\w*|lack\w*|intoleran\w+"
    r"|inadequate\w*|naive|naïve|forgo|fail\w*)\b",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(r"\b(?:except\w*|excluding|other\s+than|unless|apart\s+from)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\b[^.;]*?\band\b", re.IGNORECASE)
_JOIN = re.compile(r"\band\s?/\s?or\b|\bor\s?/\s?and\b|\band\b|\bor\b", re.IGNORECASE)


def invariants(text: str) -> Counter[str]:
    """Return what a sentence must keep, each with how often it stands there.

    Examples
    --------
    >>> sorted(invariants("No CK > 4 x ULN or aged 18 years and older").elements())
    ['> 4 times', 'join or', 'not', '≥ 18 year']
    >>> invariants("You are 18 years old or older") == invariants("Age at least 18 years")
    True
    """
    found: Counter[str] = Counter()
    rest = _LIMIT.sub(lambda limit: _take(limit, found), text)
    found["not"] += len(_NEGATION.findall(rest))
    found["except"] += len(_EXCEPTION.findall(rest))
    rest = _BETWEEN.sub(" between ", rest)
    for join in _JOIN.findall(rest):
        found[f"join {'and/or' if '/' in join else join.lower()}"] += 1
    return +found


def _take(limit: re.Match[str], found: Counter[str]) -> str:
    """Note a number with its limit and unit; leave a mark in its place, and the words that only followed it."""
    sign = next((sign for n, sign in enumerate(_BEFORE) if limit[f"b{n}"]), "")
    sign = sign or next((sign for n, sign in enumerate(_AFTER) if limit[f"a{n}"]), "")
    unit = re.sub(r"[\s^]", "", (limit["unit"] or "").lower()).removesuffix("s")
    number = limit["number"].lower()
    found[f"{sign} {number} {_PLAIN_UNIT.get(unit, unit)}".strip()] += 1
    return f" # {limit['tail'] or ''} "


def changed(original: str, plain: str) -> Counter[str]:
    """Return what is in one of two sentences and not in the other; nothing where they agree.

    Examples
    --------
    >>> changed("MMT-8 score <= 142", "your MMT-8 score is 142 or less")
    Counter()
    >>> sorted(changed("no fever or rash", "fever and rash").elements())
    ['join and', 'join or', 'not']
    """
    one, two = invariants(original), invariants(plain)
    return (one - two) + (two - one)
