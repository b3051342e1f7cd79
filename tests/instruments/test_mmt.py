"""Manual muscle testing: maxima, the published table of scales, traces, and loss of strength."""

import numpy as np
import pytest

from myotrial.instruments.definition import load_instrument
from myotrial.instruments.mmt import loss_percent, muscle_set
from myotrial.model.errors import BadInput

PUBLISHED = {"0": 0, "2-": 1, "2": 2, "2+": 3, "3-": 4, "3": 5, "3+": 6, "4-": 7, "4": 8, "4+": 9, "5": 10}
"""Grades of the 0-5 scale beside the 0-10 scale, as the IMACS form's procedures print them; a trace stands apart."""


@pytest.mark.parametrize(
    ("name", "total", "tests", "maximum"),
    [("mmt8-unilateral", "mmt8", 8, 80), ("mmt8-bilateral", "mmt8", 15, 150), ("mmt26", "mmt26", 26, 260)],
)
def test_maxima(row_of, name, total, tests, maximum):
    assert len(load_instrument(name).items) == tests
    row = row_of(name, {}, rest=10)
    assert row[total] == maximum
    assert row[f"{total}_loss_percent"] == 0
    assert row_of(name, {}, rest=0)[f"{total}_loss_percent"] == 100


def test_the_parts_of_the_full_form(row_of):
    row = row_of("mmt26", {}, rest=10)
    assert (row["mmt26_axial"], row["mmt26_proximal"], row["mmt26_distal"]) == (20, 160, 80)


def test_the_axial_muscle_counts_once_and_each_side_of_the_others(row_of):
    assert row_of("mmt8-bilateral", {"neck_flexors": 2}, rest=10)["mmt8"] == 142
    assert row_of("mmt8-bilateral", {"biceps_left": 3, "biceps_right": 9}, rest=10)["mmt8"] == 142


@pytest.mark.parametrize(("grade", "points"), PUBLISHED.items())
def test_the_0_to_5_scale_is_mapped_by_the_published_table(row_of, grade, points):
    assert row_of("mmt8-unilateral", {}, rest=grade, scale="five")["mmt8"] == 8 * points


@pytest.mark.parametrize(("trace", "points"), [(0, 0), (0.5, 4), (1, 8)])
@pytest.mark.parametrize(("scale", "written"), [("five", "1"), ("ten", "T")])
def test_a_trace_counts_as_the_option_says(row_of, trace, points, scale, written):
    assert row_of("mmt8-unilateral", {}, rest=written, scale=scale, trace=trace)["mmt8"] == points


def test_one_on_the_0_to_10_scale_is_no_trace(row_of):
    assert row_of("mmt8-unilateral", {}, rest=1, trace=0)["mmt8"] == 8


def test_a_grade_on_the_wrong_scale_is_a_fault(row_of):
    with pytest.raises(BadInput, match="biceps cannot be read"):
        row_of("mmt8-unilateral", {"biceps": "4+"}, rest=8)
    with pytest.raises(BadInput, match="expected one of 0, 1, 2-"):
        row_of("mmt8-unilateral", {"biceps": 7}, rest=5, scale="five")


def test_half_points_are_refused(row_of):
    with pytest.raises(BadInput, match="between two steps"):
        row_of("mmt8-unilateral", {"biceps": 7.5}, rest=10)


def test_a_missing_muscle_is_not_zero(row_of):
    row = row_of("mmt8-unilateral", {"biceps": None}, rest=9)
    assert (row["mmt8"], row["mmt8_low"], row["mmt8_high"], row["n_missing"]) == (None, 63, 73, 1)
    assert (row["mmt8_loss_percent_low"], row["mmt8_loss_percent_high"]) == (8.75, 21.25)


def test_any_muscle_set_by_its_maximum(row_of):
    thirteen = muscle_set([f"group_{number}" for number in range(13)], maximum=130)
    row = row_of(thirteen, {"group_0": 4, "group_5": 3}, rest=10)
    assert (row["mmt"], row["mmt_loss_percent"]) == (117, 10)


def test_a_muscle_set_takes_grades_as_the_others_do(row_of):
    pair = muscle_set({"knee_right": "Knee, right", "knee_left": "Knee, left"}, maximum=20, name="knees")
    assert row_of(pair, {"knee_right": "4+", "knee_left": "5"}, scale="five")["knees"] == 19


@pytest.mark.parametrize(("muscles", "maximum"), [(["a", "b"], 150), (["a", "a"], 20), ([], 0)])
def test_a_muscle_set_whose_maximum_does_not_fit_is_refused(muscles, maximum):
    with pytest.raises(BadInput):
        muscle_set(muscles, maximum=maximum)


def test_loss_in_percent_of_the_maximum_of_each_row():
    lost = loss_percent(np.array([135.0, 72.0, 260.0, np.nan]), np.array([150.0, 80.0, 260.0, 150.0]))
    np.testing.assert_array_equal(lost, [10, 10, 0, np.nan])


def test_a_total_above_its_maximum_is_a_fault():
    with pytest.raises(BadInput, match="does not fit its maximum") as caught:
        loss_percent(np.array([142.0, 80.0, -1.0]), 80)
    assert [fault.row for fault in caught.value.faults] == [1, 3]
