"""How wide the columns of a table on paper are, how it is split where they do not fit, and how numbers are aligned.

Widths are in inches, of the fonts that stand in for Times New Roman with the same widths.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from myotrial.report.tables.extras import need
from myotrial.report.tables.model import Column, Orientation, Paper, Row, Table

FONT = "Times New Roman"
SIZE = 9
PAPERS: dict[Paper, tuple[float, float]] = {"a4": (210 / 25.4, 297 / 25.4), "letter": (8.5, 11.0)}
"""Width and height of the papers, upright, in inches."""
MARGIN = 0.75
PADDING = 0.08
"""Room at either side of a cell."""
NARROWEST, STUB_NARROWEST, STUB_WIDEST = 0.6, 1.7, 0.42
"""The narrowest column and row label, and the share of the width that row labels may have."""
INDENT = 0.12
_LEAD = re.compile(r"[<>≥≤]?[\s\N{NO-BREAK SPACE}]*[−-]?[\d,]+")


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet, in inches."""

    width: float
    height: float
    orientation: Orientation

    @property
    def inside(self) -> float:
        """The width between the margins."""
        return self.width - 2 * MARGIN


@dataclass(frozen=True, slots=True)
class Panel:
    """As much of a table as fits the width of a page: its columns by place, and the widths, row labels first."""

    places: tuple[int, ...]
    widths: tuple[float, ...]


def page_of(paper: Paper, orientation: Orientation) -> Page:
    """Return a sheet of paper.

    Examples
    --------
    >>> round(page_of("a4", "landscape").inside, 2)
    10.19
    """
    short, long = PAPERS[paper]
    return Page(*((long, short) if orientation == "landscape" else (short, long)), orientation)


def width_of(text: str, size: float = SIZE) -> float:
    """Return the width of a text in inches."""
    return sum(_width_of_letter(letter) for letter in text) * size


@cache
def _width_of_letter(letter: str) -> float:
    return float(need("rtflite").get_string_width(letter, font=FONT, font_size=100)) / 100


def panels_of(table: Table, page: Page) -> list[Panel]:
    """Split the columns of a table into as many panels as its width needs.

    Raises
    ------
    BadInput
        rtflite, which knows the widths of letters, is not installed.
    """
    stub = _stub_width(table.rows, page)
    natural = [_natural(column, place, table.rows) for place, column in enumerate(table.columns)]
    panels: list[list[int]] = [[]]
    for place, width in enumerate(natural):
        if panels[-1] and stub + sum(natural[each] for each in panels[-1]) + width > page.inside:
            panels.append([])
        panels[-1].append(place)
    return [_filled(places, stub, natural, page) for places in panels]


def _stub_width(rows: Sequence[Row], page: Page) -> float:
    longest = max([width_of(row.label) + 3 * INDENT for row in rows] + [STUB_NARROWEST])
    return min(longest + 2 * PADDING, STUB_WIDEST * page.inside)


def _natural(column: Column, place: int, rows: Sequence[Row]) -> float:
    texts = [row.cells[place].text + row.cells[place].mark for row in rows]
    words = [word for text in (column.label, column.spanner) for word in text.split()]
    needed = [width_of(text) for text in texts] + [1.1 * width_of(word) for word in [*words, column.size]]
    whole = 1.1 * width_of(column.label) / 2  # a label may take two lines
    return max(*needed, whole, NARROWEST) + 2 * PADDING + 0.05


def _filled(places: Sequence[int], stub: float, natural: Sequence[float], page: Page) -> Panel:
    """Return the widths of a panel, which fill the page; a column wider than the page is cut to it."""
    room = page.inside - stub
    own = [natural[place] for place in places]
    spare = room - sum(own)
    widths = [width + spare / len(own) for width in own] if spare >= 0 else [width * room / sum(own) for width in own]
    return Panel(tuple(places), (stub, *widths))


def lead_of(text: str) -> str:
    """Return what stands before the decimal point of a text that begins with a number, else nothing.

    Examples
    --------
    >>> [lead_of(text) for text in ("34/63 (54.0 %)", "−8.6", "< 0.001", "not estimable")]
    ['34', '−8', '< 0', '']
    """
    found = _LEAD.match(text)
    return found.group() if found else ""


def indents_of(texts: Sequence[str], width: float) -> list[float | None]:
    """Return how far each text of a column is moved in so that decimal points align and the column stands centred.

    Parameters
    ----------
    texts
        The cells of a column.
    width
        Of the column, in inches.

    Returns
    -------
    list of float or None
        In inches; ``None`` where a text is no number and is centred by itself.
    """
    leads = [lead_of(text) for text in texts]
    before = [width_of(lead) for lead in leads]
    after = [width_of(text[len(lead) :]) for text, lead in zip(texts, leads, strict=True) if lead]
    if not after:
        return [None] * len(texts)
    widest = max(size for size, lead in zip(before, leads, strict=True) if lead)
    start = max(0.0, (width - 2 * PADDING - widest - max(after)) / 2)
    return [start + widest - size if lead else None for size, lead in zip(before, leads, strict=True)]
