"""Every form, its values read off the source by hand."""

from pathlib import Path

import pytest

from myotrial.registry.forms import ctgov, ctgov_xml, ctis, euctr, isrctn, pasted, who_fields, who_submission
from myotrial.registry.reading import read_record, read_records
from myotrial.registry.record import TrialRecord

FOLDER = Path("samples", "registry")
MADE = Path(__file__).parents[1] / "reference" / "registry"


@pytest.fixture(scope="session")
def read(shared: Path):
    return lambda name: read_record(shared / FOLDER / name)


@pytest.fixture(scope="session")
def export(shared: Path) -> dict[str, TrialRecord]:
    file = shared / FOLDER / "ictrp" / "ICTRP-Results_18Mar2020.xml"
    records = list(read_records(file))
    assert len(records) == 578
    return {record.main_id or "": record for record in records}


@pytest.fixture(scope="session")
def table(shared: Path) -> dict[str, TrialRecord]:
    records = list(read_records(shared / FOLDER / "ictrp" / "ictrp_fullexport_sample_im_127rows.csv"))
    assert len(records) == 127
    return {record.main_id or "": record for record in records}


def dates(record: TrialRecord) -> list[str | None]:
    found = (record.date_registered, record.date_first_enrolment, record.date_completion)
    return [str(when) if when else None for when in found]


@pytest.mark.parametrize(
    ("name", "form", "expected"),
    [
        (
            "ctgov_v2_json/NCT03418623.json",
            ctgov.TITLE,
            ("NCT03418623", "Laboratorio Farmaceutico Ct S.r.l.", "COMPLETED", None, 24, 1, 2, "21 Years", "40 Years"),
        ),
        (
            "multi_registry/CTGOV2_NCT01305200.json",
            ctgov.TITLE,
            ("NCT01305200", "Children's Oncology Group", "COMPLETED", None, 226, 1, 10, "4 Years", "21 Years"),
        ),
        (
            "ctgov_classic_json/NCT04780763.json",
            ctgov.CLASSIC,
            ("NCT04780763", "Danone Research", "Not yet recruiting", 168, None, 1, 4, "20 Years", "30 Years"),
        ),
        (
            "ctgov_xml/NCT00513591.xml",
            ctgov_xml.TITLE,
            ("NCT00513591", "Duke University", "Recruiting", 1000, None, 0, 0, "18 Years", "N/A"),
        ),
        (
            "ctgov_xml/NCT03424005.xml",
            ctgov_xml.TITLE,
            ("NCT03424005", "Hoffmann-La Roche", "Recruiting", 310, None, 1, 14, "18 Years", "N/A"),
        ),
        (
            "multi_registry/CTGOV_NCT03325556.json",
            ctgov_xml.TITLE,
            ("NCT03325556", "ACADIA Pharmaceuticals Inc.", "Completed", 392, None, 1, 1, "50 Years", "90 Years"),
        ),
        (
            "multi_registry/CTIS_2023-505613-24-00.json",
            ctis.TITLE,
            ("2023-505613-24-00", "Merck Sharp & Dohme LLC", "Ongoing, recruiting", 32, None, 14, 6, None, None),
        ),
        (
            "multi_registry/CTIS_2022-500244-37-00.json",
            ctis.TITLE,
            ("2022-500244-37-00", "Kinarus AG", "Authorised, not started", 440, None, 1, 8, None, None),
        ),
        (
            "multi_registry/EUCTR_2013-000615-24-BE.json",
            euctr.TITLE,
            ("2013-000615-24", "Cliniques universitaires Saint-Luc", "Prematurely Ended", 50, None, 1, 1, None, None),
        ),
        (
            "multi_registry/EUCTR_2016-004489-24-DE.json",
            euctr.TITLE,
            ("2016-004489-24", "Instituto Grifols, S.A", "Completed", 172, None, 1, 1, None, None),
        ),
        (
            "multi_registry/ISRCTN_13281214.json",
            isrctn.TITLE,
            ("ISRCTN13281214", None, None, 60, 60, 1, 27, None, "29 Weeks"),
        ),
        (
            "multi_registry/ISRCTN_20343063.json",
            isrctn.TITLE,
            ("ISRCTN20343063", None, None, 238, None, 3, 3, None, None),
        ),
        (
            "ictrp/REPEC_PER-001-95_who_submission_format.xml",
            who_submission.TITLE,
            ("PER-001-95", "ELI LILLY INTERAMERICA INC.,", "Finished", 32, None, 0, 0, None, None),
        ),
        (
            "ictrp/TCTR20180508003_who_submission_format.json",
            who_submission.TITLE,
            (
                "TCTR20180508003", "Mae Fah Luang University", "Active, not recruiting", 70, None, 2, 1,
                "30 Years", "79 Years",
            ),
        ),
    ],
)  # fmt: skip
def test_who_what_and_how_many(read, name: str, form: str, expected: tuple[object, ...]) -> None:
    record = read(name)
    ages = [age.text if age else None for age in (record.age_minimum, record.age_maximum)]
    found = (
        record.main_id, record.primary_sponsor, record.recruitment_status, record.target_size, record.enrolled,
        len(record.primary_outcomes), len(record.secondary_outcomes), *ages,
    )  # fmt: skip
    assert record.form == form
    assert found == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ctgov_v2_json/NCT03418623.json", ["2018-01-08", "2018-03-08", "2020-03-13"]),
        ("ctgov_classic_json/NCT04780763.json", ["2021-03-01", "2021-03-04", "2021-07-31"]),
        ("ctgov_xml/NCT00513591.xml", ["2007-08-06", "2007-08", "2018-06"]),
        ("multi_registry/CTGOV_NCT03325556.json", ["2017-10-18", "2017-09-27", "2019-10-30"]),
        ("multi_registry/CTIS_2022-500244-37-00.json", ["2022-04-19", "2022-06-01", "2023-12-31"]),
        ("multi_registry/EUCTR_2016-004489-24-DE.json", ["2018-04-13", "2019-01-18", "2022-05-20"]),
        ("multi_registry/ISRCTN_13281214.json", [None, "2016-09-01", "2020-08-01"]),
        ("ictrp/REPEC_PER-001-95_who_submission_format.xml", ["1995-10-27", None, None]),
    ],
)
def test_dates_keep_their_precision(read, name: str, expected: list[str | None]) -> None:
    assert dates(read(name)) == expected


