"""Invented records of each form of named fields, varied as real files vary: what must come out."""
# ruff: noqa: E501  (records stand here as registers write them)

import json
from typing import Any

import pytest

from myotrial.registry.reading import read_record_text
from myotrial.registry.record import TrialRecord


def study(**modules: Any) -> TrialRecord:
    return read_record_text(json.dumps({"protocolSection": modules}, ensure_ascii=False))


def dates(record: TrialRecord) -> list[str | None]:
    found = (record.date_registered, record.date_first_enrolment, record.date_completion)
    return [str(when) if when else None for when in found]


def test_an_expanded_access_record_has_no_size_and_no_outcomes() -> None:
    record = study(
        identificationModule={"nctId": "NCT09999911", "nctIdAliases": ["NCT00000011"]},
        statusModule={"overallStatus": "NO_LONGER_AVAILABLE", "studyFirstSubmitDate": "2024-05-02"},
        designModule={"studyType": "EXPANDED_ACCESS", "expandedAccessTypes": {"individual": True}},
        eligibilityModule={"sex": "ALL", "minimumAge": "12 Years", "stdAges": ["CHILD", "ADULT", "OLDER_ADULT"]},
    )
    assert (record.study_type, record.recruitment_status) == ("EXPANDED_ACCESS", "NO_LONGER_AVAILABLE")
    assert (record.design, record.target_size, record.enrolled, record.outcomes) == (None, None, None, ())
    assert (record.secondary_ids, record.results.available) == (("NCT00000011",), None)
    assert record.age_maximum is None
    assert "protocolSection.designModule.expandedAccessTypes.individual" in [part.path for part in record.unread]


def test_an_observational_record_with_months_and_a_planned_size() -> None:
    record = study(
        statusModule={"startDateStruct": {"date": "2021-02"}, "completionDateStruct": {"date": "2030-11", "type": "X"}},
        designModule={
            "studyType": "OBSERVATIONAL", "phases": None, "enrollmentInfo": {"count": "350", "type": "ESTIMATED"},
            "designInfo": {"observationalModel": "CASE_CROSSOVER", "timePerspective": "CROSS_SECTIONAL"},
        },
        eligibilityModule={"minimumAge": "6 Months", "maximumAge": "100 Years", "sex": "MALE", "healthyVolunteers": True},
    )  # fmt: skip
    assert dates(record) == [None, "2021-02", "2030-11"]
    assert (record.target_size, record.enrolled, record.phase, record.sex) == (350, None, None, "male")
    assert record.design is not None
    assert (record.design.observational_model, record.design.time_perspective) == ("CASE_CROSSOVER", "CROSS_SECTIONAL")
    assert [(age.value, age.unit) for age in (record.age_minimum, record.age_maximum) if age] == [
        (6, "months"), (100, "years"),
    ]  # fmt: skip


def test_a_withdrawn_trial_enrolled_nobody_and_that_is_not_missing() -> None:
    record = study(
        statusModule={"overallStatus": "WITHDRAWN", "whyStopped": "no \\<funding\\>"},
        designModule={"enrollmentInfo": {"count": 0, "type": "ACTUAL"}, "phases": ["PHASE1", "PHASE2"]},
    )
    assert (record.enrolled, record.target_size, record.phase) == (0, None, "PHASE1/PHASE2")
    assert record.why_stopped == "no <funding>"


@pytest.mark.parametrize("nothing", [None, [], {}, "", "  "])
def test_every_module_may_be_empty(nothing: object) -> None:
    names = (
        "identificationModule", "statusModule", "sponsorCollaboratorsModule", "descriptionModule", "conditionsModule",
        "designModule", "armsInterventionsModule", "outcomesModule", "eligibilityModule", "contactsLocationsModule",
        "ipdSharingStatementModule",
    )  # fmt: skip
    record = study(**dict.fromkeys(names, nothing))
    assert record.not_stated()[:1] == ["Main ID"]
    assert (record.outcomes, record.arms, record.countries, record.unread) == ((), (), (), ())


def test_arms_places_and_letters_of_any_script() -> None:
    record = study(
        identificationModule={"nctId": "NCT09999912", "briefTitle": "皮膚筋炎 – étude <b>α</b> &amp; β"},
        armsInterventionsModule={
            "armGroups": [{"label": "A", "type": "EXPERIMENTAL"}, {"label": None}, {"label": "B", "type": "SHAM_COMPARATOR"},
                          {"label": "C", "type": "NO_INTERVENTION"}],
            "interventions": [{"type": "BIOLOGICAL", "name": "X", "armGroupLabels": ["A"], "otherNames": []}, {}],
        },
        outcomesModule={"primaryOutcomes": [{"measure": "M"}], "secondaryOutcomes": None,
                        "otherOutcomes": [{"measure": "O", "timeFrame": "Day 1"}, {"timeFrame": "lost"}]},
        contactsLocationsModule={"locations": [{"country": "Japan"}, {"country": "Türkiye"}, {"country": "Japan"}]},
    )  # fmt: skip
    assert record.public_title == "皮膚筋炎 – étude α & β"
    assert [(arm.label, arm.type) for arm in record.arms] == [
        ("A", "EXPERIMENTAL"), ("B", "SHAM_COMPARATOR"), ("C", "NO_INTERVENTION"),
    ]  # fmt: skip
    assert [item.name for item in record.interventions] == ["X"]
    assert [(o.role, o.title, o.time_frame) for o in record.outcomes] == [
        ("primary", "M", None),
        ("other", "O", "Day 1"),
    ]
    assert record.countries == ("Japan", "Türkiye")
    assert "lost" in [part.text for part in record.unread]


