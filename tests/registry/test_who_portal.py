import pytest

from myotrial.registry.parts import Intervention
from myotrial.registry.who_portal import read, recognises


class TestInventedPage:
    def test_identity(self, portal_page: str) -> None:
        record = read(portal_page)
        assert (record.main_id, record.secondary_ids, record.source_register) == (
            "INV-0001",
            ("INV-B",),
            "InventedRegister",
        )
        assert record.url == "https://example.org/show?id=1"
        assert record.public_title == "A Study of Nothing [week 4] in Nobody"
        assert record.contact_affiliations == ("Invented Clinic",)
        assert (record.secondary_sponsors, record.sources_of_support) == (("Second Sponsor",), ("Invented Fund",))

    def test_dates_and_answers(self, portal_page: str) -> None:
        record = read(portal_page)
        dates = (record.date_last_refreshed, record.date_registered, record.date_first_enrolment)
        assert [str(date) for date in dates] == ["2021-05-03", "2020-01-02", "2019-03"]
        assert record.prospective is False
        assert record.sex == "female"
        assert record.age_maximum is not None
        assert record.age_maximum.unit == "months"
        assert record.target_size == 24

    def test_results_and_ethics(self, portal_page: str) -> None:
        record = read(portal_page)
        assert record.results.available is True
        assert (str(record.results.date_posted), str(record.results.date_completed)) == ("2021", "2021-02-01")
        assert record.results.url == "https://example.org/results"
        assert (record.ethics.status, str(record.ethics.approval_date)) == ("Approved", "2018-12-01")

    def test_lists_and_criteria(self, portal_page: str) -> None:
        record = read(portal_page)
        assert record.countries == ("France", "Korea, Republic of", "United Kingdom")
        assert record.interventions == (Intervention(type="Drug", name="inventine"), Intervention(name="a walk"))
        assert record.criteria.inclusion is not None
        assert record.criteria.exclusion is not None
        assert record.criteria.inclusion.text == "- aged = 18 years\n- strength <= 9 and score\n= 4"
        assert record.criteria.exclusion.text == "- pain > 3"

    def test_outcomes(self, portal_page: str) -> None:
        record = read(portal_page)
        assert [(o.role, o.position, o.title, o.time_frame, o.remark) for o in record.outcomes] == [
            ("primary", 1, "Change in score by = 20%", "Week 4", None),
            ("secondary", 2, "Count of walks", None, None),
            ("secondary", 3, "Time to walk", "Up to 2 years", "[Safety Issue: No]"),
        ]

    def test_lost_comparators(self, portal_page: str) -> None:
        record = read(portal_page)
        assert [lost.place for lost in record.lost_comparators] == [
            "criteria.inclusion",
            "criteria.inclusion",
            "outcome 1",
        ]
        assert {portal_page[lost.start : lost.end] for lost in record.lost_comparators} == {"="}

    def test_the_unknown_country_is_not_lost(self, portal_page: str) -> None:
        record = read(portal_page)
        assert [(passage.text, passage.line) for passage in record.unread] == [("Atlantis", 21)]

    def test_no_contact_detail_is_kept(self, portal_page: str) -> None:
        kept = read(portal_page).model_dump_json()
        for detail in ("Invented Person", "Invented Road", "Inventedtown", "555", "person@", "Committee Person"):
            assert detail not in kept

    def test_a_whole_page_is_whole(self, portal_page: str) -> None:
        record = read(portal_page)
        assert not record.cut_off
        assert record.notes == ()

    def test_windows_line_ends_change_nothing_but_the_places(self, portal_page: str) -> None:
        one, other = read(portal_page), read(portal_page.replace("\n", "\r\n"))
        assert [o.title for o in one.outcomes] == [o.title for o in other.outcomes]
        assert one.facts() == other.facts()
        assert [p.line for p in one.unread] == [p.line for p in other.unread]

    def test_a_value_on_the_line_after_its_label(self, portal_page: str) -> None:
        record = read(portal_page.replace("Main ID:\u00a0 INV-0001", "Main ID:\nINV-0001"))
        assert record.main_id == "INV-0001"


class TestFaultyPages:
    def test_missing_fields_are_none(self) -> None:
        record = read("Main ID: X\nProspective Registration:\nTarget sample size: \nPrimary Outcome(s)\n")
        assert record.main_id == "X"
        assert (record.prospective, record.target_size, record.sex, record.age_minimum) == (None,) * 4
        assert record.outcomes == ()

    @pytest.mark.parametrize(
        ("printed", "written", "note"),
        [
            ("Target sample size: 24", "Target sample size: about 24", "sample size is not read as a number"),
            ("Target sample size: 24", "Target sample size: a:14;b:10", "sum of 2 groups"),
            ("02/01/2020", "01/01/1900", "missing date"),
            ("02/01/2020", "not known", "not read as a date"),
            ("Age minimum: 18 Years", "Age minimum: 18", "no unit"),
            ("Age minimum: 18 Years", "Age minimum: adults", "not read as an age"),
            ("Inclusion Criteria:\n", "", "neither the inclusion nor the exclusion"),
            ("Secondary Outcome(s)\n", "", "Secondary Outcome(s)"),
        ],
    )
    def test_what_is_doubtful_is_noted(self, portal_page: str, printed: str, written: str, note: str) -> None:
        assert printed in portal_page
        assert any(note in said for said in read(portal_page.replace(printed, written)).notes)

    def test_an_answer_that_is_not_understood_is_unread(self, portal_page: str) -> None:
        record = read(portal_page.replace("Gender: Female", "Gender: see text"))
        assert record.sex is None
        assert "see text" in [passage.text for passage in record.unread]

    def test_a_repeated_field_is_unread(self, portal_page: str) -> None:
        record = read(portal_page.replace("Phase:", "Main ID: INV-0002\nPhase:"))
        assert record.main_id == "INV-0001"
        assert "Main ID: INV-0002" in [passage.text for passage in record.unread]

    def test_a_cut_in_an_outcome_is_told(self, portal_page: str) -> None:
        record = read(portal_page[: portal_page.index("Week 4]") + 2])
        assert record.cut_off
        assert any("time frame of outcome 1" in note for note in record.notes)
        assert any("'Primary Outcome(s)'" in note for note in record.notes)

    def test_criteria_are_found_without_the_heading_above_them(self, portal_page: str) -> None:
        record = read(portal_page.replace("Key inclusion & exclusion criteria\n", ""))
        assert record.criteria.inclusion is not None
        assert record.criteria.inclusion.text.startswith("- aged")

    def test_contact_lines_without_their_heading_are_still_left_out(self, portal_page: str) -> None:
        assert "Invented Road" not in read(portal_page.replace("Contacts\n", "")).model_dump_json()


class TestRecognition:
    def test_by_content(self, portal_page: str) -> None:
        assert recognises(portal_page)
        assert not recognises("Study type: x\nPhase: 2\nURL: y")
        assert not recognises(f"<html>\n{portal_page}")
