import json
from pathlib import Path

import polars as pl
import pytest

from myotrial.cli.app import run

STUDY = """{{"protocolSection": {{
 "identificationModule": {{"nctId": "{name}"}},
 "designModule": {{"enrollmentInfo": {{"count": {size}, "type": "ESTIMATED"}}}},
 "outcomesModule": {{"primaryOutcomes": [{{"measure": "Mean TIS", "timeFrame": "{when}"}}]}}}}}}"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    made = {}
    for name, trial, size, when in (
        ("old", "NCT00000001", 20, "Week 24"),
        ("new", "NCT00000001", 20, "Week 12"),
        ("other", "NCT00000002", 22, "Week 24"),
    ):
        file = tmp_path / f"{name}.json"
        file.write_text(STUDY.format(name=trial, size=size, when=when), encoding="utf-8")
        made[name] = str(file)
    return made


def test_diff(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "diff", files["old"], files["old"]]) == 0
    assert "nothing differs" in capsys.readouterr().out
    assert run(["record", "diff", files["old"], files["new"]]) == 1
    assert "time frame changed [minor]" in capsys.readouterr().out
    assert run(["record", "diff", files["old"], files["new"], "--format", "json"]) == 1
    assert [change["kind"] for change in json.loads(capsys.readouterr().out)["changes"]] == ["time frame changed"]


def test_diff_as_csv(files: dict[str, str], capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["record", "diff", files["old"], files["new"], "--format", "csv"]) == 1
    assert pl.read_csv(capfdbinary.readouterr().out)["kind"].to_list() == ["time frame changed"]


def test_compare(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "compare", files["old"], files["other"]]) == 1
    assert "target_size: disagree (20 (ClinicalTrials.gov), 22 (ClinicalTrials.gov))" in capsys.readouterr().out
    assert run(["record", "compare", files["old"]]) == 3
    assert "two records" in capsys.readouterr().err


def test_a_threshold_beyond_one_is_refused(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "diff", files["old"], files["new"], "--threshold", "2"]) == 2


def test_export(files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "export", files["old"], "--to", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["records"][0]["main_id"] == "NCT00000001"
    assert run(["record", "export", files["old"], "--to", "csv", "--table", "outcomes"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("1,NCT00000001,1,primary,Mean TIS,Week 24")
    target = tmp_path / "study.json"
    assert run(["record", "export", files["old"], "--to", "usdm", "--output", str(target)]) == 0
    assert "note: arms: not stated" in capsys.readouterr().err
    assert json.loads(target.read_text(encoding="utf-8"))["usdmVersion"] == "4.0.0"


def test_export_of_an_unknown_trial(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "export", files["old"], "--to", "csv", "--trial", "NCT9"]) == 3
    assert "NCT9" in capsys.readouterr().err


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["required"] == ["format", "version", "records"]
