"""The categories one by one: the first whose rule holds is the category, and an open one is never passed over."""

import numpy as np
import polars as pl
import pytest

from myotrial.criteria.classification.every import classify, list_facts
from myotrial.criteria.classification.facts import load_facts
from myotrial.criteria.classification.rules import load_classification

SEED = 20_241_123
CRITERIA = ("antisynthetase", "bohan-peter-1975", "imnm-enmc-2016", "overlap")


def drawn(criteria, answers, n=200):
    """Return people whose facts are drawn at random from some answers."""
    names = [name for name in list_facts(criteria)["fact"] if load_facts()[name].kind == "flag"]
    draws = np.random.default_rng(SEED).choice(np.array(answers, dtype=object), size=(n, len(names)))
    return pl.DataFrame(draws.tolist(), schema=dict.fromkeys(names, pl.Boolean), orient="row")


@pytest.mark.parametrize("criteria", CRITERIA)
def test_where_everything_is_known_the_first_that_holds_is_the_category(criteria):
    found = classify(drawn(criteria, [True, False]), criteria)
    steps = found.steps()
    assert steps["answer"].null_count() == 0
    first = steps.filter("answer").group_by("subject_id", maintain_order=True).first()
    assert first["category"].to_list() == found.to_frame()["category"].to_list()
    assert first["category"].n_unique() > 1


@pytest.mark.parametrize("criteria", CRITERIA)
def test_where_something_is_unknown_a_sure_category_has_no_open_one_before_it(criteria):
    found = classify(drawn(criteria, [True, False, None]), criteria)
    possible = dict(found.to_frame().select("subject_id", "possible").iter_rows())
    open_seen = 0
    for (subject,), steps in found.steps().partition_by("subject_id", as_dict=True).items():
        refuted = steps.filter(~pl.col("answer"))["category"].to_list()
        assert not set(refuted) & set(possible[subject])
        before = steps["category"].to_list()[: steps["answer"].fill_null(value=True).arg_max() + 1]
        if steps.row(len(before) - 1, named=True)["answer"]:  # sure, and all before it refuted
            assert possible[subject] == before[-1:]
        else:
            open_seen += 1
    assert open_seen > 0


def test_a_step_names_the_groups_that_it_reads_by_their_answer():
    facts = {"dm_rash": True, "emg_myopathic": False, "proximal_weakness": True}
    row = classify(facts, "bohan-peter-1975").steps().row(1, named=True)
    labels = {name: group.label for name, group in load_classification("bohan-peter-1975").groups.items()}
    assert row["category"] == "definite DM"
    assert row["present"] == [labels["weakness"], labels["rash"]]
    assert row["absent"] == [labels["emg"]]
    assert row["unknown"] == [labels["enzymes"], labels["biopsy"]]


def test_the_steps_of_the_2017_criteria_are_those_of_the_subclass():
    facts = pl.DataFrame({"onset_age_years": [50, 50, 10], "heliotrope": [True, True, True],
                          "proximal_upper_weakness": [True, None, True]})  # fmt: skip
    found = classify(facts, "eular-acr-2017")
    answers = found.steps().filter(pl.col("category") == "DM")["answer"].to_list()
    assert answers == [True, None, False]
