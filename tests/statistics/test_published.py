"""Figures printed in papers, books and by SAS, for the methods that the other files hold against R only."""

import json

import numpy as np
import pytest
from scipy.stats import f as f_law

from myotrial.statistics import (
    estimate_association,
    estimate_barnard,
    estimate_exact_cmh,
    estimate_fisher,
    estimate_rank_sum,
    estimate_rate_ratio,
    estimate_risk_difference,
    estimate_signed_rank,
    estimate_stratified_risk_difference,
    estimate_stratified_risk_ratio,
    fit_ancova,
    fit_cox,
    fit_logistic,
)


def subjects(tables):
    """Turn events and sizes (y1, n1, y0, n0), one row per stratum, into event, arm and stratum of every subject."""
    event, arm, strata = [], [], []
    for number, (y1, n1, y0, n0) in enumerate(tables):
        event += [1] * y1 + [0] * (n1 - y1) + [1] * y0 + [0] * (n0 - y0)
        arm += [1] * n1 + [0] * n0
        strata += [number] * (n1 + n0)
    return event, arm, strata


def ends(estimate, digits):
    return round(estimate.low, digits), round(estimate.high, digits)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0528, 0.3382),
        ((9, 10, 3, 10), 0.1700, 0.8406),
        ((10, 10, 0, 20), 0.7156, 1.0),
        ((4, 8, 4, 8), -0.4515, 0.4515),
    ],
)
def test_miettinen_nurminen_limits(counts, low, high):
    """Newcombe 1998, Stat Med 17:873-890, and Proc. Western Users of SAS Software 2016, paper 127."""
    assert ends(estimate_risk_difference(*counts, "miettinen-nurminen"), 4) == (low, high)


def test_miettinen_nurminen_limits_of_sas():
    """3/83 against 0/46: printed by SAS as -0.043 to 0.101 (quoted in the tests of the R package cicalc)."""
    assert ends(estimate_risk_difference(3, 83, 0, 46, "miettinen-nurminen"), 3) == (-0.043, 0.101)


# 200 simulated subjects in four strata; limits by SAS, quoted in the tests of the R package cicalc.
CICALC = [(13, 26, 15, 23), (20, 28, 15, 22), (15, 26, 20, 33), (12, 20, 12, 22)]


@pytest.mark.parametrize(
    ("interval", "low", "high"),
    [
        ("miettinen-nurminen-iterated", -0.16116, 0.10954),
        ("miettinen-nurminen-summary-score", -0.15440, 0.10902),
    ],
)
def test_stratified_score_intervals_of_sas(interval, low, high):
    assert ends(estimate_stratified_risk_difference(*subjects(CICALC), interval=interval), 5) == (low, high)


def test_stratified_newcombe_of_cicalc():
    """80 simulated subjects in six strata, weights of Mantel and Haenszel; printed by the R package cicalc."""
    tables = [(8, 9, 3, 6), (4, 4, 6, 12), (2, 5, 2, 5), (5, 7, 3, 4), (6, 7, 3, 8), (5, 8, 3, 5)]
    estimate = estimate_stratified_risk_difference(*subjects(tables), interval="newcombe")
    assert round(estimate.value, 3) == 0.254
    assert ends(estimate, 4) == (0.0347, 0.4454)


# Infection cured by drug and control cream in eight centres; Agresti, Categorical Data Analysis, 3rd ed., p. 226.
CREAM = [
    (11, 36, 10, 37), (16, 20, 22, 32), (14, 19, 7, 19), (2, 16, 1, 17),
    (6, 17, 0, 12), (1, 11, 0, 10), (1, 5, 1, 9), (4, 6, 6, 7),
]  # fmt: skip


def test_common_differences_and_ratio_of_eight_centres():
    """Agresti p. 231 prints 0.130 with standard error 0.050; the R package cicalc prints the limits."""
    rows = subjects(CREAM)
    sato = estimate_stratified_risk_difference(*rows)
    assert (round(sato.value, 3), round(sato.se, 3), *ends(sato, 4)) == (0.130, 0.050, 0.0313, 0.2284)
    binomial = estimate_stratified_risk_difference(*rows, interval="greenland-robins")
    assert ends(binomial, 4) == (0.0348, 0.2249)
    ratio = estimate_stratified_risk_ratio(*rows)
    assert (round(ratio.value, 3), *ends(ratio, 4)) == (1.424, 1.0786, 1.8812)


def test_common_risk_ratio_of_the_sas_migraine_example():
    """SAS/STAT, PROC FREQ, example of the Cochran–Mantel–Haenszel statistics: 2.1636 (1.2336 to 3.7948)."""
    ratio = estimate_stratified_risk_ratio(*subjects([(16, 27, 5, 25), (12, 28, 7, 26)]))
    assert (round(ratio.value, 4), *ends(ratio, 4)) == (2.1636, 1.2336, 3.7948)


def test_exact_test_of_penicillin_in_rabbits():
    """Agresti's data in the manual of R's mantelhaen.test, which prints p 0.03994 and odds ratio 10.36102.

    Its limits, 1.0774 and 529.84, come from a search that stops at 1e-4 in the ratio or its inverse.
    """
    estimate = estimate_exact_cmh(*subjects([(0, 6, 0, 5), (3, 6, 0, 6), (6, 6, 2, 6), (5, 6, 6, 6), (2, 2, 5, 5)]))
    assert round(estimate.p_value, 5) == 0.03994
    assert estimate.value == pytest.approx(10.36102, rel=1e-5)
    assert estimate.low == pytest.approx(1.07740143, rel=1e-4)
    assert 1 / estimate.high == pytest.approx(1 / 529.83739902, abs=1e-5)


