"""A definition as a person reads it, its estimands in words, and the command that prints both."""

import json

import pytest

from myotrial.cli.app import run
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.estimand_text import describe_estimand, estimand_text
from myotrial.trials.loading import list_trials, load_trial
from myotrial.trials.text import render_outcome, render_trial


@pytest.mark.parametrize("name", list_trials())
def test_a_whole_trial_fits_the_width_and_leaves_nothing_out(name):
    trial = load_trial(name)
    text = render_trial(trial)
    assert max(map(len, text.splitlines())) <= 80
    plain = " ".join(text.split())
    for entry in (*trial.arms, *trial.populations, *trial.subgroups, *trial.schedule.periods):
        assert " ".join(entry.label.split()) in plain
    for outcome in trial.outcomes:
        assert f"{outcome.id} " in plain
    assert all(f" {week:g}" in plain for week in trial.schedule.visits)


@pytest.mark.parametrize("name", list_trials())
@pytest.mark.parametrize("width", [60, 80])
def test_one_outcome_fits_the_width(name, width):
    trial = load_trial(name)
    for outcome in trial.outcomes:
        assert max(map(len, render_outcome(trial, outcome, width).splitlines())) <= width


def test_an_outcome_says_where_its_defaults_come_from():
    trial = load_trial("NCT04044690")
    text = " ".join(render_outcome(trial, trial.outcome("C3")).split())
    assert "Source [ours]: WHO ICTRP record of NCT04044690 for title and time frame; the record does not say" in text


SAID = {
    ("NCT04044690", "C0"): """\
        IgPro20 against Placebo in all randomised subjects: tis ≥ 20 at week 25 and (tis ≥ 20 at week 17 or tis ≥ 20 at
        week 21), at week 25; intercurrent events: rescue composite (non-response), discontinued treatment composite
        (non-response), discontinued study composite (non-response), death composite (non-response), any other
        treatment policy; summary: """,
    ("NCT04044690", "C14"): "IgPro20, Placebo in all randomised subjects: tis, at each visit of weeks 5 to 25; ",
    ("NCT04044690", "C16"): "IgPro20 against Placebo in all randomised subjects: days to first rescue, up to week 25; ",
    ("NCT04044690", "C34"): """\
        IgPro20, Placebo in subjects who were treated: treatment-emergent adverse events per infusion day, over all of
        the follow-up; """,
    ("NCT02728752", "D0"): """\
        IVIg against Placebo in all randomised subjects: tis ≥ 20 and not (worsening at any visit so far), at
        week 16; """,
}


@pytest.mark.parametrize(("trial_id", "outcome"), SAID)
def test_estimands_in_words(trial_id, outcome):
    trial = load_trial(trial_id)
    said = " ".join(SAID[trial_id, outcome].split())
    assert estimand_text(trial, trial.outcome(outcome)).startswith(said)


def test_an_estimand_has_the_five_attributes_and_what_is_missing():
    trial = load_trial("NCT02347891")
    found = describe_estimand(trial, trial.outcome("A2"))
    assert list(found) == ["treatment", "population", "variable", "intercurrent_events", "summary", "missing"]
    assert found["summary"] == "mean, mean difference, permutation"
    assert found["missing"] == "excluded"


def test_the_command_writes_a_definition_that_can_be_read_again(capsys):
    assert run(["trials", "show", "NCT02347891", "--format", "json"]) == 0
    assert TrialDefinition.model_validate(json.loads(capsys.readouterr().out)) == load_trial("NCT02347891")


def test_the_command_shows_one_outcome(capsys):
    assert run(["trials", "show", "NCT04044690", "--outcome", "C28"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("C28  Secondary  Mean difference (IgPro20 minus placebo) in TIS\n")
    assert "jump to reference, 100 draws" in " ".join(out.split())
    assert run(["trials", "show", "NCT04044690", "--outcome", "C28", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "C28"


def test_an_unknown_outcome_is_a_fault_with_a_hint(capsys):
    assert run(["trials", "show", "NCT04044690", "--outcome", "c29x"]) == 3
    told = capsys.readouterr().err
    assert "has no outcome of this name" in told
    assert "C29" in told
