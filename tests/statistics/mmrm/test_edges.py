"""Edges: a clear result or a clear error, never a missing number in silence."""

import numpy as np
import polars as pl
import pytest

from myotrial.statistics import NotConverged, fit_mmrm

FORMULA = "chg ~ base + arm*visit"
ROLES = {"subject": "subject", "visit": "visit"}


def numbers_of(fit):
    table = fit.coefficients.drop("term").drop_nulls()
    return table.to_numpy()


def test_collinear_covariates_are_left_out(small_trial):
    data = small_trial(1, 40).with_columns(twice=2 * pl.col("base") + 1)
    plain = fit_mmrm(FORMULA, data, **ROLES)
    fit = fit_mmrm("chg ~ base + twice + arm*visit", data, **ROLES)
    assert fit.aliased == ("twice",)
    assert any("twice" in note for note in fit.notes)
    assert fit.coefficients.filter(pl.col("term") == "twice")["estimate"][0] is None
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    for column in ("estimate", "se", "df"):
        np.testing.assert_allclose(fit.lsmeans("arm", by="visit")[column], plain.lsmeans("arm", by="visit")[column])


def test_a_visit_missing_in_one_arm(small_trial):
    data = small_trial(2, 40).filter((pl.col("arm") == "active") | (pl.col("visit") != "week 012"))
    fit = fit_mmrm(FORMULA, data, **ROLES)
    assert len(fit.aliased) == 1
    table = fit.contrast("arm", by="visit")
    assert table["estimate"].null_count() == 1
    assert table.filter(pl.col("visit") == "week 012")["p_value"][0] is None
    assert fit.lsmeans("arm", by="visit")["estimate"].null_count() == 1


def test_repeated_rows_are_all_named(small_trial):
    data = small_trial(1, 10, missing=0)
    with pytest.raises(ValueError, match=r"'S00000' at 'week 004' in rows 1, 31; 'S00001' at 'week 008' in rows 5, 32"):
        fit_mmrm(FORMULA, pl.concat([data, data[[0, 4]]]), **ROLES)


def test_subject_without_data_is_told(small_trial):
    data = small_trial(1, 30).with_columns(
        chg=pl.when(pl.col("subject") == "S00003").then(None).otherwise(pl.col("chg"))
    )
    fit = fit_mmrm(FORMULA, data, **ROLES)
    assert fit.n_subjects == 29
    assert any("S00003" in note for note in fit.notes)


def test_constant_response():
    data = {"subject": [1, 1, 2, 2, 3, 3], "visit": ["a", "b"] * 3, "y": [4.0] * 6}
    with pytest.raises(ValueError, match="a response that varies"):
        fit_mmrm("y ~ visit", data, **ROLES)


def test_three_subjects():
    data = {"subject": [1, 1, 2, 2, 3, 3], "visit": ["a", "b"] * 3, "y": [4.0, 5, 2, 7, 3, 1]}
    fit = fit_mmrm("y ~ visit", data, df="kenward-roger", **ROLES)
    assert np.isfinite(numbers_of(fit)).all()
    # balanced and saturated: the covariance is the sample's, and the difference a paired t test with 2 df
    np.testing.assert_allclose(fit.sigma, np.cov([[4, 2, 3], [5, 7, 1]]), rtol=1e-8)
    row = fit.coefficients.row(1, named=True)
    differences = np.array([1.0, 5, -2])
    assert row["estimate"] == pytest.approx(differences.mean())
    assert row["se"] == pytest.approx(differences.std(ddof=1) / np.sqrt(3))
    assert row["df"] == pytest.approx(2)


def test_visit_with_one_subject(small_trial):
    data = small_trial(3, 30).filter((pl.col("visit") != "week 012") | (pl.col("subject") == "S00002"))
    with pytest.raises(NotConverged, match="week 012") as caught:
        fit_mmrm(FORMULA, data, **ROLES)
    assert caught.value.account["suspects"]
    fit = fit_mmrm("chg ~ base + arm + visit", data, fallback=("ar1h", "ar1", "cs"), **ROLES)
    assert fit.covariance in {"ar1", "cs"}
    assert any("was fitted instead" in note for note in fit.notes)
    assert np.isfinite(numbers_of(fit)).all()


def test_visits_never_together():
    random = np.random.default_rng(1)
    data = {"subject": np.arange(40), "visit": np.repeat(["a", "b"], 20), "y": random.normal(size=40)}
    with pytest.raises(NotConverged, match="never seen in the same subject"):
        fit_mmrm("y ~ visit", data, **ROLES)


def test_forty_visits(small_trial):
    data = small_trial(1, 60, visits=40, missing=0.3)
    fit = fit_mmrm("chg ~ base + arm + visit", data, covariance="ar1h", df="kenward-roger", **ROLES)
    assert np.isfinite(numbers_of(fit)).all()
    with pytest.raises(NotConverged, match=r"did not converge|cannot be estimated"):
        fit_mmrm("chg ~ base + arm + visit", data.filter(pl.col("subject") < "S00030"), **ROLES)


def test_visits_in_text_stand_by_their_numbers(small_trial):
    """First-order correlation depends on which visits are neighbours."""
    data = small_trial(1, 40, visits=3)
    text = data.with_columns(
        pl.col("visit").replace({"week 004": "week 4", "week 008": "week 8", "week 012": "week 12"})
    )
    one, two = (fit_mmrm(FORMULA, d, covariance="ar1", **ROLES) for d in (data, text))
    assert two.visits == ("week 4", "week 8", "week 12")
    assert two.log_likelihood == one.log_likelihood


