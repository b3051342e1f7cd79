"""What is said of a whole column, of a folder, and of values that could be: the words, one situation each."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from myotrial.instruments.study_items import check_study_items
from myotrial.model.errors import BadInput, Fault
from myotrial.study.numerals import number_hint
from myotrial.study.reading import read_study
from myotrial.study.visits import check_visits

VISITS = pl.DataFrame(
    {
        "subject_id": ["A1", "A1", "A1", "B2", "B2", "B2"],
        "week": [0, 4, 12] * 2,
        "day": [1, 29, 85] * 2,
        "physician_global_cm": [6.5, 5.5, 2.5, 7.5, 0.5, 3.0],
        "patient_global_cm": [5.5, 5.0, 4.0, 7.0, 7.0, 6.5],
        "mmt": [120, 128, 140, 100, 110, 118],
        "haq_di": [1.5, 1.25, 1.0, 2.125, 2.0, 1.875],
        "extramuscular_cm": [3.5, 3.0, 1.0, 4.5, 4.0, 2.0],
        "ck_u_per_l": [900.0, 1234, 300, 2500.5, 1800, 950],
        "ck_uln_u_per_l": [200.0] * 3 + [170.5] * 3,
    }
)


def faults(frame: pl.DataFrame) -> tuple[Fault, ...]:
    with pytest.raises(BadInput) as caught:
        check_visits(frame)
    return caught.value.faults


def swap(left: str, right: str) -> pl.DataFrame:
    return VISITS.rename({left: right, right: left})


def test_the_plain_table_has_no_note() -> None:
    assert check_visits(VISITS).notes == ()


@pytest.mark.parametrize(("left", "right"), [("haq_di", "mmt"), ("mmt", "haq_di")])
def test_a_swap_is_named(left: str, right: str) -> None:
    found = faults(swap(left, right))
    assert [(fault.row, fault.column) for fault in found] == [(row, "haq_di") for row in range(1, 7)]
    assert {fault.hint for fault in found} == {"do haq_di and mmt stand under each other's names?"}


def test_a_swap_is_not_named_where_one_column_is_in_place() -> None:
    """The values of an index would fit a scale in centimetres, but the scale's own are in place there."""
    found = faults(VISITS.with_columns(haq_di=pl.lit(4.5)))
    assert {fault.hint for fault in found} == {None}


def test_a_whole_column_in_millimetres() -> None:
    """The small values are named too: 5 mm passes for 5 cm."""
    found = faults(VISITS.with_columns(pl.col("physician_global_cm") * 10))
    assert [fault.row for fault in found] == [1, 2, 3, 4, 6]
    assert {fault.hint for fault in found} == {
        "is all of the column in millimetres? divide every value of it by 10, those up to 10 too"
    }


def test_one_value_in_millimetres() -> None:
    values = VISITS["physician_global_cm"].to_list()
    found = faults(VISITS.with_columns(physician_global_cm=pl.Series([63.0, *values[1:]])))
    assert [fault.hint for fault in found] == ["is 63 in millimetres? 63 mm is 6.3 cm"]


@pytest.mark.parametrize(
    ("text", "comma", "says"),
    [
        ("５.５", False, "the digits are those of another script: write 5.5"),
        ("٥٫٥", False, "the digits are those of another script: write 5.5"),
        ("٥٫٥", True, "the digits are those of another script: write 5,5"),
        ("－４", False, "the digits are those of another script: write -4"),
        ("\u200b5.5", False, "an invisible character stands in it: write 5.5"),
        ("#REF!", False, "an error of a spreadsheet: its formula, or the width of its column, needs a look"),
        ("########", False, "an error of a spreadsheet: its formula, or the width of its column, needs a look"),
        ("½", False, None),
        ("²", False, None),
    ],
)
def test_digits_and_signs(text: str, says: str | None, comma: bool) -> None:
    assert number_hint(text, decimal_comma=comma, separator=";") == says


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (pl.col("ck_uln_u_per_l") / 60, "row 1, column ck_uln_u_per_l: 3.333333333 U/L is too low for a limit of "),
        (pl.col("ck_uln_u_per_l") / 60, "limit of normal (and in 5 more rows); is it in another unit?"),
        (pl.col("ck_uln_u_per_l") * 60, "row 1, column ck_uln_u_per_l: 12000 U/L is too high"),
        (pl.Series("ck_u_per_l", [900.0, 999, 300, 999, 1800, 950]), "column ck_u_per_l: 999 stands in 2 cells"),
        (pl.Series("day", [1, 29, 85, 1, 30, 840]), "row 6, column day: day 840 is 755 days from where week 12 is due"),
        (pl.col("mmt") / 100, "column mmt: it is at most 1.4 in every row; is it another measure?"),
        (pl.Series("arm", ["Active"] * 3 + ["active "] * 3), "Active and active differ only in letters or blanks"),
        (pl.Series("subject_id", ["A1", "A1", "a 1", "B2", "B2", "B2"]), "A1 and a 1 differ only in letters or blanks"),
    ],
    ids=["low limit", "and where", "high limit", "nines", "day", "strength", "arms", "subjects"],
)  # fmt: skip
def test_a_note(change: pl.Expr | pl.Series, says: str) -> None:
    name = change.name if isinstance(change, pl.Series) else change.meta.output_name()
    notes = check_visits(VISITS.with_columns(change.alias(name))).notes
    assert [note for note in notes if says in note], notes


