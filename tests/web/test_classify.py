"""Classification in the web application: the score with its interval, the way to the subclass, the other criteria."""

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from myotrial.criteria.classification.facts import list_sections, load_facts
from myotrial.criteria.classification.rules import list_classifications
from myotrial.web.classify.questions import reads

SIGNS = {
    3: "proximal_upper_weakness", 4: "proximal_lower_weakness", 5: "neck_flexor_weakness",
    6: "leg_proximal_over_distal", 7: "heliotrope", 8: "gottron_papules", 9: "gottron_sign", 10: "dysphagia",
    11: "anti_jo1", 12: "muscle_enzyme_raised", 13: "endomysial_infiltrate", 14: "perimysial_infiltrate",
    15: "perifascicular_atrophy", 16: "rimmed_vacuoles",
}  # fmt: skip
"""The items of the 2017 criteria by their numbers in the published table; 1 and 2 are the age at onset."""

VECTORS = [
    ("no_biopsy", 50, (3, 4, 8, 9, 12), 10.3, 0.993, "definite"),
    ("no_biopsy", 50, (3, 4, 5, 12), 6.8, 0.813, "probable"),
    ("no_biopsy", 10, (7, 9), 6.4, 0.745, "probable"),
    ("no_biopsy", 50, (3, 4, 12), 4.9, 0.394, "not IIM"),
    ("no_biopsy", 30, (7,), 4.4, 0.283, "not IIM"),
    ("biopsy", 50, (3, 4, 12, 13), 6.5, 0.502, "possible"),
]
"""Path, age at onset, items, score, probability, tier: added up by hand from the weights of Bottai et al. 2017."""


def known(age, items, *, biopsy):
    """Return the facts of a person of whom everything is known."""
    counted = SIGNS if biopsy else {number: name for number, name in SIGNS.items() if number < 13}
    return {"onset_age_years": age, "biopsy_done": biopsy, "no_better_explanation": True,
            **{name: number in items for number, name in counted.items()}}  # fmt: skip


@pytest.mark.parametrize(("path", "age", "items", "score", "probability", "tier"), VECTORS)
def test_scores_added_up_by_hand(client, path, age, items, score, probability, tier):
    found = client.post("/classify.json", json={"facts": known(age, items, biopsy=path == "biopsy")}).json()
    subject = found["subject"]
    assert (subject["path"], subject["score"], found["category"]) == (path, score, tier)
    assert round(subject["probability"], 3) == probability
    assert found["possible"] == [tier]
    page = client.post("/classify", data={name: as_text(value) for name, value in known(
        age, items, biopsy=path == "biopsy").items()}).text  # fmt: skip
    assert re.search(rf'<strong class="tis">{tier}</strong>\s*<span class="category">score {score}, probability '
                     rf"{probability}</span>", page)  # fmt: skip


def as_text(value):
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def test_what_is_unknown_makes_an_interval(client):
    """Onset at 51 and weak arms and legs are 3.6 points; the 17.2 that the rest could give are open."""
    facts = {"onset_age_years": 51, "proximal_upper_weakness": True, "proximal_lower_weakness": True}
    found = client.post("/classify.json", json={"facts": facts}).json()
    assert (found["subject"]["score_low"], found["subject"]["score_high"]) == (3.6, 20.8)
    assert found["category"] is None
    assert found["possible"] == ["not IIM", "possible", "probable", "definite"]
    assert found["ask_next"][0]["ask"] == "anti_jo1"  # 3.9 points, the weightiest of all
    without, with_biopsy = found["paths"]
    assert (with_biopsy["score_low"], with_biopsy["score_high"]) == (3.4, 29.5)
    assert (without["path"], with_biopsy["path"]) == ("without biopsy", "with biopsy")


def test_on_a_cut_off_score_and_probability_part(client):
    """5.5 without biopsy is probable by the published cut-off, and 0.542 by the probability."""
    facts = known(30, (3, 4, 9), biopsy=False) | {"proximal_upper_weakness": False, "dysphagia": False}
    facts |= {"leg_proximal_over_distal": True}  # 1.3 + 0.8 + 0.9 + 3.3 = 6.3
    facts |= {"proximal_lower_weakness": False}  # 5.5
    found = client.post("/classify.json", json={"facts": facts}).json()
    assert (found["subject"]["score"], found["category"]) == (5.5, "probable")
    assert found["subject"]["boundary_conflict"]
    assert found["subject"]["tier_by_other_rule"] == "possible"
    by = client.post("/classify.json", json={"facts": facts, "options": {"tier_by": "probability"}}).json()
    assert by["category"] == "possible"


