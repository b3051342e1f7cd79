"""The calculator in a browser: by keyboard alone, without a script, on a phone, printed."""

import io
import json
import re

import pypdf
import pytest
from playwright.sync_api import expect

MEASURES = {
    "week": ("0", "12"), "physician_global_cm": ("6.0", "2.0"), "patient_global_cm": ("6.0", "4.0"),
    "mmt": ("120", "135"), "haq_di": ("1.5", "1.0"), "extramuscular_cm": ("3.0", ""), "ck_u_per_l": ("900", "300"),
    "ck_uln_u_per_l": ("200", "200"),
}  # fmt: skip
"""The example of the README: 45 to 60 points, as extramuscular activity was not measured."""


def fill(page, measures=MEASURES):
    for name, values in measures.items():
        for visit, value in enumerate(values):
            page.locator(f'[id="{name}.{visit}"]').fill(value)


def test_a_score_by_keyboard_alone(open_page):
    """Type, and Enter goes on down the visit, from the last cell of one to the first of the next; then it computes."""
    page = open_page()
    page.goto("/tis")
    page.locator('[id="week.0"]').focus()
    for visit in range(2):
        for name, values in MEASURES.items():
            assert page.evaluate("document.activeElement.name") == f"{name}.{visit}"
            page.keyboard.type(values[visit])
            page.keyboard.press("Enter")
    page.get_by_text("45 to 60", exact=True).first.wait_for()
    assert "82.5" in page.locator("#result").inner_text()


def test_a_score_without_a_script(open_page):
    page = open_page(javascript=False)
    page.goto("/tis")
    fill(page)
    page.get_by_label("not done: Extramuscular global activity, visit 1").check()
    page.locator('[id="mmt.1"]').press("Enter")  # the browser takes the first button of the form
    assert page.locator(".tis").inner_text() == "45 to 60"
    assert page.locator('[id="mmt.1"]').input_value() == "135"  # what was entered is still there
    assert page.get_by_label("not done: Extramuscular global activity, visit 1").is_checked()


def test_another_visit_without_a_script(open_page):
    page = open_page(javascript=False)
    page.goto("/tis?example=true")
    page.get_by_role("button", name="Add a visit").click()
    assert page.locator('[id="mmt.2"]').input_value() == "135"
    page.locator('[id="week.3"]:focus').wait_for()


CHANGE = """([value, words]) => new Promise((done) => {
    const cell = document.getElementById("physician_global_cm.1");
    const said = () => document.getElementById("said").textContent;
    let began = 0;
    const watch = new MutationObserver(() => {
      if (said().includes(words)) { watch.disconnect(); done(performance.now() - began); } });
    watch.observe(document.body, {childList: true, subtree: true, characterData: true});
    setTimeout(() => done(9999), 9000);
    cell.value = value; began = performance.now();
    cell.dispatchEvent(new Event("input", {bubbles: true})); })"""


def test_the_score_follows_as_one_types(open_page):
    """A change shows within 300 ms of the last key, the wait for more keys included.

    By hand at week 12: 2.5 + 10 + 5 + 0 + 5 points without the physician, whose 4 of 10 cm give 17.5.
    """
    page = open_page()
    page.goto("/tis?example=true")
    page.wait_for_load_state("networkidle")
    times = []
    while len(times) < 12:  # a busy machine slows some of them
        value, words = (("6.0", "Week 12: 22.5, minimal"), ("2.0", "Week 12: 40, moderate"))[len(times) % 2]
        times.append(page.evaluate(CHANGE, [value, words]))
        page.locator("#result:not([hx-post])").wait_for()  # the rules of change have followed
        if len(times) > 1 and sorted(times)[1] < 300:
            break
    assert sorted(times)[1] < 300, times
    assert "IMACS preliminary definition of improvement, 2004" in page.locator("#result").inner_text()


def test_faults_are_told_at_the_top_and_at_their_cells(open_page, find_violations):
    page = open_page()
    page.goto("/tis")
    fill(page, MEASURES | {"mmt": ("120", "abc"), "haq_di": ("1.5", "7")})
    page.get_by_role("button", name="Compute").last.click()
    page.locator("#summary:focus").wait_for()  # the summary is read out
    assert page.locator('[id="mmt.1"]').get_attribute("aria-invalid") == "true"
    page.locator("#summary").get_by_role("link", name="HAQ disability index, visit 1").click()
    assert page.evaluate("document.activeElement.id") == "haq_di.1"
    assert find_violations(page) == []
    page.locator('[id="mmt.1"]').fill("135")
    page.locator('[id="mmt.1"]:not([aria-invalid])').wait_for()


def test_a_doubt_is_settled_by_one_press(open_page):
    page = open_page()
    page.goto("/tis")
    fill(
        page,
        MEASURES
        | {"physician_global_cm": ("60", "20"), "patient_global_cm": ("60", "40"), "extramuscular_cm": ("30", "")},
    )
    page.get_by_role("button", name="Read all lines in mm").click()
    page.get_by_text("45 to 60", exact=True).first.wait_for()
    expect(page.locator('[id="unit.vas"]')).to_have_value("mm", timeout=10_000)


def test_a_block_of_cells_is_pasted(open_page):
    page = open_page()
    page.goto("/tis")
    page.evaluate(
        """() => { const data = new DataTransfer();
        data.setData("text", "6.0\\t2.0\\n6.0\\t4.0\\n120\\t135\\n1.5\\tnd\\n");
        const cell = document.querySelector('[name="physician_global_cm.0"]'); cell.focus();
        cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }"""
    )
    assert page.locator('[id="patient_global_cm.1"]').input_value() == "4.0"
    assert page.locator('[id="mmt.0"]').input_value() == "120"
    page.locator(".tis").wait_for()
    page.get_by_text("Copy, download, link").click()
    assert "HAQ disability index 1.5 points to not done" in page.get_by_label("One line").input_value()


