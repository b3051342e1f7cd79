"""No name, address or number of a contact person is kept, in whatever form and wherever it stands."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from myotrial.model.errors import BadInput
from myotrial.registry.reading import read_record_text, read_records
from myotrial.registry.record import TrialRecord

SAMPLES = Path("samples", "registry")
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}(?![\w.]*_)", re.IGNORECASE)
NUMBER = re.compile(r"(?<![\d.])(?:\+\d[\d ()./-]{7,}\d|\d{3}-\d{3}-\d{4})(?!\d)")
PERSON = re.compile(
    r"(?:centralContacts|overallOfficials|locations\.contacts|overall_contact\w*|overall_official|location\.(?:contact\w*|"
    r"investigator)|personInfo)\.(?:name|first_?name|last_?name)$",
    re.IGNORECASE,
)
TITLE = re.compile(r"\b(?:dr|prof|md|phd)\b", re.IGNORECASE)


def leaves(tree: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for name, below in tree.items():
            yield from leaves(below, f"{path}.{name}" if path else name)
    elif isinstance(tree, list):
        for below in tree:
            yield from leaves(below, path)
    elif tree is not None:
        yield path, str(tree)


def elements(element: ET.Element, path: str = "") -> Iterator[tuple[str, str]]:
    for child in element:
        below = f"{path}.{child.tag}" if path else child.tag
        yield below, child.text or ""
        yield from elements(child, below)


def persons(file: Path) -> set[str]:
    """Return the full names that the source itself gives for contacts and officials."""
    if file.suffix == ".json":
        rows = leaves(json.loads(file.read_text(encoding="utf-8")))
    elif file.suffix == ".xml":
        rows = elements(ET.parse(file).getroot())  # noqa: S314  (our own samples)
    else:
        return set()
    names = {" ".join(text.partition(",")[0].split()) for path, text in rows if PERSON.search(path)}
    return {name for name in names if name.count(" ") in (1, 2, 3) and not re.search(r"\d|:", name)}


def assert_no_contact(record: TrialRecord, names: set[str], where: str) -> None:
    kept = " ".join(record.model_dump_json().replace("@attributes", "").split())
    assert not MAIL.findall(kept), where
    assert not NUMBER.findall(kept), where
    assert "REDACTED" not in kept, where
    open_to_all = {(record.primary_sponsor or "").casefold()}  # a sponsor who is a person is the sponsor
    for name in names:
        assert name.casefold() in open_to_all or name not in kept, (where, name)


@pytest.mark.parametrize(
    "folder", ["ctgov_v2_json", "ctgov_xml", "ctgov_classic_json", "multi_registry", "ictrp", "myositis_pages"]
)
def test_no_sample_gives_a_contact_away(shared: Path, folder: str) -> None:
    read, named = 0, 0
    for file in sorted((shared / SAMPLES / folder).iterdir()):
        if file.name == "ICTRP-Results_18Mar2020.xml" or file.name.startswith("ictrp_fullexport"):
            continue  # read elsewhere, and their contact fields are blotted out
        try:
            records = list(read_records(file))
        except BadInput:
            assert folder == "ictrp" or file.name == "INDEX.json", file.name  # there lie lists that are no records
            continue
        names = persons(file)
        for record in records:
            assert_no_contact(record, names, file.name)
            read, named = read + 1, named + len(names)
    assert read > 0
    assert named > 0 or folder in {"ctgov_classic_json", "ictrp", "myositis_pages"}


NAME, PHONE, EMAIL = "Ursula Quimby Vogt", "+49 30 5550 1234", "u.vogt@example.org"
V2 = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT09999901"},
        "sponsorCollaboratorsModule": {
            "responsibleParty": {"type": "PRINCIPAL_INVESTIGATOR", "investigatorFullName": NAME, "oldNameTitle": NAME}
        },
        "descriptionModule": {"briefSummary": f"Ask {NAME}, {PHONE} or {EMAIL}.", "detailedDescription": NAME},
        "contactsLocationsModule": {
            "centralContacts": [{"name": f"{NAME}, MD", "role": "CONTACT", "phone": PHONE, "email": EMAIL}],
            "overallOfficials": [{"name": NAME, "affiliation": "Clinic, call 1-844-555-0199", "role": "X"}],
            "locations": [{"country": "Germany", "contacts": [{"name": NAME, "phoneExt": "12"}]}],
        },
        "ipdSharingStatementModule": {"description": f"Data from {NAME}"},
        "newModule": {"leaderName": NAME, "note": f"{EMAIL} {PHONE}"},
    },
    "resultsSection": {"moreInfoModule": {"pointOfContact": {"title": NAME, "email": EMAIL, "phone": PHONE}}},
}
COVID = (
    "TrialID,Last Refreshed on,Public title,Contact Firstname,Contact Lastname,Contact Address,Contact Email,"
    "Contact Tel,Contact Affiliation,Inclusion Criteria\n"
    f"NCT09999902,1 May 2020,T,,{NAME},1 Road,{EMAIL},0305550123,Clinic,adults\n"
)
ISRCTN = (
    "<fullTrial><trial><isrctn>00000001</isrctn><trialDescription><title>T</title></trialDescription></trial><contact>"
    "<title>Dr</title><forename>Ursula</forename><surname>Quimby-Vogt</surname><contactDetails>"
    "<address>1 Road</address>"
    f"<telephone>{PHONE}</telephone><email>{EMAIL}</email></contactDetails></contact></fullTrial>"
)
EUCTR = {
    "a2_eudract_number": "2013-000615-24",
    "b1_sponsor": [{"b11_name_of_sponsor": "S", "b52_functional_name_of_contact_point": NAME,
                    "b54_telephone_number": PHONE,
                    "b56_email": EMAIL}],
}  # fmt: skip
CTIS = {
    "ctNumber": "2023-500000-11-00", "ctStatus": "4",
    "authorizedApplication": {"authorizedPartsII": [{"trialSites": [
        {"personInfo": {"firstName": "Ursula", "lastName": "Quimby-Vogt", "email": EMAIL, "telephone": PHONE}}]}]},
}  # fmt: skip
XML = (
    f"<clinical_study><id_info><nct_id>NCT09999903</nct_id></id_info><overall_contact><last_name>{NAME}</last_name>"
    f"<phone>{PHONE}</phone><email>{EMAIL}</email></overall_contact><brief_summary><textblock>by {NAME}</textblock>"
    "</brief_summary></clinical_study>"
)


@pytest.mark.parametrize("text", [json.dumps(V2), COVID, ISRCTN, json.dumps(EUCTR), json.dumps(CTIS), XML])
def test_no_field_of_any_form_gives_a_contact_away(text: str) -> None:
    record = read_record_text(text)
    kept = record.model_dump_json() + repr(record) + record._repr_html_() + str(record.facts())
    for words in ("Quimby", "5550", "example.org", "555-0199", "1 Road"):
        assert words not in kept, words
    assert any(left.kind == "contact" for left in record.left_out)


def test_a_message_about_a_damaged_file_gives_no_contact_away() -> None:
    for text in (json.dumps(V2)[:-40], XML[:-12], COVID + "a,b\n"):
        with pytest.raises(BadInput) as caught:
            read_record_text(text)
        assert "Quimby" not in str(caught.value)
        assert "@" not in str(caught.value)
