"""Every method of the table in docs/evidence/statistics.md that R computes too, against R's figures.

``FAMILIES`` is also what ``tests/reference/statistics/write_evidence.py`` reads to write that table: title → what
gives the figures, tolerance, and cases (name of R's case → the call, as a function of the data). The models and the
times to event are in ``test_r_figures_of_models.py``.
"""

import numpy as np
import pytest

from myotrial import statistics as st

COUNTS = [(81, 263), (15, 148), (0, 20), (1, 29), (20, 20), (8, 19), (51, 120)]
TABLES = [(77, 84, 65, 86), (76, 84, 65, 86), (3, 10, 9, 12), (51, 120, 33, 120), (5, 56, 0, 29)]
EXACT_TABLES = [(7, 15, 12, 15), (3, 10, 9, 12), (1, 34, 7, 34), (0, 9, 4, 8)]
CHI_TABLES = [(77, 84, 65, 86), (76, 84, 65, 86), (3, 10, 9, 12), (5, 5, 2, 6), (0, 9, 4, 8), (51, 120, 33, 120)]
LEVELS = (0.9, 0.95)


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


FAMILIES = {
    "Wilson interval": {"source": "`prop.test`", "tolerance": 1e-11, "cases": proportion("wilson")},
    "Clopper–Pearson interval": {"source": "`binom.test`", "tolerance": 1e-11, "cases": proportion("clopper-pearson")},
    "Jeffreys interval": {"source": "`qbeta`", "tolerance": 1e-9, "cases": proportion("jeffreys")},
    "Agresti–Coull interval": {"source": "written out in R", "tolerance": 1e-11, "cases": proportion("agresti-coull")},
    "risk difference, Miettinen–Nurminen: limits, p": {
        "source": "likelihood maximised numerically in R",
        "tolerance": 1e-6,
        "cases": {
            named("miettinen-nurminen", t): lambda _, t=t: st.estimate_risk_difference(*t, "miettinen-nurminen")
            for t in TABLES
        },
    },
    "Pearson's chi-square, also with Yates' correction": {
        "source": "`chisq.test`",
        "tolerance": 1e-10,
        "cases": {
            named(f"chi-square {str(c).lower()}", t): lambda _, t=t, c=c: st.estimate_chi_square(
                *t, continuity_correction=c
            )
            for t in CHI_TABLES
            for c in (False, True)
        },
    },
    "stratified risk difference, Miettinen–Nurminen score": {
        "source": "likelihood maximised numerically in R",
        "tolerance": 1e-6,
        "cases": {
            "miettinen-nurminen-score RESP": over_strata(
                "estimate_stratified_risk_difference", interval="miettinen-nurminen-score"
            )
        },
    },
    "stratified risk difference, summary score": {
        "source": "likelihood maximised numerically in R",
        "tolerance": 1e-6,
        "cases": {
            "miettinen-nurminen-summary-score RESP": over_strata(
                "estimate_stratified_risk_difference", interval="miettinen-nurminen-summary-score"
            )
        },
    },
    "stratified risk difference, Greenland–Robins": {
        "source": "written out in R",
        "tolerance": 1e-11,
        "cases": {
            "greenland-robins RESP": over_strata("estimate_stratified_risk_difference", interval="greenland-robins")
        },
    },
    "stratified risk ratio": {
        "source": "epiR",
        "tolerance": 1e-11,
        "cases": {"stratified risk ratio RESP": over_strata("estimate_stratified_risk_ratio")},
    },
    "exact test over strata: p": {
        "only": "p_value",
        "source": "`mantelhaen.test(exact = TRUE)`",
        "tolerance": 1e-9,
        "cases": {
            f"exact cmh {y}": lambda d, y=y: st.estimate_exact_cmh(d[y], d["ARM"], d["STRATUM"], reference="PBO")
            for y in ("RESP", "RARE")
        },
    },
    "generalised Cochran–Mantel–Haenszel, van Elteren": {
        "source": "`mantelhaen.test`, coin",
        "tolerance": 1e-10,
        "cases": {
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
    },
    "Barnard (two statistics), Boschloo: p": {
        "source": "all tables summed in R, searched over the common proportion",
        "tolerance": 1e-6,
        "cases": {
            named(s, t): lambda _, s=s, t=t: st.estimate_barnard(*t, s)
            for s in ("z-pooled", "z-unpooled", "boschloo")
            for t in EXACT_TABLES
        },
    },
    "rank sum and signed rank, exact: p, shift, limits": {
        "source": "`wilcox.test`",
        "tolerance": 1e-10,
        "cases": {
            f"{kind} exact {k} {level:g}": call(k, level)
            for kind, call in (("rank sum", rank_sum), ("signed rank", signed_rank))
            for k in (7, 12)
            for level in LEVELS
        },
    },
    "rank sum and signed rank, exact under ties: p": {
        "source": "exactRankTests",
        "tolerance": 1e-9,
        "cases": {
            "rank sum exact tied": events((0, 12), (12, 30), exact=True),
            "rank sum exact tied 2": events((0, 20), (100, 115), "GRADE", exact=True),
            "signed rank exact tied": ages("estimate_signed_rank", True, True, 15, 0),
        },
    },
    "rank sum and signed rank, normal: p, shift, limits": {
        "source": "`wilcox.test`, whose search stops at 1e-4",
        "tolerance": 5e-4,
        "cases": {
            **{f"rank sum normal {c}".lower(): ages("estimate_rank_sum", False, c) for c in (False, True)},
            **{f"signed rank normal {c}".lower(): ages("estimate_signed_rank", False, c) for c in (False, True)},
            **{
                f"rank sum tied {c}".lower(): events((0, 30), (30, 70), exact=False, continuity_correction=c)
                for c in (False, True)
            },
        },
        "absolute": 2e-4,
    },
    "permutation test, all divisions, also stratified: p": {
        "source": "coin (shift algorithm)",
        "tolerance": 1e-9,
        "cases": {
            "permutation 14": permutation(14, False),
            "permutation 16 stratified": permutation(16, True),
        },
    },
}


@pytest.mark.parametrize("title", FAMILIES)
def test_figures_of_r(title, check_family):
    check_family(title, **FAMILIES[title])
