"""Tables as HTML through great_tables: for a notebook, and as a page that needs nothing else."""

from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from myotrial.report.tables.extras import need
from myotrial.report.tables.footnotes import MASKED, RESEARCH, SIMULATED
from myotrial.report.tables.layout import lead_of
from myotrial.report.tables.model import Cell, Table, Tables
from myotrial.report.tables.rtf_parts import bookmark

if TYPE_CHECKING:
    from great_tables import GT

FIGURE_SPACE = "\N{FIGURE SPACE}"
"""As wide as a digit."""
INDENT = "\N{EM SPACE}"


def make_gt(table: Table) -> "GT":
    """Return a table as great_tables shows it; see :meth:`Table.to_gt`."""
    gt = need("great_tables")
    names = [f"c{place}" for place in range(len(table.columns))]
    frame: dict[str, list[str]] = {"group": [], "row": []}
    for row in table.rows:
        frame["group"].append(", ".join(part for part in (row.group, row.level) if part))
        frame["row"].append(f"{INDENT * row.detail}{row.label}")
    for place, name in enumerate(names):
        frame[name] = _aligned([row.cells[place] for row in table.rows])
    grouped = any(frame["group"])
    made: Any = gt.GT(
        pl.DataFrame(frame if grouped else {name: cells for name, cells in frame.items() if name != "group"}),
        rowname_col="row", groupname_col="group" if grouped else None, id=bookmark(table.number),
    )  # fmt: skip
    under = [*table.titles[1:], *([f"Population: {table.population}"] if table.population else [])]
    made = made.tab_header(title=gt.html(escape(table.name)), subtitle=gt.html("<br>".join(map(escape, under))))
    made = made.tab_stubhead(label=gt.html(escape(table.stub)))
    heads = {name: "<br>".join(map(escape, (column.label, column.size))) for name, column in _named(table, names)}
    made = made.cols_label(**{name: gt.html(head) for name, head in heads.items()})
    for spanner in dict.fromkeys(column.spanner for column in table.columns if column.spanner):
        spanned = [name for name, column in _named(table, names) if column.spanner == spanner]
        made = made.tab_spanner(label=gt.html(escape(spanner)), columns=spanned, id=f"over-{spanned[0]}")
    for note in _notes(table):
        made = made.tab_source_note(gt.html(note))
    return made.cols_align(align="left", columns=names)  # type: ignore[no-any-return]


def _named(table: Table, names: list[str]) -> list[tuple[str, Any]]:
    return list(zip(names, table.columns, strict=True))


def _aligned(cells: list[Cell]) -> list[str]:
    """Return the cells of a column, moved in by spaces as wide as a digit so that decimal points align."""
    widest = max((len(lead_of(cell.text)) for cell in cells), default=0)
    shown = []
    for cell in cells:
        lead = lead_of(cell.text)
        mark = f" [{cell.mark}]" if cell.mark else ""
        shown.append((FIGURE_SPACE * (widest - len(lead)) if lead else "") + cell.text + mark)
    return shown


def _notes(table: Table) -> list[str]:
    marked = [f"[{mark}] {text}" for mark, text in table.notes.items()]
    return [escape(text) for text in (*marked, *table.footnotes, *table.sources)]


def tables_html(tables: Tables) -> str:
    """Return all tables as one page that needs no other file and no network; see :meth:`Tables.to_html`."""
    title = escape(f"{tables.trial}: tables")
    told = [text for text, there in ((SIMULATED, tables.simulated), (MASKED, tables.masked)) if there]
    listed = "\n".join(
        f'<li><a href="#{bookmark(table.number)}">{escape(" – ".join([table.name, *table.titles[2:]]))}</a></li>'
        for table in tables
    )
    shown = "\n".join(make_gt(table).as_raw_html() for table in tables)
    said = "".join(f"<p><strong>{escape(text)}</strong></p>\n" for text in told)
    noticed = "".join(f"<p>Noticed in the data: {escape(note)}.</p>\n" for note in tables.notes)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<style>{STYLE}</style>\n</head>\n<body>\n<h1>{escape(tables.trial)}</h1>\n<p>{escape(tables.title)}</p>\n"
        f"{said}<p>{escape(RESEARCH)}</p>\n{noticed}<h2>List of tables</h2>\n<ul>\n{listed}\n</ul>\n{shown}\n"
        "</body>\n</html>\n"
    )


STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:75rem;padding:1rem;color:#222}"
    "td{font-variant-numeric:tabular-nums}"
    "@media print{body>div{break-before:page}}"
)
