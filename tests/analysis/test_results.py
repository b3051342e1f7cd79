"""Every row of the results says what it rests on, and the counts fit."""

import math

import polars as pl
import pytest

from myotrial.analysis.analyse import analyse
from myotrial.analysis.results import CURVE_SCHEMA, FLOW_SCHEMA, ROW_SCHEMA
from myotrial.model.errors import BadInput
from myotrial.simulation.study import simulate_study
from myotrial.study.reading import StudyData
from myotrial.study.visits import check_visits
from myotrial.trials.loading import load_trial, parse_trial, trial_text

NUMBERS = ("estimate", "low", "high", "se", "p_value")
COMPARED = ("risk_difference", "mean_difference", "ls_mean_difference", "mmrm_difference")


FEW = ("C0", "C14", "C25", "C27", "C28", "C29", "C37")


def few(trial):
    """Return a definition with seven outcomes, each as planned and no more."""
    bare = {"subgroups": (), "sensitivity": (), "tipping_point": None}
    outcomes = [trial.outcome(name).model_copy(update=bare) for name in FEW]
    extra = {"logistic", "standardised_risk_difference"}
    outcomes[0] = outcomes[0].model_copy(
        update={"summaries": tuple(summary for summary in outcomes[0].summaries if summary.kind not in extra)}
    )
    return trial.model_copy(update={"outcomes": tuple(outcomes), "multiplicity": None})


@pytest.fixture(scope="module")
def trial():
    return few(load_trial("NCT04044690"))


@pytest.fixture(scope="module")
def study(trial):
    return simulate_study(trial, 60, seed=11)


@pytest.fixture(scope="module")
def results(trial, study):
    return analyse(trial, study)


def with_subjects(study, names):
    keep = pl.col("subject_id").is_in(list(names))
    return StudyData(
        study.subjects.filter(keep), check_visits(study.visits.frame.filter(keep)), study.events.filter(keep)
    )


def assert_finite_or_warned(rows):
    for row in rows.iter_rows(named=True):
        assert all(row[name] is None or math.isfinite(row[name]) for name in NUMBERS), row
        assert row["estimate"] is not None or row["warnings"], row


def test_every_row_says_what_it_rests_on(trial, results):
    rows = results.rows
    assert dict(rows.schema) == ROW_SCHEMA
    for name in (
        "outcome",
        "role",
        "title",
        "variable",
        "population",
        "statistic",
        "method",
        "handling",
        "source",
        "week",
    ):
        assert rows[name].null_count() == 0, name
    assert rows["outcome"].unique(maintain_order=True).to_list() == [outcome.id for outcome in trial.outcomes]
    assert (rows["n"] >= 0).all()
    assert_finite_or_warned(rows)
    compared = rows.filter(pl.col("statistic").is_in([*COMPARED, "cmh", "odds_ratio", "log_rank"]))
    assert set(compared["reference"]) == {"placebo"}
    assert set(compared["arm"]) == {"igpro20"}
    mixed = rows.filter(outcome="C28", statistic="mmrm_difference")
    assert mixed["method"].str.contains("unstructured covariance.*Kenward-Roger").all()


def test_counts_fit(results):
    for row in results.rows.iter_rows(named=True):
        subjects = 60 if row["reference"] else 30
        if row["title"].startswith(("Mean TIS", "Mean Total", "Mean difference")):
            assert row["n"] + row["n_missing"] == subjects, row
        else:  # unknown counts as no response, or is censored: nobody is left out
            assert row["n"] == subjects, row
            assert 0 <= row["n_event"] <= row["n"], row
    for outcome, frame in results.subjects.items():
        assert frame["subject_id"].n_unique() == 60, outcome
        assert frame.select("subject_id", "level", "week").is_unique().all(), outcome


def test_a_missing_covariate_is_counted_as_missing(trial_of, study_of):
    outcome = """
  - id: change
    role: other
    title: Change in MMT-8
    derivation: x
    time_frame: {to_week: 5}
    variable: {kind: change, of: mmt}
    summaries: [{kind: ancova, covariates: [haq_di]}]
    source: {citation: invented, status: ours}
"""
    subjects = {
        f"{arm}{place}": (arm, {1: {"haq_di": place / 8}, 5: {"mmt": 100.0 + place * place}})
        for arm in ("active", "placebo")
        for place in range(8)
    }
    subjects["active3"][1][1]["haq_di"] = None
    rows = analyse(trial_of(outcome, (1, 5)), study_of(subjects)).rows
    counted = {(row["statistic"], row["arm"]): (row["n"], row["n_missing"]) for row in rows.iter_rows(named=True)}
    assert counted == {
        ("ls_mean", "placebo"): (8, 0),
        ("ls_mean", "active"): (7, 1),
        ("ls_mean_difference", "active"): (15, 1),
    }


