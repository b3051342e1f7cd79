"""How intercurrent events are handled: the earliest decides, in whatever order the definition names them."""

import itertools

import polars as pl
import pytest

from myotrial.endpoints.derive import derive_outcome
from myotrial.endpoints.panel import prepare
from myotrial.study.reading import StudyData
from myotrial.study.visits import check_visits
from myotrial.trials.outcomes import Outcome

WEEKS = (1, 5, 9, 13, 17, 21, 25)
DAYS = dict(zip(WEEKS, (1, 29, 57, 85, 113, 141, 169), strict=True))


def study_of(physician, events, event_rows):
    """Give a study in which only physician global activity moves; subject → its values at WEEKS."""
    rows = [
        {
            "subject_id": subject,
            "week": week,
            "physician_global_cm": value,
            "patient_global_cm": 5.0,
            "mmt": 100.0,
            "haq_di": 1.0,
            "extramuscular_cm": 2.0,
        }
        for subject, values in physician.items()
        for week, value in zip(WEEKS, values, strict=True)
    ]
    schema = {"subject_id": pl.String, "day": pl.Int64, "kind": pl.String, "reason": pl.String}
    subjects = pl.DataFrame({"subject_id": list(physician), "arm": ["placebo"] * len(physician)})
    return StudyData(subjects, check_visits(pl.DataFrame(rows)), event_rows(events).cast(schema))


def derived(trial, study, **outcome):
    given = Outcome.model_validate(
        {
            "id": "X",
            "role": "unregistered",
            "title": "x",
            "derivation": "x",
            "time_frame": {"to_week": 25},
            "source": {"citation": "x", "status": "ours"},
            **outcome,
        }
    )
    return derive_outcome(trial, given, prepare(trial, study))


TIME_TO = {
    "variable": {"kind": "time_to", "first": {"measure": "physician_global_cm", "at_most": 2}},
    "summaries": [{"kind": "kaplan_meier"}],
}
NEVER_LOW = (6.0,) * 7
LOW_AT_17 = (6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("values", "events", "rules", "day", "event"),
    [
        (LOW_AT_17, [], {"rescue": "censor"}, 113, True),
        (LOW_AT_17, [("rescue", 112)], {"rescue": "censor"}, 112, False),
        (LOW_AT_17, [("rescue", 113)], {"rescue": "censor"}, 113, True),
        (LOW_AT_17, [("rescue", 112)], {"rescue": "never"}, 169, False),
        (LOW_AT_17, [("rescue", 112)], {"rescue": "treatment_policy"}, 113, True),
        (LOW_AT_17, [("rescue", 112)], {}, 113, True),
        (NEVER_LOW, [("rescue", 112)], {"rescue": "censor"}, 112, False),
        ((6.0, 5.0, 4.0, None, None, None, None), [("rescue", 112)], {"rescue": "censor"}, 57, False),
        (NEVER_LOW, [("rescue", 169)], {"rescue": "never"}, 169, False),
        (NEVER_LOW, [("rescue", -3)], {"rescue": "censor"}, 169, False),  # before treatment: not intercurrent
        (NEVER_LOW, [("discontinued_study", -3)], {"discontinued_study": "censor"}, 0, False),
        (NEVER_LOW, [("rescue", 50), ("death", 80)], {"rescue": "never", "death": "censor"}, 169, False),
        (NEVER_LOW, [("rescue", 80), ("death", 50)], {"rescue": "never", "death": "censor"}, 50, False),
        (NEVER_LOW, [("rescue", 80), ("death", 50)], {"rescue": "censor", "death": "censor"}, 50, False),
        (LOW_AT_17, [("rescue", 120), ("death", 50)], {"rescue": "never", "death": "censor"}, 50, False),
    ],
)
def test_time_to_a_rule(reclaiim, event_rows, values, events, rules, day, event):
    study = study_of({"A": values}, [("A", when, kind) for kind, when in events], event_rows)
    for order in itertools.permutations(rules.items()):
        row = derived(reclaiim, study, **TIME_TO, intercurrent=dict(order)).row(0, named=True)
        assert (row["value"], row["event"]) == (day, event), order


