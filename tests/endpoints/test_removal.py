"""Taking one subject, visit or event away changes only what it should; nobody is lost from a denominator."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myotrial.endpoints.derive import derive_outcome
from myotrial.endpoints.panel import prepare
from myotrial.simulation.study import simulate_study
from myotrial.study.visits import check_visits
from myotrial.trials.loading import list_trials, load_trial

KEYS = ["subject_id", "part", "level", "week"]
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module", params=list_trials())
def trial(request):
    return load_trial(request.param)


@pytest.fixture(scope="module")
def study(trial):
    return simulate_study(trial, 30, seed=8)


@pytest.fixture(scope="module")
def derived(trial, study):
    return derive_all(trial, study)


def derive_all(trial, study):
    """Return outcome → its derivation, in a fixed order."""
    prepared = prepare(trial, study)
    return {outcome.id: derive_outcome(trial, outcome, prepared).sort(KEYS) for outcome in trial.outcomes}


def without(study, table, keep):
    """Return a study with only some rows of a table."""
    if table == "visits":
        return replace(study, visits=check_visits(study.visits.frame.filter(keep), needs={}))
    return replace(study, **{table: getattr(study, table).filter(keep)})


def without_subject(study, name):
    """Return a study without one subject, in every table."""
    for table in ("subjects", "visits", "events", "doses", "infusions", "adverse_events"):
        study = without(study, table, pl.col("subject_id") != name)
    return study


def others(frame, name):
    return frame.filter(pl.col("subject_id") != name)


@FEW
@given(data=st.data())
def test_one_subject_less(trial, study, derived, data):
    name = data.draw(st.sampled_from(study.subjects["subject_id"].to_list()))
    for outcome, frame in derive_all(trial, without_subject(study, name)).items():
        assert frame.equals(others(derived[outcome], name)), outcome


@FEW
@given(data=st.data())
def test_one_visit_less(trial, study, derived, data):
    """Nobody else changes; and of the subject, nothing that is judged at an earlier visit."""
    visits = study.visits.frame
    rows = visits.with_row_index("row").filter(pl.col("week") > trial.schedule.baseline_week)
    row = data.draw(st.sampled_from(rows["row"].to_list()))
    name, week = visits["subject_id"][row], float(visits["week"][row])
    keep = pl.Series([place != row for place in range(visits.height)])
    for outcome, frame in derive_all(trial, without(study, "visits", keep)).items():
        before = derived[outcome]
        assert others(frame, name).equals(others(before, name)), outcome
        earlier = (pl.col("subject_id") == name) & (pl.col("week") < week)
        assert frame.filter(earlier).equals(before.filter(earlier)), outcome
        assert frame.select(KEYS).equals(before.select(KEYS)), outcome  # the row is there, with its value unknown


@FEW
@given(data=st.data())
def test_one_event_less(trial, study, derived, data):
    """Nobody else changes; and of the subject, no outcome that takes no notice of such an event."""
    row = data.draw(st.integers(0, study.events.height - 1))
    name, kind = study.events["subject_id"][row], study.events["kind"][row]
    keep = pl.Series([place != row for place in range(study.events.height)])
    for outcome, frame in derive_all(trial, without(study, "events", keep)).items():
        before = derived[outcome]
        assert (
            others(frame, name)
            .select("value", "event", "unknown")
            .equals(others(before, name).select("value", "event", "unknown"))
        ), outcome
        planned = trial.outcome(outcome)
        if kind == "protocol_deviation" and planned.population == "randomised" and kind not in planned.intercurrent:
            assert frame.equals(before), outcome


@FEW
@given(data=st.data())
def test_one_adverse_event_less(trial, study, derived, data):
    """Only the outcomes of adverse events change, and only of that subject, by at most one."""
    row = data.draw(st.integers(0, study.adverse_events.height - 1))
    name = study.adverse_events["subject_id"][row]
    keep = pl.Series([place != row for place in range(study.adverse_events.height)])
    for outcome, frame in derive_all(trial, without(study, "adverse_events", keep)).items():
        before = derived[outcome]
        if "adverse" not in trial.outcome(outcome).variable.describe():
            assert frame.equals(before), outcome
            continue
        assert others(frame, name).equals(others(before, name)), outcome
        fewer = (
            before.filter(pl.col("subject_id") == name)["value"] - frame.filter(pl.col("subject_id") == name)["value"]
        )
        assert fewer.is_between(0, 1).all(), outcome


def test_who_was_never_seen_again_stays_in_every_denominator(trial, study, derived):
    """Everybody leaves after baseline without a word: every subject keeps every row."""
    week = trial.schedule.baseline_week
    bare = without(study, "visits", pl.col("week") <= week)
    bare = replace(bare, events=study.events.head(0))
    prepared = prepare(trial, bare)
    for outcome, frame in derive_all(trial, bare).items():
        planned = trial.outcome(outcome)
        members = int(prepared.members[planned.population].sum())
        weeks = len(trial.weeks_of(planned)) if planned.variable.kind in {"response", "value", "change"} else 1
        blocks = frame.select("part", "level").unique().height
        assert frame.height == members * weeks * blocks, outcome
        if planned.variable.kind == "response" and planned.missing_rule == "non_response":
            assert frame["value"].null_count() == 0, outcome
