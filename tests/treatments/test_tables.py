"""The two tables over a study: courses of glucocorticoids, and adverse events; counted by hand."""

import json

import polars as pl
import pytest

from myotrial.cli.app import run
from myotrial.instruments.treatments.adverse_events import EventCounts
from myotrial.instruments.treatments.adverse_events_table import tabulate_adverse_events
from myotrial.instruments.treatments.glucocorticoid import daily_dose, percent_reduction
from myotrial.instruments.treatments.glucocorticoid_subjects import derive_dose_courses
from myotrial.study.reading import read_study

VISITS = """\
subject_id,week,day,physician_global_cm,patient_global_cm,mmt,haq_di,extramuscular_cm
S1,0,1,5,5,120,1,1
S1,12,85,5,5,120,1,1
S2,0,1,5,5,120,1,1
S2,12,85,5,5,120,1,1
S3,0,1,5,5,120,1,1
"""
SUBJECTS = "subject_id,arm,last_day\nS1,active,100\nS2,control,200\nS3,control,300\n"
DOSES = """\
subject_id,drug,start_day,end_day,dose_mg,per,route,purpose
S1,prednisone,-30,60,20,day,oral,background
S1,prednisone,61,,15,day,oral,background
S2,prednisone,-10,,8,day,oral,background
S2,dexamethasone,40,43,40,day,oral,rescue
S2,methotrexate,1,,15,week,oral,background
"""
INFUSIONS = "subject_id,day\nS1,1\nS1,8\nS1,8\nS2,1\n"
EVENTS = """\
subject_id,term,start_day,end_day,severity,serious,related
S1,headache,3,5,mild,no,yes
S1,headache,9,9,mild,no,
S1,fever,-9,-3,severe,yes,no
S2,pneumonia,30,60,severe,yes,no
S3,rash,20,,moderate,no,no
"""


@pytest.fixture
def folder(tmp_path):
    tables = {"visits": VISITS, "subjects": SUBJECTS, "doses": DOSES, "infusions": INFUSIONS, "adverse_events": EVENTS}
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def test_dose_at_visits_reduction_taper_and_rescue(folder):
    study = read_study(folder)
    days = study.visits.frame.select("subject_id", "day")
    found = derive_dose_courses(
        study.doses, days, subjects=["S1", "S2", "S3"], other_drugs=["methotrexate"], baseline_day=1
    )
    assert found.frame.select("subject_id", "day", "prednisone_mg_per_day", "percent", "at_least_25").rows() == [
        ("S1", 1, 20.0, None, None), ("S1", 85, 15.0, 25.0, True), ("S2", 1, 8.0, None, None),
        ("S2", 85, 8.0, 0.0, False), ("S3", 1, 0.0, None, None),
    ]  # fmt: skip
    courses = {row["subject_id"]: row for row in found.subjects.iter_rows(named=True)}
    assert [courses[name]["taper_day"] for name in ("S1", "S2", "S3")] == [85, None, None]
    assert [courses[name]["evaluable"] for name in ("S1", "S2", "S3")] == [True, True, False]
    rescue = courses["S2"]
    assert (rescue["rescue_day"], rescue["tapered"], rescue["tapered_day"]) == (40, True, 44)
    assert round(rescue["peak_mg_per_day"], 1) == 274.7  # 266.7 and 8
    assert repr(found) == "DoseCourses(3 subjects, 2 evaluable; 1 began a taper, 1 took rescue)"


