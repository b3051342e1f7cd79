"""Every figure of the shared reference file of endpoints, made by R packages apart from ``generate.R``.

Each entry of the file is either computed here or named with the reason why not; a new entry fails the first test. The
file lies outside the repository; the tests are skipped where it is absent.
"""

import json

import numpy as np
import pytest

from myotrial import statistics as st

NOT_COMPUTED = {
    "versions": "no figure",
    "epiR_version": "no figure",
    "p_raw": "the input of p_adjust",
    "gee_independence": "there are no generalised estimating equations here; repeated measures are fit_mmrm",
    "gee_exchangeable": "as gee_independence",
    "gee_ar1": "as gee_independence",
}


@pytest.fixture
def r(shared_figures):
    return json.loads(shared_figures("endpoints/r.json").read_text())


def test_every_entry_is_accounted_for(r):
    assert set(r) == set(COMPUTED) | set(NOT_COMPUTED)


def exact(got, expected, rel=1e-10):
    return got, expected, {"rel": rel, "abs": 1e-13}


def four(d, event="RESP"):
    treated = d["ARM"] == "TRT"
    return [int(n) for rows in (treated, ~treated) for n in (d[event][rows].sum(), rows.sum())]


def strata(d):
    return d["RESP"], d["ARM"], d["STRATUM"]


def table(figures, d, _):
    y1, n1, y0, n0 = four(d)
    yield exact(figures, [[n0 - y0, y0], [n1 - y1, y1]])


def fisher(event):
    def check(figures, d, _):
        found = st.estimate_fisher(*four(d, event))
        yield exact(found.p_value, figures["p"], 1e-9)
        yield (found.low, found.high), figures["ci"], {"rel": 3e-3, "abs": 1e-6}  # R's search stops at 1e-4
        if "or_cmle" in figures:
            yield found.value, figures["or_cmle"], {"rel": 1e-3}

    return check


def cmh(corrected):
    def check(figures, d, _):
        found = st.estimate_cmh(*strata(d), reference="PBO", continuity_correction=corrected)
        yield exact([found.p_value, found.value, found.low, found.high], [figures["p"], figures["est"], *figures["ci"]])
        if not corrected:  # the statistic itself, from the same table as a test of association
            yield exact(st.estimate_association(*strata(d)).chi_square, figures["stat"])

    return check


def cmh_exact(figures, d, _):
    found = st.estimate_exact_cmh(*strata(d), reference="PBO")
    yield exact(found.p_value, figures["p"], 1e-9)
    yield [found.value, found.low, found.high], [figures["est"], *figures["ci"]], {"rel": 3e-3}  # as for Fisher
    yield exact((d["RESP"][d["ARM"] == "PBO"] == 0).sum(), figures["stat"])


def mantel_haenszel_difference(figures, d, _):
    for interval in ("sato", "greenland-robins"):
        found = st.estimate_stratified_risk_difference(*strata(d), reference="PBO", interval=interval)
        yield exact([found.value, found.se], [figures["est"], figures["se_" + interval.replace("-", "_")]])


def epi_ratio(figures, d, _):
    found = st.estimate_stratified_risk_ratio(*strata(d), reference="PBO")
    yield exact([found.value, found.low, found.high], [figures[name] for name in ("est", "lower", "upper")])


def epi_difference(figures, d, _):
    found = st.estimate_stratified_risk_difference(*strata(d), reference="PBO")
    yield exact([found.value, found.low, found.high], [figures[name] for name in ("est", "lower", "upper")])


def logistic(figures, d, _):
    covariates = {"STRATUM": d["STRATUM"], "AGE": d["AGE"]}
    names = {"ARMTRT": "arm=TRT", "STRATUMB": "STRATUM=B", "STRATUMC": "STRATUM=C", "AGE": "AGE"}
    wald, profile = (
        st.fit_logistic(d["RESP"], d["ARM"], covariates, "PBO", interval=interval) for interval in ("wald", "profile")
    )
    yield exact(wald.log_likelihood, figures["logLik"])
    for row, limits, name in zip(figures["coef"], figures["profile_ci"], figures["names"], strict=True):
        if name in names:  # the intercept here stands at the mean of the covariate
            found, other = wald.coefficients[names[name]], profile.coefficients[names[name]]
            yield exact([found.value, found.se, found.value / found.se, found.p_value], row, 1e-6)
            yield [other.low, other.high], limits, {"rel": 2e-3}  # R's confint interpolates a spline


def firth(figures, d, _):
    fit = st.fit_logistic(d["RARE"], d["ARM"], {"AGE": d["AGE"]}, "PBO", penalty="firth", interval="wald")
    for row, name in zip(figures["coef"][1:], ("arm=TRT", "AGE"), strict=True):
        found = fit.coefficients[name]
        yield exact([found.value, found.se, found.p_value], [row[0], row[1], row[3]], 1e-5)


def negative_binomial(figures, d, _):
    fit = st.fit_counts(d["AECOUNT"], d["ARM"], None, "PBO", exposure=d["EXPOSURE"], variance="fixed-dispersion")
    for row, name in zip(figures["coef"], ("intercept", "arm=TRT"), strict=True):
        found = fit.coefficients[name]
        yield exact([found.value, found.se, found.value / found.se, found.p_value], row, 1e-5)
    yield exact([fit.theta, fit.log_likelihood], [figures["theta"], figures["logLik"]], 1e-6)


