"""What the tables of the plain study hold: columns, kinds, units and ranges, from ``data/study/tables.yaml``."""

from functools import cache
from typing import Literal

from myotrial.model.data import load_data
from myotrial.model.source import Record

TableName = Literal["subjects", "visits", "events", "doses", "infusions", "adverse_events", "items"]

MORE_TABLES = ("doses", "infusions", "adverse_events", "items")
"""The tables that a study may have beside subjects, visits and events, in the order in which they are written."""

ENZYMES = ("ck", "aldolase", "ldh", "ast", "alt")
"""The five muscle enzymes, in the order in which ties for the most abnormal are broken."""


class Alternate(Record):
    """Another unit in which a column may be given, and the exact factor to the column's own unit."""

    name: str
    unit: str
    factor: int


class Column(Record):
    """One column of a table: its kind, unit, range and what belongs to it."""

    name: str
    label: str
    kind: Literal["text", "number", "whole", "flag"]
    required: bool = False
    filled: bool = False
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    above: float | None = None
    max_column: str | None = None
    default: float | None = None
    vas: bool = False
    better: Literal["lower", "higher"] | None = None
    ranged: bool = True
    uln: str | None = None
    alternate: Alternate | None = None
    choices: tuple[str, ...] = ()

    @property
    def numeric(self) -> bool:
        """Whether the column holds numbers."""
        return self.kind in {"number", "whole"}

    @property
    def needed(self) -> bool:
        """Whether every row needs a value: without it, nobody knows whose row it is, of when or of what."""
        return self.required and (self.filled or self.kind == "text" or self.name in {"week", "day"})

    def expected(self, top: float | None = None, unit: str | None = None, factor: float = 1) -> str:
        """Say which values are right, for a message.

        Parameters
        ----------
        top
            The maximum, where a row states its own.
        unit, factor
            The unit in which the table gives the column, and the factor from it to the column's own unit.
        """
        high = self.max if top is None else top
        if self.kind == "flag":
            return "yes or no"
        if not self.numeric:
            return ", ".join(self.choices) or "text"
        what = "a whole number, " if self.kind == "whole" else ""
        name = unit or self.unit or ""
        after = f" {name}s" if name in {"day", "week", "level"} else f" {name}" if name else ""
        if self.above is not None:
            return f"{what}more than {self.above / factor:,g}{after}"
        if self.min is not None and high is not None:
            return f"{what}{self.min / factor:,g} to {high / factor:,.7g}{after}"
        if self.min is not None:
            return f"{what}{self.min / factor:,g} or more{after}"
        return what.removesuffix(", ") or "a number"


class Table(Record):
    """One table: its columns, the columns that identify a row, and those needed where nobody says which.

    ``needs`` are measures: their column must be there, its cells may be empty.
    """

    key: tuple[str, ...]
    needs: tuple[str, ...] = ()
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
    >>> load_tables()["visits"].column("day").expected()
    'a whole number, -3,650 to 36,500 days'
    """
    return {name: Table(**table) for name, table in load_data("study", "tables.yaml")["tables"].items()}


@cache
def visit_table(needs: tuple[str, ...] | None = None) -> Table:
    """Return the visit table with the columns that it must have marked as required.

    Parameters
    ----------
    needs
        The measures that are asked for; without them those that the data file names, the adult core set's.

    Examples
    --------
    >>> [column.name for column in visit_table(("cmas",)).columns if column.required]
    ['subject_id', 'week', 'cmas']
    """
    table = load_tables()["visits"]
    wanted = table.needs if needs is None else needs
    columns = tuple(
        column.model_copy(update={"required": True}) if column.name in wanted else column for column in table.columns
    )
    return table.model_copy(update={"columns": columns})
