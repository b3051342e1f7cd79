"""Sheets of items that open in the calculator: filled in, their total used, kept, handed on."""

import pytest

SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
ITEMS = "items of Manual muscle testing, "


def strengths(page, grade):
    """Give every muscle of the open sheet the same strength; return how many there are."""
    cells = page.locator("#sheet table input")
    for number in range(cells.count()):
        cells.nth(number).fill(grade)
    return cells.count()


@SCRIPTS
def test_strength_from_its_muscles(open_page, javascript):
    """Fifteen muscles of grade 8 are 120 of 150; the total goes into its cell, and the items are kept."""
    page = open_page(javascript=javascript)
    page.goto("/tis")
    page.get_by_role("button", name=ITEMS + "baseline").click()
    page.locator("#sheet").wait_for()
    assert page.get_by_role("columnheader", name="Right").is_visible()
    assert page.get_by_role("columnheader", name="Left").is_visible()
    assert strengths(page, "8") == 15
    if javascript:
        page.locator("#sheet-total", has_text="120 of 0 to 150").wait_for()  # live
    page.get_by_role("button", name="Use this total").click()
    page.locator("#sheet").wait_for(state="detached")
    assert page.locator('[id="mmt.0"]').input_value() == "120"
    page.locator('[id="mmt.0"]:focus').wait_for()
    page.get_by_role("button", name=ITEMS + "baseline").click()
    page.locator("#sheet").wait_for()
    assert page.get_by_label("Biceps, right").input_value() == "8"


