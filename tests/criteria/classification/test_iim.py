"""2017 EULAR/ACR: published weights and cut-offs, the worked vectors, the conflicts, the tree."""

import numpy as np
import polars as pl
import pytest

from myotrial.criteria.classification.iim import classify_iim
from myotrial.criteria.classification.iim_score import tier_by_probability, tier_by_score
from myotrial.criteria.classification.rules import load_classification
from myotrial.model.errors import BadInput

NAMES = {
    1: "onset_18_to_39", 2: "onset_40_or_over", 3: "proximal_upper_weakness", 4: "proximal_lower_weakness",
    5: "neck_flexor_weakness", 6: "leg_proximal_over_distal", 7: "heliotrope", 8: "gottron_papules",
    9: "gottron_sign", 10: "dysphagia", 11: "anti_jo1", 12: "muscle_enzyme_raised", 13: "endomysial_infiltrate",
    14: "perimysial_infiltrate", 15: "perifascicular_atrophy", 16: "rimmed_vacuoles",
}  # fmt: skip


def subject(yes, top=16, **more):
    """Facts with these numbered items yes and every other one up to ``top`` no."""
    return {**{name: number in yes for number, name in NAMES.items() if number <= top}, **more}


def one(facts, **how):
    return classify_iim(facts, **how).frame.row(0, named=True)


@pytest.mark.parametrize(
    ("biopsy", "yes", "score", "p", "tier"),
    [
        (False, {2, 3, 4, 8, 9, 12}, 10.3, 0.993, "definite"),
        (False, {2, 3, 4, 5, 12}, 6.8, 0.813, "probable"),
        (False, {7, 9}, 6.4, 0.745, "probable"),
        (False, {2, 3, 4, 12}, 4.9, 0.394, "not IIM"),
        (False, {1, 7}, 4.4, 0.283, "not IIM"),
        (True, {2, 3, 4, 12, 13}, 6.5, 0.502, "possible"),
    ],
)
def test_the_worked_vectors(biopsy, yes, score, p, tier):
    row = one(subject(yes), biopsy=biopsy)
    assert row["score"] == score
    assert round(row["probability"], 3) == p
    assert row["tier"] == row["tier_low"] == row["tier_high"] == tier


@pytest.mark.parametrize(("biopsy", "most"), [(False, 20.8), (True, 29.5)])
def test_the_maxima(biopsy, most):
    row = one({}, biopsy=biopsy)
    assert (row["score_low"], row["score_high"]) == (0, most)
    assert one(subject(set(range(2, 17))), biopsy=biopsy)["score"] == most


@pytest.mark.parametrize(
    ("yes", "score", "by_score", "by_probability", "p"),
    [
        ({2, 8, 6}, 5.1, "not IIM", "not IIM", None),
        ({7, 8}, 5.2, "not IIM", "not IIM", None),
        ({1, 9, 3}, 5.3, "possible", "not IIM", 0.4925),
        ({1, 9, 4}, 5.4, "possible", "possible", None),
        ({8, 9}, 5.4, "possible", "possible", None),
        ({1, 9, 6}, 5.5, "probable", "possible", 0.5424),
        ({11, 5}, 5.8, "probable", "probable", None),
        ({2, 7, 5, 3}, 7.8, "definite", "definite", None),
        ({7, 9, 3, 10}, 7.8, "definite", "definite", None),
        ({2, 7, 4, 12}, 7.3, "probable", "probable", None),
        ({2, 9, 8}, 7.5, "definite", "probable", 0.8975),
    ],
)
def test_both_rules_around_every_cut_off_without_biopsy(yes, score, by_score, by_probability, p):
    row = one(subject(yes), biopsy=False)
    other = one(subject(yes), biopsy=False, options={"tier_by": "probability"})
    assert row["score"] == score
    assert (row["tier"], row["tier_by_other_rule"]) == (by_score, by_probability)
    assert (other["tier"], other["tier_by_other_rule"]) == (by_probability, by_score)
    assert row["boundary_conflict"] is other["boundary_conflict"] is (by_score != by_probability)
    assert p is None or round(row["probability"], 4) == p


def test_the_conflicts_of_the_data_file_are_all_there_are(scored_tenths):
    rule = load_classification("eular-acr-2017").score
    listed = [(each.path, each.score, each.by_score, each.by_probability) for each in rule.conflicts]
    assert listed == [row for row in scored_tenths if row[2] != row[3]]


@pytest.fixture
def scored_tenths():
    rule, tenths = load_classification("eular-acr-2017").score, np.arange(296)
    rows = []
    for path, counted in (("no_biopsy", False), ("biopsy", True)):
        by = [tier(rule, tenths, np.full(296, counted)) for tier in (tier_by_score, tier_by_probability)]
        rows += [(path, t / 10, rule.tiers[a], rule.tiers[b]) for t, a, b in zip(tenths, *by, strict=True)]
    return rows


def test_every_tenth_has_its_tier(scored_tenths):
    cuts = {"no_biopsy": (53, 55, 75), "biopsy": (65, 67, 87)}
    names = ["not IIM", "possible", "probable", "definite"]
    for path, score, tier, _ in scored_tenths:
        assert tier == names[sum(round(score * 10) >= cut for cut in cuts[path])]


