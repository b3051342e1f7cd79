"""Which outcomes of the record the definition answers."""

import pytest

from myotrial.registry.reading import read_record
from myotrial.trials.coverage import find_coverage
from myotrial.trials.loading import load_trial, parse_trial, trial_text

LOST = load_trial("NCT04044690").outcome("C37").name.replace("≥", "=")
COMPUTED = [0, 14, 25, 27, 28, 29, 37]
PAGE = """\
Register: InventedRegister
Main ID: NCT04044690
Prospective Registration: Yes
Public title: Nothing
Date of first enrolment: March 2019
Countries of recruitment
France
Inclusion Criteria:
- aged = 18 years
Primary Outcome(s)
responder  rate [Time Frame: Weeks 17, 21, and 25]
Secondary Outcome(s)
{lost} [Time Frame: Week 5 up to Week 53]
Responder Rate [Time Frame: Week 53]
Count of walks
"""


@pytest.fixture
def trial():
    return load_trial("NCT04044690")


def test_the_real_record(trial, shared):
    found = find_coverage(trial, read_record(shared / "seeds" / "004_9861e5926bc956a8.txt"))
    assert found.frame.height == 40
    answers = found.frame["answer"].to_list()
    assert [place for place, answer in enumerate(answers) if answer == "computed"] == COMPUTED
    assert answers.count("not yet") == 33
    assert [name for name in found.frame["outcome"] if name] == [f"C{place}" for place in COMPUTED]
    assert found.strangers == ()
    assert found.computed == 7
    assert repr(found) == "Coverage(NCT04044690: 7 of 40 registered outcomes computed)"


def test_signs_case_and_white_space_do_not_count(trial, tmp_path):
    page = tmp_path / "page.txt"
    page.write_text(PAGE.format(lost=LOST), encoding="utf-8")
    found = find_coverage(trial, read_record(page)).frame
    assert found["outcome"].to_list() == ["C0", "C37", None, None]  # the time frame counts, and an unknown title
    assert found["answer"].to_list() == ["computed", "computed", "not yet", "not yet"]


def test_an_outcome_that_is_not_in_the_record_is_a_stranger(tmp_path):
    page = tmp_path / "page.txt"
    page.write_text(PAGE.format(lost=LOST), encoding="utf-8")
    text = trial_text("NCT04044690").replace("title: Responder Rate", "title: Responder Rates")
    found = find_coverage(parse_trial(text), read_record(page))
    assert found.strangers == ("C0", "C14", "C25", "C27", "C28", "C29")
    assert found.computed == 1
