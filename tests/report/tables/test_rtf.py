"""Tables as RTF, read by another reader and held against the HTML report."""

import re
from collections import Counter
from html import unescape

import pytest

from myotrial.model.errors import BadInput
from myotrial.report import render_report
from myotrial.report.numbers import SPACE
from myotrial.report.tables.model import Cell, Column, Row, Table, Tables
from myotrial.report.tables.rtf_parts import escape

TRIALS = ("NCT04044690", "NCT02347891", "NCT05832034", "NCT02728752")
NUMBER = re.compile(r"−?\d[\d,]*(?:\.\d+)?")


def invented(rows=3, columns=2, text="1.5", label="Mean", **more):
    """Make a table of so many rows and columns."""
    table = Table(
        number="14.2.1",
        titles=("A title ≥ 20 – ‘quoted’ µg × {2} \\ _x_ 10^3 <b>", "Primary outcome"),
        population="All",
        stub="Level",
        columns=tuple(Column(f"Arm {place}", 10) for place in range(columns)),
        rows=tuple(Row("", f"Week {place // 4}", label, (Cell(text),) * columns) for place in range(rows)),
        **{"notes": {}, "footnotes": ("Method: ±.",), "sources": ("Data: none.",)} | more,
    )
    return Tables("TRIAL (NCT00000000)", "A trial", (table,))


@pytest.fixture(scope="module", params=[(name, masked) for name in TRIALS for masked in (False, True)],
                ids=lambda pair: f"{pair[0]}{'-masked' * pair[1]}")  # fmt: skip
def every(request, tables_of, rtf_reader):
    name, masked = request.param
    found = tables_of(name, masked)
    text = found.tables.to_rtf()
    return found, text, rtf_reader(text), masked


class TestEveryTrial:
    def test_it_is_whole(self, every):
        found, text, read, _ = every
        assert text.isascii()
        assert text.startswith(r"{\rtf1")
        assert not read.unbalanced
        for table in found.tables:
            assert any(line.startswith(table.name) for line in read.paragraphs)

    def test_every_outcome_has_a_table(self, every):
        found, _, _, _ = every
        assert {table.outcome for table in found.tables} >= {outcome.id for outcome in found.trial.outcomes}

    def test_every_cell_is_there_in_order(self, every):
        found, _, read, _ = every
        expected = [[row.label, *(cell.text + cell.mark for cell in row.cells)] for table in found.tables
                    for row in table.rows]  # fmt: skip
        shown = [cells for cells in read.rows if len(cells) > 1 and cells[0] not in STUBS | {""}]
        assert shown == expected

    def test_nothing_missing_leaks(self, every):
        _, _, read, _ = every
        words = " ".join([*read.paragraphs, *(cell for cells in read.rows for cell in cells)])
        assert not re.search(
            r"\b(None(?! of)|NaN|nan|null|inf|undefined)\b(?! or)", words.replace("infinite or undefined", "")
        )

    def test_pages_are_counted_by_fields(self, every):
        _, text, read, _ = every
        assert r"{\field{\*\fldinst PAGE}" in text
        assert r"{\field{\*\fldinst NUMPAGES}" in text
        heads = [line for line in read.heads if line.endswith("Page 1 of 1")]
        assert len(heads) >= len(read.heads) / 5
        assert all("\t" in line for line in heads)

    def test_masked_tables_name_no_arm(self, every):
        found, text, read, masked = every
        if not masked:
            assert any(arm.label in cell for arm in found.trial.arms for cells in read.rows for cell in cells)
            return
        titles = {line for table in found.tables for line in (*table.titles, table.name)}
        told = [cell for cells in read.rows for cell in cells]
        told += [line for table in found.tables for line in table.sources]
        told += [line for line in read.paragraphs if not any(title in line for title in titles | {found.trial.title})]
        told = [line for line in told if not line.startswith(("Derivation:", "Source of the derivation:"))]
        for arm in found.trial.arms:
            assert not [line for line in told if re.search(rf"\b({re.escape(arm.id)}|{re.escape(arm.label)})\b", line)]
        assert "the allocation is withheld" in text


STUBS = {"Level and visit", "Subgroup", "Stage", "Characteristic", "Kind of event"}


def report_cells(page, outcome):
    """Return the table rows of an outcome in the HTML report: label → its cells as text, arms first."""
    start = page.index(f'<span class="tag">{outcome}</span> <span class="tag')
    part = page[start : page.index('<tr class="how">', start)]
    rows, group = {}, ""
    for row in re.findall(r"<tr.*?</tr>", part, flags=re.DOTALL):
        head = re.search(r'<th scope="row(?:group)?"[^>]*>(.*?)</th>', row, flags=re.DOTALL)
        label = unescape(re.sub("<[^>]+>", "", head.group(1))).strip()
        if 'class="part"' in row:
            group = label
        else:
            cells = re.findall(r"<td[^>]*>(.*?)</td>", row, flags=re.DOTALL)
            rows[group, label] = [unescape(re.sub("<[^>]+>", " ", cell)) for cell in cells]
    return rows


