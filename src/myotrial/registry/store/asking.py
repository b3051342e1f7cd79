"""Turn what a user types into an expression of the index: every sign is taken as a word, none as a command."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.registry.store.content import MARK, condition_marks, mark, statuses

FEWEST_LETTERS = 3
"""Letters before a ``*``; fewer begin too many words."""
MOST_WORDS = 32

_PIECE = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')
_PHASES = ("0", "early1", "1", "2", "3", "4", "na")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a record must be to be found; each may be given several times, and one of them is enough.

    Attributes
    ----------
    condition
        Words that stand together in the conditions or the keywords; ``dermato*`` for a beginning.
    status
        A status (``recruiting``) or a register's own word for it.
    phase
        ``0``, ``early1``, ``1`` to ``4``, or ``na``; a record of two phases is found by either.
    country, register
        A country; a register's name or the prefix of its numbers.
    """

    condition: Sequence[str] = ()
    status: Sequence[str] = ()
    phase: Sequence[str] = ()
    country: Sequence[str] = ()
    register: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, in the language of the index.

    Attributes
    ----------
    filters
        Expressions that a record must fit and that do not count in its score.
    words
        The words, phrases and beginnings that it must have.
    """

    filters: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def whole(self) -> str | None:
        """The expression that finds all the words, in all the filters; ``None`` where nothing is asked."""
        return " AND ".join((*self.filters, *self.words)) or None

    def all_of(self, words: Sequence[str]) -> str:
        """Return the expression that finds some of the words, all of them, in the filters."""
        return " AND ".join((*self.filters, *words))

    def any_of(self, words: Sequence[str]) -> str:
        """Return the expression that finds any of the words, in the filters."""
        return " AND ".join((*self.filters, f"({' OR '.join(words)})"))


def read_asked(words: str, filters: Filters) -> Asked:
    """Read what is asked.

    Parameters
    ----------
    words
        Words, ``"phrases"``, and beginnings of words (``myos*``), all of which a record must have.
    filters
        What it must be.

    Raises
    ------
    BadInput
        A piece has no letter and no digit, a beginning is too short, there are too many, or a phase is none.

    Examples
    --------
    >>> read_asked('myositis "immune globulin" predni*', Filters()).whole
    '"myositis" AND "immune globulin" AND "predni"*'
    >>> read_asked("a OR b) --", Filters(condition=["Sjögren's"]))
    Traceback (most recent call last):
    myotrial.model.errors.BadInput: 1 fault
    option words: there is no letter and no digit in it
        got --
    >>> (read_asked("a OR b)", Filters(condition=["Sjögren's"])).whole or "").replace(MARK, "~")
    '(("~kSjögren ~ks")) AND "a" AND "OR" AND "b)"'
    """
    faults: list[Fault] = []
    parts = _filter_parts(filters, faults)
    asked = _pieces(words, "words", faults)
    if faults:
        raise BadInput(faults)
    return Asked(tuple(parts), tuple(dict.fromkeys(asked)))


def _filter_parts(filters: Filters, faults: list[Fault]) -> list[str]:
    parts = []
    conditions = [_pieces(words, "--condition", faults, of_condition=True) for words in filters.condition]
    if any(conditions):
        parts.append("(" + " OR ".join(f"({' AND '.join(pieces)})" for pieces in conditions if pieces) + ")")
    for field in ("status", "phase", "country", "register"):
        values = getattr(filters, field)
        for value in values:
            _check(field, value, faults)
        marks = dict.fromkeys(f'"{MARK}{_plain(mark(field, value))}{MARK}"' for value in values)
        if marks:
            parts.append(f"({' OR '.join(marks)})")
    return parts


def _check(field: str, value: str, faults: list[Fault]) -> None:
    if not any(sign.isalnum() for sign in value):
        faults.append(
            Fault("bad_option", "there is no letter and no digit in it", column=f"--{field}", got=_shown(value))
        )
    elif field == "phase" and value not in _PHASES:
        hint = did_you_mean(value.casefold().replace("phase", "").strip(), _PHASES, 0.5)
        faults.append(Fault("bad_option", "this is no phase", column="--phase", got=_shown(value),
                            expected=", ".join(_PHASES), hint=hint))  # fmt: skip
    elif field == "status" and (hint := did_you_mean(value.replace(" ", "_"), statuses(), 0.8)):
        known = hint.removeprefix("did you mean ").removesuffix("?")
        if mark("status", value) != mark("status", known):
            faults.append(Fault("bad_option", "this is no status", column="--status", got=_shown(value), hint=hint))


def _pieces(words: str, where: str, faults: list[Fault], *, of_condition: bool = False) -> list[str]:
    """Return each word, phrase and beginning as a string of the index's language."""
    found = []
    for piece in _PIECE.finditer(words):
        text, star = (piece[3], "") if piece[3] is not None else (piece[1], piece[2])
        if piece[3] is not None and text.endswith("*"):
            text, star = text.rstrip("*"), "*"
        plain = _plain(text)
        if not any(sign.isalnum() for sign in plain):
            if piece[0].strip('"'):
                faults.append(
                    Fault("bad_option", "there is no letter and no digit in it", column=where, got=_shown(piece[0]))
                )
            continue
        if star and sum(map(str.isalnum, plain)) < FEWEST_LETTERS:
            expected = f"at least {FEWEST_LETTERS} letters before the *"
            message = "the beginning of a word is too short"
            faults.append(Fault("bad_option", message, column=where, got=_shown(piece[0]), expected=expected))
        found.append(f'"{condition_marks(plain) if of_condition else plain}"{star}')
    if len(found) > MOST_WORDS:
        faults.append(Fault("bad_option", "these are too many words", column=where, got=str(len(found)),
                            expected=f"at most {MOST_WORDS}"))  # fmt: skip
    return found


def _plain(text: str) -> str:
    """Return text without the signs that could mean something: quotes, private signs, halves of characters, NUL."""
    clean = text.encode("utf-8", "replace").decode().replace('"', " ").replace("\0", " ")
    return "".join(sign if not "\ue000" <= sign <= "\uf8ff" else " " for sign in clean).strip()


def _shown(text: str) -> str:
    clean = text.encode("utf-8", "replace").decode()
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in clean)[:60]