def test_days_from_another_zero_are_no_note() -> None:
    """A file may count its days from the first visit, and its weeks from 1."""
    assert check_visits(VISITS.with_columns(pl.col("day") - 1, pl.col("week") + 1)).notes == ()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    VISITS.with_columns(das=pl.lit(11)).write_csv(tmp_path / "visits.csv")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "hint"),
    [("dose.csv", "did you mean doses?"), ("adverse-events.csv", "did you mean adverse_events?"),
     ("Events (1).csv", "did you mean events?"), ("subject.parquet", "did you mean subjects?")],
)  # fmt: skip
def test_a_file_nearly_named_like_a_table(name: str, hint: str, folder: Path) -> None:
    (folder / name).write_text("subject_id\nA1\n")
    with pytest.raises(BadInput) as caught:
        read_study(folder)
    assert [(f.code, f.got, f.hint) for f in caught.value.faults] == [("unknown_table", name, hint)]


def test_other_files_are_noted(folder: Path) -> None:
    (folder / "labs.csv").write_text("x\n1\n")
    (folder / "notes.md").write_text("x\n")
    assert read_study(folder).notes[-1] == "files that were not read: labs.csv"


def test_a_copy_of_a_table_that_is_there_is_noted(folder: Path) -> None:
    (folder / "visits_old.csv").write_text("x\n1\n")
    assert read_study(folder).notes[-1] == "files that were not read: visits_old.csv"


def test_nothing_happens_after_death(folder: Path) -> None:
    """The visit of that day, and other subjects' later ones, are no fault."""
    (folder / "events.csv").write_text("subject_id,day,kind\nA1,29,death\nB2,400,completed_study\n")
    (folder / "adverse_events.csv").write_text(
        "subject_id,term,start_day,end_day,severity,serious,related\nA1,rash,29,29,mild,no,no\nA1,rash,30,,mild,no,no\n"
    )
    with pytest.raises(BadInput) as caught:
        read_study(folder)
    assert [(f.code, f.file, f.row, f.column) for f in caught.value.faults] == [
        ("after_death", "visits.csv", 4, "day"),
        ("after_death", "adverse_events.csv", 3, "start_day"),
    ]


def test_a_death_whose_day_is_in_doubt_makes_no_second_fault(folder: Path) -> None:
    (folder / "events.csv").write_text("subject_id,day,kind\nA1,2.5,death\n")
    with pytest.raises(BadInput) as caught:
        read_study(folder)
    assert [f.code for f in caught.value.faults] == ["not_whole"]


ITEMS = "subject_id,week,instrument,item,value\n"

Told = Callable[[str], list[tuple[str | None, int | None, str | None, str, str | None]]]


@pytest.fixture
def told(folder: Path) -> Told:
    """Return a function that writes items and gives file, row, column, code and hint of every fault."""

    def call(text: str) -> list[tuple[str | None, int | None, str | None, str, str | None]]:
        (folder / "items.csv").write_text(ITEMS + text)
        with pytest.raises(BadInput) as caught:
            check_study_items(read_study(folder))
        return [(f.file, f.row, f.column, f.code, f.hint) for f in caught.value.faults]

    return call


def test_items_by_file_row_and_column(told: Told) -> None:
    """Blank rows count; every instrument is told, and the total in the visit table."""
    assert told("A1,0,das,skin,4\n\nA1,0,das,muscle,8\nA1,4,das,skinn,2\nA1,0,cmass,manoeuvre_01,2\n") == [
        ("items.csv", 5, "item", "unknown_item", "did you mean skin?"),
        ("items.csv", 6, "instrument", "unknown_instrument", "did you mean cmas?"),
    ]
    assert told("A1,0,das,skin,4\n\nA1,0,das,muscle,8\n") == [("visits.csv", 2, "das", "contradicts_items", None)]


def test_items_that_give_the_total(folder: Path) -> None:
    (folder / "items.csv").write_text(ITEMS + "A1,0,das,skin,4\nA1,0,das,muscle,7\nB2,0,das,muscle,7\n")
    scores = check_study_items(read_study(folder))
    assert scores["das"].frame["das"].to_list() == [11.0, None]


def test_an_instrument_whose_unit_is_not_stated_is_left(folder: Path) -> None:
    text = "A1,0,physician-global-activity,physician_global,65\n"
    (folder / "items.csv").write_text(ITEMS + text)
    study = read_study(folder)
    assert check_study_items(study) == {}
    found = check_study_items(study, options={"physician-global-activity": {"unit": "mm"}})
    assert found["physician-global-activity"].frame["physician_global_cm"].to_list() == [6.5]
    with pytest.raises(BadInput, match="out of range"):
        check_study_items(study, options={"physician-global-activity": {"unit": "cm"}})


def test_strength_is_compared_with_the_test_that_the_row_names(folder: Path) -> None:
    """Fifteen tests of 8 are 120 out of 150, as the table says; of 80 or 260 nothing can be said by them."""
    from myotrial.instruments.definition import load_instrument  # noqa: PLC0415

    items = [item.id for item in load_instrument("mmt8-bilateral").items]
    text = "".join(f"A1,0,mmt8-bilateral,{item},8\n" for item in items)
    (folder / "items.csv").write_text(ITEMS + text)
    assert check_study_items(read_study(folder))["mmt8-bilateral"].frame["mmt8"].to_list() == [120.0]
    (folder / "items.csv").write_text(ITEMS + text.replace(",8\n", ",7\n"))
    with pytest.raises(BadInput, match=r"visits.csv, row 2, column mmt: .*\n.*got 120; expected 105"):
        check_study_items(read_study(folder))
    VISITS.with_columns(mmt_max=pl.lit(260)).write_csv(folder / "visits.csv")
    check_study_items(read_study(folder))
