"""Rubin's rules against mice, imputation against EM, Bayesian theory and means worked out by plain loops."""

import csv
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from myotrial.statistics import fit_ancova
from myotrial.statistics.imputation import (
    combine_imputations,
    combine_imputations_jointly,
    estimate_imputed_difference,
    find_tipping_point,
    impute_repeated_measure,
)
from myotrial.statistics.imputation._patterns import Pattern
from myotrial.statistics.imputation._strategies import strategy_covariance

DESIGN = Path(__file__).resolve().parents[1] / "reference" / "design" / "r_figures.csv"
STRATEGIES = ["missing-at-random", "jump-to-reference", "copy-reference", "copy-increments"]


@pytest.fixture(scope="module")
def r():
    figures = defaultdict(dict)
    with DESIGN.open() as file:
        for row in csv.DictReader(file):
            figures[row["case"]][row["quantity"]] = float(row["value"])
    return figures


def series(figures, name, count):
    return [figures[f"{name}{at}"] for at in range(1, count + 1)]


def trial(n=160, visits=4, seed=1, lost=0.12, gaps=0.03):
    """Simulate two arms that drift apart, with dropout by the last value seen, gaps, and a baseline."""
    rng = np.random.default_rng(seed)
    arm = np.repeat([0, 1], n // 2)
    base = rng.normal(50, 8, n)
    lag = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))
    noise = rng.multivariate_normal(np.zeros(visits), 36 * 0.7**lag, n)
    y = -0.3 * (base[:, None] - 50) - np.arange(1, visits + 1) * (1 + 1.5 * arm[:, None]) + noise
    complete = y.copy()
    for t in range(1, visits):
        risk = lost * np.exp(np.clip((complete[:, t - 1] + 3) / 8, -2, 1.2))
        y[rng.uniform(size=n) < risk, t:] = np.nan
    y[(rng.uniform(size=y.shape) < gaps) & ~np.isnan(y)] = np.nan
    return y, arm, base, complete


@pytest.mark.parametrize("parameter", [1, 2, 3])
def test_pooling_of_mice(r, parameter):
    figures, large = r[f"pool {parameter}"], r[f"pool {parameter} large"]
    inputs = series(figures, "estimate", 8), series(figures, "variance", 8)
    pooled = combine_imputations(*inputs, df_complete=figures["df_complete"])
    got = (pooled.value, pooled.within, pooled.between, pooled.total, pooled.df, pooled.relative_increase)
    expected = [figures[name] for name in ("value", "within", "between", "total", "df", "riv")]
    assert got == pytest.approx(expected, rel=1e-10)
    assert pooled.fraction_missing == pytest.approx(figures["fmi"], rel=1e-10)
    without = combine_imputations(*inputs)
    assert (without.df, without.fraction_missing) == pytest.approx((large["df"], large["fmi"]), rel=1e-10)


def test_joint_test_of_mice(r):
    estimates = [series(r[f"D1 input {at}"], "estimate", 2) for at in range(1, 9)]
    covariances = [np.reshape(series(r[f"D1 input {at}"], "covariance", 4), (2, 2)) for at in range(1, 9)]
    pooled = combine_imputations_jointly(estimates, covariances, df_complete=22)
    assert pooled.f == pytest.approx(r["D1"]["f.F.value"], rel=1e-9)
    assert pooled.relative_increase == pytest.approx(r["D1"]["riv.RIV"], rel=1e-9)
    assert pooled.df_denominator == pytest.approx(r["D1"]["df2.df2"], rel=1e-9)
    assert pooled.p_value == pytest.approx(r["D1"]["p.P(>F)"], rel=1e-8)


def test_joint_test_of_mitml(r):
    """Without degrees of freedom of the complete data: those of Li, Raghunathan and Rubin."""
    estimates = [series(r[f"D1 input {at}"], "estimate", 2) for at in range(1, 9)]
    covariances = [np.reshape(series(r[f"D1 input {at}"], "covariance", 4), (2, 2)) for at in range(1, 9)]
    pooled, figures = combine_imputations_jointly(estimates, covariances), r["D1 large"]
    got = (pooled.f, pooled.df_numerator, pooled.df_denominator, pooled.p_value, pooled.relative_increase)
    expected = [figures[name] for name in ("f.F.value", "df1.df1", "df2.df2", "p.P(>F)", "riv.RIV")]
    assert got == pytest.approx(expected, rel=1e-8)


