"""A second mutator, written by itself: bytes, lines and whole documents instead of cells, with an oracle of its own.

It knows nothing of the first one's classes. Three questions are asked of each file: does anything but ``BadInput``
come out of it; is a change that makes a cell unreadable told; and does a change that nobody told of leave every
value as a plain reading of the file gives it? The plain reading is done here, by hand, with Python's own ``csv`` and
``Decimal``.
"""

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from random import Random

HEADER = ["subject_id", "week", "day", "arm", "physician_global_cm", "patient_global_cm", "mmt", "haq_di",
          "extramuscular_cm", "ck_u_per_l", "ck_uln_u_per_l"]  # fmt: skip
NUMERIC = HEADER[1:3] + HEADER[4:]
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
MISSING = {"", "na", "n/a", "nan", "null", "."}
RANGES = {"week": (-520, 5200), "day": (-3650, 36500), "mmt": (0, 150), "haq_di": (0, 3), "ck_u_per_l": (0, 4000000),
          "ck_uln_u_per_l": (0, 4000000), **{name: (0, 10) for name in HEADER if name.endswith("_cm")}}  # fmt: skip
GRAMMAR = ["0", "1", "5", "7", "9", "12", "140", ".", ",", "-", "+", "e", "E", " ", "_", "'", "%", "<", "/", "x", "O",
           "l", "\u00a0", "\u2212", "\u0663", "\uff15", "½", "cm", "NA", "nan", "inf", "#", "(", ")", "TRUE", "=", "$",
           "\u200b", "\u202e", "\ufeff", "°", "±", "~", "0x", "1.", ".5", "?", "!", "None", "NULL", "*"]  # fmt: skip


def plain_file(rng: Random) -> str:
    """Return a small valid visit table as CSV text."""
    rows = [",".join(HEADER)]
    for subject in range(rng.randint(2, 5)):
        for week in (0, 4, 12):
            vas = [f"{rng.randint(0, 100) / 10}" for _ in range(3)]
            cells = [f"P{subject}", str(week), str(week * 7 + 1), "ab"[subject % 2], vas[0], vas[1],
                     str(rng.randint(60, 150)), f"{rng.randint(0, 24) / 8:g}", vas[2], str(rng.randint(50, 5000)),
                     "200"]  # fmt: skip
            rows.append(",".join(cells))
    return "\n".join(rows) + "\n"


def random_cell(rng: Random, text: str) -> tuple[str, str, int, str]:
    """Replace a cell of numbers by random letters; return text, cell, row as a spreadsheet counts, column."""
    rows = [line.split(",") for line in text.splitlines()]
    at, column = rng.randrange(1, len(rows)), rng.choice(NUMERIC)
    cell = "".join(rng.choice(GRAMMAR) for _ in range(rng.randint(1, 4)))
    out = io.StringIO()
    rows[at][HEADER.index(column)] = cell
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue(), cell, at + 1, column


def verdict(cell: str, column: str) -> str:
    """Say by hand what a cell of a column is: missing, good or bad."""
    bare = cell.strip()
    if bare.lower() in MISSING:
        return "bad" if column == "week" else "missing"
    if not NUMBER.fullmatch(bare):
        return "bad"
    low, high = RANGES[column]
    value = Decimal(bare)
    if not -10_000_000 < value < 10_000_000:
        return "bad"
    value = round(value, 9)
    if not low <= value <= high or (column == "day" and value != int(value)):
        return "bad"
    return "bad" if column == "ck_uln_u_per_l" and value <= 0 else "good"


def _bytes(change: Callable[[Random, bytearray], None]) -> Callable[[Random, str], bytes]:
    def mutate(rng: Random, text: str) -> bytes:
        data = bytearray(text.encode())
        for _ in range(rng.randint(1, 6)):
            change(rng, data)
        return bytes(data)

    return mutate


def _flip(rng: Random, data: bytearray) -> None:
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _insert(rng: Random, data: bytearray) -> None:
    data.insert(rng.randrange(len(data)), rng.randrange(256))


def _delete(rng: Random, data: bytearray) -> None:
    start = rng.randrange(len(data) - 8)
    del data[start : start + rng.randint(1, 8)]


def _copy(rng: Random, data: bytearray) -> None:
    start = rng.randrange(len(data))
    data[start:start] = data[start : start + rng.randint(1, 80)]


def _lines(change: Callable[[Random, list[str]], None]) -> Callable[[Random, str], bytes]:
    def mutate(rng: Random, text: str) -> bytes:
        lines = text.splitlines()
        change(rng, lines)
        return "\n".join([*lines, ""]).encode()

    return mutate


def _join(rng: Random, lines: list[str]) -> None:
    at = rng.randrange(1, len(lines) - 1)
    lines[at : at + 2] = [lines[at] + rng.choice(["", ",", " "]) + lines[at + 1]]


