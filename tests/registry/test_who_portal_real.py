"""Pages of the portal as it printed them."""

from pathlib import Path

import pytest

from myotrial.registry.parts import Intervention
from myotrial.registry.reading import read_record
from myotrial.registry.record import TrialRecord


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
