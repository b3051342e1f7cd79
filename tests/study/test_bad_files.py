"""What a file can have wrong, one kind at a time: the message is the product, so each is kept as a snapshot."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from syrupy.assertion import SnapshotAssertion

Score = Callable[..., tuple[int, str, str]]
Builder = Callable[[str], bytes]


def put(row: int, column: str, value: str) -> Builder:
    """Put a value into one cell; rows as a spreadsheet counts them."""

    def build(plain: str) -> bytes:
        lines = [line.split(",") for line in plain.splitlines()]
        lines[row - 1][lines[0].index(column)] = value
        return "".join(",".join(line) + "\n" for line in lines).encode()

    return build


def swap(*pairs: tuple[str, str]) -> Builder:
    """Replace parts of the text, each of which stands in it."""

    def build(plain: str) -> bytes:
        for old, new in pairs:
            assert old in plain
            plain = plain.replace(old, new, 1)
        return plain.encode()

    return build


def without(*columns: str) -> Builder:
    return lambda plain: pl.read_csv(plain.encode(), infer_schema=False).drop(columns).write_csv().encode()


def semicolons(plain: str) -> str:
    return plain.replace(",", ";").replace(".", ",")


def parquet(**columns: Any) -> Builder:
    """Make a Parquet file with some columns replaced."""

    def build(plain: str) -> bytes:
        frame = pl.read_csv(plain.encode())
        columns_new = [pl.Series(name, values) for name, values in columns.items()]
        return parquet_bytes(frame.with_columns(columns_new))

    return build


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def workbook(plain: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


BASELINE = ("--baseline-week", "0")

BAD: dict[str, tuple[Builder, tuple[str, ...]]] = {
    # what a file is
    "empty file": (lambda _: b"", ()),
    "only blank lines": (lambda _: b"\n \r\n\n", ()),
    "header alone": (lambda plain: plain.splitlines(keepends=True)[0].encode(), ()),
    "Excel workbook": (workbook, ()),
    "old Excel workbook": (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ()),
    "binary": (lambda _: bytes(range(256)) * 4, ()),
    "UTF-16 without its mark": (lambda plain: plain.encode("utf-16-le"), ()),
    "UTF-16 cut short": (lambda plain: plain.encode("utf-16")[:-1], ()),
    "web page": (lambda _: b"<!DOCTYPE html>\n<html><body>\n<p>Sign in, please</p>\n</body></html>\n", ()),
    "no header line": (lambda plain: plain.split("\n", 1)[1].encode(), ()),
    "a title above the header": (lambda plain: b"RECLAIIM visits,,,\n" + plain.encode(), ()),
    "cut-short Parquet": (lambda plain: parquet()(plain)[:-200], ()),
    "damaged Parquet": (lambda plain: parquet()(plain)[:-400] + b"x" * 392 + parquet()(plain)[-8:], ()),
    # its header
    "columns missing": (without("week", "haq_di"), ()),
    "other case": (swap(("week", "Week"), ("mmt", "MMT"), ("subject_id", "Subject ID")), ()),
    "nearly right names": (swap(("physician_global_cm", "physican_global_cm"), ("ck_u_per_l", "CK U/L")), ()),
    "slip in an optional name": (swap(("ck_uln_u_per_l", "ck_unl_u_per_l")), ()),
    "no ULN column": (without("ck_uln_u_per_l"), ()),
    "duplicate names": (swap(("patient_global_cm", "physician_global_cm")), ()),
    "row names of R": (
        lambda plain: "".join(f'"{i or ""}",{line}\n' for i, line in enumerate(plain.splitlines())).encode(),
        (),
    ),
    "unnamed column": (swap(("haq_di", "")), ()),
    "two units": (swap((",day,", ",ck_ukat_per_l,")), ()),
    # its rows
    "short and long rows": (swap((",128,", ","), ("1800,170", "1,800,170")), BASELINE),
    "quote never closed": (swap(("A2,0,1,", 'A2,0,"1,')), BASELINE),
    "text after a quote": (swap(("A2,0,1,", 'A2,"0"x,1,')), ()),
    "subject and week twice": (swap(("A1,12,", "A1,4,")), ()),
    "no baseline": (swap(("A2,0,1", "A2,1,1")), BASELINE),
    "bad row after blank lines": (lambda p: put(7, "haq_di", "4")(p).replace(b"A1,4", b"\n\n\nA1,4"), ()),
    "bad row after a line break in quotes": (
        lambda p: put(7, "haq_di", "4")(p).replace(b"A1", b'"A\n1"').replace(b"A2,4", b'"A2","4"'),
        (),
    ),
    # its keys
    "empty subject": (put(3, "subject_id", " "), BASELINE),
    "week missing": (put(2, "week", ""), BASELINE),
    "week in words": (put(5, "week", "Week 0"), BASELINE),
    "half a day": (put(3, "day", "29.5"), ()),
    "week far off": (put(4, "week", "99999"), ()),
    # its numbers
    "VAS in millimetres": (put(2, "physician_global_cm", "63"), ()),
    "VAS beyond millimetres": (put(2, "extramuscular_cm", "630"), ()),
    "code for missing": (put(2, "haq_di", "-9"), ()),
    "code of nines": (put(2, "haq_di", "999"), ()),
    "text in a number": (put(2, "mmt", "one hundred"), ()),
    "below detection": (put(2, "ck_u_per_l", "<5"), ()),
    "not done": (put(2, "mmt", "ND"), ()),
    "a unit beside the number": (put(2, "ck_u_per_l", "900 U/L"), ()),
    "a date made by a spreadsheet": (put(2, "physician_global_cm", "6-May"), ()),
    "infinity": (put(2, "ck_u_per_l", "Infinity"), ()),
    "too large for a double": (put(2, "ck_u_per_l", "1e999"), ()),
    "huge": (put(2, "day", "9" * 30), ()),
    "a very long text": (put(2, "mmt", "x" * 5000), ()),
    "decimal comma in quotes": (put(2, "physician_global_cm", '"6,5"'), ()),
    "thousands separator": (put(2, "ck_u_per_l", '"1,234"'), ()),
    "several thousands separators": (put(2, "ck_u_per_l", '"1,234,567"'), ()),
    "both separators": (put(2, "ck_u_per_l", '"1.234,5"'), ()),
    "space between thousands": (put(2, "ck_u_per_l", "1 234"), ()),
    "non-breaking space between thousands": (put(2, "ck_u_per_l", "1\u00a0234"), ()),
    "a printed minus sign": (put(2, "week", "−4"), ()),
    "an escape sequence": (put(2, "mmt", "\x1b[31m120"), ()),
    "mixed decimals": (lambda plain: semicolons(plain).replace("5,5;5,0", "5.5;5,0", 1).encode(), ()),
    "thousands in a file with decimal commas": (
        lambda plain: semicolons(plain).replace("2500,5", "2.500,5").replace("1234", "1.234").encode(),
        (),
    ),
    "only a thousands separator, or a decimal comma": (
        lambda plain: plain.replace(",", ";").replace("1234", "1,234").encode(),
        (),
    ),
    # what belongs together
    "enzyme without its limit": (put(3, "ck_uln_u_per_l", ""), ()),
    "limit of zero": (put(3, "ck_uln_u_per_l", "0"), ()),
    "limit below nine places": (put(3, "ck_uln_u_per_l", "1e-12"), ()),
    "limit in words": (put(3, "ck_uln_u_per_l", "normal"), ()),
    "strength above 150": (put(2, "mmt", "180"), ()),
    "strength above its own maximum": (
        swap((",day,", ",mmt_max,"), ("A1,0,1,", "A1,0,80,"), ("A1,4,29,", "A1,4,80,"), ("A1,12,85,", "A1,12,80,"),
             ("A2,0,1,", "A2,0,,"), ("A2,4,30,", "A2,4,,"), ("A2,12,84,", "A2,12,,")), (),
    ),
    "another maximum from visit to visit": (
        swap((",day,", ",mmt_max,"), ("A1,0,1,", "A1,0,150,"), ("A1,4,29,", "A1,4,260,"), ("A1,12,85,", "A1,12,,"),
             ("A2,0,1,", "A2,0,x,"), ("A2,4,30,", "A2,4,,"), ("A2,12,84,", "A2,12,0,")), (),
    ),
    "out of range in microkatal": (
        swap(("ck_u_per_l", "ck_ukat_per_l"), ("ck_uln_u_per_l", "ck_uln_ukat_per_l"), ("900,200", "900000,0"),
             ("1234,200", "1234,")), (),
    ),
    # Parquet
    "Parquet: rows are counted from 1": (parquet(mmt=[120, 128, 140, 100, 110, 999]), ()),
    "Parquet: empty": (lambda plain: parquet_bytes(pl.read_csv(plain.encode()).clear()), ()),
    "Parquet: no columns": (lambda _: parquet_bytes(pl.DataFrame()), ()),
    "Parquet: booleans and dates": (
        parquet(mmt=[True] * 6, haq_di=pl.Series([0] * 6).cast(pl.Date)), (),
    ),
    "Parquet: lists": (parquet(subject_id=[["A"]] * 6, week=[[1]] * 6), BASELINE),
    "Parquet: text in numbers": (parquet(mmt=["120", "1,5", None, "ND", "7", "8"]), ()),
    "Parquet: NaN in a key": (parquet(week=[0.0, 4.0, 12.0, 0.0, float("nan"), 12.0]), BASELINE),
    "Parquet: infinity": (parquet(mmt=[float("inf"), 1.0, 2.0, 3.0, 4.0, 5.0]), ()),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_bad_file(kind: str, plain: str, score: Score, snapshot: SnapshotAssertion) -> None:
    build, options = BAD[kind]
    status, out, err = score(build(plain), *options)
    assert (status, out) == (3, "")
    assert "Traceback" not in err
    assert err == snapshot


def test_no_file(score: Score, plain: str, snapshot: SnapshotAssertion) -> None:
    score(plain.encode(), name="visits_week_4.csv")
    assert score(None, name="visits_week4.csv") == (3, "", snapshot)


def test_a_folder(score: Score, plain: str, tmp_path: Any, snapshot: SnapshotAssertion) -> None:
    score(plain.encode())
    status, out, err = score(None, name="../" + tmp_path.name)
    assert (status, out) == (3, "")
    assert err.replace(tmp_path.name, "study") == snapshot


def test_a_device(score: Score, snapshot: SnapshotAssertion) -> None:
    assert score(None, name="/dev/zero") == (3, "", snapshot)


def test_a_name_that_no_file_can_have(score: Score) -> None:
    for name in ("x" * 5000, "visits\0.csv"):
        status, out, err = score(None, name=name)
        assert (status, out) == (3, "")
        assert "Traceback" not in err
