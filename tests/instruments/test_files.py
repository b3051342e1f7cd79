"""Items and totals from files: both forms, totals straight in, and every fault with its file, row and column."""

import polars as pl
import pytest

from myotrial.instruments.definition import list_instruments, load_instrument
from myotrial.instruments.eq5d import DIMENSIONS, read_value_set
from myotrial.instruments.eq5d_change import compare_eq5d, count_level_change
from myotrial.instruments.files import score_file
from myotrial.instruments.totals import take_totals
from myotrial.model.errors import BadInput

PUBLISHED = {
    "England (doi 10.1002/hec.3564)": {"11111": 1, "21111": 0.942, "23245": 0.247, "55555": -0.285},
    "Germany (doi 10.1007/s40273-018-0615-8)": {"11111": 1, "21111": 0.974, "12345": 0.141, "55555": -0.661},
    "Netherlands (doi 10.1016/j.jval.2016.01.003)": {"11111": 1, "21111": 0.918, "44444": -0.289, "55555": -0.446},
    "USA (doi 10.1016/j.jval.2019.02.009)": {"11111": 1, "21111": 0.904, "21354": 0.090, "55555": -0.573},
    "Poland (doi 10.1007/s40273-019-00811-7)": {"11111": 1, "12345": 0.436, "55555": -0.590},
    "UK (doi 10.1016/j.jval.2026.03.008)": {"11111": 1, "33333": 0.604, "55555": -0.567},
}
"""Profiles of six value sets, as the tests of the R package eq5d have them."""


def written(folder, text, name="items.csv"):
    file = folder / name
    file.write_text(text)
    return file


def faults_of(*arguments, **options):
    with pytest.raises(BadInput) as caught:
        score_file(*arguments, **options)
    return [(fault.code, fault.file, fault.row, fault.column) for fault in caught.value.faults]


def test_long_and_wide_files_agree_and_other_instruments_are_left_aside(tmp_path):
    long = "subject_id,week,instrument,item,value\nA,0,das,skin,4\nA,0,cmas,manoeuvre_01,5\nA,0,das,muscle,7\n"
    wide = "subject_id;week;skin;muscle\nA;0;4;7\n"
    found = [score_file("das", written(tmp_path, text)) for text in (long, wide)]
    assert found[0].frame.equals(found[1].frame)
    assert found[0].frame["das"].to_list() == [11]
    (tmp_path / "items.parquet").unlink(missing_ok=True)
    pl.DataFrame({"subject_id": ["A"], "week": [0], "skin": [4], "muscle": [7]}).write_parquet(tmp_path / "i.parquet")
    assert score_file("das", tmp_path / "i.parquet").frame.equals(found[1].frame)


def test_decimal_commas_are_read_where_commas_do_not_separate(tmp_path):
    file = written(tmp_path, "subject_id;week;physician_global\nA;0;6,3\nA;4;5,5\n")
    found = score_file("physician-global-activity", file, options={"unit": "cm"})
    assert found.frame["physician_global_cm"].to_list() == [6.3, 5.5]


def test_every_fault_at_once(tmp_path):
    file = written(
        tmp_path,
        "subject_id,week,skin,muscle,das,site\n"
        "A,0,4,7,11,x\nB,0,,,13,x\nC,0,4,,15,x\nD,four,4,12,30,x\nE,0,4,x,15,x\nF,0,4,7,12,x\n,0,4,7,11,x\n",
    )
    assert set(faults_of("das", file)) == {
        ("not_a_number", "items.csv", 5, "week"),
        ("out_of_range", "items.csv", 5, "muscle"),
        ("out_of_range", "items.csv", 5, "das"),
        ("not_a_value", "items.csv", 6, "muscle"),
        ("contradicts_items", "items.csv", 7, "das"),
        ("missing_value", "items.csv", 8, "subject_id"),
    }


