"""Every method of the table in docs/evidence/statistics.md that R computes too, against R's figures.

``FAMILIES`` is also what ``tests/reference/statistics/write_evidence.py`` reads to write that table: title → what
gives the figures, tolerance, and cases (name of R's case → the call, as a function of the data).
"""

from typing import Any, NamedTuple

import numpy as np
import pytest

from myotrial import statistics as st


class Family(NamedTuple):
    """One row of the table."""

    source: str
    tolerance: float
    cases: dict[str, Any]
    absolute: float = 1e-12


COUNTS = [(81, 263), (15, 148), (0, 20), (1, 29), (20, 20), (8, 19), (51, 120)]
TABLES = [(77, 84, 65, 86), (76, 84, 65, 86), (3, 10, 9, 12), (51, 120, 33, 120), (5, 56, 0, 29)]
EXACT_TABLES = [(7, 15, 12, 15), (3, 10, 9, 12), (1, 34, 7, 34), (0, 9, 4, 8)]
RATES = [(11, 800, 23, 1017), (6, 31.2, 4, 30.1), (0, 20, 5, 21.5), (7, 12, 0, 14)]
LEVELS = (0.9, 0.95)
FITS: dict[Any, Any] = {}  # one fit holds several cases; the data are the same in every test


def named(kind, numbers):
    return f"{kind} {' '.join(f'{number:g}' for number in numbers)}"


def proportion(interval):
    return {
        f"{interval} {count}/{n} at {level:g}": lambda _, a=(count, n, interval, level): st.estimate_proportion(*a)
        for count, n in COUNTS
        for level in LEVELS
    }


def over_strata(name, **options):
    return lambda d: getattr(st, name)(d["RESP"], d["ARM"], d["STRATUM"], reference="PBO", **options)


def association(response, group, strata, **options):
    return lambda d: st.estimate_association(d[response], d[group], d[strata], **options)


def rank_sum(k, level):
    def call(d):
        a, b = d["AGE"][d["ARM"] == "TRT"], d["AGE"][d["ARM"] == "PBO"]
        x, y = (part + 1e-3 * np.arange(1, len(part) + 1) for part in (a, b))
        return st.estimate_rank_sum(x[:k], y[: k + 2] + 0.0004, exact=True, conf_level=level)

    return call


def signed_rank(k, level):
    def call(d):
        a, b = d["AGE"][d["ARM"] == "TRT"], d["AGE"][d["ARM"] == "PBO"]
        x, y = (part + 1e-3 * np.arange(1, len(part) + 1) for part in (a, b))
        return st.estimate_signed_rank(x[:k], y[:k] + 0.0004, exact=True, conf_level=level)

    return call


def ages(name, exact, correct, size=None, digits=None):
    def call(d):
        a, b = (d["AGE"][d["ARM"] == arm][:size] for arm in ("TRT", "PBO"))
        if digits is not None:
            a, b = np.round(a, digits), np.round(b, digits)
        return getattr(st, name)(a, b, exact=exact, continuity_correction=correct)

    return call


def events(first, second, column="AECOUNT", **options):
    return lambda d: st.estimate_rank_sum(d[column][slice(*first)], d[column][slice(*second)], **options)


def permutation(rows, strata):
    def call(d):
        part = {name: column[:rows] for name, column in d.items()}
        return st.estimate_permutation(
            part["AECOUNT"], part["ARM"], part["STRATUM"] if strata else None, reference="PBO"
        )

    return call


def logistic(model, name, **options):
    def call(d):
        covariates = {"RESP": {"STRATUM": d["STRATUM"], "AGE": d["AGE"]}, "arms": {"AGE": d["AGE"]}}[model]
        arm, reference = (d["ARM"], "PBO") if model == "RESP" else (d["STRATUM"], "A")
        key = (model, *options.items())
        if key not in FITS:
            FITS[key] = st.fit_logistic(d["RESP"], arm, covariates, reference, **options)
        return FITS[key].coefficients[name]

    return call


