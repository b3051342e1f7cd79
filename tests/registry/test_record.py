import json

import polars as pl
import pytest
from pydantic import ValidationError

from myotrial.registry.record import TrialRecord
from myotrial.registry.who_portal import read


def test_the_repr_is_one_line_of_facts(portal_page: str) -> None:
    assert repr(read(portal_page)) == (
        "<TrialRecord INV-0001: 24 participants, 3 countries, 1 primary, 2 secondary, 3 lost comparators, "
        "1 unread passage>"
    )
    assert "cut off" in repr(read(portal_page[:900]))
    assert repr(TrialRecord(form="x", sha256="0")) == "<TrialRecord without id: 0 primary, 0 secondary>"


def test_plain_data_goes_to_json_and_back(portal_page: str) -> None:
    record = read(portal_page)
    assert TrialRecord.model_validate_json(json.dumps(record.to_dict())) == record


def test_one_row_per_outcome(portal_page: str) -> None:
    frame = read(portal_page).to_frame()
    assert frame["position"].to_list() == [1, 2, 3]
    assert frame["time_frame"].to_list() == ["Week 4", None, "Up to 2 years"]
    assert frame["lost_comparators"].to_list() == [1, 0, 0]
    empty = TrialRecord(form="x", sha256="0").to_frame()
    assert (empty.height, empty.schema) == (0, frame.schema)
    assert frame.schema["title"] == pl.String


def test_html_is_escaped(portal_page: str) -> None:
    html = read(portal_page.replace("Nothing [", "<b>Nothing</b> & [").replace("Count", "<i>Count"))._repr_html_()
    assert "<b>" not in html
    assert "<i>" not in html
    assert "&lt;b&gt;Nothing&lt;/b&gt; &amp;" in html


def test_the_card_holds_only_what_is_stated(portal_page: str) -> None:
    record = read(portal_page)
    assert ("Age", "18 Years to 6 Months") in record.facts()
    assert record.not_stated() == []
    assert "Conditions" in read(portal_page[:900]).not_stated()
    groups = read(portal_page.replace("size: 24", "size: a:14;b:10"))
    assert ("Target sample size", "24 (a:14;b:10)") in groups.facts()


def test_a_record_is_frozen_and_knows_its_fields() -> None:
    record = TrialRecord(form="x", sha256="0")
    with pytest.raises(ValidationError):
        record.main_id = "X"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        TrialRecord.model_validate({"form": "x", "sha256": "0", "colour": "red"})