def test_events_by_arm_and_kind(folder):
    found = tabulate_adverse_events(read_study(folder))
    rows = {(row["arm"], row["kind"]): row for row in found.frame.iter_rows(named=True)}
    counts = {key: (row["n"], row["subjects"], row["events"], row["unknown_events"]) for key, row in rows.items()}
    assert counts["active", "any"] == (1, 1, 2, 0)  # the fever was over before the first dose
    assert counts["control", "any"] == (2, 1, 1, 0)  # S3 had no infusion: not treated
    assert counts[None, "any"] == (3, 2, 3, 0)
    assert counts["active", "related"] == (1, 1, 1, 1)
    assert counts["control", "severe"] == counts["control", "serious"] == (2, 1, 1, 0)
    assert counts["active", "severe"] == (1, 0, 0, 0)
    assert rows["active", "any"]["per_infusion_day"] == 1  # 2 events, 2 days with an infusion
    assert rows[None, "any"]["per_infusion_day"] == 1
    assert rows[None, "any"]["eaer_per_year"] == pytest.approx(3 * 365.25 / 600)
    assert rows[None, "any"]["eair_per_year"] == pytest.approx(2 * 365.25 / 600)


def test_the_poisson_limits_of_two_events(folder):
    """R 4.2: poisson.test(2, 2)$conf.int is 0.1211046 3.6123437."""
    found = tabulate_adverse_events(read_study(folder)).frame.row(0, named=True)
    assert found["per_infusion_day_low"] == pytest.approx(0.1211046, abs=1e-6)
    assert found["per_infusion_day_high"] == pytest.approx(3.6123437, abs=1e-6)


def test_a_window_and_what_has_no_exposure(folder):
    late = tabulate_adverse_events(read_study(folder), window_days=0).frame
    assert late.filter(pl.col("arm").is_null(), pl.col("kind") == "any")["events"].to_list() == [1]  # day 3 alone
    for name in ("infusions", "doses"):
        (folder / f"{name}.csv").unlink()
    (folder / "subjects.csv").write_text("subject_id,arm\nS1,active\nS2,control\nS3,control\n")
    found = tabulate_adverse_events(read_study(folder))
    assert found.frame.filter(pl.col("arm").is_null(), pl.col("kind") == "any")["events"].to_list() == [4]
    assert found.frame["per_infusion_day"].null_count() == found.frame["eaer_per_year"].null_count() == 21
    assert len(found.notes) == 3


def test_results_print_themselves(folder):
    study = read_study(folder)
    doses = study.doses.filter(pl.col("drug") != "methotrexate")
    daily = daily_dose(doses, [1])
    found = [
        daily, percent_reduction([20, 0], [15, 0]), daily.equivalents, EventCounts(1, 2, 0),
        derive_dose_courses(doses, [1, 85]), tabulate_adverse_events(study),
    ]  # fmt: skip
    for each in found:
        assert "\n" not in repr(each)
        assert each._repr_html_().startswith("<table>")
        json.dumps(each.to_dict())


def test_doses_on_the_command_line(folder, capsys):
    assert run(["doses", str(folder), "--other-drug", "methotrexate", "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[2] == "S1,85,15.0,25.0,true,false,false"
    assert "rescue_before = next_visit" in err
    words = ["doses", str(folder / "doses.csv"), "--day", "1", "--other-drug", "methotrexate", "--format", "json"]
    assert run(words) == 0
    assert json.loads(capsys.readouterr().out)["subjects"][0]["baseline_mg_per_day"] == 20


def test_faults_of_doses_have_their_rows(folder, capsys):
    assert run(["doses", str(folder), "--format", "json"]) == 3
    (fault,) = json.loads(capsys.readouterr().err)["faults"]
    assert (fault["file"], fault["row"], fault["column"], fault["got"]) == ("doses.csv", 6, "drug", "methotrexate")
    assert run(["doses", str(folder / "doses.csv")]) == 3
    assert "on which days?" in capsys.readouterr().err
    (folder / "doses.csv").unlink()
    assert run(["doses", str(folder)]) == 3
    assert "no table doses" in capsys.readouterr().err


def test_adverse_events_on_the_command_line(folder, capsys):
    assert run(["adverse-events", str(folder), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["events"] for row in told["rows"] if row["kind"] == "any"] == [2, 1, 3]
    assert run(["adverse-events", str(folder), "--at-risk", "nobody"]) == 3
    assert "until_first_event" in capsys.readouterr().err
