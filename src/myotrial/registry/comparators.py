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
_STATISTIC = re.compile(r"\b[np]\s*$", re.IGNORECASE)
_BEFORE, _AFTER = 48, 24


class LostComparator(Record):
    """An "=" that stood for "≥" or "≤" before the record was exported.

    Attributes
    ----------
    start, end
        Where the sign stands in the source text, in characters.
    field
        The field of the record it stands in, for example ``criteria.inclusion`` or ``outcomes``.
    outcome
        The outcome's position in the record, for a sign in an outcome.
    context
        The words around it, on one line.
    candidates
        What it may have been. "=" is among them only where the text reads like a true equality: no number
        follows, or it gives an n or a p.
    """

    start: int
    end: int
    field: str
    outcome: int | None = None
    context: str
    candidates: tuple[Comparator, ...]

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
    addresses = [range(*found.span()) for found in _WEB_ADDRESS.finditer(text)]
    return [
        LostComparator(
            start=start + sign.start(),
            end=start + sign.end(),
            field=field,
            outcome=outcome,
            context=_context(text, sign.start()),
            candidates=_candidates(text, sign.start()),
        )
        for sign in _BARE.finditer(text)
        if not any(sign.start() in address for address in addresses)
    ]


def _candidates(text: str, at: int) -> tuple[Comparator, ...]:
    like_equality = not _NUMBER_FOLLOWS.match(text, at) or _STATISTIC.search(text[:at])
    return (">=", "<=", "=") if like_equality else (">=", "<=")


def _context(text: str, at: int) -> str:
    before, after = text[max(0, at - _BEFORE) : at], text[at : at + _AFTER]
    if at > _BEFORE:
        before = before.partition(" ")[2] or before
    if at + _AFTER < len(text):
        after = after.rpartition(" ")[0] or after
    return " ".join((before + after).split())
