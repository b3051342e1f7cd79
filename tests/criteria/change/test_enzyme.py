"""The enzyme that is followed: which one it is, and its change, against ratios in fractions."""

import random
from fractions import Fraction

import polars as pl
import pytest

from myotrial.criteria.change.improvement import score_doi

RANGES = {"ck": Fraction(15), "ldh": Fraction(3)}
NO_CHANGE = {
    "physician_global_cm": 1.0,
    "patient_global_cm": 1.0,
    "mmt": 1.0,
    "haq_di": 1.0,
    "extramuscular_cm": 1.0,
}


def visits(number):
    """Draw pairs of visits at which values and limits share many factors, so that edges are hit."""
    draw = random.Random(3)  # noqa: S311

    def visit():
        return {
            name: (
                Fraction(draw.randrange(0, 400, 8), draw.choice([1, 10])),
                Fraction(draw.choice([40, 50, 64, 80]), draw.choice([1, 10])),
            )
            for name in RANGES
        }

    return [(visit(), visit()) for _ in range(number)]


def ratio(visit, name):
    value, limit = visit[name]
    return value / limit


def expected(start, end, followed, percent_of):
    """Give improved, worsened and the enzyme; a change from 0 reaches every percentage."""
    first = max(RANGES, key=lambda name: ratio(start, name))
    last = first if followed == "same" else max(RANGES, key=lambda name: ratio(end, name))
    before, after = ratio(start, first), ratio(end, last)
    whole = before
    if percent_of == "percent_of_range":
        before, after, whole = before / RANGES[first], after / RANGES[last], Fraction(1)
    better, worse = before - after, after - before
    return better > 0 and better >= whole / 5, worse > 0 and worse >= whole / 4, last


@pytest.mark.parametrize("followed", ["same", "most_abnormal"])
@pytest.mark.parametrize("percent_of", ["percent_of_baseline", "percent_of_range"])
def test_random_values_and_limits_agree_with_fractions(followed, percent_of):
    pairs = visits(2000)
    rows = [
        {"subject_id": f"P{number:04d}", "week": week, **NO_CHANGE}
        | {f"{name}_u_per_l": float(value) for name, (value, _) in visit.items()}
        | {f"{name}_uln_u_per_l": float(limit) for name, (_, limit) in visit.items()}
        for number, pair in enumerate(pairs)
        for week, visit in zip((0, 4), pair, strict=True)
    ]
    options = {"enzyme_followed": followed, "percent_of": percent_of}
    found = score_doi(pl.DataFrame(rows), options=options).frame
    answers = found.select("improved_enzyme", "worsened_enzyme", "enzyme_used").rows()
    assert answers == [expected(*pair, followed, percent_of) for pair in pairs]
