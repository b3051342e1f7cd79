"""``myotrial instruments score`` and ``enzymes``: what goes to stdout, and every fault."""

import io
import json
from pathlib import Path

import polars as pl
import pytest

from myotrial.cli.app import run

Captured = pytest.CaptureFixture[str]
LEVELS = "subject_id,week,mobility,self_care,usual_activities,pain,anxiety,vas\nA,0,4,1,3,2,1,50\nA,25,2,1,4,2,1,60\n"


def file_of(folder: Path, text: str, name: str = "items.csv") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_items_and_totals(tmp_path: Path, capsys: Captured) -> None:
    items = file_of(tmp_path, "subject_id,week,skin,muscle,das\nA,0,4,7,11\nB,0,,,13\n")
    assert run(["instruments", "score", "das", items, "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    assert pl.read_csv(io.StringIO(out)).select("das", "n_missing").rows() == [(11.0, 0), (13.0, None)]
    assert "InstrumentScores(das: 2 visits of 2 subjects; das mean 12)" in err
    totals = file_of(tmp_path, "subject_id,week,das\nA,0,12\n", "totals.csv")
    assert run(["instruments", "score", "das", items, "--totals", totals, "--format", "json"]) == 3
    (fault,) = json.loads(capsys.readouterr().err)["faults"]
    assert (fault["file"], fault["row"], fault["got"], fault["expected"]) == ("totals.csv", 2, "12", "11")


def test_options_and_a_unit_that_is_not_stated(tmp_path: Path, capsys: Captured) -> None:
    items = file_of(tmp_path, "subject_id,week,patient_global\nA,0,63\n")
    assert run(["instruments", "score", "parent-global-activity", items]) == 3
    assert "it cannot be guessed" in capsys.readouterr().err
    words = ["instruments", "score", "parent-global-activity", items, "--option", "unit=mm", "--format", "json"]
    assert run(words) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["scores"][0]["patient_global_cm"] == 6.3
    assert "unit = mm" in err


def test_a_set_of_muscles(tmp_path: Path, capsys: Captured) -> None:
    muscles = ",".join(f"group_{number}" for number in range(13))
    items = file_of(tmp_path, f"subject_id,week,{muscles}\nA,0,{','.join(['9'] * 13)}\n")
    assert run(["instruments", "score", "mmt", items, "--maximum", "130", "--format", "csv"]) == 0
    row = pl.read_csv(io.StringIO(capsys.readouterr().out)).row(0, named=True)
    assert (row["mmt"], row["mmt_loss_percent"]) == (117, 10)
    assert run(["instruments", "score", "mmt", items]) == 3
    assert "no instrument has this name" in capsys.readouterr().err


def test_value_set_and_change(tmp_path: Path, capsys: Captured) -> None:
    items = file_of(tmp_path, LEVELS)
    values = file_of(tmp_path, "profile,index\n41321,0.5\n21421,0.6\n", "made-up.csv")
    assert run(["instruments", "score", "eq5d-5l", items, "--value-set", values, "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    assert pl.read_csv(io.StringIO(out))["eq5d_index"].to_list() == [0.5, 0.6]
    assert "value_set = made-up" in err
    assert run(["instruments", "score", "eq5d-5l", items, "--baseline-week", "0", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["changes"][0]["paretian"] == "mixed"
    assert {"dimension": "mobility", "week": 25, "improved": 2, "subjects": 1, "could_improve": 1} in told[
        "distribution"
    ]
    assert run(["instruments", "score", "das", items, "--baseline-week", "0"]) == 3


def test_enzymes(tmp_path: Path, capsys: Captured) -> None:
    visits = file_of(tmp_path, "subject_id,week,ck_u_per_l,ck_uln_u_per_l,mmt\nA,0,400,200,1\n")
    assert run(["enzymes", visits, "--format", "csv"]) == 0
    out = capsys.readouterr().out
    assert pl.read_csv(io.StringIO(out)).select("ck_x_uln", "most_abnormal").rows() == [(2.0, "ck")]
    assert run(["enzymes", file_of(tmp_path, "subject_id,week,ck_u_per_l\nA,0,400\n")]) == 3
    assert "upper limit of normal" in capsys.readouterr().err
