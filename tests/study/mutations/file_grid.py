"""A table as cells of text, and the many ways in which a program writes such a table into a file."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import polars as pl

DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class Exact(str):
    """A cell that stands in the file as it is, whatever decimal mark the file has."""

    __slots__ = ()


@dataclass(slots=True)
class Style:
    """How the file is written."""

    kind: str = "csv"
    separator: str = ","
    decimal: str = "."
    newline: str = "\n"
    encoding: str = "utf-8"
    quotes: int = csv.QUOTE_MINIMAL
    told: bool = False  # Excel's line ``sep=;`` above the header

    @property
    def first_row(self) -> int:
        """The number of the first record, as a spreadsheet counts."""
        return 1 if self.kind == "parquet" else 2 + self.told


@dataclass(slots=True)
class Grid:
    """One table of a case; ``edits`` change the bytes of the file at the end."""

    name: str
    header: list[str]
    rows: list[list[str]]
    style: Style = field(default_factory=Style)
    edits: list[Callable[[bytes], bytes]] = field(default_factory=list)
    suffix: str = ""

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"{self.name}{self.suffix or '.' + self.style.kind}"

    def number(self, at: int) -> int:
        """Return the number of a record in the file."""
        return at + self.style.first_row

    def get(self, at: int, column: str) -> str:
        return self.rows[at][self.header.index(column)]

    def put(self, at: int, column: str, text: str) -> None:
        self.rows[at][self.header.index(column)] = Exact(text)

    def column(self, name: str) -> list[str]:
        place = self.header.index(name)
        return [row[place] for row in self.rows]

    def data(self) -> bytes:
        """Return the bytes of the file."""
        data = _parquet(self) if self.style.kind == "parquet" else _csv(self)
        for edit in self.edits:
            data = edit(data)
        return data


def _csv(grid: Grid) -> bytes:
    style = grid.style
    out = io.StringIO()
    writer = csv.writer(out, delimiter=style.separator, lineterminator=style.newline, quoting=style.quotes)
    if style.told:
        out.write(f"sep={style.separator}{style.newline}")
    for row in (grid.header, *grid.rows):
        writer.writerow([_mark(cell, style.decimal) for cell in row])
    return out.getvalue().encode(style.encoding)


def _mark(cell: str, decimal: str) -> str:
    plain = isinstance(cell, Exact) or not DECIMAL.fullmatch(cell)
    return cell if plain else cell.replace(".", decimal)


def _parquet(grid: Grid) -> bytes:
    columns = {}
    for place, name in enumerate(grid.header):
        cells = [row[place] or None for row in grid.rows]
        known = [cell for cell in cells if cell is not None]
        numeric = name != "subject_id" and all(NUMBER.fullmatch(cell) for cell in known)
        values = [None if cell is None else float(cell) for cell in cells] if numeric else cells
        columns[name] = pl.Series(values, dtype=pl.Float64 if numeric else pl.String)
    buffer = io.BytesIO()
    pl.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()


def any_style(rng: Random) -> Style:
    """Return one of the ways in which R, SAS, pandas, Excel and others write a table."""
    if rng.random() < 0.2:
        return Style("parquet")
    separator = rng.choice([",", ",", ",", ";", ";", "\t", "|"])
    decimal = "," if separator != "," and rng.random() < 0.6 else "."
    return Style(
        "csv",
        separator,
        decimal,
        rng.choice(["\n", "\n", "\r\n", "\r"]),
        rng.choice(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16"]),
        rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
        told=separator == ";" and rng.random() < 0.2,
    )
