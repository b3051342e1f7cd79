"""Sample sizes against R (power.t.test, power.prop.test, pwr, rpact), printed tables and simulation."""

import csv
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from myotrial.statistics.sample_size import (
    size_log_rank,
    size_mmrm,
    size_one_proportion,
    size_two_means,
    size_two_proportions,
    size_two_rates,
    size_wilcoxon,
)
from myotrial.statistics.sample_size._solve import Question
from myotrial.statistics.sample_size.means import _t_power

DESIGN = Path(__file__).resolve().parents[1] / "reference" / "design" / "r_figures.csv"
EXCHANGEABLE = np.full((4, 4), 0.25) + 0.75 * np.eye(4)


@pytest.fixture(scope="module")
def r():
    figures = defaultdict(dict)
    with DESIGN.open() as file:
        for row in csv.DictReader(file):
            figures[row["case"]][row["quantity"]] = float(row["value"])
    return figures


def test_means_of_r(r):
    expected = r["power.t.test"]
    assert size_two_means(5, 12, power=0.9).n0_exact == pytest.approx(expected["n"], rel=1e-6)
    assert size_two_means(5, 12, n0=40).power == pytest.approx(expected["power"], rel=1e-9)
    assert size_two_means(None, 12, n0=40, power=0.8).effect == pytest.approx(expected["delta"], rel=1e-5)
    one = size_two_means(5, 12, power=0.9, alpha=0.025, sides=1)
    assert one.n0_exact == pytest.approx(expected["one_sided_n"], rel=1e-6)
    uneven = size_two_means(0.6, 1, n0=30, ratio=2)
    assert uneven.power == pytest.approx(r["pwr.t2n"]["power"], rel=1e-9)
    two_to_one = size_two_means(5, 12, power=0.8, alpha=0.025, sides=1, ratio=2)
    assert two_to_one.n0_exact * 3 == pytest.approx(r["means rpact"]["t_2to1"], rel=1e-6)
    one_to_one = size_two_means(5, 12, power=0.8, alpha=0.025, sides=1)
    assert one_to_one.n0_exact * 2 == pytest.approx(r["means rpact"]["t"], rel=1e-6)


@pytest.mark.parametrize(("difference", "n"), [(6.0, 40), (60.0, 40), (1.0, 5), (400.0, 3)])
def test_power_far_out_is_a_number(difference, n):
    """The noncentral t has no answer far out; the other way agrees with it where there is one."""
    power = size_two_means(difference, 1, n0=n, alpha=0.001).power
    assert 0 <= power <= 1
    question = Question(
        n0=n, power=None, effect=difference, alpha=0.001, sides=2, ratio=1.0, dropout=0.0, effect_name="", method=""
    )
    assert _t_power(difference, n, question) == pytest.approx(power, abs=1e-5)


def test_margin_is_a_shift():
    """Compare with the normal size of rpact: it is 282.56; the t test needs about two subjects more."""
    margin = size_two_means(0, 12, power=0.8, alpha=0.025, sides=1, margin=4)
    assert 282.5597 < 2 * margin.n0_exact < 285
    assert margin.n0_exact == pytest.approx(size_two_means(4, 12, power=0.8, alpha=0.025, sides=1).n0_exact, rel=1e-9)


def test_covariate_power_by_simulation():
    """Analysis of covariance, 4,000 trials of the planned size: power within 4 standard errors of 0.8."""
    plan = size_two_means(0.6, 1, power=0.8, correlation=0.7)
    rng = np.random.default_rng(4)
    n, trials = plan.n0, 4000
    base = rng.standard_normal((trials, 2 * n))
    arm = np.repeat([0.0, 1.0], n)
    outcome = 0.7 * base + math.sqrt(1 - 0.49) * rng.standard_normal(base.shape) + 0.6 * arm
    design = np.stack([np.ones_like(base), base, np.broadcast_to(arm, base.shape)], axis=2)
    inverse = np.linalg.inv(np.swapaxes(design, 1, 2) @ design)
    beta = inverse @ (np.swapaxes(design, 1, 2) @ outcome[:, :, None])
    df = 2 * n - 3
    variance = ((outcome[:, :, None] - design @ beta) ** 2).sum(axis=(1, 2)) / df
    t = beta[:, 2, 0] / np.sqrt(variance * inverse[:, 2, 2])
    assert (np.abs(t) > stats.t.ppf(0.975, df)).mean() == pytest.approx(plan.power, abs=0.026)