def test_censored_at_the_last_visit_whose_answer_is_known(reclaiim, event_rows):
    study = study_of({"A": (6.0, 5.0, None, 4.0, None, None, None), "B": (6.0,) + (None,) * 6}, [], event_rows)
    frame = derived(reclaiim, study, **TIME_TO)
    assert frame.select("value", "event", "unknown").rows() == [(85, False, False), (0, False, True)]


@pytest.mark.parametrize(
    ("events", "rules", "missing", "value", "unknown"),
    [
        ([], {"rescue": "non_response"}, "non_response", 1, False),
        ([("rescue", 168)], {"rescue": "non_response"}, "non_response", 0, False),
        ([("rescue", 169)], {"rescue": "non_response"}, "non_response", 1, False),
        ([("rescue", 168)], {"rescue": "hypothetical"}, "non_response", 0, True),
        ([("rescue", 168)], {"rescue": "hypothetical"}, "excluded", None, True),
        ([("rescue", 168)], {"rescue": "treatment_policy"}, "excluded", 1, False),
        ([("rescue", 60), ("death", 90)], {"rescue": "hypothetical", "death": "non_response"}, "excluded", 0, False),
    ],
)
def test_response(reclaiim, event_rows, events, rules, missing, value, unknown):
    study = study_of({"A": LOW_AT_17}, [("A", when, kind) for kind, when in events], event_rows)
    variable = {"kind": "response", "when": {"measure": "physician_global_cm", "at_most": 2}}
    for order in itertools.permutations(rules.items()):
        frame = derived(
            reclaiim,
            study,
            variable=variable,
            summaries=[{"kind": "proportion"}],
            intercurrent=dict(order),
            missing=missing,
        )
        assert frame.select("value", "unknown").rows() == [(value, unknown)], order


def test_change_after_a_hypothetical_event_is_not_used(reclaiim, event_rows):
    study = study_of({"A": LOW_AT_17, "B": NEVER_LOW}, [("A", 100, "rescue")], event_rows)
    frame = derived(
        reclaiim, study, variable={"kind": "change", "of": "physician_global_cm"}, at="each_visit",
        summaries=[{"kind": "mean"}], intercurrent={"rescue": "hypothetical"},
    )  # fmt: skip
    assert frame.filter(subject_id="A")["value"].to_list() == [-1, -2, -3, None, None, None]
    assert frame.filter(subject_id="A")["reason"].to_list() == [None] * 3 + ["rescue: hypothetical"] * 3
    assert frame.filter(subject_id="B")["value"].to_list() == [0] * 6


def test_changes_are_decimals(reclaiim, event_rows):
    study = study_of({"A": (1.1, 0.6, 0.3, 4.4, 9.9, 0.1, 0.0)}, [], event_rows)
    frame = derived(
        reclaiim, study, variable={"kind": "change", "of": "physician_global_cm"}, at="each_visit",
        summaries=[{"kind": "mean"}],
    )  # fmt: skip
    assert frame["value"].to_list() == [-0.5, -0.8, 3.3, 8.8, -1.0, -1.1]


def test_occurrence_within_the_time_frame(reclaiim, event_rows):
    days = {"A": 1, "B": 168, "C": 170, "D": 400, "E": None}
    events = [(subject, day, "rescue") for subject, day in days.items() if day]
    study = study_of(dict.fromkeys(days, NEVER_LOW), events, event_rows)
    frame = derived(
        reclaiim, study, variable={"kind": "occurrence", "of": "rescue"}, summaries=[{"kind": "proportion"}]
    )
    assert frame["value"].to_list() == [1, 1, 0, 0, 0]


def test_a_population_without_anybody(reclaiim, event_rows):
    study = study_of({"A": NEVER_LOW}, [], event_rows)
    only_baseline = StudyData(study.subjects, check_visits(study.visits.frame.head(1)), study.events)
    frame = derived(
        reclaiim,
        only_baseline,
        variable={"kind": "value", "of": "mmt"},
        summaries=[{"kind": "mean"}],
        population="assessed",
    )
    assert frame.height == 0
