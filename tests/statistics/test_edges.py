"""Zero cells, empty arms, all events, ties, separation, constant data: a clear answer, and never NaN in silence.

``Estimate`` refuses NaN itself; these tests ask for the reason in words.
"""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.stats import mannwhitneyu, permutation_test

from myotrial import statistics as st

groups = some.integers(0, 12).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n)))
INTERVALS = [
    "sato", "greenland-robins", "miettinen-nurminen-score", "miettinen-nurminen-iterated",
    "miettinen-nurminen-summary-score", "newcombe",
]  # fmt: skip


def explained(estimate):
    """Say whether what is missing has a reason."""
    return (estimate.value is not None and estimate.low is not None) or bool(estimate.warnings)


@settings(max_examples=20)
@given(groups, groups)
def test_every_small_table_has_an_answer_or_a_reason(one, other):
    table = (*one, *other)
    for interval in ("wald", "newcombe", "miettinen-nurminen"):
        assert explained(st.estimate_risk_difference(*table, interval))
    assert explained(st.estimate_fisher(*table))
    for statistic in ("z-pooled", "z-unpooled", "boschloo"):
        p_value = st.estimate_barnard(*table, statistic).p_value
        assert p_value is None or 0 <= p_value <= 1


@settings(max_examples=20)
@given(some.lists(some.tuples(groups, groups), min_size=1, max_size=3), some.sampled_from(INTERVALS))
def test_every_small_stratified_table_has_an_answer_or_a_reason(tables, interval):
    event, arm, strata = [], [], []
    for number, ((y1, n1), (y0, n0)) in enumerate(tables):
        event += [1] * y1 + [0] * (n1 - y1) + [1] * y0 + [0] * (n0 - y0)
        arm += [1] * n1 + [0] * n0
        strata += [number] * (n1 + n0)
    estimate = st.estimate_stratified_risk_difference(event, arm, strata, interval=interval)
    assert explained(estimate)
    if estimate.low is not None:
        assert -1 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert explained(st.estimate_stratified_risk_ratio(event, arm, strata))
    exact = st.estimate_exact_cmh(event, arm, strata)
    assert explained(exact)
    assert exact.p_value is None or 0 < exact.p_value <= 1


@settings(max_examples=12)
@given(groups, groups)
def test_score_test_over_one_stratum_is_that_of_the_table(one, other):
    (y1, n1), (y0, n0) = one, other
    event = [1] * y1 + [0] * (n1 - y1) + [1] * y0 + [0] * (n0 - y0)
    table = st.estimate_risk_difference(*one, *other, "miettinen-nurminen")
    for interval in ("miettinen-nurminen-score", "miettinen-nurminen-iterated"):
        strata = st.estimate_stratified_risk_difference(event, [1] * n1 + [0] * n0, interval=interval)
        assert (strata.low is None) == (table.low is None)
        if table.low is not None:
            assert (strata.low, strata.high) == pytest.approx((table.low, table.high), abs=1e-9)
            assert strata.p_value == pytest.approx(table.p_value, abs=1e-9)


def test_score_test_with_mantel_haenszel_weights_is_the_cmh_test(sim):
    score = st.estimate_stratified_risk_difference(
        sim["RESP"], sim["ARM"], sim["STRATUM"], reference="PBO", interval="miettinen-nurminen-score"
    )
    assert score.p_value == pytest.approx(
        st.estimate_cmh(sim["RESP"], sim["ARM"], sim["STRATUM"], reference="PBO").p_value, rel=1e-10
    )


def test_an_empty_stratum_or_one_of_one_group_is_named(sim):
    event, arm = [1, 0, 1, 0, 1, 1], [1, 1, 0, 0, 1, 1]
    for function in (st.estimate_exact_cmh, st.estimate_stratified_risk_ratio):
        assert "'c' has subjects of one group only" in function(event, arm, list("aaaacc")).warnings[0]
    lonely = st.estimate_permutation([1, 2, 3], [1, 1, 0], list("aab"))
    assert lonely.value is None
    assert "both groups" in lonely.warnings[-1]


