"""Take the trials out of the WHO's full export in CSV, one row at a time."""

import csv
from collections.abc import Iterator, Sequence

from myotrial.model.errors import BadInput, Fault
from myotrial.registry.files.opening import Opened, bad
from myotrial.registry.files.table_head import is_head, tells_separator

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
    rows = csv.reader(_lines(opened), delimiter=opened.separator)
    names: list[str] | None = None
    start = 1
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise bad("not_csv", f"this is not CSV: {error}", opened.file, row=rows.line_num) from None
        if row is None:
            return
        first, start = start, rows.line_num + 1
        if not any(field.strip() for field in row) or (names is None and tells_separator(row)):
            continue
        if names is None:
            head = [name.strip().lstrip("\ufeff") for name in row]
            names = _once(head) if is_head(head) else list(columns)
            if is_head(head):
                continue
        while len(row) > len(names) and not row[-1].strip():  # as a spreadsheet leaves them at the end
            row.pop()
        if len(row) != len(names):
            yield _wrong_width(opened, first, len(row), len(names))
        else:
            yield dict(zip(names, row, strict=True))


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
    rest, end = "", None
    for piece in opened.pieces():
        text = rest + piece.replace("\0", "\ufffd")
        if end is None:
            end = "\n" if "\n" in text or "\r" not in text else "\r"  # old spreadsheets end a line so
        lines = text.split(end)
        rest = lines.pop()
        if len(rest) > LONGEST_FIELD:
            raise bad("too_large", f"a line has more than {LONGEST_FIELD // 1_000_000} MB", opened.file)
        for line in lines:
            yield f"{line}\n"
    if rest:
        yield rest