def test_a_sheet_by_keyboard_alone(open_page):
    """Enter goes down a side, then to the next; Tab reaches the buttons."""
    page = open_page()
    page.goto("/tis")
    page.get_by_role("button", name=ITEMS + "visit 1").focus()
    page.keyboard.press("Enter")
    page.locator("#sheet:focus").wait_for()
    while page.evaluate("document.activeElement.name") != "item.neck_flexors":
        page.keyboard.press("Tab")
    for _ in range(15):
        page.keyboard.type("9")
        if page.evaluate("document.activeElement.name") != "item.ankle_dorsiflexors_left":
            page.keyboard.press("Enter")
    while "Use this total" not in page.evaluate("document.activeElement.textContent"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#sheet").wait_for(state="detached")
    assert page.locator('[id="mmt.1"]').input_value() == "135"


def test_one_side_is_out_of_eighty_and_never_beside_visits_of_another_scale(client):
    items = {f"item.{name}": "5" for name in ("neck_flexors", "deltoid_middle", "biceps", "gluteus_maximus",
                                              "gluteus_medius", "quadriceps", "wrist_extensors",
                                              "ankle_dorsiflexors")}  # fmt: skip
    given = {"opened": "mmt8-unilateral.0", "action": "use", **items}
    page = client.post("/tis", data=given).text
    assert 'name="mmt.0" value="40"' in page
    assert 'name="mmt_max" value="80"' in page
    page = client.post("/tis", data={**given, "mmt.1": "120"}).text
    assert "is out of 80, and the other visits are out of 150" in page
    assert 'name="mmt.0" aria-label' in page  # it is empty


def test_an_open_total_is_not_used(client):
    page = client.post("/tis", data={"opened": "mmt8-bilateral.0", "action": "use", "item.neck_flexors": "10"}).text
    assert "it lies between 10 and 150" in page
    assert 'name="mmt.0" aria-label' in page  # it is empty


def test_a_wrong_item_is_told_and_marked(open_page, find_violations):
    page = open_page(javascript=False)
    page.goto("/tis")
    page.get_by_role("button", name=ITEMS + "baseline").click()
    page.get_by_label("Biceps, right").fill("12")
    page.get_by_role("button", name="Use this total").click()
    assert page.get_by_label("Biceps, right").get_attribute("aria-invalid") == "true"
    assert "Biceps" in page.locator("#sheet-total").inner_text()
    other = open_page()
    other.set_content(page.content())
    assert find_violations(other) == []


def test_the_haq_with_its_aids(client):
    """By the published rule: eight categories of 1 are 1; an aid raises one of them to 2, and the mean to 1.125."""
    from myotrial.instruments.definition import load_instrument  # noqa: PLC0415

    answers = {f"item.{item.id}": "1" for item in load_instrument("haq-di").items if not item.is_aid}
    given = {"opened": "haq-di.1", "action": "use", "item.option.aids_blank": "not_used", **answers}
    assert 'name="haq_di.1" value="1"' in client.post("/tis", data=given).text
    page = client.post("/tis", data={**given, "item.aid_cane": "1"}).text
    assert 'name="haq_di.1" value="1.125"' in page
    given = {**given, "item.option.aids_blank": ""}
    assert "is not settled: it lies between 1 and 2" in client.post("/tis", data=given).text


@SCRIPTS
def test_organs_and_skin_stand_beside_the_score(open_page, javascript):
    """MYOACT 3 of 10 cm for two of two assessed systems is a share of 0.3; it is not put into the global activity."""
    page = open_page(javascript=javascript)
    page.goto("/tis?example=true")
    page.get_by_role("button", name="items of Extramuscular global activity, visit 1").click()
    page.locator("#sheet").wait_for()
    page.get_by_label("Marks on the line are measured in").select_option("cm")
    for system in ("Constitutional", "Cutaneous"):
        page.get_by_label(f"{system} system").fill("3")
    for system in ("Skeletal", "Gastrointestinal", "Pulmonary", "Cardiac"):
        page.get_by_label(f"{system} system").fill("not assessed")
    assert page.get_by_role("button", name="Use this total").count() == 0
    page.get_by_role("button", name="MITAX").click()
    page.get_by_role("heading", name="MITAX").wait_for()
    page.get_by_role("button", name="Close").click()
    page.locator("#sheet").wait_for(state="detached")
    assert "share of the total possible 0.3" in page.locator("#result").inner_text()
    assert page.locator('[id="extramuscular_cm.1"]').input_value() == "2.5"
    page.locator('[id="extramuscular_cm.1"]:focus').wait_for()


def test_activity_and_damage_of_the_skin_with_their_change(client):
    """By hand: erythema 3 at three areas is 9 at baseline, at one area 3; damage 1, then 2."""
    given = {"visits": "2", "physician_global_cm.0": "5", "physician_global_cm.1": "1"}
    for visit, areas, damage in ((0, 3, 1), (1, 1, 2)):
        from myotrial.instruments.definition import load_instrument  # noqa: PLC0415

        items = {item.id: "0" for item in load_instrument("cdasi").items}
        erythema = [name for name in items if name.endswith("erythema") and not name.startswith("hands")]
        calcinosis = [name for name in items if "calcinosis" in name]
        items |= dict.fromkeys(erythema[:areas], "3") | dict.fromkeys(calcinosis[:damage], "1")
        text = ",".join(items.values())
        given |= {f"items.cdasi.{visit}": text}
    used = given
    for visit in range(2):
        page = client.post("/tis", data={**used, "action": f"use.cdasi.{visit}"}).text
        totals = {0: ("9", "1"), 1: ("3", "2")}[visit]
        assert f'name="cdasi_activity.{visit}" value="{totals[0]}"' in page
        used = used | {f"cdasi_activity.{visit}": totals[0], f"cdasi_damage.{visit}": totals[1]}
    found = client.post("/tis/entry.json", data=used).json()
    assert [(row["values"], row["changes"]) for row in found["beside"]] == [([9, 3], [0, -6]), ([1, 2], [0, 1])]
    assert found["visits"][0]["tis_low"] == 17.5  # the physician alone: 40 % better; the skin gives nothing
    assert "3 (-6)" in client.post("/tis", data=used).text


def test_a_cell_that_says_something_else_than_its_items_is_told(client):
    given = {"items.mmt8-bilateral.0": ",".join(["8"] * 15), "mmt.0": "130", "physician_global_cm.1": "1"}
    found = client.post("/tis/entry.json", data=given).json()
    hint = next(hint for hint in found["hints"] if hint["field"] == "mmt.0")
    assert (hint["text"], hint["action"]) == ("the items of MMT-8 (both sides) give 120", "use.mmt8-bilateral.0")
    assert 'name="mmt.0" value="120"' in client.post("/tis", data={**given, "action": hint["action"]}).text


def test_items_are_handed_on(client, open_page):
    given = {"items.mmt8-bilateral.0": ",".join(["8"] * 15), "mmt.0": "120", "mmt.1": "135", "visits": "2"}
    found = client.post("/tis/entry.json", data=given).json()
    assert set(found["inputs"]["items"]["mmt8-bilateral.0"].values()) >= {"8"}
    assert found["sheets"][0]["totals"][0]["value"] == 120
    page = open_page()
    page.goto("/tis#" + "&".join(f"{name}={text}" for name, text in given.items()))
    page.locator(".tis").wait_for()
    page.get_by_role("button", name=ITEMS + "baseline").click()
    page.locator("#sheet").wait_for()
    assert page.get_by_label("Quadriceps, left").input_value() == "8"


@pytest.mark.parametrize(
    "button",
    ["Manual muscle testing, baseline", "HAQ disability index, visit 1", "CDASI activity, baseline",
     "Extramuscular global activity, visit 1"],
)  # fmt: skip
def test_accessibility_of_an_open_sheet_on_a_phone(open_page, find_violations, button):
    page = open_page(width=320, height=640)
    page.goto("/tis")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.get_by_role("button", name=f"items of {button}").click()
    page.locator("#sheet").wait_for()
    assert find_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_what_is_no_sheet_is_refused(client):
    """A place that does not exist, and items that are not the instrument's."""
    assert 'id="sheet"' not in client.post("/tis", data={"action": "open.das28.0"}).text
    assert 'id="sheet"' not in client.post("/tis", data={"action": "open.mmt26.7"}).text
    found = client.post("/tis/entry.json", data={"items.mmt8-unilateral.0": ",".join("1" * 99)}).json()
    assert "no sheet of mmt8-unilateral" in found["faults"][0]["text"]
