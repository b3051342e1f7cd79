"""The JSON Schema in the documentation is the code's, and the shipped definitions fit it."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from myotrial.trials.loading import list_trials, trial_text
from myotrial.trials.schema import FILE, schema_text

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_in_the_documentation_is_up_to_date():
    assert (ROOT / FILE).read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("name", list_trials())
def test_shipped_definitions_fit(validator, name):
    plain = json.loads(json.dumps(yaml.safe_load(trial_text(name))))
    assert [error.message for error in validator.iter_errors(plain)] == []


def test_a_misspelled_field_does_not_fit(validator, definition):
    definition["arms"][0]["rato"] = 2
    assert [list(error.absolute_path) for error in validator.iter_errors(definition)] == [["arms", 0]]


def test_it_names_all_kinds_an_editor_should_offer():
    text = schema_text()
    kinds = ("response", "value", "change", "time_to", "occurrence", "kaplan_meier", "risk_difference", "ancova")
    assert all(f'"const": "{kind}"' in text for kind in kinds)
