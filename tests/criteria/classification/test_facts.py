"""Facts as they are given: faults all at once, contradictions, and what follows from what."""

import polars as pl
import pytest

from myotrial.criteria.classification.facts import load_facts, read_facts
from myotrial.criteria.classification.iim import classify_iim
from myotrial.criteria.classification.rules import list_classifications, load_classification
from myotrial.model.condition import All, AnyOf, Compare, Not, leaves, parts
from myotrial.model.errors import BadInput
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN


def faults(facts):
    with pytest.raises(BadInput) as caught:
        read_facts(facts)
    return [(fault.code, fault.row, fault.column) for fault in caught.value.faults]


def test_every_fault_at_once():
    facts = pl.DataFrame(
        {
            "subject_id": ["A", "A", None],
            "heliotrop": [True, False, None],
            "gottron_sign": ["yes", "maybe", "no"],
            "onset_age_years": ["45", "old", "130"],
            "onset_18_to_39": [True, False, None],
        }
    )
    assert set(faults(facts)) == {
        ("unknown_column", None, "heliotrop"),
        ("not_a_flag", 2, "gottron_sign"),
        ("not_a_number", 2, "onset_age_years"),
        ("out_of_range", 3, "onset_age_years"),
        ("missing_value", 3, "subject_id"),
        ("duplicate_subject", 2, "subject_id"),
        ("contradiction", 1, "onset_18_to_39"),
    }


def test_an_unknown_column_has_a_hint():
    with pytest.raises(BadInput, match=r"did you mean heliotrope\?"):
        classify_iim({"heliotrop": True})


@pytest.mark.parametrize(
    ("facts", "column"),
    [
        ({"onset_18_to_39": True, "onset_40_or_over": True}, "onset_40_or_over"),
        ({"onset_age_years": 18, "onset_18_to_39": False}, "onset_18_to_39"),
        ({"onset_age_years": 40, "onset_18_to_39": True}, "onset_18_to_39"),
        ({"onset_age_years": 39.9, "onset_40_or_over": True}, "onset_40_or_over"),
        ({"onset_age_years": 17, "adult_onset": True}, "adult_onset"),
        ({"adult_onset": False, "onset_40_or_over": True}, "adult_onset"),
        ({"adult_onset": True, "onset_18_to_39": False, "onset_40_or_over": False}, "adult_onset"),
        ({"muscle_enzyme_raised": False, "alt_raised": True}, "muscle_enzyme_raised"),
        ({"muscle_enzyme_raised": False, "ck_high": True}, "ck_raised"),
        ({"dm_rash": False, "gottron_sign": True}, "dm_rash"),
        ({"anti_ars": False, "anti_jo1": True}, "anti_ars"),
        ({"biopsy_done": False, "rimmed_vacuoles": False}, "rimmed_vacuoles"),
        ({"cancer": False, "cancer_diagnosed": "2020"}, "cancer_diagnosed"),
    ],
)
def test_contradictions_are_told_once(facts, column):
    assert faults(facts) == [("contradiction", 1, column)]


@pytest.mark.parametrize(
    ("facts", "follows"),
    [
        ({"alt_raised": True}, {"muscle_enzyme_raised": MET, "ck_raised": UNKNOWN}),
        ({"ck_high": True}, {"ck_raised": MET, "muscle_enzyme_raised": MET}),
        ({"muscle_enzyme_raised": False}, {"ck_raised": NOT_MET, "ck_high": NOT_MET, "aldolase_raised": UNKNOWN}),
        ({"heliotrope": False, "gottron_papules": False, "gottron_sign": False}, {"dm_rash": UNKNOWN}),
        ({"proximal_upper_weakness": False, "proximal_lower_weakness": False}, {"proximal_weakness": NOT_MET}),
        ({"proximal_weakness": True, "proximal_lower_weakness": False}, {"proximal_upper_weakness": MET}),
        ({"dm_rash": True, "heliotrope": False, "gottron_sign": False}, {"gottron_papules": UNKNOWN}),
        ({"onset_age_years": 30}, {"onset_18_to_39": MET, "onset_40_or_over": NOT_MET, "adult_onset": MET}),
        ({"onset_40_or_over": True}, {"onset_18_to_39": NOT_MET, "adult_onset": MET}),
    ],
)
def test_what_follows(facts, follows):
    answers = read_facts(facts).answers
    assert {name: int(answers[name][0]) for name in follows} == follows


def test_flags_in_every_spelling_and_nothing_at_all():
    facts = pl.DataFrame({"heliotrope": ["yes", "NO", "1", "false", "", "NA"]})
    assert read_facts(facts).answers["heliotrope"].tolist() == [MET, NOT_MET, MET, NOT_MET, UNKNOWN, UNKNOWN]
    whole = read_facts(pl.DataFrame({"heliotrope": [1, 0, None]}))
    assert whole.answers["heliotrope"].tolist() == [MET, NOT_MET, UNKNOWN]
    assert read_facts(pl.DataFrame({"heliotrope": [None]})).answers["heliotrope"].tolist() == [UNKNOWN]
    assert classify_iim(pl.DataFrame({"heliotrope": []}, schema={"heliotrope": pl.Boolean})).frame.height == 0


def test_facts_of_other_classifications_are_passed_over():
    assert classify_iim({"heliotrope": True, "ild": True}).frame.equals(classify_iim({"heliotrope": True}).frame)


def inner(condition):
    """List the nodes of a rule that have parts."""
    below = parts(condition)
    return [condition, *(node for part in below for node in inner(part))] if below else []


@pytest.mark.parametrize("name", list_classifications())
def test_no_fact_stands_twice_in_a_classification(name):
    rule, known = load_classification(name), load_facts()
    defaults = rule.settle({})
    settled = [defaults] + [
        {**defaults, option: choice} for option, open_ in rule.options.items() for choice in open_.choices
    ]
    for values in settled:
        rules = rule.resolve(values)
        asked = [leaf for group in rules.groups.values() for leaf in leaves(group)]
        facts = [leaf.measure if isinstance(leaf, Compare) else leaf.event for leaf in asked]
        assert len(facts) == len(set(facts))
        assert set(facts) - set(known) <= {"near"}
        for condition in rules.groups.values():
            assert all(isinstance(node, All | AnyOf | Not) for node in inner(condition))
        for category in rules.categories.values():
            assert {leaf.event for leaf in leaves(category)} <= set(rules.groups)


@pytest.mark.parametrize("name", list_classifications())
def test_every_part_has_its_source(name):
    rule = load_classification(name)
    assert rule.sources
    assert all(group.source in rule.sources.values() for group in rule.groups.values())
    assert len(rule.sha256) == len(rule.facts_sha256) == 64


def test_what_is_recalled_is_told_where_it_is_used():
    told = {name: load_classification(name) for name in list_classifications()}
    notes = {name: len(rule.recalled(rule.settle({}))) for name, rule in told.items()}
    assert {name: number for name, number in notes.items() if number} == {"eular-acr-2017": 2, "imnm-enmc-2016": 1}
    assert len(told["antisynthetase"].recalled({"definition": "solomon_2011"})) == 1
