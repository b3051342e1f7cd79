"""When a taper began, when rescue was first taken, and whether it was tapered: histories worked by hand."""

from typing import Any

import polars as pl
import pytest

from myotrial.instruments.treatments.glucocorticoid_courses import first_rescue_day, rescue_tapered, taper_start
from myotrial.model.errors import BadInput

DAYS = [1, 29, 57, 85]


def visits(**doses: list[float | None]) -> pl.DataFrame:
    rows = [(subject, day, mg) for subject, own in doses.items() for day, mg in zip(DAYS, own, strict=True)]
    schema = {"subject_id": pl.String, "day": pl.Int64, "prednisone_mg_per_day": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def rescue(**days: list[int]) -> pl.DataFrame:
    rows = [(subject, day) for subject, own in days.items() for day in own]
    return pl.DataFrame(rows, schema={"subject_id": pl.String, "day": pl.Int64}, orient="row")


def starts(table: pl.DataFrame, *args: Any, **options: Any) -> dict[str, int | None]:
    return dict(taper_start(table, *args, **options).select("subject_id", "taper_day").iter_rows())


def test_the_first_decrease_below_baseline() -> None:
    table = visits(
        falls=[20, 20, 17.5, 15], rises_first=[20, 30, 20, 15], never=[20, 20, 20, 20], from_zero=[0, 0, 0, 0],
        unknown_baseline=[None, 20, 10, 5], gap=[20, None, 20, 10],
    )  # fmt: skip
    found = taper_start(table)
    assert dict(found.select("subject_id", "taper_day").iter_rows()) == {
        "falls": 57, "rises_first": 85, "never": None, "from_zero": None, "unknown_baseline": None, "gap": 85,
    }  # fmt: skip
    assert found.filter(~pl.col("evaluable"))["subject_id"].to_list() == ["from_zero", "unknown_baseline"]


@pytest.mark.parametrize(
    ("day", "next_visit", "ever"),
    [
        (28, 29, 29),  # before the decrease
        (29, 57, 57),  # on its day
        (56, 57, 57),  # the day before the next visit
        (57, 29, 85),  # on the day of the next visit, which it undoes
        (84, 29, 85),
        (85, 29, None),
        (400, 29, None),
    ],
)
def test_rescue_undoes_a_decrease(day: int, next_visit: int, ever: int | None) -> None:
    table = visits(A=[20, 15, 15, 15])
    assert starts(table, rescue(A=[day])) == {"A": next_visit}
    assert starts(table, rescue(A=[day]), rescue_before="ever") == {"A": ever}
    assert starts(table, rescue(A=[day]), rescue_before="ignored") == {"A": 29}
    assert starts(table, rescue(B=[day])) == {"A": 29}


def test_several_rescues_and_the_last_visit() -> None:
    table = visits(A=[20, 15, 15, 15], B=[20, 20, 20, 15])
    assert starts(table, rescue(A=[70, 30], B=[90])) == {"A": 85, "B": None}


def test_how_large_a_decrease() -> None:
    table = visits(A=[20, 15.1, 15, 10])
    assert starts(table, at_least_percent=25) == {"A": 57}
    assert starts(table, at_least_percent=50) == {"A": 85}
    assert starts(table, at_least_percent=51) == {"A": None}


def test_another_baseline_and_order() -> None:
    table = visits(A=[40, 20, 20, 15])
    assert starts(table) == {"A": 29}
    assert starts(table, baseline_day=29) == {"A": 85}
    assert starts(table.sample(fraction=1, shuffle=True, seed=3), baseline_day=29) == {"A": 85}
    assert starts(table, baseline_day=2) == {"A": None}


def test_an_unknown_way_to_count_rescue() -> None:
    with pytest.raises(BadInput):
        taper_start(visits(A=[20, 15, 15, 15]), rescue_before="next")


SCHEMA = {
    "subject_id": pl.String, "drug": pl.String, "start_day": pl.Int64, "end_day": pl.Int64, "dose_mg": pl.Float64,
    "per": pl.String, "route": pl.String, "purpose": pl.String,
}  # fmt: skip


def record(
    subject: str, start: int, end: int | None, mg: float, purpose: str = "rescue", drug: str = "prednisone",
    route: str = "oral",
) -> tuple[Any, ...]:  # fmt: skip
    return (subject, drug, start, end, mg, "day", route, purpose)


def records(*rows: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def test_first_rescue() -> None:
    table = records(
        record("A", 50, 60, 40), record("A", 40, 45, 30), record("B", 1, None, 20, "background"),
        record("C", 10, None, 0), record("D", -20, -10, 40), record("E", -20, 3, 40),
        record("F", 12, None, 80, drug="triamcinolone", route="intramuscular"),
    )  # fmt: skip
    assert first_rescue_day(table).rows() == [("A", 40), ("E", 1), ("F", 12)]
    assert first_rescue_day(table, from_day=46).rows() == [("A", 50), ("F", 46)]
    assert first_rescue_day(table, drugs=["Prednisone"]).rows() == [("A", 40), ("E", 1)]
    assert first_rescue_day(table.clear()).height == 0


def test_rescue_that_is_tapered() -> None:
    background = [record(subject, -50, None, 10, "background") for subject in "ABCD"]
    table = records(
        *background,
        record("A", 30, 43, 40), record("A", 44, None, 30),  # 50, then 40
        record("B", 30, None, 40),  # 50 for good
        record("C", 30, 39, 20), record("C", 40, None, 40),  # 30, then 50: the highest is the peak
    )  # fmt: skip
    assert rescue_tapered(table).rows() == [
        ("A", 30, 50.0, True, 44), ("B", 30, 50.0, False, None), ("C", 30, 50.0, False, None),
    ]  # fmt: skip


def test_what_is_looked_at_ends() -> None:
    table = records(record("A", 30, 43, 40), record("B", 90, 95, 40))
    assert rescue_tapered(table, until_day=43).rows() == [("A", 30, 40.0, False, None)]
    assert rescue_tapered(table, until_day=44).rows() == [("A", 30, 40.0, True, 44)]
    ends = pl.DataFrame({"subject_id": ["A"], "day": [43]})
    assert rescue_tapered(table, until_day=ends).rows() == [("A", 30, 40.0, False, None), ("B", 90, 40.0, True, 96)]


def test_rescue_that_brings_no_dose() -> None:
    """Immunoglobulin, or an injection into a muscle, has no peak in milligrams of prednisone a day."""
    table = records(
        record("A", -50, 60, 10, "background"),
        record("A", 30, 30, 100_000, drug="immunoglobulin", route="intravenous"),
        record("B", -50, 60, 10, "background"), record("B", 30, 30, 80, drug="triamcinolone", route="intramuscular"),
    )  # fmt: skip
    found = rescue_tapered(table, other_drugs=["immunoglobulin"])
    assert found.rows() == [("A", 30, None, None, None), ("B", 30, None, None, None)]


def test_nobody_rescued() -> None:
    assert rescue_tapered(records(record("A", 1, None, 20, "background"))).height == 0
