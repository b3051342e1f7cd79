"""Confirmation at visits in a row: hand-made sequences, and every completion of what is unknown."""

import random
from itertools import groupby, product

import numpy as np
import pytest

from myotrial.criteria.change.episodes import find_episodes
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN

CODES = {"-": NOT_MET, "?": UNKNOWN, "w": MET}


def found(*criteria, length=2, unknown="unknown"):
    answers = [np.array([CODES[sign] for sign in text]) for text in criteria]
    rows = len(criteria[0])
    return find_episodes(np.zeros(rows, dtype=int), np.arange(rows), answers, length, unknown)


def signs(answers):
    return "".join({NOT_MET: "-", UNKNOWN: "?", MET: "w"}[int(one)] for one in answers)


@pytest.mark.parametrize(
    ("visits", "confirmed", "episodes"),
    [
        ("-----", "-----", [0, 0, 0, 0, 0]),
        ("w-w-w", "-----", [0, 0, 0, 0, 0]),
        ("ww---", "-w---", [1, 1, 0, 0, 0]),
        ("-wwww", "--www", [0, 1, 1, 1, 1]),
        ("ww-ww", "-w--w", [1, 1, 0, 2, 2]),
        ("w-ww-", "---w-", [0, 0, 1, 1, 0]),
        ("ww-ww-ww", "-w--w--w", [1, 1, 0, 2, 2, 0, 3, 3]),
        ("w", "-", [0]),
    ],
)
def test_episodes_of_hand_made_sequences(visits, confirmed, episodes):
    result = found(visits)
    assert (signs(result.confirmed), result.number.tolist()) == (confirmed, episodes)


def test_unknown_visits_in_their_three_ways():
    visits = "w?w-ww"
    assert signs(found(visits).confirmed) == "-??--w"
    assert found(visits).number.tolist() == [-1, -1, -1, -1, -1, -1]
    assert signs(found(visits, unknown="not_met").confirmed) == "-----w"
    assert found(visits, unknown="not_met").number.tolist() == [0, 0, 0, 0, 1, 1]
    assert signs(found(visits, unknown="skipped").confirmed) == "-?w--w"
    assert found(visits, unknown="skipped").number.tolist() == [1, -1, 1, 0, 2, 2]


def test_the_same_criterion_must_recur():
    assert signs(found("w-ww", "-w--").confirmed) == "---w"
    assert found("ww--", "--ww").number.tolist() == [1, 1, 1, 1]  # one criterion after the other, without a gap


def test_one_visit_or_three():
    assert signs(found("-w-ww", length=1).confirmed) == "-w-ww"
    assert signs(found("www-ww", length=3).confirmed) == "--w---"
    assert found("www-ww", length=3).number.tolist() == [1, 1, 1, 0, 0, 0]


def by_hand(criteria, length):
    """Give confirmed and within for known answers, visit by visit."""
    rows = len(criteria[0])
    confirmed, within = [False] * rows, [False] * rows
    for answers in criteria:
        place = 0
        for met, run in groupby(answers):
            size = len(list(run))
            for visit in range(place, place + size):
                if met == MET and size >= length:
                    within[visit] = True
                    confirmed[visit] |= visit - place + 1 >= length
            place += size
    return confirmed, within


def numbered(within):
    count, numbers = 0, []
    for place, inside in enumerate(within):
        count += inside and (place == 0 or not within[place - 1])
        numbers.append(count if inside else 0)
    return numbers


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("criteria", [1, 2])
def test_every_completion(length, criteria):
    draw = random.Random(length * 10 + criteria)  # noqa: S311
    for _ in range(150):
        held = [[draw.choice([NOT_MET, MET, MET, UNKNOWN]) for _ in range(6)] for _ in range(criteria)]
        open_ones = [(row, place) for row in range(criteria) for place in range(6) if held[row][place] == UNKNOWN][:7]
        for row in range(criteria):
            for place in range(6):
                if held[row][place] == UNKNOWN and (row, place) not in open_ones:
                    held[row][place] = MET
        whole = []
        for filled in product([NOT_MET, MET], repeat=len(open_ones)):
            known = [list(answers) for answers in held]
            for (row, place), value in zip(open_ones, filled, strict=True):
                known[row][place] = value
            whole.append(by_hand(known, length))
        result = find_episodes(np.zeros(6, int), np.arange(6), [np.array(part) for part in held], length, "unknown")
        for place in range(6):
            for answers, column in ((result.confirmed, 0), (result.within, 1)):
                values = {one[column][place] for one in whole}
                assert answers[place] == (UNKNOWN if len(values) == 2 else MET if values == {True} else NOT_MET)
        sure = [numbered(within) for _, within in whole]
        for place, number in enumerate(result.number):
            assert number == -1 or {numbers[place] for numbers in sure} == {number}


def test_subjects_and_rows_in_any_order():
    draw = np.random.default_rng(7)
    subject, week = np.repeat(np.arange(30), 8), np.tile(np.arange(8), 30)
    answers = draw.choice([NOT_MET, UNKNOWN, MET, MET], 240)
    straight = find_episodes(subject, week, [answers], 2, "unknown")
    order = draw.permutation(240)
    mixed = find_episodes(subject[order], week[order], [answers[order]], 2, "unknown")
    for name in ("confirmed", "within", "number"):
        assert (getattr(mixed, name) == getattr(straight, name)[order]).all()
    for one in range(30):
        mine = subject == one
        alone = find_episodes(subject[mine], week[mine], [answers[mine]], 2, "unknown")
        assert (alone.number == straight.number[mine]).all()


def test_no_rows():
    nothing = np.zeros(0, dtype=int)
    assert find_episodes(nothing, nothing, [nothing], 2, "unknown").number.size == 0
