"""Widths against the metrics of the font, alignment of decimal points, and where pages end."""

import pytest
import rtflite.fonts
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from myotrial.report.tables.layout import indents_of, lead_of, page_of, panels_of, width_of
from myotrial.report.tables.model import Cell, Column, Row, Table, mark_at
from myotrial.report.tables.paging import lines_of, pages_of


@pytest.mark.parametrize("text", ["34/63 (54.0 %)", "−8.6", "Difference (percentage points)", "≥ 20, week 25"])
def test_a_width_is_that_of_the_font(text):
    """Times New Roman at 9 points, whole text at once, from the font of the same metrics."""
    font = ImageFont.truetype(str(rtflite.fonts.__path__[0]) + "/liberation/LiberationSerif-Regular.ttf", 900)
    assert width_of(text) == pytest.approx(font.getlength(text, features=["-kern"]) / 100 / 72, rel=0.02)


def test_ten_digits_of_times_at_nine_points_are_45_points_wide():
    assert width_of("0123456789") * 72 == pytest.approx(45, rel=0.01)


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("34/63 (54.0 %)", "34"),
        ("−8.6", "−8"),
        ("<\N{NO-BREAK SPACE}0.001", "<\N{NO-BREAK SPACE}0"),
        ("1,234.5", "1,234"),
        ("not estimable", ""),
        ("–", ""),
        ("", ""),
    ],
)
def test_what_stands_before_the_point(text, lead):
    assert lead_of(text) == lead


def test_decimal_points_stand_under_each_other():
    texts = ["1.5", "12.25", "−130.0", "not estimable", "7"]
    indents = indents_of(texts, 2.0)
    points = [
        indent + width_of(lead_of(text)) for text, indent in zip(texts, indents, strict=True) if indent is not None
    ]
    assert indents[3] is None
    assert max(points) - min(points) < 1e-9
    assert min(indent for indent in indents if indent is not None) >= 0


def table_of(labels):
    cells = tuple(Cell("12/34 (56.7 %)") for _ in labels)
    columns = tuple(Column(label, 34) for label in labels)
    return Table("1", ("t",), "", "", columns, (Row("", "", "A label", cells),), {}, (), ())


@settings(deadline=None)
@given(
    st.lists(st.text("abc dé≥", min_size=1, max_size=60), min_size=1, max_size=25),
    st.sampled_from(["a4", "letter"]),
    st.sampled_from(["landscape", "portrait"]),
)
def test_panels_hold_every_column_once_and_fit_the_page(labels, paper, orientation):
    page = page_of(paper, orientation)
    panels = panels_of(table_of(labels), page)
    assert [place for panel in panels for place in panel.places] == list(range(len(labels)))
    for panel in panels:
        assert sum(panel.widths) == pytest.approx(page.inside)
        assert min(panel.widths) > 0.5


@settings(deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=40), st.floats(60, 400))
def test_pages_hold_every_row_once_and_none_more_than_it_can(sizes, room):
    rows = [Row(f"G{place // 3}", f"L{place}", f"r{number}", (Cell("1.0"),)) for place, size in enumerate(sizes)
            for number in range(size)]  # fmt: skip
    page = page_of("a4", "landscape")
    (panel,) = panels_of(Table("1", ("t",), "", "", (Column("A"),), tuple(rows), {}, (), ()), page)
    chunks = pages_of(rows, panel, room, room)
    assert [place for chunk in chunks for place in chunk] == list(range(len(rows)))
    line = 9 * 1.155 + 2.4
    for chunk in chunks:
        shown = [(rows[place].group, rows[place].level) for place in chunk]
        heads = len({group for group, _ in shown}) + len(set(shown))
        assert (len(chunk) + heads) * line <= room + 0.01 or len(chunk) == 1


def test_lines_break_at_blanks():
    assert lines_of("one two three", width_of("one two ")) == 2
    assert lines_of("one two three", width_of("one two three") + 0.01) == 1


def test_marks_go_on_after_z():
    assert [mark_at(place) for place in (0, 25, 26, 51, 52, 701, 702)] == ["a", "z", "aa", "az", "ba", "zz", "aaa"]
