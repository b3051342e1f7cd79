"""Every fit of R mmrm that is at hand: coefficients, errors, degrees of freedom, least-squares means, contrasts."""

import json

import numpy as np
import polars as pl
import pytest

from myotrial.statistics import fit_mmrm

DF = {"Satterthwaite": "satterthwaite", "Between-Within": "between-within", "Residual": "residual"}
THREE = "CHG ~ BASE + SEX + REGION + ARM*VISIT"
TWO = "CHG ~ BASE*VISIT + ARM*VISIT"


def canonical(name):
    return ":".join(sorted(name.split(":")))


def agree(got, expected, relative, what):
    got, expected = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
    worst = np.abs(got - expected) / np.maximum(np.abs(expected), 1e-300)
    assert (worst <= relative).all(), f"{what}: {worst.max():.2e} at {got[worst.argmax()]} v {expected[worst.argmax()]}"


def options(figures):
    if figures.get("vcov") == "Kenward-Roger":
        return {"df": "kenward-roger-mmrm"}
    if figures.get("vcov") == "Kenward-Roger-Linear":
        return {"df": "kenward-roger"}
    vcov = figures.get("vcov", "Asymptotic")
    return {"df": DF[figures["method"]], "vcov": "model" if vcov == "Asymptotic" else vcov.lower()}


def options_of_key(key):
    """Options from the excerpt's key, which carries the method."""
    method, *sandwich = key.split("|")[2:] if key.count("|") > 1 else key.split("|")[1:]
    vcov = sandwich[0] if sandwich else (method if method.startswith("Kenward") else "Asymptotic")
    return options({"method": method, "vcov": vcov})


def check(fit, figures, arm, visit):
    names = figures["coef_names"]
    rows = {canonical(row["term"]): row for row in fit.coefficients.iter_rows(named=True)}
    ordered = [rows[canonical(name)] for name in names]
    assert len(rows) == len(names)
    agree(fit.log_likelihood, figures["logLik"], 1e-9, "log-likelihood")
    agree([fit.aic, fit.bic], [figures["AIC"], figures["BIC"]], 1e-9, "information criteria")
    assert (fit.n_rows, fit.n_subjects) == (figures["n_obs"], figures["n_subjects"])
    for name, column, relative in (("beta", "estimate", 1e-6), ("se", "se", 1e-6), ("df", "df", 1e-5)):
        agree([row[column] for row in ordered], figures[name], relative, name)
    if "sigma" in figures and not isinstance(figures["sigma"], dict):
        agree(fit.sigma, figures["sigma"], 1e-6, "sigma")
    if "emmeans" in figures:
        means, wanted = fit.lsmeans(arm, by=visit), figures["emmeans"]
        place = {(a, v): i for i, (a, v) in enumerate(zip(means[arm], means[visit], strict=True))}
        order = [place[str(a), str(v)] for a, v in zip(wanted[arm], wanted[visit], strict=True)]
        compare_table(means[order], wanted, "emmean")
    if "contrasts" in figures:
        found, wanted = fit.contrast(arm, by=visit, comparison="pairwise"), figures["contrasts"]
        place = {(c, v): i for i, (c, v) in enumerate(zip(found["contrast"], found[visit], strict=True))}
        order = [place[c, str(v)] for c, v in zip(wanted["contrast"], wanted[visit], strict=True)]
        if len(set(wanted["contrast"])) > 1:  # emmeans adjusts intervals and p-values of several pairs for multiplicity
            wanted = {name: wanted[name] for name in ("estimate", "SE", "df")}
        compare_table(found[order], wanted, "estimate")


def compare_table(found, wanted, estimate):
    names = {"estimate": estimate, "se": "SE", "df": "df", "low": "lower.CL", "high": "upper.CL", "p_value": "p.value"}
    for ours, theirs in names.items():
        if theirs in wanted and ours in found.columns:
            scale = np.abs(np.asarray(wanted["SE"])) if ours in {"estimate", "low", "high"} else 0.0
            expected = np.asarray(wanted[theirs], dtype=float)
            gap = np.abs(found[ours].to_numpy() - expected) / np.maximum(np.abs(expected), scale)
            limit = 1e-5 if ours in {"df", "p_value"} else 1e-6
            assert gap.max() <= limit, f"{theirs}: {gap.max():.2e}"


def fit_three(data, key, **more):
    model = key.split("|")[0]
    formula = "CHG ~ SEX + REGION + BASE*VISIT + ARM*VISIT" if "BASE*VISIT" in model else THREE
    return fit_mmrm(
        formula, data, subject="SUBJ", visit="VISIT", covariance=model.split(",")[0].split(" ")[0],
        method=key.split("|")[1].lower(), group="ARM" if "by ARM" in model else None,
        weights="WEIGHT" if "weights" in model else None, **more,
    )  # fmt: skip


def test_excerpt_of_three_arms(r_mmrm, three_arms):
    for key, figures in r_mmrm["sim120x5_3arm"].items():
        check(fit_three(three_arms, key, **options_of_key(key)), figures, "ARM", "VISIT")


def test_excerpt_of_seven_visits(r_mmrm, wide_trials, to_long):
    for key, figures in r_mmrm["sim126x7"].items():
        data = to_long(wide_trials[key.split("|")[0][-2:]])
        check(fit_mmrm(TWO, data, subject="SUBJ", visit="VISIT", **options_of_key(key)), figures, "ARM", "VISIT")


