"""The documentation as it is built: no warning, nothing from elsewhere, every name and page there."""

import doctest
import importlib
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pytest

import myotrial
from myotrial import statistics
from myotrial.cli.app import COMMANDS
from myotrial.instruments.definition import list_instruments
from myotrial.study.tables import load_tables

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
LOADS = {"script": "src", "img": "src", "source": "src", "iframe": "src", "object": "data", "embed": "src"}


class Reader(HTMLParser):
    """What a page loads, where it links to, and which anchors it has."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.text: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.anchors |= {held["id"]} if "id" in held else set()
        if tag == "a" and held.get("href"):
            self.links.append(held["href"])
        if tag == "link" and held.get("rel", "") not in {"search", "index", "next", "prev", "canonical"}:
            self.loads.append(held.get("href", ""))
        if held.get(LOADS.get(tag, "")):
            self.loads.append(held[LOADS[tag]])

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the documentation as ``make docs`` does."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", str(folder / "doctrees")]
    done = subprocess.run([*command, str(DOCS), str(folder / "html")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr.strip()
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Reader]:
    return {path: Reader(path) for path in sorted(site.rglob("*.html"))}


def test_every_page_is_built_and_can_be_reached(site: Path, pages: dict[Path, Reader]) -> None:
    written = {path.relative_to(DOCS).with_suffix(".html") for path in DOCS.rglob("*.md") if "_build" not in path.parts}
    assert {site / path for path in written} <= set(pages)
    assert len(written) > 80
    seen, ahead = set(), [site / "index.html"]
    while ahead:
        page = ahead.pop()
        if page not in seen and page in pages:
            seen.add(page)
            ahead += [(page.parent / link.partition("#")[0]).resolve() for link in pages[page].links]
    assert {site / path for path in written} <= seen


def test_no_link_is_dead(pages: dict[Path, Reader]) -> None:
    dead = []
    for page, reader in pages.items():
        for link in reader.links:
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if ":" in link.split("/", maxsplit=1)[0]:
                continue
            if not target.is_file() or (anchor and target in pages and anchor not in pages[target].anchors):
                dead.append((page.name, link))
    assert not dead


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Reader]) -> None:
    loaded = {load for reader in pages.values() for load in reader.loads}
    assert loaded
    assert not {load for load in loaded if "//" in load.partition("?")[0]}
    sheets = list(site.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        text = sheet.read_text(encoding="utf-8")
        assert "@import" not in text
        assert "url(http" not in text.replace('"', "").replace("'", "")
        assert "url(//" not in text.replace('"', "").replace("'", "")


def test_no_place_on_this_machine_is_named(site: Path) -> None:
    for path in [*site.rglob("*.html"), *site.rglob("*.js")]:
        assert str(ROOT) not in path.read_text(encoding="utf-8"), path


def test_every_public_name_has_its_entry(site: Path) -> None:
    head, _, packed = (site / "objects.inv").read_bytes().partition(b"using zlib.\n")
    assert head.startswith(b"# Sphinx inventory")
    entries = {line.split(" ")[0] for line in zlib.decompress(packed).decode().splitlines()}
    repeated = {name for name in statistics.__all__ if name in myotrial.__all__}
    names = {f"myotrial.{name}" for name in myotrial.__all__ if name not in {*repeated, "__version__"}}
    names |= {f"myotrial.statistics.{name}" for name in statistics.__all__}
    assert len(names) > 170
    assert not names - entries


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("command-line", [f"myotrial {command[0]}" for command in COMMANDS]),
        ("data/study-tables", [column.name for table in load_tables().values() for column in table.columns]),
        ("data/instruments", list_instruments()),
        ("faults", ["out_of_range", "duplicate_visit", "not_a_number", "unknown_column", "missing_uln", "off_step"]),
        ("web-addresses", ["/tis.json", "/classify.json", "/trials/{name}", "/study/outcomes/{name}.csv"]),
        ("exit-statuses", ["called wrongly", "could not be estimated"]),
        ("data/definitions", ["intercurrent", "multiplicity", "jump_to_reference"]),
        ("data/classifications", ["heliotrope", "anti_hmgcr"]),
        ("data/criteria", ["enzyme_truncated", "mmt_clause"]),
        ("data/treatments", ["methylprednisolone"]),
        ("data/glossary", ["inclusion body myositis"]),
    ],
)
def test_a_made_page_holds_what_its_source_holds(
    site: Path, pages: dict[Path, Reader], page: str, names: list[str]
) -> None:
    text = "".join(pages[site / f"reference/{page}.html"].text)
    assert [name for name in names if name not in text] == []


def test_search_needs_no_server(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert index.startswith("Search.setIndex(")
    assert '"score_tis"' in index


def test_pages_can_be_used_by_everybody_and_on_a_phone(site: Path, browser, find_violations) -> None:
    """Axe finds nothing, nothing but this folder is asked for, and no page scrolls sideways at 320 px."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name, width in (("index", 1280), ("reference/python/scores", 1280), ("reference/data/study-tables", 320)):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto((site / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert find_violations(page) == [], name
    page.close()
    assert asked
    assert all(address.startswith(("file:", "data:")) for address in asked)


def test_examples_in_the_tools_that_make_pages_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    ran = doctest.testmod(importlib.import_module("docs_pages.hooks"))
    assert ran.attempted > 0
    assert ran.failed == 0
