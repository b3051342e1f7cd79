"""The bytes of a text file → its text, or a fault that says what the file is instead."""

import re

from myotrial.model.errors import BadInput, Fault

OTHER_FILES = {
    b"PK\x03\x04": ("an Excel workbook (or a ZIP archive)", "save the sheet as CSV, or give a Parquet file"),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "save the sheet as CSV, or give a Parquet file"),
    b"\x1f\x8b": ("a gzip archive", "unpack it first"),
    b"%PDF": ("a PDF document", "give the table itself, as CSV or Parquet"),
    b"ARROW1": ("an Arrow (Feather) file", "write it as Parquet or CSV"),
    b"HEADER RECORD*": ("a SAS transport file", "export it as CSV or Parquet"),
}
"""What a file is that begins with these bytes, and what to do about it."""

CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
LOOKED_AT = 65_536
"""Bytes that are searched for characters that no text has; the NUL is searched for in all of them."""


def decode(data: bytes, file: str) -> tuple[str, list[str]]:
    """Return the text of a file, every line end a line feed, and what was noticed on the way.

    UTF-8 with or without a byte order mark, UTF-16 with one; all else is Latin-1, which is noted.

    Raises
    ------
    BadInput
        The file is not text.
    """
    for start, (kind, what_to_do) in OTHER_FILES.items():
        if data.startswith(start):
            raise _not_csv(file, f"this is {kind}, not CSV", what_to_do)
    notes: list[str] = []
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = _decode_utf16(data, file)
    elif b"\x00" in data or CONTROL.search(data[:LOOKED_AT]):
        hint = "a text in UTF-16 without its mark? save it as UTF-8" if _is_every_other_nul(data) else None
        raise _not_csv(file, "the file holds binary data, not text", hint)
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            text = data.decode("latin-1")
            row = _one_line_end(text[: error.start]).count("\n") + 1
            notes.append(f"{file} is not UTF-8 (first seen in row {row:,}); it was read as Latin-1")
    return _one_line_end(text), notes


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode_utf16(data: bytes, file: str) -> str:
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError:
        raise _not_csv(file, "the file begins as UTF-16 text and is damaged", "save it again as UTF-8") from None
    if "\x00" in text:
        raise _not_csv(file, "the file holds binary data, not text", None)
    return text


def _is_every_other_nul(data: bytes) -> bool:
    return data.count(b"\x00") * 2 >= len(data) - 1 and (not data[::2].strip(b"\x00") or not data[1::2].strip(b"\x00"))


def _not_csv(file: str, message: str, hint: str | None) -> BadInput:
    return BadInput([Fault("not_csv", message, file, expected="CSV text, or a Parquet file", hint=hint)])
