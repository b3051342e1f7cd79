"""Tables that a spreadsheet opens without computing what a record says."""

import io
from pathlib import Path

import polars as pl
import pytest

from myotrial.cli.app import run
from myotrial.registry.export.tables import guard_cells

RECORD = """{"protocolSection": {"identificationModule": {"nctId": "NCT09999961",
 "briefTitle": "=HYPERLINK(\\"http://x\\",\\"free\\")", "officialTitle": "@SUM(1)"},
 "outcomesModule": {"primaryOutcomes": [{"measure": "+1+cmd|x", "timeFrame": "-2"}]}}}"""


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "  =", "\n="])
def test_a_text_that_a_spreadsheet_would_compute_is_marked(sign: str) -> None:
    table, marked = guard_cells(pl.DataFrame({"a": [f"{sign}x", "x=1", None, ""], "n": [-1, None, 3, 4]}))
    assert table["a"].to_list() == [f"'{sign}x", "x=1", None, ""]
    assert table["n"].to_list() == [-1, None, 3, 4]
    assert marked == 1


@pytest.mark.parametrize("number", ["-1", "+3.5", "-0,25"])
def test_numbers_are_left(number: str) -> None:
    table, marked = guard_cells(pl.DataFrame({"a": [number]}))
    assert (table["a"][0], marked) == (number, 0)


def test_the_command_marks_them_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "record.json"
    file.write_text(RECORD, encoding="utf-8")
    assert run(["record", "export", str(file), "--to", "csv"]) == 0
    shown = capsys.readouterr()
    (row,) = pl.read_csv(io.StringIO(shown.out)).to_dicts()
    assert (row["public_title"], row["scientific_title"]) == ('\'=HYPERLINK("http://x","free")', "'@SUM(1)")
    assert "2 texts" in shown.err
    assert run(["record", "export", str(file), "--to", "csv", "--table", "outcomes"]) == 0
    (row,) = pl.read_csv(io.StringIO(capsys.readouterr().out), infer_schema=False).to_dicts()
    assert (row["title"], row["time_frame"]) == ("'+1+cmd|x", "-2")


def test_the_guard_can_be_switched_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "record.json"
    file.write_text(RECORD, encoding="utf-8")
    assert run(["record", "export", str(file), "--to", "csv", "--no-guard"]) == 0
    shown = capsys.readouterr()
    assert pl.read_csv(io.StringIO(shown.out))["scientific_title"][0] == "@SUM(1)"
    assert shown.err == ""
