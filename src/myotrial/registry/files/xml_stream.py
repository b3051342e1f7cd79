"""Take the trials out of XML one at a time, with the parser of the standard library held on a short lead.

Entities are refused where they are declared, so none is ever expanded, and nothing outside the file is read.
"""

import itertools
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from myotrial.model.errors import BadInput
from myotrial.registry.files.letters import CHUNK
from myotrial.registry.files.opening import Opened, bad
from myotrial.registry.files.xml_mending import NOTE, mended

RECORDS = frozenset({"clinical_study", "trial", "fulltrial"})
"""The elements that hold one trial, in lower case."""
MOST_DEPTH = 64
MOST_CHARACTERS = 24_000_000
"""Characters of one trial."""


def read_elements(opened: Opened) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Yield each trial of an XML file as a tree of its elements, and what is to be said of the file.

    A file with signs that XML forbids, as some registers write them, is read again from its beginning, mended.

    Raises
    ------
    BadInput
        The text is no XML from some place on, is cut off, declares an entity, is nested too deeply, one trial is too
        large, or there is none.
    """
    given = 0
    try:
        for tree in _Reader(opened).records():
            given += 1
            yield tree, None
    except _Forbidden:
        pass
    else:
        return
    for tree in itertools.islice(_Reader(opened, mend=True).records(), given, None):
        yield tree, NOTE


class _Forbidden(Exception):
    """A sign that XML forbids, and that can be mended."""


_MENDABLE = frozenset(
    expat.errors.codes[words]
    for words in (
        expat.errors.XML_ERROR_INVALID_TOKEN,
        expat.errors.XML_ERROR_UNDEFINED_ENTITY,
        expat.errors.XML_ERROR_BAD_CHAR_REF,
    )
)
_CUT = frozenset(
    expat.errors.codes[words]
    for words in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


class _Reader:
    def __init__(self, opened: Opened, *, mend: bool = False) -> None:
        self.opened, self.mend = opened, mend
        self.root: str | None = None
        self.depth = 0
        self.size = 0
        self.stack: list[_Element] = []
        self.done: list[dict[str, Any]] = []
        self.found = 0
        self.parser = expat.ParserCreate("utf-8" if opened.recoded else None)
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self.parser.SkippedEntityHandler = self._skipped

    def records(self) -> Iterator[dict[str, Any]]:
        try:
            for data in mended(self._bytes()) if self.mend else self._bytes():
                self.parser.Parse(data, False)
                yield from self._ready()
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            if error.code in _MENDABLE and not self.mend:
                yield from self._ready()
                raise _Forbidden from None
            cut = error.code in _CUT
            words = "the XML ends before its elements do: the file is cut off" if cut else "this is not XML"
            reason = expat.ErrorString(error.code)
            raise self._bad(
                "cut_off" if cut else "not_xml", f"{words} ({reason})", error.lineno, error.offset
            ) from None
        except (ValueError, LookupError) as error:
            if isinstance(error, BadInput):
                raise
            raise self._bad("not_xml", f"this is not XML ({error})") from None
        yield from self._ready()
        if not self.found:
            raise bad(
                "unknown_form",
                "this XML holds no trial in a form that is known",
                self.opened.file,
                got=f"the element <{self.root}>",
            )

    def _bytes(self) -> Iterator[bytes]:
        """Yield the bytes, in UTF-8 where the parser could not read them else, without blanks before them."""
        begun = False
        for data in self._recoded() if self.opened.recoded else self._stored():
            first = data if begun else data.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
            begun = begun or bool(first)
            yield first

    def _recoded(self) -> Iterator[bytes]:
        return (piece.encode("utf-8", "replace") for piece in self.opened.pieces())

    def _stored(self) -> Iterator[bytes]:
        self.opened.stream.seek(0)
        while data := self.opened.stream.read(CHUNK):
            yield data

    def _ready(self) -> Iterator[dict[str, Any]]:
        ready, self.done = self.done, []
        self.found += len(ready)
        yield from ready

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2] if ":" in name else name
        self.root = self.root or name
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise self._bad("too_deep", f"elements stand more than {MOST_DEPTH} deep")
        if self.stack or name.lower() in RECORDS:
            if not self.stack:
                self.size = 0
            self.stack.append(_Element(name, attributes))

    def _text(self, text: str) -> None:
        if self.stack:
            self.size += len(text)
            if self.size > MOST_CHARACTERS:
                raise self._bad("too_large", f"one trial has more than {MOST_CHARACTERS // 1_000_000} MB")
            self.stack[-1].text.append(text)

    def _end(self, _name: str) -> None:
        self.depth -= 1
        if not self.stack:
            return
        element = self.stack.pop()
        value = element.value()
        if self.stack:
            self.stack[-1].add(element.name, value)
        elif isinstance(value, dict):
            self.done.append(value)

    def _entity(self, name: str, *_rest: object) -> None:
        raise self._bad(
            "entity", f"the file declares the entity {name[:40]!r}: such a file is refused, whatever the entity is"
        )

    def _skipped(self, name: str, _is_parameter: object) -> None:
        self._text(f"&{name};")

    def _bad(self, code: str, message: str, line: int | None = None, column: int | None = None) -> BadInput:
        line = line or self.parser.CurrentLineNumber
        column = self.parser.CurrentColumnNumber if column is None else column
        return bad(code, message, self.opened.file, row=line, column=column + 1)


class _Element:
    __slots__ = ("attributes", "children", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.attributes = name, attributes
        self.children: dict[str, Any] = {}
        self.text: list[str] = []

    def add(self, name: str, value: Any) -> None:
        before = self.children.get(name)
        if before is None and name not in self.children:
            self.children[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            self.children[name] = [before, value]

    def value(self) -> Any:
        text = "".join(self.text)
        if not self.children and not self.attributes:
            return text
        tree: dict[str, Any] = {f"@{name}": value for name, value in self.attributes.items()} | self.children
        if text.strip():
            tree["#text"] = text
        return tree