def test_totals_and_items_in_one_file(tmp_path):
    file = written(tmp_path, "subject_id,week,skin,muscle,das,site\nA,0,4,7,11,x\nB,0,,,13,x\nC,0,4,,15,x\n")
    found = score_file("das", file)
    assert found.frame.select("subject_id", "das", "das_low", "das_high", "n_missing").rows() == [
        ("A", 11, 11, 11, 0), ("B", 13, 13, 13, None), ("C", None, 4, 15, 1),
    ]  # fmt: skip
    assert found.notes == ("items.csv: columns that were not read: site",)


def test_totals_in_a_second_file(tmp_path):
    items = written(tmp_path, "subject_id,week,item,value\nA,0,skin,4\nA,0,muscle,7\n")
    totals = written(tmp_path, "subject_id,week,das\n\nA,0,12\nB,0,21\n", "totals.csv")
    assert faults_of("das", items, totals=totals) == [
        ("contradicts_items", "totals.csv", 3, "das"),
        ("out_of_range", "totals.csv", 4, "das"),
    ]
    totals.write_text("subject_id,week,das\nA,0,11\nB,0,20\n")
    assert score_file("das", items, totals=totals).frame["das"].to_list() == [11, 20]


@pytest.mark.parametrize("name", list_instruments())
def test_totals_straight_in_for_every_instrument(name, tmp_path):
    known = load_instrument(name)
    names = [total.name for total in known.totals if total.rule != "percent_lost"]
    for end in ("low", "high"):
        row = {total.name: getattr(total, end) for total in known.totals if total.name in names}
        cells = ",".join(f"{value:g}" for value in row.values())
        found = score_file(name, written(tmp_path, f"subject_id,week,{','.join(names)}\nA,0,{cells}\n"))
        got = found.frame.row(0, named=True)
        assert {each: got[each] for each in names} == row
        assert got["n_missing"] is None
        lost = [total for total in known.totals if total.rule == "percent_lost"]
        assert [got[total.name] for total in lost] == [100.0 if end == "low" else 0.0] * len(lost)
    wrong = ",".join(f"{total.high + 1:g}" for total in known.totals if total.name in names)
    faults = faults_of(name, written(tmp_path, f"subject_id,week,{','.join(names)}\nA,0,{wrong}\n"))
    assert sorted(faults) == sorted(("out_of_range", "items.csv", 2, each) for each in names)


def test_a_total_between_two_steps_is_a_fault_unless_an_option_opens_the_grid():
    half = pl.DataFrame({"subject_id": ["A"], "week": [0], "mmt8": [141.5]})
    with pytest.raises(BadInput, match="between two steps"):
        take_totals("mmt8-bilateral", half)
    assert take_totals("mmt8-bilateral", half, options={"trace": 0.5}).frame["mmt8"].to_list() == [141.5]
    seven = pl.DataFrame({"subject_id": ["A"], "week": [0], "haq_di": [10 / 7]})  # seven categories answered
    assert take_totals("haq-di", seven).frame["haq_di"].to_list() == [10 / 7]


def test_strength_and_strength_lost_have_to_agree():
    both = pl.DataFrame({"subject_id": ["A"], "week": [0], "mmt8": [142], "mmt8_loss_percent": [5.33]})
    with pytest.raises(BadInput, match="does not give this mmt8_loss_percent"):
        take_totals("mmt8-bilateral", both)
    row = take_totals("mmt8-bilateral", both, tolerance=0.01).frame.row(0, named=True)
    assert round(row["mmt8_loss_percent"], 4) == 5.3333


def test_a_visit_that_stands_twice(tmp_path):
    file = written(tmp_path, "subject_id,week,das\nA,0,11\nA,0,12\n")
    assert faults_of("das", file) == [("duplicate_visit", "items.csv", 3, "week")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("subject_id,week,arms\nA,0,1\n", "missing_column"),
        ("subject_id,week,instrument,item,value\nA,0,cmas,manoeuvre_01,1\n", "no_rows"),
        ("subject_id,skin\nA,1\n", "missing_column"),
        ("subject_id,week,skin,musle\nA,0,1,1\n", "unknown_column"),
    ],
)
def test_a_table_of_something_else(tmp_path, text, code):
    assert code in {fault[0] for fault in faults_of("das", written(tmp_path, text))}


