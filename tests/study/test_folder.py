"""A study's folder: its other tables, and what must hold between them."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from syrupy.assertion import SnapshotAssertion

from myotrial.cli.app import run
from myotrial.model.errors import BadInput
from myotrial.study.reading import read_study

SUBJECTS = "subject_id,arm,age_years,completed\nA1,active,44,yes\nA2,placebo,61,no\n"
EVENTS = "subject_id,day,kind,reason\nA2,40,rescue,flare\nA2,84,discontinued_study,\n"

Told = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path, plain: str) -> Path:
    (tmp_path / "visits.csv").write_text(plain)
    (tmp_path / "subjects.csv").write_text(SUBJECTS)
    (tmp_path / "events.csv").write_text(EVENTS)
    return tmp_path


@pytest.fixture
def told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Return a function that writes files into the folder (``None`` deletes one) and gives the message."""
    monkeypatch.chdir(folder)

    def call(**files: str | None) -> str:
        for name, text in files.items():
            path = Path(name.replace("_dot_", "."))
            path.unlink(missing_ok=True)
            if text is not None:
                path.write_text(text)
        with pytest.raises(BadInput) as caught:
            read_study(".", 0)
        return str(caught.value)

    return call


def test_all_tables(folder: Path) -> None:
    study = read_study(folder, 0)
    assert repr(study) == "StudyData(2 subjects, 6 visits, 2 events)"
    assert study.subjects["completed"].to_list() == [True, False]
    assert set(study.inputs) == {"visits", "subjects", "events"}
    assert study.notes == ()


def test_visits_are_enough(folder: Path, plain: str) -> None:
    (folder / "subjects.csv").unlink()
    (folder / "events.csv").unlink()
    assert repr(read_study(folder)) == "StudyData(2 subjects, 6 visits, 0 events)"
    assert repr(read_study(folder / "visits.csv")) == "StudyData(2 subjects, 6 visits, 0 events)"


def test_names_in_any_letters_and_kinds(folder: Path, plain: str) -> None:
    (folder / "visits.csv").unlink()
    pl.read_csv(io.StringIO(plain)).write_parquet(folder / "Visits.PARQUET")
    (folder / "subjects.csv").rename(folder / "SUBJECTS.TXT")
    (folder / "events.csv").write_text(EVENTS.split("\n", maxsplit=1)[0] + "\n")
    assert repr(read_study(folder, 0)) == "StudyData(2 subjects, 6 visits, 0 events)"


def test_written_and_read_again(folder: Path, tmp_path: Path) -> None:
    study = read_study(folder, 0)
    study.write(tmp_path / "again")
    assert read_study(tmp_path / "again", 0).canonical_csv() == study.canonical_csv()


def test_notes_of_every_table(folder: Path) -> None:
    (folder / "subjects.csv").write_text(SUBJECTS.replace("completed", "country"))
    assert read_study(folder).notes == ("subjects.csv: columns that were not read: country",)


FOLDERS: dict[str, dict[str, str | None]] = {
    "unknown event": {"events_dot_csv": EVENTS.replace("rescue", "resque").replace("discontinued_study", "left")},
    "event without a day": {"events_dot_csv": EVENTS.replace(",40,", ",,")},
    "event of a stranger": {"events_dot_csv": EVENTS.replace("A2,40", "A3,40")},
    "event of a stranger to the visits": {
        "subjects_dot_csv": None, "events_dot_csv": EVENTS.replace("A2,40", "B7,40"),
    },
    "visits of a stranger": {"subjects_dot_csv": SUBJECTS.replace("A2", "B2")},
    "subject twice": {"subjects_dot_csv": SUBJECTS + "A1,placebo,30,no\n"},
    "subject with odd facts": {
        "subjects_dot_csv": SUBJECTS.replace("44", "440").replace("yes", "maybe").replace("A2", ""),
    },
    "no subjects in the table": {"subjects_dot_csv": SUBJECTS.split("\n", maxsplit=1)[0]},
    "no visits": {"visits_dot_csv": None},
    "visits twice": {"visits_dot_parquet": "PAR1"},
    "visits in a workbook": {"visits_dot_csv": None, "visits_dot_xlsx": "PK\x03\x04"},
    "another table under the name": {"subjects_dot_csv": "drug,dose_mg\nprednisone,20\n"},
    "faults in every table": {
        "subjects_dot_csv": SUBJECTS.replace("61", "sixty"), "events_dot_csv": EVENTS.replace(",84,", ",84.5,"),
        "visits_dot_csv": "subject_id,week\nA1,0\n",
    },
    "odd word on the simulation": {"simulated_dot_json": "yes"},
}  # fmt: skip


@pytest.mark.parametrize("kind", FOLDERS)
def test_bad_folder(kind: str, told: Told, snapshot: SnapshotAssertion) -> None:
    assert told(**FOLDERS[kind]) == snapshot


def test_the_command(folder: Path, plain: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "events.csv").write_text(EVENTS.replace("rescue", "resque"))
    (folder / "visits.csv").write_text(plain.replace(",0,1,", ",1,1,"))
    assert run(["analyse", "NCT04044690", str(folder), "--format", "json"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert json.loads(err)["faults"][0]["hint"] == "did you mean rescue?"
