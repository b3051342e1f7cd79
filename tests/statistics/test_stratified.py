"""Stratified comparisons, against R (mantelhaen.test, epiR) and statsmodels' tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myotrial.statistics import (
    estimate_cmh,
    estimate_odds_ratio,
    estimate_risk_difference,
    estimate_stratified_risk_difference,
)

subjects = st.lists(
    st.tuples(st.booleans(), st.sampled_from(["old", "new"]), st.sampled_from("ABC")), min_size=4, max_size=60
)
BOTH = [estimate_cmh, estimate_stratified_risk_difference]


def columns(rows):
    event, arm, strata = zip(*rows, strict=True)
    return np.array(event), np.array(arm), np.array(strata)


def has_both_arms(rows):
    return len({arm for _, arm, _ in rows}) == 2


def numbers(estimate):
    return [estimate.value, estimate.low, estimate.high, estimate.se, estimate.p_value]


@pytest.mark.parametrize(("correction", "p_value"), [(False, 0.016542503664765), (True, 0.023817974772109)])
def test_cmh_of_r(sim, correction, p_value):
    """R 4.2.2 mantelhaen.test on sim_endpoints.csv, with and without continuity correction."""
    estimate = estimate_cmh(sim["RESP"], sim["ARM"], sim["STRATUM"], reference="PBO", continuity_correction=correction)
    assert estimate.p_value == pytest.approx(p_value, rel=1e-11)
    assert estimate.value == pytest.approx(1.9516051597931, rel=1e-12)
    assert estimate.low == pytest.approx(1.1278299580078, rel=1e-12)
    assert estimate.high == pytest.approx(3.3770717586352, rel=1e-12)
    assert estimate.n == 240
    assert ("with continuity" in estimate.method) == correction


@pytest.mark.parametrize("correction", [False, True])
def test_cmh_of_rare_events_of_r(sim, agrees, correction):
    estimate = estimate_cmh(sim["RARE"], sim["ARM"], sim["STRATUM"], reference="PBO", continuity_correction=correction)
    agrees(estimate, f"cmh rare {str(correction).lower()}", relative=1e-11)
    assert estimate.value is None
    assert estimate.warnings


def test_cmh_without_strata_says_so(sim, agrees):
    estimate = estimate_cmh(sim["RESP"], sim["ARM"], reference="PBO")
    agrees(estimate, "cmh single", relative=1e-11)
    assert "without stratification" in estimate.method
    woolf = estimate_odds_ratio(51, 120, 33, 120)
    assert estimate.value == pytest.approx(woolf.value)
    assert estimate.se == pytest.approx(woolf.se)


def test_mantel_haenszel_risk_difference_of_epir(sim):
    """R package epiR 2.0.57, ARisk.mh.wald with Sato's variance, on sim_endpoints.csv."""
    estimate = estimate_stratified_risk_difference(sim["RESP"], sim["ARM"], sim["STRATUM"], reference="PBO")
    assert estimate.value == pytest.approx(0.14636754756359, rel=1e-12)
    assert estimate.low == pytest.approx(0.028529065706011, rel=1e-12)
    assert estimate.high == pytest.approx(0.26420602942116, rel=1e-12)
    assert estimate.se == pytest.approx(0.060122779187307, rel=1e-12)
    assert "3 strata" in estimate.method


def test_one_stratum_gives_the_plain_difference(sim):
    one = estimate_stratified_risk_difference(sim["RESP"], sim["ARM"], ["all"] * 240, reference="PBO")
    none = estimate_stratified_risk_difference(sim["RESP"], sim["ARM"], reference="PBO")
    assert one.value == pytest.approx(estimate_risk_difference(51, 120, 33, 120).value)
    assert numbers(one) == numbers(none)
    assert "stratified (1 stratum)" in one.method
    assert "without stratification" in none.method


@pytest.mark.parametrize("estimator", BOTH)
@given(rows=subjects.filter(has_both_arms), seed=st.integers(0, 9))
def test_order_of_the_rows_changes_nothing(estimator, rows, seed):
    event, arm, strata = columns(rows)
    order = np.random.default_rng(seed).permutation(len(rows))
    plain = estimator(event, arm, strata, reference="old")
    assert numbers(estimator(event[order], arm[order], strata[order], reference="old")) == numbers(plain)


