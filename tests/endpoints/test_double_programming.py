"""Seven registered outcomes, subject by subject, against a second derivation in plain Python."""

import csv
import io

import polars as pl
import pytest

from myotrial.endpoints.derive import derive_outcome
from myotrial.endpoints.panel import prepare
from myotrial.simulation.study import simulate_study

OUTCOMES = ("C0", "C14", "C25", "C27", "C28", "C29", "C37")
LEVELS = {None: None, "≥ 20": 20, "≥ 40": 40, "≥ 60": 60}


def as_text(frame):
    return list(csv.DictReader(io.StringIO(frame.write_csv())))


@pytest.fixture(scope="session")
def disagreements(second_derivation, second_score, reclaiim):
    """Return every difference between the two derivations of a study."""

    def compare(study):
        tables = (as_text(frame) for frame in (study.subjects, study.visits.frame, study.events))
        right = second_derivation.derive(*tables, second_score)
        panel = prepare(reclaiim, study).panel
        found = []
        for outcome in OUTCOMES:
            rows = derive_outcome(reclaiim, reclaiim.outcome(outcome), panel)
            mine = {
                (row["subject_id"], LEVELS[row["level"]], row["week"]): (row["value"], row["event"], row["unknown"])
                for row in rows.iter_rows(named=True)
            }
            assert len(mine) == rows.height
            found += [
                (outcome, key, mine.get(key), right[outcome].get(key))
                for key in mine.keys() | right[outcome].keys()
                if mine.get(key) != right[outcome].get(key)
            ]
        return found

    return compare


@pytest.fixture(scope="module")
def study(reclaiim):
    return simulate_study(reclaiim, 40, seed=99)


@pytest.mark.parametrize("seed", range(25))
def test_simulated_studies(reclaiim, disagreements, seed):
    assert disagreements(simulate_study(reclaiim, 40, seed=seed)) == []


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_many_values_missing_everywhere(study, rebuilt, disagreements, share):
    frame = study.visits.frame
    measures = [name for name in frame.columns if name.endswith(("_cm", "mmt", "haq_di")) or name[-8:] == "_u_per_l"]
    measures = [name for name in measures if "uln" not in name]
    hashes = {name: (pl.struct("subject_id", "week").hash(seed=place) % 1000) for place, name in enumerate(measures)}
    holes = [pl.when(hashes[name] >= share * 1000).then(pl.col(name)).alias(name) for name in measures]
    assert disagreements(rebuilt(study, visits=frame.with_columns(holes))) == []


def test_nobody_at_baseline(study, rebuilt, disagreements):
    assert disagreements(rebuilt(study, visits=study.visits.frame.filter(pl.col("week") != 1))) == []


def test_one_arm_only(study, rebuilt, disagreements):
    subjects = study.subjects.with_columns(arm=pl.lit("placebo"))
    assert disagreements(rebuilt(study, subjects=subjects)) == []


def test_everybody_left_after_baseline(study, rebuilt, disagreements, event_rows):
    rows = [(name, 2, "discontinued_study") for name in study.subjects["subject_id"]]
    one = rebuilt(study, visits=study.visits.frame.filter(pl.col("week") == 1), events=event_rows(rows))
    assert disagreements(one) == []


def test_score_unknown_everywhere(study, rebuilt, disagreements):
    for column in ("physician_global_cm", "mmt"):
        frame = study.visits.frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(column))
        assert disagreements(rebuilt(study, visits=frame)) == []
    enzymes = [name for name in study.visits.frame.columns if name.endswith("_u_per_l")]
    assert disagreements(rebuilt(study, visits=study.visits.frame.drop(enzymes))) == []


@pytest.mark.parametrize(
    "kind", ["rescue", "discontinued_treatment", "discontinued_study", "death", "protocol_deviation"]
)
def test_an_event_around_the_day_of_week_25(study, rebuilt, disagreements, event_rows, kind):
    days = study.visits.frame.filter(pl.col("week") == 25).select("subject_id", "day").rows()
    around = [(name, day + place % 3 - 1, kind) for place, (name, day) in enumerate(days)]  # the day before, of, after
    assert disagreements(rebuilt(study, events=event_rows(around))) == []


def test_events_before_the_first_treatment_and_twice(study, rebuilt, disagreements, event_rows):
    names = study.subjects["subject_id"].to_list()
    rows = [(name, day, "rescue") for name in names[:20] for day in (300, 120)]
    rows += [(name, -3, "protocol_deviation") for name in names]
    assert disagreements(rebuilt(study, events=event_rows(rows))) == []


def test_unscheduled_visits_are_left_aside(study, rebuilt, disagreements):
    frame = study.visits.frame.with_columns(pl.col("week").cast(pl.Float64))
    extra = frame.filter(pl.col("week").is_in([5.0, 25.0])).with_columns(
        pl.col("week") + 0.5, pl.col("day") + 3, physician_global_cm=pl.lit(0.0), patient_global_cm=pl.lit(0.0)
    )
    before = frame.filter(pl.col("week") == 1).with_columns(pl.col("week") - 4, pl.col("day") - 28)
    assert disagreements(rebuilt(study, visits=pl.concat([before, frame, extra]))) == []


def test_a_subject_without_any_visit(study, rebuilt, disagreements):
    names = study.subjects["subject_id"].to_list()
    assert disagreements(rebuilt(study, visits=study.visits.frame.filter(pl.col("subject_id") != names[3]))) == []


def test_no_days_and_no_events_are_recorded(study, rebuilt, disagreements):
    frame = study.visits.frame
    assert disagreements(rebuilt(study, visits=frame.drop("day"), events=study.events.head(0))) == []
    holes = frame.with_columns(pl.when(pl.col("week") != 25).then(pl.col("day")).alias("day"))
    assert disagreements(rebuilt(study, visits=holes)) == []


def test_rows_in_any_order(study, rebuilt, disagreements):
    frame = study.visits.frame.sample(fraction=1, shuffle=True, seed=5)
    subjects = study.subjects.sample(fraction=1, shuffle=True, seed=6)
    assert disagreements(rebuilt(study, subjects=subjects, visits=frame)) == []
