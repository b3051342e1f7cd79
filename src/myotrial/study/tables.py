"""What the tables of the plain study hold: columns, kinds, units and ranges, from ``data/study/tables.yaml``."""

from functools import cache
from typing import Literal

from myotrial.model.data import load_data
from myotrial.model.source import Record

TableName = Literal["subjects", "visits", "events"]

ENZYMES = ("ck", "aldolase", "ldh", "ast", "alt")
"""The five muscle enzymes, in the order in which ties for the most abnormal are broken."""


class Alternate(Record):
    """Another unit in which a column may be given, and the exact factor to the column's own unit."""

    name: str
    factor: int


class Column(Record):
    """One column of a table: its kind, unit, range and what belongs to it."""

    name: str
    label: str
    kind: Literal["text", "number", "whole", "flag"]
    required: bool = False
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    above: float | None = None
    max_column: str | None = None
    default: float | None = None
    vas: bool = False
    uln: str | None = None
    alternate: Alternate | None = None
    choices: tuple[str, ...] = ()

    @property
    def numeric(self) -> bool:
        """Whether the column holds numbers."""
        return self.kind in {"number", "whole"}

    def expected(self, top: float | None = None) -> str:
        """Say which values are right, for a message; ``top`` is the maximum where a row states its own."""
        unit = f" {self.unit}" if self.unit else ""
        high = top if top is not None else self.max
        if self.above is not None:
            return f"more than {self.above:,g}{unit}"
        if self.min is not None and high is not None:
            return f"{self.min:,g} to {high:,g}{unit}"
        return {"number": "a number", "whole": "a whole number", "flag": "yes or no", "text": "text"}[self.kind]


class Table(Record):
    """One table: its columns, and the columns that identify a row."""

    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return a column by name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> list[str]:
        """Every column name that is read, alternates included."""
        return [column.name for column in self.columns] + [
            column.alternate.name for column in self.columns if column.alternate
        ]


@cache
def load_tables() -> dict[str, Table]:
    """Return the tables of the plain study.

    Examples
    --------
    >>> load_tables()["visits"].column("haq_di").expected()
    '0 to 3 points'
    """
    return {name: Table(**table) for name, table in load_data("study", "tables.yaml")["tables"].items()}