def test_results_are_told_of_and_their_leaves_are_listed() -> None:
    text = {"protocolSection": {"statusModule": {"resultsFirstPostDateStruct": {"date": "2023-07-01"}}}, "hasResults": True,
            "resultsSection": {"outcomeMeasuresModule": {"outcomeMeasures": [{"title": "R", "pValue": "<0.0001"}]}}}  # fmt: skip
    record = read_record_text(json.dumps(text))
    assert (record.results.available, str(record.results.date_posted)) == (True, "2023-07-01")
    assert [part.text for part in record.unread] == ["R", "<0.0001"]


XML = (
    "<clinical_study><id_info><org_study_id>K-1</org_study_id><secondary_id>E</secondary_id><nct_id>NCT09999913</nct_id>"
    "<nct_alias>NCT00000013</nct_alias></id_info><brief_title>T</brief_title><sponsors><lead_sponsor><agency>S</agency>"
    "<agency_class>Other</agency_class></lead_sponsor><collaborator><agency>C1</agency></collaborator><collaborator>"
    "<agency>C2</agency></collaborator></sponsors><source>S</source><overall_status>Approved for marketing</overall_status>"
    "<start_date type='Anticipated'>November 2031</start_date><study_type>Observational [Patient Registry]</study_type>"
    "<study_design_info><masking>None (Open Label)</masking></study_design_info><enrollment type='Actual'>7</enrollment>"
    "<condition>D1</condition><condition>D2</condition><eligibility><criteria><textblock>\r\n  Inclusion Criteria:\r\n\r\n"
    "  -  over 3\r\n     months\r\n</textblock></criteria><gender>Female</gender><minimum_age>N/A</minimum_age></eligibility>"
    "<location_countries><country>Peru</country></location_countries><study_first_submitted>May 2, 2031"
    "</study_first_submitted></clinical_study>"
)


def test_an_xml_record_with_windows_lines_and_lists() -> None:
    record = read_record_text(XML)
    assert (record.secondary_ids, record.secondary_sponsors) == (("K-1", "E", "NCT00000013"), ("C1", "C2"))
    assert dates(record) == ["2031-05-02", "2031-11", None]
    assert (record.enrolled, record.target_size, record.sex, record.countries) == (7, None, "female", ("Peru",))
    assert record.design is not None
    assert (record.design.masking, record.design.who_is_masked) == ("None (Open Label)", ())
    assert record.age_minimum is not None
    assert record.age_minimum.no_limit
    assert record.criteria.inclusion is not None
    assert record.criteria.inclusion.text == "-  over 3\n     months"


ISRCTN = """<allTrials xmlns="http://www.67bricks.com/isrctn" totalCount="1"><fullTrial>
<trial lastUpdated="2031-05-26T15:09:37.845Z" version="12"><isrctn dateAssigned="2031-05-20T15:09:37Z">00000019</isrctn>
<trialDescription><title>T</title><acronym /><plainEnglishSummary>Plain English summary of protocol not provided at time of
 registration</plainEnglishSummary><primaryOutcomes><outcomeMeasure id="a"><variable>V</variable><method>M</method>
<timepoints>12 weeks</timepoints></outcomeMeasure></primaryOutcomes><primaryOutcome /><ethicsCommittees>
<ethicsCommittee id="e" approvalStatus="approved" statusDate="2031-04-01T00:00:00.000Z"><committeeName>K</committeeName>
</ethicsCommittee></ethicsCommittees><ethicsApprovalRequired>Ethics approval required</ethicsApprovalRequired></trialDescription>
<externalRefs><doi>10.1186/ISRCTN00000019</doi><secondaryNumbers><secondaryNumber id="x" numberType="g">GA 1</secondaryNumber>
<secondaryNumber id="y">GA 2</secondaryNumber></secondaryNumbers></externalRefs>
<trialDesign><studyDesign /><primaryStudyDesign>Interventional</primaryStudyDesign><interventionalTrialDesign>
<allocation>Randomized controlled trial</allocation><masking>Open (masking not used)</masking><assignment>Parallel</assignment>
<purposes><purpose>Supportive care</purpose><purpose>Treatment</purpose></purposes></interventionalTrialDesign><trialTypes />
<overallEndDate>2034-08-31T00:00:00.000Z</overallEndDate></trialDesign>
<participants><recruitmentCountries><country>France</country><country>Latvia</country></recruitmentCountries>
<inclusion>1.	Age 18-75 years</inclusion><lowerAgeLimit unit="years" value="18.0">18 Years</lowerAgeLimit><gender>All</gender>
<targetEnrolment>210</targetEnrolment><totalFinalEnrolment>0</totalFinalEnrolment>
<recruitmentStart>2031-09-01T00:00:00.000Z</recruitmentStart></participants>
<conditions><condition><description>D</description></condition></conditions><interventions><intervention><description>I
</description><phase /><drugNames /></intervention></interventions><results><ipdSharingStatement /><dataPolicies><dataPolicy>
Available on request</dataPolicy></dataPolicies></results></trial>
<contact id="c"><surname>Nemo</surname></contact><sponsor id="s"><organisation>Université A</organisation></sponsor>
<sponsor id="t"><organisation>B</organisation></sponsor><funder id="f"><name>F</name></funder></fullTrial></allTrials>"""


