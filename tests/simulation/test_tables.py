"""Doses, infusions, adverse events, skin and quality of life of simulated studies: consistent in all four trials."""

import polars as pl
import pytest

from myotrial.endpoints.panel import trial_needs
from myotrial.simulation.study import simulate_study
from myotrial.study.reading import read_study
from myotrial.trials.loading import list_trials, load_trial


@pytest.fixture(scope="module", params=list_trials())
def trial(request):
    return load_trial(request.param)


@pytest.fixture(scope="module")
def study(trial):
    return simulate_study(trial, 300, seed=11)


@pytest.fixture(scope="module")
def ends(study):
    """Return of each subject the day of leaving and the day on which treatment stopped, null where neither."""

    def first(*kinds):
        mine = study.events.filter(pl.col("kind").is_in(kinds))
        return mine.group_by("subject_id").agg(pl.col("day").min())

    subjects = study.subjects.select("subject_id", "last_day")
    left, stopped = first("discontinued_study", "death"), first("discontinued_treatment")
    subjects = subjects.join(left.rename({"day": "left"}), on="subject_id", how="left")
    return subjects.join(stopped.rename({"day": "stopped"}), on="subject_id", how="left")


def test_every_table_comes_back_as_it_was_written(trial, study, tmp_path):
    study.write(tmp_path)
    again = read_study(tmp_path, trial.schedule.baseline_week, needs=trial_needs(trial))
    assert again.canonical_csv() == study.canonical_csv()
    assert again.notes == ()


def test_levels_and_skin_are_on_their_scales(study):
    frame = study.visits.frame
    for name in ("mobility", "self_care", "usual_activities", "pain", "anxiety"):
        assert set(frame[f"eq5d_{name}"].drop_nulls().unique().to_list()) <= {1, 2, 3, 4, 5}
        assert frame[f"eq5d_{name}"].n_unique() > 3
    assert frame["cdasi_activity"].drop_nulls().is_between(0, 100).all()
    assert frame["cdasi_damage"].drop_nulls().is_between(0, 32).all()
    assert frame["eq5d_vas"].drop_nulls().is_between(0, 100).all()


def test_who_is_more_disabled_has_worse_quality_of_life(study):
    frame = study.visits.frame
    assert frame.select(pl.corr("haq_di", "eq5d_mobility")).item() > 0.3
    assert frame.select(pl.corr("haq_di", "eq5d_vas")).item() < -0.3


def test_no_dose_begins_or_goes_on_after_leaving(study, ends):
    doses = study.doses.join(ends, on="subject_id").filter(pl.col("left").is_not_null())
    assert doses.filter(pl.col("start_day") > pl.col("left")).height == 0
    assert doses.filter(pl.col("end_day").is_null() | (pl.col("end_day") > pl.col("left"))).height == 0


def test_background_records_of_a_subject_do_not_overlap(study):
    background = study.doses.filter(purpose="background").sort("subject_id", "drug", "start_day")
    following = background.select(later=pl.col("start_day").shift(-1).over("subject_id"), end="end_day").drop_nulls()
    assert following.filter(pl.col("later") <= pl.col("end")).height == 0


def test_rescue_is_an_event_and_a_dose_on_the_same_day(study):
    told = study.events.filter(kind="rescue").select("subject_id", "day")
    taken = study.doses.filter(purpose="rescue").select("subject_id", day="start_day")
    assert told.height > 3
    assert told.join(taken, on=["subject_id", "day"], how="anti").height == 0


def test_infusions_lie_within_the_treatment(study, ends):
    given = study.infusions.join(ends, on="subject_id")
    assert given["day"].min() == 1
    assert given.filter(pl.col("day") > pl.col("stopped")).height == 0
    assert given.filter(pl.col("day") > pl.col("left")).height == 0
    assert study.infusions.select(pl.struct("subject_id", "day").is_unique().all()).item()
    assert set(study.infusions["subject_id"]) == set(study.subjects["subject_id"])  # placebo is infused as well


def test_adverse_events_fit_the_follow_up(study, ends):
    events = study.adverse_events.join(ends, on="subject_id")
    assert events.filter(pl.col("start_day") > pl.col("last_day")).height == 0
    assert events.filter(pl.col("end_day") < pl.col("start_day")).height == 0
    assert events.filter((pl.col("start_day") >= 1) & pl.col("severity_before").is_not_null()).height == 0
    before = events.filter(pl.col("start_day") < 1)
    assert before.filter(pl.col("severity") > pl.col("severity_before")).height > 0
    assert 0.01 < events["serious"].mean() < 0.15


def test_events_cluster_within_subjects(study):
    """More subjects with many events than independent events would give: the variance is well above the mean."""
    counts = study.subjects.select("subject_id").join(
        study.adverse_events.group_by("subject_id").agg(n=pl.len()), on="subject_id", how="left"
    )["n"].fill_null(0)  # fmt: skip
    assert counts.var() > 1.3 * counts.mean()


def test_doses_reach_the_thresholds_exactly(study):
    """A quarter, a half and three quarters of the first dose all occur, so that the edges are met."""
    own = study.doses.filter(purpose="background", per="day").sort("subject_id", "start_day")
    shares = own.select(pl.col("dose_mg") / pl.col("dose_mg").first().over("subject_id")).to_series()
    assert {0.75, 0.5} <= set(shares.unique().to_list())