@pytest.mark.parametrize(
    ("age", "items", "more", "subtype"),
    [(50, (5, 7, 9), {}, "DM"), (50, (7, 9), {}, "ADM"), (50, (5, 6, 11, 12), {}, "PM"), (10, (7, 9), {}, "JDM"),
     (50, (5, 6, 11, 12), {"finger_flexor_weakness": True, "improved_with_treatment": False}, "IBM"),
     (50, (5, 6, 11, 12), {"finger_flexor_weakness": True, "improved_with_treatment": True}, "PM"),
     (10, (5, 6, 11, 12), {}, "juvenile other")],
)  # fmt: skip
def test_the_way_to_the_subclass(client, age, items, more, subtype):
    """The tree: adult or not, a skin sign, any weakness, weak finger flexors that treatment did not improve."""
    facts = known(age, items, biopsy=False) | {"finger_flexor_weakness": False} | more
    options = {"vacuoles_without_biopsy": "absent"}
    found = client.post("/classify.json", json={"facts": facts, "options": options}).json()
    assert found["subject"]["subtype"] == subtype
    assert next(step["category"] for step in found["steps"] if step["answer"]) == subtype
    assert [step["category"] for step in found["steps"]] == ["DM", "ADM", "IBM", "PM", "JDM", "juvenile other"]


def test_steps_tell_what_they_read(client):
    facts = {"onset_age_years": 50, "heliotrope": True}
    dm, adm, *_ = client.post("/classify.json", json={"facts": facts}).json()["steps"]
    assert (dm["answer"], dm["unknown"]) == (None, ["any weakness among the items"])
    assert dm["present"] == ["onset at 18 or later", "a typical skin sign"]
    assert adm["answer"] is True


def test_other_criteria_stand_beside_it(client):
    facts = {"dm_rash": True, "proximal_weakness": True, "muscle_enzyme_raised": True, "emg_myopathic": True,
             "bohan_peter_exclusion": False}  # fmt: skip
    others = {each["criteria"]: each for each in client.post("/classify.json", json={"facts": facts}).json()["others"]}
    assert set(others) == set(list_classifications()) - {"eular-acr-2017"}
    bohan = others["bohan-peter-1975"]  # the rash and three of the four others
    assert (bohan["category"], bohan["unknown"]) == ("definite DM", ["muscle biopsy"])
    assert others["overlap"]["asked"] is False
    assert others["imnm-enmc-2016"]["category"] is None


def test_facts_that_contradict_each_other_are_told(client):
    facts = {"onset_age_years": "51", "onset_18_to_39": "yes", "heliotrope": "perhaps"}
    page = client.post("/classify", data=facts)
    assert page.status_code == 200
    assert 'id="faults"' in page.text
    assert "Heliotrope rash" in page.text.split('id="faults"')[1].split("</div>")[0]
    assert client.post("/classify.json", json={"facts": facts}).status_code == 422
    strange = client.post("/classify.json", json={"facts": {"heliotrop": True, "weight": 3}}).json()["faults"]
    assert [(fault["column"], fault["hint"]) for fault in strange] == [
        ("heliotrop", "did you mean heliotrope?"), ("weight", None)]  # fmt: skip


@pytest.mark.parametrize("options", [{"tier_by": "x"}, {"biopsy": "x"}, {"none": 1}])
def test_an_option_that_is_not_possible_is_refused(client, options):
    answer = client.post("/classify.json", json={"facts": {"heliotrope": True}, "options": options})
    assert answer.status_code == 422


def test_what_no_source_settles_is_chosen_on_the_form(client):
    """Solomon 2011 asks for joint involvement where Connors 2010 asks for arthritis and PM or DM."""
    given = {"chosen": "antisynthetase", "anti_ars": "yes", "option.definition": "connors_2010"}
    own, others = client.post("/classify", data=given).text.split("<summary>More facts")
    assert 'name="arthritis"' in own
    own, others = client.post("/classify", data=given | {"option.definition": "err_proposal"}).text.split(
        "<summary>More"
    )
    assert 'name="arthritis"' in others
    bad = client.post("/classify", data=given | {"option.definition": "none"}).text
    assert 'href="#option.definition"' in bad