def test_proportions_of_r(r):
    expected = r["power.prop.test"]
    assert size_two_proportions(0.75, 0.5, power=0.9).n0_exact == pytest.approx(expected["n"], rel=1e-6)
    assert size_two_proportions(0.75, 0.5, n0=50).power == pytest.approx(expected["power"], rel=1e-9)
    half = {"power": 0.8, "alpha": 0.025, "sides": 1}
    assert 2 * size_two_proportions(0.75, 0.5, **half).n0_exact == pytest.approx(r["proportions rpact"]["n"], rel=1e-7)
    uneven = size_two_proportions(0.75, 0.5, ratio=2, **half)
    assert 3 * uneven.n0_exact == pytest.approx(r["proportions rpact"]["n_2to1"], rel=1e-7)
    arcsine = size_two_proportions(0.75, 0.5, method="arcsine", power=0.9, alpha=0.025, sides=1)
    assert arcsine.n0_exact == pytest.approx(r["arcsine"]["n"], rel=1e-6)
    given = size_two_proportions(0.75, 0.5, method="arcsine", n0=40, ratio=1.5, alpha=0.025, sides=1)
    assert given.power == pytest.approx(r["arcsine"]["power"], rel=1e-9)
    one = size_one_proportion(0.5, 0.3, method="normal", **half)
    assert one.n0_exact == pytest.approx(r["proportions rpact"]["one"], rel=1e-7)


def test_unpooled_power_of_graphicalmcp():
    """Its documentation: 0.3 against 0.181 with 200 a group, one-sided 0.025, unpooled: 0.8028315."""
    power = size_two_proportions(0.181, 0.3, n0=200, method="unpooled", alpha=0.025, sides=1).power
    assert power == pytest.approx(0.8028315, abs=1e-7)


def test_continuity_correction_adds_what_fleiss_says():
    """Both directions agree; the correction adds a little less than (1 + 1/r) / |difference| subjects."""
    plain, corrected = (size_two_proportions(0.75, 0.5, power=0.9, method=m) for m in ("pooled", "continuity"))
    assert corrected.n0_exact - plain.n0_exact == pytest.approx(2 / 0.25, abs=0.3)
    back = size_two_proportions(0.75, 0.5, n0=corrected.n0_exact, method="continuity")
    assert back.power == pytest.approx(0.9, abs=1e-9)


def test_fisher_power_of_r(r):
    given = {"method": "fisher", "n0": 20, "ratio": 1.25}
    assert size_two_proportions(0.7, 0.3, **given).power == pytest.approx(r["fisher"]["two"], rel=1e-9)
    one = size_two_proportions(0.7, 0.3, alpha=0.025, sides=1, **given)
    assert one.power == pytest.approx(r["fisher"]["greater"], rel=1e-9)


def test_fisher_size_is_the_first_with_the_power():
    plan = size_two_proportions(0.7, 0.3, power=0.8, method="fisher")
    powers = [size_two_proportions(0.7, 0.3, n0=n, method="fisher").power for n in range(10, plan.n0 + 1)]
    assert powers[-1] >= 0.8 > max(powers[:-1])
    assert plan.warnings


def test_exact_binomial_by_counting():
    """The critical value and the power, counted outcome by outcome."""
    plan = size_one_proportion(0.5, 0.3, n=47, alpha=0.025, sides=1)

    def tail(k, p):
        return math.fsum(math.comb(47, j) * p**j * (1 - p) ** (47 - j) for j in range(k, 48))

    critical = next(k for k in range(48) if tail(k, 0.3) <= 0.025)
    assert plan.power == pytest.approx(tail(critical, 0.5), rel=1e-10)
    downward = size_one_proportion(0.5, 0.7, n=47, alpha=0.025, sides=1)
    assert downward.power == pytest.approx(plan.power, rel=1e-10)