def _break(rng: Random, lines: list[str]) -> None:
    at = rng.randrange(1, len(lines))
    cut = rng.randrange(4, len(lines[at]) - 4)
    lines[at : at + 1] = [lines[at][:cut], lines[at][cut:]]


def _other_separator(rng: Random, lines: list[str]) -> None:
    at = rng.randrange(1, len(lines))
    lines[at] = lines[at].replace(",", rng.choice([";", "\t", "|", " ", "，"]))


def _comment(rng: Random, lines: list[str]) -> None:
    lines.insert(rng.randrange(1, len(lines)), rng.choice(["# exported by somebody", "-----", "%%", "<!-- -->", "EOF"]))


def _document(write: Callable[[list[list[str]]], str]) -> Callable[[Random, str], bytes]:
    def mutate(rng: Random, text: str) -> bytes:
        return write([line.split(",") for line in text.splitlines()]).encode()

    return mutate


def _transposed(rows: list[list[str]]) -> str:
    return "\n".join(",".join(row) for row in zip(*rows, strict=True))


def _html(rows: list[list[str]]) -> str:
    return "<table>" + "".join("<tr><td>" + "</td><td>".join(row) + "</td></tr>\n" for row in rows) + "</table>"


def _markdown(rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _json(rows: list[list[str]]) -> str:
    return "[" + ",\n".join("{" + ", ".join(f'"{n}": "{c}"' for n, c in zip(rows[0], row, strict=True)) + "}"
                            for row in rows[1:]) + "]"  # fmt: skip


def _sql(rows: list[list[str]]) -> str:
    return "\n".join(f"INSERT INTO visits VALUES {tuple(row)};" for row in rows[1:])  # noqa: S608  (a document, no query)


def _fixed_width(rows: list[list[str]]) -> str:
    return "\n".join("".join(cell.ljust(22) for cell in row) for row in rows)


def _long(rows: list[list[str]]) -> str:
    head = ["subject_id,week,test,result"]
    return "\n".join(
        head + [f"{row[0]},{row[1]},{n},{c}" for row in rows[1:] for n, c in zip(rows[0], row, strict=True)]
    )


def _two_headers(rows: list[list[str]]) -> str:
    top = [name.split("_")[0] for name in rows[0]]
    rest = [name.partition("_")[2] for name in rows[0]]
    return "\n".join(",".join(row) for row in (top, rest, *rows[1:]))


DAMAGE: dict[str, Callable[[Random, str], bytes]] = {
    "bits flipped": _bytes(_flip),
    "bytes put in": _bytes(_insert),
    "bytes left out": _bytes(_delete),
    "bytes copied": _bytes(_copy),
    "two lines joined": _lines(_join),
    "a line broken in two": _lines(_break),
    "a line with another separator": _lines(_other_separator),
    "a line of comment": _lines(_comment),
}
"""Damage after which a file may still be read: what is read then has to be what stands in it."""

REFUSED: dict[str, Callable[[Random, str], bytes]] = {
    "rows and columns exchanged": _document(_transposed),
    "a web page": _document(_html),
    "a Markdown table": _document(_markdown),
    "JSON": _document(_json),
    "SQL": _document(_sql),
    "columns of fixed width": _document(_fixed_width),
    "one row per measurement": _document(_long),
    "names over two lines": _document(_two_headers),
}
"""Documents that are no visit table."""


def read_plainly(data: bytes) -> list[dict[str, str]] | None:
    """Read a CSV text with Python alone; ``None`` where its shape is not that of a table."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        rows = [row for row in csv.reader(io.StringIO(text), strict=True) if "".join(row).strip()]
    except csv.Error:
        return None
    names = [name.strip() for name in rows[0]]
    if any(len(row) < len(names) or "".join(row[len(names) :]).strip() for row in rows):
        return None
    return [dict(zip(names, (cell.strip() for cell in row), strict=False)) for row in rows[1:]]


def same_values(data: bytes, columns: dict[str, list[object]]) -> str | None:
    """Compare what was read with the plain reading; return the first difference."""
    plain = read_plainly(data)
    if plain is None:
        return "read without a fault, and its rows are not of one length"
    for name, values in columns.items():
        for at, (row, value) in enumerate(zip(plain, values, strict=True)):
            text = row.get(name)
            if text is None or (value is None and text.lower() in MISSING):
                continue
            if name in NUMERIC and not (NUMBER.fullmatch(text) and value is not None
                                        and abs(Decimal(text) - Decimal(str(value))) <= Decimal("1e-9")):  # fmt: skip
                return f"{name}, record {at + 1}: {text!r} was read as {value!r}"
            if name not in NUMERIC and text != value:
                return f"{name}, record {at + 1}: {text!r} was read as {value!r}"
    return None
