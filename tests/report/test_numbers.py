"""Rounding, against literal cases and against another way to round."""

import math
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myotrial.report.numbers import (
    SPACE,
    round_half_away,
    write_count,
    write_level,
    write_number,
    write_p,
    write_percent,
    write_points,
    write_week,
)


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [
        (0.125, 2, "0.13"),
        (2.675, 2, "2.68"),
        (-0.05, 1, "−0.1"),
        (-2.675, 2, "−2.68"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (1.005, 2, "1.01"),
        (-0.04, 1, "0.0"),
        (-0.0, 1, "0.0"),
        (0, 1, "0.0"),
        (1e16, 0, "10000000000000000"),
        (1e-9, 1, "0.0"),
        (99.95, 1, "100.0"),
    ],
)
def test_a_half_goes_away_from_zero(number, places, text):
    assert write_number(number, places) == text


@given(st.decimals(min_value=-1000, max_value=1000, places=4), st.integers(0, 3))
def test_it_rounds_the_decimal_that_is_printed(number, places):
    rounded = round_half_away(float(number), places)
    assert rounded == Decimal(str(float(number))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@pytest.mark.parametrize("number", [None, math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_never_written_as_one(number):
    assert write_number(number) == "–"
    assert write_percent(number, missing="not estimable") == "not estimable"
    assert write_points(number) == "–"
    assert write_p(number) == "p not estimable"


@pytest.mark.parametrize(
    ("share", "text"), [(0.0625, "6.3 %"), (0, "0.0 %"), (1, "100.0 %"), (0.9995, "100.0 %"), (0.5715, "57.2 %")]
)
def test_percentages_have_one_decimal(share, text):
    assert write_percent(share).replace(SPACE, " ") == text


@pytest.mark.parametrize(
    ("p_value", "text"),
    [
        (0.0009999, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.0305, "p = 0.031"),
        (0.0495, "p = 0.050"),
        (0.9994, "p = 0.999"),
        (0.9995, "p > 0.999"),
        (1.0, "p > 0.999"),
        (0.0, "p < 0.001"),
    ],
)
def test_p_values(p_value, text):
    assert write_p(p_value).replace(SPACE, " ") == text


def test_days_weeks_and_levels():
    assert write_count(84.5) == "85"
    assert [write_week(week) for week in (25.0, 12.5, -4, None)] == ["25", "12.5", "−4", "–"]
    assert [write_level(level).replace(SPACE, " ") for level in (0.95, 0.975, None)] == ["95 %", "97.5 %", "95 %"]
