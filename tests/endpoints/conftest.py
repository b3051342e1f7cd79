import importlib.util
from pathlib import Path

import polars as pl
import pytest

from myotrial.study.reading import StudyData
from myotrial.study.visits import check_visits
from myotrial.trials.loading import load_trial

REFERENCE = Path(__file__).resolve().parents[1] / "reference"


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def second_score():
    """Load the second programming of the score."""
    return load(REFERENCE / "tis" / "second_programming.py")


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

    def build(study, subjects=None, visits=None, events=None):
        frame = study.visits.frame if visits is None else visits
        return StudyData(
            study.subjects if subjects is None else subjects,
            check_visits(frame),
            study.events if events is None else events.cast(dict(study.events.schema)),
        )

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