@pytest.mark.parametrize(
    ("calls", "plain"),
    [
        ("poly(base, 2) + arm*visit", "base + square + arm*visit"),
        ("center(base) + arm*visit", "base + arm*visit"),
        ("C(arm)*visit + I(base**2) + base", "base + square + arm*visit"),
        ("0 + arm:visit + base", "base + arm*visit"),
        ("`a.base` + arm*visit", "base + arm*visit"),
    ],
)
def test_formulas_of_the_same_space(small_trial, calls, plain):
    """The full likelihood knows only the space of the columns."""
    data = small_trial(1, 40).with_columns(pl.col("base").alias("a.base"), square=pl.col("base") ** 2)
    one, two = (fit_mmrm(f"chg ~ {right}", data, method="ml", **ROLES) for right in (calls, plain))
    assert one.log_likelihood == pytest.approx(two.log_likelihood, rel=1e-10)


def test_intercept_alone(small_trial):
    data = small_trial(1, 30, visits=1, missing=0)
    fit = fit_mmrm("chg ~ 1", data, **ROLES)
    row = fit.coefficients.row(0, named=True)
    assert row["estimate"] == pytest.approx(data["chg"].mean())
    assert row["se"] == pytest.approx(data["chg"].std() / np.sqrt(30))
    assert row["df"] == pytest.approx(29)
    assert fit.predict().height == 30


def test_ten_thousand_subjects(small_trial):
    fit = fit_mmrm("chg ~ base*visit + arm*visit", small_trial(1, 10_000, visits=5, missing=0.2), df="kenward-roger",
                   **ROLES)  # fmt: skip
    assert fit.n_subjects > 9_900
    assert np.isfinite(numbers_of(fit)).all()


def test_one_visit_is_the_linear_model(small_trial):
    data = small_trial(1, 40, visits=1, missing=0)
    fit = fit_mmrm("chg ~ base + arm", data, df="kenward-roger", **ROLES)
    x = np.column_stack([np.ones(40), data["base"], data["arm"] == "placebo"])
    beta, square = np.linalg.lstsq(x, data["chg"].to_numpy(), rcond=None)[:2]
    np.testing.assert_allclose(fit.coefficients["estimate"], beta, rtol=1e-9)
    np.testing.assert_allclose(fit.sigma, [[square[0] / 37]], rtol=1e-8)
    np.testing.assert_allclose(fit.coefficients["df"], 37, rtol=1e-7)


@pytest.mark.parametrize(
    ("formula", "options", "told"),
    [
        (FORMULA, {"covariance": "sp"}, "'toeph'"),
        (FORMULA, {"df": "kr"}, "'kenward-roger'"),
        (FORMULA, {"df": "kenward-roger", "method": "ml"}, "reml"),
        (FORMULA, {"df": "kenward-roger", "vcov": "empirical"}, "vcov='model'"),
        (FORMULA, {"reference": {"arm": "nothing"}}, "'active', 'placebo'"),
        (FORMULA, {"levels": {"who": ["a"]}}, "columns of the model"),
        (FORMULA, {"weights": "zero"}, "weight of 0 or less in row 1, "),
        (FORMULA, {"group": "visit"}, "one group per subject"),
        (FORMULA, {"conf_level": 95}, "conf_level"),
        ("chg ~ bases + arm", {}, "no column 'bases'"),
        ("chg ~ base +", {}, "formula"),
        ("~ base", {}, "response"),
        ("arm ~ base", {}, "numbers"),
    ],
)
def test_wrong_options(small_trial, formula, options, told):
    data = small_trial(1, 10).with_columns(zero=pl.lit(0.0))
    with pytest.raises(ValueError, match=told):
        fit_mmrm(formula, data, **ROLES, **options)


@pytest.mark.parametrize("mark", [".", ","])
def test_numbers_stored_as_text_are_named(small_trial, mark):
    text = pl.col("base").cast(pl.String).str.replace(".", mark, literal=True)
    with pytest.raises(ValueError, match="base: got numbers stored as text"):
        fit_mmrm(FORMULA, small_trial(1, 30).with_columns(text), **ROLES)


def test_few_codes_in_text_stay_categories(small_trial):
    """Sites numbered in text are a factor, and so is whatever has its levels named."""
    data = small_trial(1, 30).with_columns(site=(pl.col("subject").hash(1) % 3).cast(pl.String))
    fit = fit_mmrm("chg ~ base + arm + site", data, **ROLES)
    assert [term for term in fit.coefficients["term"] if term.startswith("site")] == ["site1", "site2"]


def test_result_is_told(small_trial):
    fit = fit_mmrm(FORMULA, small_trial(1, 40), df="kenward-roger", group="arm", **ROLES)
    assert set(fit.sigma) == {"active", "placebo"}
    assert "unstructured covariance" in fit.footnote
    assert "one matrix for each arm" in fit.footnote
    assert "armplacebo" in fit.summary
    assert "<table>" in fit._repr_html_()
    assert fit.to_dict()["coefficients"][0]["term"] == "(Intercept)"
    means = fit.lsmeans("arm", margins="observed")
    np.testing.assert_allclose(
        means["estimate"][0] - means["estimate"][1],
        -fit.contrast("arm", margins="observed")["estimate"][0],
    )
    weeks = fit.lsmeans("arm", by="visit", at={"visit": ["week 004", "week 008"]})
    over = fit.lsmeans("arm", at={"visit": ["week 004", "week 008"]})
    np.testing.assert_allclose(over["estimate"][0], weeks.filter(pl.col("arm") == "active")["estimate"].mean())
