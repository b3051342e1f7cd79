from pathlib import Path

import pytest

from myotrial.registry.reading import read_record
from myotrial.registry.record import TrialRecord

PORTAL_PAGE = """\
World Health Organization site
Skip Navigation Links

Note: This record shows only 22 elements of the WHO Trial Registration Data Set. More is elsewhere.
Register: InventedRegister
Last refreshed on: 3 May 2021
Main ID:\u00a0 INV-0001
Date of registration: 02/01/2020
Prospective Registration: No
Primary sponsor: Invented Sponsor
Public title: A Study of Nothing [week 4] in Nobody
Scientific title: A Randomised Study of Nothing
Date of first enrolment: March 2019
Target sample size: 24
Recruitment status: Completed
URL:\u00a0 https://example.org/show?id=1
Study type:\u00a0 Interventional
Study design:\u00a0 Allocation: Randomized. Masking: Double (Participant, Investigator).\u00a0 \u00a0
Phase:\u00a0 Phase 2
Countries of recruitment
France Atlantis Korea, Republic of
United Kingdom
Contacts
Name:     Invented Person
Address:  1 Invented Road
 Inventedtown
Telephone: +1 555 010 0000
Email: person@example.org
Affiliation:  Invented Clinic
Key inclusion & exclusion criteria

Inclusion Criteria:

- aged = 18 years
- strength <= 9 and score
= 4

Exclusion Criteria:

- pain > 3

Age minimum: 18 Years
Age maximum: 6 Months
Gender: Female
Health Condition(s) or Problem(s) studied
Inventitis
Intervention(s)
Drug: inventine
a walk
Primary Outcome(s)
Change in score by = 20% [Time Frame: Week 4]
Secondary Outcome(s)
Count of walks
Time to walk [Time Frame: Up to 2 years] [Safety Issue: No]
Secondary ID(s)
INV-B
Source(s) of Monetary Support
Invented Fund
Secondary Sponsor(s)
Second Sponsor
Ethics review
Status: Approved
Approval date: 2018-12-01
Contact:
Committee Person
Results
Results available: Yes
Date Posted: 2021
Date Completed: 01/02/2021
URL: https://example.org/results
Disclaimer: Trials posted on this search portal are not endorsed.
Copyright - World Health Organization - Version 0
"""


@pytest.fixture(scope="session")
def portal_page() -> str:
    return PORTAL_PAGE


@pytest.fixture(scope="session")
def igpro20(shared: Path) -> TrialRecord:
    return read_record(shared / "seeds" / "004_9861e5926bc956a8.txt")


@pytest.fixture(scope="session")
def igpro20_text(shared: Path) -> str:
    return (shared / "seeds" / "004_9861e5926bc956a8.txt").read_text(encoding="utf-8")
