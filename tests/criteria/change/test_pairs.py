"""One measure at two visits: every comparator, unit and direction against fractions, and what is missing."""

import random
from fractions import Fraction

import numpy as np
import pytest

from myotrial.criteria.change.pairs import ColumnPair, answer
from myotrial.model.condition import Compare
from myotrial.model.decimals import NANO
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN

OPERATORS = {
    "at_least": lambda left, right: left >= right,
    "more_than": lambda left, right: left > right,
    "at_most": lambda left, right: left <= right,
    "less_than": lambda left, right: left < right,
    "equals": lambda left, right: left == right,
}
GRID = [Fraction(number, 10) for number in range(0, 101, 4)]


def nano(values):
    return np.array([int((value or 0) * NANO) for value in values], dtype=np.int64)


def pair_of(starts, ends, better="lower", low=0, top=10):
    lost = [np.array([value is None for value in values]) for values in (starts, ends)]
    return ColumnPair(nano(starts), nano(ends), *lost, np.array(low * NANO), np.array(top * NANO), better)


def by_hand(leaf, better, start, end):
    """Answer a leaf for two known values; a baseline of 0 is left to its own test."""
    if leaf.change is None:
        amount = end
    else:
        rises = (better == "lower") == (leaf.change == "worse")
        amount = end - start if rises else start - end
    if leaf.unit != "own":
        amount = amount / (start if leaf.unit == "percent_of_baseline" else 10) * 100
    return OPERATORS[leaf.comparator](amount, Fraction(str(leaf.threshold)))


LEAVES = [
    Compare(measure="m", **{comparator: threshold}, change=change, unit=unit)
    for comparator in OPERATORS
    for change, unit in [
        (None, "own"),
        *((way, unit) for way in ("better", "worse") for unit in ("own", "percent_of_baseline", "percent_of_range")),
    ]
    for threshold in ((2, 0.4) if unit == "own" else (20, 12.5, 33.333333, 100))
]


@pytest.mark.parametrize("better", ["lower", "higher"])
def test_known_values_agree_with_fractions(better):
    pairs = [(start, end) for start in GRID[1:] for end in GRID]
    pair = pair_of(*zip(*pairs, strict=True), better)
    for leaf in LEAVES:
        expected = [MET if by_hand(leaf, better, *values) else NOT_MET for values in pairs]
        assert answer(leaf, pair).tolist() == expected, leaf


@pytest.mark.parametrize("better", ["lower", "higher"])
def test_a_missing_value_may_be_any(better):
    draw = random.Random(2)  # noqa: S311
    for leaf in LEAVES:
        if leaf.unit == "percent_of_baseline" or leaf.comparator == "equals":
            continue
        rows = [(draw.choice([None, *GRID]), draw.choice([None, *GRID])) for _ in range(80)]
        found = answer(leaf, pair_of(*zip(*rows, strict=True), better))
        for (start, end), one in zip(rows, found, strict=True):
            starts, ends = (
                [value] if value is not None else [Fraction(0), Fraction(3), Fraction(10)] for value in (start, end)
            )
            answers = {by_hand(leaf, better, first, last) for first in starts for last in ends}
            assert one == (UNKNOWN if len(answers) == 2 else MET if answers == {True} else NOT_MET)


ANY = Compare(measure="m", at_least=20, change="better", unit="percent_of_baseline")
WORSE = Compare(measure="m", at_least=25, change="worse", unit="percent_of_baseline")


@pytest.mark.parametrize(
    ("better", "end", "answers"),
    [
        ("lower", Fraction(0), (NOT_MET, NOT_MET)),
        ("lower", Fraction(1, 10), (NOT_MET, MET)),
        ("higher", Fraction(1, 10), (MET, NOT_MET)),
        ("lower", None, (NOT_MET, UNKNOWN)),
        ("higher", None, (UNKNOWN, NOT_MET)),
    ],
)
def test_from_zero(better, end, answers):
    pair = pair_of([Fraction(0)], [end], better)
    assert tuple(int(answer(leaf, pair)[0]) for leaf in (ANY, WORSE)) == answers
    assert [int(answer(leaf, pair, zero_unknown=True)[0]) for leaf in (ANY, WORSE)] == [UNKNOWN, UNKNOWN]


def test_a_missing_baseline_might_be_zero():
    pair = pair_of([None], [Fraction(10)])
    assert int(answer(ANY, pair)[0]) == NOT_MET
    assert int(answer(ANY, pair, zero_unknown=True)[0]) == UNKNOWN
    assert int(answer(WORSE, pair)[0]) == UNKNOWN


def test_no_room_to_improve_is_known_without_the_visit():
    pair = pair_of([Fraction(9), Fraction(8)], [None, None], "higher")
    assert answer(ANY, pair).tolist() == [NOT_MET, UNKNOWN]


def test_a_percentage_of_a_negative_baseline_says_nothing():
    pair = pair_of([Fraction(-5), Fraction(-5)], [Fraction(5), None], "higher", low=-100, top=200)
    assert answer(ANY, pair).tolist() == [UNKNOWN, UNKNOWN]


def test_wide_numbers_are_still_exact():
    leaf = Compare(measure="m", at_least=33.333333333, change="better", unit="percent_of_baseline")
    pair = pair_of([Fraction(3_000_000)] * 2, [Fraction("2000000.00001"), Fraction("2000000.000010001")], top=4_000_000)
    assert answer(leaf, pair).tolist() == [MET, NOT_MET]
