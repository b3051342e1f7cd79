"""Which outcomes of the record the definition answers."""

import pytest

from myotrial.registry.reading import read_record
from myotrial.trials.coverage import find_coverage
from myotrial.trials.loading import load_trial, parse_trial, trial_text

LOST = load_trial("NCT04044690").outcome("C37").name.replace("≥", "=")
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


@pytest.mark.parametrize(
    ("trial_id", "record", "registered"),
    [
        ("NCT02347891", "000_b3ea327bbd41e801.txt", 4),
        ("NCT05832034", "001_173595c731fa97ef.txt", 1),
        ("NCT04044690", "004_9861e5926bc956a8.txt", 40),
    ],
)
def test_every_registered_outcome_is_computed(shared, trial_id, record, registered):
    found = find_coverage(load_trial(trial_id), read_record(shared / "seeds" / record))
    assert found.frame.height == found.computed == registered
    assert set(found.frame["answer"]) == {"computed"}
    assert found.strangers == ()
    assert repr(found) == f"Coverage({trial_id}: {registered} of {registered} registered outcomes computed)"


def test_several_outcomes_can_answer_one_title(shared):
    found = find_coverage(load_trial("NCT02347891"), read_record(shared / "seeds" / "000_b3ea327bbd41e801.txt"))
    assert found.frame["outcome"].to_list() == ["A1.doi, A1.tis", "A2", "A3.tis", "A4.tis, A4.doi"]


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
    assert "C0" in found.strangers
    assert "C37" not in found.strangers
    assert found.computed == 1