def test_a_link_carries_the_values_in_its_fragment_and_never_to_the_server(open_page):
    page, asked = open_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/tis")
    fill(page, MEASURES | {"ck_u_per_l": ("15", "5"), "ck_uln_u_per_l": ("3.5", "3.5")})
    page.get_by_label("not done: Extramuscular global activity, visit 1").check()
    page.get_by_label("Unit of Creatine kinase and its limit").select_option("ukat")
    page.get_by_role("button", name="Add a visit").click()
    page.locator('[id="week.2"]').fill("24")
    page.get_by_label("not done: HAQ disability index, visit 2").check()
    page.get_by_role("article", name="Week 24").wait_for()
    link = page.locator("#link").evaluate("link => link.href")
    other = open_page()
    other.on("request", lambda request: asked.append(request.url))
    other.goto(link)
    other.get_by_role("article", name="Week 24").wait_for()
    assert other.locator('[id="ck_uln_u_per_l.1"]').input_value() == "3.5"
    assert other.locator('[id="unit.ck"]').input_value() == "ukat"
    assert other.get_by_label("not done: Extramuscular global activity, visit 1").is_checked()
    assert other.locator("#link").evaluate("link => link.href") == link  # there and back
    assert not any("mmt" in url.partition("#")[0] for url in asked)


def test_sliders_follow_their_fields(open_page):
    page = open_page()
    page.goto("/tis?example=true")
    page.get_by_label("sliders").check()
    slider = page.get_by_label("Physician global activity, visit 1, slider")
    assert slider.input_value() == "3.5"
    slider.fill("1.5")
    assert page.locator('[id="physician_global_cm.1"]').input_value() == "1.5"
    page.locator("#said", has_text="Week 12: 42.5").wait_for()  # 45 % better: 20 points in place of 15


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        ("/tis", "light"),
        ("/tis?example=true", "dark"),
        ("/tis?variant=acr-eular-2016-juvenile-printo&example=true", "light"),
    ],
)
def test_accessibility(open_page, find_violations, address, scheme):
    page = open_page()
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert find_violations(page) == []


def test_nothing_goes_sideways_on_a_phone(open_page):
    page = open_page(width=320, height=640)
    page.goto("/tis?example=true")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    right = page.evaluate(
        "Math.max(...[...document.querySelectorAll('#calculator input')].map(e => e.getBoundingClientRect().right))"
    )
    assert right <= 320  # a card for each measure, so that no cell has to be scrolled for


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_printed_sheet_has_inputs_score_and_what_it_rests_on(open_page, paper):
    page = open_page()
    page.goto("/tis?example=true")
    pages = pypdf.PdfReader(io.BytesIO(page.pdf(format=paper))).pages
    text = re.sub(r"\s+", " ", " ".join(each.extract_text() for each in pages))
    assert len(pages) == 1
    for words in ("45 to 60", "moderate or major", "37.5", "135 of 150", "not done", "acr-eular-2016-adult",
                  "not medical advice", "open, 0 to 15", "Week 24"):  # fmt: skip
        assert words in text, words
    assert re.search(r"myotrial \d+\.\d+\S*, \d{4}-\d{2}-\d{2}", text)
    assert "Add a visit" not in text


def test_the_first_page_is_small(open_page):
    page = open_page()
    sizes = []
    page.on("response", lambda answer: sizes.append((answer.url, len(answer.body()))))
    page.goto("/tis")
    page.wait_for_load_state("networkidle")
    assert len(sizes) <= 5, sizes
    assert sum(size for _, size in sizes) <= 100 * 1024, sizes


def test_the_trajectory_has_its_thresholds_and_its_table(open_page):
    page = open_page()
    page.goto("/tis?example=true")
    drawing = page.get_by_role("img", name="Score over the visits")
    assert "Week 12: 37.5; Week 24: 45 to 60." in drawing.locator("desc").text_content()
    for words in ("minimal 20", "moderate 40", "major 60"):
        assert words in drawing.text_content()
    page.get_by_text("As a table").click()
    assert page.get_by_role("row", name="Week 24 45 to 60 moderate or major 82.5").is_visible()
    page.locator('[id="extramuscular_cm.2"]').fill("0")
    page.get_by_text("Week 24: 60", exact=False).first.wait_for()
    page.get_by_role("button", name="Children, IMACS measures").click()
    page.get_by_text("major 70", exact=True).wait_for()


def test_what_a_screen_reader_meets(open_page):
    page = open_page()
    page.goto("/tis?example=true")
    tree = page.locator("main").aria_snapshot()
    for line in ('heading "Total Improvement Score" [level=1]', 'heading "Result" [level=2]', 'button "Compute"',
                 'group "Criteria"', 'button "Adults" [pressed]', 'table "Measures by visit"',
                 'columnheader "Baseline"', 'textbox "Manual muscle testing, baseline"',
                 'checkbox "not done: Manual muscle testing, baseline"',
                 'button "items of Manual muscle testing, baseline"', 'article "Week 24"'):  # fmt: skip
        assert line in tree, line
    assert '- status: "Week 12: 37.5, minimal. Week 24: 45 to 60, moderate or major."' in tree
    assert (
        json.loads(page.request.get("/tis.json").text())["variants"]["acr-eular-2016-adult"]["thresholds"]["major"]
        == 60
    )