def test_flow(trial, study, results):
    flow = results.flow
    assert dict(flow.schema) == FLOW_SCHEMA
    seen = study.visits.frame.join(study.subjects.select("subject_id", "arm"), on="subject_id")
    left = study.events.filter(kind="discontinued_study").join(
        study.subjects.select("subject_id", "arm"), on="subject_id"
    )
    rescue = study.events.filter(kind="rescue").join(study.subjects.select("subject_id", "arm"), on="subject_id")
    for arm in ("igpro20", "placebo"):
        counts = dict(flow.filter(arm=arm).select("stage", "n").iter_rows())
        mine = seen.filter(arm=arm)
        assert counts["randomised"] == 30
        assert counts["baseline"] == mine.filter(week=1)["subject_id"].n_unique()
        assert counts["period-1:seen"] == mine.filter(week=25)["subject_id"].n_unique()
        assert counts["period-2:seen"] == mine.filter(week=53)["subject_id"].n_unique()
        assert counts["period-1:left"] + counts["period-2:left"] == left.filter(arm=arm).height
        rescued = rescue.filter(arm=arm)
        assert counts["period-1:rescue"] + counts["period-2:rescue"] == rescued.height
        assert counts["analysed"] == 30
    assert flow["stage"].unique(maintain_order=True).to_list()[0] == "randomised"
    assert flow.height == 2 * flow["stage"].n_unique()


def test_curves_begin_at_one_and_fall(results):
    curves = results.curves
    assert dict(curves.schema) == CURVE_SCHEMA
    for _, curve in curves.group_by("outcome", "level", "arm"):
        assert curve.row(0, named=True)["day"] == 0
        assert curve["survival"].to_list() == sorted(curve["survival"], reverse=True)
        assert curve["events"].sum() + curve["censored"].sum() == curve["at_risk"][0] == 30


def test_an_empty_arm(trial, study):
    found = analyse(trial, with_subjects(study, study.subjects.filter(arm="placebo")["subject_id"]))
    assert_finite_or_warned(found.rows)
    compared = found.rows.filter(pl.col("statistic").is_in(COMPARED))
    assert compared["estimate"].null_count() == compared.height
    assert compared["warnings"].null_count() == 0
    assert found.flow.filter(arm="igpro20")["n"].to_list() == [0] * 11


def test_one_subject(trial, study):
    found = analyse(trial, with_subjects(study, ["S001"]))
    assert_finite_or_warned(found.rows)
    assert found.flow.filter(stage="randomised")["n"].sum() == 1


def test_all_unknown(trial, study):
    frame = study.visits.frame.with_columns(pl.lit(None, dtype=pl.Float64).alias("mmt"))
    found = analyse(trial, StudyData(study.subjects, check_visits(frame), study.events))
    assert_finite_or_warned(found.rows)
    means = found.rows.filter(statistic="mean")
    assert means["estimate"].null_count() == means.height
    assert (means["n_missing"] == 30).all()


def test_swapping_the_arms_negates_the_differences(trial, study, results):
    other = {"igpro20": "placebo", "placebo": "igpro20"}
    swapped = StudyData(study.subjects.with_columns(pl.col("arm").replace_strict(other)), study.visits, study.events)
    mirrored = analyse(trial, swapped).rows
    one, two = (rows.filter(pl.col("statistic").is_in(COMPARED)) for rows in (results.rows, mirrored))
    assert one.height == two.height == 5
    for name, minus in (("estimate", "estimate"), ("low", "high"), ("high", "low")):
        assert one[name].to_list() == pytest.approx([-value for value in two[minus]], abs=1e-9)
    ratio, inverse = (rows.filter(statistic="odds_ratio")["estimate"].item() for rows in (results.rows, mirrored))
    assert ratio * inverse == pytest.approx(1, abs=1e-12)
    for name in ("log_rank", "cmh"):
        tests = [rows.filter(statistic=name)["p_value"].to_list() for rows in (results.rows, mirrored)]
        assert tests[0] == pytest.approx(tests[1], abs=1e-12)


def test_the_reference_arm_is_the_one_that_is_marked(study, results):
    text = (
        trial_text("NCT04044690")
        .replace(", reference: true", "")
        .replace("week, ratio: 1}", "week, ratio: 1, reference: true}")
    )
    found = analyse(few(parse_trial(text)), study).rows.filter(statistic="risk_difference")
    assert found["reference"].unique().to_list() == ["igpro20"]
    right = results.rows.filter(statistic="risk_difference")["estimate"].to_list()
    assert found["estimate"].to_list() == pytest.approx([-value for value in right])


def test_arms_must_be_known(trial, study):
    for arms in ("igpro", None):
        odd = StudyData(study.subjects.with_columns(arm=pl.lit(arms, dtype=pl.String)), study.visits, study.events)
        with pytest.raises(BadInput, match="60 faults"):
            analyse(trial, odd)
    with pytest.raises(BadInput, match="arm"):
        analyse(trial, StudyData(study.subjects.drop("arm"), study.visits, study.events))


def test_a_result_prints_itself_and_keeps_its_provenance(results, study):
    assert repr(results).startswith("Results(NCT04044690: 7 outcomes, ")
    assert results._repr_html_().count("<tr>") == results.rows.height + 1
    assert results.provenance["simulated"]["seed"] == 11
    assert set(results.to_dict()) == {"trial", "rows", "curves", "flow", "multiplicity", "tipping", "provenance"}
    assert results.to_frame() is results.rows
