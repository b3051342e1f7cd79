"""The simulated trials of the mixed models, R's figures for them, and the dense oracle."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

REFERENCE = Path(__file__).resolve().parents[2] / "reference" / "mmrm"


@pytest.fixture(scope="session")
def oracle():
    """Load the dense fit."""
    spec = importlib.util.spec_from_file_location("mmrm_oracle", Path(__file__).with_name("oracle.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def r_mmrm():
    """Load an excerpt of R mmrm's fits."""
    return json.loads((REFERENCE / "r_mmrm.json").read_text())


@pytest.fixture(scope="session")
def r_nlme():
    """Covariance and method → quantity → figure of nlme::gls."""
    found = {}
    for row in pl.read_csv(REFERENCE / "r_nlme.csv").iter_rows(named=True):
        found.setdefault((row["covariance"], row["method"]), {})[row["quantity"]] = row["value"]
    return found


@pytest.fixture(scope="session")
def three_arms():
    """Read the trial of three arms, long, with the placebo first."""
    arms = pl.Enum(["PBO", "LOW", "HIGH"])
    return pl.read_csv(REFERENCE / "sim120x5_3arm.csv").with_columns(pl.col("ARM").cast(arms))


@pytest.fixture(scope="session")
def read_wide():
    """Reader of a file of wide trials: trial → frame."""

    def read(path):
        frame = pl.read_csv(path, schema_overrides={"SIM": pl.String}, null_values=["", "NA"], infer_schema_length=None)
        return {trial: frame.filter(pl.col("SIM") == trial) for trial in frame["SIM"].unique(maintain_order=True)}

    return read


@pytest.fixture(scope="session")
def wide_trials(read_wide):
    """Trial → wide frame of 126 subjects at 7 visits."""
    return read_wide(REFERENCE / "sim126x7.csv")


@pytest.fixture(scope="session")
def to_long():
    return lambda wide: wide.unpivot(index=["SIM", "SUBJ", "ARM", "BASE"], variable_name="VISIT", value_name="CHG")


@pytest.fixture(scope="session")
def small_trial():
    """Maker of small simulated trials, long, with gaps."""

    def make(seed=1, subjects=24, visits=3, missing=0.15):
        random = np.random.default_rng(seed)
        y = random.normal(size=(subjects, 1)) + random.normal(size=(subjects, visits)) * (1 + 0.3 * np.arange(visits))
        base = random.normal(20, 4, subjects)
        arm = np.where(np.arange(subjects) % 2 == 0, "active", "placebo")
        y += 0.1 * base[:, None] + (arm == "active")[:, None] * 0.5
        y[random.random(y.shape) < missing] = np.nan
        return pl.DataFrame({
            "subject": np.repeat([f"S{i:05d}" for i in range(subjects)], visits),
            "visit": [f"week {4 * (t + 1):03d}" for t in range(visits)] * subjects,
            "arm": np.repeat(arm, visits),
            "base": np.repeat(base, visits),
            "weight": random.uniform(0.5, 2, subjects * visits),
            "chg": pl.Series(y.ravel(), nan_to_null=True),
        })  # fmt: skip

    return make
