"""Registry records that are invented, as files in the forms of three registers' exports; nobody took part in them."""

import csv
import json
from pathlib import Path

REGISTER_ID, COPY_ID, SLASHED_ID = "NCT99990001", "ISRCTN99990001", "CTRI/2099/01/000001"

CRITERIA = """Inclusion Criteria:

* Adults >18 years with dermatomyositis
* MMT-8 < 142 and VAS > 2 or CK > 4

Exclusion Criteria:

* pregnancy or nursing
"""

PORTAL = """\
Register: ISRCTN
Last refreshed on: 3 May 2021
Main ID: ISRCTN99990001
Date of registration: 02/01/2020
Primary sponsor: Invented Sponsor
Public title: An invented infusion for dermatomyositis
Target sample size: 48
Recruitment status: Completed
Study type: Interventional
Phase: Phase 2
Countries of recruitment
France
Key inclusion & exclusion criteria
Inclusion Criteria:
- aged = 18 years
Exclusion Criteria:
- pregnancy or nursing
Health Condition(s) or Problem(s) studied
Dermatomyositis
Primary Outcome(s)
Change in score by = 20% [Time Frame: Week 4]
Secondary ID(s)
NCT99990001
"""

OF_A_DEFINITION = """\
Register: ClinicalTrials.gov
Main ID: NCT04044690
Last refreshed on: 8 April 2024
Public title: Invented stand-in for a record of this trial
Target sample size: 126
Recruitment status: Active, not recruiting
Phase: Phase 3
Primary Outcome(s)
Responder Rate [Time Frame: Weeks 17, 21, and 25]
Secondary Outcome(s)
Mean weight [Time Frame: Week 25]
"""

COLUMNS = ("TrialID", "SecondaryIDs", "public_title", "phase", "Recruitment_status", "Primary_sponsor", "Countries",
           "Conditions", "Interventions", "Target_size", "study_design")  # fmt: skip


def study(*, refreshed: str, size: int, primary: str, weeks: int) -> str:
    """Return a study as ClinicalTrials.gov's API gives it (version 2)."""
    return json.dumps({"protocolSection": {
        "identificationModule": {"nctId": REGISTER_ID, "briefTitle": "Invented infusion in dermatomyositis",
                                 "acronym": "INVENTED"},
        "statusModule": {"overallStatus": "RECRUITING", "lastUpdatePostDateStruct": {"date": refreshed},
                         "studyFirstSubmitDate": "2020-01-02"},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Invented Sponsor"}},
        "conditionsModule": {"conditions": ["Dermatomyositis"]},
        "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2"], "enrollmentInfo": {"count": size},
                         "designInfo": {"allocation": "RANDOMIZED", "maskingInfo": {"masking": "DOUBLE"}}},
        "armsInterventionsModule": {"interventions": [
            {"type": "DRUG", "name": "inventine", "description": "2 g/kg every 4 weeks"}]},
        "outcomesModule": {
            "primaryOutcomes": [{"measure": primary, "timeFrame": f"Week {weeks}"}],
            "secondaryOutcomes": [{"measure": "Total Improvement Score", "timeFrame": "Week 24"}]},
        "eligibilityModule": {"eligibilityCriteria": CRITERIA, "minimumAge": "18 Years", "sex": "ALL"},
        "contactsLocationsModule": {"locations": [{"country": "France"}]},
    }})  # fmt: skip


def rows() -> list[tuple[str, ...]]:
    """Return the lines of an export: 36 trials with regular values, and one with signs that mean something."""
    made: list[tuple[str, ...]] = []
    for number in range(36):
        condition = ("Dermatomyositis", "Polymyositis", "Inclusion Body Myositis", "Gout")[number % 4]
        made.append((f"DRKS9999{number:04d}", "", f"Invented trial {number:02d} of {condition.lower()}",
                     ("Phase 2", "Phase 3")[number % 2], ("Recruiting", "Completed", "Terminated")[number % 3],
                     ("Invented Sponsor", "Second Sponsor")[number % 2], ("France", "USA")[number // 18], condition,
                     ("Drug: inventine", "Drug: placebo")[number % 2], str(10 + number),
                     "Masking: Double" if number < 9 else "Masking: None (Open Label)"))  # fmt: skip
    made.append((SLASHED_ID, "", "<script>alert(1)</script> & \"quotes\" in 100 %", "N/A", "Recruiting", "=1+1",
                 "India", "Dermatomyositis", "Drug: inventine", "5", "Masking: None"))  # fmt: skip
    return made


def write(folder: Path) -> Path:
    """Write the files into a folder; the later version of the study comes second."""
    versions = (study(refreshed="2020-02-01", size=40, primary="Muscle strength", weeks=12),
                study(refreshed="2021-02-01", size=44, primary="Physician global activity", weeks=24))  # fmt: skip
    for place, text in enumerate(versions, 1):
        (folder / f"{place}-study.json").write_text(text, encoding="utf-8")
    (folder / "3-portal.txt").write_text(PORTAL, encoding="utf-8")
    (folder / "4-definition.txt").write_text(OF_A_DEFINITION, encoding="utf-8")
    with (folder / "5-export.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows()])
    return folder
