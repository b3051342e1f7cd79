"""Muscle enzymes at each visit, against fractions worked out one visit at a time."""

import random
from fractions import Fraction

import polars as pl
import pytest

from myotrial.criteria.muscle_enzymes import score_enzymes
from myotrial.model.errors import BadInput

ENZYMES = ("ck", "aldolase", "ldh", "ast", "alt")
RANGES = {"ck": 15, "aldolase": 6, "ldh": 3, "ast": 3, "alt": 3}


def drawn(count):
    """Values of which many stand in the same ratio to their limits, some missing."""
    chance = random.Random(5)  # noqa: S311
    rows = []
    for place in range(count):
        row = {"subject_id": f"S{place}", "week": 0}
        for enzyme in ENZYMES:
            limit = chance.choice(["0.3", "40", "7.6", "200"])
            value = chance.choice([None, *(str(Fraction(limit) * part) for part in (1, 2, 3, 6))])
            row |= {f"{enzyme}_u_per_l": None if value is None else float(Fraction(value)),
                    f"{enzyme}_uln_u_per_l": float(limit)}  # fmt: skip
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


@pytest.mark.parametrize("choice", ["multiple_of_uln", "fraction_of_range"])
def test_the_most_abnormal_and_its_ties(choice):
    visits = drawn(300)
    found = score_enzymes(visits, options={"enzyme_choice": choice}).frame
    ties = 0
    for row, got in zip(visits.iter_rows(named=True), found.iter_rows(named=True), strict=True):
        ratios = {
            enzyme: Fraction(str(row[f"{enzyme}_u_per_l"])) / Fraction(str(row[f"{enzyme}_uln_u_per_l"]))
            for enzyme in ENZYMES
            if row[f"{enzyme}_u_per_l"] is not None
        }
        for enzyme in ENZYMES:
            assert got[f"{enzyme}_raised"] == (ratios[enzyme] > 1 if enzyme in ratios else None)
        raised = any(ratio > 1 for ratio in ratios.values())
        assert got["any_raised"] == (True if raised else None if len(ratios) < len(ENZYMES) else False)
        by = {each: ratio / RANGES[each] if choice == "fraction_of_range" else ratio for each, ratio in ratios.items()}
        best = [each for each in by if by[each] == max(by.values())]
        assert got["most_abnormal"] == (best[0] if best else None)
        assert got["tied"] == (len(best) > 1 if best else None)
        assert got["most_abnormal_x_uln"] == (pytest.approx(float(ratios[best[0]])) if best else None)
        ties += len(best) > 1
    assert 50 < ties < 300


def test_microkatal_are_sixty_units_and_an_edge_is_exact():
    visits = pl.DataFrame(
        {
            "subject_id": ["A", "B"],
            "week": [0, 0],
            "ck_ukat_per_l": [3.3, 3.4],
            "ck_uln_u_per_l": [198, 204],
            "alt_u_per_l": [0.3, 0.1],
            "alt_uln_ukat_per_l": [0.005, 0.005],
        }
    )
    found = score_enzymes(visits).frame
    assert found["ck_x_uln"].to_list() == [1, 1]
    assert found["ck_raised"].to_list() == [False, False]
    assert found["tied"].to_list() == [True, False]
    assert found["most_abnormal"].to_list() == ["ck", "ck"]


def test_ties_go_as_the_option_says():
    visits = pl.DataFrame({"subject_id": ["A"], "week": [0], "ck_u_per_l": [400], "ck_uln_u_per_l": [200],
                           "ldh_u_per_l": [500], "ldh_uln_u_per_l": [250]})  # fmt: skip
    assert score_enzymes(visits).frame["most_abnormal"].to_list() == ["ck"]
    order = ["ldh", "ck", "aldolase", "ast", "alt"]
    assert score_enzymes(visits, options={"enzyme_ties": order}).frame["most_abnormal"].to_list() == ["ldh"]


def test_faults_have_their_places(tmp_path):
    file = tmp_path / "v.csv"
    file.write_text("subject_id,week,ck_u_per_l,ck_uln_u_per_l,mmt\nA,0,400,,x\nA,0,many,200,x\nB,0,-1,0,x\n")
    with pytest.raises(BadInput) as caught:
        score_enzymes(file)
    places = {(fault.row, fault.column) for fault in caught.value.faults}
    assert {(2, "ck_uln_u_per_l"), (3, "ck_u_per_l"), (4, "ck_u_per_l"), (4, "ck_uln_u_per_l")} <= places
    with pytest.raises(BadInput, match="no option colour"):
        score_enzymes(pl.DataFrame({"subject_id": ["A"], "week": [0], "ck_u_per_l": [1], "ck_uln_u_per_l": [1]}),
                      options={"colour": 1})  # fmt: skip


def test_it_prints_itself():
    found = score_enzymes(drawn(30))
    assert repr(found).startswith("EnzymeLevels(30 visits; most abnormal: ")
    assert "and 10 more rows" in found._repr_html_()
    assert len(found.to_dict()["visits"]) == found.to_frame().height == 30
