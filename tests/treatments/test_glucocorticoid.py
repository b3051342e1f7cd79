"""The prednisone-equivalent dose per day: published equivalents, hand-worked histories, and day by day by hand."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myotrial.instruments.treatments.glucocorticoid import daily_dose, load_equivalents, percent_reduction
from myotrial.instruments.treatments.glucocorticoid_table import FILE
from myotrial.model.data import load_data
from myotrial.model.errors import BadInput
from myotrial.model.source import Source

COLUMNS = ["subject_id", "drug", "start_day", "end_day", "dose_mg", "per", "route", "purpose"]
SCHEMA = pl.Schema(dict.fromkeys(COLUMNS, pl.String) | {"start_day": pl.Int64, "end_day": pl.Int64,
                                                           "dose_mg": pl.Float64})  # fmt: skip

PUBLISHED = {
    "prednisone": "5", "prednisolone": "5", "methylprednisolone": "4", "triamcinolone": "4", "hydrocortisone": "20",
    "cortisone": "25", "dexamethasone": "0.75", "betamethasone": "0.75", "deflazacort": "6",
}  # fmt: skip
"""Milligrams equal to prednisone 5 mg, typed from the published tables a second time."""

Row = tuple[Any, ...]


def doses(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame([(*row, "background")[:8] for row in rows], schema=SCHEMA, orient="row")


def one(drug: str, mg: float, per: str = "day", route: str = "oral") -> pl.DataFrame:
    return doses(("A", drug, 1, None, mg, per, route))


def dose_on(records: pl.DataFrame, *days: int, **options: Any) -> list[float]:
    return daily_dose(records, days, **options).frame["prednisone_mg_per_day"].to_list()


@pytest.mark.parametrize(
    ("drug", "mg", "route", "prednisone"),
    [
        ("dexamethasone", 40, "oral", 266.7),
        ("methylprednisolone", 1000, "intravenous", 1250.0),
        ("prednisolone", 20, "oral", 20.0),
        ("hydrocortisone", 100, "intravenous", 25.0),
        ("deflazacort", 30, "oral", 25.0),
    ],
)
def test_published_equivalents(drug: str, mg: float, route: str, prednisone: float) -> None:
    assert round(dose_on(one(drug, mg, route=route), 1)[0], 1) == prednisone


def test_every_row_of_the_table() -> None:
    factors = load_equivalents().factors
    assert factors == {drug: 5 / Fraction(mg) for drug, mg in PUBLISHED.items()}
    assert dose_on(one("dexamethasone", 40), 1) == [800 / 3]


def test_every_number_has_a_source() -> None:
    data = load_data(*FILE)
    for row in data["tables"][0]["drugs"]:
        Source(**row["source"])
    for entry in (data["routes"], data["days_per_week"], *data["options"].values(), *data["course_options"].values()):
        Source(**entry["source"])


def test_open_choices() -> None:
    assert dose_on(one("dexamethasone", 6), 1, options={"dexamethasone_mg": 0.6}) == [50.0]
    assert dose_on(one("betamethasone", 6), 1, options={"betamethasone_mg": 0.6}) == [50.0]
    assert dose_on(one("deflazacort", 15), 1, options={"deflazacort_mg": 7.5}) == [10.0]
    for options in ({"dexamethasone_mg": 0.7}, {"deflazacort_mg": 5}, {"dexamethason_mg": 0.6}):
        with pytest.raises(BadInput):
            load_equivalents(options=options)


def test_a_trial_s_own_equivalents() -> None:
    table = load_equivalents(override={"Methylprednisolone": 5, "fluocortolone": 6.25})
    rows = doses(("A", "methylprednisolone", 1, 1, 1000, "day", "intravenous"),
                 ("A", "fluocortolone", 2, None, 25, "day", "oral"))  # fmt: skip
    assert dose_on(rows, 1, 2, table=table) == [1000.0, 20.0]
    for mg in (0, -1, 0.001, 5000):
        with pytest.raises(BadInput):
            load_equivalents(override={"prednisone": mg})


def test_an_unknown_table() -> None:
    with pytest.raises(BadInput) as caught:
        load_equivalents("prednisone-5mg")
    assert caught.value.faults[0].hint == "did you mean prednisone-5mg-1?"


def test_a_history_worked_by_hand() -> None:
    """A: 20 mg a day until day 14, then 15, with three pulses of 1000 mg from day 10; B: 35 mg a week."""
    table = doses(
        ("A", "Prednisone", -99, 14, 20, "day", "oral"),
        ("A", "prednisone ", 15, None, 15, "day", "oral"),
        ("A", "methylprednisolone", 10, 12, 1000, "day", "intravenous"),
        ("B", "prednisolone", 1, 28, 35, "week", "oral"),
    )
    assert daily_dose(table, [-100, -99, 9, 10, 12, 13, 14, 15, 4000]).frame.rows() == [
        ("A", -100, 0.0), ("A", -99, 20.0), ("A", 9, 20.0), ("A", 10, 1270.0), ("A", 12, 1270.0), ("A", 13, 20.0),
        ("A", 14, 20.0), ("A", 15, 15.0), ("A", 4000, 15.0),
        ("B", -100, 0.0), ("B", -99, 0.0), ("B", 9, 5.0), ("B", 10, 5.0), ("B", 12, 5.0), ("B", 13, 5.0),
        ("B", 14, 5.0), ("B", 15, 5.0), ("B", 4000, 0.0),
    ]  # fmt: skip


def test_days_of_visits() -> None:
    """A frame of visits is answered row by row in its order; a visit without a day has no dose."""
    visits = pl.DataFrame({"subject_id": ["B", "A", "A", "C"], "day": [1, 8, None, 3]})
    table = doses(("A", "prednisone", 1, None, 10, "day", "oral"), ("B", "prednisone", 2, None, 5, "day", "oral"))
    found = daily_dose(table, visits).frame
    assert found.rows() == [("B", 1, 0.0), ("A", 8, 10.0), ("A", None, None), ("C", 3, 0.0)]


def test_subjects_without_a_record() -> None:
    empty = pl.DataFrame(schema=SCHEMA)
    assert daily_dose(empty, [1], subjects=["A", "B"]).frame.rows() == [("A", 1, 0.0), ("B", 1, 0.0)]
    assert daily_dose(empty, [1]).frame.height == 0


def test_other_routes_are_left_out_and_counted() -> None:
    table = doses(
        ("A", "prednisone", 1, None, 10, "day", "oral"),
        ("A", "triamcinolone", 1, 1, 40, "day", "intraarticular"),
        ("A", "methylprednisolone", 1, 1, 80, "day", "intramuscular"),
        ("A", "clobetasol", 1, None, 1, "day", "topical"),
        ("B", "clobetasol", 1, None, 1, "day", "topical"),
    )
    found = daily_dose(table, [1])
    assert found.frame["prednisone_mg_per_day"].to_list() == [10.0, 0.0]
    words = "only oral and intravenous doses count; records left out: 1 intraarticular, 1 intramuscular, 2 topical"
    assert found.notes == (f"glucocorticoids: {words}",)


def test_other_drugs_are_named() -> None:
    table = doses(("A", "prednisone", 1, None, 10, "day", "oral"), ("A", "Methotrexate", 1, None, 15, "week", "oral"))
    assert dose_on(table, 1, other_drugs=["methotrexate"]) == [10.0]
    with pytest.raises(BadInput) as caught:
        daily_dose(table, [1])
    assert [(f.code, f.row, f.got) for f in caught.value.faults] == [("unknown_drug", 2, "methotrexate")]


def test_every_fault_at_once() -> None:
    table = doses(
        ("A", "predisone", 1, None, 10, "day", "oral"),
        ("A", "predisone", 2, None, 10, "day", "oral"),
        ("A", "prednisone", None, None, None, "day", "oral"),
        ("A", "prednisone", 9, 8, -1.0, "month", None),
        ("A", "prednisone", 9, 9, float("nan"), None, "oral"),
    )
    with pytest.raises(BadInput) as caught:
        daily_dose(table, [1])
    assert sorted((f.row, f.column, f.hint) for f in caught.value.faults if f.row) == [
        (1, "drug", "did you mean prednisone?"), (3, "dose_mg", None), (3, "start_day", None), (4, "dose_mg", None),
        (4, "end_day", None), (4, "per", None), (4, "route", None), (5, "dose_mg", None), (5, "per", None),
    ]  # fmt: skip


def test_sums_that_do_not_fit_are_refused() -> None:
    with pytest.raises(BadInput):
        daily_dose(doses(*[("A", "dexamethasone", 1, None, 1e6, "week", "oral")] * 5000), [1])


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B"]),
        st.sampled_from(sorted(PUBLISHED)),
        st.integers(-5, 12),
        st.one_of(st.none(), st.integers(0, 9)),
        st.integers(0, 40_000).map(lambda grains: grains / 1000),
        st.sampled_from(["day", "week"]),
        st.sampled_from(["oral", "intravenous", "topical"]),
    ),
    min_size=1,
    max_size=8,
).map(lambda rows: [(s, d, a, None if n is None else a + n, mg, per, r) for s, d, a, n, mg, per, r in rows])
DAYS = range(-6, 25)


def by_hand(rows: list[Row]) -> list[Fraction]:
    """Add up, for every subject and day, every record that covers the day."""
    subjects = list(dict.fromkeys(row[0] for row in rows))
    totals = []
    for subject in subjects:
        for day in DAYS:
            total = Fraction(0)
            for who, drug, start, end, mg, per, route in rows:
                covers = start <= day and (end is None or day <= end)
                if who == subject and covers and route != "topical":
                    total += Fraction(str(mg)) * 5 / Fraction(PUBLISHED[drug]) / (7 if per == "week" else 1)
            totals.append(total)
    return totals


def found_for(rows: list[Row], subjects: list[str] | None = None) -> list[float]:
    return daily_dose(doses(*rows), DAYS, subjects=subjects).frame["prednisone_mg_per_day"].to_list()


@settings(max_examples=60, deadline=None)
@given(RECORDS)
def test_day_by_day(rows: list[Row]) -> None:
    for found, exact in zip(found_for(rows), by_hand(rows), strict=True):
        assert found == float(exact)


@settings(max_examples=40, deadline=None)
@given(RECORDS, st.data())
def test_more_records_splits_and_order(rows: list[Row], data: st.DataObject) -> None:
    """A record more never lowers a dose; one split in two and another order of rows change nothing."""
    before = found_for(rows, ["A", "B"])
    assert found_for(data.draw(st.permutations(rows)), ["A", "B"]) == before
    assert all(a >= b for a, b in zip(before, found_for(rows[1:], ["A", "B"]), strict=True))
    who, drug, start, end, *rest = rows[0]
    if end is None or end > start:
        cut = data.draw(st.integers(start, 20 if end is None else end - 1).filter(lambda day: day >= start))
        split = [(who, drug, start, cut, *rest), (who, drug, cut + 1, end, *rest)]
        assert found_for([*split, *rows[1:]], ["A", "B"]) == before


def test_reduction() -> None:
    found = percent_reduction([20, 20, 20, 20, 0, None, 10], [15, 10, 5, 25, 5, 5, None])
    assert found.frame["percent"].to_list() == [25.0, 50.0, 75.0, -25.0, None, None, None]
    assert found.frame["at_least_25"].to_list() == [True, True, True, False, None, None, None]
    assert found.frame["at_least_50"].to_list() == [False, True, True, False, None, None, None]
    assert found.frame["at_least_75"].to_list() == [False, False, True, False, None, None, None]
    assert (found.zero_baseline, found.missing) == (1, 2)


@pytest.fixture
def reaches() -> Callable[[str, str, str, str, int], tuple[bool, bool]]:
    """Return a function that gives what the code and what fractions say of one fall, drug and unit chosen."""

    def call(first: str, last: str, drug: str, per: str, threshold: int) -> tuple[bool, bool]:
        before, after = (dose_on(one(drug, float(mg), per), 1)[0] for mg in (first, last))
        found = percent_reduction([before], [after], at_least=[threshold]).frame.row(0)[1]
        exact = 100 * (Fraction(first) - Fraction(last)) >= threshold * Fraction(first)
        return bool(found), exact

    return call


@pytest.mark.parametrize("drug", ["prednisone", "dexamethasone", "methylprednisolone", "deflazacort"])
@pytest.mark.parametrize("per", ["day", "week"])
@pytest.mark.parametrize(("threshold", "kept"), [(25, "0.75"), (50, "0.5"), (75, "0.25")])
def test_edges_are_exact(drug: str, per: str, threshold: int, kept: str, reaches: Any) -> None:
    """A fall of exactly a threshold reaches it, a microgram less does not, whatever the drug and the unit."""
    for tenths in (1, 3, 7, 11, 13, 25, 70, 77, 126, 200, 999, 10_000):
        first = Fraction(tenths, 10)
        last = first * Fraction(kept)
        for nudge in (Fraction(0), Fraction(1, 1000), Fraction(-1, 1000)):
            found, exact = reaches(str(float(first)), str(float(last + nudge)), drug, per, threshold)
            assert found == exact == (nudge <= 0), (first, nudge)


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 1000), st.floats(0, 1000))
def test_thresholds_are_nested(before: float, after: float) -> None:
    """Who reached 75 % reached 50 %, and who reached 50 % reached 25 %."""
    row = percent_reduction([before], [after]).frame.row(0)[1:]
    if None not in row:
        assert list(row) == sorted(row, reverse=True)