def test_survival_of_rpact(r):
    rule = {"hazard0": 0.05, "accrual": 12, "follow_up": 18, "power": 0.8, "alpha": 0.025, "sides": 1}
    events = r["survival events"]
    assert size_log_rank(0.6, **rule).events == pytest.approx(events["schoenfeld"], rel=1e-7)
    assert size_log_rank(0.6, method="freedman", **rule).events == pytest.approx(events["freedman"], rel=1e-7)
    assert size_log_rank(0.6, ratio=2, **rule).events == pytest.approx(events["schoenfeld_2to1"], rel=1e-7)
    assert 2 * size_log_rank(0.6, **rule).n0_exact == pytest.approx(r["survival accrual 0"]["n"], rel=1e-6)
    lost = size_log_rank(0.6, loss_hazard=-math.log(0.9) / 12, **rule)
    assert 2 * lost.n0_exact == pytest.approx(r["survival accrual 0.1"]["n"], rel=1e-6)


def test_negative_binomial_power_by_simulation():
    """Zhu and Lakkis: Wald test of the log rate ratio with the moment estimate of each arm, 20,000 trials."""
    plan = size_two_rates(0.6, rate0=2, exposure=1, dispersion=0.5, power=0.8, null_variance="alternative")
    rng = np.random.default_rng(8)
    size = 1 / 0.5
    mean0, mean1 = (
        rng.negative_binomial(size, size / (size + mu), size=(20_000, n)).mean(axis=1)
        for mu, n in ((2, plan.n0), (1.2, plan.n1))
    )
    se = np.sqrt((1 / mean0 + 0.5) / plan.n0 + (1 / mean1 + 0.5) / plan.n1)
    assert (np.abs(np.log(mean1 / mean0)) / se > 1.959964).mean() == pytest.approx(plan.power, abs=0.015)


def test_poisson_is_dispersion_zero():
    wide, narrow = (size_two_rates(0.6, rate0=2, exposure=1, dispersion=k, power=0.8).n0 for k in (0.5, 0.0))
    assert narrow < wide
    twice = size_two_rates(0.6, rate0=2, exposure=2, dispersion=0.0, power=0.8)
    assert twice.n0_exact == pytest.approx(size_two_rates(0.6, rate0=4, exposure=1, dispersion=0.0, power=0.8).n0_exact)


def test_mmrm_of_longpower():
    """The example of R's longpower: 174 subjects for a difference of 0.5 with power 0.8."""
    plan = size_mmrm(0.5, 1, correlation=EXCHANGEABLE, retention=[1, 0.9, 0.8, 0.7], power=0.8)
    assert plan.n == 174


def test_mmrm_complete_data_are_a_z_test(r):
    plan = size_mmrm(5, 12, correlation=EXCHANGEABLE, retention=[1, 1, 1, 1], power=0.8)
    assert 2 * plan.n0_exact == pytest.approx(r["means rpact"]["z"], rel=1e-7)


def test_mmrm_variance_by_generalised_least_squares():
    """Whole subjects in each pattern, all in one regression with a dense covariance."""
    stay = {1: [1, 0.9, 0.8, 0.6], 0: [1, 0.8, 0.7, 0.5]}
    sd, n = {1: 2.0, 0: 3.0}, {1: 40, 0: 20}
    blocks, rows = [], []
    for arm in (0, 1):
        drops = -np.diff([*stay[arm], 0.0]) * n[arm]
        for seen, count in enumerate(np.rint(drops).astype(int), start=1):
            for _ in range(count):
                block = np.zeros((seen, 8))
                block[:, 4 * arm : 4 * arm + seen] = np.eye(seen)
                rows.append(block)
                blocks.append(np.linalg.inv(sd[arm] ** 2 * EXCHANGEABLE[:seen, :seen]))
    information = sum(x.T @ w @ x for x, w in zip(rows, blocks, strict=True))
    covariance = np.linalg.inv(information)
    se = math.sqrt(covariance[3, 3] + covariance[7, 7])
    plan = size_mmrm(1.5, 2, sd0=3, correlation=EXCHANGEABLE, retention=stay[1], retention0=stay[0], n0=20, ratio=2)
    assert plan.power == pytest.approx(stats.norm.cdf(1.5 / se - 1.9599639845400545), rel=1e-9)


