from hashlib import sha256
from pathlib import Path

import pytest

from myotrial.model.errors import BadInput
from myotrial.registry.reading import read_record, read_record_text, read_records
from myotrial.registry.who_portal import TITLE


def test_a_file_and_its_text_give_the_same_record(tmp_path: Path, portal_page: str) -> None:
    file = tmp_path / "page.txt"
    file.write_bytes(portal_page.encode())
    record = read_record(str(file))
    assert record == read_record_text(portal_page) == read_record(file)
    assert record.form == TITLE
    assert record.sha256 == sha256(file.read_bytes()).hexdigest()


def test_other_encodings_are_read_and_noted(tmp_path: Path, portal_page: str) -> None:
    page = portal_page.replace("Nothing [", "Nöthing® [")
    file = tmp_path / "page.txt"
    for encoding, note in (("latin-1", "Latin-1"), ("utf-16", "UTF-16")):
        file.write_bytes(page.encode(encoding))
        record = read_record(file)
        assert record.public_title == "A Study of Nöthing® [week 4] in Nobody"
        assert note in record.notes[0]
    file.write_bytes(b"\xef\xbb\xbf" + page.encode())
    assert read_record(file).notes == ()
    file.write_bytes(page.encode("latin-1") + b"\x81")
    assert "Latin-1" in read_record(file).notes[0]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\x7fELF\x00\x00", "binary"),
        (b"%PDF-1.7\n", "binary"),
        (b"some words of no record", "unknown_form"),
        (b'{"protocol": {}}', "unknown_form"),
        (b"<!DOCTYPE html>\n<html>", "unknown_form"),
        (b"<report><trial_name>x</trial_name></report>", "unknown_form"),
        (b"PK\x03\x04 zipped", "binary"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "page.txt"
    file.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_record(file)
    (fault,) = caught.value.faults
    assert (fault.code, fault.file) == (code, str(file))
    assert fault.expected == "a registry record"


def test_a_hint_says_what_to_do(tmp_path: Path) -> None:
    for content, hint in (
        ("<html>", "save the whole page, or its text"),
        ("{}", "nothing in it"),
        ("", "the whole page"),
    ):
        with pytest.raises(BadInput, match=hint):
            read_record_text(content)


def test_places_that_are_no_file(tmp_path: Path, portal_page: str) -> None:
    for source, code in (
        (tmp_path, "is_a_folder"),
        (tmp_path / "none.txt", "not_found"),
        ("a\0b", "unreadable"),
        ("x" * 5000, "unreadable"),
        ("Main ID: X\nURL: y", "not_found"),
    ):
        with pytest.raises(BadInput) as caught:
            read_record(source)
        assert caught.value.faults[0].code == code
    with pytest.raises(BadInput) as caught:
        read_record(portal_page)
    assert len(str(caught.value)) < 500


def test_a_file_of_many_is_not_one(tmp_path: Path) -> None:
    file = tmp_path / "export.bin"
    trial = "<Trial><TrialID>{}</TrialID><Public_title>t</Public_title></Trial>"
    file.write_text(f"<Trials>{trial.format('A')}{trial.format('B')}</Trials>", encoding="utf-8")
    with pytest.raises(BadInput, match="more than one trial"):
        read_record(file)
    assert [(record.number, record.main_id) for record in read_records(file)] == [(1, "A"), (2, "B")]


@pytest.mark.parametrize(
    "wrapped",
    ["[{0}, {1}]", "{0}\n{1}\n", '{{"totalCount": 2, "studies": [{0}, {1}], "nextPageToken": "x"}}'],
)
def test_json_lists_of_every_kind(tmp_path: Path, wrapped: str) -> None:
    studies = [f'{{"protocolSection": {{"identificationModule": {{"nctId": "NCT0000000{n}"}}}}}}' for n in (1, 2)]
    file = tmp_path / "studies"
    file.write_text(wrapped.format(*studies), encoding="utf-8")
    assert [record.main_id for record in read_records(file)] == ["NCT00000001", "NCT00000002"]
    file.write_text(
        wrapped.format(*studies)[:-3] if wrapped[0] != "{" else studies[0] + studies[1][:-3], encoding="utf-8"
    )
    with pytest.raises(BadInput):
        list(read_records(file))


def test_a_name_that_stands_twice_keeps_both_values() -> None:
    record = read_record_text(
        '{"protocolSection": {"identificationModule": {"nctId": "NCT00000001", "nctId": "NCT9"}}}'
    )
    assert record.main_id == "NCT00000001"
    assert [(left.path, left.text) for left in record.unread] == [
        ("protocolSection.identificationModule.nctId#2", "NCT9")
    ]


def test_a_table_without_a_line_of_names_has_the_columns_of_the_export(tmp_path: Path) -> None:
    row = ["NCT00000009", "S-1", "a title"] + [""] * 59
    file = tmp_path / "rows"
    file.write_text(",".join(row) + "\n", encoding="utf-8")
    record = read_record(file)
    assert (record.main_id, record.secondary_ids, record.public_title) == ("NCT00000009", ("S-1",), "a title")


def test_a_page_as_html_reads_like_its_text(portal_page: str) -> None:
    rows = "".join(f"<tr><td>{line}</td></tr>\n" for line in portal_page.splitlines() if line.strip())
    record = read_record_text(f"<!DOCTYPE html><html><head><script>no()</script></head><table>{rows}</table></html>")
    text = read_record_text(portal_page)
    assert record.facts() == text.facts()
    assert [(o.title, o.time_frame) for o in record.outcomes] == [(o.title, o.time_frame) for o in text.outcomes]
    assert len(record.lost_comparators) == len(text.lost_comparators)
    assert "HTML" in record.notes[0]
