"""Read what a sentence must keep, token by token: another way than the guard's patterns."""

import re
from collections import Counter

TOKEN = re.compile(r"[A-Za-zÀ-ÿ]+(?:[-'’.][A-Za-z0-9]+)*|\d+(?:[.,]\d+)*|[<>≤≥=]+|[%/^×()]|\S")
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
WORDS = {word: str(number) for number, word in enumerate(NAMES)}
UNITS = {"percent": "%", "yr": "year", "yrs": "year", "x": "times", "×": "times"}
UNIT = {"day", "week", "month", "year", "hour", "%", "mg", "kg", "cm", "g", "lb", "mm", "point", "times", *UNITS}
NOT = re.compile(
    r"^(?:no|not|non|never|without|none|neither|nor|cannot|absen.*|unable|inabilit.*|unwilling|lack|intoleran.*"
    r"|inadequate|treatment-naive|naive|forgo|failed|failure|non-.*)$"
)
LIMITS = [
    (sign, phrase.split())
    for sign, phrases in {
        "≥": "at least|minimum value of|minimum level of|minimum of|minimum|no less than|not less than|≥|>=|"
        "greater than or equal to|more than or equal to|older than or equal to|higher than or equal to",
        "≤": "at most|up to|no more than|not more than|no greater than|not greater than|max|maximum of|maximum|≤|<=|"
        "less than or equal to|less than that or equal to|lower than or equal to|younger than or equal to",
        ">": "more than|greater than|higher than|older than|longer than|over|above|exceeding|>",
        "<": "less than|lower than|younger than|fewer than|shorter than|under|below|<",
    }.items()
    for phrase in phrases.split("|")
]
LIMITS.sort(key=lambda limit: -len(limit[1]))
AFTER = {"more": "≥", "older": "≥", "greater": "≥", "higher": "≥", "above": "≥", "over": "≥", "up": "≥",
         "less": "≤", "younger": "≤", "lower": "≤", "below": "≤", "under": "≤"}  # fmt: skip


def kept(text: str) -> Counter[str]:
    """Return numbers with limit and unit, negations, exceptions, "and" and "or", each with its count."""
    text = re.sub(r"(?<=[<>])\s+(?==)", "", text)
    text = re.sub(r"(\d{4})[ab]\b", r"\1", text)
    tokens = [token.lower() for token in TOKEN.findall(text)]
    used: set[int] = set()
    found: Counter[str] = Counter()
    for at, token in enumerate(tokens):
        number = WORDS.get(token, token)
        if re.fullmatch(r"\d+(?:[.,]\d+)*", number) and tokens[at - 1 : at] != ["^"]:
            found[f"{_limit(tokens, at, used)} {number} {_unit(tokens, at)}".strip()] += 1
    between = [n for n, word in enumerate(tokens) if word == "between"]
    for n in between:
        used |= set([m for m in range(n, len(tokens)) if tokens[m] == "and"][:1])
    for at, token in enumerate(tokens):
        if at in used:
            continue
        if NOT.match(token):
            found["not"] += 1
        if token.startswith(("except", "excluding", "unless")) or tokens[at : at + 2] == ["other", "than"]:
            found["except"] += 1
        if token in {"and", "or"}:
            slash = "/" in (tokens[at + 1 : at + 2] + tokens[max(0, at - 1) : at])
            found["and/or" if slash else token] += 1
    return +found


def _limit(tokens: list[str], at: int, used: set[int]) -> str:
    start = at
    while start and tokens[start - 1] in {"a", "an", "("}:
        start -= 1
    for sign, words in LIMITS:
        if tokens[max(0, start - len(words)) : start] == words:
            used.update(range(start - len(words), start))
            return sign
    for ahead in range(at + 1, min(len(tokens) - 1, at + 8)):
        if tokens[ahead][0].isdigit() and tokens[ahead] != "2":
            break
        if tokens[ahead] in {"or", "and"} and tokens[ahead + 1] in AFTER and tokens[ahead + 2 : ahead + 3] != ["than"]:
            used.add(ahead)
            return AFTER[tokens[ahead + 1]]
        if tokens[ahead] in {",", ";", ":", "and", "or"}:
            break
    return ""


def _unit(tokens: list[str], at: int) -> str:
    after = tokens[at + 1 : at + 2]
    word = after[0] if after else ""
    bare = word.removesuffix("s") if word != "times" else word
    return UNITS.get(bare, bare) if bare in UNIT else ""
