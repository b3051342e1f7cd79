"""Treatment-emergent events: admiral's own cases and its table of decisions; filters and counts."""

import itertools

import polars as pl
import pytest

from myotrial.instruments.treatments.adverse_events import (
    FILE,
    EventCounts,
    count_events,
    flag_treatment_emergent,
    select_events,
)
from myotrial.model.data import load_data
from myotrial.model.errors import BadInput
from myotrial.model.source import Source

SCHEMA = {
    "subject_id": pl.String, "start_day": pl.Int64, "end_day": pl.Int64, "severity_before": pl.String,
    "severity": pl.String,
}  # fmt: skip

# The cases of pharmaverse/admiral, tests/testthat/test-derive_var_trtemfl.R, tests 1 and 2, dates as study days
# (2022-01-01 is day 1, 2021-12-31 day -1, the last dose on 2022-04-30 day 120), grades as words that compare
# alike: 1 and 2 mild and moderate, "3 → 4" moderate → severe. Last two columns: flag without a window and without
# severities; flag with a window of 10 days and both severities.
ADMIRAL = [
    ("1", -19, -17, "mild", "mild", False, False),
    ("1", -18, -18, "mild", "severe", False, False),
    ("1", -2, 14, "mild", "severe", False, True),
    ("1", -1, 1, "mild", "mild", False, False),
    ("1", 1, 2, "moderate", "severe", True, True),
    ("1", 130, 130, "moderate", "moderate", True, True),
    ("1", 131, 131, "moderate", "moderate", True, False),
    ("1", None, None, "moderate", "severe", True, True),
    ("1", -2, None, "moderate", "severe", False, True),
    ("1", -2, None, "moderate", "moderate", False, False),
    ("1", None, 4, "moderate", "severe", True, True),
    ("1", None, -8, "moderate", "severe", False, False),
    ("1", None, 155, "moderate", "severe", True, True),
    ("2", None, -29, "mild", "moderate", False, False),
    ("2", -31, -29, "mild", "moderate", False, False),
    ("2", -26, None, "mild", "moderate", False, False),
]


def table(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame([row[:5] for row in rows], schema=SCHEMA, orient="row")


def test_the_cases_of_admiral() -> None:
    events = table(*ADMIRAL)
    plain = flag_treatment_emergent(events.drop("severity_before"), treated={"1"})
    assert plain["treatment_emergent"].to_list() == [row[5] for row in ADMIRAL]
    last = pl.DataFrame({"subject_id": ["1"], "day": [120]})
    full = flag_treatment_emergent(events, treated={"1"}, last_dose=last, window_days=10)
    assert full["treatment_emergent"].to_list() == [row[6] for row in ADMIRAL]
    assert full.drop("treatment_emergent").equals(events)


def decided(
    treated: bool, start: int | None, end: int | None, before: str | None, now: str | None, last: int | None
) -> bool:
    """Go through the published cases one by one."""
    rank = ["mild", "moderate", "severe"]
    if not treated:
        return False
    if end is not None and end < 1:
        return False
    if start is None:
        return True
    if start >= 1:
        return last is None or start <= last + 7
    if before is None or now is None:
        return True
    return rank.index(now) > rank.index(before)


def test_the_whole_table_of_decisions() -> None:
    """Every mix of treated, start, end, severities and last dose."""
    words = [None, "mild", "moderate", "severe"]
    starts, ends = [None, -5, -1, 1, 2, 27, 28], [None, -1, 1, 40]
    cases = [
        case
        for case in itertools.product([True, False], starts, ends, words, words, [None, 20])
        if case[1] is None or case[2] is None or case[1] <= case[2]
    ]
    ids = [f"{i}" for i in range(len(cases))]
    events = table(*[(name, *case[1:5]) for name, case in zip(ids, cases, strict=True)])
    last = pl.DataFrame({"subject_id": ids, "day": [case[5] for case in cases]})
    treated = {name for name, case in zip(ids, cases, strict=True) if case[0]}
    found = flag_treatment_emergent(events, treated=treated, last_dose=last, window_days=7)
    assert found["treatment_emergent"].to_list() == [decided(*case) for case in cases]


def test_the_last_of_several_doses_counts() -> None:
    events = table(("A", 30, 31, None, "mild"), ("A", 31, 31, None, "mild"), ("B", 500, None, None, "mild"))
    last = pl.DataFrame({"subject_id": ["A", "A"], "day": [20, 10]})
    found = flag_treatment_emergent(events, last_dose=last, window_days=10)
    assert found["treatment_emergent"].to_list() == [True, False, True]


def test_a_missing_severity_is_an_option() -> None:
    events = table(("A", -5, None, None, "severe"), ("A", -5, None, "mild", None), ("A", -5, None, "mild", "severe"))
    flags = {
        how: flag_treatment_emergent(events, unknown_worsening=how)["treatment_emergent"].to_list()
        for how in ("worsened", "not_worsened")
    }
    assert flags == {"worsened": [True, True, True], "not_worsened": [False, False, True]}


def test_bad_arguments_are_refused() -> None:
    events = table(("A", -5, None, "mild", "sever"))
    with pytest.raises(BadInput) as caught:
        flag_treatment_emergent(events)
    assert caught.value.faults[0].hint == "did you mean severe?"
    events = table(("A", -5, None, "mild", "severe"))
    for last, days in ((None, 7), (pl.DataFrame({"subject_id": ["A"], "day": [3]}), -1)):
        with pytest.raises(BadInput):
            flag_treatment_emergent(events, last_dose=last, window_days=days)
    with pytest.raises(BadInput):
        flag_treatment_emergent(events, unknown_worsening="maybe")
    with pytest.raises(BadInput):
        select_events(events, severity="bad")


def test_an_empty_table() -> None:
    assert flag_treatment_emergent(pl.DataFrame(schema=SCHEMA))["treatment_emergent"].to_list() == []


EVENTS = pl.DataFrame(
    {
        "subject_id": ["A", "A", "A", "B", "B", "C"],
        "severity": ["mild", "severe", "severe", "moderate", None, "severe"],
        "serious": [False, False, True, True, None, False],
        "related": [True, True, None, False, True, False],
    }
)


def test_counts_worked_by_hand() -> None:
    assert count_events(EVENTS) == EventCounts(3, 6, 0)
    assert count_events(EVENTS, serious=True) == EventCounts(2, 2, 1)
    assert count_events(EVENTS, related=True) == EventCounts(2, 3, 1)
    assert count_events(EVENTS, severity="severe") == EventCounts(2, 3, 1)
    assert count_events(EVENTS, severity="severe", serious=False) == EventCounts(2, 2, 1)
    assert count_events(EVENTS, serious=True, related=False) == EventCounts(1, 1, 1)


def test_what_is_decided_otherwise_is_not_unknown() -> None:
    """The event of B without a severity is related: asked for unrelated ones, it is out for certain."""
    assert count_events(EVENTS, severity="severe", related=False) == EventCounts(1, 1, 1)
    assert select_events(EVENTS, severity="severe", related=False)["subject_id"].to_list() == ["C"]


def test_severities_share_out_the_events() -> None:
    parts = [count_events(EVENTS, severity=word).events for word in ("mild", "moderate", "severe")]
    assert sum(parts) + count_events(EVENTS, severity="mild").unknown_events == EVENTS.height


def test_every_number_has_a_source() -> None:
    data = load_data(*FILE)
    parts = [part for part in data.values() if isinstance(part, dict) and "source" in part]
    for part in [*parts, *data["options"].values()]:
        Source(**part["source"])
    assert len(parts) == 6