def test_nothing_missing_leaves_the_analysis_of_covariance():
    _, arm, base, complete = trial()
    fit = fit_ancova(complete[:, -1], arm.astype(str), {"base": base}, "0")
    data = impute_repeated_measure(complete, arm, covariates=base, m=3, seed=1)
    assert np.array_equal(data.values, np.repeat(complete[None], 3, axis=0))
    pooled = estimate_imputed_difference(data)
    x = np.column_stack([np.ones(len(arm)), base, arm])
    beta, rss = np.linalg.lstsq(x, complete[:, -1])[:2]
    df = len(arm) - 3
    assert pooled.value == pytest.approx(beta[2], rel=1e-9)
    assert pooled.se == pytest.approx(math.sqrt(rss[0] / df * np.linalg.inv(x.T @ x)[2, 2]), rel=1e-9)
    assert pooled.df == pytest.approx(df)
    assert pooled.fraction_missing == 0
    assert pooled.value == pytest.approx(fit.differences["1"].value, rel=1e-9)
    assert pooled.p_value == pytest.approx(fit.differences["1"].p_value, rel=1e-7)


def brute_force_em(y, x, rounds=600):
    """Maximum likelihood of y = x B + e, e ~ N(0, S): one subject at a time, plain loops."""
    n, visits = y.shape
    seen = ~np.isnan(y)
    b, s = np.zeros((x.shape[1], visits)), np.diag(np.nanvar(y, axis=0))
    for _ in range(rounds):
        filled, spare = np.zeros_like(y), np.zeros_like(s)
        for i in range(n):
            o, m, mu = np.flatnonzero(seen[i]), np.flatnonzero(~seen[i]), x[i] @ b
            filled[i, o] = y[i, o]
            if len(m):
                w = s[np.ix_(m, o)] @ np.linalg.inv(s[np.ix_(o, o)]) if len(o) else np.zeros((len(m), 0))
                filled[i, m] = mu[m] + w @ (y[i, o] - mu[o])
                spare[np.ix_(m, m)] += s[np.ix_(m, m)] - w @ s[np.ix_(o, m)]
        b = np.linalg.lstsq(x, filled)[0]
        residual = filled - x @ b
        s = (residual.T @ residual + spare) / n
    return b, s


@pytest.fixture(scope="module")
def likelihood():
    y, arm, base, _ = trial()
    x = np.column_stack([np.ones(len(arm)), base, arm])
    return y, arm, base, *brute_force_em(y, x, 150)


def loop_means(strategy, y, arm, base, b, s):
    """Return expected completed values at the likelihood estimate: every subject by hand."""
    out = y.copy()
    visits = y.shape[1]
    for i in range(len(y)):
        seen = np.flatnonzero(~np.isnan(y[i]))
        own = np.array([b[0, t] + base[i] * b[1, t] + arm[i] * b[2, t] for t in range(visits)])
        ref = np.array([b[0, t] + base[i] * b[1, t] for t in range(visits)])
        last = seen[-1] if len(seen) else -1
        mean = own.copy()
        if arm[i] == 1:
            for t in range(visits):
                jumped = strategy == "jump-to-reference" and t > last
                if jumped or strategy == "copy-reference" or (strategy == "copy-increments" and last == -1):
                    mean[t] = ref[t]
                elif strategy == "copy-increments" and t > last:
                    mean[t] = own[last] + (ref[t] - ref[last])
        for t in np.flatnonzero(np.isnan(y[i])):
            out[i, t] = mean[t]
            if len(seen):
                slope = np.linalg.inv(s[np.ix_(seen, seen)]) @ s[seen, t]
                out[i, t] += (y[i, seen] - mean[seen]) @ slope
    return out


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_imputed_means_worked_out_by_hand(likelihood, strategy):
    """The difference at the last visit: posterior mean against the likelihood estimate."""
    y, arm, base, b, s = likelihood
    expected = loop_means(strategy, y, arm, base, b, s)
    x = np.column_stack([np.ones(len(arm)), base, arm])
    target = np.linalg.lstsq(x, expected[:, -1])[0][2]
    data = impute_repeated_measure(y, arm, covariates=base, strategy=strategy, m=200, seed=3)
    pooled = estimate_imputed_difference(data)
    noise = math.sqrt(pooled.between / pooled.m)
    assert pooled.value == pytest.approx(target, abs=4 * noise + 0.01 * pooled.se)
    if strategy == "missing-at-random":
        assert target == pytest.approx(b[2, -1], abs=1e-3)
    gap = np.abs(data.values.mean(axis=0) - expected)[data.missing]
    assert gap.max() < 2.5  # posterior spread of one imputed value is about 5 / sqrt(200) plus that of the fit


