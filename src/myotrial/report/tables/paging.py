"""Where the pages of a long table end. Heights are in points, of the widths and fonts in ``layout``.

A word processor can break a table by itself, but not every one then repeats the column heads, and none repeats the
headings of the rows. So pages end where a level does, and a little room is left for fonts of other heights.
"""

from collections.abc import Sequence
from itertools import groupby

from myotrial.report.tables.layout import INDENT, MARGIN, PADDING, SIZE, Page, Panel, width_of
from myotrial.report.tables.model import Row

POINTS = 72
LINE = 1.155
"""Height of a line of Times New Roman, as a multiple of its size."""
AROUND = 2.4
"""Room above and below the text of a row, with its border."""
SPARE = 16.0


def lines_of(text: str, width: float, size: float = SIZE) -> int:
    """Return how many lines a text takes in a width in inches, broken at blanks.

    Examples
    --------
    >>> lines_of("a short text", 3), lines_of("a short text", 0.3), lines_of("", 1)
    (1, 3, 1)
    """
    count, used = 1, 0.0
    blank = width_of(" ", size)
    for word in text.split(" "):
        need = width_of(word, size)
        if used and used + blank + need > width:
            count, used = count + 1, need
        else:
            used += need + (blank if used else 0.0)
    return count


def height_of(text: str, width: float, size: float = SIZE) -> float:
    """Return the height of a paragraph."""
    return lines_of(text, width, size) * size * LINE


def row_height(row: Row, panel: Panel) -> float:
    """Return the height of a row."""
    depth = bool(row.group) + bool(row.level) + row.detail
    inside = [width - 2 * PADDING for width in panel.widths]
    inside[0] -= depth * INDENT
    texts = [row.label, *(cell.text + cell.mark for cell in row.cells)]
    return max(height_of(text, width) for text, width in zip(texts, inside, strict=True)) + AROUND


def heading_height(text: str, panel: Panel) -> float:
    """Return the height of a heading of rows; nothing where there is none."""
    return height_of(text, sum(panel.widths) - 2 * PADDING) + AROUND if text else 0.0


def room_of(page: Page, head: float) -> float:
    """Return the height left for rows, under a head that takes as much beyond the margin at the top."""
    return (page.height - 2 * MARGIN) * POINTS - head - SPARE


def pages_of(rows: Sequence[Row], panel: Panel, first: float, later: float) -> list[range]:
    """Return which rows stand on each page.

    Parameters
    ----------
    rows
        All of the table.
    panel
        The widths of its columns.
    first, later
        The room for rows on the first page and on every other, in points.

    Returns
    -------
    list of range
        The places of the rows. A level that fits on a page stands on one; at the top of a page the headings of its
        rows come again.
    """
    pages: list[range] = []
    start = place = 0
    left = first
    group = None
    for (name, level), block in groupby(rows, lambda row: (row.group, row.level)):
        heights = [row_height(row, panel) for row in block]
        heads = heading_height(name, panel), heading_height(level, panel)
        needed = sum(heights) + heads[1] + (heads[0] if name != group else 0.0)
        if needed > left and place > start and sum(heads) + sum(heights) <= later:
            pages, start, left, needed = [*pages, range(start, place)], place, later, sum(heads) + sum(heights)
        if needed > left:
            left -= needed - sum(heights)
            for height in heights:
                if height > left and place > start:
                    pages, start, left = [*pages, range(start, place)], place, later - sum(heads)
                left -= height
                place += 1
        else:
            left -= needed
            place += len(heights)
        group = name
    return [*pages, range(start, place)]