def test_generalised_tests_of_job_satisfaction():
    """Agresti, Categorical Data Analysis, 2nd ed., table 7.8: three tests of 104 subjects by income within gender."""
    female = [[1, 3, 11, 2], [2, 3, 17, 3], [0, 1, 8, 5], [0, 2, 4, 2]]
    male = [[1, 1, 2, 1], [0, 3, 5, 1], [0, 0, 7, 3], [0, 1, 9, 6]]
    cells = np.array([female, male])
    gender, income, satisfaction = (np.repeat(index.ravel(), cells.ravel()) for index in np.indices(cells.shape))
    income_score, satisfaction_score = np.array([3, 10, 20, 35])[income], np.array([1, 3, 4, 5])[satisfaction]
    general = estimate_association(satisfaction, income, gender)
    assert (round(general.chi_square, 4), general.df, round(general.p_value, 4)) == (10.2001, 9, 0.3345)
    means = estimate_association(satisfaction_score, income, gender, test="row-means")
    assert (round(means.chi_square, 4), means.df, round(means.p_value, 4)) == (9.0342, 3, 0.0288)
    trend = estimate_association(satisfaction_score, income_score, gender, test="correlation")
    assert (round(trend.chi_square, 4), trend.df, round(trend.p_value, 4)) == (6.1563, 1, 0.0131)


def test_barnard_and_fisher_of_a_vaccine_trial():
    """Mehta and Senchaudhuri 2003: 7/15 against 12/15, one-sided 0.0341 by Barnard and 0.0641 by Fisher."""
    assert round(estimate_barnard(7, 15, 12, 15).p_value / 2, 4) == 0.0341
    assert estimate_fisher(7, 15, 12, 15).p_value == pytest.approx(2 * 0.0641, abs=1e-4)


def test_rank_tests_of_hollander_and_wolfe():
    """Nonparametric Statistical Methods: permeability (p 0.2544 two-sided) and depression scores (p 0.03906)."""
    term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    early = [1.15, 0.88, 0.90, 0.74, 1.21]
    shift = estimate_rank_sum(term, early)
    assert round(shift.p_value, 4) == 0.2544
    assert (round(shift.value, 3), *ends(shift, 2)) == (0.305, -0.15, 0.76)
    first = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    pairs = estimate_signed_rank(first, second)
    assert (round(pairs.p_value, 5), round(pairs.value, 2)) == (0.03906, 0.46)


def test_firth_in_a_two_by_two_table_adds_a_half_to_every_cell():
    """Known in closed form (Firth 1993): for a saturated model the penalty is half a subject in every cell."""
    fit = fit_logistic(
        *(np.array(part) for part in ([1, 1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0])), {}, 0, penalty="firth"
    )
    assert fit.odds_ratios[1].value == pytest.approx(3.5 * 4.5 / (0.5 * 0.5), rel=1e-8)
    assert fit_logistic([1, 1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0], {}, 0).odds_ratios[1].value is None


def test_cox_of_the_leukaemia_remissions():
    """Freireich's data: log hazard ratio 1.509 (SE 0.410) by Breslow, 1.572 (0.412) by Efron, 1.628 (0.433) exact."""
    time = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    time += [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    event = [1] * 21 + [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    arm = ["placebo"] * 21 + ["6-MP"] * 21
    for ties, value, se in [("breslow", 1.509, 0.410), ("efron", 1.572, 0.412), ("exact", 1.628, 0.433)]:
        coefficient = fit_cox(time, event, arm, {}, "6-MP", ties=ties).coefficients["arm=placebo"]
        assert (round(coefficient.value, 3), round(coefficient.se, 3)) == (value, se)


def test_rate_ratio_of_breast_cancer_after_fluoroscopy():
    """Rothman and Greenland, in the manual of R's poisson.test: 41 in 28,010 and 15 in 19,017 person-years."""
    ratio = estimate_rate_ratio(41, 28010, 15, 19017)
    assert round(ratio.value, 6) == 1.855759
    assert ends(ratio, 6) == (1.005684, 3.609300)  # as R 4.2.2 prints it
    assert round(ratio.p_value, 5) == 0.04085


def test_dose_response_of_the_cdisc_pilot_report(cdisc):
    """Table 14-3.01: dose as a number, p 0.2447, F 1.36, model sum of squares 610.477907, error mean square 26.488895.

    The sites play the arms, so that the dose can be a number; the F test compares the fits with it and without.
    """
    data = json.loads((cdisc / "adam_dsjson" / "adadas.json").read_text())
    names = [column["name"] for column in data["columns"]]
    flags = {"EFFFL": "Y", "ITTFL": "Y", "ANL01FL": "Y", "PARAMCD": "ACTOT", "AVISITN": 24}
    rows = [dict(zip(names, row, strict=True)) for row in data["rows"]]
    rows = [row for row in rows if all(row[name] == flag for name, flag in flags.items())]
    change, dose, site, base = (np.array([row[name] for row in rows]) for name in ("CHG", "TRTPN", "SITEGR1", "BASE"))
    sites = np.unique(site).tolist()
    without = fit_ancova(change, site, {"BASE": base}, sites[0])
    fit = fit_ancova(change, site, {"BASE": base, "DOSE": dose.astype(float)}, sites[0])
    assert (fit.error_df, round(fit.mean_square, 6)) == (221, 26.488895)
    error = fit.mean_square * fit.error_df
    f = (without.mean_square * without.error_df - error) / fit.mean_square
    assert round(f, 2) == 1.36
    assert round(float(f_law.sf(f, 1, 221)), 4) == 0.2447
    assert round(float(((change - change.mean()) ** 2).sum()) - error, 6) == 610.477907
