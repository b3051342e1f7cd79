"""HAQ-DI by hand: categories, aids and help, missing categories, and the options."""

import pytest

CATEGORIES = {
    "dressing": 2,
    "arising": 2,
    "eating": 3,
    "walking": 2,
    "hygiene": 3,
    "reach": 2,
    "grip": 3,
    "activities": 3,
}


def category(name, value):
    """Return every item of a category at one value."""
    return {f"{name}_{number}": value for number in range(1, CATEGORIES[name] + 1)}


def test_the_highest_item_of_a_category_counts(row_of):
    worst = {"arising_2": 1, "eating_1": 2, "walking_2": 3, "reach_1": 1, "grip_3": 2, "activities_2": 3}
    assert row_of("haq-di", {**worst, "grip_1": 1}, rest=0)["haq_di"] == 1.5


@pytest.mark.parametrize(("score", "with_aid"), [(0, 0.25), (1, 0.25), (2, 0.25), (3, 0.375)])
@pytest.mark.parametrize("aid", ["aid_cane", "aid_wheelchair", "help_walking"])
def test_an_aid_or_help_raises_0_and_1_to_2(row_of, score, with_aid, aid):
    row = row_of("haq-di", {"walking_1": score, aid: 1}, rest=0)
    assert row["haq_di"] == with_aid
    assert row["haq_di_without_aids"] == score / 8


@pytest.mark.parametrize(
    ("aid", "name"),
    [
        ("aid_dressing_devices", "dressing"), ("aid_special_chair", "arising"), ("aid_special_utensils", "eating"),
        ("aid_crutches", "walking"), ("aid_walker", "walking"), ("aid_bathtub_bar", "hygiene"),
        ("aid_long_handled_bathroom", "hygiene"), ("aid_raised_toilet_seat", "hygiene"),
        ("aid_long_handled_reach", "reach"), ("aid_jar_opener", "grip"), ("aid_bathtub_seat", "hygiene"),
    ],
)  # fmt: skip
def test_an_aid_raises_its_own_category(row_of, aid, name):
    """Where the category is at 2 already the aid changes nothing; anywhere else it would."""
    assert row_of("haq-di", {**category(name, 2), aid: 1}, rest=0)["haq_di"] == 0.25


def test_two_aids_of_a_category_raise_it_once(row_of):
    assert row_of("haq-di", {"aid_cane": 1, "aid_crutches": 1, "help_walking": 1}, rest=0)["haq_di"] == 0.25


def test_a_bathtub_seat_may_be_left_aside(row_of):
    assert row_of("haq-di", {"aid_bathtub_seat": 1}, rest=0, bathtub_seat="none")["haq_di"] == 0


def test_with_one_category_missing_the_sum_is_divided_by_7(row_of):
    answers = {name: 2 for one in CATEGORIES for name in category(one, 2)}
    answers |= {**category("grip", None), **category("reach", 3)}
    row = row_of("haq-di", answers, aids_blank="not_used")
    for total in ("haq_di", "haq_di_without_aids"):
        assert row[total] == 15 / 7
        assert (row[f"{total}_low"], row[f"{total}_high"]) == (15 / 8, 18 / 8)
    assert row["n_missing"] == 3


def test_an_aid_in_a_category_without_an_answer_counts_in_the_interval_only(row_of):
    row = row_of("haq-di", {**category("grip", None), "aid_jar_opener": 1}, rest=0)
    assert (row["haq_di"], row["haq_di_low"], row["haq_di_high"]) == (0, 2 / 8, 3 / 8)


@pytest.mark.parametrize(
    ("gone", "minimum", "known"), [(2, 6, True), (3, 6, False), (3, 5, True), (1, 8, False), (8, 1, False)]
)
def test_enough_categories_have_to_be_answered(row_of, gone, minimum, known):
    missing = {name: None for one in list(CATEGORIES)[:gone] for name in category(one, None)}
    row = row_of("haq-di", missing, rest=1, minimum_categories=minimum)
    assert (row["haq_di_without_aids"] is not None) == known


def test_when_a_category_counts_as_answered(row_of):
    answers = {"dressing_1": 1, "dressing_2": None}
    assert row_of("haq-di", answers, rest=0)["haq_di_without_aids"] == 1 / 8
    assert row_of("haq-di", answers, rest=0, category_answered="all")["haq_di_without_aids"] == 0
    strict = row_of("haq-di", answers, rest=0, category_answered="all", minimum_categories=8)
    assert strict["haq_di_without_aids"] is None


def test_a_missing_item_that_cannot_matter_leaves_the_value_known(row_of):
    row = row_of("haq-di", {"eating_1": 3, "eating_2": None}, rest=0, minimum_categories=8, category_answered="all")
    assert row["haq_di"] == row["haq_di_low"] == row["haq_di_high"] == 3 / 8


def test_a_blank_aid_is_missing_unless_it_is_said_to_be_not_used(row_of):
    answers = {name: 0 for one in CATEGORIES for name in category(one, 0)}
    row = row_of("haq-di", answers)
    assert (row["haq_di"], row["haq_di_low"], row["haq_di_high"]) == (None, 0, 2)
    assert row["haq_di_without_aids"] == 0
    assert row["n_missing"] == 21
    stated = row_of("haq-di", answers, aids_blank="not_used")
    assert (stated["haq_di"], stated["n_missing"]) == (0, 0)


def test_a_blank_aid_does_not_matter_above_2(row_of):
    answers = {name: 2 for one in CATEGORIES for name in category(one, 2)}
    assert row_of("haq-di", answers)["haq_di"] == 2
