"""Bands of totals at both sides of every edge, and what an interval says of them."""

import polars as pl
import pytest

from myotrial.instruments.definition import load_instrument
from myotrial.instruments.total import Bands
from myotrial.instruments.totals import take_totals
from myotrial.model.errors import BadInput
from myotrial.model.source import Source

DLQI = ["none"] * 2 + ["small"] * 4 + ["moderate"] * 5 + ["very large"] * 10 + ["extreme"] * 10
"""The published bands 0-1, 2-5, 6-10, 11-20, 21-30, point by point."""


def bands_of(instrument, total, points, **options):
    frame = pl.DataFrame({"subject_id": [f"S{point}" for point in points], "week": 0, total: points})
    found = take_totals(instrument, frame, options=options).frame
    return dict(found.select(pl.col(total), pl.col(f"{total}_band")).rows())


def test_every_point_of_the_dlqi():
    assert bands_of("dlqi", "dlqi", range(31)) == dict(enumerate(DLQI))


@pytest.mark.parametrize(("severity", "mildest"), [(None, 14), ("stanford", 14), ("upenn_19_mild", 19),
                                                   ("upenn_19_moderate", 18)])  # fmt: skip
def test_cdasi_activity_is_mild_up_to(severity, mildest):
    options = {} if severity is None else {"severity": severity}
    found = bands_of("cdasi", "cdasi_activity", range(101), **options)
    assert {point for point, band in found.items() if band == "mild"} == set(range(mildest + 1))
    assert set(found.values()) == {"mild", "moderate or severe"}


def test_an_interval_has_a_band_where_both_ends_lie_in_it(row_of):
    answers = {f"q{number}": 2 for number in range(1, 10)}
    assert row_of("dlqi", {**answers, "q10": None})["dlqi_band"] is None  # 18 to 21
    row = row_of("dlqi", {**answers, "q9": 0, "q10": None})  # 16 to 19
    assert (row["dlqi"], row["dlqi_band"]) == (None, "very large")
    row = row_of("dlqi", {**answers, "q10": None}, blanks_allowed=1)
    assert (row["dlqi"], row["dlqi_band"]) == (18, "very large")


@pytest.mark.parametrize(
    "sets",
    [{"a": [{"name": "x", "from": 0}], "b": [{"name": "x", "from": 0}]}, {"a": []},
     {"a": [{"name": "x", "from": 2}, {"name": "y", "from": 2}]}],
)  # fmt: skip
def test_faulty_bands_are_refused(sets):
    with pytest.raises(ValueError, match=r"option|ascend"):
        Bands(sets=sets, source=Source(citation="made up", status="ours"))


def test_an_instrument_has_other_names():
    assert load_instrument("parent-global-activity") == load_instrument("patient-global-activity")


@pytest.mark.parametrize("name", ["physician-global-damage-likert", "extramuscular-global-likert"])
def test_a_likert_scale_that_was_not_read_has_to_be_stated(name, row_of):
    item = load_instrument(name).items[0].id
    with pytest.raises(BadInput, match="needs scale"):
        row_of(name, {item: 3})
    row = row_of(name, {item: 3}, scale="zero_to_four")
    assert row[load_instrument(name).totals[0].name] == 3


@pytest.mark.parametrize(
    ("name", "item", "total"),
    [("chaq-pain", "pain", "chaq_pain_cm"), ("chaq-well-being", "well_being", "chaq_well_being_cm")],
)
def test_the_two_lines_of_the_chaq(name, item, total, row_of):
    assert row_of(name, {item: 63}, unit="mm")[total] == 6.3
    with pytest.raises(BadInput, match="cannot be guessed"):
        row_of(name, {item: 6.3})


def test_damage_of_the_cutaneous_assessment_tool(row_of):
    row = row_of("cat", {"activity": 96, "damage": 22})
    assert (row["cat_activity"], row["cat_damage"]) == (96, 22)
