"""Records out as JSON and back, and as tables."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from myotrial.model.errors import BadInput
from myotrial.registry.export.record_json import parse_exported, record_schema, records_to_dict, records_to_json
from myotrial.registry.export.tables import tabulate_outcomes, tabulate_records
from myotrial.registry.reading import read_record, read_record_text, read_records
from myotrial.registry.record import TrialRecord

FOLDER = Path("samples", "registry")


@pytest.fixture(scope="session")
def every(shared: Path) -> list[TrialRecord]:
    records = []
    for folder in ("ctgov_v2_json", "ctgov_xml", "multi_registry", "myositis_pages"):
        for file in sorted((shared / FOLDER / folder).iterdir()):
            if file.name != "INDEX.json":
                records += list(read_records(file))
    records += [read_record(file) for file in sorted((shared / "seeds").glob("*.txt"))]
    assert len(records) > 40
    return records


def test_a_record_comes_back_equal(every: list[TrialRecord]) -> None:
    assert list(parse_exported(records_to_json(every))) == every


def test_what_is_exported_is_read_like_any_other_form(every: list[TrialRecord], tmp_path: Path) -> None:
    file = tmp_path / "records.json"
    file.write_text(records_to_json(every), encoding="utf-8")
    again = [record.model_copy(update={"number": None}) for record in read_records(file)]
    assert again == [record.model_copy(update={"number": None}) for record in every]
    assert next(read_records(file)).number == 1


@pytest.mark.parametrize("sort_keys", [True, False])
def test_one_exported_record_is_read(sort_keys: bool, portal_page: str) -> None:
    record = read_record_text(portal_page)
    assert read_record_text(json.dumps(records_to_dict([record]), sort_keys=sort_keys)) == record
    assert read_record_text(json.dumps(record.to_dict(), sort_keys=sort_keys)) == record


def test_an_exported_record_with_a_wrong_field_is_told(portal_page: str) -> None:
    spoiled = read_record_text(portal_page).to_dict() | {"target_size": "many", "colour": "red"}
    with pytest.raises(BadInput) as caught:
        read_record_text(json.dumps(spoiled))
    assert {fault.column for fault in caught.value.faults} == {"target_size", "colour"}


def test_exported_records_obey_the_schema(every: list[TrialRecord]) -> None:
    Draft202012Validator.check_schema(record_schema())
    validator = Draft202012Validator(record_schema())
    short = [record for record in every if len(record.unread) < 40]
    assert len({record.form for record in short}) >= 4
    assert list(validator.iter_errors(records_to_dict(short))) == []
    spoiled = records_to_dict(every[:1])
    spoiled["records"][0]["target_size"] = "many"
    assert len(list(validator.iter_errors(spoiled))) == 1


def test_every_fault_of_a_file_is_told() -> None:
    data = records_to_dict([TrialRecord(form="invented", sha256="0"), TrialRecord(form="invented", sha256="1")])
    data["records"][0]["target_size"] = "many"
    data["records"][1]["colour"] = "red"
    with pytest.raises(BadInput) as caught:
        parse_exported(json.dumps(data), file="x.json")
    assert [(fault.column, fault.file) for fault in caught.value.faults] == [
        ("records.0.target_size", "x.json"),
        ("records.1.colour", "x.json"),
    ]


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "myotrial registry records", "version": 2, "records": []}'])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_exported(text)


def test_tables_of_every_sample(every: list[TrialRecord]) -> None:
    trials, outcomes = tabulate_records(every), tabulate_outcomes(every)
    assert trials.height == len(every)
    assert outcomes.height == sum(len(record.outcomes) for record in every)
    assert trials["main_id"].to_list() == [record.main_id for record in every]
    assert trials["target_size"].to_list() == [record.target_size for record in every]


def test_a_row_of_the_table(portal_page: str) -> None:
    row = tabulate_records([read_record_text(portal_page)]).row(0, named=True)
    assert row["date_first_enrolment"] == "2019-03"
    assert row["countries"] == "France | Korea, Republic of | United Kingdom"
    assert row["exclusion_criteria"] == "- pain > 3"
    assert (row["primary_outcomes"], row["secondary_outcomes"], row["prospective"]) == (1, 2, False)
    assert row["acronym"] is None


def test_no_contact_person_is_exported(portal_page: str) -> None:
    text = records_to_json([read_record_text(portal_page)])
    for secret in ("Invented Person", "Invented Road", "555 010", "person@example.org", "Committee Person"):
        assert secret not in text
