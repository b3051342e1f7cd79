"""Changes from baseline, compared exactly: in the measure's unit, in percent of baseline and of the range."""

import operator
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from myotrial.model.condition import Compare
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN, evaluate

GRID = [f"{tenths / 10:.1f}" for tenths in range(101)]
PAIRS = [(start, end) for start in GRID for end in GRID]
HOLDS = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
    "equals": operator.eq,
}


@cache
def shares(change, unit, width=10):
    """Give each pair's change as a fraction of the decimals as written, for a measure that improves as it falls."""
    found = []
    for start, end in PAIRS:
        first, last = Fraction(start), Fraction(end)
        moved = first - last if change == "better" else last - first
        whole = {"own": Fraction(100), "percent_of_baseline": first, "percent_of_range": Fraction(width)}[unit]
        found.append(100 * moved / whole if whole else None)  # a percentage of nothing is unknown
    return found


@pytest.mark.parametrize("change", ["better", "worse"])
@pytest.mark.parametrize(
    ("unit", "threshold"),
    [
        ("own", "2"),
        ("own", "0.3"),
        ("percent_of_baseline", "30"),
        ("percent_of_baseline", "12.5"),
        ("percent_of_range", "5"),
        ("percent_of_range", "33.3"),
    ],
)
def test_every_pair_of_visual_analogue_values(panel, change, unit, threshold):
    study = panel({"vas": [[float(start), float(end)] for start, end in PAIRS]}, widths={"vas": 10})
    edge = Fraction(threshold)
    for comparator, holds in HOLDS.items():
        leaf = Compare(measure="vas", change=change, unit=unit, **{comparator: float(threshold)})
        found = evaluate(leaf, study, [1])[:, 0].tolist()
        wrong = [
            (pair, got)
            for pair, got, share in zip(PAIRS, found, shares(change, unit), strict=True)
            if got != (UNKNOWN if share is None else MET if holds(share, edge) else NOT_MET)
        ]
        assert wrong == [], comparator


def test_a_measure_that_improves_as_it_rises(panel):
    study = panel({"mmt": [[120.0, 108.0], [120.0, 96.0], [120.0, 96.1], [120.0, 150.0]]}, better={"mmt": "higher"})
    worse = Compare(measure="mmt", change="worse", at_least=20, unit="percent_of_baseline")
    assert evaluate(worse, study, [1])[:, 0].tolist() == [NOT_MET, MET, NOT_MET, NOT_MET]
    better = Compare(measure="mmt", change="better", at_least=25, unit="percent_of_baseline")
    assert evaluate(better, study, [1])[:, 0].tolist() == [NOT_MET, NOT_MET, NOT_MET, MET]


def test_an_unknown_end_makes_the_change_unknown(panel):
    study = panel({"vas": [[np.nan, 3.0], [3.0, np.nan], [(2.0, 4.0), 9.0], [3.0, 3.0]]}, widths={"vas": 10})
    for unit in ("own", "percent_of_baseline", "percent_of_range"):
        leaf = Compare(measure="vas", change="worse", at_least=1, unit=unit)
        assert evaluate(leaf, study, [1])[:, 0].tolist() == [UNKNOWN, UNKNOWN, UNKNOWN, NOT_MET]


def test_a_percentage_of_nothing_is_unknown(panel):
    study = panel({"haq": [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]]})
    for comparator in ("at_least", "at_most"):
        leaf = Compare(measure="haq", change="worse", unit="percent_of_baseline", **{comparator: 30})
        assert evaluate(leaf, study, [1])[:2, 0].tolist() == [UNKNOWN, UNKNOWN]
    of_range = Compare(measure="haq", change="worse", at_least=30, unit="percent_of_range")  # and it has no range
    assert evaluate(of_range, study, [1])[:, 0].tolist() == [UNKNOWN, UNKNOWN, UNKNOWN]


def test_the_range_is_the_subjects_own(panel):
    study = panel({"mmt": [[50.0, 58.0], [50.0, 59.0]]}, better={"mmt": "higher"}, widths={"mmt": 80})
    leaf = Compare(measure="mmt", change="better", more_than=10, unit="percent_of_range")
    assert evaluate(leaf, study, [1])[:, 0].tolist() == [NOT_MET, MET]