THIRTEEN = [f"group_{number}" for number in range(1, 14)]


def test_thirteen_muscle_groups_by_their_maximum(tmp_path):
    text = f"subject_id,week,{','.join(THIRTEEN)}\nA,0,{','.join(['9'] * 13)}\nB,0,{','.join(['9'] * 12)},10\n"
    found = score_file("mmt", written(tmp_path, text), maximum=130)
    assert found.frame["mmt"].to_list() == [117, 118]
    assert found.frame["mmt_loss_percent"].to_list() == [10, pytest.approx(12 / 1.3)]
    totals = score_file("mmt", written(tmp_path, "subject_id,week,mmt\nA,0,117\n"), maximum=130)
    assert totals.frame["mmt_loss_percent"].to_list() == [10]


def test_a_maximum_that_does_not_fit_or_is_not_asked_for(tmp_path):
    file = written(tmp_path, f"subject_id,week,{','.join(THIRTEEN)}\nA,0,{','.join(['9'] * 13)}\n")
    assert faults_of("mmt", file, maximum=260)[0][0] == "wrong_maximum"
    assert faults_of("das", file, maximum=130)[0][0] == "bad_option"
    odd = written(tmp_path, "subject_id,week,Deltoid left\nA,0,9\n")
    assert faults_of("mmt", odd, maximum=10)[0][0] == "bad_name"


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_profiles_of_six_value_sets(name, tmp_path):
    index = PUBLISHED[name]
    sets = written(tmp_path, "profile,index\n" + "".join(f"{each},{value}\n" for each, value in index.items()), "v.csv")
    rows = "".join(f"S{each},0,{','.join(each)}\n" for each in index)
    items = written(tmp_path, f"subject_id,week,{','.join(DIMENSIONS)}\n{rows}")
    found = score_file("eq5d-5l", items, value_set=read_value_set(sets, name))
    assert dict(found.frame.select("profile", "eq5d_index").rows()) == index
    assert found.options["value_set"] == name


def test_faults_of_a_value_set_have_their_rows(tmp_path):
    file = written(tmp_path, "profile,index\n11111,1\n\n2111,0.9\n11111,x\n", "set.csv")
    with pytest.raises(BadInput) as caught:
        read_value_set(file)
    assert [(fault.file, fault.row) for fault in caught.value.faults] == [("set.csv", 4), ("set.csv", 5)]
    das = written(tmp_path, "subject_id,week,das\nA,0,1\n")
    good = written(tmp_path, "profile,index\n11111,1\n", "good.csv")
    assert faults_of("das", das, value_set=read_value_set(good))[0][0] == "bad_option"


def test_change_and_its_distribution(tmp_path):
    rows = ["A,0,4,1,3,2,1", "A,25,2,1,4,2,1", "B,0,3,1,1,1,1", "B,25,3,1,1,1,", "C,25,1,1,1,1,1"]
    text = f"subject_id,week,{','.join(DIMENSIONS)}\n" + "\n".join(rows) + "\n"
    levels = score_file("eq5d-5l", written(tmp_path, text)).frame
    changes = compare_eq5d(levels, baseline_week=0)
    assert changes.select("subject_id", "mobility_improved", "paretian").rows() == [
        ("A", 2, "mixed"), ("B", 0, None), ("C", None, None),
    ]  # fmt: skip
    counts = count_level_change(changes).filter(pl.col("dimension") == "mobility")
    assert set(counts.select("improved", "subjects", "could_improve").rows()) == {(2, 1, 1), (0, 1, 1), (None, 1, 0)}
    everyone = count_level_change(changes).group_by("dimension").agg(pl.col("subjects").sum())
    assert set(everyone["subjects"]) == {3}
