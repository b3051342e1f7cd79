"""What a table to hand in holds: its number, titles, columns, rows and footnotes, every cell already written."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from great_tables import GT

from myotrial.report.numbers import SPACE

Paper = Literal["a4", "letter"]
Orientation = Literal["landscape", "portrait"]


def plain(text: str) -> str:
    """Return a text with blanks that break, as programs expect them."""
    return text.replace(SPACE, " ")


MARKS = "abcdefghijklmnopqrstuvwxyz"


def mark_at(place: int) -> str:
    """Return the mark of the footnote at a place: a to z, then aa, ab and so on.

    Examples
    --------
    >>> mark_at(0), mark_at(25), mark_at(26)
    ('a', 'z', 'aa')
    """
    first, last = divmod(place, len(MARKS))
    return (mark_at(first - 1) if first else "") + MARKS[last]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands over it, how many subjects it is of, and what spans it and its neighbours."""

    label: str
    n: int | None = None
    spanner: str = ""

    @property
    def size(self) -> str:
        """The number of subjects, as it stands under the label."""
        return "" if self.n is None else f"(N{SPACE}={SPACE}{self.n})"

    @property
    def heading(self) -> str:
        """Label and number of subjects in one line."""
        return f"{self.label} {self.size}".strip()


@dataclass(frozen=True, slots=True)
class Cell:
    """A written cell; empty where there is nothing to tell. ``mark`` leads to a footnote."""

    text: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One statistic, under its group (a measure, an analysis, a division) and its level (a threshold, a visit).

    ``detail`` says that it belongs to the row above, as an interval belongs to its estimate.
    """

    group: str
    level: str
    label: str
    cells: tuple[Cell, ...]
    detail: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table to hand in.

    Attributes
    ----------
    number
        As statisticians number them: 14.1 subjects, 14.2 efficacy, 14.3 safety (ICH E3, section 14).
    titles
        Its title, and the lines under it.
    population
        Who is counted.
    stub
        What stands over the row labels.
    columns, rows
        The table itself.
    notes
        Mark → the footnote that it leads to.
    footnotes
        Further footnotes: estimand and model, handling, definition.
    sources
        The last lines: data, program, and what must be known of them.
    outcome
        The id of the outcome that it shows, if it is one's.

    Examples
    --------
    >>> table = Table("14.1.1", ("Flow",), "All", "Stage", (Column("Placebo", 5),),
    ...               (Row("", "", "Randomised", (Cell("5"),)),), {}, (), ())
    >>> table
    Table(14.1.1 Flow: 1 row, 1 column)
    >>> table.to_dicts()
    [{'group': '', 'level': '', 'statistic': 'Randomised', 'Placebo (N = 5)': '5'}]
    """

    number: str
    titles: tuple[str, ...]
    population: str
    stub: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: dict[str, str]
    footnotes: tuple[str, ...]
    sources: tuple[str, ...]
    outcome: str | None = None

    def __repr__(self) -> str:
        """One line with the numbers."""
        rows, columns = len(self.rows), len(self.columns)
        size = f"{rows} row{'s' * (rows != 1)}, {columns} column{'s' * (columns != 1)}"
        return f"Table({self.number} {self.titles[0]}: {size})"

    def _repr_html_(self) -> str:
        return str(self.to_gt().as_raw_html())

    @property
    def name(self) -> str:
        """Number and title in one line."""
        return f"Table {self.number} {self.titles[0]}"

    def headings(self) -> list[str]:
        """Return what stands over each column, each heading once; a second of the same is numbered."""
        seen: dict[str, int] = {}
        told = []
        for column in self.columns:
            heading = plain(column.heading)
            seen[heading] = seen.get(heading, 0) + 1
            told.append(heading if seen[heading] == 1 else f"{heading} [{seen[heading]}]")
        return told

    def to_dicts(self) -> list[dict[str, str]]:
        """Return the rows as plain records, as shown."""
        headings = self.headings()
        return [
            {
                "group": plain(row.group),
                "level": plain(row.level),
                "statistic": plain(row.label),
                **dict(zip(headings, (plain(cell.text) for cell in row.cells), strict=True)),
            }
            for row in self.rows
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the table with its titles and footnotes, ready for JSON."""
        marks = [
            {"row": place, "column": heading, "mark": cell.mark}
            for place, row in enumerate(self.rows)
            for heading, cell in zip(self.headings(), row.cells, strict=True)
            if cell.mark
        ]
        return {
            "number": self.number,
            "outcome": self.outcome,
            "titles": list(self.titles),
            "population": self.population,
            "columns": [{"label": column.label, "n": column.n, "spanner": column.spanner} for column in self.columns],
            "rows": self.to_dicts(),
            "marks": marks,
            "notes": dict(self.notes),
            "footnotes": list(self.footnotes),
            "sources": list(self.sources),
        }

    def to_csv(self) -> str:
        """Return the rows as CSV, as shown."""
        from myotrial.report.tables.plain import table_csv  # noqa: PLC0415

        return table_csv(self)

    def to_gt(self) -> "GT":
        """Return the table for a notebook, as great_tables makes it.

        Raises
        ------
        BadInput
            great_tables is not installed.
        """
        from myotrial.report.tables.html import make_gt  # noqa: PLC0415

        return make_gt(self)


@dataclass(frozen=True)
class Tables:
    """The tables of one trial, in their order.

    Attributes
    ----------
    trial
        Its id, and its acronym where it has one.
    title
        Its title.
    tables
        One after the other.
    notes
        What was noticed in the data.
    simulated, masked
        Whether the data were simulated, and whether the allocation is withheld.
    """

    trial: str
    title: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    simulated: bool = False
    masked: bool = False

    def __repr__(self) -> str:
        """One line with the numbers."""
        count = len(self.tables)
        return f"Tables({self.trial}: {count} table{'s' * (count != 1)}, {sum(len(t.rows) for t in self.tables)} rows)"

    def _repr_html_(self) -> str:
        return "".join(table._repr_html_() for table in self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables)

    @cached_property
    def _by_number(self) -> dict[str, Table]:
        return {table.number: table for table in self.tables}

    def __getitem__(self, number: str) -> Table:
        """Return a table by its number."""
        return self._by_number[number]

    def to_rtf(self, *, paper: Paper = "a4", orientation: Orientation = "landscape") -> str:
        """Return all tables as one RTF text, each from a new page on, a list of them first.

        Parameters
        ----------
        paper
            ``a4`` or ``letter``.
        orientation
            ``landscape`` or ``portrait``.

        Raises
        ------
        BadInput
            rtflite is not installed; a paper or an orientation that is not known.
        """
        from myotrial.report.tables.rtf import tables_rtf  # noqa: PLC0415

        return tables_rtf(self, paper, orientation)

    def to_html(self) -> str:
        """Return all tables as one HTML page that needs no other file and no network.

        Raises
        ------
        BadInput
            great_tables is not installed.
        """
        from myotrial.report.tables.html import tables_html  # noqa: PLC0415

        return tables_html(self)

    def to_csv(self) -> str:
        """Return the rows of all tables as CSV, as shown."""
        from myotrial.report.tables.plain import tables_csv  # noqa: PLC0415

        return tables_csv(self)

    def to_json(self) -> str:
        """Return all tables with titles and footnotes as JSON."""
        from myotrial.report.tables.plain import tables_json  # noqa: PLC0415

        return tables_json(self)
