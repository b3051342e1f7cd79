"""Every registered outcome, subject by subject, against a second derivation in plain Python."""

import polars as pl
import pytest

from myotrial.simulation.study import simulate_study
from myotrial.trials.loading import load_trial

TRIALS = {"NCT04044690": 40, "NCT02347891": 17, "NCT05832034": 44}
"""Trial → subjects of a simulated study."""


@pytest.fixture(scope="module")
def study(reclaiim):
    return simulate_study(reclaiim, 40, seed=99)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("trial", TRIALS)
def test_simulated_studies(disagreements, trial, seed):
    definition = load_trial(trial)
    assert disagreements(definition, simulate_study(definition, TRIALS[trial], seed=seed)) == []


@pytest.mark.proof
@pytest.mark.parametrize("block", range(20))
def test_two_hundred_simulated_studies(disagreements, block):
    for seed in range(1000 + 10 * block, 1010 + 10 * block):
        trial = list(TRIALS)[0 if seed % 4 < 2 else seed % 4 - 1]
        definition = load_trial(trial)
        assert disagreements(definition, simulate_study(definition, TRIALS[trial], seed=seed)) == []


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_many_values_missing_everywhere(reclaiim, study, rebuilt, disagreements, share):
    frame = study.visits.frame
    measures = [name for name in frame.columns if name.endswith(("_cm", "mmt", "haq_di")) or name[-8:] == "_u_per_l"]
    measures = [name for name in measures if "uln" not in name]
    hashes = {name: (pl.struct("subject_id", "week").hash(seed=place) % 1000) for place, name in enumerate(measures)}
    holes = [pl.when(hashes[name] >= share * 1000).then(pl.col(name)).alias(name) for name in measures]
    assert disagreements(reclaiim, rebuilt(study, visits=frame.with_columns(holes))) == []


def test_nobody_at_baseline(reclaiim, study, rebuilt, disagreements):
    assert disagreements(reclaiim, rebuilt(study, visits=study.visits.frame.filter(pl.col("week") != 1))) == []


def test_one_arm_only(reclaiim, study, rebuilt, disagreements):
    subjects = study.subjects.with_columns(arm=pl.lit("placebo"))
    assert disagreements(reclaiim, rebuilt(study, subjects=subjects)) == []


def test_everybody_left_after_baseline(reclaiim, study, rebuilt, disagreements, event_rows):
    rows = [(name, 2, "discontinued_study") for name in study.subjects["subject_id"]]
    one = rebuilt(study, visits=study.visits.frame.filter(pl.col("week") == 1), events=event_rows(rows))
    assert disagreements(reclaiim, one) == []


def test_score_unknown_everywhere(reclaiim, study, rebuilt, disagreements):
    for column in ("physician_global_cm", "mmt"):
        frame = study.visits.frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(column))
        assert disagreements(reclaiim, rebuilt(study, visits=frame)) == []
    enzymes = [name for name in study.visits.frame.columns if name.endswith("_u_per_l")]
    assert disagreements(reclaiim, rebuilt(study, visits=study.visits.frame.drop(enzymes))) == []


@pytest.mark.parametrize(
    "kind", ["rescue", "discontinued_treatment", "discontinued_study", "death", "protocol_deviation"]
)
def test_an_event_around_the_day_of_week_25(reclaiim, study, rebuilt, disagreements, event_rows, kind):
    days = study.visits.frame.filter(pl.col("week") == 25).select("subject_id", "day").rows()
    around = [(name, day + place % 3 - 1, kind) for place, (name, day) in enumerate(days)]  # the day before, of, after
    assert disagreements(reclaiim, rebuilt(study, events=event_rows(around))) == []


def test_events_before_the_first_treatment_and_twice(reclaiim, study, rebuilt, disagreements, event_rows):
    names = study.subjects["subject_id"].to_list()
    rows = [(name, day, "rescue") for name in names[:20] for day in (300, 120)]
    rows += [(name, -3, "protocol_deviation") for name in names]
    assert disagreements(reclaiim, rebuilt(study, events=event_rows(rows))) == []


def test_unscheduled_visits_are_left_aside(reclaiim, study, rebuilt, disagreements):
    frame = study.visits.frame.with_columns(pl.col("week").cast(pl.Float64))
    extra = frame.filter(pl.col("week").is_in([5.0, 25.0])).with_columns(
        pl.col("week") + 0.5, pl.col("day") + 3, physician_global_cm=pl.lit(0.0), patient_global_cm=pl.lit(0.0)
    )
    before = frame.filter(pl.col("week") == 1).with_columns(pl.col("week") - 4, pl.col("day") - 28)
    assert disagreements(reclaiim, rebuilt(study, visits=pl.concat([before, frame, extra]))) == []


def test_a_subject_without_any_visit(reclaiim, study, rebuilt, disagreements):
    names = study.subjects["subject_id"].to_list()
    assert (
        disagreements(reclaiim, rebuilt(study, visits=study.visits.frame.filter(pl.col("subject_id") != names[3])))
        == []
    )


def test_no_days_and_no_events_are_recorded(reclaiim, study, rebuilt, disagreements):
    frame = study.visits.frame
    assert disagreements(reclaiim, rebuilt(study, visits=frame.drop("day"), events=study.events.head(0))) == []
    holes = frame.with_columns(pl.when(pl.col("week") != 25).then(pl.col("day")).alias("day"))
    assert disagreements(reclaiim, rebuilt(study, visits=holes)) == []


