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


def test_help_names_the_forms(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "read", "--help"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    for form in ("ClinicalTrials.gov", "WHO ICTRP", "EU CTIS", "EudraCT", "ISRCTN", "pasted page"):
        assert form in out


EXPORT = (
    "<Trials><Trial><TrialID>X1</TrialID><Public_title>one</Public_title></Trial>"
    "<Trial><TrialID>X2</TrialID><Public_title>two</Public_title></Trial></Trials>"
)


def test_a_file_of_many_is_listed_and_one_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "export"
    file.write_text(EXPORT, encoding="utf-8")
    assert run(["record", "read", str(file)]) == 0
    out, err = capsys.readouterr()
    assert "X1" in out
    assert "X2" in out
    assert "2 trials" in err
    assert run(["record", "read", str(file), "--trial", "x2"]) == 0
    assert "two" in capsys.readouterr().out
    assert run(["record", "read", str(file), "--trial", "X3"]) == 3
    assert "no trial of the file has this identifier" in capsys.readouterr().err


def test_the_check_says_what_is_wrong(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "read", page, "--check"]) == 1
    out, _ = capsys.readouterr()
    assert "of 24 items filled" in out
    assert "registered before the first enrolment: cannot be told" in out
    assert run(["record", "read", page, "--check", "--format", "json"]) == 1
    check = json.loads(capsys.readouterr().out)["check"]
    assert check["prospective"]["answer"] == "cannot be told"
    assert len(check["items"]) == 24


def test_signs_are_resolved_against_another_record(
    page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "own.json"
    criteria = '{"eligibilityCriteria": "Inclusion Criteria: aged ≥ 18 years"}'
    other.write_text(f'{{"protocolSection": {{"eligibilityModule": {criteria}}}}}', encoding="utf-8")
    assert run(["record", "read", page, "--against", str(other)]) == 0
    assert "[>= from_record" in capsys.readouterr().err
