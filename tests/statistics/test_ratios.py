"""Odds ratio, risk ratio and Fisher's test, against R and the printed report of the CDISC pilot study."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myotrial.statistics import estimate_exact_cmh, estimate_fisher, estimate_odds_ratio, estimate_risk_ratio

positive = st.integers(2, 40).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n)))
any_group = st.integers(1, 25).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
TABLES = [(77, 84, 65, 86), (76, 84, 65, 86), (3, 10, 9, 12), (51, 120, 33, 120)]


def named(kind, counts):
    return f"{kind} {' '.join(map(str, counts))}"


@pytest.mark.parametrize("counts", TABLES)
def test_odds_ratio_of_r(agrees, counts):
    agrees(estimate_odds_ratio(*counts), named("odds ratio", counts), relative=1e-8)


@pytest.mark.parametrize("counts", TABLES)
def test_risk_ratio_of_r(agrees, counts):
    agrees(estimate_risk_ratio(*counts), named("risk ratio", counts), relative=1e-6)


@pytest.mark.parametrize("counts", [*TABLES, (5, 5, 2, 6), (0, 9, 4, 8)])
def test_fisher_of_r(agrees, counts):
    """R finds the conditional odds ratio and its limits only to 1e-4 in themselves or in their inverse."""
    estimate = estimate_fisher(*counts)
    agrees(estimate, named("fisher", counts), {"p_value"}, relative=1e-10)
    agrees(estimate, named("fisher", counts), {"value", "low", "high"}, relative=3e-3)


@pytest.mark.parametrize(
    ("counts", "printed"),
    [
        ((77, 84, 65, 86), 0.007),
        ((76, 84, 65, 86), 0.014),
        ((13, 84, 12, 86), 0.831),
        ((15, 84, 12, 86), 0.534),
        ((14, 84, 17, 86), 0.692),
        ((20, 84, 17, 86), 0.580),
        ((22, 84, 6, 86), 0.001),
    ],
)
def test_fisher_printed_in_the_cdisc_pilot_report(counts, printed):
    """Clinical study report of CDISCPILOT01, Table 14-5.01: subjects with adverse events against placebo."""
    assert round(estimate_fisher(*counts).p_value, 3) == printed


@given(any_group, any_group)
def test_fisher_sums_the_tables_no_more_probable(one, other):
    """Direct sum over all tables with these margins."""
    (count1, n1), (count0, n0) = one, other
    events, total = count1 + count0, math.comb(n1 + n0, count1 + count0)
    weights = {k: math.comb(n1, k) * math.comb(n0, events - k) for k in range(max(0, events - n0), min(n1, events) + 1)}
    expected = sum(weight for weight in weights.values() if weight <= weights[count1]) / total
    assert estimate_fisher(*one, *other).p_value == pytest.approx(expected, rel=1e-9)


@given(positive, positive)
def test_conditional_interval_leaves_the_exact_tails(one, other):
    """At each limit the tail of the noncentral hypergeometric distribution, summed directly, is 2.5 %."""
    (count1, n1), (count0, n0) = one, other
    events = count1 + count0
    support = range(max(0, events - n0), min(n1, events) + 1)

    def tail(odds_ratio, outcomes):
        weight = {k: math.comb(n1, k) * math.comb(n0, events - k) * odds_ratio**k for k in support}
        return math.fsum(weight[k] for k in outcomes) / math.fsum(weight.values())

    estimate = estimate_fisher(*one, *other)
    assert tail(estimate.low, range(count1, support.stop)) == pytest.approx(0.025, rel=1e-6)
    assert tail(estimate.high, range(support.start, count1 + 1)) == pytest.approx(0.025, rel=1e-6)


@pytest.mark.parametrize("table", [(990, 1000, 10, 1000), (9, 4000, 3990, 4000), (640, 1000, 3, 5)])
def test_conditional_interval_far_from_one(table):
    """Weights under an odds ratio of 1 that no double can hold: the tails at the limits are summed as fractions."""
    count1, n1, count0, n0 = table
    events, estimate = count1 + count0, estimate_fisher(*table)
    support = range(max(0, events - n0), min(n1, events) + 1)
    choose = {k: math.comb(n1, k) * math.comb(n0, events - k) for k in support}

    def tail(odds_ratio, outcomes):
        log = {k: math.log(choose[k]) + k * math.log(odds_ratio) for k in support}
        most = max(log.values())
        return math.fsum(math.exp(log[k] - most) for k in outcomes) / math.fsum(
            math.exp(v - most) for v in log.values()
        )

    assert tail(estimate.low, range(count1, support.stop)) == pytest.approx(0.025, rel=1e-6)
    assert tail(estimate.high, range(support.start, count1 + 1)) == pytest.approx(0.025, rel=1e-6)
    event = [1] * count1 + [0] * (n1 - count1) + [1] * count0 + [0] * (n0 - count0)
    exact = estimate_exact_cmh(event, [1] * n1 + [0] * n0, [0] * (n1 + n0))
    assert (exact.value, exact.low, exact.high) == pytest.approx(
        (estimate.value, estimate.low, estimate.high), rel=1e-9
    )
    assert estimate.low < estimate.value < estimate.high


@pytest.mark.parametrize("estimator", [estimate_odds_ratio, estimate_risk_ratio])
@given(one=positive, other=positive)
def test_swapping_the_groups_inverts_the_ratio(estimator, one, other):
    estimate, swapped = estimator(*one, *other), estimator(*other, *one)
    assert swapped.value == pytest.approx(1 / estimate.value)
    assert swapped.low == pytest.approx(1 / estimate.high)
    assert swapped.p_value == pytest.approx(estimate.p_value)
    assert 0 < estimate.low < estimate.value < estimate.high


@given(positive, positive)
def test_swapping_the_groups_inverts_the_conditional_odds_ratio(one, other):
    estimate, swapped = estimate_fisher(*one, *other), estimate_fisher(*other, *one)
    assert swapped.value == pytest.approx(1 / estimate.value, rel=1e-6)
    assert swapped.p_value == pytest.approx(estimate.p_value)


@pytest.mark.parametrize("counts", [(0, 9, 4, 8), (9, 9, 4, 8), (4, 8, 0, 9), (4, 8, 9, 9), (0, 5, 0, 5)])
def test_zero_cell_has_no_odds_ratio(counts):
    estimate = estimate_odds_ratio(*counts)
    assert (estimate.value, estimate.low, estimate.p_value) == (None, None, None)
    assert "zero" in estimate.warnings[0]


def test_risk_ratio_without_events_or_without_spread():
    assert estimate_risk_ratio(0, 9, 4, 8).value is None
    assert estimate_risk_ratio(4, 9, 0, 8).warnings
    everyone = estimate_risk_ratio(9, 9, 8, 8)
    assert (everyone.value, everyone.low, everyone.p_value) == (1.0, None, None)
    assert everyone.warnings


def test_fisher_at_its_ends():
    infinite = estimate_fisher(5, 5, 2, 6)
    assert infinite.value is None
    assert infinite.high is None
    assert len(infinite.warnings) == 2
    assert estimate_fisher(0, 9, 4, 8).value == 0
    nobody = estimate_fisher(0, 9, 0, 8)
    assert (nobody.value, nobody.p_value) == (None, 1.0)
    assert nobody.warnings


@pytest.mark.parametrize("estimator", [estimate_odds_ratio, estimate_risk_ratio, estimate_fisher])
def test_empty_groups_and_bad_counts(estimator):
    empty = estimator(0, 0, 0, 0)
    assert empty.value is None
    assert len(empty.warnings) == 2
    with pytest.raises(ValueError, match="count1: got 3; expected 0 to n1 = 2"):
        estimator(3, 2, 1, 2)
    with pytest.raises(ValueError, match="conf_level"):
        estimator(1, 2, 1, 2, conf_level=1)
