"""Instruments in the web application: item sheets, the list, the page of each, and their JSON twins."""

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from myotrial.instruments.definition import list_instruments, load_instrument
from myotrial.model.errors import BadInput
from myotrial.web.sheets import OPTION, find_sheets, layout, pack_items, read_items, score_items, unpack_items

MUSCLES = ("deltoid_middle", "biceps", "gluteus_maximus", "gluteus_medius", "quadriceps", "wrist_extensors",
           "ankle_dorsiflexors")  # fmt: skip
BOTH_SIDES = ["neck_flexors", *(f"{muscle}_{side}" for muscle in MUSCLES for side in ("right", "left"))]
CATEGORIES = ("dressing", "arising", "eating", "walking", "hygiene", "reach", "grip", "activities")


def fields(part):
    return [*part.fields, *part.aids, *(field for _, lines in part.bands for line in lines for field in line.fields)]


@pytest.mark.parametrize("name", list_instruments())
def test_every_item_stands_on_the_sheet_once(client, name):
    shown = [field.item.id for part in layout(name) for field in fields(part) if field is not None]
    assert sorted(shown) == sorted(item.id for item in load_instrument(name).items)
    page = client.get(f"/instruments/{name}").text
    assert all(f'name="{item}"' in page for item in shown)


def test_muscles_stand_in_rows_and_sides_in_columns():
    (grid,) = layout("mmt8-bilateral")
    assert grid.columns == ("right", "left")
    lines = {line.label: line for _, lines in grid.bands for line in lines}
    assert [field.item.id for field in lines["Biceps"].fields] == ["biceps_right", "biceps_left"]
    assert lines["Neck flexors"].across


def test_areas_of_the_cdasi_stand_in_rows_and_signs_in_columns():
    activity, damage = layout("cdasi")
    assert activity.columns == ("erythema", "scale", "erosion or ulceration", "papules")
    assert damage.columns == ("poikiloderma", "calcinosis")
    ((_, lines),) = activity.bands
    assert sum(not line.across for line in lines) == 16  # fifteen areas and the hands
    assert activity.hints == ("0 to 3", "0 to 2", "0 to 1", "0 to 1")


def test_an_aid_of_the_haq_stands_with_the_category_that_it_raises():
    parts = {part.id: part for part in layout("haq-di")}
    assert tuple(parts) == CATEGORIES
    assert [field.item.id for field in parts["walking"].aids] == [
        "aid_cane", "aid_walker", "aid_crutches", "aid_wheelchair", "help_walking"]  # fmt: skip
    assert list(parts["grip"].fields[0].choices) == ["0", "1", "2", "3"]


def test_columns_of_a_visit_that_items_can_fill():
    """The maximum of each form as it is published: 80 and 150 for eight muscles, 260 for all groups."""
    strength = {sheet.instrument: sheet.maximum for sheet in find_sheets()["mmt"]}
    assert strength == {"mmt8-unilateral": 80, "mmt8-bilateral": 150, "mmt26": 260}
    assert [sheet.total for sheet in find_sheets()["cdasi_activity"]] == ["cdasi_activity"]
    assert "extramuscular_cm" not in find_sheets()  # the MYOACT is another scale


def total_of(instrument, cells, total):
    found = score_items(instrument, read_items(instrument, cells))
    assert found["faults"] == []
    return tuple(found["totals"][total][name] for name in ("value", "least", "most"))


@pytest.mark.parametrize(
    ("instrument", "total", "highest"),
    [("mmt8-unilateral", "mmt8", 80), ("mmt8-bilateral", "mmt8", 150), ("mmt26", "mmt26", 260), ("cmas", "cmas", 52),
     ("cdasi", "cdasi_activity", 100), ("cdasi", "cdasi_damage", 32), ("das", "das", 20), ("dlqi", "dlqi", 30)],
)  # fmt: skip
def test_the_highest_of_every_item_gives_the_published_maximum(instrument, total, highest):
    cells = {item.id: f"{item.high:g}" for item in load_instrument(instrument).items}
    assert total_of(instrument, cells, total) == (highest, highest, highest)


def test_the_haq_with_a_category_missing():
    """CLINHAQ divides by seven where one category is missing: a sum of 11 gives 1.571, which forms print as 1.6."""
    values = dict(zip(CATEGORIES, ("2", "1", "2", "1", "2", "1", "2", ""), strict=True))
    cells = {item.id: values[item.group] for item in load_instrument("haq-di").items if not item.is_aid}
    value, least, most = total_of("haq-di", {**cells, f"{OPTION}aids_blank": "not_used"}, "haq_di")
    assert round(value, 3) == 1.571
    assert (least, most) == (11 / 8, 14 / 8)


