from html.parser import HTMLParser
from pathlib import Path

import pytest

from myotrial.cli.app import run
from myotrial.registry.plain.page import PlainRecord, explain_record
from myotrial.registry.plain.rendering import render_html, render_text
from myotrial.registry.reading import read_record_text

VOID = {"meta", "br", "hr", "img", "link", "input"}


class _Checked(HTMLParser):
    """Collects the words, ids and links of a page, and sees a tag that is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)


@pytest.fixture
def plain(portal_page: str) -> PlainRecord:
    return explain_record(read_record_text(portal_page.replace("pain > 3", "rituximab within 3 months <b>")))


def test_html_is_whole_and_needs_nothing_else(plain: PlainRecord) -> None:
    page = render_html(plain)
    found = _Checked()
    found.feed(page)
    found.close()
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert {link[1:] for link in found.links if link.startswith("#")} <= set(found.ids)
    assert not {"script", "img", "iframe", "link", "object"} & set(found.tags)
    assert found.tags.count("h1") == 1
    assert 'lang="en"' in page
    assert "@media print" in page


def test_every_original_and_the_warning_stand_on_both(plain: PlainRecord) -> None:
    found = _Checked()
    found.feed(render_html(plain))
    html = " ".join("".join(found.words).split())
    text = " ".join(render_text(plain).split())
    assert html.count("For research; not medical advice") == 2
    assert "For research; not medical advice" in text
    for words in (html, text):
        for line in ("Finished", "Women only", "France", "24 people are planned", "It may mean", "<b>"):
            assert line in words


def test_readability_is_told_of_both(plain: PlainRecord) -> None:
    data = plain.to_dict()
    for name in ("readability_original", "readability_plain", "readability_explained"):
        assert {"flesch_ease", "flesch_kincaid_grade", "smog_grade", "long_share"} <= data[name].keys()


def test_real_records_render(shared: Path) -> None:
    for path in sorted((shared / "seeds").glob("*.txt")):
        explained = explain_record(read_record_text(path.read_text(encoding="utf-8")))
        found = _Checked()
        found.feed(render_html(explained))
        assert found.open == []
        assert render_text(explained).count("original: ") >= explained.recast


@pytest.mark.parametrize(("format", "begins"), [("text", "A Study"), ("html", "\n<!doctype html>"), ("json", "{")])
def test_command(
    format: str,  # noqa: A002
    begins: str,
    portal_page: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "record.txt"
    file.write_text(portal_page, encoding="utf-8")
    assert run(["record", "plain", str(file), "--format", format]) == 0
    shown = capsys.readouterr()
    assert shown.out.lstrip().startswith(begins.strip())
    assert "criteria are in plain words" in shown.err


def test_command_tells_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two = tmp_path / "two.json"
    two.write_text('{"protocolSection": {"a": 1}}\n{"protocolSection": {"a": 2}}', encoding="utf-8")
    assert run(["record", "plain", str(two)]) == 3
    assert "more than one trial" in capsys.readouterr().err
    assert run(["record", "plain", str(two), "--trial", "NCT1"]) == 3
    assert "no trial of the file" in capsys.readouterr().err
