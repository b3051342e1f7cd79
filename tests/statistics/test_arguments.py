"""What goes in: missing labels and numbers in every dress, one kind of label, single numbers, covariates."""

import math

import numpy as np
import polars as pl
import pytest

from myotrial import statistics as st

ARM = ["a"] * 4 + ["p"] * 4
EVENT = [1, 1, 1, 0, 1, 0, 0, 0]
AGE = [51, 44, 38, 60, 47, 55, 41, 66]


def with_third(replacement):
    return [*ARM[:2], replacement, *ARM[3:]]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (with_third(None), "a missing value at position 2"),
        (with_third(math.nan), "a missing value at position 2"),
        (np.array(with_third(math.nan), dtype=object), "a missing value at position 2"),
        (pl.Series(with_third(None)), "a missing value at position 2"),
        (pl.Series(with_third(None), dtype=pl.Categorical), "a missing value at position 2"),
        (with_third(""), "an empty string at position 2"),
        (np.array([*with_third("")]), "an empty string at position 2"),
        ([*ARM[:2], None, None, *ARM[4:7], None], "a missing value at position 2 and in 2 more"),
        (with_third(1), r"labels of mixed kinds \(int and str\)"),
        (np.ma.masked_array(ARM, mask=[0, 0, 1] + [0] * 5), "masked values"),
        (np.array([1.0, 1, math.nan, 1, 0, 0, 0, 0]), "a missing value at position 2"),
        (np.array(["2024-01-01", "NaT"] * 4, dtype="M8[D]"), "a missing value at position 1 and in 3 more"),
        ([("a",)] * 8, "2 dimensions|labels of kind tuple"),
    ],
)
def test_a_label_is_never_made_up(labels, message):
    """NumPy writes NaN among strings as 'nan', and would give an arm of that name."""
    for call in (
        lambda: st.estimate_log_rank(range(8), EVENT, labels),
        lambda: st.fit_ancova(AGE, labels, {}, "p"),
        lambda: st.estimate_association(EVENT, ARM, labels),
        lambda: (
            st.fit_counts(EVENT, ARM, {"site": labels}, "p")
            if np.asarray(labels).dtype.kind != "f"
            else call_log(labels)
        ),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def call_log(labels):
    return st.estimate_log_rank(range(8), EVENT, labels)


def test_labels_may_come_from_anywhere():
    expected = st.estimate_cmh(EVENT, ARM, reference="p").to_dict()
    for arm in (
        tuple(ARM),
        np.array(ARM),
        np.array(ARM, dtype=object),
        pl.Series(ARM),
        pl.Series(ARM, dtype=pl.Enum(["p", "a"])),
    ):
        assert st.estimate_cmh(pl.Series(EVENT), arm, reference="p").to_dict() == expected
    assert st.estimate_cmh([bool(e) for e in EVENT], [a == "a" for a in ARM]).to_dict() == expected
    assert st.estimate_cmh(EVENT, [int(a == "a") for a in ARM]).to_dict() == expected
    assert st.estimate_cmh(EVENT, [1 if a == "a" else 0.0 for a in ARM], reference=0).to_dict() == expected


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([1, None, 3], "nan at position 1"),
        ([1, math.nan, math.inf], "nan at position 1 and in 1 more"),
        ([1, "2,5", 3], "'2,5' at position 1"),
        (np.ma.masked_array([1.0, 2, 3], mask=[0, 1, 0]), "masked values"),
        (pl.Series([1.0, None, 3]), "nan at position 1"),
        ([[1, 2]], "2 dimensions"),
    ],
)
def test_a_number_is_never_made_up(numbers, message):
    for call in (st.estimate_mean, st.describe, st.estimate_signed_rank):
        with pytest.raises(ValueError, match=message):
            call(numbers)


@pytest.mark.parametrize("level", [95, 0, 1, math.nan, None, "0.95"])
def test_levels_that_are_none(level):
    for call in (
        lambda: st.estimate_proportion(3, 10, conf_level=level),
        lambda: st.estimate_mean([1, 2, 3], conf_level=level),
        lambda: st.estimate_cmh(EVENT, ARM, reference="p", conf_level=level),
    ):
        with pytest.raises(ValueError, match="conf_level: got"):
            call()


