"""What stands around an outcome's main rows, on data small enough to work by hand: bands, subgroups, hypotheses."""

import csv
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from myotrial.analysis.analyse import analyse
from myotrial.simulation.study import simulate_study
from myotrial.trials.estimands import Imputation
from myotrial.trials.loading import load_trial
from myotrial.trials.variables import Response

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
CHANGE = """
  - id: change
    role: other
    title: Change in MMT-8
    derivation: x
    pooled: true
    time_frame: {to_week: 9}
    at: each_visit
    variable: {kind: change, of: mmt}
    missing: MISSING
    summaries:
      - kind: categories
        show: number
        bands: [{label: worse, less_than: 0}, {label: same, equals: 0}, {label: better, more_than: 0},
                {label: at least 0.3, at_least: 0.3}]
      - {kind: mean}
      - {kind: mean_difference}
    source: {citation: invented, status: ours}
"""
RESPONSE = """
  - &first
    id: first
    role: primary
    title: Weaker at most by 1
    derivation: x
    time_frame: {to_week: 9}
    at: each_visit
    variable: {kind: response, when: {measure: haq_di, at_least: 1}}
    subgroups: [by-site, by-age]
    summaries: [{kind: proportion}, {kind: risk_difference, interval: newcombe},
                {kind: risk_difference, interval: wald}, {kind: odds_ratio}, {kind: fisher}]
    source: &here {citation: invented, status: ours}
  - <<: *first
    id: second
    role: other
    at: end
    variable: {kind: value, of: mmt}
    summaries: [{kind: mean}, {kind: mean_difference}]
subgroups:
  - {id: by-site, label: Site, by: site}
  - {id: by-age, label: Age, by: age_years, cuts: [50]}
"""


def changes_of(change, weeks=(1, 5, 9)):
    """Return a visit for each week; the change of MMT-8 at the last one, ``None`` where it is missing."""
    return {week: {"mmt": 100.0 if week < 9 else None if change is None else round(100 + change, 1)} for week in weeks}


@pytest.mark.parametrize(("missing", "counted"), [("excluded", (3, 3, 6)), ("in_denominator", (4, 4, 8))])
def test_bands_and_all_arms_together(trial_of, study_of, missing, counted):
    given = {"active": (0.3, 0.0, 0.2, None), "placebo": (-0.3, 0.3, 0.0, None)}
    subjects = {f"{arm}{k}": (arm, changes_of(one)) for arm, four in given.items() for k, one in enumerate(four)}
    found = analyse(trial_of(CHANGE.replace("MISSING", missing), (1, 5, 9)), study_of(subjects)).rows.filter(week=9.0)
    bands = found.filter(statistic="number")
    assert bands["level"].unique(maintain_order=True).to_list() == ["worse", "same", "better", "at least 0.3"]
    told = {(row["level"], row["arm"]): row["n_event"] for row in bands.iter_rows(named=True)}
    assert [told[level, "active"] for level in ("worse", "same", "better", "at least 0.3")] == [0, 1, 2, 1]
    assert [told[level, "placebo"] for level in ("worse", "same", "better", "at least 0.3")] == [1, 1, 1, 1]
    assert [told[level, "all"] for level in ("worse", "same", "better", "at least 0.3")] == [1, 2, 3, 2]
    for arm, n in zip(("active", "placebo", "all"), counted, strict=True):
        mine = bands.filter(arm=arm)
        assert (mine["n"] == n).all()
        assert (mine["n_missing"] == (2 if arm == "all" else 1)).all()
        assert (mine["estimate"] == mine["n_event"]).all()
    (whole,) = found.filter(statistic="mean", arm="all").to_dicts()
    assert (whole["estimate"], whole["n"]) == (pytest.approx(0.5 / 6), 6)
    assert found.filter(statistic="mean_difference")["arm"].to_list() == ["active"]