def test_rows_in_any_order(reclaiim, study, rebuilt, disagreements):
    frame = study.visits.frame.sample(fraction=1, shuffle=True, seed=5)
    subjects = study.subjects.sample(fraction=1, shuffle=True, seed=6)
    assert disagreements(reclaiim, rebuilt(study, subjects=subjects, visits=frame)) == []


def test_no_doses_no_infusions_no_adverse_events(reclaiim, study, rebuilt, disagreements):
    for name in ("doses", "infusions", "adverse_events"):
        assert disagreements(reclaiim, rebuilt(study, **{name: getattr(study, name).head(0)})) == []


def test_what_decides_of_an_adverse_event_is_missing(reclaiim, study, rebuilt, disagreements):
    events = study.adverse_events.with_row_index("row")
    for column in ("serious", "related", "severity", "severity_before", "end_day"):
        events = events.with_columns(pl.when(pl.col("row") % 3 != len(column) % 3).then(pl.col(column)).alias(column))
    assert disagreements(reclaiim, rebuilt(study, adverse_events=events.drop("row"))) == []


def test_doses_that_begin_and_end_around_the_visits(reclaiim, study, rebuilt, disagreements):
    """Every record begins and ends on the day before, of or after a visit, in steps of 25 % of the first dose."""
    days = study.visits.frame.filter(pl.col("week").is_in([1, 13, 25])).select("subject_id", "day")
    days = days.with_row_index("row").with_columns(start=pl.col("day") + pl.col("row").cast(pl.Int64) % 3 - 1)
    rows = days.sort("subject_id", "start").select(
        "subject_id",
        drug=pl.when(pl.col("row") % 5 == 0).then(pl.lit("methylprednisolone")).otherwise(pl.lit("prednisone")),
        start_day="start",
        end_day=(pl.col("start").shift(-1).over("subject_id") - 1),
        dose_mg=20.0 - 5.0 * pl.int_range(pl.len()).over("subject_id"),
        per=pl.when(pl.col("row") % 7 == 0).then(pl.lit("week")).otherwise(pl.lit("day")),
        route=pl.when(pl.col("row") % 11 == 0).then(pl.lit("intravenous")).otherwise(pl.lit("oral")),
        purpose=pl.when(pl.col("row") % 13 == 0).then(pl.lit("rescue")).otherwise(pl.lit("background")),
    )
    assert disagreements(reclaiim, rebuilt(study, doses=rows.cast(dict(study.doses.schema)))) == []


def test_levels_of_quality_of_life_at_random(reclaiim, study, rebuilt, disagreements):
    names = ["eq5d_mobility", "eq5d_self_care", "eq5d_usual_activities"]
    frame = study.visits.frame.with_columns(
        pl.when(pl.struct("subject_id", "week").hash(seed=k) % 9 > 0)
        .then((pl.struct("subject_id", "week").hash(seed=50 + k) % 5 + 1).cast(pl.Int64))
        .alias(name)
        for k, name in enumerate(names)
    )
    assert disagreements(reclaiim, rebuilt(study, visits=frame)) == []


def test_worsening_comes_and_goes(reclaiim, study, rebuilt, disagreements):
    """Extramuscular activity jumps up and down, some of it missing: episodes begin, end and stay open."""
    roll = pl.struct("subject_id", "week").hash(seed=7) % 10
    frame = study.visits.frame.with_columns(
        extramuscular_cm=pl.when(pl.col("week") == 1).then(2.0).when(roll < 5).then(6.0).when(roll < 8).then(2.0)
    )
    assert disagreements(reclaiim, rebuilt(study, visits=frame)) == []


def test_rescue_before_and_around_every_visit(reclaiim, study, rebuilt, disagreements):
    """Rescue that ended before treatment, goes on into it, and falls between each two visits of somebody who tapers."""
    names = study.subjects["subject_id"].to_list()
    starts = [(-30, -2), (-30, 0), (-30, 1), (-5, None), (1, 1)]
    starts += [(day, day + 2) for day in (*range(50, 130, 3), 200, 364)]
    rescue = [
        (name, "prednisone", *starts[place % len(starts)], 30.0, "day", "oral", "rescue")
        for place, name in enumerate(names)
    ]
    taper = [(name, "prednisone", 1, 52, 20.0, "day", "oral", "background") for name in names]
    taper += [(name, "prednisone", 53, 80, 15.0, "day", "oral", "background") for name in names]
    taper += [(name, "prednisone", 81, None, 20.0, "day", "oral", "background") for name in names]
    rows = pl.DataFrame(rescue + taper, schema=dict(study.doses.schema), orient="row")
    bare = rebuilt(study, doses=rows, events=study.events.filter(pl.col("kind") != "rescue"))
    assert disagreements(reclaiim, bare) == []


def test_two_infusions_on_a_day_and_events_without_a_first_day(reclaiim, study, rebuilt, disagreements):
    twice = pl.concat([study.infusions, study.infusions.filter(pl.col("day") % 2 == 0)])
    events = study.adverse_events.with_row_index("row").with_columns(
        start_day=pl.when(pl.col("row") % 3 > 0).then(pl.col("start_day")),
        end_day=pl.when(pl.col("row") % 5 > 0).then(pl.col("end_day")),
    )
    assert disagreements(reclaiim, rebuilt(study, infusions=twice, adverse_events=events.drop("row"))) == []