def test_an_aid_that_is_ticked_raises_its_category_to_two():
    cells = {item.id: "0" for item in load_instrument("haq-di").items if not item.is_aid}
    cells |= {"aid_cane": "1", f"{OPTION}aids_blank": "not_used"}
    assert total_of("haq-di", cells, "haq_di") == (0.25, 0.25, 0.25)
    assert total_of("haq-di", {**cells, f"{OPTION}aids_blank": "unknown"}, "haq_di") == (None, 0.25, 2.0)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("nd", 0, 10), ("", 0, 10), ("9", 9, 9), ("t", 0.5, 0.5), ("T", 0.5, 0.5)],
)
def test_ways_to_write_a_strength(text, least, most):
    cells = {"neck_flexors": "10", "biceps": text, f"{OPTION}trace": "0.5"}
    _, low, high = total_of("mmt8-unilateral", cells, "mmt8")
    assert (low, high) == (10 + least, 10 + most + 60)


def test_a_comma_and_words_for_a_code():
    cells = dict.fromkeys(("constitutional", "cutaneous", "skeletal", "gastrointestinal", "pulmonary"), "2,5")
    cells |= {"cardiac": "Not assessed", f"{OPTION}unit": "cm"}
    assert total_of("myoact", cells, "myoact")[0] == 12.5 / 50


@pytest.mark.parametrize(
    ("cells", "field", "words"),
    [({"biceps": "11"}, "biceps", "Biceps is out of range: got 11, expected 0 to 10"),
     ({"biceps": "abc"}, "biceps", "Biceps cannot be read"), ({"biceps": "9.5"}, "biceps", "between two steps"),
     ({"biceps": "9", f"{OPTION}scale": "six"}, f"{OPTION}scale", "is none of ten, five")],
)  # fmt: skip
def test_what_cannot_be_is_told_with_its_cell(cells, field, words):
    (fault,) = score_items("mmt8-unilateral", read_items("mmt8-unilateral", cells))["faults"]
    assert fault["field"] == field
    assert words in fault["text"]


def test_an_option_without_a_default_has_to_be_stated():
    (fault,) = score_items("myoact", {"cardiac": "3"})["faults"]
    assert (fault["field"], "has to be stated" in fault["text"]) == (f"{OPTION}unit", True)


@pytest.mark.parametrize("name", list_instruments())
def test_a_packed_sheet_is_unpacked_as_it_was(name):
    instrument = load_instrument(name)
    strange = ["nd", "", "9,5", "a;b=c", "10", "% &#"]
    cells = {item.id: strange[place % 6] for place, item in enumerate(instrument.items)}
    cells |= {OPTION + key: "x" for key in instrument.options}
    assert unpack_items(name, pack_items(name, cells)) == cells
    assert pack_items(name, unpack_items(name, "")) == ""


@pytest.mark.parametrize("text", ["1,2,3", "1;unit=cm", "1" * 30_000])
def test_a_text_that_is_no_sheet_is_refused(text):
    with pytest.raises(BadInput):
        unpack_items("das", text)


def test_the_names_of_a_form_may_have_a_prefix():
    assert read_items("das", {"a.skin": "3", "skin": "9"}, "a.") == {"skin": "3", "muscle": ""}


def test_the_list_is_searched_by_words(client):
    page = client.get("/instruments?q=strength children").text
    assert f"1 of {len(list_instruments())} instruments" in page
    assert "/instruments/cmas" in page
    assert "No instrument has all of these words" in client.get("/instruments?q=zzz").text
    assert client.get("/instruments?q=" + "a" * 101).status_code == 422
    listed = {row["id"]: row for row in client.get("/instruments.json").json()}
    assert set(listed) == set(list_instruments())
    assert listed["haq-di"]["totals"]["haq_di"]["high"] == 3


def test_a_page_says_what_it_rests_on(client):
    page = client.get("/instruments/cdasi").text
    assert "10.1111/bjd.13915" in page  # where its bands come from
    assert "Recalled, not re-read" in page
    assert "Moderate or severe" in page
    assert client.get("/instruments/none").status_code == 404
    assert client.get("/instruments/none.json").status_code == 404


