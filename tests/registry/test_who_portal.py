import re
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myotrial.model.errors import BadInput
from myotrial.registry.parts import Intervention
from myotrial.registry.reading import read_record, read_record_text
from myotrial.registry.record import TrialRecord
from myotrial.registry.who_portal import read, recognises


@pytest.fixture(scope="session")
def igpro20(shared: Path) -> TrialRecord:
    return read_record(shared / "seeds" / "004_9861e5926bc956a8.txt")


@pytest.fixture(scope="session")
def igpro20_text(shared: Path) -> str:
    return (shared / "seeds" / "004_9861e5926bc956a8.txt").read_text(encoding="utf-8")


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


@pytest.mark.usefixtures("shared")
class TestIgPro20:
    """The record of NCT04044690, its values read off the page by hand."""

    def test_identity(self, igpro20: TrialRecord) -> None:
        assert igpro20.main_id == "NCT04044690"
        assert igpro20.secondary_ids == ("IgPro20_3007", "2018-003171-35")
        assert igpro20.source_register == "ClinicalTrials.gov"
        assert igpro20.url == "https://clinicaltrials.gov/ct2/show/NCT04044690"
        assert igpro20.primary_sponsor == "CSL Behring"
        assert igpro20.secondary_sponsors == ()
        assert igpro20.contact_affiliations == ("CSL Behring",)
        assert igpro20.public_title is not None
        assert igpro20.public_title.endswith("RECLAIIM")
        assert igpro20.scientific_title is not None
        assert "Hizentra®" in igpro20.scientific_title

    def test_dates(self, igpro20: TrialRecord) -> None:
        dates = (igpro20.date_registered, igpro20.date_first_enrolment, igpro20.date_last_refreshed)
        assert [str(date) for date in dates] == ["2019-08-01", "2019-10-21", "2024-04-08"]
        assert igpro20.prospective is True
        assert igpro20.recruitment_status == "Active, not recruiting"

    def test_design(self, igpro20: TrialRecord) -> None:
        assert igpro20.design is not None
        assert igpro20.design.allocation == "Randomized"
        assert igpro20.design.intervention_model == "Parallel Assignment"
        assert igpro20.design.primary_purpose == "Treatment"
        assert igpro20.design.masking == "Quadruple"
        assert igpro20.design.who_is_masked == (
            "Participant",
            "Care Provider",
            "Investigator",
            "Outcomes Assessor",
        )
        assert (igpro20.study_type, igpro20.phase, igpro20.target_size) == ("Interventional", "Phase 3", 126)

    def test_population(self, igpro20: TrialRecord) -> None:
        assert len(igpro20.countries) == 18
        assert {"Russian Federation", "United Kingdom", "United States", "Czechia"} < set(igpro20.countries)
        assert igpro20.conditions == ("Dermatomyositis",)
        assert igpro20.interventions == (
            Intervention(type="Drug", name="human immunoglobulin G"),
            Intervention(type="Drug", name="Placebo"),
        )
        assert igpro20.age_minimum is not None
        assert (igpro20.age_minimum.value, igpro20.age_minimum.unit) == (18, "years")
        assert igpro20.age_maximum is not None
        assert igpro20.age_maximum.no_limit
        assert igpro20.sex == "all"

    def test_criteria(self, igpro20: TrialRecord, igpro20_text: str) -> None:
        inclusion, exclusion = igpro20.criteria.inclusion, igpro20.criteria.exclusion
        assert inclusion is not None
        assert exclusion is not None
        assert (inclusion.text.count("\n\n- "), exclusion.text.count("\n\n- ")) == (3, 2)
        assert inclusion.text.endswith("prednisolone equivalent")
        assert exclusion.text.startswith("- Cancer-associated")
        for passage in (inclusion, exclusion):
            assert igpro20_text[passage.start : passage.end] == passage.text

    def test_outcomes(self, igpro20: TrialRecord, igpro20_text: str) -> None:
        assert len(igpro20.primary_outcomes) == 1
        assert len(igpro20.secondary_outcomes) == 39
        (primary,) = igpro20.primary_outcomes
        assert (primary.title, primary.time_frame) == ("Responder Rate", "Weeks 17, 21, and 25")
        assert all(outcome.time_frame and not outcome.remark for outcome in igpro20.outcomes)
        for outcome in igpro20.outcomes:
            printed = f"{outcome.title} [Time Frame: {outcome.time_frame}]"
            assert igpro20_text[outcome.start : outcome.end] == printed

    @pytest.mark.parametrize(
        ("position", "time_frame"),
        [
            (2, "Up to week 25"),
            (3, "Baseline up to Week 53"),
            (7, "Up to 8 years"),
            (18, "From Week 25 up to week 53"),
            (22, "From week 29 to week 53"),
            (28, "Week 5 up to Week 53"),
            (36, "Between Week 5 and Week 25"),
            (39, "Baseline up to Week 25"),
            (40, "Up to Week 25"),
        ],
    )
    def test_time_frames(self, igpro20: TrialRecord, position: int, time_frame: str) -> None:
        assert igpro20.outcomes[position - 1].time_frame == time_frame

    def test_lost_comparators(self, igpro20: TrialRecord, igpro20_text: str) -> None:
        lost = igpro20.lost_comparators
        assert len(lost) == 23
        assert {sign.candidates for sign in lost} == {(">=", "<=")}
        assert [sign.start for sign in lost] == [i for i, sign in enumerate(igpro20_text) if sign == "="]
        eligibility = [sign.context for sign in lost if sign.outcome is None]
        assert len(eligibility) == 4
        for words, context in zip(("= 18", "MMT-8 = 142", "score = 14", "score = 3"), eligibility, strict=True):
            assert words in context
        by_outcome = [sign.outcome for sign in lost if sign.outcome is not None]
        assert {n: by_outcome.count(n) for n in sorted(set(by_outcome))} == {
            4: 1, 25: 3, 26: 1, 28: 3, 33: 1, 34: 3, 38: 3, 39: 3, 40: 1,
        }  # fmt: skip

    def test_true_signs_stay(self, igpro20: TrialRecord) -> None:
        assert [o.position for o in igpro20.outcomes if "> twice" in o.title] == [3, 16]

    def test_nothing_is_left_over(self, igpro20: TrialRecord) -> None:
        assert igpro20.unread == ()
        assert igpro20.notes == ()
        assert not igpro20.cut_off
        assert igpro20.results.available is None
        assert "Study Director" not in igpro20.model_dump_json()


