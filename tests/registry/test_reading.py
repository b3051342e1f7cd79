from hashlib import sha256
from pathlib import Path

import pytest

from myotrial.model.errors import BadInput
from myotrial.registry.reading import FORMS, read_record, read_record_text


def test_a_file_and_its_text_give_the_same_record(tmp_path: Path, portal_page: str) -> None:
    file = tmp_path / "page.txt"
    file.write_bytes(portal_page.encode())
    record = read_record(str(file))
    assert record == read_record_text(portal_page) == read_record(file)
    assert record.form == FORMS[0].title
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
        (b'{"protocolSection": {}}', "unknown_form"),
        (b"<!DOCTYPE html>\n<html>", "unknown_form"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "page.txt"
    file.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_record(file)
    (fault,) = caught.value.faults
    assert (fault.code, fault.file) == (code, str(file))
    assert fault.expected == "the text of a WHO ICTRP portal page"


def test_a_hint_says_what_to_do(tmp_path: Path) -> None:
    for content, hint in (("<html>", "as text"), ("{}", "JSON and XML"), ("", "save the whole page")):
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
