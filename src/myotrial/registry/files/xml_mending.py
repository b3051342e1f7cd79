"""What stands in XML that registers wrote by hand, and XML forbids: made into what was meant."""

import re
from collections.abc import Iterable, Iterator

NOTE = "the XML has signs that XML forbids: control characters were read as blanks, stray & and < as themselves"
_CONTROL = bytes(32 if sign < 32 and sign not in {9, 10, 13} else sign for sign in range(256))
_SIGN = re.compile(
    rb"(?P<open><!\[CDATA\[)|(?P<close>\]\]>)"
    rb"|&#(?:(?P<digits>\d{1,7})|[xX](?P<hex>[0-9a-fA-F]{1,6}));"
    rb"|(?P<ampersand>&(?!(?:lt|gt|amp|quot|apos);))"
    rb"|(?P<less><(?![A-Za-z_/!?:]))"
)
_LONGEST = 12
"""Bytes that a sign must be seen with."""


def mended(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of XML in UTF-8 with what it forbids replaced.

    Examples
    --------
    >>> b"".join(mended([b"<a>age < 18 &", b" R&D &nbsp;&lt;&#11;<![CDATA[ & ]]", b"></a>"]))
    b'<a>age &lt; 18 &amp; R&amp;D &amp;nbsp;&lt; <![CDATA[ & ]]></a>'
    """
    rest = b""
    meant = _Meant()
    for chunk in chunks:
        data = (rest + chunk).translate(_CONTROL)
        places = data.find(b"&", -_LONGEST), data.find(b"<", -_LONGEST), data.find(b"]", -2)
        begins = min((at for at in places if at >= 0), default=None)
        rest = b"" if begins is None else data[begins:]
        yield _SIGN.sub(meant, data[:begins])
    yield _SIGN.sub(meant, rest)


class _Meant:
    """What a sign was meant to be; inside CDATA, where all are allowed, itself."""

    def __init__(self) -> None:
        self.inside = False

    def __call__(self, found: re.Match[bytes]) -> bytes:
        if found["open"] or found["close"]:
            self.inside = bool(found["open"])
            return found[0]
        if self.inside:
            return found[0]
        if found["ampersand"]:
            return b"&amp;"
        if found["less"]:
            return b"&lt;"
        number = int(found["digits"]) if found["digits"] else int(found["hex"], 16)
        allowed = (
            number in {9, 10, 13} or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0xFFFF < number < 0x110000
        )
        return found[0] if allowed else b" "