def firth(model, name):
    def call(d):
        if model == "separated":
            event, arm, covariates = [1, 1, 1, 1, 0, 1, 0, 0], ["TRT"] * 4 + ["PBO"] * 4, {}
        else:
            event, arm, covariates = d[model], d["ARM"], {"AGE": d["AGE"]} if model == "RARE" else {}
        if ("firth", model) not in FITS:
            FITS["firth", model] = st.fit_logistic(event, arm, covariates, "PBO", penalty="firth")
        return FITS["firth", model].coefficients[name]

    return call


def logistic_cases(kind, **options):
    names = {"RESP": ["intercept", "arm=TRT", "STRATUM=B", "STRATUM=C", "AGE"], "arms": ["arm=B", "arm=C", "AGE"]}
    return {f"{kind} {m} {name}": logistic(m, name, **options) for m, some in names.items() for name in some}


FIRTH = [("RARE", name) for name in ("intercept", "arm=TRT", "AGE")] + [
    (model, name) for model in ("RESP", "separated") for name in ("intercept", "arm=TRT")
]


def standardised(adjusted, variance):
    def call(d):
        covariates = {"STRATUM": d["STRATUM"], "AGE": d["AGE"]} if adjusted else {}
        return st.estimate_standardised_risk_difference(d["RESP"], d["ARM"], covariates, "PBO", variance=variance)

    return call


def cox(ties, time, strata, part):
    def call(d):
        times = d["TIME"] if time == "TIME" else np.ceil(d["TIME"] / 4)
        groups = d["STRATUM"] if strata else None
        fit = st.fit_cox(times, d["EVENT"], d["ARM"], {"AGE": d["AGE"]}, "PBO", strata=groups, ties=ties)
        return fit if part == "model" else fit.tests[part] if part in fit.tests else fit.coefficients[part]

    return call


COX = [
    (ties, time, strata, part)
    for ties in ("efron", "breslow", "exact")
    for time in ("TIME", "ROUNDED")
    for strata in (False, True)
    for part in ("arm=TRT", "AGE", "model", "likelihood-ratio", "wald", "score")
]


def restricted(arm, tau):
    def call(d):
        rows = d["ARM"] == arm
        return st.estimate_restricted_mean(d["TIME"][rows], d["EVENT"][rows], tau)

    return call


def restricted_difference(tau):
    return lambda d: st.estimate_restricted_mean_difference(d["TIME"], d["EVENT"], d["ARM"], tau, reference="PBO")


def counts(model, name, **options):
    def call(d):
        covariates = {} if model == "alone" else {"STRATUM": d["STRATUM"], "AGE": d["AGE"]}
        fit = st.fit_counts(d["AECOUNT"], d["ARM"], covariates, "PBO", exposure=d["EXPOSURE"], **options)
        return fit if name == "model" else fit.coefficients[name]

    return call


def count_cases(kind, extra=(), **options):
    names = {"alone": ["intercept", "arm=TRT"], "adjusted": ["intercept", "arm=TRT", "STRATUM=B", "STRATUM=C", "AGE"]}
    return {f"{kind} {m} {name}": counts(m, name, **options) for m, some in names.items() for name in [*some, *extra]}


