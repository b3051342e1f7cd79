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


def check(fit, rows, relative):
    found = {sorted_name(row["term"]): row for row in fit.test_terms().iter_rows(named=True)}
    assert set(found) == {sorted_name(row["term"]) for row in rows}
    for row in rows:
        got = found[sorted_name(row["term"])]
        assert got["num_df"] == int(row["num_df"])
        for name in ("f", "denom_df", "p_value"):
            if row[name]:
                assert got[name] == pytest.approx(float(row[name]), rel=relative), (row["term"], name)


@pytest.mark.parametrize(
    "formula",
    [
        "CHG ~ BASE + SEX + REGION + ARM*VISIT",
        "CHG ~ SEX + REGION + BASE*VISIT + ARM*VISIT",
        "CHG ~ BASE + SEX*ARM + REGION + ARM*VISIT + SEX:VISIT",
    ],
)
def test_marginal_tests_of_nlme(reference_folder, figures, formula):
    """The iteration of nlme stops a little short of the optimum."""
    data = pl.read_csv(reference_folder.parent / "mmrm" / "sim120x5_3arm.csv", null_values="NA")
    fit = fit_mmrm(formula, data, subject="SUBJ", visit="VISIT", df="satterthwaite")
    check(fit, figures[f"gls {formula}"], 2e-5)


@pytest.mark.parametrize("df", ["kenward-roger", "satterthwaite"])
@pytest.mark.parametrize("formula", ["y ~ base + arm*visit", "y ~ base*arm + arm*visit"])
def test_terms_of_a_random_intercept(reference_folder, figures, formula, df):
    data = pl.read_csv(reference_folder.parent / "mmrm" / "sim30x4.csv")
    fit = fit_mmrm(formula, data, subject="id", visit="visit", covariance="cs", df=df)
    check(fit, figures[f"{df} {formula}"], 2e-5)