def test_arms_outcomes_and_criteria_of_a_study(read) -> None:
    record = read("ctgov_classic_json/NCT04780763.json")
    assert record.arms[0].label.startswith("Arm 1, Test: Fermented milk product")
    assert (record.interventions[0].type, record.interventions[0].description) == (
        "Other",
        "2 bottles of 100g consumed daily during 28 days",
    )
    assert record.outcomes[1].time_frame == "At Baseline and after stress challenge (4 weeks from baseline)."
    assert record.sex == "female"
    assert record.design is not None
    assert record.design.masking == "Quadruple"
    assert len(record.design.who_is_masked) == 4
    assert record.criteria.inclusion is not None
    assert record.criteria.inclusion.text.startswith("SI01: Free-living Participant who fully")
    assert record.criteria.inclusion.path == "Study.ProtocolSection.EligibilityModule.EligibilityCriteria"


def test_an_older_study_made_by_hand_from_a_page_of_2018() -> None:
    record = read_record(MADE / "classic_belimumab.json")
    assert record.form == ctgov.CLASSIC
    assert (record.main_id, record.acronym, record.recruitment_status) == ("NCT02347891", "BIM", "Recruiting")
    assert (record.primary_sponsor, record.secondary_sponsors) == ("Northwell Health", ("GlaxoSmithKline",))
    assert dates(record) == ["2015-01-22", "2015-01", None]
    assert [str(when) for when in (record.date_primary_completion, record.date_last_refreshed)] == [
        "2019-12",
        "2018-08-23",
    ]
    assert [(o.role, o.position, o.title, o.time_frame) for o in record.outcomes] == [
        ("primary", 1, "Response Rate", "40 weeks"),
        ("secondary", 2, "Incidence of Flares", "40 and 64 weeks"),
    ]
    assert (record.countries, record.sex, record.age_maximum) == (("United States",), "all", None)
    assert record.age_minimum is not None
    assert (record.age_minimum.value, record.age_minimum.unit) == (18, "years")
    assert (record.target_size, record.phase, record.design, record.conditions) == (None, None, None, ())
    assert (record.criteria.inclusion, record.criteria.exclusion, record.criteria.other) == (None, None, ())
    assert not record.cut_off


