"""Pages that are made from data are what `make pages` would write now."""

import importlib
import re
import sys
from pathlib import Path

import pytest

from myotrial.criteria.change.rules import list_rules
from myotrial.criteria.classification.rules import list_classifications
from myotrial.criteria.rules import list_criteria
from myotrial.instruments.definition import list_instruments
from myotrial.trials.schema import schema_text

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "evidence"


@pytest.fixture(scope="module")
def pages():
    """Return every page that the tool would write, by its place."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return importlib.import_module("write_evidence").pages()
    finally:
        sys.path.remove(str(ROOT / "tools"))


def test_evidence_pages_are_up_to_date(pages: dict[str, str]) -> None:
    stale = [name for name, text in pages.items() if (FOLDER / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run `make pages`"


def test_there_is_a_page_for_everything_and_no_other(pages: dict[str, str]) -> None:
    for folder, listed in (
        ("rules", list_rules),
        ("classification", list_classifications),
        ("instruments", list_instruments),
    ):
        assert {path.stem for path in (FOLDER / folder).glob("*.md")} == set(listed())
    assert {f"{name}.md" for name in list_criteria()} <= set(pages)


def test_every_link_leads_somewhere(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert ((FOLDER / name).parent / link).is_file(), f"{name}: {link}"


def test_tables_are_whole_and_every_mark_has_its_source(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        for block in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(widths) == 1, name
        marks = {int(number) for number in re.findall(r"\[(\d+)\] (?:read|second hand|recalled|ours)", text)}
        listed = {int(number) for number in re.findall(r"^(\d+)\. \*\*", text, flags=re.MULTILINE)}
        assert marks == listed, name


def test_schema() -> None:
    assert (ROOT / "docs" / "schema" / "trial-definition.schema.json").read_text(encoding="utf-8") == schema_text()
