"""Intercurrent events in imputation, and conditional means with the jackknife, against nlme, lm and loops in R."""

import csv
from collections import defaultdict

import numpy as np
import pytest

from myotrial import statistics as st

STRATEGIES = ("missing-at-random", "jump-to-reference", "copy-reference", "copy-increments")


def number(text):
    return float(text) if text else np.nan


@pytest.fixture(scope="module")
def trial(reference_folder):
    """44 simulated subjects, three visits, nine events; with gaps before an event and losses without one."""
    with (reference_folder / "sim44x3.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {
        "outcomes": np.array([[number(row[name]) for name in ("y1", "y2", "y3")] for row in rows]),
        "arm": [int(row["arm"]) for row in rows],
        "covariates": [float(row["base"]) for row in rows],
        "ice_visit": [int(row["ice"]) - 1 if row["ice"] else None for row in rows],
    }


@pytest.fixture(scope="module")
def figures(reference_folder):
    found = defaultdict(dict)
    with (reference_folder / "r_conditional_mean.csv").open() as file:
        for row in csv.DictReader(file):
            found[row["case"]][row["quantity"]] = float(row["value"])
    return found


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_conditional_mean_and_jackknife_of_r(trial, figures, strategy):
    """The iteration of nlme stops about 1e-6 short of the top of the likelihood."""
    found = st.estimate_conditional_mean_difference(**trial, strategy=strategy)
    for name, expected in figures[strategy].items():
        assert getattr(found, name) == pytest.approx(expected, rel=4e-5), name


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_drawn_values_have_these_means(trial, figures, strategy):
    """The mean over many draws of the parameters and values lies by the conditional mean (error about 0.05)."""
    data = st.impute_repeated_measure(**trial, strategy=strategy, m=400, iterations=20, seed=4)
    pooled = st.estimate_imputed_difference(data)
    assert pooled.value == pytest.approx(figures[strategy]["value"], abs=0.2)
    moved = st.estimate_imputed_difference(st.impute_repeated_measure(**trial, m=400, iterations=20, seed=4))
    if strategy != "missing-at-random":  # the strategies differ by more than that error
        assert pooled.value > moved.value + 0.2


def test_values_from_the_event_on_are_set_aside(trial):
    """They neither stay nor count: any other numbers there give the same values."""
    outcomes, events = trial["outcomes"], trial["ice_visit"]
    other = outcomes.copy()
    aside = np.zeros(outcomes.shape, dtype=bool)
    for row, at in enumerate(events):
        if at is not None:
            aside[row, at:] = True
    other[aside & ~np.isnan(outcomes)] = 1e6
    one, two = (
        st.impute_repeated_measure(**{**trial, "outcomes": values}, m=2, iterations=3, seed=1)
        for values in (outcomes, other)
    )
    assert np.array_equal(one.values, two.values)
    assert np.array_equal(one.missing, aside | np.isnan(outcomes))
    assert f"(seen values set aside: {int((aside & ~np.isnan(outcomes)).sum())})" in one.method
    kept = ~one.missing
    assert np.array_equal(one.values[0][kept], outcomes[kept])


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("covariance", ["common", "by-arm"])
def test_without_gaps_an_event_is_a_dropout(trial, strategy, covariance):
    """Where nothing else is missing, deleting the values from the event on must give the same imputations."""
    complete = np.where(np.isnan(trial["outcomes"]), 10.0, trial["outcomes"])
    deleted = complete.copy()
    for row, at in enumerate(trial["ice_visit"]):
        if at is not None:
            deleted[row, at:] = np.nan
    options = {"strategy": strategy, "covariance": covariance, "m": 2, "iterations": 3, "seed": 2}
    with_event = st.impute_repeated_measure(**{**trial, "outcomes": complete}, **options)
    without = st.impute_repeated_measure(**{**trial, "outcomes": deleted, "ice_visit": None}, **options)
    assert with_event.values == pytest.approx(without.values, abs=1e-12)


def test_the_event_decides_where_the_strategy_starts(trial):
    """A treated subject without event is missing at random; without any event given the strategy rules all gaps."""
    lost = np.isnan(trial["outcomes"]).any(axis=1) & (np.array(trial["arm"]) == 1)
    spared = np.flatnonzero(lost & [at is None for at in trial["ice_visit"]])
    assert len(spared) == 1
    options = {"strategy": "jump-to-reference", "m": 2, "iterations": 3, "seed": 3}
    data = st.impute_repeated_measure(**trial, **options)
    assert data.strategies[spared[0]] == "missing-at-random"
    events = [row for row, at in enumerate(trial["ice_visit"]) if at is not None and trial["arm"][row]]
    assert {data.strategies[row] for row in events} == {"jump-to-reference"}
    without = st.impute_repeated_measure(**{**trial, "ice_visit": None}, **options)
    assert without.strategies[spared[0]] == "jump-to-reference"


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([None] * 43, r"ice_visit: got 43 visits; expected one, or None, for each of 44 subjects"),
        ([3] + [None] * 43, r"ice_visit: got 3 at position 0; expected 0 to 2"),
        ([None, -1, 0.5] + [None] * 41, r"ice_visit: got -1 at position 1 and in 1 more; expected 0 to 2"),
        (["2"] + [None] * 43, r"ice_visit: got '2' at position 0"),
    ],
)
def test_impossible_events_are_refused(trial, events, message):
    for call in (st.estimate_conditional_mean_difference, lambda **data: st.impute_repeated_measure(**data, seed=1)):
        with pytest.raises(ValueError, match=message):
            call(**{**trial, "ice_visit": events})


def test_every_fault_of_a_call_is_told(trial):
    with pytest.raises(ValueError, match="conf_level") as caught:
        st.estimate_conditional_mean_difference(
            **{**trial, "ice_visit": [9] * 44}, strategy="locf", covariance="own", conf_level=95
        )
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["conf_level", "covariance", "strategy", "ice_visit"]
    with pytest.raises(ValueError, match="visit: got 3; expected -3 to 2"):
        st.estimate_conditional_mean_difference(**trial, visit=3)
