"""The batched engine: against single fits, across engines, and where data sets fail."""

import numpy as np
import pytest

from myotrial.statistics import fit_mmrm, fit_mmrm_batch

FIGURES = ("estimate", "se", "se_kenward_roger", "df", "beta", "log_likelihood", "sigma")


@pytest.fixture(scope="module")
def stacked(wide_trials):
    """Responses and features of the trials."""
    visits = [f"V0{v}" for v in range(1, 8)]
    y = np.stack([trial.select(visits).to_numpy().astype(float) for trial in wide_trials.values()])
    z = np.stack([
        np.column_stack([np.ones(126), trial["BASE"].to_numpy(), (trial["ARM"] == "TRT").to_numpy()])
        for trial in wide_trials.values()
    ])  # fmt: skip
    return y, z


def arm_by_visit(visits=7):
    contrasts = np.zeros((visits, 3 * visits))
    contrasts[np.arange(visits), 3 * np.arange(visits) + 2] = 1
    return contrasts


def test_agrees_with_single_fits(stacked, wide_trials, to_long):
    y, z = stacked
    batch = fit_mmrm_batch(y, z, contrasts=arm_by_visit(), engine="numpy")
    assert batch.converged.all()
    assert not batch.failures
    for place, trial in enumerate(wide_trials.values()):
        for df, se in (("satterthwaite", batch.se), ("kenward-roger", batch.se_kenward_roger)):
            fit = fit_mmrm("CHG ~ BASE*VISIT + ARM*VISIT", to_long(trial), subject="SUBJ", visit="VISIT", df=df)
            table = fit.contrast("ARM", by="VISIT")
            np.testing.assert_allclose(batch.estimate[place], table["estimate"], rtol=1e-6, atol=1e-7)
            np.testing.assert_allclose(se[place], table["se"], rtol=1e-7)
            np.testing.assert_allclose(batch.df[place], table["df"], rtol=1e-6)
            assert batch.log_likelihood[place] == pytest.approx(fit.log_likelihood, rel=1e-11)


def test_full_likelihood_and_a_mean_model_of_its_own(stacked, wide_trials, to_long):
    """Baseline with one coefficient over all visits, by the map from features to coefficients."""
    y, z = stacked
    columns = np.zeros((7, 3, 15))
    for t in range(7):
        columns[t, 0, t] = columns[t, 2, 7 + t] = 1
        columns[t, 1, 14] = 1
    for method in ("reml", "ml"):
        batch = fit_mmrm_batch(y[:1], z[:1], columns=columns, contrasts=np.eye(15)[14], method=method, engine="numpy")
        fit = fit_mmrm("CHG ~ BASE + ARM*VISIT", to_long(wide_trials["00"]), subject="SUBJ", visit="VISIT",
                       method=method)  # fmt: skip
        row = fit.coefficients.row(1, named=True)
        np.testing.assert_allclose(batch.estimate[0, 0], row["estimate"], rtol=1e-6)
        np.testing.assert_allclose([batch.se[0, 0], batch.df[0, 0]], [row["se"], row["df"]], rtol=1e-6)
        assert batch.log_likelihood[0] == pytest.approx(fit.log_likelihood, rel=1e-11)
        assert np.isnan(batch.se_kenward_roger).all() == (method == "ml")


@pytest.fixture(scope="module")
def hard():
    """Make data sets of every difficulty, from plenty of subjects to too few."""
    random = np.random.default_rng(11)
    sets, n, visits = 40, 26, 4
    y = random.normal(size=(sets, n, 1)) + random.normal(size=(sets, n, visits)) * random.uniform(0.2, 3, (sets, 1, 1))
    y[random.random(y.shape) < np.linspace(0, 0.75, sets)[:, None, None]] = np.nan
    y[5] = 3.0  # no variation
    y[6, :, 2] = np.nan  # a visit without a value
    z = np.column_stack([np.ones(n), random.normal(20, 5, n), np.arange(n) % 2])
    return y, z


def test_failures_are_told_and_never_touch_the_others(hard):
    y, z = hard
    batch = fit_mmrm_batch(y, z, engine="numpy")
    assert batch.status[5] == batch.status[6] == 2
    assert 10 < batch.converged.sum() < len(y)
    assert sum(batch.failures.values()) == (~batch.converged).sum()
    for name in FIGURES:
        good = np.isfinite(getattr(batch, name)).reshape(len(y), -1)
        assert good[batch.converged].all(), name
        assert not good[~batch.converged].any(), name
    for place in (0, 12, 20):
        alone = fit_mmrm_batch(y[place : place + 1], z, engine="numpy")
        assert alone.status[0] == batch.status[place]
        np.testing.assert_allclose(alone.se[0], batch.se[place], rtol=1e-9)


def test_engines_agree(hard, stacked):
    pytest.importorskip("numba")
    for y, z in (stacked, hard):
        one, two = (fit_mmrm_batch(y, z, engine=engine) for engine in ("numpy", "numba"))
        np.testing.assert_array_equal(one.status, two.status)
        np.testing.assert_array_equal(one.steps[one.converged], two.steps[one.converged])
        for name in FIGURES:
            a, b = getattr(one, name)[one.converged], getattr(two, name)[one.converged]
            scale = one.se[one.converged] if name in {"estimate", "beta"} else np.abs(a)
            assert (np.abs(a - b) <= 1e-9 * np.maximum(np.abs(a), scale)).all(), name


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_engines_agree_on_a_mean_model_of_its_own(stacked, method):
    """One coefficient of baseline over all visits."""
    pytest.importorskip("numba")
    y, z = stacked
    columns = np.zeros((7, 3, 15))
    for t in range(7):
        columns[t, 0, t] = columns[t, 2, 7 + t] = columns[t, 1, 14] = 1
    one, two = (fit_mmrm_batch(y, z, columns=columns, method=method, engine=engine) for engine in ("numpy", "numba"))
    np.testing.assert_array_equal(one.status, two.status)
    for name in ("se", "se_kenward_roger", "df", "log_likelihood", "sigma"):
        np.testing.assert_allclose(getattr(two, name), getattr(one, name), rtol=1e-9)
    np.testing.assert_allclose((two.beta - one.beta) / one.se, 0, atol=1e-9)


@pytest.mark.parametrize(
    ("y", "options", "told"),
    [
        (np.zeros((2, 5)), {}, "data sets × subjects × visits"),
        (np.zeros((1, 5, 2)), {"features": np.ones((4, 1))}, "5 subjects"),
        (np.full((1, 5, 2), np.inf), {}, "infinite"),
        (np.zeros((1, 5, 2)), {"contrasts": [[1, 0, 0]]}, "2, one per coefficient"),
        (np.zeros((1, 5, 2)), {"engine": "jax"}, "'numba'"),
        (np.zeros((1, 5, 2)), {"features": np.full((5, 1), np.nan)}, "missing"),
    ],
)
def test_wrong_arrays(y, options, told):
    features = options.pop("features", np.ones((5, 1)))
    with pytest.raises(ValueError, match=told):
        fit_mmrm_batch(y, features, **options)
