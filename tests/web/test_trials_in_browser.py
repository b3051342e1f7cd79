"""``/trials`` in a real browser: by keyboard, without a script, on a phone, printed, for a screen reader."""

import io
import re
import threading
import time
from unicodedata import normalize

import pytest
import uvicorn
from playwright.sync_api import expect
from pypdf import PdfReader

from myotrial.web.app import Settings, create_app

RECORD = "/trials/NCT99990001"
PAGES = {
    "/trials": "Trials",
    "/trials?q=invented&phase=2": "Trials",
    "/trials?q=--": "Trials",
    "/trials/compare?trial=NCT04044690&trial=NCT99990001": "Trials side by side",
    "/trials/NCT04044690": "RECLAIIM",
    "/trials/NCT04044690/outcomes/C0": "C0: Responder Rate",
    RECORD: "INVENTED",
    f"{RECORD}?record=2": "INVENTED",
    f"{RECORD}/plain": "Invented infusion in dermatomyositis",
    f"{RECORD}/versions": "Versions of NCT99990001",
    "/trials/CTRI/2099/01/000001": "CTRI/2099/01/000001",
}
"""Address → what its heading says."""


@pytest.fixture(scope="module")
def server(record_store):
    """Serve the definitions and the invented records on a free port of this machine."""
    app = create_app(Settings(store=record_store))
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not (running.started and running.servers):
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join(10)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_reads_without_a_script_and_on_a_phone(open_page, address):
    page = open_page(javascript=False, width=320, height=640)
    page.goto(address)
    assert page.locator("h1").all_inner_texts() == [PAGES[address]]
    assert "not medical advice" in page.locator("footer").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_no_barrier(open_page, find_violations, address):
    page = open_page()
    page.goto(address)
    assert find_violations(page) == []


def test_search_open_and_compare_by_keyboard_alone(open_page):
    page = open_page(javascript=False)
    page.goto("/trials")
    page.get_by_label("Words").focus()
    page.keyboard.type("invented infusion")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=invented\+infusion"))
    expect(page.get_by_role("status")).to_have_text("1 trial")
    page.get_by_role("link", name="INVENTED", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{RECORD}$"))
    page.get_by_role("link", name="Compare with another").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # the link that skips to the content
    page.get_by_label("Another one, by a number").focus()
    page.keyboard.type("NCT04044690")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("2 trials:")
    assert page.locator("thead th").all_inner_texts()[0].startswith("INVENTED")
    assert page.get_by_role("row", name="Planned").inner_text().count("126") == 1


def test_facets_stand_in_the_address_and_stay_chosen(open_page):
    page = open_page(javascript=False)
    page.goto("/trials?q=invented")
    page.get_by_text("Narrow by condition").click()
    page.get_by_label("Condition").select_option(label="Polymyositis (9)")
    page.get_by_role("button", name="Search").press("Enter")
    expect(page).to_have_url(re.compile("condition=Polymyositis"))
    expect(page.get_by_label("Condition")).to_have_value("Polymyositis")
    expect(page.get_by_role("status")).to_have_text("9 trials")
    boxes = page.get_by_role("checkbox")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Compare side by side").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("2 trials:")


def test_versions_are_compared(open_page):
    page = open_page(javascript=False)
    page.goto(f"{RECORD}/versions")
    page.get_by_role("button", name="Show what changed").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("major")
    expect(page).to_have_url(re.compile("from="))
    expect(page.get_by_role("table", name="Each change")).to_contain_text("Physician global activity [Week 24]")


def test_what_a_screen_reader_is_told(open_page):
    page = open_page()
    page.goto("/trials?q=NCT99990001")
    expect(page.locator("main")).to_match_aria_snapshot("""
        - heading "Trials" [level=1]
        - paragraph:
          - searchbox "Words": NCT99990001
        - paragraph:
          - combobox "Order"
        - paragraph:
          - button "Search"
        - status: 1 trial
        - region "Definitions and held records, one row a trial":
          - table "Definitions and held records, one row a trial":
            - rowgroup:
              - row:
                - columnheader "Compare"
                - columnheader "Trial"
            - rowgroup:
              - row:
                - cell:
                  - checkbox "Compare NCT99990001"
                - rowheader:
                  - link "INVENTED"
                  - text: NCT99990001 2 records
        - paragraph:
          - button "Compare side by side"
    """)
    page.goto(RECORD)
    expect(page.locator("main")).to_match_aria_snapshot("""
        - heading "INVENTED" [level=1]
        - navigation "Of this trial":
          - link "At a glance"
          - link "Eligibility"
          - link "Outcomes"
          - link "In plain language"
          - link "Versions"
          - link "Sources"
          - link "As data"
        - heading "At a glance" [level=2]
        - heading "Eligibility" [level=2]
        - heading "Who can take part" [level=3]
        - heading "Who cannot take part" [level=3]
        - heading "Outcomes" [level=2]
        - region "Outcomes as registered":
          - table "Outcomes as registered"
        - heading "Where this is from" [level=2]
        - region "Held records of this trial":
          - table "Held records of this trial"
        - region "Where the registers disagree":
          - table "Where the registers disagree"
    """)


def test_the_schedule_is_drawn(open_page):
    page = open_page()
    page.goto("/trials/NCT04044690")
    image = page.get_by_role("img", name="Schedule of RECLAIIM")
    assert image.evaluate("image => image.complete && image.naturalWidth") > 100


def test_the_printed_pages_hold_what_counts(open_page):
    page = open_page()
    for address, words in ((RECORD, ("44 people are planned", "MMT-8 < 142", "breastfeeding")),
                           ("/trials?q=invented+infusion", ("Invented infusion in dermatomyositis",)),
                           ("/trials/compare?trial=NCT04044690&trial=NCT99990001", ("126", "44", "differs")),
                           (f"{RECORD}/versions", ("latest", "ISRCTN99990001"))):  # fmt: skip
        page.goto(address)
        pages = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
        text = normalize("NFKC", " ".join(" ".join(each.extract_text() for each in pages).split()))
        assert [word for word in words if word not in text] == [], address
