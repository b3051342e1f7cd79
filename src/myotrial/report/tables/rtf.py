"""Tables as RTF: each from a new page on, with running heads, repeated column heads, and fields that count the pages.

The rows, fonts and page settings are rtflite's. On the later pages of a table its title stands in the running head with
"(continued)", the column heads come again, and so do the headings of its rows.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import get_args

from myotrial.model.errors import BadInput, Fault
from myotrial.report.tables.footnotes import MASKED, RESEARCH, SIMULATED
from myotrial.report.tables.layout import INDENT, Page, Panel, indents_of, page_of, panels_of
from myotrial.report.tables.model import Cell, Column, Orientation, Paper, Row, Table, Tables
from myotrial.report.tables.paging import heading_height, height_of, pages_of, room_of
from myotrial.report.tables.rtf_parts import (
    PAGE_OF,
    TWIPS,
    RowCell,
    Words,
    bookmark,
    document_start,
    escape,
    link,
    page_break,
    paragraph,
    section_start,
    table_row,
)

CONTINUED = " (continued)"
SMALL = 8
HEADING = r"\s1\outlinelevel0\keepn"


def tables_rtf(tables: Tables, paper: Paper = "a4", orientation: Orientation = "landscape") -> str:
    """Return all tables as one RTF text of ASCII characters; see :meth:`Tables.to_rtf`."""
    check_options(paper, orientation)
    page = page_of(paper, orientation)
    sections = [_contents(tables, page)]
    for table in tables:
        panels = panels_of(table, page)
        sections += [_section(tables, table, (place, len(panels)), panel, page) for place, panel in enumerate(panels)]
    return document_start(page, f"{tables.trial}: tables") + "\\sect\n".join(sections) + "}\n"


def check_options(paper: str, orientation: str) -> None:
    """Refuse a paper or an orientation that is not known.

    Raises
    ------
    BadInput
        With every fault.
    """
    faults = [
        Fault("bad_option", f"the {name} is not known", column=name, got=got, expected=" or ".join(get_args(known)))
        for name, got, known in (("paper", paper, Paper), ("orientation", orientation, Orientation))
        if got not in get_args(known)
    ]
    if faults:
        raise BadInput(faults)


def _contents(tables: Tables, page: Page) -> str:
    """Return the first section: the trial, what must be known of the data, and the list of the tables."""
    head = _running_head(tables, page)
    lines = [paragraph(Words(tables.trial, bold=True, size=12)), paragraph(Words(tables.title, size=12), after=200)]
    lines += [paragraph(Words(text, bold=True)) for text in _warnings(tables)]
    lines += [paragraph(Words(f"Noticed in the data: {note}.", size=SMALL)) for note in tables.notes]
    lines.append(paragraph(Words("List of tables", bold=True, size=11), before=200, after=100))
    listed = [Words(link(table.number, _listed(table)), size=SMALL, raw=True) for table in tables]
    lines += [paragraph(words, after=20, hanging=0.8) for words in listed]
    return section_start(page, first=head, later=head, foot=_foot(tables)) + "".join(lines)


def _listed(table: Table) -> str:
    part = f", {table.titles[-1].lower()}" if len(table.titles) > 2 else ""
    of = f" ({table.outcome})" if table.outcome else ""
    return f"{table.name}{of}{part}"


def _warnings(tables: Tables) -> list[str]:
    return [text for text, told in ((SIMULATED, tables.simulated), (MASKED, tables.masked)) if told]


def _running_head(tables: Tables, page: Page, title: str = "") -> str:
    """Return what stands at the top of a page: the trial, the page and how many there are; a title that goes on."""
    right = rf"\tqr\tx{round(page.inside * TWIPS)}"
    lines = [
        paragraph(Words(rf"{escape(tables.trial)}\tab {PAGE_OF}", size=SMALL, raw=True), more=right, after=0),
        paragraph(Words(tables.title, size=SMALL), after=120),
    ]
    if title:
        lines.append(paragraph(Words(title + CONTINUED, bold=True, size=10), align="c", after=100))
    return "".join(lines)


def _foot(tables: Tables) -> str:
    return paragraph(Words(" ".join([*_warnings(tables), RESEARCH]), size=SMALL), align="c", before=60, after=0)


def _section(tables: Tables, table: Table, part: tuple[int, int], panel: Panel, page: Page) -> str:
    """Return a table, or as much of its columns as fits, as a section of its own."""
    place, count = part
    name = f"{table.name}, columns {place + 1} of {count}" if count > 1 else table.name
    start = section_start(
        page, first=_running_head(tables, page), later=_running_head(tables, page, name), foot=_foot(tables)
    )
    columns = [table.columns[each] for each in panel.places]
    rows = [_cut(row, panel.places) for row in table.rows]
    head = _head(table, columns, panel)
    chunks = pages_of(rows, panel, *_rooms(table, name, columns, panel, page))
    written = list(_written(rows, panel))
    pages = [head + "".join(_page(rows, written, chunk, panel)) for chunk in chunks]
    notes = _footnotes(table, {cell.mark for row in rows for cell in row.cells})
    return start + _titles(table, name, marked=place == 0) + page_break().join(pages) + notes


def _rooms(table: Table, name: str, columns: Sequence[Column], panel: Panel, page: Page) -> tuple[float, float]:
    """Return the height that is left for rows on the first page and on the later ones, in points."""
    under = [*table.titles[1:], f"Population: {table.population}"]
    titles = height_of(name, page.inside, 11) + sum(height_of(line, page.inside) + 2 for line in under) + 10
    again = height_of(name + CONTINUED, page.inside, 11) + 12
    labels = zip(columns, panel.widths[1:], strict=True)
    heads = max(height_of(column.label, width - 0.2, 10) + height_of(column.size, width) for column, width in labels)
    heads = max(heads, heading_height(table.stub, panel)) + (14 if any(column.spanner for column in columns) else 0)
    return room_of(page, titles + heads + 4), room_of(page, again + heads + 4)


def _cut(row: Row, places: Sequence[int]) -> Row:
    return Row(row.group, row.level, row.label, tuple(row.cells[place] for place in places), row.detail)


def _titles(table: Table, name: str, *, marked: bool) -> str:
    """Return the title lines; the first is a heading, so that the word processor can list it."""
    anchor = rf"{{\*\bkmkstart {bookmark(table.number)}}}{{\*\bkmkend {bookmark(table.number)}}}" if marked else ""
    lines = [paragraph(Words(anchor + escape(name), bold=True, size=10, raw=True), align="c", more=HEADING)]
    lines += [paragraph(Words(line), align="c", more=r"\keepn") for line in table.titles[1:]]
    if table.population:
        lines.append(paragraph(Words(f"Population: {table.population}"), align="c", after=120, more=r"\keepn"))
    return "".join(lines)


def _head(table: Table, columns: Sequence[Column], panel: Panel) -> str:
    """Return the rows over the columns: spanners where there are any, then label and number of subjects."""
    rows = []
    spanned = any(column.spanner for column in columns)
    if spanned:
        cells = [RowCell(Words(""), top=True)]
        for spanner, group in groupby(columns, lambda column: column.spanner):
            words = Words(spanner, bold=True)
            cells.append(RowCell(words, "c", span=len(list(group)), top=True, bottom=bool(spanner)))
        rows.append(table_row(cells, panel.widths, head=True, keep=True))
    labels = [RowCell(Words(table.stub, bold=True), top=not spanned, bottom=True)]
    for column in columns:
        words = Words("\n".join(part for part in (column.label, column.size) if part), bold=True)
        labels.append(RowCell(words, "c", top=not spanned, bottom=True))
    return "".join([*rows, table_row(labels, panel.widths, head=True, keep=True)])


def _written(rows: Sequence[Row], panel: Panel) -> Iterator[str]:
    """Yield each row as RTF; the last has a line under it."""
    indents = [
        indents_of([row.cells[place].text for row in rows], width) for place, width in enumerate(panel.widths[1:])
    ]
    for place, row in enumerate(rows):
        last = place + 1 == len(rows)
        keep = not last and (rows[place + 1].group, rows[place + 1].level) == (row.group, row.level)
        moved = [column[place] for column in indents]
        yield table_row(list(_cells(row, moved, last=last)), panel.widths, keep=keep)


def _page(rows: Sequence[Row], written: Sequence[str], chunk: range, panel: Panel) -> Iterator[str]:
    """Yield the rows of a page under their headings, which say so where they go on from the page before."""
    above = rows[chunk.start - 1] if chunk.start else None
    group: str | None = None
    level: str | None = None
    for place in chunk:
        row = rows[place]
        same_group = above is not None and above.group == row.group
        if row.group and row.group != group:
            yield _heading(row.group + (CONTINUED if same_group else ""), 0, panel)
        if row.level and (row.level, row.group) != (level, group):
            same_level = same_group and above is not None and above.level == row.level
            yield _heading(row.level + (CONTINUED if same_level else ""), int(bool(row.group)), panel)
        yield written[place]
        group, level, above = row.group, row.level, None


def _heading(text: str, depth: int, panel: Panel) -> str:
    cell = RowCell(Words(text, bold=not depth, italic=bool(depth)), indent=depth * INDENT, span=len(panel.widths))
    return table_row([cell], panel.widths, keep=True)


def _cells(row: Row, indents: Sequence[float | None], *, last: bool) -> Iterator[RowCell]:
    depth = bool(row.group) + bool(row.level) + row.detail
    yield RowCell(Words(row.label), indent=depth * INDENT, bottom=last)
    for cell, indent in zip(row.cells, indents, strict=True):
        yield RowCell(_words(cell), "c" if indent is None else "l", indent or 0.0, bottom=last)


def _words(cell: Cell) -> Words:
    mark = rf"{{\super {escape(cell.mark)}}}" if cell.mark else ""
    return Words(escape(cell.text) + mark, raw=True)


def _footnotes(table: Table, marks: set[str]) -> str:
    """Return what stands under the table; of the marked notes, those that its cells lead to."""
    noted = [rf"{{\super {mark}}} {escape(text)}" for mark, text in table.notes.items() if mark in marks]
    plain = [escape(text) for text in (*table.footnotes, " ".join(table.sources))]
    return "".join(paragraph(Words(text, size=SMALL, raw=True), before=20, after=0) for text in [*noted, *plain])
