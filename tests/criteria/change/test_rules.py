"""The data files of the rules: complete, every number with its source, and every option a choice."""

import pytest

from myotrial.criteria.change.rules import list_rules, load_rule
from myotrial.model.condition import Compare, describe
from myotrial.model.data import load_data
from myotrial.model.errors import BadInput
from myotrial.study.tables import load_tables

NAMES = list_rules()


def numbers_without_source(node, path=""):
    if isinstance(node, dict):
        if "source" in node:
            return
        for key, part in node.items():
            yield from numbers_without_source(part, f"{path}.{key}")
    elif isinstance(node, list):
        for place, part in enumerate(node):
            yield from numbers_without_source(part, f"{path}.{place}")
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield path


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_a_source(name):
    data = load_data("rules", f"{name}.yaml")
    held = {key: value for key, value in data.items() if key != "sources"}
    assert list(numbers_without_source(held)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_settles_with_its_defaults(name):
    rule = load_rule(name)
    settled = rule.settle({})
    assert rule.id == name
    assert not set(rule.parameters) & set(rule.options)
    assert set(settled.settings) == set(rule.parameters) | set(rule.options)
    columns = load_tables()["visits"]
    for leaf in settled.leaves:
        assert isinstance(leaf, Compare)
        measure = settled.measures[leaf.measure]
        assert measure.enzyme or columns.column(measure.column).better
    assert {leaf.measure for leaf in settled.leaves} == set(settled.measures)


@pytest.mark.parametrize("name", NAMES)
def test_every_choice_of_every_option_gives_a_rule(name):
    rule = load_rule(name)
    for option_name, option in rule.options.items():
        assert not option.choices or option.default in option.choices
        for choice in option.choices:
            assert rule.settle({option_name: choice}).tree


@pytest.mark.parametrize("name", NAMES)
def test_options_are_not_called_read_unless_both_are(name):
    for option_name, option in load_rule(name).options.items():
        assert option.source.status in {"recalled", "ours"} or option_name == "strength"


def test_the_definition_of_2004_in_words():
    text = describe(load_rule("imacs-doi-2004").settle({}).tree)
    assert text.startswith("(at least 3 of: physician_global better by ≥ 20 % of baseline; ")
    assert text.endswith("extramuscular worse by ≥ 25 % of baseline) and not (mmt worse by ≥ 25 % of baseline)")
    text = describe(load_rule("imacs-doi-2004").settle({"mmt_clause": "not_counted"}).tree)
    assert "mmt worse" not in text


def test_the_numbers_of_the_published_rules():
    held = {name: {key: option.default for key, option in load_rule(name).parameters.items()} for name in NAMES}
    assert held == {
        "imacs-doi-2004": {
            "improvement_percent": 20, "improved_needed": 3, "worsening_percent": 25, "worsened_allowed": 2,
        },
        "printo-20": {
            "improvement_percent": 20, "improved_needed": 3, "worsening_percent": 30, "worsened_allowed": 1,
        },
        "printo-inactive": {
            "ck_u_per_l": 150, "cmas": 48, "mmt": 78, "mmt_scale": 80, "physician_global_cm": 0.2, "criteria_needed": 3,
        },
        "worsening-proderm": {
            "physician_cm": 2, "mmt_percent": 20, "extramuscular_cm": 2, "measure_percent": 30, "measures_needed": 3,
            "visits_in_a_row": 2,
        },
    }  # fmt: skip


def test_the_recalled_clause_is_called_recalled():
    rule = load_rule("printo-20")
    assert rule.parameters["worsening_percent"].source.status == "recalled"
    assert rule.parameters["worsened_allowed"].source.status == "recalled"
    assert rule.options["worsening_clause"].source.status == "recalled"


def test_an_unknown_name_is_a_fault_with_a_hint():
    with pytest.raises(BadInput, match="did you mean printo-20"):
        load_rule("printo20")


def test_an_unknown_option_is_a_fault_with_a_hint():
    with pytest.raises(BadInput, match="did you mean mmt_clause"):
        load_rule("imacs-doi-2004").settle({"mmt_claus": "forbidden"})


@pytest.mark.parametrize("value", [2.5, 7, -1, "3", True])
def test_a_number_of_measures_that_cannot_be(value):
    with pytest.raises(BadInput, match="improved_needed"):
        load_rule("imacs-doi-2004").settle({"improved_needed": value})