def test_wilcoxon_of_noether():
    """Noether 1987: p = 0.7, power 0.9, one-sided 0.05 needs 72 subjects in two equal groups."""
    assert size_wilcoxon(0.7, power=0.9, alpha=0.05, sides=1).n == 72


@pytest.mark.parametrize(
    "ask",
    [
        lambda **q: size_two_means(q.pop("effect", None), 12, **q),
        lambda **q: size_two_proportions(q.pop("effect", None), 0.3, **q),
        lambda **q: size_two_proportions(q.pop("effect", None), 0.3, method="continuity", ratio=1.5, **q),
        lambda **q: size_wilcoxon(q.pop("effect", None), **q),
        lambda **q: size_log_rank(q.pop("effect", None), hazard0=0.1, accrual=6, follow_up=12, **q),
        lambda **q: size_two_rates(q.pop("effect", None), rate0=1.5, exposure=1, dispersion=0.4, **q),
        lambda **q: size_mmrm(q.pop("effect", None), 3, correlation=EXCHANGEABLE, retention=[1, 0.9, 0.9, 0.8], **q),
    ],
    ids=["means", "proportions", "continuity", "wilcoxon", "log-rank", "rates", "mmrm"],
)
def test_the_three_questions_answer_each_other(ask):
    effect = ask(n0=60, power=0.85).effect
    assert ask(n0=60, effect=effect).power == pytest.approx(0.85, abs=1e-8)
    assert ask(power=0.85, effect=effect).n0_exact == pytest.approx(60, rel=1e-6)


def test_dropout_and_rounding():
    plan = size_two_means(5, 12, power=0.9, dropout=0.15, ratio=2)
    assert plan.n1 == math.ceil(plan.n1_exact)
    assert (plan.enrolled1 - 1) * 0.85 < plan.n1 <= plan.enrolled1 * 0.85
    assert plan.power >= 0.9
    assert "enrol" in repr(plan)
    assert plan.to_dict()["enrolled"] == plan.enrolled
    assert "<caption>" in plan._repr_html_()


def test_every_fault_of_a_question_at_once():
    with pytest.raises(ValueError, match="left out: got none") as caught:
        size_two_means(5, -1, n0=20, power=0.8, alpha=0.6, sides=3, ratio=0, dropout=1)
    assert len(str(caught.value).splitlines()) == 6


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: size_two_means(5, 12), "left out: got n0, power"),
        (lambda: size_two_proportions(1.2, 0.5, power=0.8), "p1: got 1.2"),
        (lambda: size_two_proportions(0.5, 0.5, power=0.8), "the same as p0"),
        (lambda: size_two_proportions(0.5, 0.5, power=0.8, margin=0.1), "expected unpooled and sides=1"),
        (lambda: size_two_proportions(None, 0.5, n0=4, power=0.9), "no effect up to"),
        (lambda: size_two_proportions(0.5, 0.4999999, power=0.9), "no size up to"),
        (lambda: size_log_rank(1, hazard0=0.1, accrual=0, follow_up=0, power=0.8), "follow_up: got no accrual"),
        (lambda: size_two_rates(0.5, rate0=0, exposure=1, dispersion=-1, power=0.8), "dispersion: got -1"),
        (lambda: size_mmrm(1, 1, correlation=EXCHANGEABLE, retention=[1, 0.9, 0.95, 0.7], power=0.8), "never rising"),
        (lambda: size_mmrm(1, 1, correlation=np.ones((2, 2)), retention=[1, 0.9], power=0.8), "positive definite"),
        (lambda: size_wilcoxon(0.5, power=0.8), "not 0.5"),
        (lambda: size_two_proportions(0.7, 0.3, n0=600, method="fisher"), "at most 500"),
    ],
)
def test_bad_questions_are_refused(ask, message):
    with pytest.raises(ValueError, match=message):
        ask()