FAMILIES = {
    "Wilson interval": Family("`prop.test`", 1e-11, proportion("wilson")),
    "Clopper–Pearson interval": Family("`binom.test`", 1e-11, proportion("clopper-pearson")),
    "Jeffreys interval": Family("`qbeta`", 1e-9, proportion("jeffreys")),
    "Agresti–Coull interval": Family("written out in R", 1e-11, proportion("agresti-coull")),
    "risk difference, Miettinen–Nurminen: limits, p": Family(
        "likelihood maximised numerically in R",
        1e-6,
        {
            named("miettinen-nurminen", t): lambda _, t=t: st.estimate_risk_difference(*t, "miettinen-nurminen")
            for t in TABLES
        },
    ),
    "stratified risk difference, Miettinen–Nurminen score": Family(
        "likelihood maximised numerically in R",
        1e-6,
        {
            "miettinen-nurminen-score RESP": over_strata(
                "estimate_stratified_risk_difference", interval="miettinen-nurminen-score"
            )
        },
    ),
    "stratified risk difference, summary score": Family(
        "likelihood maximised numerically in R",
        1e-6,
        {
            "miettinen-nurminen-summary-score RESP": over_strata(
                "estimate_stratified_risk_difference", interval="miettinen-nurminen-summary-score"
            )
        },
    ),
    "stratified risk difference, Greenland–Robins": Family(
        "written out in R",
        1e-11,
        {"greenland-robins RESP": over_strata("estimate_stratified_risk_difference", interval="greenland-robins")},
    ),
    "stratified risk ratio": Family(
        "epiR", 1e-11, {"stratified risk ratio RESP": over_strata("estimate_stratified_risk_ratio")}
    ),
    "exact test over strata: p": Family(
        "`mantelhaen.test(exact = TRUE)`",
        1e-9,
        {
            f"exact cmh {y}": lambda d, y=y: st.estimate_exact_cmh(d[y], d["ARM"], d["STRATUM"], reference="PBO")
            for y in ("RESP", "RARE")
        },
    ),
    "generalised Cochran–Mantel–Haenszel, van Elteren": Family(
        "`mantelhaen.test`, coin",
        1e-10,
        {
            "association general": association("GRADE", "STRATUM", "ARM"),
            "association general two": association("GRADE", "ARM", "STRATUM"),
            "association row-means": association("GRADE", "STRATUM", "ARM", test="row-means"),
            "association row-means two": association("GRADE", "ARM", "STRATUM", test="row-means"),
            "association correlation": association("GRADE", "NUMBER", "ARM", test="correlation"),
            "association van elteren": association(
                "GRADE", "ARM", "STRATUM", test="row-means", scores="modified-ridit"
            ),
            "association van elteren three": association(
                "GRADE", "STRATUM", "ARM", test="row-means", scores="modified-ridit"
            ),
        },
    ),
    "Barnard (two statistics), Boschloo: p": Family(
        "all tables summed in R, searched over the common proportion",
        1e-6,
        {
            named(s, t): lambda _, s=s, t=t: st.estimate_barnard(*t, s)
            for s in ("z-pooled", "z-unpooled", "boschloo")
            for t in EXACT_TABLES
        },
    ),
    "rank sum and signed rank, exact: p, shift, limits": Family(
        "`wilcox.test`",
        1e-10,
        {
            f"{kind} exact {k} {level:g}": call(k, level)
            for kind, call in (("rank sum", rank_sum), ("signed rank", signed_rank))
            for k in (7, 12)
            for level in LEVELS
        },
    ),
    "rank sum and signed rank, exact under ties: p": Family(
        "exactRankTests",
        1e-9,
        {
            "rank sum exact tied": events((0, 12), (12, 30), exact=True),
            "rank sum exact tied 2": events((0, 20), (100, 115), "GRADE", exact=True),
            "signed rank exact tied": ages("estimate_signed_rank", True, True, 15, 0),
        },
    ),
    "rank sum and signed rank, normal: p, shift, limits": Family(
        "`wilcox.test`, whose search stops at 1e-4",
        5e-4,
        {
            **{f"rank sum normal {c}".lower(): ages("estimate_rank_sum", False, c) for c in (False, True)},
            **{f"signed rank normal {c}".lower(): ages("estimate_signed_rank", False, c) for c in (False, True)},
            **{
                f"rank sum tied {c}".lower(): events((0, 30), (30, 70), exact=False, continuity_correction=c)
                for c in (False, True)
            },
        },
        2e-4,
    ),
    "permutation test, all divisions, also stratified: p": Family(
        "coin (shift algorithm)",
        1e-9,
        {
            "permutation 14": permutation(14, False),
            "permutation 16 stratified": permutation(16, True),
        },
    ),
    "logistic regression: coefficients, errors, likelihood ratio p": Family("`glm`", 1e-8, logistic_cases("logistic")),
    "logistic regression: Wald limits": Family("`glm`", 1e-8, logistic_cases("logistic wald", interval="wald")),
    "logistic regression: profile limits": Family(
        "`glm` refitted with the coefficient as offset", 1e-7, logistic_cases("logistic profile")
    ),
    "Firth: coefficients, errors": Family("brglm2", 1e-8, {f"firth {m} {n}": firth(m, n) for m, n in FIRTH}),
    "Firth: profile limits, penalised likelihood ratio p": Family(
        "penalised likelihood maximised by `optim`", 1e-5, {f"firth profile {m} {n}": firth(m, n) for m, n in FIRTH}
    ),
    "standardised risk difference, model and robust variance": Family(
        "`glm`, sandwich, numerical gradient",
        1e-8,
        {
            f"standardised {'' if adjusted else 'alone '}{variance}": standardised(adjusted, variance)
            for adjusted in (True, False)
            for variance in ("model", "robust")
        },
    ),
    "Cox, three ways to treat ties, strata, three tests": Family(
        "`coxph`",
        1e-7,
        {
            f"cox {t} {time} {s} {part}".replace("True", "true").replace("False", "false"): cox(t, time, s, part)
            for t, time, s, part in COX
        },
    ),
    "restricted mean survival time and its difference": Family(
        "`survfit(rmean)`",
        1e-10,
        {
            **{f"restricted mean {arm} {tau}": restricted(arm, tau) for arm in ("TRT", "PBO") for tau in (6, 12, 18)},
            **{f"restricted mean difference {tau}": restricted_difference(tau) for tau in (6, 12, 18)},
        },
    ),
    "rate with exact interval": Family(
        "`poisson.test`",
        1e-10,
        {
            f"rate {count} {exposure:g} at {level:g}": lambda _, a=(count, exposure, level): st.estimate_rate(*a)
            for count, exposure in [(10, 25), (0, 12.5), (137, 24.19893), (1, 3)]
            for level in LEVELS
        },
    ),
    "rate ratio, exact: limits, p": Family(
        "`poisson.test`", 1e-9, {named("rate ratio", t): lambda _, t=t: st.estimate_rate_ratio(*t) for t in RATES}
    ),
    "rate ratio and difference, Wald": Family(
        "`glm` with log and identity link",
        1e-7,
        {
            **{named("rate ratio wald", t): lambda _, t=t: st.estimate_rate_ratio(*t, "wald") for t in RATES[:2]},
            **{named("rate difference wald", t): lambda _, t=t: st.estimate_rate_difference(*t) for t in RATES[:2]},
        },
    ),
    "rate difference, square-and-add": Family(
        "`poisson.test` limits combined in R",
        1e-9,
        {named("rate difference mover", t): lambda _, t=t: st.estimate_rate_difference(*t, "mover") for t in RATES},
    ),
    "Poisson regression": Family("`glm`", 1e-8, count_cases("poisson", family="poisson")),
    "negative binomial, dispersion taken as known": Family(
        "`MASS::glm.nb`", 1e-6, count_cases("glm.nb", ["model"], variance="fixed-dispersion")
    ),
    "negative binomial, joint information: errors": Family(
        "numerical second derivative in R", 1e-5, count_cases("joint")
    ),
}
ONLY_P = {"exact test over strata: p"}


def with_more_columns(sim):
    levels = {"A": 1.0, "B": 2.0, "C": 3.0}
    return {**sim, "GRADE": np.minimum(sim["AECOUNT"], 3), "NUMBER": np.array([levels[s] for s in sim["STRATUM"]])}


def differences(family, title, figures, data):
    """Yield case, quantity, our figure, R's, for all cases of a family."""
    for case, call in family.cases.items():
        result = call(data)
        for quantity, expected in figures[case].items():
            if title not in ONLY_P or quantity == "p_value":
                yield case, quantity, getattr(result, quantity), expected


@pytest.mark.parametrize("title", FAMILIES)
def test_figures_of_r(title, sim, r_figures):
    family = FAMILIES[title]
    for case, quantity, got, expected in differences(family, title, r_figures, with_more_columns(sim)):
        where = f"{title}: {case}, {quantity}: got {got}, R {expected}"
        assert (got is None) == (expected is None), where
        if expected is not None:
            assert got == pytest.approx(expected, rel=family.tolerance, abs=family.absolute), where
