"""The examination of an installation: it agrees here, and it finds what is wrong."""

import json

import pytest

from myotrial import doctor
from myotrial.cli.app import run
from myotrial.model.data import load_data


def test_this_installation_is_sound(capsys):
    assert run(["doctor", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sound"] is True
    assert {figure["id"] for figure in told["figures"]} == set(doctor.COMPUTED)
    assert len(told["data"]["criteria"]) == 64
    assert told["versions"]["polars"]


@pytest.fixture(scope="module")
def computed():
    return {name: compute() for name, compute in doctor.COMPUTED.items()}


@pytest.mark.parametrize("broken", sorted(doctor.COMPUTED))
def test_a_figure_that_is_off_is_found(monkeypatch, capsys, computed, broken):
    off = {**computed, broken: {name: value * 1.05 + 0.1 for name, value in computed[broken].items()}}
    monkeypatch.setattr(doctor, "COMPUTED", {name: lambda name=name: off[name] for name in off})
    assert run(["doctor"]) == 1
    assert "NO" in capsys.readouterr().out


def test_a_file_that_was_changed_has_another_hash(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.yaml").write_text("x: 1")
    before = doctor._hash(tmp_path)
    (tmp_path / "inner" / "a.yaml").write_text("x: 2")
    assert doctor._hash(tmp_path) != before


def test_each_figure_says_its_source():
    for entry in load_data("selftest", "figures.yaml")["figures"]:
        assert entry["source"]["status"] == "read"
        assert entry["expected"]
