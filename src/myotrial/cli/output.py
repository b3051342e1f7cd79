"""How a command shows what it found: results to stdout, everything else to stderr."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import polars as pl
from rich.console import Console
from rich.table import Table

from myotrial.model.errors import BadInput

Format = Literal["table", "csv", "json"]
"""How a result is written: ``table`` to read, ``csv`` and ``json`` exact, for programs."""


def show_frame(frame: pl.DataFrame, format: Format = "table", title: str | None = None) -> None:  # noqa: A002
    """Write a frame to stdout as a table, as CSV or as a JSON array of records."""
    if format == "csv":
        frame.write_csv(sys.stdout.buffer)
        sys.stdout.buffer.flush()
    elif format == "json":
        sys.stdout.write(frame.write_json() + "\n")
    else:
        show_table(frame.columns, frame.iter_rows(), title=title)


def show_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write a record, or a list of records, to stdout as JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def show_table(columns: Sequence[str], rows: Any, title: str | None = None) -> None:
    """Write a table to stdout, as wide as it needs to be where stdout is not a terminal."""
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 10_000, highlight=False)
    table = Table(title=title, box=None, pad_edge=False, header_style="bold", title_justify="left")
    rows = [["" if value is None else _plain(value) for value in row] for row in rows]
    for index, column in enumerate(columns):
        numeric = all(_is_number(row[index]) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def show_note(text: str) -> None:
    """Tell the user something that is not a result."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(text, markup=False)


def show_problem(text: str) -> None:
    """Tell the user why the command did not do what was asked."""
    sys.stderr.write(f"myotrial: {text}\n")


def show_faults(error: BadInput, *, as_json: bool) -> None:
    """Write every fault of a bad input to stderr."""
    if as_json:
        sys.stderr.write(json.dumps({"faults": error.to_dicts()}, ensure_ascii=False, indent=2) + "\n")
    else:
        show_problem(str(error))


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _is_number(text: str) -> bool:
    return text == "" or text.lstrip("+-").replace(".", "", 1).replace(",", "").isdigit()
