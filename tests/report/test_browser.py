"""The report in a real browser: offline, by keyboard and screen reader, on a telephone, on paper."""

import io
import re

import pytest
from pypdf import PdfReader

TRIALS = ("NCT04044690", "NCT02347891", "NCT05832034", "NCT02728752")
PAPER = {"A4": (180, 595), "Letter": (186, 612)}
"""Paper → the width between its margins in mm, and of the sheet in points."""


@pytest.fixture(scope="session")
def files(report, tmp_path_factory):
    """Give the address of a report as a file."""
    folder = tmp_path_factory.mktemp("reports")

    def build(name):
        path = folder / f"{name}.html"
        if not path.is_file():
            path.write_text(report(name).page.source, encoding="utf-8")
        return path.as_uri()

    return build


@pytest.fixture
def open_report(browser, files):
    """Open a report as a file; anything else that it asks for is refused and fails the test."""
    contexts, strayed = [], []

    def build(name, *, width=1280, **more):
        context = browser.new_context(viewport={"width": width, "height": 900}, **more)
        context.route("**/*", lambda route: route.continue_() if route.request.url == files(name)
                      else (strayed.append(route.request.url), route.abort()))  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(files(name))
        return page

    yield build
    for context in contexts:
        context.close()
    assert strayed == []


def too_wide(page):
    """Return what reaches over the right edge of the window, but for what is scrolled within its own region."""
    return page.evaluate("""() => [...document.querySelectorAll('main *')].filter(e => {
        const scroller = e.closest('.scroll'), box = e.getBoundingClientRect();
        const scrolled = scroller && e !== scroller && getComputedStyle(scroller).overflowX !== 'visible';
        return box.width && !scrolled && !e.closest('svg g, svg text, pre') && box.right > innerWidth + 1;
    }).map(e => e.tagName + ' ' + e.className + ' ' + e.textContent.slice(0, 40))""")


def with_few_profiles(page):
    """Take away all profiles but two, which are alike, so that what looks at every element is done sooner."""
    page.evaluate("[...document.querySelectorAll('.profile')].slice(2).forEach(e => e.remove())")
    return page


@pytest.mark.parametrize("name", TRIALS)
def test_axe_finds_nothing(open_report, find_violations, name):
    assert find_violations(with_few_profiles(open_report(name))) == []


def test_axe_finds_nothing_in_the_dark_with_all_tables_open(open_report, find_violations):
    page = with_few_profiles(open_report("NCT05832034", color_scheme="dark"))
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert find_violations(page) == []


def test_without_network_and_script_every_figure_is_seen(open_report):
    page = open_report("NCT02728752", java_script_enabled=False)
    figures = page.locator("figure")
    assert figures.count() > 40
    for place in range(0, figures.count(), 6):
        box = figures.nth(place).locator("svg").bounding_box()
        assert box["width"] > 200
        assert box["height"] > 60
    assert page.locator("#headline .tile-value").first.is_visible()


@pytest.mark.parametrize("name", TRIALS)
def test_a_telephone_of_320_pixels_is_wide_enough(open_report, name):
    page = open_report(name, width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert too_wide(page) == []


@pytest.mark.parametrize("paper", PAPER)
@pytest.mark.parametrize("name", TRIALS)
def test_nothing_is_cut_on_paper(open_report, name, paper):
    page = open_report(name, width=round(PAPER[paper][0] / 25.4 * 96))
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert too_wide(page) == []


@pytest.mark.parametrize("paper", PAPER)
def test_the_printed_pages_hold_the_primary_number_and_their_own(open_report, report, paper):
    sheets = PdfReader(io.BytesIO(open_report("NCT05832034").pdf(format=paper))).pages
    texts = [re.sub(r"\s+", " ", sheet.extract_text()) for sheet in sheets]
    primary = report("NCT05832034").results.outcome("B1").filter(statistic="mean")["estimate"].to_list()
    assert all(f"{value:.1f}" in " ".join(texts[:4]) for value in primary)
    assert round(float(sheets[0].mediabox.width)) in {PAPER[paper][1], PAPER[paper][1] + 1}
    for number, text in enumerate(texts, 1):
        assert f"Page {number} of {len(texts)}" in text
        assert "NCT05832034 · simulated data · for research, not medical advice" in text
    assert all(len(text) > 150 for text in texts)  # no sheet is left almost empty
    assert "http" not in " ".join(texts)
    assert "file:" not in " ".join(texts)


def test_the_headings_as_a_screen_reader_finds_them(open_report):
    page = open_report("NCT05832034")
    shown = page.locator("main").aria_snapshot()
    heads = re.findall(r'heading "([^"]+)" \[level=2\]', shown)
    assert heads == ["Trial", "Participant flow", "Primary outcome", "All outcomes", "Scores over time", "Subgroups",
                     "Each subject", "Tipping points", "Subject profiles", "Derivations and sources",
                     "Reproducibility"]  # fmt: skip
    assert re.findall(r'heading "([^"]+)" \[level=1\]', page.locator("body").aria_snapshot()) == [
        "Add-on intravenous immunoglobulins in early myositis"
    ]
    assert "No outcome is a time to an event." in shown
    assert 'img "Total Improvement Score of each subject at week 12' in shown


def test_a_table_is_opened_by_keyboard(open_report):
    page = open_report("NCT05832034")
    summary = page.locator("#figure-waterfall summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("#figure-waterfall table").is_visible()
    assert page.locator("#figure-waterfall tbody tr").count() == 30
