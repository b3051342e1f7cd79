"""Tables as CSV and JSON, cells as shown."""

import csv
import io
import json

from myotrial.report.tables.model import Table, Tables, plain


def table_csv(table: Table) -> str:
    """Return the rows of a table as CSV: group, level, statistic, then a column each.

    Examples
    --------
    >>> from myotrial.report.tables.model import Cell, Column, Row
    >>> rows = (Row("", "Week 25", "Subjects", (Cell("3 of 5"),)),)
    >>> print(table_csv(Table("14.2.1", ("Response",), "All", "", (Column("Placebo", 5),), rows, {}, (), ())))
    group,level,statistic,Placebo (N = 5)
    ,Week 25,Subjects,3 of 5
    <BLANKLINE>
    """
    return _written([["group", "level", "statistic", *table.headings()], *_rows(table)])


def tables_csv(tables: Tables) -> str:
    """Return one row per cell of all tables: table, title, group, level, statistic, column, text, note."""
    lines = [["table", "title", "group", "level", "statistic", "column", "text", "note"]]
    for table in tables:
        for row in table.rows:
            start = [table.number, table.titles[0], row.group, row.level, row.label]
            lines += [
                [*map(plain, start), heading, plain(cell.text), table.notes.get(cell.mark, "")]
                for heading, cell in zip(table.headings(), row.cells, strict=True)
                if cell.text
            ]
    return _written(lines)


def tables_json(tables: Tables) -> str:
    """Return all tables with their titles and footnotes as JSON."""
    record = {
        "trial": tables.trial,
        "title": tables.title,
        "simulated": tables.simulated,
        "masked": tables.masked,
        "notes": list(tables.notes),
        "tables": [table.to_dict() for table in tables],
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _rows(table: Table) -> list[list[str]]:
    return [list(row.values()) for row in table.to_dicts()]


def _written(lines: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()
