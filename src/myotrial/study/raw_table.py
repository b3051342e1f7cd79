"""A table as it was found in a file, and how a fault of it is told."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from myotrial.model.errors import Fault
from myotrial.study.tables import Column

LONGEST = 60
"""Characters of a cell that a message shows."""


@dataclass(slots=True)
class RawTable:
    """A table as it was found: strings from CSV, typed columns from Parquet.

    Attributes
    ----------
    frame
        The columns, in the order of the file; rows in which every cell is empty are left out.
    file
        The name to use in messages.
    first_row
        The number of the first record.
    header_row
        The number of the header's row, or ``None`` where there is none (Parquet, frames).
    separator
        What separates the columns of a CSV file, else ``None``.
    numbers
        The row number of each record, or ``None`` where they run on from ``first_row``.
    notes
        What was noticed and is not a fault.
    faults
        What is wrong with the file's shape: rows of another length, broken quotes, the header.
    lost
        The cells of the rows that could not be read: a subject among them may have visits that are not seen here.
    cut
        Whether the file could be read only up to some row.
    """

    frame: pl.DataFrame
    file: str
    first_row: int
    header_row: int | None = None
    separator: str | None = None
    numbers: np.ndarray | None = None
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    cut: bool = False

    def number(self, row: int) -> int:
        """Return the number, in the file, of the frame's row ``row`` (counted from 0)."""
        return self.first_row + int(row) if self.numbers is None else int(self.numbers[row])

    def find(self, column: Column) -> str | None:
        """Return the name under which the table has a column: its own, that of its other unit, or ``None``."""
        if column.name in self.frame.columns:
            return column.name
        if column.alternate and column.alternate.name in self.frame.columns:
            return column.alternate.name
        return None

    def unit(self, column: Column) -> tuple[str | None, float]:
        """Return the unit in which the table gives a column, and the factor to the column's own unit."""
        if column.alternate and self.find(column) == column.alternate.name:
            return column.alternate.unit, column.alternate.factor
        return column.unit, 1

    def cells(self, rows: list[int], column: Column) -> list[str | None]:
        """Return what stands in the file in some rows, as a message shows it; ``None`` where nothing does."""
        name = self.find(column)
        if name is None or not rows:
            return [None] * len(rows)
        return [_shown_cell(value) for value in self.frame[name].gather(rows).to_list()]

    def fault(
        self,
        code: str,
        message: str,
        row: int | None,
        column: str | None,
        got: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
    ) -> Fault:
        """Tell a fault of the frame's row ``row`` (counted from 0), or of the header where it is ``None``."""
        number = self.header_row if row is None else self.number(row)
        return Fault(code, message, self.file, number, column, got, expected, hint)

    def doubtful(self, faults: Iterable[Fault], column: Column) -> np.ndarray | None:
        """Mark the rows whose cell in a column has a fault already, shape (rows,); ``None`` where there is none.

        What follows from such a cell is not told a second time.
        """
        name = self.find(column)
        told = {fault.row for fault in faults if fault.column == name and fault.code != "duplicate_visit"}
        if not told:
            return None
        if self.header_row in told:  # the whole column cannot be read
            return np.ones(self.frame.height, dtype=bool)
        numbers = self.numbers if self.numbers is not None else np.arange(self.frame.height) + self.first_row
        return np.isin(numbers, sorted(row for row in told if row is not None))

    def only(self, keep: np.ndarray) -> "RawTable":
        """Return the same table with only the rows marked in ``keep``, shape (rows,); their numbers stay."""
        numbers = self.numbers if self.numbers is not None else np.arange(self.frame.height) + self.first_row
        return RawTable(
            self.frame.filter(pl.Series(keep)), self.file, self.first_row, self.header_row, self.separator,
            numbers[keep], self.notes, self.faults, self.lost, self.cut,
        )  # fmt: skip


def _shown_cell(value: object) -> str | None:
    if isinstance(value, str):
        return shown(value.strip()) or None
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return f"{value:.15g}" if isinstance(value, float) else shown(str(value))


def shown(text: str) -> str:
    r"""Return a text as a message shows it: not too long, and no invisible characters.

    Examples
    --------
    >>> shown("1\xa0234"), shown("x" * 100)
    ('1\\xa0234', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...')
    """
    short = text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
    return short if short.isprintable() else repr(short)[1:-1]
