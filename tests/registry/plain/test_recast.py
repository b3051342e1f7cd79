"""Sentences made up for these tests, with the plain words a reader should get."""

from pathlib import Path

import pytest

from myotrial.registry.criteria_items import CriterionItem, list_criteria_items
from myotrial.registry.logic import read_both_ways
from myotrial.registry.plain.guard import changed
from myotrial.registry.plain.page import explain_record
from myotrial.registry.plain.recast import recast_criterion, say
from myotrial.registry.reading import read_record_text

UNDERSTOOD = {
    "Age between 21 and 64 years": "You are between 21 and 64 years old.",
    "Aged ≥ 21 to < 65 years": "You are 21 or older, but less than 65 years old.",
    "Age >= 21": "You are 21 or older.",
    "Women and men aged 21 to 64 years": None,
    "MMT-8 score of at most 130/150": "Your muscle-strength test score (MMT-8) is at most 130 out of 150.",
    "MMT-8 score not greater than 130 (out of 150 total possible)": (
        "Your muscle-strength test score (MMT-8) is no more than 130 (out of 150 possible)."
    ),
    "CDASI activity score > 11": "Your skin activity score (CDASI) is more than 11.",
    "HAQ-DI ≥ 0.5 and MMT-8 ≤ 130": (
        "Your daily-life score (HAQ) is 0.5 or more, and your muscle-strength test score (MMT-8) is 130 or less."
    ),
    "Creatine kinase (CK) > 3 x ULN": "Your creatine kinase (CK) is more than 3 times the upper limit of normal.",
    "Platelets < 90 × 10^9/L": "Your platelets are less than 90 × 10^9/L.",
    "Hemoglobin < 10 g/dL in men and < 9 g/dL in women": (
        "Your hemoglobin is less than 10 g/dL if you are a man and less than 9 g/dL if you are a woman."
    ),
    "eGFR below 45 mL/min/1.73 m2": "Your kidney filter rate (eGFR) is less than 45 mL/min/1.73 m2.",
    "History of cancer within the past 7 years": "You have had cancer in the last 7 years.",
    "No history of tuberculosis": "You have not had tuberculosis.",
    "No active infection or cancer": "You do not have active infection or cancer.",
    "Absence of interstitial lung disease": "You do not have interstitial lung disease.",
    "Rituximab within 9 months before screening": "You have had rituximab in the 9 months before the screening visit.",
    "Stable dose of methotrexate": None,
    "Unchanged dose of methotrexate for ≥ 6 weeks before baseline": (
        "Your dose of methotrexate is unchanged for at least 6 weeks before the start of the study (baseline)."
    ),
    "Pregnant or breast-feeding women": "You are pregnant or breastfeeding.",
    "Signed informed consent form": "You have signed the consent form (informed consent).",
    "Inability to give informed consent": "You are unable to agree (informed consent).",
    "Hypersensitivity to rituximab or any component of rituximab": (
        "You are allergic to rituximab or any ingredient of rituximab."
    ),
    "Participation in another clinical trial within 60 days before enrolment": (
        "You have been in another study in the 60 days before you join the study."
    ),
    "Inclusion body myositis, cancer-associated myositis, or drug-induced myositis": (
        "You have inclusion body myositis, cancer-associated myositis, or drug-induced myositis."
    ),
    "CK > 3 x ULN OR": "Your creatine kinase (CK) is more than 3 times the upper limit of normal, or",
    "Fulfills at least two of the following criteria:": "You meet at least two of the following criteria:",
}


@pytest.mark.parametrize(("original", "plain"), UNDERSTOOD.items())
def test_made_up_criteria(original: str, plain: str | None) -> None:
    said = say(original, myositis=True)
    assert (said[0] if said else None) == plain


# A word more, a word less or a word nobody knows: the whole criterion stays as it is.
LEFT = [
    "Age over 21 years unless approved",
    "MMT-8 score ≤ 130 most days",
    "Pregnant and lactating women",  # "and" that mostly means "or": not ours to say
    "Infections and fibrillation",
    "HAQ = 1",  # an equals sign is never read
    "Platelets about 90 × 10^9/L",
    "Known",
    "",
    "...",
    "Prednisone 20 mg dose not stable for 4 weeks or no MMT-8",
    "DM and PM",
]


@pytest.mark.parametrize("original", LEFT)
def test_what_is_not_understood_is_left(original: str) -> None:
    assert say(original, myositis=True) is None


