"""Proportions and their difference, against published examples and R."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from myotrial.statistics import estimate_proportion, estimate_risk_difference

groups = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
intervals = st.sampled_from(["wilson", "clopper-pearson", "wald"])


@pytest.mark.parametrize(
    ("count", "n", "interval", "low", "high"),
    [
        (81, 263, "wilson", 0.2553, 0.3662),
        (15, 148, "wilson", 0.0624, 0.1605),
        (0, 20, "wilson", 0.0, 0.1611),
        (1, 29, "wilson", 0.0061, 0.1718),
        (81, 263, "clopper-pearson", 0.2527, 0.3676),
        (15, 148, "clopper-pearson", 0.0578, 0.1617),
        (0, 20, "clopper-pearson", 0.0, 0.1684),
        (1, 29, "clopper-pearson", 0.0009, 0.1776),
        (81, 263, "wald", 0.2522, 0.3638),
        (15, 148, "wald", 0.0527, 0.1500),
    ],
)
def test_intervals_printed_by_newcombe(count, n, interval, low, high):
    """Newcombe 1998, Stat Med 17:857-872, Table I."""
    estimate = estimate_proportion(count, n, interval)
    assert (round(estimate.low, 4), round(estimate.high, 4)) == (low, high)


def test_clopper_pearson_of_8_in_19():
    """Printed as 20.3 to 66.5 % in a published trial report."""
    estimate = estimate_proportion(8, 19, "clopper-pearson")
    assert (round(100 * estimate.low, 1), round(100 * estimate.high, 1)) == (20.3, 66.5)


@pytest.mark.parametrize("interval", ["wilson", "clopper-pearson"])
@pytest.mark.parametrize("conf_level", [0.9, 0.95])
@pytest.mark.parametrize(("count", "n"), [(81, 263), (15, 148), (0, 20), (1, 29), (20, 20), (8, 19), (51, 120)])
def test_intervals_of_r(agrees, count, n, interval, conf_level):
    estimate = estimate_proportion(count, n, interval, conf_level)
    agrees(estimate, f"{interval} {count}/{n} at {conf_level}", relative=1e-11)


@given(groups)
def test_clopper_pearson_leaves_the_exact_tails(group):
    """The tail beyond each limit, summed term by term, is 2.5 %."""
    count, n = group
    estimate = estimate_proportion(count, n, "clopper-pearson")

    def mass(p, outcomes):
        return math.fsum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in outcomes)

    if count > 0:
        assert mass(estimate.low, range(count, n + 1)) == pytest.approx(0.025, rel=1e-8)
    if count < n:
        assert mass(estimate.high, range(count + 1)) == pytest.approx(0.025, rel=1e-8)


@given(groups, intervals, st.floats(0.5, 0.999))
def test_interval_contains_the_value_and_mirrors(group, interval, conf_level):
    count, n = group
    estimate = estimate_proportion(count, n, interval, conf_level)
    mirrored = estimate_proportion(n - count, n, interval, conf_level)
    assert mirrored.value == pytest.approx(1 - estimate.value)
    if estimate.low is None:
        assert interval == "wald"
        assert count in {0, n}
        assert estimate.warnings
        return
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert mirrored.low == pytest.approx(1 - estimate.high, abs=1e-12)


def test_empty_group_has_no_proportion():
    estimate = estimate_proportion(0, 0)
    assert (estimate.value, estimate.low, estimate.high) == (None, None, None)
    assert "no subjects" in estimate.warnings[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((5, 4), r"count: got 5; expected 0 to n = 4"),
        ((-1, 4), r"count: got -1"),
        ((0, -4), r"n: got -4; expected 0 or more"),
        ((2.5, 4), r"count: got 2\.5; expected a whole number"),
        ((1, 4, "wilsn"), r"interval: got 'wilsn'; expected one of 'wilson'"),
        ((1, 4, "wilson", 95), r"conf_level: got 95; expected .* 95 % is 0\.95"),
        ((1, 4, "wilson", 0.0), r"conf_level: got 0\.0"),
        ((1, 4, "wilson", math.nan), r"conf_level: got nan"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        estimate_proportion(*arguments)


def test_printed_risk_difference_of_a_trial():
    """37/47 against 21/48: printed as 34.97 (95 % CI 16.70 to 53.24), unstratified Wald."""
    estimate = estimate_risk_difference(37, 47, 21, 48)
    printed = [round(100 * number, 2) for number in (estimate.value, estimate.low, estimate.high)]
    assert printed == [34.97, 16.70, 53.24]


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_hybrid_score_intervals_printed_by_newcombe(counts, low, high):
    """Newcombe 1998, Stat Med 17:873-890, Table II, method 10."""
    estimate = estimate_risk_difference(*counts, interval="newcombe")
    assert (round(estimate.low, 4), round(estimate.high, 4)) == (low, high)
    assert estimate.p_value is None


@pytest.mark.parametrize("counts", [(77, 84, 65, 86), (76, 84, 65, 86), (3, 10, 9, 12), (51, 120, 33, 120)])
def test_wald_interval_of_r(agrees, counts):
    agrees(estimate_risk_difference(*counts), f"wald difference {' '.join(map(str, counts))}", relative=1e-11)


@given(groups, groups, st.sampled_from(["wald", "newcombe"]))
def test_swapping_the_groups_negates_the_difference(one, other, interval):
    estimate = estimate_risk_difference(*one, *other, interval=interval)
    swapped = estimate_risk_difference(*other, *one, interval=interval)
    assert swapped.value == -estimate.value
    if estimate.low is None:
        assert swapped.low is None
        assert "standard error is zero" in estimate.warnings[0]
        return
    assert -1 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert swapped.low == pytest.approx(-estimate.high, abs=1e-12)
    assert swapped.p_value == estimate.p_value


@given(groups, groups)
def test_wald_interval_and_test_agree(one, other):
    estimate = estimate_risk_difference(*one, *other)
    assume(estimate.low is not None)
    assume(abs(estimate.p_value - 0.05) > 1e-9)
    assert (estimate.p_value < 0.05) == (not estimate.low <= 0 <= estimate.high)


def test_wald_interval_is_cut_with_a_warning():
    estimate = estimate_risk_difference(5, 5, 1, 4)
    assert estimate.high == 1
    assert "was cut" in estimate.warnings[0]


def test_empty_group_has_no_difference():
    estimate = estimate_risk_difference(3, 5, 0, 0)
    assert estimate.value is None
    assert estimate.warnings == ("group 0 has no subjects: nothing can be estimated",)


def test_the_argument_at_fault_is_named():
    with pytest.raises(ValueError, match="count0: got 9; expected 0 to n0 = 8"):
        estimate_risk_difference(1, 2, 9, 8)
