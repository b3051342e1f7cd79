"""Tables of every definition on small simulated studies, and a reader of RTF that knows nothing of what wrote it."""

import re
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace

import pytest

from myotrial.analysis.analyse import analyse
from myotrial.report import tabulate_results
from myotrial.simulation.study import simulate_study
from myotrial.trials.loading import load_trial

TRIALS = ("NCT04044690", "NCT02347891", "NCT05832034", "NCT02728752")
TOKEN = re.compile(r"\\u(-?\d+) ?\??|\\([a-z]+)(?:-?\d+)? ?|\\([^a-z])|([{}])|([^\\{}\r\n]+)|[\r\n]")
ASIDE = {"fonttbl", "stylesheet", "info", "fldinst", "colortbl", "bkmkstart", "bkmkend"}
SYMBOLS = {"~": "\N{NO-BREAK SPACE}", "*": ""}
BLANKS = {"line": "\n", "tab": "\t"}
HEADS = {"header", "headerf", "footer", "footerf"}


@dataclass
class Document:
    """What a reader sees: paragraphs and table rows in order, running heads, and the instructions of fields."""

    body: list = field(default_factory=list)
    heads: list = field(default_factory=list)
    fields: list = field(default_factory=list)
    unbalanced: bool = False

    @property
    def rows(self):
        return [entry for entry in self.body if isinstance(entry, list)]

    @property
    def paragraphs(self):
        return [entry for entry in self.body if isinstance(entry, str)]


class Reader:
    """Read RTF by its groups: cell ends a cell, row a row, par a paragraph; destinations are kept apart."""

    def __init__(self, text):
        self.found, self.stack, self.where = Document(), [], "body"
        self.texts, self.cells, self.units = {"body": "", "head": "", "aside": ""}, [], b""
        for code, word, symbol, brace, plain in TOKEN.findall(text):
            if brace:
                self.group(brace)
            elif code:
                self.letter(int(code))
            elif word:
                self.control(word)
            else:
                self.add(SYMBOLS.get(symbol, symbol) + plain)
        self.found.unbalanced |= bool(self.stack)

    def add(self, text):
        self.texts[self.where] += text

    def take(self):
        text, self.texts[self.where] = self.texts[self.where].strip(), ""
        return text

    def group(self, brace):
        if brace == "{":
            self.stack.append(self.where)
        elif not self.stack:
            self.found.unbalanced = True
        else:
            if self.where == "aside" and self.stack[-1] != "aside":
                self.found.fields.append(self.take())
            self.where = self.stack.pop()

    def letter(self, code):
        self.units += (code % 65536).to_bytes(2, "little")
        if not 0xD800 <= code % 65536 < 0xDC00:
            self.add(self.units.decode("utf-16-le"))
            self.units = b""

    def control(self, word):
        if word in ASIDE:
            self.where = "aside"
        elif word in HEADS:
            self.where = "head"
        elif word in BLANKS:
            self.add(BLANKS[word])
        elif word == "cell":
            self.cells.append(self.take())
        elif word == "row":
            self.found.body.append(self.cells)
            self.cells = []
        elif word == "par" and self.where != "aside":
            (self.found.body if self.where == "body" else self.found.heads).append(self.take())


@cache
def made(name, masked=False, n=40):
    """Return a definition, a study of it, the results and the tables."""
    trial = load_trial(name)
    study = simulate_study(trial, n=n, seed=5)
    results = analyse(trial, study, masked=masked)
    return SimpleNamespace(
        trial=trial, study=study, results=results, tables=tabulate_results(trial, results, study)
    )  # fmt: skip


@pytest.fixture(scope="session")
def tables_of():
    return made


@pytest.fixture(scope="session")
def rtf_reader():
    return lambda text: Reader(text).found


@pytest.fixture(scope="session")
def proderm():
    return made("NCT02728752")
