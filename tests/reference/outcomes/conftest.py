"""The second derivation, loaded by its path, and the rows of tiny subjects."""

import importlib.util
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def second():
    spec = importlib.util.spec_from_file_location("second_derivation", HERE / "second_derivation.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def derived(second):
    """Derive one outcome of the one subject "a" and give {(part, level, week): (value, event, exposure, unknown)}."""

    def derive(outcome, trial="NCT04044690", subject=None, **tables):
        filled = {name: [{"subject_id": "a", **row} for row in rows] for name, rows in tables.items()}
        filled["subjects"] = [{"subject_id": "a", "arm": "x", **(subject or {})}]
        return {key[1:]: found for key, found in second.derive_trial(trial, filled, (outcome,))[outcome].items()}

    return derive


@pytest.fixture(scope="session")
def visit():
    """Build a row of the table."""

    def build(week, **values):
        measures = {"physician_global_cm": "5", "patient_global_cm": "5", "mmt": "100", "haq_di": "1"}
        more = {"extramuscular_cm": "3", "ck_u_per_l": "1000", "ck_uln_u_per_l": "200", "mmt_max": "150"}
        return {"week": str(week), "day": "", **measures, **more, **values}

    return build


@pytest.fixture(scope="session")
def event():
    """Build a row of the table."""

    def build(kind, day):
        return {"kind": kind, "day": str(day)}

    return build


@pytest.fixture(scope="session")
def better(visit):
    """Build a visit of TIS 20 + 10 + 32.5 points: both globals fall by half of the range, strength rises by a third."""

    def build(week, **values):
        return visit(week, **{"physician_global_cm": "0", "patient_global_cm": "0", "mmt": "150", **values})

    return build
