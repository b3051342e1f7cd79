"""Faults of the file itself: its bytes, its header, the length of its rows, its quotes."""

import gzip
from random import Random

from clean_files import Case
from file_grid import Exact, Grid
from planting import Place, Planted, fault_class, one, place


def _whole(grid: Grid, *codes: str) -> Planted:
    return Planted((Place(codes, grid.file),))


def _csv(case: Case) -> Grid | None:
    return case.visits if case.visits.style.kind == "csv" and not case.visits.style.told else None


def _plain_csv(case: Case) -> Grid | None:
    """Return a CSV of one byte per letter and without quotes, so that its lines can be cut by hand."""
    grid = _csv(case)
    if grid is None:
        return None
    grid.style.encoding, grid.style.quotes, grid.style.newline = "utf-8", 3, "\n"  # csv.QUOTE_NONE
    for row in grid.rows:
        row[:] = [Exact(_free(cell)) if _free(cell) != cell else cell for cell in row]
    return grid


def _free(text: str) -> str:
    return text.replace(",", " ").replace(";", " ")


@fault_class("row cut short")
def short_row(case: Case, rng: Random) -> Planted | None:
    grid = _plain_csv(case)
    if grid is None:
        return None
    at = rng.randrange(len(grid.rows))
    del grid.rows[at][-rng.randint(1, 3) :]
    return one(grid, at, None, "ragged_row")


@fault_class("cell too many")
def long_row(case: Case, rng: Random) -> Planted | None:
    grid = _plain_csv(case)
    if grid is None:
        return None
    at = rng.randrange(len(grid.rows))
    grid.rows[at].insert(rng.randrange(len(grid.rows[at])), Exact("7"))
    if not grid.rows[at][-1].strip():
        return None
    return one(grid, at, None, "ragged_row")


