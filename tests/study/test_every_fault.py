"""All faults of a file at once: exactly those that are there, wherever its rows stand."""

import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myotrial.model.errors import BadInput, Fault
from myotrial.study.tables import load_tables
from myotrial.study.text_table import read_csv_bytes
from myotrial.study.visits import inspect_visits, read_visits

HEAD = (
    "subject_id,week,day,physician_global_cm,patient_global_cm,mmt,mmt_max,haq_di,extramuscular_cm,"
    "ck_u_per_l,ck_uln_u_per_l"
)
COLUMNS = HEAD.split(",")
ROWS = tuple(
    f"S{subject:02},{week},{week * 7 + 1},6.5,5.5,{120 + week},150,1.5,3.5,{900 - week},200"
    for subject in range(1, 7)
    for week in (0, 4, 12)
)


def file_of(rows: list[str] | tuple[str, ...]) -> bytes:
    return "\n".join([HEAD, *rows, ""]).encode()


def with_cells(*changes: tuple[int, str, str]) -> list[str]:
    """Change cells of the valid rows; ``changes`` are row as a spreadsheet counts, column, value."""
    cells = [row.split(",") for row in ROWS]
    for row, column, value in changes:
        cells[row - 2][COLUMNS.index(column)] = value
    return [",".join(row) for row in cells]


def faults_of(data: bytes) -> list[Fault]:
    raw = read_csv_bytes(data, "visits.csv", load_tables()["visits"].names)
    return inspect_visits(raw, 0.0)[2]


TWELVE = (
    (3, "subject_id", "", "missing_value"),
    (4, "week", "4", "duplicate_visit"),
    (5, "physician_global_cm", "63", "out_of_range"),
    (6, "mmt", "1O9", "not_a_number"),
    (7, "day", "85.5", "not_whole"),
    (8, "week", "1", "no_baseline"),
    (9, "mmt_max", "260", "changing_maximum"),
    (11, "week", "", "missing_value"),
    (12, "ck_uln_u_per_l", "", "missing_uln"),
    (14, "ck_uln_u_per_l", "0", "out_of_range"),
    (16, "haq_di", "inf", "not_a_number"),
    (18, "extramuscular_cm", "", "ragged_row"),
)


def file_with_twelve() -> list[str]:
    rows = with_cells(*((row, column, value) for row, column, value, _ in TWELVE), (3, "subject_id", " "))
    rows[2] = rows[2].replace("S01,4", "S01,0", 1)  # the one in row 3 has lost its subject
    rows[16] += ",7"
    return rows


def test_twelve_faults_are_twelve() -> None:
    faults = faults_of(file_of(file_with_twelve()))
    expected = [(row, None if code == "ragged_row" else column, code) for row, column, _, code in TWELVE]
    assert [(fault.row, fault.column, fault.code) for fault in faults] == expected


def test_valid_rows_have_none() -> None:
    assert faults_of(file_of(ROWS)) == []


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_makes_no_difference(seed: int) -> None:
    rows = file_with_twelve()
    mixed = random.Random(seed).sample(rows, len(rows))  # noqa: S311

    def what(rows: list[str]) -> list[tuple[str | None, ...]]:
        faults = faults_of(file_of(rows))
        return sorted(
            (f.code, f.column or "", f.message, (f.got or ""), (f.expected or "").split("(")[0]) for f in faults
        )

    assert what(mixed) == what(rows)


def test_one_cause_is_told_once() -> None:
    """What only follows from a cell that cannot be read is not told again."""
    for row, column, value in (
        (2, "week", "baseline"), (2, "week", ""), (2, "mmt_max", "?"), (2, "mmt_max", "0"), (3, "mmt_max", "0"),
        (2, "ck_uln_u_per_l", "normal"), (2, "ck_u_per_l", "high"), (2, "week", "1e99"), (2, "mmt_max", "-inf"),
    ):  # fmt: skip
        faults = faults_of(file_of(with_cells((row, column, value))))
        assert [(fault.row, fault.column) for fault in faults] == [(row, column)], (column, value, faults)


def test_a_ragged_baseline_row_is_told_once() -> None:
    rows = list(ROWS)
    rows[0] += ",1"
    assert [fault.code for fault in faults_of(file_of(rows))] == ["ragged_row"]


def test_many_faults_are_all_kept(tmp_path: Path) -> None:
    """The message shows the first; the error has every one."""
    file = tmp_path / "visits.csv"
    frame = pl.read_csv(file_of(ROWS)).with_columns(haq_di=pl.lit(9))
    pl.concat([frame.with_columns(subject_id=pl.col("subject_id") + f"-{i}") for i in range(500)]).write_csv(file)
    with pytest.raises(BadInput) as caught:
        read_visits(file)
    assert len(caught.value.faults) == 500 * len(ROWS)
    assert str(caught.value).startswith("9,000 faults\n")
    assert "... and 8,800 more: HAQ disability index is out of range" in str(caught.value)


PIECES = st.sampled_from(
    ["", ",", ";", '"', "\n", "\r", "\t", "-", "−", "9", "0", ".", "e", "NA", " ", "\u00a0", "1,234", '"1,5"', "S01",
     "é", "\x00", "\x1b", "inf", "nan", "\n\n", ",,,,,,,,,,\n", '""', "week", "# "]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 12), PIECES), min_size=1, max_size=6),
    st.sampled_from(["utf-8", "utf-16", "latin-1"]),
)
def test_a_damaged_file_is_read_or_told(damage: list[tuple[int, int, str]], encoding: str) -> None:
    """Whatever is done to a file: it is read, or its faults name rows and columns that are there."""
    text = file_of(ROWS).decode()
    for place, length, piece in damage:
        start = place % len(text)
        text = text[:start] + piece + text[start + length :]
    data = text.encode(encoding, errors="replace")
    try:
        faults = faults_of(data)
    except BadInput as error:
        faults = list(error.faults)
    last = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for fault in faults:
        assert fault.row is None or 1 <= fault.row <= last
        assert fault.column is None or fault.column in load_tables()["visits"].names or fault.row is not None
        assert str(fault).isprintable() or "\n" in str(fault)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PAR1", b"\xff\xfe", b"subject_id,week\n"]))
def test_any_bytes_are_read_or_told(tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any"
    file.write_bytes(start + data + start)
    with pytest.raises(BadInput):
        read_visits(file)


CELLS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True).map(str),
    st.integers(-(10**30), 10**30).map(str),
    st.decimals(-10, 10, places=3, allow_nan=False).map(str),
    st.sampled_from(["", "NA", "5,5", "<5", "ND"]),
)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(2, len(ROWS) + 1), st.sampled_from(COLUMNS[1:])), CELLS, max_size=8))
def test_one_way_of_reading(changes: dict[tuple[int, str], str]) -> None:
    """Quotes around every cell, semicolons and blank lines change how a file is read, and nothing that it says."""
    rows = [row.split(",") for row in ROWS]
    for (row, column), value in changes.items():
        rows[row - 2][COLUMNS.index(column)] = value

    def told(separator: str, quote: str) -> list[tuple[object, ...]]:
        lines = [separator.join(f"{quote}{cell}{quote}" for cell in row) for row in [COLUMNS, *rows]]
        faults = faults_of("\n".join([*lines, ""]).encode())
        return [(f.code, f.row, f.column, f.message, f.got, f.expected) for f in faults]

    plain = told("|", "")
    assert told("|", '"') == plain
    if not any("," in value for value in changes.values()):
        assert told(",", '"') == plain