def test_single_numbers_that_are_none():
    with pytest.raises(ValueError, match="exposure: got 'x'; expected a finite number"):
        st.estimate_rate(3, "x")
    with pytest.raises(ValueError, match="horizon: got '3'; expected a number above 0"):
        st.estimate_restricted_mean([1, 2, 3], [1, 1, 1], "3")
    with pytest.raises(ValueError, match=r"count: got 3.5; expected a whole number"):
        st.estimate_proportion(3.5, 10)
    assert st.estimate_proportion(3.0, np.float64(10)) == st.estimate_proportion(3, 10)


MODELS = {
    "ancova": lambda covariates: st.fit_ancova(AGE, ARM, covariates, "p"),
    "logistic": lambda covariates: st.fit_logistic(EVENT, ARM, covariates, "p"),
    "counts": lambda covariates: st.fit_counts(EVENT, ARM, covariates, "p"),
    "cox": lambda covariates: st.fit_cox(AGE, EVENT, ARM, covariates, "p"),
    "standardised": lambda covariates: st.estimate_standardised_risk_difference(EVENT, ARM, covariates, "p"),
}


@pytest.mark.parametrize("model", MODELS)
def test_covariates(model):
    fit = MODELS[model]
    assert fit(None).to_dict() == fit({}).to_dict()
    with pytest.raises(ValueError, match="covariates: got a list; expected a mapping"):
        fit([AGE])
    for name in ("arm", "intercept"):
        with pytest.raises(ValueError, match=f"covariates: got the name '{name}', which the model has already"):
            fit({name: AGE})
    with pytest.raises(ValueError, match="lengths"):
        fit({"age": AGE[:5]})


@pytest.mark.parametrize("unit", [1e-7, 1e6])
def test_the_unit_of_a_covariate_changes_nothing(sim, unit):
    """Standard errors of the negative binomial once came out wrong for a covariate in millionths."""
    arm = sim["ARM"]
    for fit in (
        lambda age: st.fit_counts(sim["AECOUNT"], arm, {"age": age}, "PBO").rate_ratios["TRT"],
        lambda age: st.fit_logistic(sim["RESP"], arm, {"age": age}, "PBO").odds_ratios["TRT"],
        lambda age: st.fit_logistic(sim["RARE"], arm, {"age": age}, "PBO", penalty="firth").odds_ratios["TRT"],
        lambda age: st.fit_cox(sim["TIME"], sim["EVENT"], arm, {"age": age}, "PBO").hazard_ratios["TRT"],
        lambda age: st.fit_ancova(sim["TIME"], arm, {"age": age}, "PBO").differences["TRT"],
    ):
        plain, scaled = fit(sim["AGE"]), fit(sim["AGE"] * unit)
        got = (scaled.value, scaled.se, scaled.low, scaled.high)
        assert got == pytest.approx((plain.value, plain.se, plain.low, plain.high), rel=1e-6)


def test_strata_of_one_group_are_named():
    strata = ["x", "x", "z", "y", "x", "x", "y", "y"]
    said = "stratum 'z' has subjects of one group only and contributes nothing"
    for result in (
        st.estimate_association(EVENT, ARM, strata),
        st.estimate_permutation(AGE, ARM, strata, reference="p"),
        st.estimate_log_rank(AGE, EVENT, ARM, strata),
        st.estimate_cmh(EVENT, ARM, strata, reference="p"),
    ):
        assert said in result.warnings


def test_a_coefficient_without_information_is_not_given():
    """The youngest has the event first, every time: nothing is left that could tell the arms apart."""
    fit = st.fit_cox(range(1, 9), [1] * 8, [0, 1, 1, 0, 1, 0, 0, 1], {"x": [8, 7, 6, 5, 4, 3, 2, 1]}, 0)
    assert fit.coefficients["x"].value is None
    assert fit.hazard_ratios[1].value is None
    assert "'arm=1', 'x'" in fit.warnings[0]


def test_too_much_to_count_is_refused_at_once():
    """A table of 451 × 810,901 doubles would take 3 GB and an hour."""
    many = np.arange(450.0)
    with pytest.raises(ValueError, match="exact: got True for 450 and 450 values"):
        st.estimate_rank_sum(many, many + 0.5, exact=True)
    with pytest.raises(ValueError, match="pairs of values; expected no more than 50,000,000"):
        st.estimate_rank_sum(np.arange(8000), np.arange(8000))
    with pytest.raises(ValueError, match="pairs of values"):
        st.estimate_signed_rank(np.arange(1, 12_000))
