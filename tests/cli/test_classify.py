"""``myotrial classify`` and ``classifications``: a table, one person typed in, words, and faults."""

import io
import json
from pathlib import Path

import polars as pl
import pytest

from myotrial.cli.app import run
from myotrial.criteria.classification.rules import list_classifications

Captured = pytest.CaptureFixture[str]
FACTS = """\
subject_id,onset_age_years,proximal_upper_weakness,heliotrope,gottron_sign,no_better_explanation,anti_jo1
A,45,yes,yes,yes,yes,
B,51,yes,no,no,yes,
"""


@pytest.fixture
def facts(tmp_path: Path) -> str:
    file = tmp_path / "facts.csv"
    file.write_text(FACTS)
    return str(file)


def test_table_csv_and_json_say_the_same(facts: str, capsys: Captured) -> None:
    assert run(["classify", facts]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1].split()[:2] == ["A", "no_biopsy"]
    assert "recalled" in err
    assert "not medical advice" in err
    assert run(["classify", facts, "--format", "csv"]) == 0
    frame = pl.read_csv(io.StringIO(capsys.readouterr().out))
    assert frame.select("subject_id", "tier", "subtype").rows() == [("A", "definite", "DM"), ("B", None, None)]
    assert frame["subtypes_possible"].to_list() == ["DM", "DM, IBM, PM"]
    assert run(["classify", facts, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["score_low"] for row in told["subjects"]] == frame["score_low"].to_list()
    assert {row["ask"] for row in told["ask_next"] if row["subject_id"] == "B"} > {"anti_jo1", "finger_flexor_weakness"}
    assert told["options"]["biopsy"] == "auto"


def test_one_person_typed_in(capsys: Captured) -> None:
    words = ["--fact", "heliotrope=yes", "--fact", "gottron_sign=yes", "--fact", "onset_age_years=51"]
    assert run(["classify", *words, "--explain"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("1: definite\n  score 8.5 to 20.8, without biopsy; probability 0.960 to above 0.999")
    assert "ask next:" in out
    assert run(["classify", *words, "--option", "biopsy=true", "--format", "csv"]) == 0
    assert pl.read_csv(io.StringIO(capsys.readouterr().out))["path"].to_list() == ["biopsy"]
    assert run(["classify", *words, "--explain", "--format", "csv"]) == 0
    assert pl.read_csv(io.StringIO(capsys.readouterr().out)).height == 15


@pytest.mark.parametrize("name", list_classifications())
def test_every_classification(name: str, facts: str, capsys: Captured) -> None:
    assert run(["classify", facts, "--criteria", name]) == 0
    assert f"Classified({name}: 2 subjects" in capsys.readouterr().err
    assert run(["classifications", "show", name]) == 0
    assert f"({name})" in capsys.readouterr().out
    assert run(["classifications", "show", name, "--format", "csv"]) == 0
    assert pl.read_csv(io.StringIO(capsys.readouterr().out)).columns == ["fact", "label", "values", "settled_by"]


def test_list(capsys: Captured) -> None:
    assert run(["classifications", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert tuple(line.split()[0] for line in lines[1:]) == list_classifications()


def test_faults_with_their_places(facts: str, capsys: Captured) -> None:
    Path(facts).write_text(FACTS.replace("45", "145").replace("B,51,yes", "B,51,perhaps"))
    assert run(["classify", facts, "--format", "json"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    places = {(fault["file"], fault["row"], fault["column"]) for fault in json.loads(err)["faults"]}
    assert places == {("facts.csv", 2, "onset_age_years"), ("facts.csv", 3, "proximal_upper_weakness")}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "what is known of whom?"),
        (["--fact", "heliotrop=yes"], "did you mean heliotrope?"),
        (["--fact", "heliotrope"], "not name=value"),
        (["--fact", "heliotrope=yes", "--criteria", "overlaps"], "did you mean overlap?"),
        (["--fact", "heliotrope=yes", "--option", "cut_pint=possible"], "did you mean cut_point?"),
        (["--fact", "heliotrope=yes", "--option", "biopsy=maybe"], "auto, True or False"),
        (["nothing.csv"], "the file is not there"),
        (["nothing.json"], "the file is not there"),
    ],
)
def test_bad_words(words: list[str], says: str, capsys: Captured) -> None:
    assert run(["classify", *words]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert "Traceback" not in err
