"""Figures from R for the cases of this folder, and the data that they were computed from."""

import csv
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "statistics"
SHARED = Path(__file__).resolve().parents[2].parent / "shared"

# The first call of an estimator loads SciPy and statsmodels, which takes seconds: no deadline for a single example.
# `make proof` runs them with four times the examples (--hypothesis-profile=whole).
settings.register_profile("whole", settings(), deadline=None)
settings.register_profile("statistics", settings(), deadline=None, max_examples=25)
settings.load_profile("statistics")


@pytest.fixture(scope="session")
def r_figures():
    """Case → quantity → R's figure; ``None`` where R prints NA, NaN or Inf."""
    figures = defaultdict(dict)
    with (REFERENCE / "r_figures.csv").open() as file:
        for row in csv.DictReader(file):
            number = float(row["value"]) if row["value"] else math.nan
            figures[row["case"]][row["quantity"]] = number if math.isfinite(number) else None
    return dict(figures)


@pytest.fixture(scope="session")
def sim():
    """Columns of the simulated endpoint data, as arrays."""
    with (REFERENCE / "sim_endpoints.csv").open() as file:
        rows = list(csv.DictReader(file))
    text = {"ID", "ARM", "STRATUM"}
    return {name: np.array([row[name] if name in text else float(row[name]) for row in rows]) for name in rows[0]}


@pytest.fixture(scope="session")
def reference_folder():
    """Folder of the figures and data of these tests."""
    return REFERENCE


@pytest.fixture
def cdisc():
    """Folder of the public CDISC pilot data; the test is skipped where it is absent."""
    folder = SHARED / "samples" / "cdisc"
    if not folder.is_dir():
        pytest.skip("the CDISC pilot data are not on this machine (folder shared/samples/cdisc)")
    return folder


@pytest.fixture
def shared_figures():
    """Path of a file of reference figures that lies outside the repository; the test is skipped where it is absent."""

    def find(name):
        path = SHARED / "reference" / name
        if not path.is_file():
            pytest.skip(f"these reference figures are not on this machine (shared/reference/{name})")
        return path

    return find


def close(got, expected, relative=1e-9, absolute=1e-12):
    """Say whether two figures agree, where ``None`` agrees only with ``None``."""
    if got is None or expected is None:
        return got is expected
    return math.isclose(got, expected, rel_tol=relative, abs_tol=absolute)


@pytest.fixture
def agrees(r_figures):
    """Check that a result's fields agree with R's figures of a case, and name the field that does not."""

    def check(result, case, fields=None, **tolerance):
        for name, expected in r_figures[case].items():
            if fields is None or name in fields:
                got = getattr(result, name)
                assert close(got, expected, **tolerance), f"{case}, {name}: got {got}, R {expected}"

    return check


def with_more_columns(sim):
    """Add a grade, and the stratum as a number."""
    levels = {"A": 1.0, "B": 2.0, "C": 3.0}
    return {**sim, "GRADE": np.minimum(sim["AECOUNT"], 3), "NUMBER": np.array([levels[s] for s in sim["STRATUM"]])}


def differences(cases, figures, data, only=None):
    """Yield case, quantity, our figure, R's, for all cases of a family."""
    for case, call in cases.items():
        result = call(data)
        for quantity, expected in figures[case].items():
            if only is None or quantity == only:
                got = result
                for part in quantity.split(" "):  # "observed 2" is the second of what was observed
                    got = got[int(part) - 1] if part.isdigit() else getattr(got, part)
                yield case, quantity, got, expected


@pytest.fixture
def check_family(sim, r_figures):
    """Check all figures of a family of cases."""

    def check(title, source, tolerance, cases, absolute=1e-12, only=None):
        for case, quantity, got, expected in differences(cases, r_figures, with_more_columns(sim), only):
            where = f"{title}: {case}, {quantity}: got {got}, {source} {expected}"
            assert (got is None) == (expected is None), where
            if expected is not None:
                assert got == pytest.approx(expected, rel=tolerance, abs=absolute), where

    return check
