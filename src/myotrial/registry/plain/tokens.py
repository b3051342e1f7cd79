"""Cut a criterion into tokens: words, numbers, units, comparison signs, punctuation."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["word", "number", "unit", "sign", "mark"]
"""What a token is."""

_UNIT = (
    r"mL/min/1\.73\s?m\s?(?:\^?2|²)|(?:[x×*]\s?)?10(?:\^|\*\*)\d{1,2}\s?/\s?(?:mL|[µuμ]L|mm\^?3|mm³|L)"
    r"|cells/(?:mm\^?3|mm³|[µuμ]L)|/\s?mm\^?3|/\s?mm³|/\s?[µuμ]L|(?:mg|g)/kg(?:/day)?|kg/m\s?(?:\^?2|²)"
    r"|(?:gm|mg|g|ng|[µuμ]g|mcg|mmol|[µuμ]mol|IU|U)/d?m?L|mL/min"
)
_TOKEN = re.compile(
    rf"(?P<unit>(?:{_UNIT})(?![A-Za-z0-9]))"
    r"|(?P<short>(?:e\.\s?g|i\.\s?e)\.?(?=[\s,:;)]|$)|(?<![A-Za-z])(?:eg|ie)(?=[,\s]))"
    r"|(?P<joined>and\s?/\s?or|or\s?/\s?and)(?![A-Za-z])"
    r"|(?P<number>(?:19|20)\d\d[a-z](?![A-Za-z])|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-zÀ-ÿ]+(?:['’.-][A-Za-zÀ-ÿ0-9]+|(?<=[A-Za-z])\d+)*(?:['’](?=\s))?)"
    r"|(?P<sign>>\s?=|=\s?>|<\s?=|=\s?<|[<>≥≤⩾⩽≧≦=±]|\+\s?/\s?-)"
    r"|(?P<mark>\S)",
    re.IGNORECASE,
)
_SIGNS = {"⩾": "≥", "≧": "≥", ">=": "≥", "=>": "≥", "⩽": "≤", "≦": "≤", "<=": "≤", "=<": "≤", "+/-": "±"}
_ARTICLES = frozenset({"a", "an", "the"})
_SHORT = {"e": "e.g.", "i": "i.e."}
_MARKS = {"[": "(", "]": ")", "–": "-", "—": "-", "‐": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"'}


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind, its words as they stand in the criterion, and the form that rules are written in."""

    kind: Kind
    text: str
    norm: str


def cut(text: str) -> list[Token]:
    """Cut a text into tokens; articles are left out, everything else is there.

    "A" is an article at the start only, for it is a name elsewhere ("hepatitis A").

    Examples
    --------
    >>> [token.norm for token in cut("A dose of >= 20 mg/kg (the DM), e.g. hepatitis A")]
    ['dose', 'of', '≥', '20', 'mg/kg', '(', 'dm', ')', ',', 'e.g.', 'hepatitis', 'a']
    >>> [token.kind for token in cut("MMT-8 < 125/150")]
    ['word', 'sign', 'number', 'mark', 'number']
    """
    tokens: list[Token] = []
    for found in _TOKEN.finditer(text):
        kind, words = found.lastgroup, found[0]
        if kind == "word" and words.lower() in _ARTICLES and (words != "A" or not tokens):
            continue
        tokens.append(_token(kind or "mark", words))
    return tokens


def _token(kind: str, words: str) -> Token:
    if kind == "short":
        return Token("word", words, _SHORT[words[0].lower()])
    if kind == "joined":
        return Token("word", words, "and/or")
    if kind == "sign":
        bare = words.replace(" ", "")
        return Token("sign", words, _SIGNS.get(bare, bare))
    if kind == "word":
        return Token("word", words, words.lower().replace("’", "'"))
    if kind == "number":
        return Token("number", words, words)
    return Token("unit" if kind == "unit" else "mark", words, _MARKS.get(words, words.lower()))


def sentences(text: str) -> list[str]:
    """Split a criterion into sentences.

    Examples
    --------
    >>> sentences("Age over 18. Weight, e.g. 1.5 kg. Yes")
    ['Age over 18', 'Weight, e.g. 1.5 kg', 'Yes']
    """
    pieces = re.split(r"(?<=[a-z0-9)%])\.\s+(?=[A-Z])", text.strip())
    return [piece.strip().rstrip(".").strip() for piece in pieces if piece.strip(" .")]
