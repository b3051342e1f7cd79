"""``myotrial score``: the table, its options, and what goes to stderr."""

import io
import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from myotrial.cli.app import run
from myotrial.trials.loading import load_trial

COLUMNS = [
    "subject_id", "week", "tis", "tis_low", "tis_high", "category", "points_physician_global",
    "points_patient_global", "points_mmt", "points_haq", "points_enzyme", "points_extramuscular", "enzyme_used",
]  # fmt: skip

VISITS = """\
subject_id,week,physician_global_cm,patient_global_cm,mmt,haq_di,extramuscular_cm,ck_u_per_l,ck_uln_u_per_l
A1,-2,6.5,5.5,118,1.5,3.5,900,200
A1,0,6.5,5.5,120,1.5,3.5,900,200
A1,16,2.5,4.0,140,1.0,1.0,300,200
A2,0,7.5,7.0,100,2.125,4.5,2500.5,170.5
A2,16,,7.0,110,2.0,4.0,1800,170.5
"""

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def visits(tmp_path: Path) -> str:
    file = tmp_path / "visits.csv"
    file.write_text(VISITS)
    return str(file)


def scored(capsys: Captured, *words: str) -> pl.DataFrame:
    assert run(["score", *words, "--format", "csv"]) == 0
    return pl.read_csv(io.StringIO(capsys.readouterr().out))


def test_csv(visits: str, capsys: Captured) -> None:
    frame = scored(capsys, visits, "--baseline-week", "0")
    assert frame.columns == COLUMNS
    assert frame.select("subject_id", "week").rows() == [("A1", 16), ("A2", 16)]
    assert frame["category"][0] in {"none", "minimal", "moderate", "major"}
    assert frame["tis"].null_count() == 1
    assert frame["points_physician_global"].null_count() == 1
    assert frame["tis_low"][1] < frame["tis_high"][1]


def test_table(visits: str, capsys: Captured) -> None:
    assert run(["score", visits, "--baseline-week", "0"]) == 0
    out, err = capsys.readouterr()
    head, *rows = out.splitlines()
    assert head.split() == COLUMNS
    assert [row.split()[:2] for row in rows] == [["A1", "16"], ["A2", "16"]]
    assert "not medical advice" in err


def test_json(visits: str, capsys: Captured) -> None:
    frame = scored(capsys, visits)
    assert run(["score", visits, "--format", "json"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    rows = next(value for value in told.values() if isinstance(value, list) and value and isinstance(value[0], dict))
    assert [row["tis_low"] for row in rows] == frame["tis_low"].to_list()
    assert list(rows[0]) == COLUMNS
    assert "not medical advice" in err


def test_the_earliest_week_is_the_baseline_where_none_is_named(visits: str, capsys: Captured) -> None:
    assert scored(capsys, visits).height == 3
    assert scored(capsys, visits, "--baseline-week", "0").height == 2


def test_trial(visits: str, capsys: Captured) -> None:
    """A trial's definition brings its baseline week."""
    week = load_trial("NCT04044690").schedule.baseline_week
    Path(visits).write_text(VISITS.replace(",0,", f",{week:g},"))
    by_trial = scored(capsys, visits, "--trial", "NCT04044690")
    assert by_trial.rows() == scored(capsys, visits, "--baseline-week", f"{week:g}").rows()
    assert by_trial.height == 2


def test_a_named_week_is_stronger_than_the_trial(visits: str, capsys: Captured) -> None:
    assert run(["score", visits, "--trial", "NCT04044690", "--baseline-week", "-2"]) == 3
    assert "A2 begins at week 0; expected a row at week -2" in capsys.readouterr().err


def test_options(visits: str, capsys: Captured) -> None:
    known = scored(capsys, visits, "--option", "missing=zero", "--option", "enzyme_truncated=true")
    assert known["tis"].null_count() == 0
    assert run(["score", visits, "--option", "enzyme_truncated=true"]) == 0
    assert "enzyme_truncated = true" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--option", "enzyme_truncated"], "not name=value"),
        (["--option", "enzyme_truncate=true"], "enzyme_truncated"),
        (["--option", "missing=perhaps"], "perhaps"),
        (["--criteria", "acr-eular-2016-adlt"], "acr-eular-2016-adult"),
        (["--trial", "NCT04044699"], "NCT04044690"),
        (["--baseline-week", "3"], "A1 begins at week -2; expected a row at week 3"),
    ],
)
def test_bad_words(words: list[str], says: str, visits: str, capsys: Captured) -> None:
    assert run(["score", visits, *words]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [[], ["v.csv", "--baseline-week", "soon"], ["v.csv", "--format", "xml"], ["--weeks"]])
def test_usage(words: list[str], capsys: Captured) -> None:
    assert run(["score", *words]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_notes_go_to_stderr(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "visits.csv"
    file.write_bytes(
        VISITS.replace("A1", "Å1").replace("subject_id", "site,subject_id").replace("\n", "\nx,")[:-2].encode("latin-1")
    )
    assert run(["score", str(file), "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0].split(",") == COLUMNS
    assert "read as Latin-1" in err
    assert "columns that were not read: site" in err


@pytest.mark.parametrize(
    "form", ["csv", pytest.param("table", marks=pytest.mark.proof), pytest.param("json", marks=pytest.mark.proof)]
)
def test_a_closed_pipe(form: str, tmp_path: Path) -> None:
    """A reader that has seen enough (``head``) is no error."""
    file = tmp_path / "visits.csv"
    frame = pl.read_csv(io.StringIO(VISITS))
    pl.concat([frame.with_columns(subject_id=pl.col("subject_id") + f"-{i}") for i in range(5_000)]).write_csv(file)
    command = [sys.executable, "-c", "from myotrial.cli import main; main()", "score", str(file), "--format", form]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        err = process.stderr.read().decode()
        assert process.wait(timeout=60) == 0
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


@pytest.mark.parametrize("rule", ["imacs-doi-2004", "worsening-proderm"])
def test_only_a_score_is_taken_apart(rule, tmp_path, capsys):
    file = tmp_path / "visits.csv"
    file.write_text(VISITS)
    assert run(["score", str(file), "--criteria", rule, "--explain"]) == 3
    assert f"{rule} is no score that could be taken apart" in capsys.readouterr().err


def test_the_numbers_of_a_rule_are_not_called_unsettled(tmp_path, capsys):
    file = tmp_path / "visits.csv"
    file.write_text(VISITS)
    assert run(["score", str(file), "--criteria", "imacs-doi-2004", "--option", "improvement_percent=30"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert any(line.startswith("numbers of the rule: improvement_percent = 30; improved_needed = 3;") for line in lines)
    assert "not as the rule has them: improvement_percent = 30" in lines
    (open_,) = [line for line in lines if line.startswith("not settled by any source")]
    assert "improve" not in open_
    assert "mmt_clause = forbidden" in open_
