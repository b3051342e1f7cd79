"""Take the studies out of JSON one at a time: one object, a list, an answer of a registry, or one object a line."""

import json
import re
from collections.abc import Iterator
from typing import Any

from myotrial.model.errors import BadInput
from myotrial.registry.files.opening import Opened, bad

MOST_CHARACTERS = 24_000_000
"""Characters of one study."""
MOST_DEPTH = 64
"""Brackets inside brackets; a study has about 20."""

_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]"]', re.DOTALL)
_SCALARS = r'(?:\s*"[^"\\]*"\s*:\s*(?:"[^"\\]*"|[-+.\w]+)\s*,)*'
_WRAPPER = re.compile(
    r"\s*\{" + _SCALARS + r'\s*"(?:studies|trials)"\s*:\s*(?=\[)'
    r'|\s*\{\s*"format"\s*:\s*"myotrial registry records"\s*,\s*"version"\s*:\s*1\s*,\s*"records"\s*:\s*(?=\[)'
    r'|\s*\{\s*"FullStudiesResponse"\s*:\s*\{' + _SCALARS + r'\s*"FullStudies"\s*:\s*(?=\[)'
)
_BARE = re.compile(r"[^\s,\]}]+")
_GAP = re.compile(r"[\s,]*")


def read_objects(opened: Opened) -> Iterator[tuple[Any, str] | BadInput]:
    """Yield each object or list of a JSON file, with its own text; in place of anything else what is wrong with it.

    Raises
    ------
    BadInput
        The text is no JSON from some character on, is cut off, is nested too deeply, or one study is too large.
    """
    yield from _Scanner(opened).objects()


class _Scanner:
    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.pieces = opened.pieces()
        self.text = ""
        self.at = 0
        self.passed, self.lines = 0, 1
        self.ended = False

    def objects(self) -> Iterator[tuple[Any, str] | BadInput]:
        self._more()
        depth_outside = 0
        if found := _WRAPPER.match(self.text):
            depth_outside = found[0].count("{")
            self.at = found.end()
        in_list = self._skip() and self.text[self.at] == "["
        if in_list:
            self.at += 1
        while self._skip():
            if in_list and self.text[self.at] == "]":
                self.at += 1
                break
            text = self._value()
            value = self._parse(text)
            known = isinstance(value, dict | list)
            yield (value, text) if known else self._bad("not_a_record", "this is not an object", got=repr(text[:40]))
            self.at += len(text)
        else:
            if in_list:
                raise self._bad("cut_off", "the list does not end: the file is cut off")
            return
        self._close(depth_outside)

    def _close(self, depth: int) -> None:
        """Read what follows the list of studies; it must close what was open."""
        while True:
            for found in _TOKEN.finditer(self.text, self.at):
                depth += (found[0] in "{[") - (found[0] in "}]")
            self.at = len(self.text)
            if not self._more():
                break
        if depth > 0:
            raise self._bad("cut_off", "the text ends inside an object: the file is cut off")

    def _skip(self) -> bool:
        """Move to the next thing; whether there is one."""
        while True:
            found = _GAP.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text):
                return True
            if not self._more():
                return False

    def _more(self) -> bool:
        if self.ended:
            return False
        if self.at > 1 << 20 or self.at == len(self.text):
            self.lines += self.text.count("\n", 0, self.at)
            self.passed += self.at
            self.text, self.at = self.text[self.at :], 0
        piece = next(self.pieces, None)
        if piece is None:
            self.ended = True
            return False
        gathered = [piece]
        want = len(self.text) // 2
        while sum(map(len, gathered)) < want:  # doubling, so that one long study is not scanned over and over
            piece = next(self.pieces, None)
            if piece is None:
                break
            gathered.append(piece)
        self.text += "".join(gathered)
        return True

    def _value(self) -> str:
        """Return the text of the object that begins here."""
        if self.text[self.at] not in '{["':
            found = _BARE.match(self.text, self.at)
            return found[0] if found else self.text[self.at]
        depth, seek = 0, self.at
        while True:
            depth, seek, done = self._scan(depth, seek)
            if done:
                return self.text[self.at : seek]
            if len(self.text) - self.at > MOST_CHARACTERS:
                raise self._bad("too_large", f"one study has more than {MOST_CHARACTERS // 1_000_000} MB")
            before = self.passed
            if not self._more():
                raise self._bad("cut_off", "the text ends inside an object: the file is cut off", at=len(self.text))
            seek -= self.passed - before

    def _scan(self, depth: int, seek: int) -> tuple[int, int, bool]:
        """Count brackets from a place on; return the depth, how far it got, and whether the object ends there."""
        for found in _TOKEN.finditer(self.text, seek):
            sign = found[0]
            if sign == '"':  # a string that does not end yet
                return depth, found.start(), False
            seek = found.end()
            depth += (sign in "{[") - (sign in "}]")
            if depth > MOST_DEPTH:
                raise self._bad("too_deep", f"brackets stand more than {MOST_DEPTH} deep", at=found.start())
            if depth <= 0:
                return depth, seek, True
        return depth, seek, False

    def _parse(self, text: str) -> Any:
        try:
            return json.loads(
                text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_pairs, strict=False
            )
        except json.JSONDecodeError as error:
            raise self._bad("not_json", f"this is not JSON: {error.msg}", at=self.at + error.pos) from None
        except (RecursionError, ValueError):
            raise self._bad("too_deep", f"brackets stand more than {MOST_DEPTH} deep") from None

    def _bad(self, code: str, message: str, got: str | None = None, at: int | None = None) -> BadInput:
        place = self.at if at is None else at
        line = self.lines + self.text.count("\n", 0, place)
        column = place - self.text.rfind("\n", 0, place)
        return bad(code, message, self.opened.file, got=got, row=line, column=column)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; a name that stands twice keeps both values."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        again = 2
        key = name
        while key in tree:
            key = f"{name}#{again}"
            again += 1
        tree[key] = value
    return tree