@given(some.lists(some.integers(0, 6), min_size=2, max_size=7), some.lists(some.integers(0, 6), min_size=2, max_size=7))
@settings(max_examples=20)
def test_exact_rank_sum_under_ties_by_permutation(a, b):
    """SciPy's permutation_test on the mid-ranks, all divisions."""
    estimate = st.estimate_rank_sum(a, b, exact=True)
    if len({*a, *b}) == 1:
        assert (estimate.p_value, estimate.low) == (1.0, None)
        assert "equal" in estimate.warnings[0]
        return
    ranks = np.argsort(np.argsort(np.concatenate([a, b]), kind="stable"))  # ties are put right by the mean below
    pooled = np.concatenate([a, b])
    ranks = np.array([np.mean(ranks[pooled == value]) for value in pooled])
    centre = ranks.mean() * len(a)
    result = permutation_test(
        (ranks[: len(a)], ranks[len(a) :]), lambda x, _: abs(x.sum() - centre), alternative="greater",
        n_resamples=np.inf, permutation_type="independent",
    )  # fmt: skip
    assert estimate.p_value == pytest.approx(result.pvalue, abs=1e-9)


def test_exact_rank_sum_of_scipy(sim):
    a, b = np.random.default_rng(5).normal(size=(2, 14))
    expected = mannwhitneyu(a, b, method="exact").pvalue
    assert st.estimate_rank_sum(a, b).p_value == pytest.approx(expected, rel=1e-10)


def test_rank_tests_at_their_ends():
    assert "a has no values" in st.estimate_rank_sum([], [1.0]).warnings[0]
    few = st.estimate_rank_sum([1, 2], [3, 4])
    assert (few.low, few.high) == (None, None)
    assert "too few values" in few.warnings[0]
    zeros = st.estimate_signed_rank([1, 2, 3, 0], [1, 1, 1, 3])
    assert zeros.n == 3
    assert "1 differences of 0" in zeros.warnings[0]
    assert st.estimate_signed_rank([2, 2], [2, 2]).value is None
    with pytest.raises(ValueError, match="exact: got True for 1200 values"):
        st.estimate_rank_sum(range(600), range(600), exact=True)


def test_permutation_draws_keep_their_seed(sim):
    arguments = (sim["AGE"], sim["ARM"], sim["STRATUM"])
    first = st.estimate_permutation(*arguments, reference="PBO", seed=3)
    assert first == st.estimate_permutation(*arguments, reference="PBO", seed=3)
    other = st.estimate_permutation(*arguments, reference="PBO", seed=4)
    assert first.p_value != other.p_value
    assert "20,000 random divisions (seed 3)" in first.method
    means = st.estimate_association(sim["AGE"], sim["ARM"], sim["STRATUM"], test="row-means")
    assert first.p_value == pytest.approx(means.p_value, abs=4 * np.sqrt(0.25 / 20_000))
    assert st.estimate_permutation([5, 5, 5, 5], [1, 1, 0, 0]).p_value == 1.0


def test_logistic_separation_is_found_before_the_fit():
    event, arm = [1, 1, 1, 0, 0, 0], ["a", "a", "a", "p", "p", "p"]
    fit = st.fit_logistic(event, arm, {}, "p")
    assert fit.odds_ratios["a"].value is None
    assert "separation" in fit.warnings[0]
    firth = st.fit_logistic(event, arm, {}, "p", penalty="firth").odds_ratios["a"]
    assert firth.value == pytest.approx(49, rel=1e-8)  # a half in every cell: (3.5 / 0.5) squared
    quasi = st.fit_logistic([1, 1, 1, 1, 0, 1], arm, {}, "p")
    assert "separation" in quasi.warnings[0]
    assert "separation" in st.estimate_standardised_risk_difference(event, arm, {}, "p").warnings[0]


@pytest.mark.parametrize("penalty", ["none", "firth"])
@pytest.mark.parametrize("outcome", [0, 1])
def test_logistic_without_two_outcomes(penalty, outcome):
    fit = st.fit_logistic([outcome] * 4, [1, 1, 0, 0], {}, 0, penalty=penalty)
    assert fit.odds_ratios[1].value is None
    assert "no subject or every subject" in fit.warnings[0]