@fault_class("file cut off within its last row")
def cut_file(case: Case, rng: Random) -> Planted | None:
    grid = _plain_csv(case)
    if grid is None:
        return None
    last = len(grid.rows) - 1
    sep = grid.style.separator.encode()

    def cut(data: bytes) -> bytes:
        start = data.rstrip(b"\n").rfind(b"\n") + 1
        fields = data[start:].rstrip(b"\n").split(sep)
        return data[:start] + sep.join(fields[: max(2, len(fields) // 2)])

    grid.edits.append(cut)
    return one(grid, last, None, "ragged_row")


@fault_class("quote never closed")
def open_quote(case: Case, rng: Random) -> Planted | None:
    grid = _plain_csv(case)
    if grid is None:
        return None
    at = rng.randrange(len(grid.rows))
    number = grid.number(at)

    def edit(data: bytes) -> bytes:
        lines = data.split(b"\n")
        fields = lines[number - 1].split(grid.style.separator.encode())
        fields[1] = b'"' + fields[1]
        lines[number - 1] = grid.style.separator.encode().join(fields)
        return b"\n".join(lines)

    grid.edits.append(edit)
    return one(grid, at, None, "broken_quotes")


@fault_class("text behind a closing quote")
def behind_quote(case: Case, rng: Random) -> Planted | None:
    grid = _plain_csv(case)
    if grid is None:
        return None
    at = rng.randrange(len(grid.rows))
    number = grid.number(at)

    def edit(data: bytes) -> bytes:
        lines = data.split(b"\n")
        fields = lines[number - 1].split(grid.style.separator.encode())
        fields[0] = b'"' + fields[0] + b'"x'
        lines[number - 1] = grid.style.separator.encode().join(fields)
        return b"\n".join(lines)

    grid.edits.append(edit)
    return one(grid, at, None, "broken_quotes")


@fault_class("header repeated within")
def header_again(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    at = rng.randrange(1, len(grid.rows))
    grid.rows.insert(at, [Exact(name) for name in grid.header])
    also = (Place((), grid.file, grid.number(at)),)
    return Planted((place(grid, at, "week", "not_a_number"),), also)


@fault_class("line of totals at the end")
def footer(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    row = [Exact("") for _ in grid.header]
    row[grid.header.index("subject_id")] = Exact(rng.choice(["Total", "Mean", "N = 24"]))
    row[grid.header.index("mmt")] = Exact("120")
    grid.rows.append(row)
    at = len(grid.rows) - 1
    return Planted((place(grid, at, "week", "missing_value"),), (Place((), grid.file, grid.number(at)),))


@fault_class("second header with units")
def units_row(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    grid.rows.insert(0, [Exact("unit" if name == "subject_id" else "cm") for name in grid.header])
    return Planted((place(grid, 0, "week", "not_a_number"),), (Place((), grid.file, grid.number(0)),))


@fault_class("empty file")
def empty(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    left = rng.choice([b"", b"\n", b" \r\n\r\n", b"\xef\xbb\xbf"])
    grid.edits.append(lambda data: left + data[:0])
    return _whole(grid, "empty_file")


@fault_class("header and no rows")
def header_only(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    grid.rows.clear()
    return _whole(grid, "no_rows")


@fault_class("no header")
def no_header(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    if grid.style.kind != "csv":
        return None
    grid.header = [Exact(text) for text in grid.rows.pop(0)]
    return Planted((Place(("no_known_column",), grid.file),), (Place((), grid.file),))


@fault_class("title above the header")
def title(case: Case, rng: Random) -> Planted | None:
    grid = _csv(case)
    if grid is None or grid.style.encoding != "utf-8":
        return None
    grid.edits.append(lambda data: b"Visits of the trial, exported 2024" + grid.style.newline.encode() + data)
    return Planted((Place(("no_known_column",), grid.file),), (Place((), grid.file),))


@fault_class("NUL or binary")
def binary(case: Case, rng: Random) -> Planted | None:
    grid = _csv(case)
    if grid is None or grid.style.encoding == "utf-16":
        return None
    at = rng.random()
    junk = rng.choice([b"\x00", b"\x00\x00\x00", b"\x01", b"\x1a\x00"])
    grid.edits.append(lambda data: data[: int(len(data) * at)] + junk + data[int(len(data) * at) :])
    return _whole(grid, "not_csv")


@fault_class("UTF-16 without its mark")
def bare_utf16(case: Case, rng: Random) -> Planted | None:
    grid = _csv(case)
    if grid is None:
        return None
    grid.style.encoding = rng.choice(["utf-16-le", "utf-16-be"])
    return _whole(grid, "not_csv")


@fault_class("another kind of file")
def other_kind(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    start = rng.choice([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7\n", b"ARROW1\0\0"])
    pack = rng.random() < 0.3
    grid.edits.append(gzip.compress if pack else lambda data: start + data)
    return _whole(grid, "not_csv")


@fault_class("Parquet file cut or damaged")
def broken_parquet(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    if grid.style.kind != "parquet":
        return None
    keep = rng.uniform(0.1, 0.99)
    flip = rng.random() < 0.5

    def edit(data: bytes) -> bytes:
        at = int(len(data) * keep)
        return data[:-300] + bytes(292) + data[-8:] if flip else data[:at]

    grid.edits.append(edit)
    return _whole(grid, "unreadable")


@fault_class("written in Latin-1 (a note)")
def latin(case: Case, rng: Random) -> Planted | None:
    grid = _csv(case)
    if grid is None or not any("Å" in cell for cell in grid.column("subject_id")):
        return None
    grid.style.encoding = rng.choice(["latin-1", "cp1252"])
    return Planted(note="is not UTF-8")


@fault_class("no visit table", "folder")
def no_visits(case: Case, rng: Random) -> Planted | None:
    case.visits.name = rng.choice(["visit", "vists", "data", "visits (1)"])
    case.visits.suffix = "." + case.visits.style.kind
    return Planted((Place(("missing_table",)),), (Place(("unknown_table",)),))


@fault_class("table under a name nearly right", "folder")
def nearly_named(case: Case, rng: Random) -> Planted | None:
    """``dose.csv`` would be left out in silence."""
    there = [name for name in ("events", "doses", "infusions", "adverse_events", "subjects") if name in case.grids]
    name = rng.choice(there)
    grid = case.grids[name]
    grid.name = rng.choice([name[:-1], name.replace("_", "-") + ("2" if "_" not in name else ""), name + "_"])
    return Planted((Place(("unknown_table",)),), (Place(()),))


@fault_class("table twice", "folder")
def two_tables(case: Case, rng: Random) -> Planted | None:
    name = rng.choice(list(case.grids))
    grid = case.grids[name]
    if grid.style.kind != "csv":
        return None
    case.grids["again"] = Grid(
        name, grid.header, grid.rows, grid.style, suffix=rng.choice([".tsv", ".txt", ".parquet"])
    )
    return Planted((Place(("two_tables",)),), (Place(()),))
