"""PRINTO 20 and clinically inactive disease."""

import random
from fractions import Fraction

import polars as pl
import pytest

from myotrial.criteria.change.improvement import score_printo20
from myotrial.criteria.change.inactive import score_inactive_disease
from myotrial.model.errors import BadInput
from myotrial.study.visits import check_visits

BETTER = {
    "physician_global_cm": "lower",
    "patient_global_cm": "lower",
    "cmas": "higher",
    "chaq": "lower",
    "das": "lower",
    "chq_phs": "higher",
}
START = {
    "physician_global_cm": Fraction(5),
    "patient_global_cm": Fraction(5),
    "cmas": Fraction(30),
    "chaq": Fraction(1),
    "das": Fraction(10),
    "chq_phs": Fraction(30),
    "mmt": Fraction(50),
}
UNUSED = ["haq_di", "extramuscular_cm"]


def table(pairs, **columns):
    names = sorted({name for pair in pairs for visit in pair for name in visit})
    numbers = {
        name: pl.Series(
            [None if visit[name] is None else float(visit[name]) for pair in pairs for visit in pair], dtype=pl.Float64
        )
        for name in names
    }
    subjects = [f"P{number:05d}" for number in range(len(pairs)) for _ in range(2)]
    empty = {name: pl.Series([None] * len(subjects), dtype=pl.Float64) for name in [*UNUSED, "mmt"]}
    frame = {"subject_id": subjects, "week": [0, 26] * len(pairs), **empty, **numbers, **columns}
    return pl.DataFrame(frame)


def score(pairs, **options):
    return score_printo20(table(pairs), baseline_week=0, options=options).frame


def second(start, end):
    """Give the answer a second time for baselines above 0."""
    better, worse = [], []
    for name, way in BETTER.items():
        change = (start[name] - end[name] if way == "lower" else end[name] - start[name]) / start[name]
        better += [name] * (change >= Fraction(1, 5))
        worse += [name] * (change < -Fraction(3, 10))
    return len(better) >= 3 and len(worse) <= 1 and "cmas" not in worse, len(better), len(worse)


def test_random_visits_agree_with_fractions():
    draw = random.Random(2)  # noqa: S311
    grids = {
        "physician_global_cm": [Fraction(number, 2) for number in range(1, 21)],
        "cmas": [Fraction(n) for n in range(1, 53)],
        "patient_global_cm": [Fraction(number, 2) for number in range(1, 21)],
        "chaq": [Fraction(n, 8) for n in range(1, 25)],
        "das": [Fraction(number) for number in range(1, 21)],
        "chq_phs": [Fraction(number) for number in range(5, 60, 5)],
    }
    pairs = [[{name: draw.choice(grid) for name, grid in grids.items()} for _ in range(2)] for _ in range(3000)]
    found = score(pairs).select("printo20", "n_improved", "n_worsened").rows()
    assert found == [second(*pair) for pair in pairs]
    assert {row[0] for row in found} == {True, False}


@pytest.mark.parametrize(
    ("name", "end", "improved", "worsened"),
    [
        ("cmas", "36", True, False),
        ("cmas", "35", False, False),
        ("cmas", "21", False, False),
        ("cmas", "20", False, True),
        ("das", "8", True, False),
        ("das", "13", False, False),
        ("das", "13.1", False, True),
        ("chq_phs", "36", True, False),
        ("chq_phs", "21", False, False),
        ("chq_phs", "20.9", False, True),
        ("chaq", "1.3", False, False),
        ("chaq", "1.300000001", False, True),
    ],
)
def test_an_edge_is_reached_exactly(name, end, improved, worsened):
    row = score([(START, START | {name: Fraction(end)})]).row(0, named=True)
    shown = {"cmas": "strength"}.get(name, name)
    assert (row[f"improved_{shown}"], row[f"worsened_{shown}"]) == (improved, worsened)


IMPROVED = {"physician_global_cm": Fraction(4), "patient_global_cm": Fraction(4), "chaq": Fraction("0.8")}