def test_constant_covariate_is_left_out(sim):
    covariates = {"ONE": np.ones(240)}
    for fit in (
        st.fit_logistic(sim["RESP"], sim["ARM"], covariates, "PBO", interval="wald"),
        st.fit_cox(sim["TIME"], sim["EVENT"], sim["ARM"], covariates, "PBO"),
        st.fit_counts(sim["AECOUNT"], sim["ARM"], covariates, "PBO"),
    ):
        assert fit.warnings == ("ONE has one value only and was left out",)
        assert json.loads(json.dumps(fit.to_dict()))["n"] == 240
        assert "<table>" in fit._repr_html_()


def test_unadjusted_models_are_the_tables(sim):
    odds = st.fit_logistic(sim["RESP"], sim["ARM"], {}, "PBO", interval="wald").odds_ratios["TRT"]
    woolf = st.estimate_odds_ratio(51, 120, 33, 120)
    assert (odds.value, odds.low, odds.p_value) == pytest.approx((woolf.value, woolf.low, woolf.p_value), rel=1e-8)
    marginal = st.estimate_standardised_risk_difference(sim["RESP"], sim["ARM"], {}, "PBO")
    wald = st.estimate_risk_difference(51, 120, 33, 120)
    assert (marginal.value, marginal.se) == pytest.approx((wald.value, wald.se), rel=1e-8)


def test_cox_score_test_is_the_log_rank_test_without_ties(sim):
    time = sim["TIME"] + 1e-6 * np.arange(240)
    score = st.fit_cox(time, sim["EVENT"], sim["ARM"], {}, "PBO", strata=sim["STRATUM"]).tests["score"]
    log_rank = st.estimate_log_rank(time, sim["EVENT"], sim["ARM"], sim["STRATUM"])
    assert score.chi_square == pytest.approx(log_rank.chi_square, rel=1e-9)


@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
def test_cox_without_a_maximum(ties):
    fit = st.fit_cox([1, 2, 3, 4], [1, 1, 0, 0], list("aabb"), {}, "a", ties=ties)
    assert fit.hazard_ratios["b"].value is None
    assert "no maximum in 'arm=b'" in fit.warnings[0]
    assert fit.tests["wald"].chi_square is None
    nobody = st.fit_cox([1, 2, 3, 4], [0, 0, 0, 0], list("aabb"), {}, "a", ties=ties)
    assert nobody.hazard_ratios["b"].value is None
    assert nobody.tests["score"].p_value is None


def test_one_hundred_ties_by_the_exact_method_are_refused_or_right():
    time, event = np.repeat([1.0, 2.0], 60), np.repeat([1, 0], 60)
    arm = np.tile(["a", "b"], 60)
    fit = st.fit_cox(time, event, arm, {}, "a", ties="exact")
    assert fit.hazard_ratios["b"].value == pytest.approx(1, abs=1e-6)


def test_restricted_mean_at_its_ends():
    late = st.estimate_restricted_mean([1, 2, 3], [1, 0, 0], 5)
    assert late.value is None
    assert "follow-up ends at 3" in late.warnings[0]
    assert st.estimate_restricted_mean([1, 2, 3], [1, 1, 1], 5).value == pytest.approx(2)
    nothing = st.estimate_restricted_mean([4, 5], [0, 0], 3)
    assert (nothing.value, nothing.low) == (3, None)
    assert st.estimate_restricted_mean([], [], 3).value is None
    difference = st.estimate_restricted_mean_difference([1, 2, 9, 9], [1, 0, 1, 1], [1, 1, 0, 0], 5)
    assert difference.warnings == ("group 1: follow-up ends at 2, before the horizon 5",)
    with pytest.raises(ValueError, match="horizon: got 0; expected a number above 0"):
        st.estimate_restricted_mean([1], [1], 0)


