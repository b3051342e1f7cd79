import importlib.util
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from myotrial.criteria.tis import score_tis
from myotrial.study.visits import check_visits

SECOND = Path(__file__).resolve().parents[1] / "reference" / "tis" / "second_programming.py"
STILL = {
    "physician_global_cm": "5.0",
    "patient_global_cm": "5.0",
    "mmt": "75",
    "haq_di": "1.5",
    "extramuscular_cm": "5.0",
    "ck_u_per_l": "100",
    "ck_uln_u_per_l": "200",
}
"""A visit at which nothing has changed, as decimals in strings."""


@pytest.fixture(scope="session")
def second():
    """Load the second programming of the score."""
    spec = importlib.util.spec_from_file_location("tis_second_programming", SECOND)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def still():
    return dict(STILL)


@pytest.fixture(scope="session")
def visit_table():
    """Pairs of visits (column → decimal as a string) → the visit table, one subject for each pair."""

    def build(pairs):
        names = sorted({name for pair in pairs for visit in pair for name in visit})
        columns = {name: [visit.get(name) for pair in pairs for visit in pair] for name in names}
        numbers = {
            name: pl.Series([None if cell in {None, ""} else float(cell) for cell in cells], dtype=pl.Float64)
            for name, cells in columns.items()
        }
        subject = [f"P{number:06d}" for number in range(len(pairs)) for _ in range(2)]
        return pl.DataFrame({"subject_id": subject, "week": [0, 16] * len(pairs), **numbers})

    return build


@pytest.fixture(scope="session")
def scored(visit_table):
    """Pairs of visits → the scores, one row for each pair."""

    def run(pairs, **options):
        return score_tis(check_visits(visit_table(pairs)), baseline_week=0, options=options).frame

    return run


@pytest.fixture(scope="session")
def expected(second):
    """Pairs of visits → what the second programming gives, as columns of the scores."""

    def run(pairs):
        rows = []
        for start, end in pairs:
            found, total, name = second.score(start, end)
            row = {f"points_{measure}": float(given) for measure, given in found.items()}
            rows.append({**row, "tis": float(total), "category": second.category(total), "enzyme_used": name})
        return pl.DataFrame(rows)

    return run


@pytest.fixture(scope="session")
def decimal():
    """Write a fraction as the decimal that it is."""

    def write(number):
        number = Fraction(number)
        places = next(places for places in range(10) if (number * 10**places).denominator == 1)
        whole = int(number * 10**places)
        sign, digits = "-" if whole < 0 else "", str(abs(whole)).rjust(places + 1, "0")
        return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)

    return write
