"""Take the trials out of the WHO's full export in CSV, one row at a time."""

import csv
from collections.abc import Iterator, Sequence

from myotrial.model.errors import BadInput, Fault
from myotrial.registry.files.opening import Opened, bad

LONGEST_FIELD = 1 << 24
"""Characters of one field."""


def read_rows(opened: Opened, columns: Sequence[str]) -> Iterator[dict[str, str] | BadInput]:
    """Yield each row by the names of its columns; in place of a row of another width, what is wrong with it.

    Parameters
    ----------
    opened
        The file.
    columns
        The names to take where the file has no line of names.

    Raises
    ------
    BadInput
        From some place on this is no CSV, or a field is too long.
    """
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_FIELD))
    rows = csv.reader(_lines(opened))
    names: list[str] | None = None
    start = 1
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise bad("not_csv", f"this is not CSV: {error}", opened.file, row=rows.line_num) from None
        if row is None:
            return
        if not any(field.strip() for field in row):
            continue
        if names is None:
            first = [name.strip().lstrip("\ufeff") for name in row]
            headed = "trialid" in {name.lower() for name in first}
            names = _once(first) if headed else list(columns)
            if headed:
                start = rows.line_num + 1
                continue
        if len(row) != len(names):
            yield _wrong_width(opened, start, len(row), len(names))
        else:
            yield dict(zip(names, row, strict=True))
        start = rows.line_num + 1


def _wrong_width(opened: Opened, row: int, got: int, expected: int) -> BadInput:
    return BadInput(
        [
            Fault(
                "wrong_width",
                "the row has another number of fields than the table has columns, and was not read",
                file=opened.file,
                row=row,
                got=f"{got} fields",
                expected=f"{expected} fields",
                hint="a sign of a cut, of a quotation mark too many or too few, or of a comma that stands in no quotes",
            )
        ]
    )


def _once(names: Sequence[str]) -> list[str]:
    """Return the names, each once: a second column of the same name gets a number."""
    seen: dict[str, int] = {}
    out = []
    for place, name in enumerate(names, 1):
        key = name or f"column {place}"
        seen[key] = seen.get(key, 0) + 1
        out.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return out


def _lines(opened: Opened) -> Iterator[str]:
    """Yield the lines with their ends, as the csv module wants them."""
    rest = ""
    for piece in opened.pieces():
        lines = _split(rest + piece.replace("\0", "\ufffd")) if "\n" in piece else None
        if lines is None:
            rest += piece
            if len(rest) > LONGEST_FIELD:
                raise bad("too_large", f"a line has more than {LONGEST_FIELD // 1_000_000} MB", opened.file)
            continue
        rest = lines.pop()
        yield from lines
    if rest:
        yield rest


def _split(text: str) -> list[str]:
    """Return the lines of a text at line feeds alone; the last has none."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + lines[-1:]
