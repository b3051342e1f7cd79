"""CSV text → a frame of strings, whatever program wrote it; nothing is lost, nothing is guessed in silence."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from myotrial.model.errors import BadInput, Fault

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
FIRST_ROW = 2  # as a spreadsheet counts: the header is row 1


@dataclass(slots=True)
class RawTable:
    """A table as it was found: strings from CSV, typed columns from Parquet.

    Attributes
    ----------
    frame
        The columns, in the order of the file. Row ``i`` of it is row ``first_row + i`` of the file.
    file
        The name to use in messages.
    first_row
        The number of the first record.
    decimal_comma
        Whether numbers are written with a decimal comma.
    notes
        What was noticed and is not a fault.
    """

    frame: pl.DataFrame
    file: str
    first_row: int
    decimal_comma: bool = False
    notes: list[str] = field(default_factory=list)

    def fault(
        self,
        code: str,
        message: str,
        row: int | None,
        column: str | None,
        got: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
    ) -> Fault:
        """Tell a fault of the frame's row ``row`` (counted from 0), or of the header where it is ``None``."""
        header = 1 if self.first_row > 1 else None
        number = header if row is None else self.first_row + int(row)
        return Fault(code, message, self.file, number, column, got, expected, hint)


def read_csv_bytes(data: bytes, file: str, known: Sequence[str]) -> RawTable:
    """Read CSV bytes: any of UTF-8, UTF-16 or Latin-1; commas, semicolons, tabs or bars.

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
        Empty, binary, ragged, or with an unclosed quote or a column twice.
    """
    text, notes = _decode(data, file)
    header_line = next((line for line in io.StringIO(text) if line.strip()), "")
    if not header_line:
        raise BadInput([Fault("empty_file", "the file is empty", file, expected="a header line and rows")])
    separator = _separator(header_line, known)
    header = [name.strip() for name in next(csv.reader([header_line], delimiter=separator))]
    faults = _header_faults(header, file)
    frame = _parse(text, separator, len(header))
    if frame is None or (frame.height and frame.to_series(-1).null_count()):
        faults += _shape_faults(text, separator, len(header), file)
    if faults or frame is None:
        raise BadInput(faults or [Fault("unreadable", "the file cannot be read as CSV", file)])
    frame.columns = header
    return RawTable(frame, file, FIRST_ROW, separator == ";" and _has_decimal_comma(frame), notes)


def _decode(data: bytes, file: str) -> tuple[str, list[str]]:
    if data[:4] == b"PK\x03\x04":
        raise BadInput(
            [
                Fault(
                    "not_csv",
                    "this is an Excel workbook (or a ZIP archive), not CSV",
                    file,
                    hint="save the sheet as CSV, or give a Parquet file",
                )
            ]
        )
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", errors="replace").replace("\r\n", "\n"), []
    if b"\x00" in data:
        raise BadInput([Fault("not_csv", "the file holds binary data, not text", file, expected="CSV text")])
    try:
        text, notes = data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        text = data.decode("latin-1")
        notes = [f"{file} is not UTF-8 (first seen in row {row}); it was read as Latin-1"]
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _separator(header_line: str, known: Sequence[str]) -> str:
    names = set(known)

    def score(separator: str) -> tuple[int, int]:
        cells = [cell.strip().strip('"') for cell in header_line.split(separator)]
        return sum(cell in names for cell in cells), len(cells)

    return max(SEPARATORS, key=score)


def _header_faults(header: Sequence[str], file: str) -> list[Fault]:
    faults = [
        Fault(
            "duplicate_column",
            f"the column stands {count} times in the header",
            file,
            1,
            name or "(empty)",
            expected="each column once",
        )
        for name, count in Counter(header).items()
        if count > 1
    ]
    if "" in header and header.count("") == 1:
        place = header.index("") + 1
        faults.append(Fault("unnamed_column", f"column {place} has no name", file, 1, expected="a name"))
    return faults


def _parse(text: str, separator: str, width: int) -> pl.DataFrame | None:
    try:
        frame = pl.read_csv(text.encode(), separator=separator, infer_schema=False)
    except (pl.exceptions.ComputeError, pl.exceptions.NoDataError):
        return None
    return frame if frame.width == width else None


def _shape_faults(text: str, separator: str, width: int, file: str) -> list[Fault]:
    """Name every row whose number of fields is not the header's, and a quote that is never closed."""
    faults = []
    rows = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    number = 0
    try:
        for number, row in enumerate(rows, start=1):
            if row and len(row) != width:
                faults.append(
                    Fault(
                        "ragged_row",
                        "the row has another number of fields than the header",
                        file,
                        number,
                        got=f"{len(row)} fields",
                        expected=f"{width} fields",
                        hint="a decimal comma in a comma-separated file, or a line cut off?",
                    )
                )
    except csv.Error as error:
        faults.append(
            Fault(
                "broken_quotes",
                f"the quotes cannot be followed from here ({error})",
                file,
                number + 1,
                expected='text in "double quotes", a quote inside it doubled',
            )
        )
    return faults


def _has_decimal_comma(frame: pl.DataFrame) -> bool:
    pattern = r"^\s*[+-]?\d+,\d+\s*$"
    return any(bool(column.str.contains(pattern).any()) for column in frame.iter_columns())
