"""What changed between two versions of a record, and how the result is shown."""

from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import Any, Literal

import polars as pl

from myotrial.model.source import Record

Kind = Literal[
    "added", "removed", "not shown", "promoted", "demoted", "role changed", "moved", "time frame changed", "changed",
    "wording changed", "more precise", "less precise", "lost comparator",
]  # fmt: skip
"""What happened. ``not shown``: it is not in the other record, and that record does not show everything. ``lost
comparator``: nothing changed but a sign that one copy has as a bare "="."""

Severity = Literal["major", "minor", "open"]
"""Of a change of an outcome: added, dropped, or moved to or from the primary ones is major, all else minor, as in the
studies of changed outcomes. ``open``: a record does not show enough to tell. Other fields are not graded."""

_COLUMNS = {
    "field": pl.String, "kind": pl.String, "severity": pl.String, "old": pl.String, "new": pl.String,
    "detail": pl.String, "likeness": pl.Float64,
}  # fmt: skip


class ElementChange(Record):
    """One of the five elements of an outcome that changed; ``None`` where it was not recognised."""

    element: str
    old: str | None
    new: str | None


class Change(Record):
    """One change.

    Attributes
    ----------
    field
        The field of the record, for example ``outcomes`` or ``target_size``.
    kind, severity
        What happened; ``severity`` is for outcomes only.
    old, new
        The words on both sides, ``None`` where there are none.
    detail
        What differs, in words.
    elements
        For an outcome, which of its five elements differ.
    likeness
        For a matched outcome or criterion, how alike the two are, 0 to 1.
    old_position, new_position
        Their places in both records, counted from 1.
    """

    field: str
    kind: Kind
    severity: Severity | None = None
    old: str | None = None
    new: str | None = None
    detail: str = ""
    elements: tuple[ElementChange, ...] = ()
    likeness: float | None = None
    old_position: int | None = None
    new_position: int | None = None

    def __str__(self) -> str:
        """Return the change on one line."""
        grade = f" [{self.severity}]" if self.severity else ""
        sides = " → ".join(f"“{side}”" for side in (self.old, self.new) if side is not None)
        return f"{self.field}: {self.kind}{grade}: {sides}" + (f" ({self.detail})" if self.detail else "")


class VersionComparison(Record):
    """The difference between two versions of a trial's record.

    Attributes
    ----------
    old, new
        Which records they are.
    changes
        Every change; what is the same on both sides is not listed.
    threshold
        The likeness from which two outcomes, or two criteria, count as one that changed.
    notes
        What a reader must know.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    threshold: float
    notes: tuple[str, ...] = ()

    def of(self, field: str) -> tuple[Change, ...]:
        """Return the changes of one field.

        Examples
        --------
        >>> VersionComparison(old="a", new="b", changes=(), threshold=0.5).of("outcomes")
        ()
        """
        return tuple(change for change in self.changes if change.field == field)

    @property
    def major(self) -> tuple[Change, ...]:
        """The major changes of outcomes."""
        return tuple(change for change in self.changes if change.severity == "major")

    def to_frame(self) -> pl.DataFrame:
        """Return one row per change.

        Examples
        --------
        >>> VersionComparison(old="a", new="b", changes=(), threshold=0.5).to_frame().shape
        (0, 7)
        """
        rows = [{name: getattr(change, name) for name in _COLUMNS} for change in self.changes]
        return pl.DataFrame(rows, schema=_COLUMNS)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return self.model_dump(mode="json")

    def __repr__(self) -> str:
        """Return one line with the numbers."""
        grades = Counter(change.severity for change in self.changes if change.severity)
        words = ", ".join(f"{grades[grade]} {grade}" for grade in ("major", "minor", "open") if grades[grade])
        others = sum(change.severity is None for change in self.changes)
        return f"<VersionComparison {self.old} → {self.new}: outcomes {words or 'unchanged'}; other changes {others}>"

    def __str__(self) -> str:
        """Return the whole result as text."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"old: {self.old}"
        yield f"new: {self.new}"
        if not self.changes:
            yield "nothing differs"
        for change in self.changes:
            yield f"- {change}"
            for part in change.elements:
                yield f"    {part.element}: {part.old or 'not recognised'} → {part.new or 'not recognised'}"
        yield f"entries are matched from a likeness of {self.threshold:g}"
        for note in self.notes:
            yield f"note: {note}"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(change.field)}</td><td>{change.kind}</td><td>{change.severity or ''}</td>"
            f"<td>{escape(change.old or '')}</td><td>{escape(change.new or '')}</td>"
            f"<td>{escape(change.detail)}</td></tr>"
            for change in self.changes
        )
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return (
            f"<table><caption>{escape(self.old)} → {escape(self.new)}</caption><thead><tr><th>field</th><th>kind</th>"
            "<th>severity</th><th>old</th><th>new</th><th>detail</th></tr></thead>"
            f"<tbody>{rows}</tbody></table><ul>{notes}</ul>"
        )