@pytest.mark.parametrize("sign", ["<", "≤", "<=", ">", "≥", ">=", "at least", "no more than", "less than", "over"])
@pytest.mark.parametrize("number", ["1", "2.50", "1,200", "0.25", "142"])
def test_every_limit_and_number_is_kept(sign: str, number: str) -> None:
    original = f"CDASI activity score {sign} {number}"
    said = say(original, myositis=True)
    assert said is not None
    assert number in said[0]
    more = {"≥": "or more", ">=": "or more", "≤": "or less", "<=": "or less", "<": "less than", ">": "more than"}
    more |= {"over": "more than"}
    assert more.get(sign, sign) in said[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CK > 4 x ULN", "Your CK is more than 5 times the upper limit of normal"),
        ("CK > 4 x ULN", "Your CK is 4 times the upper limit of normal or more"),
        ("for 4 weeks", "for 4 months"),
        ("no rash", "a rash"),
        ("fever or rash", "fever and rash"),
        ("fever and/or rash", "fever or rash"),
        ("any cancer except of the skin", "any cancer of the skin"),
        ("10 mg", "10 mg/kg"),
        ("one dose", "two doses"),
        ("between 3 and 5", "between 3 and 6"),
    ],
)
def test_the_guard_sees_what_changed(one: str, other: str) -> None:
    assert changed(one, other)


def _record(criteria: str, title: str = "A study of myositis") -> str:
    text = criteria.replace("\n", "\\n")
    return (
        f'{{"protocolSection": {{"identificationModule": {{"nctId": "NCT00000000", "briefTitle": "{title}"}}, '
        f'"eligibilityModule": {{"eligibilityCriteria": "{text}"}}}}}}'
    )


def test_a_mixed_sentence_is_shown_both_ways_and_not_reworded() -> None:
    text = "CDASI > 11 and HAQ > 1 or MMT-8 < 130"
    item = CriterionItem(
        kind="inclusion", position=1, level=0, text=text, start=0, end=9, readings=read_both_ways(text)
    )
    plain = recast_criterion(item)
    assert (plain.state, plain.plain) == ("ambiguous", None)
    assert plain.readings == ("(CDASI > 11 and HAQ > 1) or MMT-8 < 130", "CDASI > 11 and (HAQ > 1 or MMT-8 < 130)")


def test_and_in_a_name_mixes_nothing() -> None:
    record = read_record_text(_record("Inclusion Criteria:\n* Diagnosis of DM or PM by Bohan and Peter criteria"))
    assert list_criteria_items(record)[0].readings == ()
    criterion = explain_record(record).criteria[0]
    assert criterion.state == "recast"
    assert criterion.plain == (
        "You have been diagnosed with dermatomyositis or polymyositis as defined by the Bohan and Peter criteria."
    )


def test_dm_in_a_record_on_diabetes_is_not_dermatomyositis() -> None:
    record = read_record_text(_record("Inclusion Criteria:\n* DM\nExclusion Criteria:\n* cancer", "Type 2 DM"))
    assert [criterion.plain for criterion in explain_record(record).criteria] == [None, "You have cancer."]


def test_lost_sign_shows_both_sentences(portal_page: str) -> None:
    plain = explain_record(read_record_text(portal_page))
    first = plain.criteria[0]
    assert (first.original, first.state, first.plain) == ("aged = 18 years", "sign lost", None)
    assert first.candidates == ("You are 18 years old or older.", "You are 18 years old or younger.")
    assert plain.outcomes[0].lost_signs == 1
    assert plain.outcomes[0].plain is None


def test_a_criterion_that_is_cut_off_is_not_reworded() -> None:
    record = read_record_text(_record("Inclusion Criteria:\n* Known cancer…"))
    criterion = explain_record(record).criteria[0]
    assert (criterion.state, criterion.plain) == ("cut off", None)


def test_the_examples_in_the_documentation_are_what_is_said() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "evidence" / "plain-language.md"
    _, _, table = page.read_text(encoding="utf-8").partition("## Before and after")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:2] == "| "]
    ends = [number for number, row in enumerate(rows) if row[0] == "criterion"]
    understood, left = rows[2 : ends[1]], rows[ends[1] + 2 :]
    assert len(understood) >= 12
    for original, plain in understood:
        said = say(original, myositis=True)
        assert said is not None, original
        assert said[0] == plain
    assert len(left) == 3
    assert all(say(original, myositis=True) is None for original, _ in left)
