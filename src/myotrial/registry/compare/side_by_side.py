"""The records of one trial side by side: what each says, and where they disagree."""

from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import Any, Literal

import polars as pl

from myotrial.model.source import Record
from myotrial.registry.compare.witness import LAYERS

Verdict = Literal["agree", "disagree", "one only", "precision", "lost comparator", "wording"]
"""``one only``: a single register states it. ``precision``: the same as far as each states it. ``lost comparator``: no
difference but signs that a copy has as "=". ``wording``: the same entry in other words."""


class Source(Record):
    """One record of a comparison.

    Attributes
    ----------
    name
        What it is called.
    witness
        The register it speaks for, ``None`` where it has no identifier: it is then shown, and not counted.
    layer
        Its place in the order of trust, from 0: the register itself, the WHO's copy, a page of another site.
    """

    name: str
    witness: str | None
    layer: int


class Row(Record):
    """One field, outcome or criterion.

    Attributes
    ----------
    field
        What it is.
    values
        What each record says, in the order of the sources; ``None`` where it says nothing.
    verdict
        Whether the registers agree.
    witnesses
        How many registers state it.
    detail
        What differs, and which copies differ from their own register.
    """

    field: str
    values: tuple[str | None, ...]
    verdict: Verdict
    witnesses: int
    detail: str = ""


class RegisterComparison(Record):
    """The records of a trial in several registers.

    Attributes
    ----------
    sources
        The records.
    rows
        One per field, outcome and criterion.
    threshold
        The likeness from which two outcomes, or two criteria, are taken for the same one.
    notes
        What a reader must know.
    """

    sources: tuple[Source, ...]
    rows: tuple[Row, ...]
    threshold: float
    notes: tuple[str, ...] = ()

    @property
    def disagreements(self) -> tuple[Row, ...]:
        """The rows on which registers disagree."""
        return tuple(row for row in self.rows if row.verdict == "disagree")

    def of(self, field: str) -> tuple[Row, ...]:
        """Return the rows of one field."""
        return tuple(row for row in self.rows if row.field == field)

    def to_frame(self) -> pl.DataFrame:
        """Return one row per field, outcome and criterion, and one column per record."""
        names = self._columns()
        rows = [
            {"field": row.field, "verdict": row.verdict, "witnesses": row.witnesses}
            | dict(zip(names, row.values, strict=True))
            | {"detail": row.detail}
            for row in self.rows
        ]
        schema: dict[str, Any] = {"field": pl.String, "verdict": pl.String, "witnesses": pl.Int64}
        return pl.DataFrame(rows, schema=schema | dict.fromkeys(names, pl.String) | {"detail": pl.String})

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return self.model_dump(mode="json")

    def __repr__(self) -> str:
        """Return one line with the numbers."""
        counts = Counter(row.verdict for row in self.rows)
        words = ", ".join(f"{number} {verdict}" for verdict, number in counts.most_common())
        registers = len({source.witness for source in self.sources if source.witness})
        return f"<RegisterComparison: {len(self.sources)} records of {registers} registers: {words}>"

    def __str__(self) -> str:
        """Return the whole result as text."""
        return "\n".join(self._lines())

    def _columns(self) -> list[str]:
        """Return a name for each record, with a number where two are called the same."""
        counts = Counter(source.name for source in self.sources)
        return [
            source.name if counts[source.name] == 1 else f"{source.name} #{place}"
            for place, source in enumerate(self.sources, 1)
        ]

    def _lines(self) -> Iterator[str]:
        for place, source in enumerate(self.sources, 1):
            speaks = f"speaks for {source.witness}" if source.witness else "has no identifier: shown, not counted"
            yield f"{place}. {source.name}: {LAYERS[source.layer]}, {speaks}"
        for row in self.rows:
            yield f"- {row.field}: {row.verdict}" + (f" ({row.detail})" if row.detail else "")
            for place, value in enumerate(row.values, 1):
                if value is not None:
                    yield f"    {place}. {value}"
        for note in self.notes:
            yield f"note: {note}"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self._columns())
        body = "".join(
            f"<tr><th scope='row'>{escape(row.field)}</th><td>{row.verdict}</td>"
            + "".join(f"<td>{escape(value or '')}</td>" for value in row.values)
            + f"<td>{escape(row.detail)}</td></tr>"
            for row in self.rows
        )
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return (
            f"<table><thead><tr><th>field</th><th>verdict</th>{head}<th>detail</th></tr></thead>"
            f"<tbody>{body}</tbody></table><ul>{notes}</ul>"
        )