def test_markdown_escapes_are_undone_and_their_places_known(read, shared: Path) -> None:
    import json  # noqa: PLC0415

    seen = 0
    for file in sorted((shared / FOLDER / "ctgov_v2_json").glob("*.json")):
        record = read_record(file)
        for passage in (record.criteria.inclusion, record.criteria.exclusion):
            if passage is None:
                continue
            study = json.loads(file.read_text(encoding="utf-8"))
            stored = study["protocolSection"]["eligibilityModule"]["eligibilityCriteria"]
            assert "\\<" not in passage.text
            assert "\\[" not in passage.text
            for place, letter in enumerate(passage.text):
                _, start, end = passage.source_span(place, place + 1)
                assert letter in stored[start : end + 1]
                seen += letter in "<>["
    assert seen > 5


def test_lists_of_the_eu_come_apart_in_order(read) -> None:
    record = read("multi_registry/CTIS_2022-500244-37-00.json")
    assert record.criteria.exclusion is not None
    lines = record.criteria.exclusion.text.split("\n")
    assert [line.partition(".")[0] for line in lines] == [str(number) for number in range(1, 12)]
    assert record.countries == ("Germany", "Switzerland")
    later = read("multi_registry/CTIS_2023-505613-24-00.json")
    assert later.phase == "Therapeutic exploratory (Phase II)"
    assert later.secondary_ids[0] == "NCT04665037"


def test_the_export_of_the_who(export: dict[str, TrialRecord]) -> None:
    one = export["ChiCTR2000029953"]
    assert (one.target_size, len(one.target_groups), one.countries) == (400, 2, ("China",))
    assert [outcome.title for outcome in one.outcomes] == [
        "duration of in hospital", "in hospital mortality", "the 28s day' mortality after admission",
        "duration of ICU stay",
    ]  # fmt: skip
    assert one.prospective is True
    assert dates(one)[:2] == ["2020-02-17", "2020-02-01"]
    other = export["NCT01056185"]
    assert (other.source_register, str(other.date_first_enrolment)) == ("ClinicalTrials.gov", "2009-08")
    assert len(other.countries) == 17
    assert other.criteria.exclusion is not None
    assert other.criteria.exclusion.text.startswith("-  Current imprisonment")
    (lost,) = [sign for sign in other.lost_comparators if "18 years" in sign.context]
    assert lost.candidates == (">=", "<=")
    assert lost.path == "Inclusion_Criteria"


def test_the_table_of_the_who(table: dict[str, TrialRecord]) -> None:
    one = table["TCTR20191025002"]
    assert (one.target_size, one.main_id, one.sex) == (328, "TCTR20191025002", "all")
    assert one.age_maximum is not None
    assert one.age_maximum.no_limit
    assert one.outcomes[0].title == "Incidence of pneumocystis jirovecii pneumonia"
    assert (one.outcomes[0].time_frame or "").startswith("30 days after cessation of chemotherapy")
    assert str(one.date_completion) == "2022-06-30"
    two = table["EUCTR2015-005383-42-IT"]
    assert (two.sex, two.age_minimum, two.ethics.status, two.ethics.approval_date) == ("all", None, "Approved", None)
    three = table["ACTRN12619000828123"]
    assert (three.age_minimum.text, three.age_maximum.text) == ("28 Days", "17 Years")  # type: ignore[union-attr]
    assert three.sources_of_support == ("Emergency Medicine Foundation", "Gold Coast Hospital Foundation")
    assert table["PER-016-17"].sex is None
    assert table["RBR-96cy3k"].age_maximum.unit == "years"  # type: ignore[union-attr]
    assert all(record.form == who_fields.CSV for record in table.values())


