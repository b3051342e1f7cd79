"""What stands in XML that registers wrote by hand, and XML forbids: made into what was meant."""

import re
from collections.abc import Iterable, Iterator

NOTE = "the XML has signs that XML forbids: control characters were read as blanks, stray & and < as themselves"
_CONTROL = bytes(32 if sign < 32 and sign not in {9, 10, 13} else sign for sign in range(256))
_STRAY = re.compile(
    rb"<!\[CDATA\[.*?\]\]>"
    rb"|&#(?:(?P<digits>\d{1,7})|[xX](?P<hex>[0-9a-fA-F]{1,6}));"
    rb"|(?P<ampersand>&(?!(?:lt|gt|amp|quot|apos);))"
    rb"|(?P<less><(?![A-Za-z_/!?:]))",
    re.DOTALL,
)
_LONGEST = 12
"""Bytes that a stray sign must be seen with."""


def mended(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of XML in UTF-8 with what it forbids replaced.

    Examples
    --------
    >>> b"".join(mended([b"<a>age < 18 &", b" R&D &nbsp;&lt;&#11;</a>"]))
    b'<a>age &lt; 18 &amp; R&amp;D &amp;nbsp;&lt; </a>'
    """
    rest = b""
    for chunk in chunks:
        data = (rest + chunk).translate(_CONTROL)
        begins = max(data.rfind(b"&", -_LONGEST), data.rfind(b"<", -_LONGEST))
        rest = data[begins:] if begins >= 0 else b""
        yield _STRAY.sub(_meant, data[:begins] if begins >= 0 else data)
    yield _STRAY.sub(_meant, rest)


def _meant(found: re.Match[bytes]) -> bytes:
    if found["ampersand"]:
        return b"&amp;"
    if found["less"]:
        return b"&lt;"
    number = int(found["digits"]) if found["digits"] else int(found["hex"], 16) if found["hex"] else None
    if number is None or number in {9, 10, 13} or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE:
        return found[0]
    return found[0] if 0xFFFF < number < 0x110000 else b" "
