"""Every classification under one name: files of facts, their faults, which facts are read, and the words."""

import json

import polars as pl
import pytest

from myotrial.criteria.classification.every import CLASSIFIERS, classify, list_facts
from myotrial.criteria.classification.explain import describe_classification, explain_classification
from myotrial.criteria.classification.files import read_facts_file, read_facts_words
from myotrial.criteria.classification.rules import list_classifications, load_classification
from myotrial.model.errors import BadInput

WRITTEN = {"heliotrope": [True, None], "onset_age_years": [45, 12], "cancer_diagnosed": ["2021-03", "2021-03-15"]}
"""Facts of two people, as every kind of file has to hold them."""

CSV = "subject_id;heliotrope;onset_age_years;cancer_diagnosed\nA;yes;45;2021-03\nB;;12;2021-03-15\n"
YAML = """\
- {subject_id: A, heliotrope: yes, onset_age_years: 45, cancer_diagnosed: 2021-03}
- {subject_id: B, heliotrope: null, onset_age_years: 12, cancer_diagnosed: 2021-03-15}
"""
JSON = json.dumps([{"subject_id": name, **{fact: values[place] for fact, values in WRITTEN.items()}}
                   for place, name in enumerate("AB")])  # fmt: skip


def faults_of(path, criteria="eular-acr-2017"):
    with pytest.raises(BadInput) as caught:
        classify(path, criteria)
    return [(fault.code, fault.file, fault.row, fault.column) for fault in caught.value.faults]


def test_there_is_a_function_for_every_classification():
    assert tuple(sorted(CLASSIFIERS)) == list_classifications()
    with pytest.raises(BadInput, match=r"did you mean overlap\?"):
        classify({}, "overlaps")


@pytest.mark.parametrize(("name", "text"), [("f.csv", CSV), ("f.yaml", YAML), ("f.yml", YAML), ("f.json", JSON)])
@pytest.mark.parametrize("criteria", ["eular-acr-2017", "cancer-associated"])
def test_the_same_facts_in_any_file_give_the_same(tmp_path, name, text, criteria):
    (tmp_path / name).write_text(text)
    frame = pl.DataFrame({"subject_id": ["A", "B"], **WRITTEN})
    assert classify(tmp_path / name, criteria).frame.equals(classify(frame, criteria).frame)
    frame.write_parquet(tmp_path / "f.parquet")
    assert classify(tmp_path / "f.parquet", criteria).frame.equals(classify(frame, criteria).frame)


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_one_person_is_a_record(tmp_path, suffix):
    file = tmp_path / f"one.{suffix}"
    file.write_text('{"heliotrope": true, "gottron_sign": null, "onset_age_years": 51.5}')
    typed = read_facts_words(["heliotrope=yes", "gottron_sign=", "onset_age_years=51.5"])
    expected = classify({"heliotrope": True, "onset_age_years": 51.5}).frame
    assert classify(file).frame.equals(expected)
    assert classify(typed).frame.equals(expected)


def test_every_fault_of_a_table_at_once(tmp_path):
    file = tmp_path / "facts.csv"
    file.write_text(
        "subject_id,heliotrope,onset_age_years,myositis_diagnosed,cancer_associated,heliotrop\n"
        "A,maybe,45,2021-02-30,,\n\nA,yes,130,2021,yes,\nB,yes\n"
    )
    assert set(faults_of(file)) == {
        ("unknown_column", "facts.csv", 1, "heliotrop"),
        ("not_a_flag", "facts.csv", 2, "heliotrope"),
        ("out_of_range", "facts.csv", 4, "onset_age_years"),
        ("duplicate_subject", "facts.csv", 4, "subject_id"),
        ("ragged_row", "facts.csv", 5, None),
    }
    file.write_text("subject_id,myositis_diagnosed,cancer_associated\nA,2021-02-30,\n\nB,2021,yes\n")
    assert faults_of(file, "cancer-associated") == [
        ("not_a_date", "facts.csv", 2, "myositis_diagnosed"),
        ("missing_evidence", "facts.csv", 4, "cancer_associated_evidence"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"heliotrope": "maybe", "ild": [1]}',
         {("not_a_flag", "f.json", None, "heliotrope"), ("not_a_value", "f.json", None, "ild")}),
        ('[{"heliotrope": true}, {"heliotrope": "maybe", "ild": {}}]',
         {("not_a_flag", "f.json", 2, "heliotrope"), ("not_a_value", "f.json", 2, "ild")}),
        ('{"heliotrope": true, "heliotrope": false}', {("unreadable", "f.json", None, None)}),
        ('{"heliotrope": true', {("unreadable", "f.json", None, None)}),
        ("3", {("not_a_record", "f.json", None, None)}),
        ("[]", {("not_a_record", "f.json", None, None)}),
        ("[{}, 3]", {("not_a_record", "f.json", 2, None)}),
    ],
)  # fmt: skip
def test_every_fault_of_records_at_once(tmp_path, text, expected):
    file = tmp_path / "f.json"
    file.write_text(text)
    assert set(faults_of(file)) == expected


