"""Regressions, times to event, rates and counts against R's figures; built as ``test_r_figures.py``."""

from typing import Any

import numpy as np
import pytest

from myotrial import statistics as st

RATES = [(11, 800, 23, 1017), (6, 31.2, 4, 30.1), (0, 20, 5, 21.5), (7, 12, 0, 14)]
LEVELS = (0.9, 0.95)
FITS: dict[Any, Any] = {}  # one fit holds several cases; the data are the same in every test


def named(kind, numbers):
    return f"{kind} {' '.join(f'{number:g}' for number in numbers)}"


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


def weighted(case, rho, gamma, time, group, strata):
    def call(d):
        times = d["TIME"] if time == "TIME" else np.ceil(d["TIME"] / 4)
        return st.estimate_log_rank(times, d["EVENT"], d[group], d[strata] if strata else None, rho=rho, gamma=gamma)

    return {case: call}


POWERS = [(0, 1), (1, 1), (0.5, 2)]


def proportional(ties, time, strata, scale, term):
    def call(d):
        key = ("cox", ties, time, strata)
        if key not in FITS:
            times = d["TIME"] if time == "TIME" else np.ceil(d["TIME"] / 4)
            covariates = {"AGE": d["AGE"]} if strata else {"AGE": d["AGE"], "STRATUM": d["STRATUM"]}
            groups = d["STRATUM"] if strata else None
            FITS[key] = st.fit_cox(times, d["EVENT"], d["ARM"], covariates, "PBO", strata=groups, ties=ties)
        return FITS[key].test_proportional_hazards(scale)[term]

    return call


PROPORTIONAL = [
    (ties, time, strata, scale, term)
    for ties in ("efron", "breslow")
    for time in ("TIME", "ROUNDED")
    for strata in (False, True)
    for scale in ("km", "rank", "log", "identity")
    for term in ("arm", "AGE", "global", *(() if strata else ("STRATUM",)))
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
    "logistic regression: coefficients, errors, likelihood ratio p": {
        "source": "`glm`",
        "tolerance": 1e-8,
        "cases": logistic_cases("logistic"),
    },
    "logistic regression: Wald limits": {
        "source": "`glm`",
        "tolerance": 1e-8,
        "cases": logistic_cases("logistic wald", interval="wald"),
    },
    "logistic regression: profile limits": {
        "source": "`glm` refitted with the coefficient as offset",
        "tolerance": 1e-7,
        "cases": logistic_cases("logistic profile"),
    },
    "Firth: coefficients, errors": {
        "source": "brglm2",
        "tolerance": 1e-8,
        "cases": {f"firth {m} {n}": firth(m, n) for m, n in FIRTH},
    },
    "Firth: profile limits, penalised likelihood ratio p": {
        "source": "penalised likelihood maximised by `optim`",
        "tolerance": 1e-5,
        "cases": {f"firth profile {m} {n}": firth(m, n) for m, n in FIRTH},
    },
    "standardised risk difference, model and robust variance": {
        "source": "`glm`, sandwich, numerical gradient",
        "tolerance": 1e-8,
        "cases": {
            f"standardised {'' if adjusted else 'alone '}{variance}": standardised(adjusted, variance)
            for adjusted in (True, False)
            for variance in ("model", "robust")
        },
    },
    "Cox, three ways to treat ties, strata, three tests": {
        "source": "`coxph`",
        "tolerance": 1e-7,
        "cases": {
            f"cox {t} {time} {s} {part}".replace("True", "true").replace("False", "false"): cox(t, time, s, part)
            for t, time, s, part in COX
        },
    },
    "log-rank with weights of survival": {
        "source": "`survdiff(rho =)`",
        "tolerance": 1e-10,
        "cases": {
            **weighted("weighted 0.5 two", 0.5, 0, "TIME", "ARM", None),
            **weighted("weighted 1 two", 1, 0, "TIME", "ARM", None),
            **weighted("weighted 0.5 three stratified", 0.5, 0, "ROUNDED", "STRATUM", "ARM"),
            **weighted("weighted 1 three stratified", 1, 0, "ROUNDED", "STRATUM", "ARM"),
        },
    },
    "log-rank with weights of Fleming and Harrington": {
        "source": "loop over event times in R",
        "tolerance": 1e-10,
        "cases": {
            **{
                k: v
                for r, g in POWERS
                for k, v in weighted(f"fleming-harrington {r} {g}", r, g, "TIME", "ARM", None).items()
            },
            **{
                k: v
                for r, g in POWERS
                for k, v in weighted(
                    f"fleming-harrington stratified {r} {g}", r, g, "ROUNDED", "ARM", "STRATUM"
                ).items()
            },
        },
    },
    "test of proportional hazards, four scales, ties, strata": {
        "source": "`cox.zph`",
        "tolerance": 1e-7,
        "cases": {
            f"proportional {t} {time} {s} {scale} {term}".replace("True", "true").replace(
                "False", "false"
            ): proportional(t, time, s, scale, term)
            for t, time, s, scale, term in PROPORTIONAL
        },
    },
    "restricted mean survival time and its difference": {
        "source": "`survfit(rmean)`",
        "tolerance": 1e-10,
        "cases": {
            **{f"restricted mean {arm} {tau}": restricted(arm, tau) for arm in ("TRT", "PBO") for tau in (6, 12, 18)},
            **{f"restricted mean difference {tau}": restricted_difference(tau) for tau in (6, 12, 18)},
        },
    },
    "rate with exact interval": {
        "source": "`poisson.test`",
        "tolerance": 1e-10,
        "cases": {
            f"rate {count} {exposure:g} at {level:g}": lambda _, a=(count, exposure, level): st.estimate_rate(*a)
            for count, exposure in [(10, 25), (0, 12.5), (137, 24.19893), (1, 3)]
            for level in LEVELS
        },
    },
    "rate ratio, exact: limits, p": {
        "source": "`poisson.test`",
        "tolerance": 1e-9,
        "cases": {named("rate ratio", t): lambda _, t=t: st.estimate_rate_ratio(*t) for t in RATES},
    },
    "rate ratio and difference, Wald": {
        "source": "`glm` with log and identity link",
        "tolerance": 1e-7,
        "cases": {
            **{named("rate ratio wald", t): lambda _, t=t: st.estimate_rate_ratio(*t, "wald") for t in RATES[:2]},
            **{named("rate difference wald", t): lambda _, t=t: st.estimate_rate_difference(*t) for t in RATES[:2]},
        },
    },
    "rate difference, square-and-add": {
        "source": "`poisson.test` limits combined in R",
        "tolerance": 1e-9,
        "cases": {
            named("rate difference mover", t): lambda _, t=t: st.estimate_rate_difference(*t, "mover") for t in RATES
        },
    },
    "Poisson regression": {"source": "`glm`", "tolerance": 1e-8, "cases": count_cases("poisson", family="poisson")},
    "negative binomial, dispersion taken as known": {
        "source": "`MASS::glm.nb`",
        "tolerance": 1e-6,
        "cases": count_cases("glm.nb", ["model"], variance="fixed-dispersion"),
    },
    "negative binomial, joint information: errors": {
        "source": "numerical second derivative in R",
        "tolerance": 1e-5,
        "cases": count_cases("joint"),
    },
}


@pytest.mark.parametrize("title", FAMILIES)
def test_figures_of_r(title, check_family):
    check_family(title, **FAMILIES[title])