@given(subjects.filter(has_both_arms))
def test_swapping_the_arms_negates_the_difference(rows):
    event, arm, strata = columns(rows)
    plain = estimate_stratified_risk_difference(event, arm, strata, reference="old")
    swapped = estimate_stratified_risk_difference(event, arm, strata, reference="new")
    if plain.low is None:
        assert swapped.low is None
        assert plain.warnings
        return
    assert swapped.value == pytest.approx(-plain.value, abs=1e-12)
    assert swapped.se == pytest.approx(plain.se)
    assert -1 <= plain.low <= plain.value <= plain.high <= 1


def test_an_excess_of_one_half_is_corrected_whichever_way_round():
    """R 4.2.2, mantelhaen.test(correct = TRUE): YATES is 0.5 from an excess of 0.5 on, so the statistic is 0, p 1."""
    rows = [(1, "new", "A")] * 2 + [(0, "new", "A")] * 3 + [(1, "old", "A")] + [(0, "old", "A")] * 4
    event, arm, strata = columns(rows)
    for reference in ("old", "new"):
        found = estimate_cmh(event, arm, strata, reference=reference, continuity_correction=True)
        assert found.p_value == pytest.approx(1.0, abs=1e-7)


@given(subjects.filter(has_both_arms), st.booleans())
def test_swapping_the_arms_inverts_the_odds_ratio(rows, correction):
    event, arm, strata = columns(rows)
    plain = estimate_cmh(event, arm, strata, reference="old", continuity_correction=correction)
    swapped = estimate_cmh(event, arm, strata, reference="new", continuity_correction=correction)
    assert (plain.p_value is None) == (swapped.p_value is None)
    if plain.p_value is not None:
        assert swapped.p_value == pytest.approx(plain.p_value)
    if plain.value is None:
        assert swapped.value is None
        assert plain.warnings
        return
    assert swapped.value == pytest.approx(1 / plain.value)
    assert plain.low <= plain.value <= plain.high


@pytest.mark.parametrize("estimator", BOTH)
def test_stratum_with_one_arm_contributes_nothing(estimator):
    event = [1, 0, 1, 1, 0, 0, 1, 0]
    arm = [1, 1, 1, 1, 0, 0, 0, 0]
    plain = estimator(event, arm, ["A"] * 8)
    lopsided = estimator([*event, 1, 0], [*arm, 1, 1], ["A"] * 8 + ["B"] * 2)
    assert numbers(lopsided) == pytest.approx(numbers(plain))
    assert lopsided.warnings[0] == "stratum 'B' has subjects of one group only and contributes nothing"


@pytest.mark.parametrize("estimator", BOTH)
def test_nothing_to_estimate(estimator):
    empty = estimator([], [], np.array([], dtype=object))
    assert (empty.value, empty.p_value, len(empty.warnings)) == (None, None, 2)
    one_arm = estimator([1, 0], [1, 1])
    assert one_arm.value is None
    apart = estimator([1, 0], [1, 0], ["A", "B"])
    assert (apart.value, apart.p_value) == (None, None)
    nobody = estimator([0, 0, 0, 0], [1, 1, 0, 0])
    assert nobody.low is None
    assert nobody.warnings


@pytest.mark.parametrize("estimator", BOTH)
@pytest.mark.parametrize(
    ("arguments", "reference", "message"),
    [
        (([1, 2], [1, 0]), None, "event: got 2 at position 1; expected 0 or 1"),
        (([1, None], [1, 0]), None, "event: got nan at position 1"),
        (([1, 0], [1, 0, 1]), None, "lengths: got event 2, arm 3; expected the same length"),
        (([1, 0], [1, 0], ["A"]), None, "lengths: got event 2, strata 1"),
        (([1, 0], ["x", "y"]), None, "or name the reference arm with reference="),
        (([1, 0], ["x", "y"]), "z", "reference: got 'z'; expected one of the arms 'x', 'y'"),
        (([1, 0, 1], ["x", "y", "z"]), "x", "expected two arms"),
        (([1, 0], [1, 0], np.array(["A", None], dtype=object)), None, "strata: got a missing value"),
        (([1, 0], [1, 0], np.array(["A", 1], dtype=object)), None, "strata: got labels of mixed kinds"),
        (([1, 0], [1, 0], [0.5, float("nan")]), None, "strata: got a missing value"),
        (([1, 0], [1, 0], [["A", "B"]]), None, "strata: got 2 dimensions"),
    ],
)
def test_bad_arguments_are_refused(estimator, arguments, reference, message):
    with pytest.raises(ValueError, match=message):
        estimator(*arguments, reference=reference)
