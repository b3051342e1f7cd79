"""Cancer-associated myositis: windows in whole months, dates that are not complete, and diagnoses as stated."""

import calendar
from datetime import date, timedelta
from random import Random

import polars as pl
import pytest

from myotrial.criteria.classification.cancer import classify_cancer_associated
from myotrial.model.errors import BadInput

YES, NO = "cancer-associated", "not cancer-associated"


def near(first, second, years=3, **more):
    facts = {"myositis_diagnosed": first, "cancer_diagnosed": second, **more}
    return classify_cancer_associated(facts, options={"window_years": years}).frame["category"][0]


@pytest.mark.parametrize(
    ("first", "second", "years", "expected"),
    [
        ("2020-05-01", "2023-05-01", 3, YES),
        ("2020-05-01", "2023-05-02", 3, NO),
        ("2023-05-01", "2020-05-01", 3, YES),
        ("2023-05-02", "2020-05-01", 3, NO),
        ("2020-02-29", "2023-02-28", 3, YES),
        ("2020-02-29", "2023-03-01", 3, NO),
        ("2020-05-01", "2021-11-01", 1.5, YES),
        ("2020-05-01", "2021-11-02", 1.5, NO),
        ("2020-05-01", "2020-05-01", 0, YES),
        ("2020", "2022", 3, YES),
        ("2020", "2023", 3, None),
        ("2020", "2024", 3, NO),
        ("2020-01-02", "2024", 3, NO),
        ("2020", "2025", 3, NO),
        ("2020-06", "2023-05", 3, YES),
        ("2020-06", "2023-06", 3, None),
        ("2020-06", "2023-07", 3, NO),
        ("2020-06", "2023-08", 3, NO),
        ("2020", None, 3, None),
        (2020, 2021, 3, YES),
        (date(2020, 5, 1), date(2023, 5, 1), 3, YES),
    ],
)
def test_the_window(first, second, years, expected):
    assert near(first, second, years) == expected


def later(day, months):
    """Give the day so many months later; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def test_whole_days_by_the_calendar():
    chance, pairs = Random(3), []  # noqa: S311
    for _ in range(400):
        first = date(2016, 1, 1) + timedelta(chance.randrange(2000))
        pairs.append((first, later(first, 36) + timedelta(chance.randint(-3, 3))))
    frame = pl.DataFrame(pairs, schema=["myositis_diagnosed", "cancer_diagnosed"], orient="row")
    expected = [YES if second <= later(first, 36) else NO for first, second in pairs]
    for facts in (frame, frame.select(myositis_diagnosed="cancer_diagnosed", cancer_diagnosed="myositis_diagnosed")):
        assert classify_cancer_associated(facts).frame["category"].to_list() == expected


def test_no_cancer_is_an_answer():
    assert near("2020", None, cancer=False) == NO
    assert near(None, None, cancer=True) is None


@pytest.mark.parametrize(
    ("rests_on", "category", "says"),
    [("dates_first", NO, "dates"), ("dates", NO, "dates"), ("stated", YES, "stated diagnosis")],
)
def test_dates_and_a_stated_diagnosis_that_differ(rests_on, category, says):
    facts = {"myositis_diagnosed": "2010", "cancer_diagnosed": "2020", "cancer_associated": True,
             "cancer_associated_evidence": "tumour board"}  # fmt: skip
    row = classify_cancer_associated(facts, options={"rests_on": rests_on}).frame.row(0, named=True)
    assert (row["category"], row["rests_on"], row["differs"]) == (category, says, True)
    assert row["evidence"] == "tumour board"


def test_a_stated_diagnosis_decides_where_dates_do_not():
    facts = {"cancer_associated": True, "cancer_associated_evidence": "CT"}
    row = classify_cancer_associated(facts).frame.row(0, named=True)
    assert (row["category"], row["rests_on"], row["differs"]) == (YES, "stated diagnosis", None)
    assert classify_cancer_associated(facts, options={"rests_on": "dates"}).frame["category"][0] is None


def test_faults_all_at_once():
    facts = pl.DataFrame(
        {
            "myositis_diagnosed": ["2020-02-30", "03/2020", "2020"],
            "cancer_diagnosed": ["2020-13", None, "2020-06-31"],
            "cancer_associated": [None, True, None],
        }
    )
    with pytest.raises(BadInput) as caught:
        classify_cancer_associated(facts, options={"window_years": 1.01})
    found = [(fault.code, fault.row, fault.column) for fault in caught.value.faults]
    assert sorted(found, key=str) == sorted(
        [
            ("not_a_date", 1, "myositis_diagnosed"),
            ("not_a_date", 2, "myositis_diagnosed"),
            ("not_a_date", 1, "cancer_diagnosed"),
            ("not_a_date", 3, "cancer_diagnosed"),
            ("missing_evidence", 2, "cancer_associated_evidence"),
            ("bad_option", None, "window_years"),
        ],
        key=str,
    )


def test_what_to_ask():
    found = classify_cancer_associated({"myositis_diagnosed": "2020"})
    assert found.ask_next()["ask"].to_list() == [
        "cancer", "cancer_diagnosed", "myositis_diagnosed", "cancer_associated",
    ]  # fmt: skip
