"""The commands that keep records and find them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from myotrial.cli.app import run


@pytest.fixture
def filled(export: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MYOTRIAL_STORE", str(tmp_path / "kept" / "records.sqlite"))
    folder = tmp_path / "files"
    folder.mkdir()
    return export(folder / "export.csv", 44)


def test_add_then_find(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "add", str(filled)]) == 0
    out, err = capsys.readouterr()
    assert out == "44 records: 40 new, 4 new versions, 0 known already\n"
    assert "records.sqlite" in err
    assert run(["record", "add", str(filled)]) == 0
    assert "files that had been read before: 1;" in capsys.readouterr().out
    assert (
        run(["record", "search", "biopsy", "--condition", "dermatomyositis", "--phase", "2", "--format", "json"]) == 0
    )
    found = json.loads(capsys.readouterr().out)
    assert found
    assert run(["record", "show", found[0]["trial"], "--format", "json"]) == 0
    trial = json.loads(capsys.readouterr().out)[0]
    assert found[0]["trial"] in {record["main_id"] for record in trial["records"]}
    assert len(trial["records"]) == found[0]["records"]
    assert all("Dermatomyositis" in r["conditions"] for r in trial["records"] if r["main_id"] == found[0]["trial"])


def test_no_contact_is_in_the_file(filled: Path) -> None:
    assert run(["record", "add", str(filled)]) == 0
    assert b"inventedname@example.org" in filled.read_bytes()
    kept = b"".join(file.read_bytes() for file in (filled.parents[1] / "kept").iterdir()).lower()
    assert b"dermatomyositis" in kept
    assert b"inventedname" not in kept


def test_versions_of_a_record(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "add", str(filled)]) == 0
    capsys.readouterr()
    assert run(["record", "versions", "ISRCTN00000005", "--format", "json"]) == 0
    versions = json.loads(capsys.readouterr().out)
    assert [version["latest"] for version in versions] == [False, True]
    assert run(["record", "show", "ISRCTN00000005", "--version", versions[0]["sha256"][:10]]) == 0
    assert "Trial 4 of" in capsys.readouterr().out
    assert run(["record", "show", "ISRCTN00000005", "--version", "0"]) == 3
    assert run(["record", "versions", "ISRCTN00000005"]) == 0


def test_list_and_flags(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "add", str(filled)]) == 0
    capsys.readouterr()
    assert run(["record", "list", "--limit", "3"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 4
    assert "records that fit: 40; shown: 3" in err
    assert run(["record", "list", "--flagged", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("number,main_id,reason\n")


def test_a_fault_stops_no_other_record_and_is_told(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (filled.parent / "bad.json").write_text('[{"a": 1}, {"trialid": "ISRCTN99999999", "public_title": "t"}, {"b": 1}]')
    assert run(["record", "add", str(filled.parent), "--format", "json"]) == 1
    out, err = capsys.readouterr()
    counts = json.loads(out)
    assert (counts["records"], counts["faults"]) == (45, 2)
    assert [fault["code"] for fault in json.loads(err[err.index("{") :])["faults"]] == ["unknown_form"] * 2
    assert run(["record", "add", str(filled.parent)]) == 1
    assert "bad.json: record 1: this is not a registry record" in capsys.readouterr().err
    assert run(["record", "search", "t", "--register", "ISRCTN"]) == 0


def test_what_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "none.sqlite"
    assert run(["record", "search", "a", "--store", str(store)]) == 3
    assert "there is no store of records" in capsys.readouterr().err
    assert run(["record", "add", str(tmp_path / "no.csv"), "--store", str(store)]) == 3
    assert "there is no such file or folder" in capsys.readouterr().err


def test_diff_of_versions_in_the_store(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "add", str(filled)]) == 0
    capsys.readouterr()
    assert run(["record", "versions", "ISRCTN00000005", "--format", "json"]) == 0
    old, new = (version["sha256"] for version in json.loads(capsys.readouterr().out))
    assert run(["record", "diff", f"ISRCTN00000005@{old[:10]}", f"ISRCTN00000005@{new[:10]}"]) == 1
    named = capsys.readouterr().out
    assert "Trial 4" in named
    assert "Trial 10" in named
    assert run(["record", "diff", "isrctn00000005"]) == 1
    alone, notes = capsys.readouterr()
    assert alone == named
    assert notes.index(f"earlier: ISRCTN00000005@{old[:12]}") < notes.index(f"later: ISRCTN00000005@{new[:12]}")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["NCT00000001"], "one version"),
        (["NCT77777777"], "no record of the store"),
        (["ISRCTN00000005@ffff0000", "ISRCTN00000005@"], "no such version"),
        (["nowhere.txt", "ISRCTN00000005"], "no such file"),
    ],
)
def test_what_cannot_be_compared_is_told(
    words: list[str], told: str, filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["record", "add", str(filled)]) == 0
    capsys.readouterr()
    assert run(["record", "diff", *words]) not in (0, 1)
    out, err = capsys.readouterr()
    assert told in err
    assert out == ""


def test_a_row_of_the_wrong_width_costs_no_other(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = filled.read_text(encoding="utf-8").splitlines()
    filled.write_text("\n".join([*lines[:3], "NCT00009999,too,short", *lines[3:]]), encoding="utf-8")
    assert run(["record", "add", str(filled)]) == 1
    out, err = capsys.readouterr()
    assert out == "44 records: 40 new, 4 new versions, 0 known already\n"
    assert "3 fields" in err or "row 4" in err
    assert run(["record", "read", str(filled), "--format", "json"]) == 1
    out, err = capsys.readouterr()
    assert len(json.loads(out)) == 44
    assert json.loads(err[err.index("{") :])["faults"][0]["row"] == 4