@pytest.mark.parametrize(
    ("worse", "clause", "answer"),
    [
        ({}, "strength_forbidden", True),
        ({"das": Fraction(14)}, "strength_forbidden", True),
        ({"das": Fraction(14), "chq_phs": Fraction(20)}, "strength_forbidden", False),
        ({"cmas": Fraction(20)}, "strength_forbidden", False),
        ({"cmas": Fraction(20)}, "strength_not_counted", True),
        ({"cmas": Fraction(20), "das": Fraction(14)}, "strength_not_counted", True),
        ({"cmas": Fraction(20), "das": Fraction(14), "chq_phs": Fraction(20)}, "none", True),
    ],
)
def test_the_worsening_clause(worse, clause, answer):
    assert score([(START, START | IMPROVED | worse)], worsening_clause=clause)["printo20"].to_list() == [answer]


def test_strength_by_mmt():
    pair = (START, START | {"mmt": Fraction(60)})
    assert score([pair])["improved_strength"].to_list() == [False]
    assert score([pair], strength="mmt")["improved_strength"].to_list() == [True]


def test_a_column_that_is_not_there_is_a_fault_that_names_the_rule():
    frame = table([(START, START | IMPROVED)]).drop("das", "chq_phs", *UNUSED)
    with pytest.raises(BadInput) as told:
        score_printo20(frame)
    assert {fault.column for fault in told.value.faults} == {"das", "chq_phs"}
    assert all("printo-20 needs this column" in fault.message for fault in told.value.faults)
    read = check_visits(frame, needs={})
    with pytest.raises(BadInput) as told:
        score_printo20(read)
    assert {fault.column for fault in told.value.faults} == {"das", "chq_phs"}
    empty = frame.with_columns(das=None, chq_phs=pl.Series([30.0, 30.0]))
    assert score_printo20(empty).frame.select("printo20", "improved_das").row(0) == (True, None)


INACTIVE = {
    "ck_u_per_l": Fraction(150),
    "cmas": Fraction(48),
    "mmt": Fraction(78),
    "physician_global_cm": Fraction("0.2"),
}


def inactive(change, top=80, **options):
    visit = INACTIVE | {"patient_global_cm": Fraction(0)} | change
    frame = table([(visit, visit)], ck_uln_u_per_l=[200.0] * 2)
    if top is not None:
        frame = frame.with_columns(mmt_max=pl.lit(float(top)))
    return score_inactive_disease(frame, options=options).frame.row(0, named=True)


@pytest.mark.parametrize(
    ("change", "answer", "number"),
    [
        ({}, True, 4),
        ({"ck_u_per_l": Fraction("150.1")}, True, 3),
        ({"cmas": Fraction(47)}, True, 3),
        ({"mmt": Fraction(77)}, True, 3),
        ({"physician_global_cm": Fraction("0.3")}, True, 3),
        ({"ck_u_per_l": Fraction("150.1"), "cmas": Fraction(47)}, False, 2),
        ({"ck_u_per_l": None}, True, None),
        ({"ck_u_per_l": None, "mmt": None}, None, None),
        ({"ck_u_per_l": None, "mmt": Fraction(77), "cmas": Fraction(47)}, False, None),
    ],
)
def test_inactive_disease(change, answer, number):
    row = inactive(change)
    assert (row["inactive"], row["n_criteria"]) == (answer, number)


@pytest.mark.parametrize("top", [150, None])
def test_strength_on_another_scale_is_unknown(top):
    row = inactive({}, top)
    assert (row["criteria_mmt"], row["inactive"], row["n_criteria_low"], row["n_criteria_high"]) == (None, True, 3, 4)
    assert inactive({"cmas": Fraction(20)}, top)["inactive"] is None


def test_the_numbers_are_parameters():
    assert inactive({"cmas": Fraction(40), "mmt": Fraction(70)}, cmas=40)["n_criteria"] == 3
    assert inactive({"cmas": Fraction(40), "mmt": Fraction(70)}, criteria_needed=2)["inactive"] is True