def survival(d, arm):
    rows = d["ARM"] == arm
    return st.estimate_survival(d["TIME"][rows], d["EVENT"][rows])


def kaplan_meier(figures, d, _):
    for row in figures:
        curve = survival(d, row["arm"].removeprefix("ARM="))
        found = curve.survival_at([row["time"]])[0]
        got = [*curve.at_risk([row["time"]]), found.value, found.se, found.low, found.high]
        yield exact(got, [row[name] for name in ("n.risk", "surv", "se", "lo", "hi")])


def medians(figures, d, _):
    for row in figures:
        curve = survival(d, row["_row"].removeprefix("ARM="))
        got = [curve.n, sum(curve.n_events), curve.median.value, curve.median.low, curve.median.high]
        yield exact(got, [row[name] for name in ("records", "events", "median", "0.95LCL", "0.95UCL")])


def restricted(figures, d, _):
    for row in figures:
        rows = d["ARM"] == row["_row"].removeprefix("ARM=")
        found = st.estimate_restricted_mean(d["TIME"][rows], d["EVENT"][rows], 12)
        yield exact([found.value, found.se], [row["rmean"], row["se(rmean)"]])


def log_rank(by_stratum, **weights):
    def check(figures, d, _):
        found = st.estimate_log_rank(d["TIME"], d["EVENT"], d["ARM"], d["STRATUM"] if by_stratum else None, **weights)
        yield exact(found.chi_square, figures["chisq"])
        if "obs" in figures:
            yield exact([found.observed, found.expected], [figures["obs"], figures["exp"]])

    return check


def cox(ties):
    def check(figures, d, _):
        covariates = {"AGE": d["AGE"]}
        fit = st.fit_cox(d["TIME"], d["EVENT"], d["ARM"], covariates, "PBO", strata=d["STRATUM"], ties=ties)
        found = [fit.coefficients[name] for name in ("arm=TRT", "AGE")]
        yield exact([c.value for c in found], figures["coef"], 1e-7)
        yield exact([c.se for c in found], figures["se"], 1e-7)
        yield exact([fit.null_log_likelihood, fit.log_likelihood], figures["loglik"])
        yield exact(fit.tests["score"].chi_square, figures["score"], 1e-7)

    return check


def proportional(figures, d, _):
    fit = st.fit_cox(d["TIME"], d["EVENT"], d["ARM"], {"AGE": d["AGE"]}, "PBO")
    tests = fit.test_proportional_hazards()
    for name, row in zip(("arm", "AGE", "global"), figures, strict=True):
        yield exact([tests[name].chi_square, tests[name].df, tests[name].p_value], row, 1e-7)


def adjusted(figures, _, r):
    """Columns of the file: Bonferroni, Holm, Hochberg, Hommel; two that do not hold the familywise rate."""
    for column, method in enumerate(("bonferroni", "holm", "hochberg", "hommel")):
        yield exact(st.adjust_p_values(r["p_raw"], method).adjusted, [row[column] for row in figures])


def looks(boundary):
    def check(figures, _, __):
        design = st.design_group_sequential([1 / 3, 2 / 3, 1], boundary=boundary)
        yield design.upper, figures["z"], {"abs": 1e-6}
        yield design.alpha_spent, figures["alphaSpent"], {"abs": 1e-7}
        yield design.nominal_p, figures["stageLevels"], {"abs": 1e-7}

    return check


def means_size(figures, _, __):
    yield exact(st.size_two_means(5, 10, power=0.9).n0_exact, figures["n_per_arm"], 1e-6)


def proportions_size(figures, _, __):
    yield exact(st.size_two_proportions(0.5, 0.3, power=0.9).n0_exact, figures["n_per_arm"], 1e-6)


COMPUTED = {
    "table": table,
    "fisher": fisher("RESP"),
    "fisher_rare": fisher("RARE"),
    "cmh_nocorr": cmh(False),
    "cmh_corr": cmh(True),
    "cmh_exact": cmh_exact,
    "mh_risk_difference": mantel_haenszel_difference,
    "epiR_RR_mh": epi_ratio,
    "epiR_ARisk_mh_sato": epi_difference,
    "logistic": logistic,
    "firth_brglm2_AS_mean": firth,
    "negbin": negative_binomial,
    "km_loglog": kaplan_meier,
    "km_median": medians,
    "rmst12": restricted,
    "logrank": log_rank(False),
    "logrank_stratified": log_rank(True),
    "wilcoxon_G1": log_rank(False, rho=1),
    "cox_strata_efron": cox("efron"),
    "cox_strata_breslow": cox("breslow"),
    "cox_strata_exact": cox("exact"),
    "cox_zph_default": proportional,
    "p_adjust": adjusted,
    "gs3_asOF": looks("obrien-fleming-like"),
    "gs3_asP": looks("pocock-like"),
    "gs3_OF": looks("obrien-fleming"),
    "gs3_P": looks("pocock"),
    "ss_means": means_size,
    "ss_props": proportions_size,
}


@pytest.mark.parametrize("name", COMPUTED)
def test_figures(r, sim, name):
    for got, expected, tolerance in COMPUTED[name](r[name], sim, r):
        numbers = np.asarray(expected, dtype=float)  # R's NA is None here and there: both become NaN
        assert np.asarray(got, dtype=float) == pytest.approx(numbers, nan_ok=True, **tolerance)
