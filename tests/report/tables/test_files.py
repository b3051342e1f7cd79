"""Files of tables: endings, whole or not at all, the command line, and what is said without the extra."""

import json
import subprocess
import sys

import pytest

from myotrial.cli.app import run
from myotrial.model.errors import BadInput
from myotrial.report import render_tables, write_tables


@pytest.mark.parametrize(("name", "start"), [("t.rtf", r"{\rtf1"), ("t.HTML", "<!doctype html>"),
                         ("t.csv", "table,title"), ("t.json", "{")])  # fmt: skip
def test_the_ending_says_what_is_written(tmp_path, proderm, name, start):
    path = write_tables(tmp_path / name, proderm.trial, proderm.results, proderm.study, ["D0"])
    assert path.read_text(encoding="utf-8").startswith(start)
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["t.docx", "t", "missing/t.rtf", "."])
def test_a_file_that_cannot_be_is_refused(tmp_path, proderm, name):
    with pytest.raises(BadInput) as caught:
        write_tables(tmp_path / name, proderm.trial, proderm.results, proderm.study)
    assert [fault.code for fault in caught.value.faults] == ["cannot_write"]
    assert not list(tmp_path.iterdir())


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, proderm):
    path = write_tables(tmp_path / "t.rtf", proderm.trial, proderm.results, proderm.study, ["D0"])
    before = path.read_bytes()
    assert before == render_tables(proderm.trial, proderm.results, proderm.study, ["D0"]).encode("ascii")
    with pytest.raises(BadInput):
        write_tables(path, proderm.trial, proderm.results, proderm.study, ["nothing"])
    assert path.read_bytes() == before


@pytest.mark.parametrize("options", [{"form": "docx"}, {"paper": "a5"}, {"orientation": "round"}])
def test_an_option_that_is_not_known_is_refused(proderm, options):
    with pytest.raises(BadInput) as caught:
        render_tables(proderm.trial, proderm.results, proderm.study, **options)
    assert [fault.code for fault in caught.value.faults] == ["bad_option"]


def test_without_the_extra_it_says_what_to_install():
    code = (
        "import sys\n"
        "sys.modules['rtflite'] = sys.modules['rtflite.row'] = sys.modules['great_tables'] = None\n"
        "import myotrial as mt\n"
        "trial = mt.load_trial('NCT05832034'); study = mt.simulate_study(trial, n=8, seed=1)\n"
        "results = mt.analyse(trial, study)\n"
        "assert mt.render_tables(trial, results, study, form='csv')\n"
        "for form in ('rtf', 'html'):\n"
        "    try: mt.render_tables(trial, results, study, form=form)\n"
        "    except mt.BadInput as error: print(error.faults[0].code, error.faults[0].hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "not_installed install myotrial[report]\n" * 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory, tables_of):
    target = tmp_path_factory.mktemp("study")
    tables_of("NCT05832034").study.write(target)
    return target


class TestCommand:
    def test_the_tables_as_rtf(self, folder, tmp_path, capsys):
        code = run(["report", "NCT05832034", str(folder), "--output", str(tmp_path / "t.rtf"), "--outcome", "B1",
                    "--paper", "letter", "--orientation", "portrait"])  # fmt: skip
        assert code == 0
        text = (tmp_path / "t.rtf").read_text(encoding="ascii")
        assert r"\paperw12240\paperh15840" in text
        assert "Table 14.2.1 " in text
        assert f"Program: myotrial report NCT05832034 {folder.name} --output t.rtf (myotrial " in text
        assert "Table 14.1.1 " not in text
        assert capsys.readouterr().out == f"{tmp_path / 't.rtf'}\n"

    def test_masked_tables_as_json(self, folder, tmp_path):
        assert run(["report", "NCT05832034", str(folder), "-o", str(tmp_path / "t.json"), "--masked"]) == 0
        record = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
        assert record["masked"] is True
        labels = {column["label"] for table in record["tables"] for column in table["columns"]}
        assert labels == {"All arms together (masked)"}

    @pytest.mark.parametrize("options", [["-o", "r.html", "--outcome", "B1"], ["-o", "t.rtf", "--outcome", "B9"],
                                         ["-o", "t.rtf", "--subjects"]])  # fmt: skip
    def test_what_does_not_go_together_is_bad_input(self, folder, options, capsys, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        assert run(["report", "NCT05832034", str(folder), *options]) == 3
        assert "1 fault" in capsys.readouterr().err
        assert not list(tmp_path.iterdir())