def test_draws_follow_the_posterior():
    """No gaps but one visit: then the posterior of the regression is known (inverse gamma, t)."""
    rng = np.random.default_rng(6)
    arm = np.repeat([0, 1], 30)
    y = (rng.normal(size=60) + arm)[:, None]
    y[:10] = np.nan
    data = impute_repeated_measure(y, arm, m=4000, seed=2, iterations=30)
    seen = y[10:30, 0]
    both = np.concatenate([seen - seen.mean(), y[30:, 0] - y[30:, 0].mean()])
    scale = (both @ both) / 48  # one visit: posterior predictive of a reference subject is t with 50 - 2 df
    drawn = data.values[:, :10, 0].ravel()
    assert drawn.mean() == pytest.approx(seen.mean(), abs=0.03)
    assert drawn.var() == pytest.approx(scale * (1 + 1 / 20) * 48 / 46, rel=0.05)


@pytest.mark.parametrize("strategy", STRATEGIES[1:])
def test_by_arm_takes_the_reference_covariance(strategy):
    """A reference without noise left over determines what is copied from it."""
    rng = np.random.default_rng(9)
    arm = np.repeat([0, 1], 60)
    first = rng.normal(size=120)
    y = np.column_stack([first + 3 * arm, 2 * first + 1 + 1e-3 * rng.normal(size=120)])
    y[60:, 1] += 4 + 5 * rng.normal(size=60)
    y[100:, 1] = np.nan
    data = impute_repeated_measure(y, arm, m=50, seed=4, covariance="by-arm", strategy=strategy)
    ref1, ref2, own1 = y[:60, 0].mean(), y[:60, 1].mean(), y[60:, 0].mean()
    drawn = data.values[:, 100:, 1].mean(axis=0)
    mean = {
        "jump-to-reference": (own1, ref2),
        "copy-reference": (ref1, ref2),
        "copy-increments": (own1, ref2 + own1 - ref1),
    }[strategy]
    assert drawn == pytest.approx(mean[1] + 2 * (y[100:, 0] - mean[0]), abs=0.12 + 3 * np.std(y[60:, 0]) / 50**0.5)


@pytest.mark.parametrize(
    ("strategy", "sd"), [("jump-to-reference", 1.0), ("copy-increments", 1.0), ("copy-reference", 6.0)]
)
def test_a_gap_is_filled_with_the_own_covariance(strategy, sd):
    """Visits without correlation: the spread of what is drawn is that of the arm that the draw follows.

    The reference varies by 6 and the treated by 1; a gap before the last value belongs to the own arm under two of the
    strategies, and what comes after the last value to the reference under all of them.
    """
    rng = np.random.default_rng(8)
    arm = np.repeat([0, 1], 300)
    y = rng.normal(size=(600, 3)) * np.where(arm == 0, 6.0, 1.0)[:, None]
    y[400:, 0] = np.nan
    y[400:, 2] = np.nan
    data = impute_repeated_measure(y, arm, m=40, seed=4, covariance="by-arm", strategy=strategy, iterations=20)
    gap, after = (data.values[:, 400:, at].std() for at in (0, 2))
    assert gap == pytest.approx(sd, rel=0.15)
    assert after == pytest.approx(6, rel=0.15)


