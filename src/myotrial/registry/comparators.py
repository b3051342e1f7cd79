"""Comparison signs that a copy of a record has lost.

The WHO export turned both "≥" and "≤" into "=". Which of the two stood there cannot be told from the text, so
each such sign is listed with what it may have been, and none is ever read as equality.
"""

import re
from typing import Literal

from myotrial.model.source import Record

Comparator = Literal[">=", "<=", "="]
"""What a lost sign may have been."""

_BARE = re.compile(r"(?<![<>=!≤≥])(?<![<>][\s/])=(?![=<>])")
_WEB_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_NUMBER_FOLLOWS = re.compile(r"=\s*[-+]?[.,]?\d")
_POWER = re.compile(r"(?<![\d.,])10(?P<power>[2-9]|1[0-2])(?=\s?/\s?(?:L|l|mL|ml|[µuμ]L|[µuμ]l|mm3|mm\^3|cmm|kg)\b)")
_STATISTIC = re.compile(r"\b[np]\s*$", re.IGNORECASE)
_CONVERSION = re.compile(r"(?<![\d.,])[1l]\s?[a-zµμ][a-zµμ/%²³]{0,9}\s*$", re.IGNORECASE)
_CONVERTED = re.compile(r"=\s*[\do][\d.,]*\s?[a-zµμ]", re.IGNORECASE)
_BEFORE, _AFTER, _WIDE = 48, 24, 160


class Resolution(Record):
    """What a lost sign was, and how that is known.

    Attributes
    ----------
    comparator
        The sign.
    status
        ``from_record``: it stands in another record of the same trial, in the same words. ``guess``: a table
        of what such a limit usually is says so; nothing that computes takes it unless it is told to.
    source
        The other record, or the line of the table.
    context
        The words there.
    """

    comparator: Comparator
    status: Literal["from_record", "guess"]
    source: str
    context: str


class LostPower(Record):
    """A power of ten that lost its raised digits: "10⁹/L" printed as "109/L".

    Attributes
    ----------
    start, end
        Where the digits stand in the source text, in characters.
    field, path, outcome
        The field of the record, the place in the source, and the outcome's position, as for a lost sign.
    context
        The words around it, on one line.
    candidates
        What it may have been.
    """

    start: int
    end: int
    field: str
    path: str | None = None
    outcome: int | None = None
    context: str
    candidates: tuple[str, str]


class LostComparator(Record):
    """An "=" that stood for "≥" or "≤" before the record was exported.

    Attributes
    ----------
    start, end
        Where the sign stands in the source text, in characters.
    field
        The field of the record it stands in, for example ``criteria.inclusion`` or ``outcomes``.
    path
        The field of the source, where the source has named fields; ``start`` counts from its beginning.
    outcome
        The outcome's position in the record, for a sign in an outcome.
    context, before, after
        The words around it, on one line; and more of them, to find it again in another copy.
    candidates
        What it may have been. "=" is among them only where the text reads like a true equality: no number
        follows, it gives an n or a p, or it converts one unit into another ("1 mmHg = 0.133 kPa").
    resolution
        What it was, once that is known; see :func:`resolve_comparators`.
    disputed
        Whether other records of the trial have different signs there.
    """

    start: int
    end: int
    field: str
    path: str | None = None
    outcome: int | None = None
    context: str
    before: str = ""
    after: str = ""
    candidates: tuple[Comparator, ...]
    resolution: Resolution | None = None
    disputed: bool = False

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return f"outcome {self.outcome}" if self.outcome is not None else self.field


def find_lost_comparators(text: str, field: str, *, start: int = 0, outcome: int | None = None) -> list[LostComparator]:
    """Find every "=" that may have been another sign.

    Parameters
    ----------
    text
        The words of one field, as they stand in the source text.
    field
        The field's name.
    start
        Where ``text`` begins in the source text.
    outcome
        The outcome's position, where the field is an outcome.

    Returns
    -------
    list of LostComparator
        In the order of the text. Signs printed in full (">=", "≤", ">") and web addresses are left alone.

    Examples
    --------
    >>> for lost in find_lost_comparators("Aged = 18 years, BMI <= 35", "criteria.inclusion"):
    ...     print(lost.start, lost.candidates, lost.context)
    5 ('>=', '<=') Aged = 18 years, BMI <= 35
    """
    if "=" not in text:
        return []
    addresses = [range(*found.span()) for found in _WEB_ADDRESS.finditer(text)]
    return [
        LostComparator(
            start=start + sign.start(),
            end=start + sign.end(),
            field=field,
            outcome=outcome,
            context=_context(text, sign.start()),
            before=text[max(0, sign.start() - _WIDE) : sign.start()],
            after=text[sign.end() : sign.end() + _WIDE],
            candidates=_candidates(text, sign.start()),
        )
        for sign in _BARE.finditer(text)
        if not any(sign.start() in address for address in addresses)
    ]


def find_lost_powers(text: str, field: str, *, start: int = 0, outcome: int | None = None) -> list[LostPower]:
    """Find every "109/L" that may have been "10⁹/L".

    Parameters
    ----------
    text, field, start, outcome
        As for :func:`find_lost_comparators`.

    Examples
    --------
    >>> [(lost.start, lost.candidates) for lost in find_lost_powers("platelets < 75 x 109/L", "criteria.exclusion")]
    [(17, ('10^9', '109'))]
    """
    if "10" not in text:
        return []
    return [
        LostPower(
            start=start + found.start(),
            end=start + found.end(),
            field=field,
            outcome=outcome,
            context=_context(text, found.start()),
            candidates=(f"10^{found['power']}", found[0]),
        )
        for found in _POWER.finditer(text)
    ]


def _candidates(text: str, at: int) -> tuple[Comparator, ...]:
    before = text[max(0, at - _BEFORE) : at]
    conversion = _CONVERSION.search(before) and _CONVERTED.match(text, at)
    like_equality = not _NUMBER_FOLLOWS.match(text, at) or _STATISTIC.search(before) or conversion
    return (">=", "<=", "=") if like_equality else (">=", "<=")


def _context(text: str, at: int) -> str:
    before, after = text[max(0, at - _BEFORE) : at], text[at : at + _AFTER]
    if at > _BEFORE:
        before = before.partition(" ")[2] or before
    if at + _AFTER < len(text):
        after = after.rpartition(" ")[0] or after
    return " ".join((before + after).split())
