"""A call with several bad arguments names all of them in one error, one on a line."""

import numpy as np
import pytest

from myotrial import statistics as st

BAD_LEVEL, BAD = 95, [1, 2, None]
X = {"x": [1, None, 3]}
CALLS = {
    "estimate_proportion": (lambda f: f(5, 3, "score", 95), ["count", "interval", "conf_level"]),
    "estimate_risk_difference": (lambda f: f(5, 3, 2, -1, "z", 95), ["count1", "n0", "interval", "conf_level"]),
    "estimate_odds_ratio": (lambda f: f(5, 3, 9, 8, 95), ["count1", "count0", "conf_level"]),
    "estimate_risk_ratio": (lambda f: f(5, 3, 9, 8, 95), ["count1", "count0", "conf_level"]),
    "estimate_fisher": (lambda f: f(5, 3, 9, 8, 95), ["count1", "count0", "conf_level"]),
    "estimate_chi_square": (lambda f: f(5, 3, 9, 8), ["count1", "count0"]),
    "estimate_barnard": (lambda f: f(5, 3, 9, 8, "z"), ["count1", "count0", "statistic"]),
    "estimate_cmh": (lambda f: f(BAD, [0, 1], ["a", None], conf_level=95), ["conf_level", "event", "strata"]),
    "estimate_exact_cmh": (lambda f: f([0, 1], [0, 2], conf_level=95), ["conf_level", "arm"]),
    "estimate_stratified_risk_ratio": (lambda f: f([0, 2], [0, 1, 1], ["a", ""]), ["event", "strata"]),
    "estimate_stratified_risk_difference": (
        lambda f: f([0, 1], [0, 1], ["a"], interval="z", conf_level=0),
        ["interval", "conf_level", "lengths"],
    ),
    "estimate_association": (
        lambda f: f(BAD, ["a"] * 3, test="row-means", scores="z"),
        ["scores", "group", "response"],
    ),
    "estimate_permutation": (lambda f: f(BAD, [0, 1, 1], ["a", ""], draws=0), ["values", "strata", "draws"]),
    "estimate_mean": (lambda f: f(BAD, 95), ["conf_level", "values"]),
    "estimate_mean_difference": (lambda f: f(BAD, ["x"], conf_level=95), ["conf_level", "a", "b"]),
    "estimate_rank_sum": (lambda f: f(BAD, ["x"], conf_level=95), ["conf_level", "a", "b"]),
    "estimate_signed_rank": (lambda f: f(BAD, ["x"], conf_level=95), ["conf_level", "a", "b"]),
    "fit_ancova": (
        lambda f: f(BAD, ["a", "b", "b"], X, "c", margins="om", conf_level=0),
        ["margins", "conf_level", "response", "reference", "x"],
    ),
    "fit_logistic": (
        lambda f: f([0, 1, 2], ["a", "b", None], X, "b", penalty="l2", interval="z", conf_level=0),
        ["penalty", "interval", "conf_level", "event", "arm", "x"],
    ),
    "estimate_standardised_risk_difference": (
        lambda f: f([0, 1, 2], ["a", "b", "b"], {**X, "arm": [1, 2, 3]}, "b", variance="z"),
        ["variance", "event", "covariates", "x"],
    ),
    "fit_counts": (
        lambda f: f([0, 1.5, 2], ["a", "b", "b"], X, "z", exposure=[1, 0, 1], family="f", variance="v"),
        ["family", "variance", "count", "exposure", "reference", "x"],
    ),
    "estimate_survival": (lambda f: f([1, -2], [0, 3], "z", 95), ["conf_type", "conf_level", "time", "event"]),
    "estimate_log_rank": (
        lambda f: f([1, -2], [0, 3], ["a", "a"], ["x"], rho=-1, gamma=np.inf),
        ["time", "event", "group", "rho", "gamma"],
    ),
    "fit_cox": (
        lambda f: f([1, 2, 3], [0, 3, 1], ["a", "b", "b"], X, "z", strata=["s", None, "s"], ties="z", conf_level=0),
        ["ties", "conf_level", "event", "reference", "x", "strata"],
    ),
    "estimate_restricted_mean": (lambda f: f([1, -2], [0, 3], -1), ["time", "event", "horizon"]),
    "estimate_restricted_mean_difference": (
        lambda f: f([1, 2], [0, 3], [0, 1, 2], 0, conf_level=95),
        ["arm", "conf_level", "event", "horizon"],
    ),
    "estimate_rate": (lambda f: f(-1, -1, 95), ["count", "exposure", "conf_level"]),
    "estimate_rate_ratio": (lambda f: f(-1, 2, 3, -4, "z", 95), ["count1", "exposure0", "interval", "conf_level"]),
    "estimate_rate_difference": (
        lambda f: f(1, 0, 3.5, "x", "z", 95),
        ["exposure1", "count0", "exposure0", "interval", "conf_level"],
    ),
    "combine_imputations": (
        lambda f: f([1.0], [-1.0], df_complete=0, conf_level=95),
        ["conf_level", "estimates", "variances", "df_complete"],
    ),
    "adjust_p_values": (lambda f: f([0.1, 2], "sidak", alpha=5), ["method", "p_values", "alpha"]),
    "impute_repeated_measure": (
        lambda f: f([[1, 2], [3, 4]], [0, 3], m=1, seed=-1, covariance="own"),
        ["m", "seed", "covariance", "arm"],
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_fault_is_told(name):
    call, expected = CALLS[name]
    with pytest.raises(ValueError, match="got") as caught:
        call(getattr(st, name))
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0].split(",")[0].split(" ")[0] for line in lines] == expected, caught.value
    assert all("; expected " in line for line in lines)


def test_every_estimator_is_asked():
    """Those left out read no data of their own, or are asked in another file."""
    elsewhere = {
        "estimate_after_stopping": "test_group_sequential",
        "estimate_imputed_difference": "data of impute_repeated_measure",
        "estimate_conditional_mean_difference": "test_conditional_mean",
        "fit_mmrm": "tests of the mixed models",
        "fit_mmrm_batch": "tests of the mixed models",
    }
    all_of_them = {name for name in st.__all__ if name.startswith(("estimate_", "fit_"))}
    assert all_of_them <= set(CALLS) | set(elsewhere)
