"""The shipped definition loads, and says what was registered."""

import pytest

from myotrial.model.errors import BadInput
from myotrial.trials.loading import list_trials, load_trial, parse_trial, trial_text
from myotrial.trials.outcomes import FITS, MISSING, STRATEGIES


@pytest.fixture(scope="module")
def trial():
    return load_trial("NCT04044690")


@pytest.mark.parametrize("name", list_trials())
def test_every_shipped_definition_loads(name):
    trial = load_trial(name)
    assert trial.id == name
    assert name in repr(trial)
    for outcome in trial.outcomes:
        assert outcome.derivation
        assert outcome.source.citation
        assert outcome.handling()
        assert set(outcome.intercurrent.values()) <= set(STRATEGIES[outcome.variable.kind])
        assert {summary.kind for summary in outcome.summaries} <= set(FITS[outcome.variable.kind])
        assert outcome.missing_rule in MISSING[outcome.variable.kind]


def test_reclaiim_is_what_the_record_says(trial):
    assert trial.sample_size.planned == 126
    assert [(arm.id, arm.ratio, arm.reference) for arm in trial.arms] == [("igpro20", 1, False), ("placebo", 1, True)]
    assert trial.schedule.visits == (1, 5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49, 53)
    assert trial.schedule.baseline_week == 1
    assert [(period.weeks, period.masked, period.all_on) for period in trial.schedule.periods] == [
        ((1, 25), True, None),
        ((25, 53), False, "igpro20"),
    ]
    assert [outcome.id for outcome in trial.outcomes if outcome.role == "primary"] == ["C0"]
    assert trial.scores["tis"].criteria == "acr-eular-2016-adult"


def test_weeks_count_from_one(trial):
    # the record's first treatment is at week 1, so week 1 is day 1 and week 25 is day 169
    assert [trial.schedule.nominal_day(week) for week in (1, 5, 25, 53)] == [1, 29, 169, 365]


@pytest.mark.parametrize(
    ("outcome", "weeks"),
    [
        ("C0", [25]),
        ("C14", [5, 9, 13, 17, 21, 25]),
        ("C25", [53]),
        ("C27", [5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49, 53]),
        ("C28", [25]),
        ("C29", [5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49, 53]),
        ("C37", [5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49, 53]),
    ],
)
def test_weeks_at_which_outcomes_are_judged(trial, outcome, weeks):
    assert trial.weeks_of(trial.outcome(outcome)) == weeks


def test_the_primary_outcome_in_words(trial):
    primary = trial.outcome("C0")
    assert primary.variable.describe() == "tis ≥ 20 at week 25 and (tis ≥ 20 at week 17 or tis ≥ 20 at week 21)"
    assert primary.handling() == (
        "rescue: composite (non-response); discontinued treatment: composite (non-response); "
        "discontinued study: composite (non-response); death: composite (non-response); missing: non response"
    )
    assert primary.name == "Responder Rate"


def test_the_hash_is_of_what_it_says_not_of_its_layout(trial):
    text = trial_text("NCT04044690")
    assert parse_trial("# a comment\n" + text).sha256() == trial.sha256()
    assert parse_trial(text.replace("planned: 126", "planned: 127")).sha256() != trial.sha256()


def test_a_file_is_read_like_a_name(tmp_path, trial):
    file = tmp_path / "mine.yaml"
    file.write_text(trial_text("NCT04044690"), encoding="utf-8")
    assert load_trial(file) == trial


@pytest.mark.parametrize("name", ["NCT0404469", "nct04044690x", "no/such/file.yaml", "", "."])
def test_an_unknown_name_is_a_fault(name):
    with pytest.raises(BadInput, match="NCT04044690") as told:
        load_trial(name)
    assert told.value.faults[0].code == "unknown_trial"


def test_a_file_that_is_not_text_is_a_fault(tmp_path):
    file = tmp_path / "broken.yaml"
    file.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(BadInput, match="not text in UTF-8"):
        load_trial(file)
