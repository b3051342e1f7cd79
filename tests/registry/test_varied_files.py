"""The same records in other letters, line ends and column names."""
# ruff: noqa: E501  (records stand here as registers write them)

import gzip
import json
from pathlib import Path

import pytest

from myotrial.model.errors import BadInput
from myotrial.registry.contradictions import find_contradictions
from myotrial.registry.reading import read_record, read_record_text, read_records

STUDY = json.dumps(
    {"protocolSection": {"identificationModule": {"nctId": "NCT09999921", "briefTitle": "筋炎 é"}}}, ensure_ascii=False
)
XML = (
    "<clinical_study><id_info><nct_id>NCT09999921</nct_id></id_info><brief_title>筋炎 é</brief_title></clinical_study>"
)
LATIN = XML.replace("筋炎", "myosite")


@pytest.mark.parametrize(
    "data",
    [
        STUDY.encode("utf-8-sig"), STUDY.encode("utf-16"), STUDY.encode("utf-16-le"), STUDY.encode("utf-16-be"),
        b"\r\n\r\n" + STUDY.replace(",", ",\r\n").encode(), XML.encode("utf-8-sig"), XML.encode("utf-16-be"),
        f'<?xml version="1.0" encoding="UTF-16"?>\r\n{XML}'.encode("utf-16"), f"<!-- x -->\r\n{XML}".encode(),
    ],
)  # fmt: skip
def test_letters(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "record"
    file.write_bytes(data)
    record = read_record(file)
    assert (record.main_id, record.public_title) == ("NCT09999921", "筋炎 é")


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252"])
def test_xml_in_the_letters_that_it_declares(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "record"
    file.write_bytes(f'<?xml version="1.0" encoding="{encoding}"?>{LATIN}'.encode("latin-1"))
    assert read_record(file).public_title == "myosite é"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (gzip.compress(STUDY.encode()), "gzip archive"), (b"PK\x03\x04" + bytes(40), "ZIP archive"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"), (b"BZh91AY&SY", "bzip2 archive"), (b"\xfd7zXZ\0", "xz archive"),
        (STUDY.encode("utf-32"), "UTF-32"), (bytes(range(256)), "binary file"), (b"", "nothing in it"), (b" \n\t", "nothing"),
    ],
)  # fmt: skip
def test_what_is_no_record_is_called_by_its_name(tmp_path: Path, data: bytes, words: str) -> None:
    file = tmp_path / "record.json"
    file.write_bytes(data)
    with pytest.raises(BadInput) as caught:
        read_record(file)
    (fault,) = caught.value.faults
    assert words in fault.message
    assert fault.hint or fault.expected


COVID = (
    "TrialID,Last Refreshed on,Public title,Scientific title,Acronym,Primary sponsor,Date registration,Date registration3,"
    "Source Register,web address,Recruitment Status,Inclusion agemin,Inclusion agemax,Inclusion gender,Date enrollement,"
    "Target size,Study type,Phase,Countries,Contact Lastname,Contact Affiliation,Inclusion Criteria,Exclusion Criteria,"
    "Condition,Intervention,Primary outcome,results yes no\r\n"
    "NCT09999931,18 May 2020,T,S,ABC,Sponsor,2020-05-18,20200518,ClinicalTrials.gov,https://x,Recruiting,18 Years,N/A,All,"
    'May 2020,40,Interventional,Phase 2,"France;Japan",Name,Clinic,"<br>Inclusion Criteria:<br> - Age = 18 years<br>",,'
    "Myositis,Drug: A;Drug: B,O1 [Day 1];O2,No\r\n"
)


@pytest.mark.parametrize("between", [" ", "_", "."])
def test_column_names_with_blanks_underscores_or_points(between: str) -> None:
    names, _, rows = COVID.partition("\r\n")
    record = read_record_text(names.replace(" ", between) + "\r\n" + rows)
    assert (record.public_title, record.acronym, record.primary_sponsor) == ("T", "ABC", "Sponsor")
    assert (record.target_size, record.countries, record.url) == (40, ("France", "Japan"), "https://x")
    assert [item.name for item in record.interventions] == ["A", "B"]
    assert [(o.title, o.time_frame) for o in record.outcomes] == [("O1", "Day 1"), ("O2", None)]
    assert [str(when) for when in (record.date_registered, record.date_first_enrolment, record.date_last_refreshed)] == [
        "2020-05-18", "2020-05", "2020-05-18",
    ]  # fmt: skip
    assert (record.contact_affiliations, record.results.available) == (("Clinic",), False)
    assert record.age_maximum is not None
    assert record.age_maximum.no_limit
    assert [sign.candidates for sign in record.lost_comparators] == [(">=", "<=")]
    assert record.unread == ()


def test_every_export_form_of_absence_is_none() -> None:
    for absent in ("", "NULL", "NA", "N.A.", "None", "-", "Not Applicable"):
        row = "NCT09999932,T," + ",".join([absent] * 8)
        names = "TrialID,Public_title,Scientific_title,Acronym,Primary_sponsor,Phase,Target_size,Countries,Conditions,SecondaryIDs"
        record = read_record_text(f"{names}\n{row}\n")
        assert record.main_id == "NCT09999932", absent
        assert [label for label, _ in record.facts()] == ["Main ID", "Register", "Public title", "Outcomes"], absent


def test_a_list_of_studies_in_an_answer(tmp_path: Path) -> None:
    file = tmp_path / "answer"
    file.write_text(
        '{"totalCount": 2, "studies": [' + STUDY + "," + STUDY + '], "nextPageToken": "x"}', encoding="utf-8"
    )
    assert [record.number for record in read_records(file)] == [1, 2]


@pytest.mark.parametrize(
    ("ages", "low", "high"),
    [
        ("18 Years and older   (Adult, Older Adult)", "18 Years", None), ("21 Years to 65 Years", "21 Years", "65 Years"),
        ("12 Years and under", None, "12 Years"), ("up to 17 Years", None, "17 Years"),
    ],
)  # fmt: skip
def test_the_ages_of_a_pasted_page(ages: str, low: str | None, high: str | None) -> None:
    record = read_record_text(
        "A title | Site\nNCT Number: NCT09999941\nOverall Status: Recruiting\n"
        f"Ages Eligible for Study: {ages}\nInclusion Criteria:\n* Adults >18 years\nExclusion Criteria:\n* x\n"
    )
    assert [age.text if age else None for age in (record.age_minimum, record.age_maximum)] == [low, high]
    said = [found.meaning for found in find_contradictions(record) if found.text_says == ">18 years"]
    assert said == ["someone aged 18 may enter by the field and not by the text"] * (low == "18 Years") + (
        ["someone aged 19 to 20 may enter by the text and not by the field"] * (low == "21 Years")
    )
