"""The tree of a rule: how it is read, printed and split into levels."""

import pytest
from pydantic import TypeAdapter, ValidationError

from myotrial.model.condition import COMPARATORS, All, AnyOf, Compare, Condition, Count, Happened, Not, describe, leaves
from myotrial.model.condition import levels as split_levels

TIS = {"measure": "tis", "at_least": 20}
RESCUE = {"event": "rescue"}


def rule(text):
    return TypeAdapter(Condition).validate_python(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (TIS, Compare),
        (RESCUE, Happened),
        ({"all": [TIS, RESCUE]}, All),
        ({"any": [TIS]}, AnyOf),
        ({"not": TIS}, Not),
        ({"at_least": 1, "of": [TIS, RESCUE]}, Count),
        ({"at_most": 0, "of": [TIS]}, Count),
    ],
)
def test_a_node_is_known_by_its_key(text, kind):
    node = rule(text)
    assert type(node) is kind
    assert rule(node) == node
    assert rule(node.model_dump(by_alias=True, exclude_none=True)) == node


@pytest.mark.parametrize(
    "text",
    [
        "tis",
        {},
        {"at_least": 20},
        {"measure": "tis"},
        {"measure": "tis", "at_least": 20, "at_most": 30},
        {"measure": "tis", "at_lest": 20},
        {"measure": "tis", "at_least": "twenty"},
        {"measure": "tis", "at_least": float("nan")},
        {"measure": "tis", "at_least": float("inf")},
        {"measure": "tis", "at_least": []},
        {"measure": "tis", "at_least": [20, 20]},
        {"measure": "mmt", "at_least": 20, "unit": "percent_of_baseline"},
        {"measure": "mmt", "at_least": 20, "change": "up"},
        {"all": []},
        {"any": [TIS], "all": [TIS]},
        {"not": [TIS]},
        {"of": [TIS]},
        {"at_least": 1, "at_most": 1, "of": [TIS]},
        {"at_least": 2, "of": [TIS]},
        {"at_least": -1, "of": [TIS]},
        {"at_most": -1, "of": [TIS]},
        {"event": "rescue", "measure": "tis"},
    ],
)
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(ValidationError):
        rule(text)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        (TIS, "tis ≥ 20"),
        (TIS | {"week": 25}, "tis ≥ 20 at week 25"),
        ({"measure": "physician_global_cm", "at_most": 2.5}, "physician_global_cm ≤ 2.5"),
        ({"measure": "tis", "at_least": [20, 40, 60]}, "tis ≥ 20/40/60"),
        ({"measure": "mmt", "more_than": 5, "change": "better"}, "mmt better by > 5"),
        (
            {"measure": "mmt", "at_least": 20, "change": "worse", "unit": "percent_of_baseline", "week": 9},
            "mmt worse by ≥ 20 % of baseline at week 9",
        ),
        (
            {"measure": "mmt", "at_least": 20, "change": "worse", "unit": "percent_of_range"},
            "mmt worse by ≥ 20 % of the range",
        ),
        ({"not": RESCUE}, "no rescue"),
        ({"not": {"event": "discontinued_study", "week": 25}}, "no discontinued study before week 25"),
        ({"not": TIS}, "not (tis ≥ 20)"),
        ({"all": [TIS, {"any": [RESCUE, {"not": TIS}]}]}, "tis ≥ 20 and (rescue or not (tis ≥ 20))"),
        ({"any": [{"all": [TIS, RESCUE]}, RESCUE]}, "(tis ≥ 20 and rescue) or rescue"),
        ({"at_least": 1, "of": [TIS, RESCUE]}, "at least 1 of: tis ≥ 20; rescue"),
        ({"at_most": 1, "of": [TIS, RESCUE]}, "at most 1 of: tis ≥ 20; rescue"),
    ],
)
def test_a_rule_as_a_phrase(text, phrase):
    assert describe(rule(text)) == phrase


def test_labels_stand_for_names():
    assert describe(rule(TIS), {"tis": "Total Improvement Score"}) == "Total Improvement Score ≥ 20"


@pytest.mark.parametrize("comparator", COMPARATORS)
def test_levels_of_a_list_of_thresholds(comparator):
    found = split_levels(rule({"measure": "tis", comparator: [20, 40, 62.5], "week": 9}))
    assert [name for name, _ in found] == [f"{COMPARATORS[comparator]} {number}" for number in ("20", "40", "62.5")]
    assert [leaf for _, leaf in found] == [
        rule({"measure": "tis", comparator: number, "week": 9}) for number in (20, 40, 62.5)
    ]


def test_levels_deep_in_a_tree():
    listed, other = {"measure": "tis", "at_least": [20, 40]}, {"measure": "mmt", "at_most": [100, 120]}
    tree = {"all": [{"not": RESCUE}, {"at_least": 1, "of": [TIS, {"not": listed}]}, {"any": [other]}]}
    one, two = (
        {
            "all": [
                {"not": RESCUE},
                {"at_least": 1, "of": [TIS, {"not": TIS | {"at_least": tis}}]},
                {"any": [{"measure": "mmt", "at_most": mmt}]},
            ]
        }
        for tis, mmt in ((20, 100), (40, 120))
    )
    assert split_levels(rule(tree)) == [("≥ 20", rule(one)), ("≥ 40", rule(two))]


def test_a_rule_without_a_list_is_its_only_level():
    assert split_levels(rule(TIS)) == [(None, rule(TIS))]


def test_leaves_from_left_to_right():
    tree = {"all": [TIS, {"any": [RESCUE, {"not": {"measure": "mmt", "equals": 1}}]}]}
    assert [getattr(leaf, "measure", "event") for leaf in leaves(rule(tree))] == ["tis", "event", "mmt"]
