"""In which letters a file is written."""

import codecs
import re
from typing import BinaryIO, NamedTuple

CHUNK = 1 << 18
LATIN = "the file is not UTF-8; it was read as Latin-1 (Windows-1252), so some characters may be wrong"
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?\bencoding\s*=\s*["']([A-Za-z][\w.:-]{0,40})["']""")
_OF_TEXTS = re.compile(r"iso8859|cp\d|gb|big5|shift_jis|euc_|iso2022|koi8|mac-|johab|hz$")
_ONE_BYTE = re.compile(r"iso8859|cp(?:125\d|4\d\d|8\d\d|10\d\d)$|koi8|mac-")
_WIDE = "the file is UTF-16"
_BLANK = b" \t\r\n"
_UNMARKED = {
    b"<\0": "utf-16-le", b"{\0": "utf-16-le", b"[\0": "utf-16-le",
    b"\0<": "utf-16-be", b"\0{": "utf-16-be", b"\0[": "utf-16-be",
}  # fmt: skip
"""How XML and JSON begin in UTF-16 without a mark of its byte order."""


class Letters(NamedTuple):
    """The encoding of a file, what a reader must know of it, and whether a parser would take it for another."""

    encoding: str
    note: str | None = None
    recoded: bool = False


def wide_letters(head: bytes) -> Letters | None:
    """Return the letters of a file in UTF-16, ``None`` for any other."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Letters("utf-16", _WIDE, recoded=True)
    encoding = _UNMARKED.get(head.lstrip(b"\r\n\t ")[:2]) if head[:2] in _UNMARKED else None
    return Letters(encoding, _WIDE, recoded=True) if encoding else None


def narrow_letters(stream: BinaryIO, head: bytes) -> Letters:
    """Return the letters of a file that is not UTF-16: those that XML declares, if they hold; UTF-8; Latin-1."""
    found = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8).lstrip(_BLANK))
    declared = _known(found[1].decode()) if found else None
    if declared and not _ONE_BYTE.match(declared) and _mistakes(stream, declared) == (0, 0):
        return Letters(declared, recoded=True)
    wrong, right = _mistakes(stream, "utf-8-sig")
    if wrong == 0:  # letters of one byte hardly ever make UTF-8 by chance, whatever is declared
        return Letters("utf-8-sig", recoded=found is not None and found[1].lower() != b"utf-8")
    if right > 2 * wrong:
        note = f'the file is damaged: {wrong} characters are no UTF-8, and stand as "\ufffd"'
        return Letters("utf-8-sig", note, recoded=True)
    if declared and _mistakes(stream, declared) == (0, 0):
        return Letters(declared, recoded=True)
    return Letters("cp1252" if _mistakes(stream, "cp1252")[0] == 0 else "latin-1", LATIN, recoded=True)


def _known(name: str) -> str | None:
    """Return Python's name of an encoding that texts are kept in, ``None`` for any other."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return None
    if found == "iso8859-1":  # what says so is Windows-1252 where the two differ
        return "cp1252"
    return found if _OF_TEXTS.match(found) else None


def _mistakes(stream: BinaryIO, encoding: str) -> tuple[int, int]:
    """Return how many characters a file does not have in an encoding, and how many it has that are not ASCII."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        while data := stream.read(CHUNK):
            decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _counted(stream, encoding)
    return 0, 0


def _counted(stream: BinaryIO, encoding: str) -> tuple[int, int]:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    wrong = others = 0
    while data := stream.read(CHUNK):
        text = decoder.decode(data)
        wrong += text.count("\ufffd")
        others += sum(map(text.count, set(text) - _ASCII - {"\ufffd"}))
    wrong += decoder.decode(b"", final=True).count("\ufffd")
    return wrong, others


_ASCII = frozenset(map(chr, range(128)))
