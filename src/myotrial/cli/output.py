"""How a command shows what it found: results to stdout, everything else to stderr."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from myotrial.model.errors import BadInput

if TYPE_CHECKING:  # a command that shows no frame should not wait for polars
    import polars as pl

MOST_FOLDED = 200
"""Rows up to which a table is folded to the terminal's width, which takes its time."""

Format = Literal["table", "csv", "json"]
"""How a result is written: ``table`` to read, ``csv`` and ``json`` exact, for programs."""


def show_frame(frame: "pl.DataFrame", format: Format = "table", title: str | None = None) -> None:  # noqa: A002
    """Write a frame to stdout as a table, as CSV or as a JSON array of records."""
    if format == "csv":
        sys.stdout.write(frame.write_csv())
    elif format == "json":
        sys.stdout.write(frame.write_json() + "\n")
    else:
        show_table(frame.columns, frame.iter_rows(), title=title)


def show_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write a record, or a list of records, to stdout as JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """Write a table to stdout: folded to the width of a terminal, as wide as it needs to be elsewhere."""
    cells = [["" if value is None else _plain(value) for value in row] for row in rows]
    numeric = [all(_is_number(row[place]) for row in cells) for place in range(len(columns))]
    if sys.stdout.isatty() and len(cells) <= MOST_FOLDED:
        _show_folded(columns, cells, numeric, title)
        return
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    lines = [title] if title else []
    for row in (columns, *cells):
        padded = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        lines.append("  ".join(padded).rstrip())
    sys.stdout.write("\n".join(lines) + "\n")


def _show_folded(
    columns: Sequence[str], cells: Sequence[Sequence[str]], numeric: Sequence[bool], title: str | None
) -> None:
    from rich.console import Console  # noqa: PLC0415  (rich is slow to load)
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title=title, box=None, pad_edge=False, header_style="bold", title_justify="left")
    for column, right in zip(columns, numeric, strict=True):
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    Console(file=sys.stdout, highlight=False).print(table)


def show_text(text: str) -> None:
    """Write a line of the result to stdout."""
    sys.stdout.write(text + "\n")


def show_note(text: str) -> None:
    """Tell the user something that is not a result."""
    sys.stdout.flush()
    sys.stderr.write(text + "\n")


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
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _is_number(text: str) -> bool:
    return text == "" or text.lstrip("+-").replace(".", "", 1).replace(",", "").isdigit()
