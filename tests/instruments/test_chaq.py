"""CHAQ by hand: items that do not apply, and the divisor."""

import pytest

from myotrial.instruments.definition import load_instrument
from myotrial.model.errors import BadInput

ITEMS = {"dressing": 4, "arising": 2, "eating": 3, "walking": 2, "hygiene": 5, "reach": 4, "grip": 5, "activities": 5}
AIDS = {f"aid_{name}": 0 for name in ITEMS}


def domain(name, value):
    return {f"{name}_{number}": value for number in range(1, ITEMS[name] + 1)}


def test_thirty_items():
    assert sum(item.part == "answer" for item in load_instrument("chaq").items) == 30


def test_a_domain_that_does_not_apply_leaves_the_mean(row_of):
    row = row_of("chaq", {**domain("eating", "not_applicable"), **AIDS}, rest=3)
    assert row["chaq"] == 3
    assert row["n_missing"] == 0
    assert row_of("chaq", {**domain("eating", "not_applicable"), **AIDS}, rest=3, denominator="all")["chaq"] == 21 / 8


def test_an_item_that_does_not_apply_leaves_its_domain(row_of):
    answers = {**domain("reach", 1), "reach_2": "not_applicable", **AIDS}
    assert row_of("chaq", answers, rest=0)["chaq"] == 1 / 8


def test_where_nothing_applies_there_is_no_score(row_of):
    answers = {name: "not_applicable" for one in ITEMS for name in domain(one, None)}
    row = row_of("chaq", {**answers, **AIDS})
    assert (row["chaq"], row["chaq_low"], row["chaq_high"]) == (None, None, None)


def test_an_aid_gives_at_least_2(row_of):
    assert row_of("chaq", {**AIDS, "aid_grip": 1}, rest=1)["chaq"] == 9 / 8
    assert row_of("chaq", {**AIDS, "aid_grip": 1}, rest=3)["chaq"] == 3


def test_missing_and_not_applicable_are_two_things(row_of):
    row = row_of("chaq", {**domain("grip", None), **AIDS}, rest=1)
    assert (row["chaq"], row["chaq_low"], row["chaq_high"]) == (1, 7 / 8, 10 / 8)
    assert row["n_missing"] == 5


def test_dividing_by_all_gives_no_value_to_a_domain_that_is_missing(row_of):
    assert row_of("chaq", {**domain("grip", None), **AIDS}, rest=1, denominator="all")["chaq"] is None


def test_not_applicable_is_no_answer_for_an_aid(row_of):
    with pytest.raises(BadInput, match="not_applicable is not an answer to aid_grip"):
        row_of("chaq", {"aid_grip": "not_applicable"}, rest=0)
