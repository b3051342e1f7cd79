"""CDASI: maxima, and the hands."""

import pytest

from myotrial.instruments.definition import load_instrument


def test_maxima(row_of):
    items = {item.id: item.high for item in load_instrument("cdasi").items}
    row = row_of("cdasi", items)
    assert (row["cdasi_activity"], row["cdasi_damage"]) == (100, 32)


@pytest.mark.parametrize(
    ("erythema", "papules", "ulceration", "activity"),
    [(3, 1, 1, 7), (3, 0, 1, 4), (3, 0, 0, 3), (2, 1, 0, 4), (0, 1, 0, 0), (0, 0, 1, 1)],
)
def test_erythema_of_the_hands_counts_twice_with_papules(row_of, erythema, papules, ulceration, activity):
    hands = {"hands_erythema": erythema, "hands_papules": papules, "hands_ulceration": ulceration}
    row = row_of("cdasi", hands, rest=0)
    assert (row["cdasi_activity"], row["cdasi_damage"]) == (activity, 0)


def test_fifteen_areas_of_six_points_and_of_two(row_of):
    areas = {item.id: item.high for item in load_instrument("cdasi").items if item.id.startswith("scalp")}
    row = row_of("cdasi", areas, rest=0)
    assert (row["cdasi_activity"], row["cdasi_damage"]) == (6, 2)


def test_papules_that_are_not_known_leave_an_interval(row_of):
    row = row_of("cdasi", {"hands_erythema": 2, "hands_papules": None}, rest=0)
    assert (row["cdasi_activity"], row["cdasi_activity_low"], row["cdasi_activity_high"]) == (None, 2, 4)
    assert row["cdasi_damage"] == 0


def test_papules_do_not_matter_without_erythema(row_of):
    assert row_of("cdasi", {"hands_erythema": 0, "hands_papules": None}, rest=0)["cdasi_activity"] == 0