def test_rates_at_their_ends():
    assert st.estimate_rate(0, 0.0).value is None
    assert st.estimate_rate(0, 10.0).high == pytest.approx(-np.log(0.025) / 10)
    assert st.estimate_rate_ratio(0, 1.0, 0, 1.0).warnings == ("there is no event: the ratio is undefined",)
    infinite = st.estimate_rate_ratio(3, 1.0, 0, 1.0)
    assert (infinite.value, infinite.high, len(infinite.warnings)) == (None, None, 2)
    assert st.estimate_rate_ratio(3, 1.0, 0, 1.0, "wald").value is None
    assert st.estimate_rate_difference(0, 1.0, 0, 1.0).low is None
    assert st.estimate_rate_difference(0, 1.0, 0, 1.0, "mover").high > 0
    for arguments, message in [
        ((-1, 1.0), "count: got -1"),
        ((1.5, 1.0), r"count: got 1\.5"),
        ((1, -1.0), r"exposure: got -1\.0"),
        ((2, 0.0), r"exposure: got 0\.0; expected more than 0, as there are 2 events"),
        ((2, np.inf), "exposure: got inf"),
    ]:
        with pytest.raises(ValueError, match=message):
            st.estimate_rate(*arguments)


def test_counts_at_their_ends():
    nobody = st.fit_counts([0, 0, 0, 0], list("aabb"), {}, "a")
    assert (nobody.rate_ratios["b"].value, nobody.theta) == (None, None)
    one_arm = st.fit_counts([0, 0, 1, 2], list("aabb"), {}, "a", family="poisson")
    assert one_arm.rate_ratios["b"].value is None
    assert "no maximum" in one_arm.warnings[0]
    regular = st.fit_counts([2, 2, 3, 3], list("aabb"), {}, "a")
    assert "fitted as Poisson" in regular.warnings[0]
    assert regular.rate_ratios["b"].value == pytest.approx(1.5)
    for count, exposure, message in [
        ([1, 2.5], None, r"count: got 2\.5 at position 1"),
        ([1, -2], None, "count: got -2"),
        ([1, 2], [1, 0], "exposure: got 0 at position 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            st.fit_counts(count, ["a", "b"], {}, "a", exposure=exposure)


def test_association_at_its_ends():
    same = st.estimate_association([1, 1, 1, 1], list("aabb"))
    assert (same.chi_square, same.p_value) == (None, None)
    assert "nothing to compare" in same.warnings[0]
    with pytest.raises(ValueError, match="group: got 1 group"):
        st.estimate_association([1, 2], ["a", "a"])
    with pytest.raises(ValueError, match="test: got 'trend'"):
        st.estimate_association([1, 2], ["a", "b"], test="trend")
    assert "chi-square" in repr(same)
    assert json.loads(json.dumps(same.to_dict()))["n"] == 4


def test_unknown_options_are_refused():
    for call, message in [
        (lambda: st.estimate_risk_difference(1, 2, 1, 2, "score"), "interval: got 'score'"),
        (lambda: st.estimate_stratified_risk_difference([1], [1], interval="mn"), "interval: got 'mn'"),
        (lambda: st.estimate_barnard(1, 2, 1, 2, "z"), "statistic: got 'z'"),
        (lambda: st.fit_cox([1], [1], ["a"], {}, "a", ties="best"), "ties: got 'best'"),
        (lambda: st.fit_logistic([1], ["a"], {}, "a", penalty="ridge"), "penalty: got 'ridge'"),
        (lambda: st.fit_logistic([1, 0], ["a", "a"], {}, "a"), "arm: got one arm"),
        (lambda: st.fit_counts([1], ["a"], {}, "a", family="gamma"), "family: got 'gamma'"),
        (lambda: st.estimate_permutation([1, 2], [0, 1], draws=0), "draws: got 0"),
        (lambda: st.estimate_barnard(1, 1500, 1, 1500), "n1 . n0: got 3000"),
        (lambda: st.estimate_standardised_risk_difference([1, 0, 1], list("abc"), {}, "a"), "arm: got 3 arms"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()
