import json
from pathlib import Path

import polars as pl
import pytest

from myotrial.cli.app import run

PAGE = """\
Register: InventedRegister
Main ID: INV-0001
Prospective Registration: Yes
Public title: Nothing [/x] in [bold]Nobody
Date of first enrolment: March 2019
Countries of recruitment
Atlantis France
Inclusion Criteria:
- aged = 18 years
Primary Outcome(s)
Change in [score] by = 20% [Time Frame: Week 4]
Secondary Outcome(s)
Count of walks
"""


@pytest.fixture
def page(tmp_path: Path) -> str:
    file = tmp_path / "page.txt"
    file.write_text(PAGE, encoding="utf-8")
    return str(file)


def test_the_card(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "read", page]) == 0
    out, err = capsys.readouterr()
    assert "INV-0001" in out
    assert "Nothing [/x] in [bold]Nobody" in out
    assert "Change in [score] by = 20%" in out
    assert "- aged = 18 years" in out
    assert "Week 4" in out
    assert "2 comparison signs are lost" in err
    assert "criteria.inclusion: - aged = 18 years" in err
    assert "line 7: Atlantis" in err
    assert "cut off" in err
    assert "Scientific title" in err
    assert "lost" not in out


def test_csv_is_one_row_per_outcome(page: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["record", "read", page, "--format", "csv"]) == 0
    frame = pl.read_csv(capfdbinary.readouterr().out)
    assert frame.height == 2
    assert frame["title"].to_list() == ["Change in [score] by = 20%", "Count of walks"]


def test_json_is_the_whole_record(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "read", page, "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["date_first_enrolment"] == {"text": "March 2019", "year": 2019, "month": 3, "day": None}
    assert len(record["lost_comparators"]) == 2
    assert record["unread"][0]["text"] == "Atlantis"


def test_a_file_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "read", str(tmp_path)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "this is a folder" in err
    assert "Traceback" not in err


def test_help_names_the_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "read", "--help"]) == 0
    assert "WHO ICTRP portal page" in " ".join(capsys.readouterr().out.split())