def test_the_sponsors_of_isrctn_stand_beside_the_trial() -> None:
    record = read_record_text(ISRCTN)
    assert (record.main_id, record.primary_sponsor, record.secondary_sponsors) == (
        "ISRCTN00000019",
        "Université A",
        ("B",),
    )
    assert (record.sources_of_support, record.data_sharing.plan) == (("F",), "Available on request")
    assert dates(record) == ["2031-05-20", "2031-09-01", "2034-08-31"]
    assert (record.target_size, record.enrolled) == (210, None)
    assert (record.ethics.status, str(record.ethics.approval_date)) == ("approved", "2031-04-01")
    assert record.design is not None
    assert (record.design.allocation, record.design.intervention_model, record.design.primary_purpose) == (
        "Randomized controlled trial", "Parallel", "Supportive care, Treatment",
    )  # fmt: skip
    assert [(o.title, o.time_frame, o.description) for o in record.primary_outcomes] == [("V", "12 weeks", "M")]
    assert (record.summary, record.phase, record.interventions[0].name) == (None, None, "I")
    assert record.secondary_ids == ("GA 1", "GA 2", "10.1186/ISRCTN00000019")
    assert "Nemo" not in record.model_dump_json()


CTIS = {
    "ctNumber": "2030-500000-11-00", "ctStatus": "5", "ctPublicStatusCode": 5, "resultsFirstReceived": "No",
    "gender": "Female", "ageGroup": "18-64 years", "totalNumberEnrolled": 12, "publishDate": "2031-08-20T03:46:14.147548867",
    "authorizedApplication": {
        "applicationInfo": [{"type": "SM", "submissionDate": "2031-03-05"}, {"type": "INITIAL", "submissionDate": "2030-12-01"}],
        "eudraCt": {"eudraCtCode": "2019-000000-34"},
        "authorizedPartI": {
            "products": [{"productName": "X", "part1MpRoleTypeCode": "1", "mpRoleInTrial": "1"},
                         {"productName": "X placebo", "part1MpRoleTypeCode": "1", "mpRoleInTrial": "3"}],
            "trialDetails": {"trialInformation": {"trialCategory": {"trialPhase": "10"}}},
        },
    },
}  # fmt: skip


def test_a_ctis_placebo_is_no_test_product_and_the_first_application_registers() -> None:
    record = read_record_text(json.dumps(CTIS))
    assert [(item.type, item.name) for item in record.interventions] == [("Test", "X"), ("Placebo", "X placebo")]
    assert dates(record)[0] == "2030-12-01"
    assert (record.secondary_ids, record.results.available, record.sex) == (("2019-000000-34",), False, "female")
    assert (record.phase, record.recruitment_status) == (
        "Phase II and Phase III (integrated)",
        "Ongoing, recruitment ended",
    )
    assert record.target_size == 12
    assert any("18-64 years" in note for note in record.notes)


def test_the_countries_and_age_groups_of_the_european_form() -> None:
    record = read_record_text(json.dumps({
        "a2_eudract_number": "2016-000000-24", "a1_member_state_concerned": "Germany - PEI", "f12_adults_1864_years": "Yes",
        "f13_elderly_65_years": "No", "e863_trial_sites_planned_in": "Canada France Germany United Kingdom United States",
        "e71_human_pharmacology_phase_i": "Yes", "e72_therapeutic_exploratory_phase_ii": "Yes", "f21_female": "Yes",
        "f22_male": "No", "f422_in_the_whole_clinical_trial": "172",
    }))  # fmt: skip
    assert record.countries == ("Germany", "Canada", "France", "United Kingdom", "United States")
    assert (record.phase, record.sex, record.target_size, record.age_minimum) == (
        "Phase I/Phase II",
        "female",
        172,
        None,
    )
    assert any("18 to 64 years" in note for note in record.notes)
