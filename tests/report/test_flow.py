"""The participant flow."""

import polars as pl
import pytest

from myotrial.analysis.results import FLOW_SCHEMA
from myotrial.report.drawing import text_box, text_width, wrap
from myotrial.report.flow import draw_flow
from myotrial.report.numbers import SPACE


def flow(*rows):
    return pl.DataFrame([dict(zip(FLOW_SCHEMA, row, strict=True)) for row in rows], schema=FLOW_SCHEMA)


def words(box):
    return " ".join(text.text for text in box.texts).replace(SPACE, " ")


@pytest.fixture
def drawing(trial):
    return draw_flow(
        trial,
        flow(
            ("screened", "Screened", None, 150),
            ("screen_failure", "Not eligible", None, 24),
            ("randomised", "Randomised", "igpro20", 63),
            ("randomised", "Randomised", "placebo", 63),
            ("p1:left", "Left: Double-blind", "igpro20", 4),
            ("p1:left", "Left: Double-blind", "placebo", 6),
            ("p1:rescue", "Rescue: Double-blind", "igpro20", 2),
            ("p1:rescue", "Rescue: Double-blind", "placebo", None),
            ("analysed", "Analysed", "igpro20", 63),
            ("analysed", "Analysed", "placebo", 63),
        ),
    )


def test_the_boxes_say_who_was_where(drawing):
    assert [words(box) for box in drawing.boxes] == [
        "Screened: n = 150",
        "Not eligible: n = 24",
        "Randomised: n = 126",
        "IgPro20 Randomised: n = 63",
        "Placebo Randomised: n = 63",
        "Double-blind Left: n = 4 Rescue: n = 2",
        "Double-blind Left: n = 6 Rescue: n = 0",
        "Analysed: n = 63",
        "Analysed: n = 63",
    ]


def test_the_arms_stand_side_by_side_and_nothing_overlaps_or_sticks_out(drawing):
    boxes = drawing.boxes
    assert boxes[3].y == boxes[4].y
    for place, box in enumerate(boxes):
        assert box.x >= 0
        assert box.x + box.width <= drawing.width
        assert box.bottom <= drawing.height
        for other in boxes[place + 1 :]:
            apart = box.x + box.width <= other.x or other.x + other.width <= box.x
            assert apart or box.bottom <= other.y or other.bottom <= box.y


def test_every_text_fits_its_box(drawing):
    for box in drawing.boxes:
        for text in box.texts:
            assert text_width(text.text, bold=text.bold) <= box.width
            assert box.y < text.y < box.bottom


def test_one_arm_has_one_column_and_no_fork(trial):
    drawing = draw_flow(trial, flow(("treated", "Treated", "igpro20", 13), ("seen", "Seen at week 25", "igpro20", 11)))
    assert [words(box) for box in drawing.boxes] == ["IgPro20 Treated: n = 13", "Seen at week 25: n = 11"]
    assert len({box.x for box in drawing.boxes}) == 1


def test_an_arm_that_the_definition_does_not_know_is_shown(trial):
    drawing = draw_flow(trial, flow(("randomised", "Randomised", "stranger", 3)))
    assert words(drawing.boxes[0]) == "stranger Randomised: n = 3"


def test_only_overall_stages(trial):
    drawing = draw_flow(trial, flow(("screened", "Screened", None, 5)))
    assert [words(box) for box in drawing.boxes] == ["Screened: n = 5"]


def test_no_flow(trial):
    assert draw_flow(trial, flow()) is None


def test_a_word_that_is_too_long_is_broken():
    lines = wrap("x" * 200, 100)
    assert "".join(lines) == "x" * 200
    assert all(text_width(line) <= 100 for line in lines)


def test_a_box_grows_with_its_text():
    assert text_box(0, 0, 150, [("word " * 40, False)]).height > text_box(0, 0, 150, [("word", False)]).height
