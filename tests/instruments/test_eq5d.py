"""EQ-5D-5L: level sums, the user's value set, level changes and Paretian classes."""

import polars as pl
import pytest

from myotrial.instruments.eq5d import DIMENSIONS, ValueSet, score_eq5d
from myotrial.instruments.eq5d_change import classify_paretian, score_level_change
from myotrial.model.errors import BadInput

ENGLAND = {"11111": 1.0, "21111": 0.942, "23245": 0.247, "55555": -0.285}
"""Four profiles of the English value set (doi 10.1002/hec.3564), as the tests of the R package eq5d have them."""


def items_of(*profiles):
    """Return the items of one subject whose profiles follow each other at weeks 0, 1, 2; a dash is missing."""
    rows = [
        ("S1", week, dimension, None if level == "-" else int(level))
        for week, profile in enumerate(profiles)
        for dimension, level in zip(DIMENSIONS, profile, strict=True)
    ]
    return pl.DataFrame(rows, schema=["subject_id", "week", "item", "value"], orient="row")


@pytest.mark.parametrize(("profile", "level_sum"), [("11111", 5), ("12345", 15), ("55555", 25)])
def test_level_sum_scores(profile, level_sum):
    row = score_eq5d(items_of(profile)).frame.row(0, named=True)
    assert (row["profile"], row["eq5d_level_sum"]) == (profile, level_sum)


def test_with_a_dimension_missing_there_is_no_profile_and_no_index():
    row = score_eq5d(items_of("1-111"), value_set=ValueSet("England", ENGLAND)).frame.row(0, named=True)
    assert (row["profile"], row["eq5d_index"], row["eq5d_level_sum"]) == (None, None, None)
    assert (row["eq5d_level_sum_low"], row["eq5d_level_sum_high"]) == (5, 9)
    assert (row["mobility"], row["self_care"]) == (1, None)


def test_the_index_is_looked_up_in_the_users_value_set():
    table = pl.DataFrame({"profile": list(ENGLAND), "index": list(ENGLAND.values())})
    scores = score_eq5d(items_of(*ENGLAND), value_set=ValueSet.from_table("England 2018", table))
    assert scores.frame["eq5d_index"].to_list() == list(ENGLAND.values())
    assert scores.to_dict()["options"] == {"value_set": "England 2018"}
    assert "eq5d_index mean 0.476" in repr(scores)


def test_a_profile_without_an_index_is_a_fault():
    with pytest.raises(BadInput, match="has no index for this profile") as caught:
        score_eq5d(items_of("11111", "33333", "44444"), value_set=ValueSet("England", ENGLAND))
    assert [fault.got for fault in caught.value.faults] == ["33333", "44444"]


def test_coefficients_give_all_3125_states_exactly():
    decrements = {dimension: [0.058, 0.076, 0.207, 0.274] for dimension in DIMENSIONS}
    made_up = ValueSet.from_coefficients("made up", full_health=0.949, decrements=decrements)
    assert len(made_up.index) == 3125
    assert (made_up.index["11111"], made_up.index["21111"], made_up.index["12345"]) == (0.949, 0.891, 0.334)


@pytest.mark.parametrize(
    "table",
    [
        {"profile": ["11111", "11111"], "index": [1.0, 0.9]},
        {"profile": ["61111"], "index": [1.0]},
        {"profile": ["1111"], "index": [1.0]},
        {"profile": ["11111"], "index": [None]},
        {"profile": ["11111"], "value": [1.0]},
    ],
)
def test_a_faulty_value_set_is_refused(table):
    with pytest.raises(BadInput):
        ValueSet.from_table("faulty", pl.DataFrame(table))


@pytest.mark.parametrize("decrements", [{}, {**dict.fromkeys(DIMENSIONS, [0.1] * 4), "vas": [0.1] * 4},
                                        {**dict.fromkeys(DIMENSIONS, [0.1] * 4), "pain": [0.1] * 5}])  # fmt: skip
def test_faulty_coefficients_are_refused(decrements):
    with pytest.raises(BadInput):
        ValueSet.from_coefficients("faulty", full_health=1, decrements=decrements)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("12345", "12345", "no_change"),
        ("12345", "12344", "improve"),
        ("55555", "11111", "improve"),
        ("12345", "22345", "worsen"),
        ("11111", "11112", "worsen"),
        ("12345", "21345", "mixed"),
        ("33333", "13335", "mixed"),
        ("11111", "11111", "no_change"),
        ("1-111", "11111", None),
        ("11111", "1111-", None),
        ("5-555", "1-111", None),
    ],
)
def test_paretian_classes(start, end, expected):
    levels = score_eq5d(items_of(start, end)).frame
    assert classify_paretian(levels, baseline_week=0)["paretian"].to_list() == [expected]


@pytest.mark.parametrize(("profile", "expected"), [("11111", "no_problems"), ("11211", "no_change")])
def test_no_problems_may_be_a_class_of_its_own(profile, expected):
    levels = score_eq5d(items_of(profile, profile)).frame
    assert classify_paretian(levels, baseline_week=0, no_problems=True)["paretian"].to_list() == [expected]


def test_every_later_visit_is_compared_with_baseline_whatever_the_order():
    levels = score_eq5d(items_of("33333", "23333", "33333", "43333")).frame.sample(fraction=1, shuffle=True, seed=1)
    changed = classify_paretian(levels, baseline_week=0)
    assert changed["week"].to_list() == [1, 2, 3]
    assert changed["paretian"].to_list() == ["improve", "no_change", "worsen"]


def test_levels_improved_in_each_dimension():
    row = score_level_change(score_eq5d(items_of("41325", "1232-")).frame, baseline_week=0).row(0, named=True)
    improved = [row[f"{one}_improved"] for one in DIMENSIONS]
    assert improved == [3, -1, 0, 0, None]
    assert [row[f"{one}_can_improve"] for one in DIMENSIONS] == [True, False, True, True, True]


def test_without_a_baseline_visit_the_change_is_not_known():
    levels = score_eq5d(items_of("33333", "22222")).frame.filter(pl.col("week") == 1)
    assert classify_paretian(levels, baseline_week=0)["paretian"].to_list() == [None]


def test_a_visit_that_stands_twice_is_a_fault():
    levels = score_eq5d(items_of("33333", "22222")).frame
    with pytest.raises(BadInput, match="stands twice"):
        classify_paretian(pl.concat([levels, levels]), baseline_week=0)
    with pytest.raises(BadInput, match="a column is missing"):
        score_level_change(levels.drop("pain"), baseline_week=0)


def test_other_instruments_in_the_table_are_left_aside():
    items = items_of("12345").with_columns(instrument=pl.lit("eq5d-5l"))
    other = items.with_columns(instrument=pl.lit("das"), item=pl.lit("skin")).head(1)
    assert score_eq5d(pl.concat([items, other])).frame["profile"].to_list() == ["12345"]
