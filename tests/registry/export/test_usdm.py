"""USDM study definitions: valid by the published schema, every identifier unique, every reference resolved."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from myotrial.registry.export.usdm import export_usdm
from myotrial.registry.reading import read_record, read_records
from myotrial.registry.record import TrialRecord

FOLDER = Path("samples", "registry")
FOLDERS = ("ctgov_v2_json", "ctgov_xml", "ctgov_classic_json", "multi_registry", "myositis_pages")


@pytest.fixture(scope="session")
def validator(shared: Path) -> Draft202012Validator:
    schema = json.loads((shared / FOLDER / "usdm" / "USDM_API_v4.json").read_text(encoding="utf-8"))
    return Draft202012Validator({"$ref": "#/components/schemas/Wrapper-Input", "components": schema["components"]})


@pytest.fixture(scope="session")
def reclaiim(shared: Path) -> TrialRecord:
    return read_record(shared / "seeds" / "004_9861e5926bc956a8.txt")


def walk(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        yield data
        for below in data.values():
            yield from walk(below)
    elif isinstance(data, list):
        for below in data:
            yield from walk(below)


def references(data: Any) -> Iterator[str]:
    for instance in walk(data):
        for name, value in instance.items():
            if name.endswith("Id") and value is not None:
                yield value
            if name.endswith("Ids"):
                yield from value


def faults(validator: Draft202012Validator, data: Any) -> list[str]:
    return [
        f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(data)
    ]


def strangers(validator: Draft202012Validator, data: Any) -> set[tuple[str, str]]:
    """Return the attributes that the published model does not have: its schema does not refuse them."""
    schemas = validator.schema["components"]["schemas"]
    return {
        (instance["instanceType"], name)
        for instance in walk(data)
        if "instanceType" in instance
        for name in instance
        if name not in schemas[f"{instance['instanceType']}-Input"]["properties"]
    }


def test_the_published_examples_are_valid_by_this_validator(shared: Path, validator: Draft202012Validator) -> None:
    for file in sorted((shared / FOLDER / "usdm").glob("*_usdm4.json")):
        data = json.loads(file.read_text(encoding="utf-8"))
        assert faults(validator, data) == []
        del data["study"]["versions"][0]["titles"]
        assert faults(validator, data) != []


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_sample_is_valid_and_whole(shared: Path, validator: Draft202012Validator, folder: str) -> None:
    written = 0
    for file in sorted((shared / FOLDER / folder).iterdir()):
        if file.suffix not in {".json", ".xml", ".txt"} or file.name == "INDEX.json":
            continue
        for record in read_records(file):
            data = export_usdm(record).data
            assert faults(validator, data) == [], file.name
            ids = [instance["id"] for instance in walk(data) if instance.get("id")]
            assert len(ids) == len(set(ids)), file.name
            assert set(references(data)) <= set(ids), file.name
            assert not any(" " in name for name in ids)
            assert strangers(validator, data) == set(), file.name
            written += 1
    assert written


def test_reclaiim(reclaiim: TrialRecord, validator: Draft202012Validator) -> None:
    export = export_usdm(reclaiim)
    assert faults(validator, export.data) == []
    version = export.data["study"]["versions"][0]
    design = version["studyDesigns"][0]
    assert design["studyType"]["code"] == "C98388"
    assert design["studyPhase"]["standardCode"]["code"] == "C15602"
    assert design["model"]["code"] == "C82639"
    assert {code["code"] for code in design["characteristics"]} == {"C46079", "C217007"}
    assert {code["code"] for code in design["population"]["plannedSex"]} == {"C16576", "C20197"}
    assert design["population"]["plannedEnrollmentNumber"]["value"] == 126
    assert design["population"]["plannedAge"] is None
    assert any("18 Years to N/A" in note for note in export.notes)
    levels = {objective["level"]["code"]: len(objective["endpoints"]) for objective in design["objectives"]}
    assert levels == {"C85826": 1, "C85827": 39}
    assert [item["identifier"] for item in design["eligibilityCriteria"]] == [
        "IN01", "IN02", "IN03", "IN04", "EX01", "EX02", "EX03",
    ]  # fmt: skip
    assert {item["text"] for item in version["studyIdentifiers"]} == {"NCT04044690", "IgPro20_3007", "2018-003171-35"}
    roles = {role["label"]: role["code"]["code"] for role in version["roles"]}
    assert roles == {
        "Sponsor": "C70793", "Participant": "C41189", "Care Provider": "C17445", "Investigator": "C25936",
        "Outcomes Assessor": "C207599",
    }  # fmt: skip
    assert [item["role"]["code"] for item in version["studyInterventions"]] == ["C41161", "C753"]


def test_criteria_are_chained_in_order(reclaiim: TrialRecord) -> None:
    criteria = export_usdm(reclaiim).data["study"]["versions"][0]["studyDesigns"][0]["eligibilityCriteria"]
    ids = [criterion["id"] for criterion in criteria]
    assert [criterion["nextId"] for criterion in criteria] == [*ids[1:], None]
    assert [criterion["previousId"] for criterion in criteria] == [None, *ids[:-1]]


def test_a_lost_sign_is_told_at_its_criterion(reclaiim: TrialRecord) -> None:
    items = export_usdm(reclaiim).data["study"]["versions"][0]["eligibilityCriterionItems"]
    assert [len(item["notes"]) for item in items] == [1, 0, 2, 0, 0, 0, 1]
    assert ">= or <=" in items[0]["notes"][0]["text"]


def test_arms_meet_their_interventions(shared: Path) -> None:
    record = read_record(shared / FOLDER / "ctgov_v2_json" / "NCT03418623.json")
    design = export_usdm(record).data["study"]["versions"][0]["studyDesigns"][0]
    assert len(design["arms"]) == len(record.arms) == len(design["studyCells"])
    given = {element["label"]: len(element["studyInterventionIds"]) for element in design["elements"]}
    assert given == {arm.label: len(arm.interventions) for arm in record.arms}


def test_what_is_stated_and_not_held_is_told(reclaiim: TrialRecord) -> None:
    export = export_usdm(reclaiim)
    told = "\n".join(export.notes)
    for words in (
        "recruitment status: Active, not recruiting",
        "date of registration: 2019-08-01",
        "countries: Argentina",
    ):
        assert words in told
    written = [note["text"] for note in export.data["study"]["versions"][0]["notes"]]
    assert written == list(export.notes)


def test_nothing_of_contacts_is_written(portal_page: str) -> None:
    from myotrial.registry.reading import read_record_text  # noqa: PLC0415

    text = export_usdm(read_record_text(portal_page)).to_json()
    for secret in (
        "Invented Person",
        "Invented Road",
        "555 010",
        "person@example.org",
        "Committee Person",
        "Invented Clinic",
    ):
        assert secret not in text
    assert "contacts are left out" in text


def test_nested_criteria_keep_their_list() -> None:
    from myotrial.registry.reading import read_record_text  # noqa: PLC0415

    criteria = r"Inclusion Criteria:\n* Any of:\n  * MMT-8 \\< 142\n  * CK > 4\n* Adults\nExclusion Criteria:\n* Cancer"
    study = '{"protocolSection": {"eligibilityModule": {"eligibilityCriteria": "' + criteria + '"}}}'
    version = export_usdm(read_record_text(study)).data["study"]["versions"][0]
    texts = [item["text"] for item in version["eligibilityCriterionItems"]]
    assert texts == [
        "<p>Any of:</p><ul><li><p>MMT-8 &lt; 142</p></li><li><p>CK &gt; 4</p></li></ul>",
        "<p>Adults</p>",
        "<p>Cancer</p>",
    ]


def test_codes_of_the_published_terminology(shared: Path) -> None:
    """Where an example study of CDISC has a code for the same word, ours is the same."""
    from myotrial.model.data import load_data  # noqa: PLC0415

    theirs = set()
    for file in (shared / FOLDER / "usdm").glob("*_usdm4.json"):
        for instance in walk(json.loads(file.read_text(encoding="utf-8"))):
            if instance.get("instanceType") == "Code" and re.fullmatch(r"C\d+", instance["code"]):
                theirs.add((instance["code"], instance["decode"]))
    tables = load_data("registry", "usdm_codes.yaml")
    ours = {
        tuple(pair)
        for table in tables.values()
        if isinstance(table, dict)
        for pair in table.values()
        if isinstance(pair, list)
    }
    words = {decode: code for code, decode in theirs}
    shared_words = [(code, decode) for code, decode in ours if decode in words]
    assert len(shared_words) > 15
    assert all(words[decode] == code for code, decode in shared_words)
