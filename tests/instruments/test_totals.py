"""Totals that were delivered beside the items."""

import polars as pl
import pytest

from myotrial.instruments.definition import load_instrument
from myotrial.instruments.scoring import score_instrument, score_wide
from myotrial.instruments.totals import check_totals, take_totals
from myotrial.model.errors import BadInput


@pytest.fixture
def items():
    """S1 is complete (skin 4, muscle 7); S2 lacks the muscle part (skin 4)."""
    return pl.DataFrame(
        {"subject_id": ["S1", "S1", "S2"], "week": [0, 0, 0], "item": ["skin", "muscle", "skin"], "value": [4, 7, 4]}
    )


def totals(**given):
    return pl.DataFrame({"subject_id": list(given), "week": [0] * len(given), "das": list(given.values())})


@pytest.mark.parametrize("given", [{"S1": 11.0}, {"S2": 4.0}, {"S2": 15.0}, {"S1": None}, {"S3": 20.0}, {}])
def test_totals_that_the_items_allow(items, given):
    assert check_totals("das", items, totals(**given)).frame.height == 2


@pytest.mark.parametrize(
    ("given", "expected"), [({"S1": 12.0}, "11"), ({"S2": 3.0}, "4 to 15"), ({"S2": 16.0}, "4 to 15")]
)
def test_a_total_that_the_items_contradict_is_a_fault(items, given, expected):
    with pytest.raises(BadInput) as caught:
        check_totals("das", items, totals(**given))
    (fault,) = caught.value.faults
    assert (fault.code, fault.row, fault.column, fault.expected) == ("contradicts_items", 2, "das", expected)


def test_all_contradictions_are_told(items):
    with pytest.raises(BadInput) as caught:
        check_totals("das", items, totals(S2=1.0, S1=1.0))
    assert [fault.row for fault in caught.value.faults] == [2, 3]


def test_a_rounded_total_needs_a_tolerance():
    muscles = load_instrument("mmt8-bilateral").items
    items = pl.DataFrame({"subject_id": "S1", "week": 0, "item": [item.id for item in muscles],
                          "value": [9] * 8 + [10] * 7})  # fmt: skip
    given = pl.DataFrame({"subject_id": ["S1"], "week": [0], "mmt8": [142.0], "mmt8_loss_percent": [5.33]})
    with pytest.raises(BadInput, match="mmt8_loss_percent"):
        check_totals("mmt8-bilateral", items, given)
    assert check_totals("mmt8-bilateral", items, given, tolerance=0.005).frame["mmt8"].to_list() == [142]


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"subject_id": ["S1"], "week": [0], "das_total": [11.0]}),
        pl.DataFrame({"subject_id": ["S1"], "das": [11.0]}),
        pl.DataFrame({"subject_id": ["S1"], "week": [0], "das": ["11"]}),
        pl.DataFrame({"subject_id": ["S1"], "week": ["baseline"], "das": [11]}),
    ],
)
def test_totals_that_cannot_be_read_are_faults(items, frame):
    with pytest.raises(BadInput):
        check_totals("das", items, frame)


def test_columns_that_are_missing_or_unknown_are_faults(items):
    with pytest.raises(BadInput, match="column value"):
        score_instrument("das", items.drop("value"))
    with pytest.raises(BadInput, match="did you mean skin"):
        score_wide("das", pl.DataFrame({"subject_id": ["S1"], "week": [0], "skinn": [4]}))
    with pytest.raises(BadInput, match="weeks are numbers"):
        score_instrument("das", items.with_columns(pl.lit("baseline").alias("week")))


def test_a_fault_in_wide_form_names_its_column_and_row():
    wide = pl.DataFrame({"subject_id": ["S1", "S2"], "week": [0, 0], "skin": [4, 10], "muscle": [7, 7]})
    with pytest.raises(BadInput) as caught:
        score_wide("das", wide)
    (fault,) = caught.value.faults
    assert (fault.row, fault.column, fault.got) == (3, "skin", "10")


def test_rows_of_other_instruments_keep_their_numbers_in_messages(items):
    both = pl.concat([items.with_columns(instrument=pl.lit("cmas")), items.with_columns(instrument=pl.lit("das"))])
    bad = both.with_columns(value=pl.when(pl.col("instrument") == "das").then(99).otherwise(pl.col("value")))
    with pytest.raises(BadInput) as caught:
        score_instrument("das", bad)
    assert [fault.row for fault in caught.value.faults] == [5, 6, 7]
    assert score_instrument("das", both).frame["das"].to_list() == [11, None]


def test_a_total_in_millimetres_gets_its_hint():
    given = pl.DataFrame({"subject_id": ["A", "B"], "week": [0, 0], "physician_global_cm": [55, 101]})
    with pytest.raises(BadInput) as caught:
        take_totals("physician-global-activity", given, options={"unit": "cm"})
    assert [fault.hint for fault in caught.value.faults] == ["is 55 in millimetres? 55 mm is 5.5 cm", None]