def test_an_age_with_a_comma(client):
    page = client.post("/classify", data={"onset_age_years": "39,9"}).text
    assert "score 1.3 to" in page  # not yet 40
    assert "score 2.1 to" in client.post("/classify", data={"onset_age_years": "40"}).text


def test_every_fact_stands_in_one_section_and_on_the_form(client):
    names = [name for section in list_sections().values() for name in section]
    assert sorted(names) == sorted(set(load_facts()) - {"subject_id"})
    page = client.get("/classify").text
    assert all(f'name="{name}"' in page for name in names)
    assert not {name for criteria in list_classifications() for name in reads(criteria)} - set(names)


@pytest.mark.parametrize("criteria", list_classifications())
def test_every_classification_has_its_page(client, criteria):
    page = client.get(f"/classify?criteria={criteria}").text
    assert f'value="{criteria}"' in page
    assert "Sources" in page
    answered = client.post("/classify", data={"chosen": criteria, "heliotrope": "no", "ck_raised": "yes",
                                              "chronic_active": "yes", "ivig_months": "4"})  # fmt: skip
    assert answered.status_code == 200
    assert "What to ask next" in answered.text
    described = client.get("/classify.json").json()[criteria]
    assert described["facts"]


def answer(page, fact, word="yes"):
    return page.locator(f'[name="{fact}"][value="{word}"]')


def test_a_person_is_classified_by_keyboard_alone(open_page):
    """Tab goes from question to question, the arrows choose; the result follows."""
    page = open_page()
    page.goto("/classify")
    page.get_by_label("Age at the first symptom").focus()
    page.keyboard.type("51")
    for name, keys in {"proximal_upper_weakness": 2, "proximal_lower_weakness": 2, "neck_flexor_weakness": 0}.items():
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == name
        for _ in range(keys):
            page.keyboard.press("ArrowLeft")
    page.locator("#found", has_text="score 3.6 to 20.8").wait_for()
    expect(page.locator("#found")).to_match_aria_snapshot("""
      - region "Result":
        - heading "Result" [level=2]
        - status:
          - strong: not IIM to definite
        - region "Without and with biopsy":
          - table "Without and with biopsy"
        - heading "What to ask next" [level=3]
        - list:
          - listitem: /Anti-Jo-1 antibody.*up to 3.9 points/
    """)
    expect(page.get_by_role("group", name="Heliotrope rash")).to_match_aria_snapshot("""
      - group "Heliotrope rash":
        - radio "yes"
        - radio "no"
        - radio "unknown" [checked]
    """)


def test_a_person_is_classified_without_a_script(open_page):
    page = open_page(javascript=False)
    page.goto("/classify")
    for sign in ("heliotrope", "gottron_sign"):
        answer(page, sign).check()
    page.get_by_label("Age at the first symptom").fill("51")
    page.get_by_role("button", name="Classify").press("Enter")
    assert page.locator("#found .tis").inner_text() == "definite"  # 2.1 + 3.1 + 3.3 = 8.5, of 7.5
    page.get_by_role("button", name="Bohan and Peter").press("Enter")
    assert "Bohan and Peter" in page.locator("h1 + p").inner_text()
    assert answer(page, "heliotrope").is_checked()  # what was answered is kept
    assert "typical rash" in page.locator("#found").inner_text()


def test_other_criteria_are_shown_with_the_same_facts(open_page, find_violations):
    page = open_page(width=320, height=640)
    page.goto("/classify")
    answer(page, "heliotrope").check()
    page.locator("#found .tis").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert find_violations(page) == []
    page.get_by_role("button", name="Bohan and Peter").click()
    page.locator("h1 + p", has_text="Bohan and Peter").wait_for()
    assert answer(page, "heliotrope").is_checked()
    answer(page, "proximal_weakness").check()
    page.locator("#found", has_text="If all that is unknown were absent: possible DM").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert find_violations(page) == []


def test_the_printed_page_holds_the_answer(open_page):
    page = open_page()
    page.goto("/classify")
    answer(page, "gottron_papules").check()
    page.locator("#found", has_text="score 2.1 to 20.8").wait_for()
    assert "eular-acr-2017, myotrial" in page.locator("#text").input_value()
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages)
    assert "score 2.1 to 20.8" in text.replace("\n", " ")
