"""What must not change: order of rows, names, units; and the two frames."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myotrial.statistics import fit_mmrm

FORMULA = "chg ~ base*visit + arm*visit"
COLUMNS = ("estimate", "se", "df", "p_value")


def fit(data, **options):
    return fit_mmrm(FORMULA, data, subject="subject", visit="visit", **options)


@given(seed=st.integers(0, 10_000), covariance=st.sampled_from(["us", "ar1h", "toep", "csh"]))
@settings(max_examples=12, deadline=None)
def test_order_of_rows_and_names_of_subjects(small_trial, seed, covariance):
    data = small_trial(3, 30)
    mixed = data.sample(fraction=1, shuffle=True, seed=seed)
    names = np.random.default_rng(seed).permutation(30)
    mixed = mixed.with_columns(pl.col("subject").replace({f"S{i:05d}": f"T{names[i]}" for i in range(30)}))
    one, two = (fit(d, covariance=covariance, df="kenward-roger") for d in (data, mixed))
    for column in COLUMNS:
        np.testing.assert_allclose(one.coefficients[column], two.coefficients[column], rtol=1e-7)


@given(shift=st.floats(-1e4, 1e4), scale=st.floats(1e-4, 1e4), covariance=st.sampled_from(["us", "ar1", "adh"]))
@settings(max_examples=20, deadline=None)
def test_unit_of_the_response(small_trial, shift, scale, covariance):
    data = small_trial(6, 30)
    one = fit(data, covariance=covariance).contrast("arm", by="visit")
    two = fit(data.with_columns(pl.col("chg") * scale + shift), covariance=covariance).contrast("arm", by="visit")
    tolerance = 1e-6 * (1 + abs(shift) / scale * 1e-6)
    for column, factor in (("estimate", scale), ("se", scale), ("df", 1.0), ("t", 1.0)):
        np.testing.assert_allclose(two[column], factor * one[column], rtol=tolerance, atol=tolerance * factor)


def test_reference_level_turns_the_contrast(small_trial):
    data = small_trial(7, 30)
    one = fit(data, df="kenward-roger", reference={"arm": "placebo"})
    two = fit(data, df="kenward-roger", reference={"arm": "active"})
    a, b = one.contrast("arm", by="visit"), two.contrast("arm", by="visit")
    np.testing.assert_allclose(a["estimate"], -b["estimate"], rtol=1e-8)
    for column in ("se", "df", "p_value"):
        np.testing.assert_allclose(a[column], b[column], rtol=1e-7)
    np.testing.assert_allclose(one.test_terms()["f"].to_numpy(), two.test_terms()["f"].to_numpy(), rtol=1e-7)


def test_pandas_and_numeric_visits(small_trial):
    data = small_trial(7, 30).with_columns(pl.col("visit").str.slice(5).cast(pl.Int64))
    one, two = fit(data), fit(pandas_of(data))
    assert one.visits == (4, 8, 12)
    for column in COLUMNS:
        np.testing.assert_array_equal(one.coefficients[column], two.coefficients[column])


def pandas_of(data):
    return pd.DataFrame(data.to_dict(as_series=False))


def test_equal_weights_change_nothing_but_the_unit(small_trial):
    data = small_trial(9, 30).with_columns(four=pl.lit(4.0))
    one, two = fit(data), fit(data, weights="four")
    np.testing.assert_allclose(two.sigma, 4 * one.sigma, rtol=1e-7)
    np.testing.assert_allclose(two.coefficients["se"], one.coefficients["se"], rtol=1e-8)
    assert two.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-10)


def test_call_in_the_formula_is_the_column_made_before(small_trial):
    data = small_trial(9, 30).with_columns(log_base=pl.col("base").log())
    calls = fit_mmrm("chg ~ np.log(base) + arm*visit", data, subject="subject", visit="visit")
    plain = fit_mmrm("chg ~ log_base + arm*visit", data, subject="subject", visit="visit")
    assert calls.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(calls.contrast("arm", by="visit")["se"], plain.contrast("arm", by="visit")["se"])
    assert calls.coefficients["term"].to_list()[1:3] == ["np.log(base)", "armplacebo"]


def test_time_varying_covariate_and_its_split(small_trial):
    """A covariate that changes with time, by visit, is the same as one covariate per visit."""
    data = small_trial(11, 40).with_columns(z=pl.col("weight"))
    pieces = [pl.when(pl.col("visit") == v).then("z").otherwise(0.0).alias(f"z{i}")
              for i, v in enumerate(sorted(data["visit"].unique()))]  # fmt: skip
    one = fit_mmrm("chg ~ arm*visit + z:visit", data, subject="subject", visit="visit")
    two = fit_mmrm("chg ~ arm*visit + z0 + z1 + z2", data.with_columns(pieces), subject="subject", visit="visit")
    assert one.log_likelihood == pytest.approx(two.log_likelihood, rel=1e-11)