@pytest.fixture(scope="module")
def strata(trial_of, study_of):
    """Analyse the 240 simulated subjects of the reference data, their stratum as site, and two without one."""
    with (REFERENCE / "statistics" / "sim_endpoints.csv").open() as file:
        data = list(csv.DictReader(file))
    subjects = {
        row["ID"]: (
            "active" if row["ARM"] == "TRT" else "placebo",
            {week: {"haq_di": float(row["RESP"]), "mmt": float(row["AGE"])} for week in (1, 5, 9)},
        )
        for row in data
    }
    extra = {f"X{k}": (arm, {1: {}, 9: {"haq_di": 1.0}}) for k, arm in enumerate(("active", "placebo"))}
    study = study_of(subjects | extra)
    about = pl.DataFrame(
        {
            "subject_id": list(subjects) + list(extra),
            "site": [row["STRATUM"] for row in data] + [None, None],
            "age_years": [49.9 + (k % 3) / 10 for k in range(len(data))] + [None, 50.0],
        }
    )
    study = replace(study, subjects=study.subjects.join(about, on="subject_id", maintain_order="left"))
    return analyse(trial_of(RESPONSE, (1, 5, 9)), study).rows, data


def test_subgroups_by_words(strata):
    rows, data = strata
    shown = rows.filter(outcome="first", subgroup="Site", week=9.0, statistic="proportion")
    assert shown["subgroup_level"].unique(maintain_order=True).to_list() == ["A", "B", "C", "unknown"]
    for row in shown.filter(pl.col("subgroup_level") != "unknown").iter_rows(named=True):
        arm = {"active": "TRT", "placebo": "PBO"}[row["arm"]]
        mine = [one for one in data if (one["ARM"], one["STRATUM"]) == (arm, row["subgroup_level"])]
        assert (row["n"], row["n_event"]) == (len(mine), sum(one["RESP"] == "1" for one in mine))
    assert shown.filter(subgroup_level="unknown")["n"].to_list() == [1, 1]


def test_an_edge_belongs_to_the_upper_part(strata):
    rows, data = strata
    shown = rows.filter(outcome="first", subgroup="Age", week=9.0, statistic="proportion")
    sizes = dict(shown.group_by("subgroup_level").agg(pl.col("n").sum()).iter_rows())
    assert sizes == {"below 50": 80, "50 or more": len(data) - 80 + 1, "unknown": 1}
    assert shown["subgroup_level"].unique(maintain_order=True).to_list() == ["below 50", "50 or more", "unknown"]


@pytest.mark.parametrize(("outcome", "statistic"), [("first", "odds_ratio"), ("second", "mean_difference")])
def test_heterogeneity_against_r(strata, outcome, statistic):
    rows, _ = strata
    with (REFERENCE / "analysis" / "r_figures.csv").open() as file:
        right = {
            row["quantity"]: float(row["value"])
            for row in csv.DictReader(file)
            if row["summary"] == f"heterogeneity {statistic}"
        }
    words = statistic.replace("_", " ")
    test = rows.filter(outcome=outcome, subgroup="Site", statistic="heterogeneity", week=9.0)
    (row,) = [row for row in test.iter_rows(named=True) if words in row["method"]]
    assert {name: row[name] for name in right} == pytest.approx(right, rel=1e-8)
    assert row["method"].endswith("2 df")  # who is in no site is not tested
    assert row["warnings"] is None


def test_one_test_for_each_kind_of_comparison(strata):
    rows, _ = strata
    tests = rows.filter(outcome="first", subgroup="Site", statistic="heterogeneity", week=9.0)
    assert tests.height == 2  # risk difference once, odds ratio once; Fisher's test is not shown within subgroups


def test_a_part_that_cannot_be_compared_is_left_out_by_name(trial_of, study_of):
    subjects, sites = {}, []
    for site, responders in (("A", (3, 1)), ("B", (2, 1)), ("C", (4, 4)), ("D", (2, None))):
        for arm, count in zip(("active", "placebo"), responders, strict=True):
            for k in range(0 if count is None else 4):
                subjects[f"{site}{arm}{k}"] = (arm, {1: {}, 9: {"haq_di": float(k < count)}})
                sites.append(site)
    study = study_of(subjects)
    study = replace(study, subjects=study.subjects.with_columns(site=pl.Series(sites)))
    rows = analyse(
        trial_of(RESPONSE.replace("subgroups: [by-site, by-age]", "subgroups: [by-site]"), (1, 9)), study
    ).rows
    ratios = rows.filter(outcome="first", subgroup="Site", statistic="odds_ratio")
    assert ratios["subgroup_level"].to_list() == ["A", "B", "C", "D"]
    assert ratios["estimate"].is_null().to_list() == [False, False, True, True]
    assert ratios["warnings"].is_null().to_list() == [True, True, False, False]
    (test,) = [
        row
        for row in rows.filter(outcome="first", statistic="heterogeneity").iter_rows(named=True)
        if "odds ratio" in row["method"]
    ]
    assert "C, D" in test["warnings"]
    assert test["method"].endswith("1 df")


