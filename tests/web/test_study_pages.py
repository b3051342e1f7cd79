"""The pages of a study in a browser: by keyboard, without a script, on a phone, for a screen reader, on paper."""

import io
import re

import pypdf
import pytest

PAGES = ("", "/check", "/flow", "/outcomes", "/outcomes/C0", "/outcomes/C27", "/figures", "/subjects", "/subjects/S001")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_a_browser(visit, find_violations, path):
    page = visit(f"/study{path}")
    assert page.locator("h1").count() == 1
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert find_violations(page) == []
    narrow = visit(f"/study{path}", javascript=False, width=320, height=640)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
    assert narrow.locator("h1").count() == 1
    images = narrow.locator("img")
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 0") for image in images.all())


def test_the_way_by_keyboard_without_a_script(visit):
    """Open, narrow, an outcome, a download."""
    page = visit("/study", javascript=False)
    page.get_by_label("female").focus()
    page.keyboard.press("Space")
    page.get_by_label("from").focus()
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("age_from=30"))
    assert "sex=female" in page.url
    link = page.get_by_role("link", name="C0", exact=True)
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/study/outcomes/C0?**")
    assert "Responder Rate" in page.locator("h1").inner_text()
    csv = page.get_by_role("link", name="CSV").first
    csv.focus()
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "NCT04044690-C0-masked-narrowed.csv"


def test_the_number_of_those_who_fit_follows_at_once(visit, sealed):
    page = visit("/study/outcomes/C0")
    page.locator("summary").first.click()
    expected = sealed.get("/study/count.json?sex=male").json()["n_subjects"]
    page.get_by_label("male", exact=False).last.check()
    page.get_by_role("status").filter(has_text=f"{expected} of 40").wait_for()
    assert "sex=male" not in page.url  # nothing is narrowed before it is asked for


def test_what_a_screen_reader_meets(visit):
    tree = visit("/study").locator("main").aria_snapshot()
    for line in ('heading "RECLAIIM: study" [level=1]', 'navigation "Parts of the study"', 'group "Sex"',
                 'checkbox "female', 'button "Narrow"', "status", 'heading "Primary outcome" [level=2]',
                 'table "Outcomes of the study"', 'link "C0"'):  # fmt: skip
        assert line in tree, line
    outcome = visit("/study/outcomes/C27").locator("main").aria_snapshot()
    for line in ('table "Results by arm', 'heading "Figures" [level=2]', "img ", "figure", 'link "RTF"'):
        assert line in outcome, line


def test_what_is_printed_has_the_number(visit, sealed):
    (told,) = sealed.get("/study.json").json()["headlines"]
    page = visit("/study")
    printed = " ".join(" ".join(sheet.extract_text() for sheet in _sheets(page)).split())
    assert told["tiles"][0]["value"].replace("\N{NO-BREAK SPACE}", " ") in printed.replace("\N{NO-BREAK SPACE}", " ")
    assert "Narrow" not in printed


def _sheets(page):
    return pypdf.PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