def test_the_json_twin_scores_and_refuses(client):
    items = dict.fromkeys(BOTH_SIDES, 9)
    found = client.post("/instruments/mmt8-bilateral.json", json={"items": items}).json()
    assert found["totals"]["mmt8"]["value"] == 135
    assert found["totals"]["mmt8_loss_percent"]["value"] == 10
    assert found["options"] == {"scale": "ten", "trace": 1}
    bad = client.post("/instruments/mmt8-bilateral.json", json={"items": {"bicep_left": 3, "biceps_right": 12}})
    assert bad.status_code == 422
    assert [fault["column"] for fault in bad.json()["faults"]] == ["bicep_left"]
    described = client.get("/instruments/mmt8-bilateral.json").json()
    assert [item["id"] for item in described["asked"]] == BOTH_SIDES


def test_strength_by_keyboard_alone(open_page):
    """Tab through the grid, row by row, right then left; the total follows as one types."""
    page = open_page()
    page.goto("/instruments/mmt8-bilateral")
    page.locator('[name="neck_flexors"]').focus()
    for name in BOTH_SIDES:
        assert page.evaluate("document.activeElement.name") == name
        page.keyboard.type("9")
        page.keyboard.press("Tab")
    page.locator("#found .tis", has_text=re.compile(r"^135$")).wait_for()
    assert "15 of 15" in page.locator("#found").inner_text()
    expect(page.locator("#found")).to_match_aria_snapshot("""
      - region "Result":
        - heading "Result" [level=2]
        - status:
          - text: Manual muscle testing, eight muscles, both sides
          - strong: "135"
          - text: points
        - region "Totals":
          - table "Totals":
            - rowgroup:
              - row "Total Value Least to most Range Answered"
            - rowgroup:
              - row /eight muscles, both sides .* 135 135 0 to 150 15 of 15/
              - row /Strength lost.* 10 10 0 to 100 15 of 15/
    """)


def test_strength_without_a_script(open_page):
    page = open_page(javascript=False)
    page.goto("/instruments/mmt8-bilateral")
    page.get_by_label("Strengths are written as").select_option("five")
    page.get_by_label("Biceps, left").fill("4-")
    page.get_by_label("Neck flexors").fill("nd")
    page.get_by_role("button", name="Compute").press("Enter")
    assert page.locator("#found .tis").inner_text() == "7 to 147"  # 4- is 7 of 10 by the published table
    assert page.get_by_label("Biceps, left").input_value() == "4-"
    page.get_by_label("Biceps, left").fill("9")
    page.get_by_role("button", name="Compute").press("Enter")
    assert page.get_by_label("Biceps, left").get_attribute("aria-invalid") == "true"
    assert "Biceps, left" in page.locator("#faults").inner_text()


def test_the_haq_is_answered_by_choices_and_ticks(open_page, find_violations):
    page = open_page(width=320, height=640)
    page.goto("/instruments/haq-di")
    page.get_by_label("A blank for an aid or help").select_option("not_used")
    for name in CATEGORIES:
        for each in page.locator(f'[name^="{name}_"][value="1"]').all():
            each.check()
    page.get_by_label("Aid for walking, cane").check()
    page.locator("#found .tis", has_text=re.compile(r"^1\.125$")).wait_for()  # seven ones and a two, of eight
    page.get_by_label("Aid for walking, cane").uncheck()
    page.locator("#found .tis", has_text=re.compile(r"^1$")).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert find_violations(page) == []
    expect(page.get_by_role("group", name="Dressing 1")).to_match_aria_snapshot("""
      - group "Dressing 1":
        - radio "0 no difficulty"
        - radio "1 some" [checked]
        - radio "2 much"
        - radio "3 not able"
        - radio "missing"
    """)


def test_how_values_are_written_redraws_the_sheet(open_page):
    page = open_page()
    page.goto("/instruments/myoact")
    page.get_by_label("Pulmonary system").fill("25")
    page.get_by_label("Marks on the line are measured in").select_option("mm")
    page.locator("#pulmonary-hint", has_text="0 to 100").wait_for()
    assert page.get_by_label("Pulmonary system").input_value() == "25"
    assert "Sum over the six systems" in page.locator("#found").inner_text()


@pytest.mark.parametrize("address", ["/instruments", "/instruments/cdasi", "/instruments/mitax", "/instruments/das"])
def test_the_pages_are_accessible_on_a_phone(open_page, find_violations, address):
    page = open_page(width=320, height=640)
    page.goto(address)
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert find_violations(page) == []


def test_the_printed_page_holds_the_total(open_page):
    page = open_page()
    page.goto("/instruments/das")
    page.get_by_label("Skin part").fill("4")
    page.get_by_label("Muscle part").fill("7")
    page.locator("#found .tis", has_text=re.compile(r"^11$")).wait_for()
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages)
    assert re.search(r"\b11\b", text)
    assert "Disease Activity Score" in text
