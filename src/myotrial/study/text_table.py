"""CSV text → a frame of strings, whatever program wrote it; nothing is lost, nothing is guessed in silence."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from myotrial.model.errors import BadInput, Fault
from myotrial.study.decoding import decode
from myotrial.study.raw_table import RawTable, shown

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
EXCEL_SEPARATOR = re.compile(r'\A"?sep=(.)"?\n', re.IGNORECASE)
SIMPLE_CELL = r'^(?:[^"]*|"[^"]*")$'
CHUNK = 50_000
"""Records that are held as Python text at a time."""


@dataclass(slots=True)
class _Body:
    """The records below the header: columns named 0, 1, ...; what could not be read of them."""

    frame: pl.DataFrame
    numbers: np.ndarray | None = None
    faults: list[Fault] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    cut: bool = False


def read_csv_bytes(data: bytes, file: str, known: Sequence[str]) -> RawTable:
    r"""Read CSV bytes: any of UTF-8, UTF-16 or Latin-1; commas, semicolons, tabs or bars.

    Rows are counted as a spreadsheet counts them: blank rows are skipped and counted, a field with a line break
    in quotes is in one row.

    Parameters
    ----------
    data
        The file's bytes.
    file
        Its name, for messages.
    known
        Column names that are understood; they tell which separator the header uses.

    Raises
    ------
    BadInput
        The file is empty or not text. What else is wrong with its shape is kept in the table.

    Examples
    --------
    >>> raw = read_csv_bytes(b"subject_id;week\nA;0\n\nB;4;5\n", "v.csv", ["subject_id", "week"])
    >>> raw.separator, raw.frame.rows()
    (';', [('A', '0')])
    >>> print(raw.faults[0])
    v.csv, row 4: the row has more fields than the header
        got 3 fields; expected 2 fields
        hint: a semicolon within a text? put the text in "double quotes"
    """
    text, notes = decode(data, file)
    if not text.strip():
        raise BadInput([Fault("empty_file", "the file is empty", file, expected="a header line and rows")])
    told = EXCEL_SEPARATOR.match(text)
    above = 1 if told else 0
    if told:
        text = text[told.end() :]
    header_line = next(line for line in io.StringIO(text) if line.strip())
    separator = told.group(1) if told else _separator(header_line, known)
    fast = _plain_body(text, header_line, separator)
    if fast is None:
        header, header_row, body = _read_records(text, separator, file, above)
    else:
        header, header_row, body = header_line.rstrip("\n").replace('"', "").split(separator), above + 1, fast
        _drop_blank_rows(body, header_row + 1)
    frame, faults = _with_names(body.frame, [name.strip() for name in header], file, header_row)
    return RawTable(
        frame,
        file,
        header_row + 1,
        header_row,
        separator,
        body.numbers,
        notes,
        faults + body.faults,
        body.lost,
        body.cut,
    )


def _separator(header_line: str, known: Sequence[str]) -> str:
    names = set(known)

    def score(separator: str) -> tuple[int, int]:
        cells = [cell.strip().strip('"').lower() for cell in header_line.split(separator)]
        return sum(cell in names for cell in cells), len(cells)

    return max(SEPARATORS, key=score)


def _plain_body(text: str, header_line: str, separator: str) -> _Body | None:
    """Read the records of a text without blank lines, uneven rows or quotes that matter; else ``None``.

    Quotes do not matter where each cell has none, or stands as a whole between two: then no separator and no
    line break is within quotes, for every piece between separators is complete in itself.
    """
    if not text.startswith(header_line) or "\n\n" in text:
        return None
    body = text[len(header_line) :].removesuffix("\n")
    width = header_line.count(separator) + 1
    if not body or width == 1 or body.count(separator) != (width - 1) * (body.count("\n") + 1):
        return None
    try:
        frame = pl.read_csv(body.encode(), separator=separator, has_header=False, infer_schema=False, quote_char=None)
    except pl.exceptions.PolarsError:  # a row is longer than the others
        return None
    if frame.width != width:
        return None
    frame.columns = [str(index) for index in range(width)]
    if '"' in text:
        heading = pl.Series(header_line.rstrip("\n").split(separator))
        simple = frame.select(pl.all_horizontal(pl.all().str.contains(SIMPLE_CELL).all(ignore_nulls=True))).item()
        if not simple or not heading.str.contains(SIMPLE_CELL).all():
            return None
        frame = frame.with_columns(pl.all().str.strip_chars('"'))
    return _Body(frame)


def _drop_blank_rows(body: _Body, first_row: int) -> None:
    first = body.frame.to_series(0)
    if not first.null_count() and not bool((first.str.strip_chars() == "").any()):
        return
    filled = body.frame.select(pl.any_horizontal(pl.all().str.strip_chars() != "").fill_null(value=False)).to_series()
    if not bool(filled.all()):
        body.numbers = filled.arg_true().to_numpy().astype(np.int64) + first_row
        body.frame = body.frame.filter(filled)


def _read_records(text: str, separator: str, file: str, above: int) -> tuple[list[str], int, _Body]:
    """Read record by record; name every row of another length than the header, and where quotes go wrong."""
    header: list[str] = []
    header_row = number = above
    numbers: list[int] = []
    rows: list[list[str]] = []
    chunks: list[pl.DataFrame] = []
    body = _Body(pl.DataFrame())
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=separator, strict=True), start=above + 1):
            if _is_blank(row):
                continue
            if not header:
                header, header_row = row, number
            elif len(row) == len(header) or (len(row) > len(header) and _is_blank(row[len(header) :])):
                rows.append(row[: len(header)])
                numbers.append(number)
            else:
                body.faults.append(_ragged(row, len(header), separator, file, number))
                body.lost.update(cell.strip() for cell in row)
            if len(rows) == CHUNK:
                chunks.append(_text_frame(rows, len(header)))
                rows = []
    except csv.Error as error:
        body.cut = True
        body.faults.append(_broken_quotes(error, file, number + 1))
    body.frame = pl.concat([*chunks, _text_frame(rows, len(header))])
    body.numbers = np.asarray(numbers, dtype=np.int64)
    return header, header_row or 1, body


def _is_blank(cells: list[str]) -> bool:
    return not "".join(cells).strip()


def _text_frame(rows: list[list[str]], width: int) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else ((),) * width
    return pl.DataFrame([pl.Series(str(place), values, dtype=pl.String) for place, values in enumerate(columns)])


def _ragged(row: Sequence[str], width: int, separator: str, file: str, number: int) -> Fault:
    name = SEPARATORS.get(separator, f"{separator}s").removesuffix("s")
    if len(row) < width:
        message, hint = "the row has fewer fields than the header", "is the line cut off, or a separator missing?"
    else:
        message = "the row has more fields than the header"
        hint = f'a {name} within a text? put the text in "double quotes"'
        if separator == ",":
            hint = f"a decimal comma? write a decimal point; {hint}"
    return Fault("ragged_row", message, file, number, got=_fields(len(row)),
                 expected=_fields(width), hint=hint)  # fmt: skip


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"


def _broken_quotes(error: csv.Error, file: str, number: int) -> Fault:
    message = "text follows a closing quote" if "expected after" in str(error) else "a quote is opened and never closed"
    return Fault("broken_quotes", message, file, number, expected='text in "double quotes", a quote inside it doubled',
                 hint="this row and all that follow it were not read")  # fmt: skip


def _with_names(
    frame: pl.DataFrame, header: Sequence[str], file: str, header_row: int
) -> tuple[pl.DataFrame, list[Fault]]:
    """Give the columns their names; unnamed columns that are empty are left out, other odd ones are faults."""
    twice = [name for name, count in Counter(header).items() if count > 1 and name]
    faults = [
        Fault("duplicate_column", "the column stands more than once in the header", file, header_row, shown(name),
              expected="each column once", hint="delete or rename all but one")
        for name in twice
    ]  # fmt: skip
    kept: dict[str, pl.Series] = {}
    for place, (name, column) in enumerate(zip(header, frame.iter_columns(), strict=True), start=1):
        if name:
            kept.setdefault(name, column)
        elif bool((column.str.strip_chars() != "").any()):
            hint = "give it a name, or delete it"
            if place == 1:
                hint = (
                    "row names from R, or the index of pandas? write the table without (row.names = FALSE, index=False)"
                )
            faults.append(Fault("unnamed_column", f"column {place} of the header has no name", file, header_row,
                                expected="a name", hint=hint))  # fmt: skip
    return pl.DataFrame([column.alias(name) for name, column in kept.items()]), faults
