"""Open a file: what kind it is, in which letters it is written, and how large it may be."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from myotrial.model.errors import BadInput, Fault
from myotrial.registry.files.letters import CHUNK, narrow_letters, wide_letters
from myotrial.registry.files.table_head import find_separator

Kind = Literal["json", "xml", "html", "csv", "text"]
"""What a file is, judged by its first characters."""

HEAD = 65_536
MOST_TEXT = 32_000_000
"""Bytes of a page or a text, which is read whole."""

_SHOWN = 60
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|table|div)\b", re.IGNORECASE)
_XML = re.compile(r"<(?:\?xml|!--|!DOCTYPE|[A-Za-z_])")
_NOT_TEXT = (
    (b"%PDF", "a PDF file"), (b"PK\x03\x04", "a ZIP archive"), (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"), (b"\xfd7zXZ", "an xz archive"), (b"7z\xbc\xaf", "a 7-Zip archive"),
)  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """A source that is known.

    Attributes
    ----------
    stream
        The bytes from the beginning.
    file
        The name to give in messages.
    kind, encoding
        What it is, and in which letters.
    note
        What a reader must know of the letters.
    recoded
        Whether XML must be turned into UTF-8 first, as the parser cannot read its letters, or would read others.
    separator
        What parts the columns of a table.
    """

    stream: BinaryIO
    file: str | None
    kind: Kind
    encoding: str
    note: str | None
    recoded: bool = False
    separator: str = ","

    def text(self) -> str:
        """Return the whole, which must be small enough."""
        self.stream.seek(0)
        data = self.stream.read(MOST_TEXT + 1)
        if len(data) > MOST_TEXT:
            raise bad("too_large", f"a page of more than {MOST_TEXT // 1_000_000} MB is not read", self.file)
        return data.decode(self.encoding, "replace")

    def pieces(self) -> Iterator[str]:
        """Yield the text piece by piece."""
        self.stream.seek(0)
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        while data := self.stream.read(CHUNK):
            yield decoder.decode(data)
        yield decoder.decode(b"", final=True)


def open_file(source: str | Path) -> Opened:
    """Open a file and find out what it is.

    Raises
    ------
    BadInput
        It cannot be read, is empty, or is no text.
    """
    file = str(source)
    try:
        path = Path(source)
        if path.is_dir():
            raise bad("is_a_folder", "this is a folder", short(file), hint="name one file in it")
        if path.exists() and not path.is_file():
            raise bad("unreadable", "this is no regular file", short(file))
        stream = path.open("rb")
    except FileNotFoundError:
        hint = "to read a text that is already in hand use read_record_text" if "\n" in file else None
        raise bad("not_found", "there is no such file", short(file), hint=hint) from None
    except (OSError, ValueError) as error:
        if isinstance(error, BadInput):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise bad("unreadable", f"the file cannot be read: {reason}", short(file)) from None
    try:
        return _known(stream, short(file))
    except BaseException:
        stream.close()
        raise


def open_text(text: str, file: str | None = None) -> Opened:
    """Take a text that is already in hand for a file."""
    clean = text.encode("utf-8", "replace") if any("\ud800" <= sign <= "\udfff" for sign in text) else text.encode()
    return replace(_known(io.BytesIO(clean), file), recoded=True)


def bad(
    code: str,
    message: str,
    file: str | None,
    got: str | None = None,
    hint: str | None = None,
    row: int | None = None,
    column: int | None = None,
) -> BadInput:
    """Return the one fault of a file that cannot be read; ``row`` is its line, ``column`` the character in it."""
    expected = "a registry record" if code in {"unknown_form", "empty", "binary"} else None
    place = str(column) if column is not None else None
    return BadInput([Fault(code, message, file=file, row=row, column=place, got=got, expected=expected, hint=hint)])


def short(file: str) -> str:
    """Return a name for messages: one line, printable, not long."""
    first = "".join(sign if sign.isprintable() else "�" for sign in (file.splitlines() or [""])[0])
    return first if len(first) <= 4 * _SHOWN and first == file else f"{first[:_SHOWN]}…"


def _known(stream: BinaryIO, file: str | None) -> Opened:
    head = stream.read(HEAD)
    if not head.strip():
        raise bad("empty", "there is nothing in it", file, hint="save the whole page, not only its address")
    _must_be_text(head, file)
    wide = wide_letters(head)
    if b"\0" in head and not wide:
        raise bad("binary", "this is a binary file, not text", file, hint="save the page as text")
    letters = wide or narrow_letters(stream, head)
    text = head.decode(letters.encoding, "replace").lstrip("\ufeff")
    kind = _kind(text)
    separator = find_separator(text) if kind == "text" else None
    known = Opened(stream, file, "csv" if separator else kind, *letters)
    return replace(known, separator=separator) if separator else known


def _must_be_text(head: bytes, file: str | None) -> None:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise bad("binary", "the file is UTF-32", file, hint="save it as UTF-8")
    for start, what in _NOT_TEXT:
        if head.startswith(start):
            hint = "save the page as text" if start == b"%PDF" else "unpack it first"
            raise bad("binary", f"this is {what}, not text", file, hint=hint)


def _kind(text: str) -> Kind:
    start = text.lstrip()
    if start.startswith(("{", "[")):
        return "json"
    if start.startswith("<"):
        page = start if not start.startswith("<?xml") else start[start.find("?>") + 2 :].lstrip()
        if _HTML.match(page) or _HTML.search(page[:600]):
            return "html"
        return "xml" if _XML.match(start) else "text"
    return "text"
