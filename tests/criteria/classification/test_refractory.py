"""Refractory myositis in both readings, and what a physician judges beside its hint."""

from itertools import product

import polars as pl
import pytest

from myotrial.criteria.classification.course import classify_chronic_active, classify_relevant_improvement
from myotrial.criteria.classification.diseases import is_refractory
from myotrial.criteria.classification.rules import load_classification

AGENTS = ("azathioprine", "methotrexate", "mycophenolate", "leflunomide", "tacrolimus", "ciclosporin",
          "cyclophosphamide", "rituximab", "ivig")  # fmt: skip
FAILED = {"months": 3, "inadequate": True}


def of(agent, **facts):
    return {f"{agent}_{name}": value for name, value in facts.items()}


def none_of(*agents):
    return {name: value for agent in agents for name, value in of(agent, inadequate=False, intolerant=False).items()}


def test_the_agents_are_those_of_the_record():
    assert load_classification("refractory").agents == AGENTS


@pytest.mark.parametrize("agent", AGENTS)
def test_both_readings_for_every_agent(agent):
    others = none_of(*(other for other in AGENTS if other != agent))
    for gc, other in product((False, True), repeat=2):
        facts = {"chronic_active": True, **others}
        facts |= of("glucocorticoid", **FAILED) if gc else none_of("glucocorticoid")
        facts |= of(agent, **FAILED) if other else none_of(agent)
        row = is_refractory(facts).frame.row(0, named=True)
        assert row["category"] == row["either"] == ("refractory" if gc or other else "not refractory")
        assert row["both"] == ("refractory" if gc and other else "not refractory")
        assert is_refractory(facts, options={"and_or": "both"}).frame["category"][0] == row["both"]
        assert is_refractory({**facts, "chronic_active": False}).frame["category"][0] == "not refractory"


@pytest.mark.parametrize(
    ("months", "inadequate", "intolerant", "after", "any_time"),
    [
        (3, True, False, True, True),
        (2.999999999, True, False, False, False),
        (3, False, True, True, True),
        (1, False, True, False, True),
        (None, False, True, None, True),
        (None, True, False, None, None),
        (None, False, False, False, False),
        (3, None, False, None, None),
        (1, None, False, False, False),
        (1, False, None, False, None),
    ],
)
def test_three_months_and_intolerance(months, inadequate, intolerant, after, any_time):
    facts = {"chronic_active": True, **none_of(*AGENTS)}
    facts |= of("glucocorticoid", months=months, inadequate=inadequate, intolerant=intolerant)
    said = {True: "refractory", False: "not refractory", None: None}
    for intolerance, expected in (("after_months", after), ("at_any_time", any_time)):
        found = is_refractory(facts, options={"intolerance": intolerance}).frame
        assert found["category"][0] == said[expected]
        assert found["glucocorticoid"][0] is expected


def test_only_what_can_still_matter_is_asked():
    facts = {"chronic_active": True, **none_of(*AGENTS[1:])}
    facts |= of("glucocorticoid", months=1) | of("azathioprine", inadequate=True)
    assert is_refractory(facts).ask_next()["ask"].to_list() == ["azathioprine_months"]
    asked = is_refractory(facts, options={"intolerance": "at_any_time"}).ask_next()["ask"].to_list()
    assert asked == ["glucocorticoid_intolerant", "azathioprine_intolerant", "azathioprine_months"]


def test_the_number_of_months_is_an_option():
    facts = {"chronic_active": True, **of("glucocorticoid", months=4, inadequate=True), **none_of(*AGENTS)}
    found = [is_refractory(facts, options={"months": months}).frame["category"][0] for months in (3, 4, 4.5, 6)]
    assert found == ["refractory", "refractory", "not refractory", "not refractory"]


def test_a_hint_never_takes_the_place_of_the_judgement():
    facts = pl.DataFrame(
        list(product((True, False, None), (19.9, 20, None))),
        schema={"relevant_improvement": pl.Boolean, "tis_screening_to_baseline": pl.Float64},
        orient="row",
    )
    found = classify_relevant_improvement(facts).frame
    assert found["category"].to_list() == ["improved"] * 3 + ["not improved"] * 3 + [None] * 3
    assert found["hint"].to_list() == [False, True, None] * 3
    assert found["differs"].to_list() == [True, False, None, False, True, None, None, None, None]
    stricter = classify_relevant_improvement(facts, options={"tis_points": 40}).frame
    assert stricter["hint"].to_list() == [False, False, None] * 3
    assert stricter["category"].equals(found["category"])


@pytest.mark.parametrize(
    ("months", "activity", "hint"),
    [(6, 2, True), (5.9, 2, False), (6, 1.9, False), (None, 2, None), (None, 1.9, False), (6, None, None)],
)
def test_the_hint_of_chronic_active(months, activity, hint):
    facts = {"months_since_diagnosis": months, "physician_global_cm": activity}
    row = classify_chronic_active(facts).frame.row(0, named=True)
    assert (row["category"], row["hint"]) == (None, hint)