def test_joint_tests(r_mmrm, three_arms):
    interaction = [f"ARM{arm}:VISITV{v}" for v in range(2, 6) for arm in ("LOW", "HIGH")]
    hypotheses = {
        "ARM:VISIT interaction (8 df)": [{name: 1} for name in interaction],
        "REGION (2 df)": [{"REGIONR2": 1}, {"REGIONR3": 1}],
        "ARM at V5 (2 df)": [{"ARMLOW": 1, "ARMLOW:VISITV5": 1}, {"ARMHIGH": 1, "ARMHIGH:VISITV5": 1}],
    }
    methods = {"Satterthwaite": "satterthwaite", "Kenward-Roger": "kenward-roger-mmrm", "Kenward-Roger-Linear":
               "kenward-roger"}  # fmt: skip
    for method, df in methods.items():
        fit = fit_mmrm(THREE, three_arms, subject="SUBJ", visit="VISIT", df=df)
        terms = {row["term"]: row for row in fit.test_terms().iter_rows(named=True)}
        for name, rows in hypotheses.items():
            figures, test = r_mmrm["F_tests_us"][f"{method} {name}"], fit.test(rows)
            for found in (test, terms["ARM:VISIT"] if "inter" in name else terms["REGION"] if "REG" in name else test):
                agree(found["f"], figures["f_stat"], 1e-6, name)
                agree(found["denom_df"], figures["denom_df"], 1e-5, name)
                agree(found["p_value"], figures["p_val"], 1e-5, name)
                assert found["num_df"] == figures["num_df"]


def names_of(data, figures):
    if "coef_names" in figures:
        return figures
    twin = next(f for f in data["fits"].values() if "coef_names" in f and f["logLik"] == figures["logLik"])
    return {**figures, "coef_names": twin["coef_names"]}


def test_every_fit_of_three_arms(shared, three_arms):
    data = json.loads((shared / "reference/mmrm/sim120x5_3arm.json").read_text())
    assert len(data["fits"]) == 40
    for key, figures in data["fits"].items():
        check(fit_three(three_arms, key, **options(figures)), names_of(data, figures), "ARM", "VISIT")


def test_every_fit_of_seven_visits(shared, read_wide, to_long):
    data = json.loads((shared / "reference/mmrm/sim126x7.json").read_text())
    trials = read_wide(shared / "reference/mmrm/sim126x7.csv")
    for key, figures in data["fits"].items():
        fit = fit_mmrm(TWO, to_long(trials[key.split("|")[0][-2:]]), subject="SUBJ", visit="VISIT", **options(figures))
        check(fit, names_of(data, figures), "ARM", "VISIT")


def test_a_thousand_subjects(shared, read_wide, to_long):
    data = json.loads((shared / "reference/mmrm/sim1000x10.json").read_text())
    (trial,) = read_wide(shared / "reference/mmrm/sim1000x10.csv").values()
    for figures in data["fits"].values():
        fit = fit_mmrm(TWO, to_long(trial), subject="SUBJ", visit="VISIT", **options(figures))
        check(fit, names_of(data, figures), "ARM", "VISIT")


@pytest.fixture(scope="module")
def fev(shared):
    frame = pl.read_csv(shared / "reference/mmrm/fev_data.csv", null_values=["NA", ""])
    return frame.with_columns(pl.col("SEX").cast(pl.Enum(["Male", "Female"])))


def test_every_fit_of_fev(shared, fev):
    data = json.loads((shared / "reference/mmrm/fev.json").read_text())
    base = "FEV1 ~ RACE + SEX + ARMCD*AVISIT"
    for key, figures in data["fits"].items():
        kind, covariance, method = key.split("|")[:3]
        fit = fit_mmrm(
            "FEV1 ~ FEV1_BL*AVISIT + RACE + SEX + ARMCD*AVISIT" if kind == "fev_bl" else base, fev,
            subject="USUBJID", visit="AVISIT", covariance=covariance.split("_")[0], method=method.lower(),
            group="ARMCD" if kind == "fev_grouped" else None, weights="WEIGHT" if kind == "fev_weighted" else None,
            **options(figures),
        )  # fmt: skip
        check(fit, names_of(data, figures), "ARMCD", "AVISIT")
    for key, df in (("Satterthwaite", "satterthwaite"), ("Kenward-Roger", "kenward-roger-mmrm")):
        figures = data["F_tests_us_arm_by_visit"][f"{key} df_md arm:visit"]
        fit = fit_mmrm(base, fev, subject="USUBJID", visit="AVISIT", df=df)
        row = {r["term"]: r for r in fit.test_terms().iter_rows(named=True)}["ARMCD:AVISIT"]
        agree([row["f"], row["denom_df"], row["p_value"]], [figures[k] for k in ("f_stat", "denom_df", "p_val")], 1e-5,
              key)  # fmt: skip


def test_sas(shared, fev):
    """SAS's Kenward-Roger standard errors without second derivatives, and its degrees of freedom."""
    figures = json.loads((shared / "reference/mmrm/fev_sas.json").read_text())
    for covariance, (_, linear, df) in ((k, v) for k, v in figures.items() if k not in {"source", "columns"}):
        fit = fit_mmrm("FEV1 ~ ARMCD", fev, subject="USUBJID", visit="AVISIT", covariance=covariance,
                       df="kenward-roger")  # fmt: skip
        row = fit.coefficients.row(1, named=True)
        agree(row["se"], linear, 1e-3, covariance)
        agree(row["df"], df, 1e-3, covariance)


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("covariance", ["us", "ar1", "ar1h", "cs", "csh"])
def test_nlme(r_nlme, three_arms, covariance, method):
    figures = r_nlme[covariance, method]
    fit = fit_mmrm(THREE, three_arms, subject="SUBJ", visit="VISIT", covariance=covariance, method=method.lower())
    # nlme's search stops early: its likelihood is never above the optimum, and near it
    assert -1e-9 < fit.log_likelihood - figures["logLik"] < 1e-4
    for row in fit.coefficients.iter_rows(named=True):
        assert abs(row["estimate"] - figures[row["term"]]) < 2e-3 * row["se"]
