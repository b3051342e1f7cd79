import csv
import importlib.util
import io
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from myotrial.endpoints.derive import derive_outcome
from myotrial.endpoints.panel import prepare
from myotrial.study.visits import check_visits
from myotrial.trials.loading import load_trial

KEY = ("subject_id", "part", "level", "week")
ANSWER = ("value", "event", "exposure", "unknown")
TABLES = ("subjects", "visits", "events", "doses", "infusions", "adverse_events")
REFERENCE = Path(__file__).resolve().parents[1] / "reference"


def tables_of(study):
    """Return the tables of a study by name."""
    return {name: study.visits.frame if name == "visits" else getattr(study, name) for name in TABLES}


def as_text(frame):
    """Return rows as a CSV file holds them."""
    return list(csv.DictReader(io.StringIO(frame.write_csv())))


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def second_derivation():
    """Load the second derivation of the outcomes."""
    return load(REFERENCE / "outcomes" / "second_derivation.py")


@pytest.fixture(scope="session")
def reclaiim():
    return load_trial("NCT04044690")


@pytest.fixture(scope="session")
def rebuilt():
    """Build a study again from frames that were changed."""

    def build(study, subjects=None, visits=None, events=None, **more):
        changed = dict(more)
        if subjects is not None:
            changed["subjects"] = subjects
        if visits is not None:
            changed["visits"] = check_visits(visits)
        if events is not None:
            changed["events"] = events.cast(dict(study.events.schema))
        return replace(study, **changed)

    return build


@pytest.fixture(scope="session")
def event_rows():
    """Build events from (subject, day, kind)."""

    def build(rows):
        return pl.DataFrame(
            {
                "subject_id": [row[0] for row in rows],
                "day": [row[1] for row in rows],
                "kind": [row[2] for row in rows],
                "reason": [None] * len(rows),
            }
        )

    return build


@pytest.fixture(scope="session")
def disagreements(second_derivation):
    """Return every difference between the two derivations of a study, value by value."""

    def compare(trial, study):
        tables = {name: as_text(frame) for name, frame in tables_of(study).items()}
        right = second_derivation.derive_trial(trial.id, tables)
        prepared = prepare(trial, study)
        found = []
        for outcome in trial.outcomes:
            rows = derive_outcome(trial, outcome, prepared)
            mine = {tuple(row[:4]): tuple(row[4:]) for row in rows.select(*KEY, *ANSWER).iter_rows()}
            assert len(mine) == rows.height
            theirs = right[outcome.id]
            found += [
                (outcome.id, key, mine.get(key), theirs.get(key))
                for key in mine.keys() | theirs.keys()
                if mine.get(key) != theirs.get(key)
            ]
        assert right.keys() == {outcome.id for outcome in trial.outcomes}
        return found

    return compare
