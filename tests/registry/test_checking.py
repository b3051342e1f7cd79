from datetime import date
from pathlib import Path

import pytest

from myotrial.registry.checking import check_record
from myotrial.registry.dates import read_date
from myotrial.registry.items import ITEMS, list_item_states, tabulate_fill
from myotrial.registry.reading import read_record
from myotrial.registry.record import TrialRecord

TODAY = date(2024, 4, 8)


def record(**fields: object) -> TrialRecord:
    dates = {name: read_date(value) for name, value in fields.items() if isinstance(value, str) and "date" in name}
    return TrialRecord.model_validate({"form": "x", "sha256": "0"} | fields | dates)


@pytest.mark.parametrize(
    ("registered", "enrolled", "answer"),
    [
        ("2019-08-01", "2019-10-21", "yes"),
        ("2019-10-21", "2019-10-21", "yes"),
        ("2019-10-22", "2019-10-21", "no"),
        ("2019-10-05", "2019-10", "cannot be told"),
        ("2019-10-01", "2019-10", "yes"),
        ("2019-09-30", "2019-10", "yes"),
        ("2019-11-01", "2019-10", "no"),
        ("2019", "2019-10", "cannot be told"),
        ("2019-10-05", None, "cannot be told"),
    ],
)
def test_prospective(registered: str, enrolled: str | None, answer: str) -> None:
    found = check_record(record(date_registered=registered, date_first_enrolment=enrolled), on=TODAY)
    assert found.prospective.answer == answer


@pytest.mark.parametrize(
    ("completed", "answer"),
    [
        ("2023-04-07", "yes"),
        ("2023-04-08", "no"),
        ("2023-03", "yes"),
        ("2023-04", "cannot be told"),
        ("2023-05", "no"),
        (None, "cannot be told"),
    ],
)
def test_results_overdue(completed: str | None, answer: str) -> None:
    found = check_record(record(date_primary_completion=completed), on=TODAY)
    assert found.results_overdue.answer == answer


def test_results_that_are_there_are_not_overdue() -> None:
    done = record(date_primary_completion="2015-01", results={"available": True})
    assert check_record(done, on=TODAY).results_overdue.answer == "no"
    leap = record(date_completion="2020-02-29")
    assert check_record(leap, on=date(2021, 2, 28)).results_overdue.answer == "no"
    assert check_record(leap, on=date(2021, 3, 1)).results_overdue.answer == "yes"


def test_what_the_record_says_of_itself_is_held_against_its_dates() -> None:
    found = check_record(
        record(date_registered="2020-01-02", date_first_enrolment="2019-03", prospective=True), on=TODAY
    )
    assert any("calls itself prospective" in warning for warning in found.warnings)


def test_the_portal_page(shared: Path) -> None:
    page = read_record(shared / "seeds" / "004_9861e5926bc956a8.txt")
    states = list_item_states(page)
    assert [state.number for state in states if state.state == "empty"] == [6, 21, 22, 23]
    assert [state.number for state in states if state.state == "not in this form"] == [24]
    found = check_record(page, on=TODAY)
    assert (found.filled, found.prospective.answer, found.ambiguous) == (19, "yes", (3,))
    assert any("23 comparison signs are lost" in warning for warning in found.warnings)
    assert found.to_dict()["missing"] == [ITEMS[n - 1].name for n in (6, 21, 22, 23)]


def test_contact_data_that_is_not_kept_is_not_missing(shared: Path) -> None:
    found = read_record(shared / "samples" / "registry" / "ctgov_v2_json" / "NCT03475563.json")
    states = {state.number: state.state for state in list_item_states(found)}
    assert states[7] in {"filled", "left out"}


def test_the_fill_table_counts(shared: Path) -> None:
    folder = shared / "samples" / "registry" / "ctgov_xml"
    records = [read_record(file) for file in sorted(folder.glob("*.xml"))]
    table = tabulate_fill(records)
    assert table.height == 24
    row = table.filter(number=16).row(0, named=True)
    assert (row["records"], row["filled"], row["item"]) == (6, 6, "Date of first enrolment")
    assert table.filter(number=21)["in_form"].to_list() == [False]
