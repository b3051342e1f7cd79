"""Type III tests of main effects beside interactions: F by nlme, Kenward–Roger by car, Satterthwaite by lmerTest."""

import csv
from collections import defaultdict

import polars as pl
import pytest

from myotrial.statistics import fit_mmrm


def sorted_name(term):
    return ":".join(sorted(term.split(":")))


@pytest.fixture(scope="module")
def figures(reference_folder):
    found = defaultdict(list)
    with (reference_folder / "r_terms.csv").open() as file:
        for row in csv.DictReader(file):
            found[row["case"]].append(row)
    return found


def check(fit, rows, **relative):
    """Compare every term; ``relative`` has the tolerance of each column."""
    found = {sorted_name(row["term"]): row for row in fit.test_terms().iter_rows(named=True)}
    assert set(found) == {sorted_name(row["term"]) for row in rows}
    for row in rows:
        got = found[sorted_name(row["term"])]
        assert got["num_df"] == int(row["num_df"])
        for name, tolerance in relative.items():
            assert got[name] == pytest.approx(float(row[name]), rel=tolerance), (row["term"], name)


@pytest.mark.parametrize(
    "formula",
    [
        "CHG ~ BASE + SEX + REGION + ARM*VISIT",
        "CHG ~ SEX + REGION + BASE*VISIT + ARM*VISIT",
        "CHG ~ BASE + SEX*ARM + REGION + ARM*VISIT + SEX:VISIT",
    ],
)
def test_marginal_tests_of_nlme(reference_folder, figures, formula):
    """The iteration of nlme stops a little short of the optimum; its denominators are of another kind."""
    data = pl.read_csv(reference_folder.parent / "mmrm" / "sim120x5_3arm.csv", null_values="NA")
    fit = fit_mmrm(formula, data, subject="SUBJ", visit="VISIT", df="satterthwaite")
    check(fit, figures[f"gls {formula}"], f=5e-5)


FORMULAS = ["y ~ base + arm*visit", "y ~ base*arm + arm*visit"]


def random_intercept(reference_folder, formula, df):
    data = pl.read_csv(reference_folder.parent / "mmrm" / "sim30x4.csv")
    return fit_mmrm(formula, data, subject="id", visit="visit", covariance="cs", df=df)


@pytest.mark.parametrize("formula", FORMULAS)
def test_satterthwaite_of_lmertest(reference_folder, figures, formula):
    """Denominators of several degrees of freedom hang a little on the basis of the hypothesis (5e-5 here)."""
    fit = random_intercept(reference_folder, formula, "satterthwaite")
    check(fit, figures[f"satterthwaite {formula}"], f=1e-6, denom_df=1e-4, p_value=1e-4)


@pytest.mark.parametrize("formula", FORMULAS)
def test_kenward_roger_of_car(reference_folder, figures, formula):
    """The weights of car (pbkrtest) are the expected information, ours as in R's mmrm the observed: a little apart."""
    fit = random_intercept(reference_folder, formula, "kenward-roger")
    check(fit, figures[f"kenward-roger {formula}"], f=1e-4, denom_df=1e-2, p_value=1e-3)
