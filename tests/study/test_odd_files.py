"""Files that look odd and hold the same data: each is scored as the plain one is, to the last byte."""

import io
from collections.abc import Callable

import polars as pl
import pytest

Score = Callable[..., tuple[int, str, str]]


def quoted(plain: str) -> str:
    return "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in plain.splitlines()) + "\n"


def lines(plain: str, change: Callable[[str], str]) -> bytes:
    head, *rest = plain.splitlines()
    return "\n".join([head, *map(change, rest), ""]).encode()


def parquet(plain: str, *changes: pl.Expr) -> bytes:
    buffer = io.BytesIO()
    pl.read_csv(plain.encode()).with_columns(*changes).write_parquet(buffer)
    return buffer.getvalue()


def microkatal(plain: str) -> bytes:
    frame = pl.read_csv(plain.encode()).with_columns(pl.col("ck_u_per_l", "ck_uln_u_per_l") / 60)
    names = {"ck_u_per_l": "ck_ukat_per_l", "ck_uln_u_per_l": "ck_uln_ukat_per_l"}
    return frame.rename(names).write_csv().encode()


ODD: dict[str, Callable[[str], bytes]] = {
    "byte order mark": lambda p: b"\xef\xbb\xbf" + p.encode(),
    "UTF-16": lambda p: p.encode("utf-16"),
    "Windows line ends": lambda p: p.replace("\n", "\r\n").encode(),
    "old Macintosh line ends": lambda p: p.replace("\n", "\r").encode(),
    "no line end at the end": lambda p: p.rstrip("\n").encode(),
    "blank lines": lambda p: ("\n\n" + p.replace("A1,4", "\n  \nA1,4") + "\n\n").encode(),
    "rows of separators": lambda p: (p + "," * 9 + "\n, ,,,,,,,,\n").encode(),
    "rows of separators among quotes": lambda p: (quoted(p) + "," * 9 + "\n").encode(),
    "empty columns at the end": lambda p: p.replace("\n", ",,\n").encode(),
    "more separators at the end": lambda p: lines(p, lambda line: line + ",,"),
    "semicolons and decimal commas": lambda p: p.replace(",", ";").replace(".", ",").encode(),
    "semicolons and decimal points": lambda p: p.replace(",", ";").encode(),
    "tabs and decimal commas": lambda p: p.replace(",", "\t").replace(".", ",").encode(),
    "bars": lambda p: p.replace(",", "|").encode(),
    "separator named as Excel does": lambda p: ("sep=;\n" + p.replace(",", ";")).encode(),
    "some quotes": lambda p: p.replace("A1", '"A1"').replace("week", '"week"').encode(),
    "everything in quotes": lambda p: quoted(p).encode(),
    "blanks around names and values": lambda p: p.replace(",", " ,  ").encode(),
    "non-breaking blanks": lambda p: p.replace(",", ",\u00a0").encode(),
    "words for missing": lambda p: p.replace("30,,", "30,NA,").replace(",,\n", ",.,NaN\n").encode(),
    "plus signs and exponents": lambda p: p.replace(",1234,", ",+1.234e3,").replace("A1,0,1,", "A1,-0,+1,").encode(),
    "more than nine decimals": lambda p: p.replace("170.5", "170.5000000001").replace("118", "118.0000000000").encode(),
    "Parquet": parquet,
    "Parquet of integers": lambda p: parquet(p, pl.col("week", "day", "mmt").cast(pl.UInt8)),
    "Parquet of short floats": lambda p: parquet(p, pl.col("week", "day", "mmt").cast(pl.Float32)),
    "Parquet of decimals": lambda p: parquet(p, pl.col("ck_u_per_l", "haq_di").cast(pl.Decimal(12, 4))),
    "Parquet of text": lambda p: parquet(p, pl.all().cast(pl.String)),
    "Parquet of categories": lambda p: parquet(p, pl.col("subject_id", "mmt").cast(pl.String).cast(pl.Categorical)),
    "Parquet with NaN": lambda p: parquet(p, pl.col(pl.Float64).fill_null(float("nan"))),
    "Parquet with a column of nulls": lambda p: parquet(p, pl.lit(None).alias("mmt_max"), pl.lit(None).alias("arm")),
    "Parquet with noise in the last digits": lambda p: parquet(p, pl.col("week", "day") + 1e-14),
    "Parquet with blanks": lambda p: parquet(p, pl.col("subject_id") + " ", pl.col("mmt").alias(" mmt_max ") * 0 + 150),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("options", [("--baseline-week", "0"), ()], ids=["baseline named", "earliest"])
def test_odd_file(kind: str, options: tuple[str, ...], plain: str, score: Score) -> None:
    expected = score(plain.encode(), "--format", "csv", *options)
    status, out, err = score(ODD[kind](plain), "--format", "csv", *options)
    assert (status, out) == (0, expected[1])
    assert "not read" not in err


def test_microkatal(plain: str, score: Score) -> None:
    """The same enzyme in the other unit gives the same points."""
    assert score(microkatal(plain), "--format", "csv")[:2] == score(plain.encode(), "--format", "csv")[:2]


def test_latin1_is_read_and_noted(plain: str, score: Score) -> None:
    status, out, err = score(plain.replace("A2", "Å2").encode("latin-1"), "--format", "csv")
    assert status == 0
    assert "Å2,4" in out
    assert "note: visits.csv is not UTF-8 (first seen in row 5); it was read as Latin-1" in err


def test_other_columns_are_noted(plain: str, score: Score) -> None:
    """A strange column is no fault, however much its name is like a known one's."""
    names = "ggt_u_per_l,alp_u_per_l,crp,days,comment"
    data = lines(plain.replace("\n", f",{names}\n", 1), lambda line: line + ",20,80,5,3,well")
    status, _, err = score(data)
    assert status == 0
    assert "columns that were not read: ggt_u_per_l" in err


def test_rows_in_any_order(plain: str, score: Score) -> None:
    head, *rest = plain.splitlines()
    mixed = [rest[place] for place in (4, 0, 5, 2, 3, 1)]
    status, out, _ = score("\n".join([head, *mixed, ""]).encode(), "--format", "csv")
    assert status == 0
    assert sorted(out.splitlines()) == sorted(score(plain.encode(), "--format", "csv")[1].splitlines())


def test_numbers_of_subjects(plain: str, score: Score) -> None:
    """Pandas writes 101 as 101.0 where a cell was empty once; it is the same subject."""
    plain = plain.replace("A1", "101").replace("A2", "102")
    expected = score(plain.encode(), "--format", "csv")[1]
    assert score(parquet(plain, pl.col("subject_id").cast(pl.Float64)), "--format", "csv")[:2] == (0, expected)


def test_negative_weeks(plain: str, score: Score) -> None:
    """A screening visit before the baseline is no fault."""
    data = plain + "A1,-4,-28,6.5,5.5,120,1.5,3.5,900,200\n"
    status, out, _ = score(data.encode(), "--baseline-week", "0", "--format", "csv")
    assert (status, out) == score(plain.encode(), "--baseline-week", "0", "--format", "csv")[:2]
