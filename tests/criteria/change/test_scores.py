"""The result of a rule of change says what it rests on."""

import json

import polars as pl
import pytest

from myotrial.criteria.change.improvement import score_doi
from myotrial.criteria.change.rules import load_rule
from myotrial.model.data import data_sha256
from myotrial.model.errors import BadInput
from myotrial.study.visits import read_visits

VISIT = {"physician_global_cm": 5.0, "patient_global_cm": 5.0, "mmt": 100, "haq_di": 1.0, "extramuscular_cm": 2.0}


@pytest.fixture
def frame():
    return pl.DataFrame([{"subject_id": f"<{one}>", "week": week, **VISIT} for one in range(30) for week in (0, 4)])


def test_one_line_with_the_numbers(frame):
    assert repr(score_doi(frame)) == (
        "ChangeScores(imacs-doi-2004: 30 visits of 30 subjects; met 0, not met 30, unknown 0)"
    )


def test_html_is_escaped_and_cut(frame):
    html = score_doi(frame)._repr_html_()
    assert "&lt;0&gt;" in html
    assert "<0>" not in html
    assert "<p>and 10 more rows</p>" in html


def test_what_it_rests_on(frame, tmp_path):
    scores = score_doi(frame, options={"mmt_clause": "not_counted", "worsened_allowed": 1})
    held = scores.to_dict()
    assert held["rule"] == "imacs-doi-2004"
    assert held["rule_sha256"] == data_sha256("rules", "imacs-doi-2004.yaml") == load_rule("imacs-doi-2004").sha256
    assert (held["options"]["mmt_clause"], held["options"]["worsened_allowed"]) == ("not_counted", 1)
    assert held["options"]["zero_baseline"] == "any_change"
    assert held["input_sha256"] is None
    assert len(held["scores"]) == 30
    json.dumps(held)
    frame.write_csv(tmp_path / "visits.csv")
    assert score_doi(read_visits(tmp_path / "visits.csv")).provenance()["input_sha256"]


def test_only_a_baseline_gives_no_rows(frame):
    scores = score_doi(frame.filter(pl.col("week") == 0))
    assert scores.frame.height == 0
    assert scores.frame.columns == score_doi(frame).frame.columns
    assert scores.frame.schema == score_doi(frame).frame.schema


def test_faults_of_the_table_are_raised(frame):
    with pytest.raises(BadInput, match="physician_global_cm"):
        score_doi(frame.with_columns(physician_global_cm=pl.lit(50.0)))