@pytest.mark.parametrize("name", ["none.csv", "none.json", "none.yaml"])
def test_a_file_that_is_not_there(tmp_path, name):
    with pytest.raises(BadInput, match="the file is not there"):
        read_facts_file(tmp_path / name)


def test_a_table_without_rows_is_no_answer(tmp_path):
    (tmp_path / "f.csv").write_text("subject_id,heliotrope\n")
    with pytest.raises(BadInput, match="no rows"):
        classify(tmp_path / "f.csv")


def test_typed_facts_that_are_none():
    with pytest.raises(BadInput) as caught:
        read_facts_words(["heliotrope", "ild=yes", "ild=no"])
    assert [fault.got for fault in caught.value.faults] == ["heliotrope", "ild"]


@pytest.mark.parametrize("criteria", list_classifications())
def test_what_is_asked_is_listed_and_nearly_all_that_is_listed_is_asked(criteria):
    listed, asked = set(list_facts(criteria)["fact"]), set(classify({}, criteria).ask_next()["ask"])
    beside = {
        "antisynthetase": {"myositis"},  # not in the list of Connors 2010
        "cancer-associated": {"cancer_associated_evidence"},
        "chronic-active": {"months_since_diagnosis", "physician_global_cm"},  # of the hint
        "eular-acr-2017": {"biopsy_done", "endomysial_infiltrate", "perimysial_infiltrate", "perifascicular_atrophy"},
        "relevant-improvement": {"tis_screening_to_baseline"},
    }
    assert asked <= listed
    assert listed - asked == beside.get(criteria, set())


def test_other_options_read_other_facts():
    assert "myositis" in list_facts("antisynthetase")["fact"].to_list()
    solomon = list_facts("antisynthetase", options={"definition": "solomon_2011"})["fact"].to_list()
    assert "pm_or_dm_bohan_peter" in solomon
    assert "myositis" not in solomon


@pytest.mark.parametrize("criteria", list_classifications())
def test_words_for_every_classification(criteria):
    rule, text = load_classification(criteria), describe_classification(criteria)
    named = [*list_facts(criteria)["fact"], *rule.options, *(each.name for each in rule.categories), rule.otherwise]
    assert all(name in text for name in named)
    assert all(source.citation in text for source in rule.sources.values())
    told = explain_classification(classify({"subject_id": "P7"}, criteria))
    assert told.startswith("P7: ")
    assert "ask next:" in told


def test_the_words_of_a_score():
    facts = {"subject_id": "P1", "onset_age_years": 45, "heliotrope": True, "gottron_papules": False,
             "gottron_sign": True, "proximal_upper_weakness": True, "no_better_explanation": True}  # fmt: skip
    told = explain_classification(classify(facts))
    assert "P1: definite\n  score 9.2 to 18.7, without biopsy; probability 0.980 to above 0.999" in told
    assert "counted: age at the first symptom 2.1; weak proximal arms" in told
    assert "known, gives nothing: Gottron papules\n" in told
    assert "anti-Jo-1 antibody (up to 3.9)" in told
    assert "a case: yes" in told
    assert "subtype: DM" in told
    assert "ask next" not in told


def test_the_words_at_a_conflict_of_the_two_rules():
    no = dict.fromkeys(
        (
            "proximal_upper_weakness",
            "proximal_lower_weakness",
            "neck_flexor_weakness",
            "dysphagia",
            "leg_proximal_over_distal",
            "heliotrope",
            "anti_jo1",
            "muscle_enzyme_raised",
        ),
        False,
    )
    told = explain_classification(
        classify({**no, "onset_age_years": 45, "gottron_papules": True, "gottron_sign": True})
    )
    assert "1: definite\n  score 7.5, without biopsy; probability 0.898" in told
    assert "by the other rule, probable" in told


def test_the_biopsy_may_be_an_option():
    assert classify({}, options={"biopsy": True}).frame["path"].to_list() == ["biopsy"]
    with pytest.raises(BadInput, match="no option biopsy"):
        classify({}, "overlap", options={"biopsy": True})