def test_the_first_pasted_page(shared: Path) -> None:
    record = read_record(shared / "seeds" / "000_b3ea327bbd41e801.txt")
    assert (record.form, record.main_id, record.study_type) == (pasted.TITLE, None, "INTERVENTIONAL")
    assert record.design is not None
    assert (record.design.allocation, record.design.primary_purpose, record.design.masking) == (
        "RANDOMIZED", "TREATMENT", "TRIPLE",
    )  # fmt: skip
    assert (record.target_size, record.countries) == (17, ("United States",))
    assert [(o.role, o.title, o.time_frame) for o in record.outcomes] == [
        ("not_stated", "Response Rate During Randomized Phase", "40 weeks"),
        ("not_stated", "Mean Total Improvement Score (TIS) During Randomized Phase", "40 Week"),
        ("not_stated", "Response Rate After Open Label Phase", "64 weeks"),
        ("not_stated", "Mean Total Improvement Score (TIS) After Open Label Phase", "64 Week"),
    ]
    assert record.summary is not None
    assert "Bohan & Peter (1975)" in record.summary
    assert "gamma globulin [IVIG])" in record.summary
    assert "informational purposes" not in record.model_dump_json()
    assert not record.cut_off


def test_the_second_pasted_page(shared: Path) -> None:
    file = shared / "seeds" / "001_173595c731fa97ef.txt"
    record = read_record(file)
    assert (record.main_id, record.recruitment_status, record.phase, record.target_size) == (
        "NCT05832034", "Active — Not Recruiting", "Phase 2/3", 44,
    )  # fmt: skip
    assert (record.countries, record.sex, str(record.date_first_enrolment)) == (("Netherlands",), "all", "2021-09-13")
    assert record.age_minimum is not None
    assert record.age_minimum.text == "18 Years"
    assert record.primary_sponsor == "Academisch Medisch Centrum - Universiteit van Amsterdam (AMC-UvA)"
    assert [(o.title, o.time_frame) for o in record.outcomes] == [
        ("Change in Total Improvement Score (TIS)", "Week 12")
    ]
    assert record.cut_off
    assert record.criteria.inclusion is not None
    assert "* Disease duration < 12 months\n" in record.criteria.inclusion.text
    place = record.criteria.inclusion.text.index("< 12 months")
    _, start, end = record.criteria.inclusion.source_span(place, place + 11)
    assert file.read_text(encoding="utf-8")[start:end] == "< 12 months"


def test_every_leaf_of_a_study_is_read_left_out_or_listed(shared: Path) -> None:
    import json  # noqa: PLC0415

    def leaves(tree: object, path: str = "") -> dict[str, str]:
        if isinstance(tree, dict):
            return {p: t for k, v in tree.items() for p, t in leaves(v, f"{path}.{k}" if path else k).items()}
        if isinstance(tree, list):
            return {p: t for n, v in enumerate(tree) for p, t in leaves(v, f"{path}[{n}]").items()}
        return {} if tree is None or not str(tree).strip() else {path: str(tree)}

    file = shared / FOLDER / "ctgov_v2_json" / "NCT02552212.json"
    record = read_record(file)
    listed = {left.path for left in (*record.unread, *record.left_out)}
    kept = " ".join(" ".join(text.split()) for text in _strings(record.model_dump(exclude={"unread", "left_out"})))
    for path, text in leaves(json.loads(file.read_text(encoding="utf-8"))).items():
        if path not in listed and not path.endswith((".type", "hasResults", ".eligibilityCriteria")):
            start = " ".join(text.replace("\\", "").split())[:30]
            assert start.replace("1-844-599-2273", "[telephone left out]") in kept, path


def _strings(tree: object) -> list[str]:
    if isinstance(tree, dict):
        return [text for value in tree.values() for text in _strings(value)]
    if isinstance(tree, list | tuple):
        return [text for value in tree for text in _strings(value)]
    return [str(tree)] if tree is not None else []