def test_carpenters_covariance_by_simulation():
    """Draw the own arm up to a visit and the reference's regression after it: the matrix is theirs."""
    rng = np.random.default_rng(2)
    own, reference = (part @ part.T for part in rng.normal(size=(2, 4, 4)))
    before = rng.multivariate_normal(np.zeros(2), own[:2, :2], 400_000)
    slopes = np.linalg.inv(reference[:2, :2]) @ reference[:2, 2:]
    left = reference[2:, 2:] - slopes.T @ reference[:2, 2:]
    after = before @ slopes + rng.multivariate_normal(np.zeros(2), left, len(before))
    pattern = Pattern(np.arange(1), np.array([1]), np.array([0, 2, 3]), turn=2)
    joined = strategy_covariance("jump-to-reference", own[None], reference[None], pattern)[0]
    assert joined == pytest.approx(
        np.cov(np.column_stack([before, after]).T), rel=0.02, abs=0.02 * np.abs(joined).max()
    )


def test_same_seed_same_values():
    y, arm, base, _ = trial(n=60)
    one, two = (impute_repeated_measure(y, arm, covariates=base, m=3, seed=5, iterations=5) for _ in range(2))
    assert np.array_equal(one.values, two.values)
    other = impute_repeated_measure(y, arm, covariates=base, m=3, seed=6, iterations=5)
    assert not np.array_equal(one.values, other.values)
    assert np.array_equal(one.values[:, ~np.isnan(y)], np.repeat(y[~np.isnan(y)][None], 3, axis=0))


def test_a_strategy_for_each_subject():
    y, arm, base, _ = trial()
    mixed = np.where(np.arange(len(arm)) % 2, "jump-to-reference", "missing-at-random").tolist()
    data = impute_repeated_measure(y, arm, covariates=base, m=5, seed=5, strategy=mixed)
    assert "jump-to-reference and missing-at-random" in repr(data)


def test_delta_and_tipping_point():
    y, arm, base, _ = trial()
    data = impute_repeated_measure(y, arm, covariates=base, m=20, seed=1)
    shifted = data.add_delta([0, 0, 0, 3.0])
    moved = (shifted.values - data.values)[0]
    assert set(np.unique(moved.round(9))) == {0.0, 3.0}
    assert (moved[:, -1] > 0).tolist() == (np.isnan(y[:, -1]) & (arm == 1)).tolist()
    result = find_tipping_point(data, [0, 10, 20, 30])
    assert result.tipping is not None
    at = estimate_imputed_difference(data.add_delta(result.tipping))
    assert at.p_value == pytest.approx(0.05, abs=1e-7)
    assert at.high == pytest.approx(0, abs=1e-5)
    none = find_tipping_point(data, [0, 0.01])
    assert none.tipping is None
    assert "significant at every delta" in repr(none)
    assert len(str(result).splitlines()) == 5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: combine_imputations([1.0], [1.0]), "2 or more"),
        (lambda: combine_imputations([1, 2], [1, 0]), "variances: got 0"),
        (lambda: combine_imputations([1, 2, 3], [1, 1]), "lengths"),
        (lambda: combine_imputations([1, math.nan], [1, 1]), "estimates: got nan"),
        (lambda: combine_imputations_jointly([[1, 2]] * 3, [[[1, 0], [0, 1]]] * 3), "more imputations"),
        (lambda: combine_imputations_jointly([[1, 2]] * 4, [[1, 0]] * 4), "covariances: got shape"),
        (lambda: impute_repeated_measure([[1, 2], [2, None]], [0, 1], seed=1), "a visit is seen in 1 subjects"),
        (lambda: impute_repeated_measure(np.ones((20, 2)), [0, 1] * 10, seed=1), "determine each other"),
        (lambda: impute_repeated_measure(np.ones((20, 2)), [0] * 20, seed=1), "no treated subject"),
        (lambda: impute_repeated_measure(np.eye(20), [0, 1] * 10, seed=1, strategy="locf"), "strategy: got 'locf'"),
        (lambda: impute_repeated_measure(np.eye(20), [0, 1] * 10, seed=1, m=1), "m: got 1"),
        (lambda: impute_repeated_measure([["a", 1]], [0], seed=1), "not numbers"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_visit_never_seen_in_an_arm_is_refused():
    y, arm, base, _ = trial(n=60)
    y[arm == 1, 3] = np.nan
    with pytest.raises(ValueError, match="visit 4: seen in 0 treated subjects"):
        impute_repeated_measure(y, arm, covariates=base, seed=1)
    with pytest.raises(ValueError, match="combination of the others"):
        impute_repeated_measure(trial(n=60)[0], arm, covariates=np.column_stack([base, 2 * base]), seed=1)
