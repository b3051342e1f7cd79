"""What holds of the rules as a whole: each has its function, and strength near its ceiling caps the score."""

import polars as pl
import pytest

from myotrial.criteria.change.rules import list_rules
from myotrial.criteria.every import RULES
from myotrial.criteria.rules import list_criteria, load_criteria
from myotrial.criteria.tis import score_tis


def test_every_rule_has_its_function():
    assert set(RULES) == set(list_rules())


CAPS = {125: 87.5, 135: 77.5, 142: 77.5, 147: 67.5}
"""Baseline strength of 150 → the highest score: 125 leaves 20 of the 32.5 points, 135 and 142 leave 10, 147 none."""


@pytest.mark.parametrize(("strength", "cap"), CAPS.items())
@pytest.mark.parametrize("name", list_criteria())
def test_a_good_baseline_strength_caps_the_score(drawing, name, strength, cap):
    """Everything else recovers in full, and strength as far as its scale goes."""
    chosen = {"strength": "mmt"} if "strength" in load_criteria(name).options else {}
    options = chosen | drawing.stated(name)
    columns, enzymes = drawing.measures_of(name, options)
    start = {column: (drawing.columns[column].max if lower else drawing.columns[column].min)
             for column, lower in columns.items() if column != "mmt"}  # fmt: skip
    end = {column: (drawing.columns[column].min if lower else drawing.columns[column].max)
           for column, lower in columns.items() if column != "mmt"}  # fmt: skip
    if enzymes:
        start, end = start | {"ck_u_per_l": 9000.0}, end | {"ck_u_per_l": 0.0}
    rows = [{"subject_id": "A", "week": 0, "mmt": float(strength), **start},
            *({"subject_id": "A", "week": week, "mmt": float(reached), **end}
              for week, reached in enumerate(range(strength, 151), start=1))]  # fmt: skip
    frame = pl.DataFrame(rows).with_columns(pl.lit(150.0).alias("mmt_max"), pl.lit(200.0).alias("ck_uln_u_per_l"))
    assert score_tis(frame, name, baseline_week=0, options=options).frame["tis"].max() == cap
