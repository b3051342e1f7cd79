"""Kaplan–Meier curves, against R's survfit and a published table."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myotrial.statistics import estimate_survival

FIELDS = ("time", "n_at_risk", "n_events", "n_censored", "survival", "se", "low", "high")
CONF_TYPES = ["log-log", "log", "plain"]
CASES = {
    "half": ([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 0, 1]),
    "ties": ([2, 2, 2, 5, 5, 7, 8, 8, 9, 12], [1, 1, 0, 1, 0, 1, 1, 1, 0, 0]),
    "late": ([3, 4, 6, 8], [0, 0, 1, 0]),
}
# Remission times in weeks on 6-mercaptopurine; Freireich et al., Blood 1963;21:699-716.
SIX_MP = (
    [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
    [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0],
)
subjects = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


def case_data(name, sim):
    if name in CASES:
        return CASES[name]
    rows = sim["ARM"] == name.upper()
    return sim["TIME"][rows], sim["EVENT"][rows]


@pytest.mark.parametrize("name", ["trt", "pbo", *CASES])
@pytest.mark.parametrize("conf_type", CONF_TYPES)
def test_curve_of_survfit(sim, r_figures, name, conf_type):
    """Every step, or every ninth of the long curves; where R prints NA there is None.

    Before the first event R prints the limits 1 and 1 on two of the three scales; here there are none on any.
    """
    curve = estimate_survival(*case_data(name, sim), conf_type)
    steps = [step for step in range(len(curve.time)) if f"survival {name} {conf_type} 0.95 {step + 1}" in r_figures]
    assert len(steps) >= 4
    for step, field in itertools.product(steps, FIELDS):
        expected = r_figures[f"survival {name} {conf_type} 0.95 {step + 1}"]
        got = getattr(curve, field)[step]
        if expected[field] is None or (field in {"low", "high"} and expected["survival"] == 1):
            assert got is None, (step, field)
        else:
            assert got == pytest.approx(expected[field], rel=1e-11, abs=1e-14), (step, field)


@pytest.mark.parametrize("name", ["trt", "pbo", *CASES])
@pytest.mark.parametrize("conf_type", CONF_TYPES)
@pytest.mark.parametrize("conf_level", [0.9, 0.95])
def test_median_of_survfit(sim, agrees, name, conf_type, conf_level):
    curve = estimate_survival(*case_data(name, sim), conf_type, conf_level)
    agrees(curve.median, f"survival {name} {conf_type} {conf_level} median", relative=1e-12)


@pytest.mark.parametrize(
    ("arm", "time", "at_risk", "survival", "low", "high"),
    [
        ("PBO", 3, 104, 0.86666666666667, 0.79161396214756, 0.91609840684879),
        ("PBO", 12, 48, 0.58340395358803, 0.48134888430117, 0.67222823386706),
        ("TRT", 6, 88, 0.78049152655521, 0.69448255853517, 0.84496073385824),
        ("TRT", 18, 22, 0.49759195361623, 0.38194197502429, 0.60280794086999),
    ],
)
def test_reading_the_curve_as_summary_survfit(sim, arm, time, at_risk, survival, low, high):
    """R survival 3.5.3, summary(survfit(conf.type = "log-log"), times)."""
    rows = sim["ARM"] == arm
    curve = estimate_survival(sim["TIME"][rows], sim["EVENT"][rows])
    assert curve.at_risk([time]) == (at_risk,)
    (read,) = curve.survival_at([time])
    assert [read.value, read.low, read.high] == pytest.approx([survival, low, high], rel=1e-12)


def test_published_remission_times():
    """The classic table of these data, as in Cox & Oakes 1984, and its median of 23 weeks."""
    curve = estimate_survival(*SIX_MP)
    read = [round(estimate.value, 3) for estimate in curve.survival_at([6, 7, 10, 13, 16, 22, 23])]
    assert read == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert curve.median.value == 23
    assert curve.at_risk([6, 7, 10, 13, 16, 22, 23]) == (21, 17, 15, 12, 11, 7, 6)


@given(subjects)
def test_curve_by_a_plain_loop(rows):
    times, events = zip(*rows, strict=True)
    curve = estimate_survival(times, events)
    value = 1.0
    for step, moment in enumerate(sorted(set(times))):
        risk = sum(time >= moment for time in times)
        value *= 1 - sum(event for time, event in rows if time == moment) / risk
        assert (curve.time[step], curve.n_at_risk[step]) == (moment, risk)
        assert curve.survival[step] == pytest.approx(value)


@given(subjects, st.sampled_from(CONF_TYPES), st.floats(0.5, 0.99))
def test_limits_hold_the_curve_and_stay_in_range(rows, conf_type, conf_level):
    curve = estimate_survival(*zip(*rows, strict=True), conf_type, conf_level)
    for survival, low, high in zip(curve.survival, curve.low, curve.high, strict=True):
        assert (low is None) == (high is None) == (survival in {0, 1})
        assert low is None or 0 <= low <= survival * (1 + 1e-12) <= high * (1 + 2e-12) <= 1 + 1e-9
    assert sum(curve.n_events) + sum(curve.n_censored) == curve.n


@given(subjects, st.randoms(use_true_random=False))
def test_order_of_the_subjects_changes_nothing(rows, random):
    shuffled = random.sample(rows, len(rows))
    plain = estimate_survival(*zip(*rows, strict=True))
    assert estimate_survival(*zip(*shuffled, strict=True)) == plain


def test_median_that_is_not_reached():
    median = estimate_survival([1, 2, 3, 4], [1, 0, 0, 0]).median
    assert (median.value, median.high, median.low) == (None, None, 1)
    assert "the median is not reached" in median.warnings[0]
    open_end = estimate_survival(*CASES["late"]).median
    assert (open_end.value, open_end.high) == (6, None)
    assert "upper end" in open_end.warnings[0]


def test_reading_outside_the_curve():
    curve = estimate_survival([2, 3, 5], [1, 1, 0])
    before, after = curve.survival_at([1, 6])
    assert (before.value, before.se, before.low) == (1, 0, None)
    assert "no event up to this time" in before.warnings[0]
    assert after.value is None
    assert after.warnings == ("follow-up ends at 5, before 6",)
    (zero,) = estimate_survival([2, 3], [1, 1]).survival_at([9])
    assert (zero.value, zero.low, zero.conf_level) == (0, None, None)
    assert zero.warnings


def test_no_subjects():
    curve = estimate_survival([], [])
    assert curve.median.value is None
    assert curve.at_risk([0, 5]) == (0, 0)
    assert curve.survival_at([1])[0].warnings == ("there are no subjects",)
    assert "not estimable" in repr(curve)


def test_dictionary_and_html():
    curve = estimate_survival(*CASES["half"])
    fields = json.loads(json.dumps(curve.to_dict()))
    assert fields["median"]["value"] == 3.5
    assert fields["low"][-1] is None
    assert "<td>0.8333</td>" in curve._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, -2], [1, 1]), "time: got -2 at position 1; expected 0 or more"),
        (([1, np.nan], [1, 1]), "time: got nan at position 1"),
        (([1, 2], [1, 3]), "event: got 3"),
        (([1, 2], [1]), "lengths: got time 2, event 1"),
        (([1, 2], [1, 1], "linear"), "conf_type: got 'linear'; expected one of 'log-log', 'log', 'plain'"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        estimate_survival(*arguments)