@pytest.mark.parametrize(
    ("name", "started", "size", "countries"),
    [
        ("ChiCTR-TRC-13003178", "2013-05-01", 564, ("China",)),
        ("NCT00106184", "2006-03", 200, ("Canada", "Czech Republic", "Sweden", "United Kingdom", "United States")),
    ],
)
def test_cut_off_pages_of_other_registers(
    shared: Path, name: str, started: str, size: int, countries: tuple[str, ...]
) -> None:
    record = read_record(shared / "samples" / "registry" / "myositis_pages" / f"{name}_ictrp.txt")
    assert record.main_id == name
    assert (str(record.date_first_enrolment), record.target_size, record.countries) == (started, size, countries)
    assert record.cut_off
    assert record.unread == ()


_STRUCTURE = re.compile(
    r"(?i)\s*(?:register|last refreshed on|main id|date of registration|prospective registration|primary sponsor"
    r"|(?:public|scientific) title|date of first enrolment|target sample size|recruitment status|url|study type"
    r"|study design|phase|age m(?:in|ax)imum|gender|results available|date (?:posted|completed)|affiliation"
    r"|status|approval date|(?:in|ex)clusion criteria)\s*:|\[time frame:|\]|\[|;"
)
_HEADINGS = (
    "Countries of recruitment", "Contacts", "Key inclusion & exclusion criteria",
    "Health Condition(s) or Problem(s) studied", "Intervention(s)", "Primary Outcome(s)", "Secondary Outcome(s)",
    "Secondary ID(s)", "Source(s) of Monetary Support", "Secondary Sponsor(s)", "Ethics review", "Results",
)  # fmt: skip
_ANSWERS = {"yes", "no", "all", "female"}
_CONTACT = re.compile(r"\s*(?:name|address|telephone|email|contact)\s*:", re.IGNORECASE)


def assert_nothing_is_lost(text: str) -> None:
    """Every word of a line that is not left out stands somewhere in the record."""
    record = read(text)
    kept = set(re.findall(r"\w+", record.model_dump_json().replace("\\n", " ").replace('\\"', " ")))
    out = {left.line: left for left in record.left_out}
    for number, line in enumerate(text.split("\n"), 1):
        if number in out:
            if out[number].kind == "contact":
                assert _CONTACT.match(line) or number - 1 in out
        elif line.strip() not in _HEADINGS:
            words = set(re.findall(r"\w+", _STRUCTURE.sub(" ", line)))
            assert not {word for word in words - kept if word.lower() not in _ANSWERS}, line


def damaged(text: str, seed: int, how: str) -> str:
    chance, lines = Random(seed), text.split("\n")  # noqa: S311
    if how == "cut":
        return text[: chance.randrange(len(text))]
    if how == "shuffled":
        chance.shuffle(lines)
    else:
        lines = [line for line in lines if chance.random() > 0.2]
    return "\n".join(lines)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), how=st.sampled_from(["cut", "shuffled", "thinned"]))
def test_a_damaged_page_is_read_without_loss(portal_page: str, seed: int, how: str) -> None:
    assert_nothing_is_lost(damaged(portal_page, seed, how))


@pytest.mark.parametrize("how", ["cut", "shuffled", "thinned"])
def test_a_damaged_real_page_is_read_without_loss(igpro20_text: str, how: str) -> None:
    for seed in range(40):
        assert_nothing_is_lost(damaged(igpro20_text, seed, how))


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from([*_HEADINGS, "Main ID:", "Name: x", "Age minimum: = 3", "Phase:"]) | st.text()))
def test_no_text_makes_the_reader_fail(lines: list[str]) -> None:
    text = "\n".join(lines)
    record = read(text)
    for passage in (record.criteria.inclusion, record.criteria.exclusion, *record.criteria.other):
        assert passage is None or text[passage.start : passage.end] == passage.text
    with suppress(BadInput):
        read_record_text(text)