PLAN = """
multiplicity:
  method: {method}
  tests:
    - {{outcome: first, statistic: risk_difference}}
    - {{outcome: first, statistic: fisher, week: 1.5}}
    - {{outcome: second, statistic: mean_difference}}
  source: *here
"""


@pytest.mark.parametrize("method", ["fixed_sequence", "holm"])
def test_a_hypothesis_without_a_p_value_is_told(trial_of, study_of, method):
    """The first has a p-value by its Wald interval alone; no row fits the second, which ends a fixed sequence."""
    subjects = {
        f"{arm}{k}": (arm, {1: {}, 5: {"haq_di": float(k < 5)}, 9: {"haq_di": float(k < count), "mmt": base + k}})
        for arm, count, base in (("active", 9, 100.0), ("placebo", 1, 50.0))
        for k in range(10)
    }
    text = RESPONSE.replace("    subgroups: [by-site, by-age]\n", "") + PLAN.format(method=method)
    results = analyse(trial_of(text, (1, 5, 9)), study_of(subjects))
    first, second, third = results.multiplicity.iter_rows(named=True)
    wald = results.outcome("first").filter(
        (pl.col("statistic") == "risk_difference") & pl.col("p_value").is_not_null() & (pl.col("week") == 9)
    )
    assert first["week"] == 9  # the last visit where none is named
    assert first["p_value"] == wald["p_value"].item()
    assert first["rejected"]
    assert (second["p_value"], second["rejected"], second["note"]) == (None, False, "no result row fits")
    assert third["p_value"] < 0.001
    assert third["rejected"] is (method == "holm")
    assert third["adjusted_p_value"] == pytest.approx(1 if method == "fixed_sequence" else 3 * third["p_value"])


@pytest.fixture(scope="module")
def reclaiim():
    trial = load_trial("NCT04044690")
    kept = tuple(outcome for outcome in trial.outcomes if outcome.variable.kind in {"rate", "count"})
    return trial.model_copy(update={"outcomes": kept, "multiplicity": None}), simulate_study(trial, 40, seed=8)


def test_rates_and_counts_have_their_own_unit(reclaiim):
    rows = analyse(*reclaiim).rows
    assert set(rows.filter(pl.col("statistic").str.starts_with("rate"))["unit"]) == {"events per day with an infusion"}
    assert "points" not in set(rows["unit"])


def test_events_without_an_exposure(reclaiim):
    trial, study = reclaiim
    rows = analyse(trial, replace(study, infusions=study.infusions.clear())).rows.filter(statistic="rate")
    assert rows["estimate"].null_count() == rows.height > 0
    assert rows["warnings"].str.contains("no exposure").all()
    assert rows["n_event"].sum() > 0


def test_subgroups_of_an_imputed_outcome_are_told_not_to_be_there():
    trial = load_trial("NCT04044690")
    first = trial.outcome("C0")
    drawn = first.model_copy(
        update={
            "variable": Response(kind="response", when={"measure": "tis", "at_least": 20}),
            "missing": "multiple_imputation",
            "imputation": Imputation(seed=1, draws=5),
            "sensitivity": (),
            "tipping_point": None,
        }
    )
    trial = trial.model_copy(update={"outcomes": (drawn,), "multiplicity": None})
    rows = analyse(trial, simulate_study(trial, 60, seed=2)).rows
    told = rows.filter(pl.col("subgroup").is_not_null())
    assert told.height == len(first.subgroups) > 0
    assert told["estimate"].null_count() == told.height
    assert told["warnings"].null_count() == 0
