"""Texts for comparison: white space, punctuation, case and escapes do not count; numbers and comparison signs do."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

_SIGNS = (
    (">=", "≥"), ("=>", "≥"), ("⩾", "≥"), ("≧", "≥"),
    ("<=", "≤"), ("=<", "≤"), ("⩽", "≤"), ("≦", "≤"),
    ("โฅ", "≥"), ("โค", "≤"),  # UTF-8 read as Thai TIS-620, as some pages show it
    ("×", "x"), ("−", "-"),
)  # fmt: skip
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_TAG = re.compile(r"<\s*/?\s*br\s*/?\s*>", re.IGNORECASE)
_SPACED_SIGN = re.compile(r"([<>])\s+=")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+|[≥≤<>=%±^]|(?<![\w.,)\]-])-(?=\d)")
_LITTLE = frozenset(
    {"a", "an", "the", "of", "in", "on", "at", "to", "for", "from", "by", "with", "and", "or", "is", "are", "be", "as",
     "during", "who", "that", "this", "their"}
)  # fmt: skip
_LOST = {"≥": "=", "≤": "="}


@lru_cache(maxsize=16384)
def tokens(text: str) -> tuple[str, ...]:
    r"""Return the words, numbers and signs of a text.

    Examples
    --------
    >>> tokens(r"MMT-8 score \<= 142.0") == tokens("mmt8  Score ≤142")
    True
    >>> tokens("by 2.5 %"), tokens("1,000 mg")
    (('by', '2.5', '%'), ('1000', 'mg'))
    """
    plain = _TAG.sub(" ", _ESCAPE.sub("", text))
    plain = _SPACED_SIGN.sub(r"\1=", plain)
    for written, sign in _SIGNS:
        plain = plain.replace(written, sign)
    plain = _THOUSANDS.sub("", plain.casefold())
    return tuple(_number(found) for found in _TOKEN.findall(plain))


def same_words(one: str | None, other: str | None) -> bool:
    """Whether two texts say the same, but for white space, punctuation, case and escapes.

    Examples
    --------
    >>> same_words("Weeks 17, 21 and 25", "weeks 17; 21 AND 25"), same_words("≥ 3", "≤ 3"), same_words("", None)
    (True, False, True)
    """
    return tokens(one or "") == tokens(other or "")


def without_signs(words: Sequence[str]) -> tuple[str, ...]:
    """Return tokens as the WHO export leaves them: "≥" and "≤" are both "=".

    Examples
    --------
    >>> without_signs(tokens("score ≥ 3"))
    ('score', '=', '3')
    """
    return tuple(_LOST.get(word, word) for word in words)


def differs_by_lost_signs(one: str | None, other: str | None) -> bool:
    """Whether two texts differ in nothing but signs that one of them has as a bare "=".

    Examples
    --------
    >>> differs_by_lost_signs("aged = 18", "aged ≥ 18"), differs_by_lost_signs("aged ≤ 18", "aged ≥ 18")
    (True, False)
    """
    first, second = tokens(one or ""), tokens(other or "")
    if first == second or without_signs(first) != without_signs(second):
        return False
    return all("=" in pair or pair[0] == pair[1] for pair in zip(first, second, strict=True))


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are: 1 for the same words, 0 for none in common.

    Dice's coefficient over the words with their number, little words left out, signs as the WHO export leaves them.

    Examples
    --------
    >>> likeness("Response Rate", "Response rate during randomized phase")
    0.666...
    """
    first, second = (_counted(without_signs(tokens(text))) for text in (one, other))
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else float(tokens(one) == tokens(other))


def word_changes(one: str, other: str) -> str:
    """Return what left and what came, in words: the numbers and signs of interest are among them.

    Examples
    --------
    >>> word_changes("aged 18 to 80", "aged 18 to 75")
    'gone: 80; new: 75'
    """
    first, second = Counter(tokens(one)), Counter(tokens(other))
    parts = [("gone", first - second), ("new", second - first)]
    return "; ".join(f"{name}: {' '.join(words.elements())}" for name, words in parts if words)


def holds(stream: Sequence[str], piece: Sequence[str]) -> bool:
    """Whether tokens stand one after another in a longer stream."""
    if not piece:
        return False
    return f" {' '.join(piece)} " in f" {' '.join(stream)} "


def _counted(words: Sequence[str]) -> Counter[str]:
    return Counter(word for word in words if word not in _LITTLE)


def _number(word: str) -> str:
    """Return a number without the zeros that say nothing: "2.0" is 2."""
    if word[0].isdigit():
        whole, _, part = word.partition(".")
        part = part.rstrip("0")
        return f"{whole}.{part}" if part else whole
    return word
