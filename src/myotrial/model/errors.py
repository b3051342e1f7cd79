"""Every error that a user can meet, and the one way a fault in an input is told.

A fault says what is wrong, where (file, row, column), what was found, what was expected, and a hint. All the
faults of an input are collected before anything is raised.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches

SHOWN = 200
"""Faults printed in full before the rest are only counted; the JSON and CSV forms always hold all of them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input.

    Attributes
    ----------
    code
        A stable word for the kind of fault, for example ``out_of_range``.
    message
        What is wrong, in one sentence.
    file, row, column
        Where it is. ``row`` counts as a spreadsheet does: the header of a CSV file is row 1; in a Parquet
        file the first record is row 1. ``column`` is a column's name, or the path inside a YAML file.
    got, expected
        What stands there, and what would be right.
    hint
        What to do about it, if that can be guessed.
    """

    code: str
    message: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    got: str | None = None
    expected: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """Render the fault as it is printed: place, message, then got, expected and hint."""
        place = ", ".join(
            part
            for part in (
                self.file,
                f"row {self.row}" if self.row is not None else None,
                f"{self._place_word()} {self.column}" if self.column is not None else None,
            )
            if part
        )
        lines = [f"{place}: {self.message}" if place else self.message]
        facts = [
            f"got {self.got}" if self.got is not None else None,
            f"expected {self.expected}" if self.expected is not None else None,
        ]
        if any(facts):
            lines.append("    " + "; ".join(fact for fact in facts if fact))
        if self.hint:
            lines.append(f"    hint: {self.hint}")
        return "\n".join(lines)

    def _place_word(self) -> str:
        words = {"definition": "at", "bad_option": "option", "unknown_option": "option"}
        return words.get(self.code, "column")


class MyotrialError(Exception):
    """The root of every error this package raises on purpose."""


class BadInput(MyotrialError, ValueError):
    """An input cannot be used; ``faults`` holds everything that is wrong with it.

    Examples
    --------
    >>> print(BadInput([Fault("out_of_range", "a VAS is out of range", "visits.csv", 7, "patient_global_cm",
    ...                       "63", "0 to 10 cm", "63 mm is 6.3 cm")]))
    1 fault
    visits.csv, row 7, column patient_global_cm: a VAS is out of range
        got 63; expected 0 to 10 cm
        hint: 63 mm is 6.3 cm
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(self._text())

    def _text(self) -> str:
        count = len(self.faults)
        lines = [f"{count:,} fault{'s' if count != 1 else ''}"]
        lines += [str(fault) for fault in self.faults[:SHOWN]]
        if count > SHOWN:
            rest = Counter(fault.message for fault in self.faults[SHOWN:])
            lines += [f"... and {number:,} more: {message}" for message, number in rest.most_common()]
            lines.append("    hint: --format json lists every one of them")
        return "\n".join(lines)

    def to_dicts(self) -> list[dict[str, object]]:
        """Return every fault as a plain record."""
        return [asdict(fault) for fault in self.faults]


class CannotEstimate(MyotrialError):
    """The data do not allow the estimate that was asked for."""


def did_you_mean(name: str, allowed: Sequence[str], cutoff: float = 0.7) -> str | None:
    """Return the hint ``did you mean x?`` where an allowed name is close, else ``None``.

    Examples
    --------
    >>> did_you_mean("phys_global_cm", ["physician_global_cm", "mmt"])
    'did you mean physician_global_cm?'
    """
    close = get_close_matches(name.strip().lower(), allowed, n=1, cutoff=cutoff)
    return f"did you mean {close[0]}?" if close else None
