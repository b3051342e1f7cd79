"""Doses, infusions, adverse events and items: read, checked and written with the rest of a study."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from myotrial.model.errors import BadInput
from myotrial.study.reading import StudyData, read_study
from myotrial.study.tables import MORE_TABLES, load_tables

DOSES = """\
subject_id,drug,start_day,end_day,dose_mg,per,route,purpose
A1,prednisone,-100,,20,day,oral,background
A1,methylprednisolone,30,32,1000,day,intravenous,rescue
A2,prednisolone,-20,50,35,week,oral,background
"""
INFUSIONS = "subject_id,day,dose_g\nA1,1,30\nA1,1,30\nA2,8,\n"
EVENTS = """\
subject_id,term,start_day,end_day,severity,serious,related,severity_before
A1,headache,3,4,mild,no,yes,
A1,headache,3,4,mild,no,yes,
A2,rash,,,severe,yes,no,mild
"""
ITEMS = "subject_id,week,instrument,item,value\nA1,0,mmt,deltoid_left,7\nA1,0,mmt,deltoid_right,\n"
FILES = dict(zip(MORE_TABLES, (DOSES, INFUSIONS, EVENTS, ITEMS), strict=True))

Told = Callable[..., list[tuple[str, int | None, str | None, str, str | None]]]


@pytest.fixture
def folder(tmp_path: Path, plain: str) -> Path:
    (tmp_path / "visits.csv").write_text(plain)
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


@pytest.fixture
def told(folder: Path) -> Told:
    """Return a function that writes tables anew and gives file, row, column, code and hint of every fault."""

    def call(**tables: str) -> list[tuple[str, int | None, str | None, str, str | None]]:
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text)
        with pytest.raises(BadInput) as caught:
            read_study(folder)
        return [(str(f.file), f.row, f.column, f.code, f.hint) for f in caught.value.faults]

    return call


def test_all_tables(folder: Path) -> None:
    study = read_study(folder)
    assert repr(study) == ("StudyData(2 subjects, 6 visits, 0 events, 3 doses, 3 infusions, 3 adverse events, 2 items)")
    assert study.doses["end_day"].to_list() == [None, 32, 50]
    assert study.adverse_events["start_day"].to_list() == [3, 3, None]
    assert study.adverse_events["serious"].to_list() == [False, False, True]
    assert study.items["value"].to_list() == [7.0, None]
    assert set(study.inputs) == {"visits", *MORE_TABLES}


def test_without_them_they_are_empty(folder: Path) -> None:
    for name in MORE_TABLES:
        (folder / f"{name}.csv").unlink()
    study = read_study(folder)
    for name in MORE_TABLES:
        frame: pl.DataFrame = getattr(study, name)
        assert frame.height == 0
        assert frame.columns == [column.name for column in load_tables()[name].columns]
    assert repr(study) == "StudyData(2 subjects, 6 visits, 0 events)"


def test_a_table_may_have_no_rows(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text.split("\n", maxsplit=1)[0] + "\n")
    assert repr(read_study(folder)) == "StudyData(2 subjects, 6 visits, 0 events)"


def test_optional_columns_may_be_left_out(folder: Path) -> None:
    (folder / "doses.csv").write_text("subject_id,drug,start_day,dose_mg,per,route,purpose\nA1,x,1,5,day,oral,study\n")
    (folder / "infusions.csv").write_text("subject_id,day\nA1,1\n")
    study = read_study(folder)
    assert (study.doses.height, study.infusions.height) == (1, 1)


def test_every_fault_of_every_table_at_once(told: Told) -> None:
    found = told(
        doses=DOSES.replace("-100,,20", "-100,,-20").replace("oral,background\nA1", "orall,background\nA1")
        + "A9,prednisone,5,4,10,day,oral,study\n",
        infusions="subject_id,day\nA1,1.5\nA1,\n",
        adverse_events=EVENTS.replace("severe", "sever").replace("3,4,mild,no,yes,\nA2", "3,2,mild,maybe,yes,\nA2"),
        items=ITEMS + "A1,0,mmt,deltoid_left,8\nA1,,mmt,deltoid_left,8\n",
    )
    assert found == [
        ("doses.csv", 2, "dose_mg", "out_of_range", None),
        ("doses.csv", 2, "route", "unknown_choice", "did you mean oral?"),
        ("doses.csv", 5, "end_day", "ends_early", None),
        ("infusions.csv", 2, "day", "not_whole", None),
        ("infusions.csv", 3, "day", "missing_value", None),
        ("adverse_events.csv", 3, "end_day", "ends_early", None),
        ("adverse_events.csv", 3, "serious", "not_a_flag", None),
        ("adverse_events.csv", 4, "severity", "unknown_choice", "did you mean severe?"),
        ("items.csv", 4, "subject_id", "duplicate_row", "the other one is row 2"),
        ("items.csv", 5, "week", "missing_value", None),
        ("doses.csv", 5, "subject_id", "unknown_subject", None),
    ]


def test_the_same_dose_twice(told: Told) -> None:
    again = DOSES.split("\n")[1] + "\n"
    assert told(doses=DOSES + again + again) == [
        ("doses.csv", 5, "subject_id", "duplicate_row", "the other one is row 2"),
        ("doses.csv", 6, "subject_id", "duplicate_row", "the other one is row 2"),
    ]


def test_another_dose_on_the_same_day_is_none(folder: Path) -> None:
    (folder / "doses.csv").write_text(DOSES + "A1,prednisone,-100,,5,day,oral,background\n")
    assert read_study(folder).doses.height == 4


def test_a_cell_that_cannot_be_read_is_told_once(told: Told) -> None:
    """A start or an end that is no day makes no second fault: not an early end, not a repeated row."""
    row = "A1,prednisone,{},{},20,day,oral,background\n"
    rows = row.format("x", 5) + row.format("x", 5) + row.format(3, "y") + row.format(3, "y") + row.format(40000, 7)
    found = told(doses=DOSES + rows)
    assert [(row, column, code) for _, row, column, code, _ in found] == [
        (5, "start_day", "not_a_number"),
        (6, "start_day", "not_a_number"),
        (7, "end_day", "not_a_number"),
        (8, "end_day", "not_a_number"),
        (9, "start_day", "out_of_range"),
    ]


def test_required_columns(told: Told) -> None:
    found = told(doses="subject_id,drug,start_day,dose_mg,per,rout,purpose\nA1,x,1,5,day,oral,study\n")
    assert found == [("doses.csv", 1, "route", "missing_column", "is it rout? then name it route")]


def test_written_and_read_again(folder: Path, tmp_path: Path) -> None:
    study = read_study(folder)
    paths = study.write(tmp_path / "again")
    assert {path.stem for path in paths} == {"subjects", "visits", "events", *MORE_TABLES}
    again = read_study(tmp_path / "again")
    assert again.canonical_csv() == study.canonical_csv()
    for name in MORE_TABLES:
        assert getattr(again, name).equals(getattr(study, name).select(getattr(again, name).columns))


def test_the_canonical_text_holds_them(folder: Path) -> None:
    """Every table changes the bytes; without them the bytes are those of the three tables."""
    study = read_study(folder)
    seen = {sha256(study.canonical_csv()).hexdigest()}
    for name in MORE_TABLES:
        (folder / f"{name}.csv").unlink()
        seen.add(sha256(read_study(folder).canonical_csv()).hexdigest())
    assert len(seen) == 1 + len(MORE_TABLES)
    plain = read_study(folder)
    three = [plain.subjects.write_csv(), plain.visits.frame.write_csv(), plain.events.write_csv()]
    assert plain.canonical_csv() == "\n".join(three).encode()


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@pytest.mark.parametrize("held", ["visits.csv", "Doses.parquet", "adverse_events.xlsx", "subjects.txt"])
def test_real_data_are_never_written_over(folder: Path, tmp_path: Path, held: str) -> None:
    study = simulated(read_study(folder))
    target = tmp_path / "real"
    target.mkdir()
    (target / held).write_text("somebody's\n")
    with pytest.raises(BadInput) as caught:
        study.write(target)
    assert [(fault.code, fault.got) for fault in caught.value.faults] == [("would_overwrite", held)]
    assert contents(target) == {held: b"somebody's\n"}


def simulated(study: StudyData) -> StudyData:
    return StudyData(study.subjects, study.visits, study.events, simulated={"seed": 1}, doses=study.doses)


def test_simulated_data_are_replaced_as_a_whole(folder: Path, tmp_path: Path) -> None:
    study = simulated(read_study(folder))
    target = tmp_path / "target"
    assert [path.name for path in study.write(target)] == [
        "subjects.csv", "visits.csv", "events.csv", "doses.csv", "simulated.json",
    ]  # fmt: skip
    (target / "report.html").write_text("kept")
    StudyData(study.subjects, study.visits, study.events, simulated={"seed": 2}).write(target)
    assert set(contents(target)) == {"subjects.csv", "visits.csv", "events.csv", "simulated.json", "report.html"}
    assert read_study(target).simulated == {"seed": 2}


def test_data_that_are_not_simulated_do_not_pass_for_it(folder: Path, tmp_path: Path) -> None:
    study = read_study(folder)
    simulated(study).write(tmp_path / "target")
    study.write(tmp_path / "target")
    assert read_study(tmp_path / "target").simulated is None
    with pytest.raises(BadInput):
        study.write(tmp_path / "target")


def test_a_table_in_another_file_is_not_left_beside(folder: Path, tmp_path: Path) -> None:
    """A second file for a table would make the folder unreadable, so it is refused before anything is written."""
    study = simulated(read_study(folder))
    study.write(tmp_path / "target")
    (tmp_path / "target" / "doses.parquet").write_bytes(b"PAR1")
    before = contents(tmp_path / "target")
    with pytest.raises(BadInput):
        study.write(tmp_path / "target")
    assert contents(tmp_path / "target") == before
