"""How a result shows itself in a notebook: one plain table, self-contained, nothing cut in silence."""

from collections.abc import Iterable, Sequence
from html import escape

SHOWN = 20
"""Rows that a notebook shows; the rest are counted under the table."""


def html_table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[object]], total: int | None = None) -> str:
    """Return a table as HTML.

    Parameters
    ----------
    caption
        The line above the table.
    columns
        The heads of the columns.
    rows
        The cells, in the order of the columns; ``None`` is shown as nothing.
    total
        How many rows there are in all, where not all are given.

    Examples
    --------
    >>> html_table("Scores", ["tis"], [[40.0], [None]])
    '<table><caption>Scores</caption><thead><tr><th scope="col">tis</th></tr></thead><tbody>...</tbody></table>'
    """
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    lines = [
        "<tr>" + "".join(f"<td>{'' if cell is None else escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    ]
    rest = 0 if total is None else total - len(lines)
    more = f"<p>and {rest:,} more rows</p>" if rest else ""
    body = "".join(lines)
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"
    )