@pytest.mark.parametrize("name", TRIALS)
def test_the_numbers_are_those_of_the_report(name, tables_of, monkeypatch):
    """Number by number, cell by cell: each cell of the report against the rows of the table at that place."""
    monkeypatch.setattr("myotrial.report.page.figure_sections", lambda *_, **__: [])  # the charts take half a minute
    found = tables_of(name)
    page = render_report(found.trial, found.results, found.study)
    compared = 0
    for table in found.tables:
        if table.outcome is None or table.number.count(".") > 2:
            continue
        rows = report_cells(page, table.outcome)
        for (group, level), cells in rows.items():
            own = [row for row in table.rows if (row.group, row.level) == (group, level)]
            arms = len(found.trial.arms)
            for place in range(arms):
                assert numbers_in(table, own, [place]) == Counter(NUMBER.findall(cells[place])), (table, group, level)
            rest = numbers_in(table, own, range(arms, len(table.columns)))
            assert rest == Counter(NUMBER.findall(cells[arms] if len(cells) > arms else "")), (table, group, level)
            compared += 1
    assert compared >= len(found.trial.outcomes)


def numbers_in(table, rows, places):
    """Count the numbers of cells, of the notes they lead to and, for each cell that is filled, of its row's label."""
    told = [f"{row.label} {row.cells[place].text} {table.notes.get(row.cells[place].mark, '')}" for row in rows
            for place in places if row.cells[place].text]  # fmt: skip
    return Counter(number for text in told for number in NUMBER.findall(text))


class TestPages:
    def test_letters_beyond_ascii_and_signs_of_rtf_come_through(self, rtf_reader):
        tables = invented(text="≥ 1 {µ} \\par × –")
        read = rtf_reader(tables.to_rtf())
        assert not read.unbalanced
        assert read.rows[-1][1:] == ["≥ 1 {µ} \\par × –"] * 2
        assert f"Table 14.2.1 {tables['14.2.1'].titles[0]}" in read.paragraphs

    @pytest.mark.parametrize("text", ["\N{SMILING FACE WITH SUNGLASSES}", "é", "−", SPACE, "日本", "a_b^c >= 1"])
    def test_any_letter_is_written_in_ascii(self, text, rtf_reader):
        assert escape(text).isascii()
        assert rtf_reader(rf"{{\pard x{escape(text)}x\par}}").paragraphs == [f"x{text}x"]

    def test_a_long_table_repeats_its_head_and_says_that_it_goes_on(self, rtf_reader):
        text = invented(rows=200).to_rtf()
        read = rtf_reader(text)
        heads = [cells for cells in read.rows if cells[0] == "Level"]
        assert len(heads) == text.count(r"\pagebb") + 1 > 4
        assert text.count(r"\trhdr") == len(heads)
        assert any(line.endswith("(continued)") and line.startswith("Table 14.2.1") for line in read.heads)
        assert [cells[1] for cells in read.rows if len(cells) > 1 and cells[0] == "Mean"] == ["1.5"] * 200

    def test_a_level_longer_than_a_page_is_told_as_going_on(self, rtf_reader):
        table = invented(rows=1)["14.2.1"]
        rows = tuple(Row("Group", "Week 1", f"Row {place}", (Cell("1"), Cell("2"))) for place in range(90))
        long = Tables("T", "t", (Table(**{name: getattr(table, name) for name in table.__slots__} | {"rows": rows}),))
        read = rtf_reader(long.to_rtf())
        assert ["Week 1 (continued)"] in read.rows
        assert ["Group (continued)"] in read.rows
        assert [cells[0] for cells in read.rows if cells[0].startswith("Row ")] == [row.label for row in rows]

    @pytest.mark.parametrize(
        ("columns", "orientation", "parts"), [(3, "landscape", 1), (30, "landscape", 3), (30, "portrait", 5)]
    )  # columns are 0.81 inch wide, beside 1.86 for the row labels: 10 of them fit in 10.19 inches, 6 in 6.77
    def test_a_wide_table_is_split_by_its_columns(self, columns, orientation, parts, rtf_reader):
        tables = invented(columns=columns)
        read = rtf_reader(tables.to_rtf(orientation=orientation))
        heads = [cells for cells in read.rows if cells[0] == "Level"]
        shown = [cell.partition("\n")[0] for cells in heads for cell in cells[1:]]
        assert shown == [column.label for column in tables["14.2.1"].columns]
        assert len(heads) == parts
        named = [line for line in read.paragraphs if "columns 1 of" in line]
        assert len(named) == (parts > 1)

    @pytest.mark.parametrize(("paper", "orientation", "width", "height"), [
        ("a4", "landscape", 16838, 11906), ("a4", "portrait", 11906, 16838),
        ("letter", "landscape", 15840, 12240), ("letter", "portrait", 12240, 15840),
    ])  # fmt: skip
    def test_paper(self, paper, orientation, width, height):
        text = invented().to_rtf(paper=paper, orientation=orientation)
        assert rf"\paperw{width}\paperh{height}" in text
        assert rf"\pgwsxn{width}\pghsxn{height}" in text
        assert (r"\lndscpsxn" in text) == (orientation == "landscape")
        edges = [int(edge) for edge in re.findall(r"\\cellx(\d+)", text)]
        assert max(edges) <= width - 2 * 1080 + 1  # three quarters of an inch at either side

    def test_a_paper_that_is_not_known_is_refused(self):
        with pytest.raises(BadInput) as caught:
            invented().to_rtf(paper="a3", orientation="upside down")
        assert [fault.column for fault in caught.value.faults] == ["paper", "orientation"]

    def test_a_mark_leads_to_its_footnote(self):
        table = invented(rows=1, notes={"a": "a cell is zero"})["14.2.1"]
        row = Row("", "Week 1", "Odds ratio", (Cell("not estimable", "a"), Cell("2.0")))
        marked = Table(**{name: getattr(table, name) for name in table.__slots__} | {"rows": (row,)})
        text = Tables("T", "t", (marked,)).to_rtf()
        assert r"not estimable{\super a}" in text
        assert r"{\super a} a cell is zero" in text