def test_age_counts_from_its_first_day():
    ages = pl.DataFrame({"onset_age_years": [0.0, 17.999999, 18, 39.999999, 40, 120, None]})
    for biopsy, gives in ((False, (0, 1.3, 2.1)), (True, (0, 1.5, 2.2))):
        items = classify_iim(ages, biopsy=biopsy).items().filter(pl.col("item") == "onset_age_years")
        assert items["points"].to_list() == [gives[0]] * 2 + [gives[1]] * 2 + [gives[2]] * 2 + [None]
        assert items["could_give"].to_list() == [0] * 6 + [gives[2]]


@pytest.mark.parametrize(
    ("facts", "low", "high"),
    [
        ({"onset_18_to_39": False}, 0, 2.1),
        ({"onset_40_or_over": False}, 0, 1.3),
        ({"adult_onset": True}, 1.3, 2.1),
        ({"adult_onset": True, "onset_18_to_39": False}, 2.1, 2.1),
        ({"adult_onset": False}, 0, 0),
        ({"onset_18_to_39": False, "onset_40_or_over": False}, 0, 0),
        ({"onset_18_to_39": True}, 1.3, 1.3),
    ],
)
def test_age_items_leave_what_they_leave(facts, low, high):
    rest = {name: False for number, name in NAMES.items() if 2 < number < 13}
    row = one({**rest, **facts}, biopsy=False)
    assert (row["score_low"], row["score_high"]) == (low, high)


def test_which_path_is_taken():
    facts = pl.DataFrame({"biopsy_done": [None, True, False, None], "rimmed_vacuoles": [None, None, None, False]})
    paths = [classify_iim(facts, biopsy=how).frame["path"].to_list() for how in ("auto", True, False)]
    assert paths == [["no_biopsy", "biopsy", "no_biopsy", "biopsy"], ["biopsy"] * 4, ["no_biopsy"] * 4]
    with pytest.raises(BadInput, match="auto, True or False"):
        classify_iim(facts, biopsy="yes")


@pytest.mark.parametrize(
    ("more", "subtype"),
    [
        ({"yes": {2, 7, 3}}, "DM"),
        ({"yes": {1, 8, 6}}, "DM"),
        ({"yes": {2, 9}}, "ADM"),
        ({"yes": {2, 16}}, "IBM"),
        ({"yes": {2, 3}, "finger_flexor_weakness": True, "improved_with_treatment": False}, "IBM"),
        ({"yes": {2, 3}, "finger_flexor_weakness": True, "improved_with_treatment": True}, "PM"),
        ({"yes": {2, 3}, "finger_flexor_weakness": False}, "PM"),
        ({"yes": {2, 3}, "finger_flexor_weakness": True}, None),
        ({"yes": {2, 3}}, None),
        ({"yes": {7}}, "JDM"),
        ({"yes": {3}}, "juvenile other"),
    ],
)
def test_the_tree(more, subtype):
    more = dict(more)
    row = one(subject(more.pop("yes"), **more))
    assert row["subtype_if_iim"] == subtype


def test_vacuoles_are_unknown_without_a_biopsy_unless_taken_as_absent():
    facts = subject({2, 3}, top=12, finger_flexor_weakness=False)
    assert one(facts)["subtypes_possible"] == ["IBM", "PM"]
    assert one(facts, options={"vacuoles_without_biopsy": "absent"})["subtype_if_iim"] == "PM"


@pytest.mark.parametrize(
    ("entry", "yes", "iim", "subtype"),
    [
        (True, {2, 3, 4, 8, 9, 12}, True, "DM"),
        (None, {2, 3, 4, 8, 9, 12}, None, None),
        (False, {2, 3, 4, 8, 9, 12}, False, "not IIM"),
        (True, {1, 7}, False, "not IIM"),
        (None, {1, 7}, False, "not IIM"),
    ],
)
def test_a_case_needs_entry_and_cut_point(entry, yes, iim, subtype):
    row = one(subject(yes, no_better_explanation=entry), biopsy=False)
    assert (row["entry"], row["iim"], row["subtype"]) == (entry, iim, subtype)


def test_the_cut_point_is_an_option():
    facts = subject({1, 9, 3}, no_better_explanation=True)  # 5.3, possible
    found = [one(facts, biopsy=False, options={"cut_point": cut})["iim"] for cut in ("possible", "probable")]
    assert found == [True, False]


@pytest.mark.parametrize(
    ("skin", "recommended"),
    [([False] * 3, True), ([False, None, False], None), ([None, True, None], False), ([True] * 3, False)],
)
def test_a_biopsy_is_recommended_without_a_skin_sign(skin, recommended):
    row = one(dict(zip(("heliotrope", "gottron_papules", "gottron_sign"), skin, strict=True)))
    assert row["biopsy_recommended"] is recommended


def test_enzymes_count_once_and_aldolase_does_not():
    rest = {name: False for number, name in NAMES.items() if number < 12}
    assert one({**rest, "ck_raised": True, "ldh_raised": True, "ast_raised": True})["score"] == 1.3
    no = dict.fromkeys(("ck_raised", "ldh_raised", "ast_raised", "alt_raised"), False)
    assert one({**rest, **no, "aldolase_raised": True})["score"] == 0
    assert one({**rest, **no, "alt_raised": None})["score_high"] == 1.3
