"""All outcomes of the four trials on simulated data: each has its rows; counts and rates fit a second count."""

import csv
import importlib.util
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from myotrial.analysis.analyse import analyse
from myotrial.simulation.study import simulate_study
from myotrial.trials.loading import list_trials, load_trial

SECOND = Path(__file__).resolve().parents[1] / "reference" / "outcomes" / "second_derivation.py"
TABLES = ("subjects", "visits", "events", "doses", "infusions", "adverse_events")
BANDS = {
    "never": None,
    "at least once": "at least once (≥ 1)",
    "exactly twice": "exactly 2",
    "at least twice": "at least 2 (≥ 2)",
    "more than twice": "more than 2 (> 2)",
    "worse": "worse (< 0)",
    "no change": "no change (= 0)",
    "no reduction": "no reduction (≥ 0)",
    "at least 1 level better": "at least 1 level (≥ 1)",
    "exactly 2 levels better": "exactly 2 levels (= 2)",
    "at least 2 levels better": "at least 2 levels (≥ 2)",
    "more than 2 levels better": "more than 2 levels (> 2)",
}
"""Band of the definitions → its name in the second count."""


@pytest.fixture(scope="module")
def second():
    spec = importlib.util.spec_from_file_location("second_derivation", SECOND)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def as_text(frame):
    return list(csv.DictReader(io.StringIO(frame.write_csv())))


@pytest.fixture(scope="module", params=list_trials())
def trial(request):
    return load_trial(request.param)


@pytest.fixture(scope="module")
def study(trial):
    return simulate_study(trial, 80, seed=21)


@pytest.fixture(scope="module")
def results(trial, study):
    return analyse(trial, study)


def test_every_outcome_has_rows_that_say_what_they_rest_on(trial, results):
    for outcome in trial.outcomes:
        rows = results.outcome(outcome.id)
        assert rows.height > 0, outcome.id
        assert set(rows["title"]) == {outcome.name}
        for column in ("variable", "population", "statistic", "arm", "n", "method", "handling", "estimand", "source"):
            assert rows[column].null_count() == 0, (outcome.id, column)
        arms = {arm.id for arm in trial.arms} | ({"all"} if outcome.pooled else set())
        assert set(rows["arm"]) <= arms
        without = rows.filter(pl.col("estimate").is_null())
        assert without["warnings"].null_count() == 0, outcome.id


def test_each_arm_has_its_row(trial, results):
    """Whatever is shown per arm is shown of every arm, and whatever is compared, once."""
    for outcome in trial.outcomes:
        rows = results.outcome(outcome.id).filter(pl.col("reference").is_null())
        keys = ["statistic", "part", "level", "week", "method", "n"]
        arms = len(trial.arms) + outcome.pooled
        if rows.height:
            counted = rows.group_by([key for key in keys if key not in {"method", "n"}]).len()["len"]
            assert (counted % arms == 0).all(), outcome.id


@pytest.mark.parametrize("trial", ["NCT04044690", "NCT02347891"], indirect=True)
def test_counts_and_rates_fit_a_second_count(trial, study, results, second):
    tables = {name: as_text(study.visits.frame if name == "visits" else getattr(study, name)) for name in TABLES}
    derived = second.derive_trial(trial.id, tables)
    arms = dict(study.subjects.select("subject_id", "arm").iter_rows())
    compared = 0
    for outcome in trial.outcomes:
        rows = results.outcome(outcome.id).filter(pl.col("statistic").is_in(["proportion", "number"]))
        if outcome.variable.kind in {"time_to", "rate"} or not rows.height:
            continue
        right = second.count(trial.id, outcome.id, derived, arms)
        for row in rows.iter_rows(named=True):
            level = BANDS.get(row["level"], row["level"])
            if level is None and row["level"] == "never":
                continue  # not among the bands of the second count
            key = (row["arm"], row["part"], level, row["week"])
            assert (row["n_event"], row["n"]) == right[key], (outcome.id, key)
            compared += 1
    assert compared > 10
    for outcome in (each for each in trial.outcomes if each.variable.kind == "rate"):
        right = second.rate(trial.id, outcome.id, derived, arms)
        for row in results.outcome(outcome.id).filter(statistic="rate").iter_rows(named=True):
            events, days = right[row["arm"], row["part"]]
            assert row["n_event"] == events
            assert row["estimate"] == pytest.approx(events / days)


@pytest.mark.parametrize("trial", ["NCT04044690"], indirect=True)
def test_adjusted_odds_ratio_by_another_library(trial, study, results):
    """The logistic regression of the primary outcome against statsmodels on the same subjects."""
    import statsmodels.api as sm  # noqa: PLC0415

    base = study.visits.frame.filter(week=1).select("subject_id", "physician_global_cm", "mmt")
    data = results.subjects["C0"].join(base, on="subject_id")
    design = np.column_stack(
        [np.ones(data.height), (data["arm"] == "igpro20").to_numpy(), data["physician_global_cm"], data["mmt"]]
    )
    fit = sm.GLM(data["value"].to_numpy(), design.astype(float), family=sm.families.Binomial()).fit()
    (row,) = results.outcome("C0").filter(statistic="logistic").to_dicts()
    assert row["estimate"] == pytest.approx(np.exp(fit.params[1]), rel=1e-6)


@pytest.mark.parametrize("trial", ["NCT04044690"], indirect=True)
def test_hazard_ratio_by_another_library(trial, results):
    from statsmodels.duration.hazard_regression import PHReg  # noqa: PLC0415

    data = results.subjects["C16"]
    fit = PHReg(
        data["value"].to_numpy(), (data["arm"] == "igpro20").to_numpy().astype(float),
        status=data["event"].to_numpy().astype(int), ties="efron",
    ).fit()  # fmt: skip
    (row,) = results.outcome("C16").filter(statistic="cox").to_dicts()
    assert row["estimate"] == pytest.approx(np.exp(fit.params[0]), rel=1e-5)


def test_hypotheses_are_tested_in_their_order(trial, results):
    """By hand: in a fixed sequence an adjusted p-value is the largest so far."""
    table = results.multiplicity
    assert table.height == (len(trial.multiplicity.tests) if trial.multiplicity else 0)
    if trial.multiplicity is None or trial.multiplicity.method != "fixed_sequence":
        return
    largest = 0.0
    for row in table.iter_rows(named=True):
        largest = max(largest, 1.0 if row["p_value"] is None else row["p_value"])
        assert row["adjusted_p_value"] == pytest.approx(largest)
        assert row["rejected"] == (largest <= row["alpha"])


def test_subgroups_add_up_to_the_whole(trial, results):
    rows = results.rows.filter(pl.col("subgroup").is_not_null(), pl.col("statistic") == "proportion")
    for (outcome, subgroup, arm, level), part in rows.group_by("outcome", "subgroup", "arm", "level"):
        whole = results.outcome(outcome).filter(
            pl.col("statistic") == "proportion", pl.col("arm") == arm, pl.col("level").eq_missing(pl.lit(level))
        )
        assert part["n"].sum() == whole["n"][0], (outcome, subgroup, arm)
        assert part["n_event"].sum() == whole["n_event"][0], (outcome, subgroup, arm)


def test_sensitivity_analyses_say_which_they_are(trial, results):
    for outcome in trial.outcomes:
        rows = results.rows.filter(outcome=outcome.id)
        assert set(rows["analysis"]) == {"main", *(entry.id for entry in outcome.sensitivity)}
        for entry in outcome.sensitivity:
            mine = rows.filter(analysis=entry.id)
            assert set(mine["handling"]) == {outcome.with_sensitivity(entry).handling()}
