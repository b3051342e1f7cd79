"""Test vectors with a source outside the code; the pages of evidence print the same ones."""

from pathlib import Path

import polars as pl
import pytest

from myotrial.criteria.change.rules import list_rules
from myotrial.criteria.change.worsening import score_worsening
from myotrial.criteria.classification.every import classify, list_facts
from myotrial.criteria.classification.rules import list_classifications
from myotrial.criteria.rules import list_criteria
from myotrial.instruments.definition import list_instruments, load_instrument
from myotrial.instruments.scoring import score_instrument
from myotrial.model.data import parse_yaml
from myotrial.model.source import Source

ROOT = Path(__file__).resolve().parents[2]
VECTORS = parse_yaml(Path(__file__).with_name("vectors.yaml").read_text(encoding="utf-8"))
KINDS = {
    "instruments": list_instruments,
    "criteria": list_criteria,
    "rules": list_rules,
    "classification": list_classifications,
}


def cases(kind):
    return [
        pytest.param(name, each, id=f"{name}-{number}")
        for name, held in VECTORS[kind].items()
        for number, each in enumerate(held)
        if "test" not in each
    ]


@pytest.mark.parametrize(("name", "vector"), cases("instruments"))
def test_instruments(name, vector):
    instrument = load_instrument(name)
    rest = vector.get("rest")
    answers = {item.id: rest.get(item.part) if isinstance(rest, dict) else rest for item in instrument.items}
    answers |= vector["given"]
    items = pl.DataFrame(
        {
            "subject_id": "S1",
            "week": 0,
            "item": list(answers),
            "value": [None if value is None else str(value) for value in answers.values()],
        }
    )
    row = score_instrument(instrument, items, options=vector.get("options")).frame.row(0, named=True)
    assert {name: row[name] for name in vector["gives"]} == vector["gives"]


@pytest.mark.parametrize(("name", "vector"), cases("classification"))
def test_classifications(name, vector):
    chosen = {"biopsy": vector["biopsy"]} if "biopsy" in vector else {}
    facts = {fact: False for fact, values in list_facts(name).select("fact", "values").rows() if values == "yes or no"}
    facts |= dict.fromkeys(["adult_onset", "onset_18_to_39", "onset_40_or_over"]) if "onset_age_years" in str(
        list_facts(name)["fact"].to_list()
    ) else {}  # fmt: skip
    if facts.get("biopsy_done") is False:
        facts["biopsy_done"] = None
    row = classify({**facts, **vector["given"]}, name, options=chosen).frame.row(0, named=True)
    assert {name: row[name] for name in vector["gives"]} == vector["gives"]


@pytest.mark.parametrize(("name", "vector"), cases("rules"))
def test_worsening(name, vector):
    assert name == "worsening-proderm"
    held = {column: [float(value) for value in values] for column, values in vector["visits"].items()}
    still = {"patient_global_cm": [3.0] * 3, "haq_di": [1.0] * 3}
    frame = pl.DataFrame({"subject_id": ["A"] * 3, "week": [0, 4, 8], **still, **held})
    assert score_worsening(frame).frame["confirmed"].to_list()[-1] == vector["gives"]["confirmed"]


def test_vectors_are_of_what_there_is_and_say_where_they_come_from():
    assert set(VECTORS) == {"sources", *KINDS}
    for kind, listed in KINDS.items():
        assert set(VECTORS[kind]) <= set(listed())
        for each in [each for held in VECTORS[kind].values() for each in held]:
            Source(**each["source"])
            assert "test" not in each or (ROOT / each["test"]).is_file()


def test_the_caps_that_the_pages_print_are_those_that_are_tested():
    """The suite over the criteria runs them: ``test_a_good_baseline_strength_caps_the_score``."""
    text = Path(__file__).with_name("test_criteria_caps.py").read_text(encoding="utf-8")
    for each in (each for held in VECTORS["criteria"].values() for each in held):
        assert f"{each['strength']}: {each['gives']['score at most']:g}" in text
