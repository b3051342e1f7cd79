"""Points by measure, ceilings and distances, held against hand arithmetic and brute force."""

import itertools
import json

import polars as pl
import pytest

from myotrial.cli.app import run
from myotrial.criteria.explain import explain_tis
from myotrial.criteria.tis import score_tis

BEST = {
    "physician_global_cm": 10.0,
    "patient_global_cm": 10.0,
    "haq_di": 3.0,
    "extramuscular_cm": 10.0,
    "ck_u_per_l": 3000.0,
    "ck_uln_u_per_l": 200.0,
}


def table(start: dict, end: dict) -> pl.DataFrame:
    return pl.DataFrame([{"subject_id": "A", "week": 0, **start}, {"subject_id": "A", "week": 12, **end}])


@pytest.mark.parametrize(
    ("mmt", "ceiling"), [(125, 87.5), (135, 77.5), (142, 77.5), (147, 67.5), (150, 67.5), (0, 100.0)]
)
def test_strength_at_baseline_caps_the_score(mmt: int, ceiling: float) -> None:
    """The caps of the published table: 125, 142 and 147 of 150 leave 20, 10 and 0 of the 32.5 points."""
    found = explain_tis(table({**BEST, "mmt": mmt}, {**BEST, "mmt": mmt})).summary
    assert found["ceiling"].item() == ceiling


def test_no_visit_reaches_more_than_the_ceiling() -> None:
    start = {
        **BEST,
        "physician_global_cm": 1.2,
        "patient_global_cm": 2.5,
        "haq_di": 0.5,
        "mmt": 140,
        "extramuscular_cm": 0.4,
    }
    ceiling = explain_tis(table(start, start)).summary["ceiling"].item()
    ends = itertools.product([0, 0.6, 1.2], [0, 2.5], [0, 0.5], [140, 145, 150], [0, 0.4], [0, 600, 3000])
    names = ("physician_global_cm", "patient_global_cm", "haq_di", "mmt", "extramuscular_cm", "ck_u_per_l")
    reached = max(
        score_tis(table(start, {**start, **dict(zip(names, end, strict=True))})).frame["tis"].item() for end in ends
    )
    assert reached == ceiling


def test_measures_add_up_to_the_score() -> None:
    start, end = {**BEST, "mmt": 120}, {**BEST, "mmt": 136, "physician_global_cm": 8.4, "haq_di": None}
    found = explain_tis(table(start, end))
    rows = {row["measure"]: row for row in found.frame.iter_rows(named=True)}
    assert (rows["mmt"]["points"], rows["physician_global"]["points"]) == (20.0, 15.0)
    assert rows["haq"]["points"] is None
    assert rows["haq"]["most"] == 10.0
    summary = found.summary.row(0, named=True)
    assert (summary["tis_low"], summary["tis_high"]) == (35.0, 45.0)
    assert sum(row["points"] or 0 for row in rows.values()) == summary["tis_low"]
    assert sum(row["most"] for row in rows.values()) == summary["tis_high"]


@pytest.mark.parametrize(
    ("end", "following", "distance"),
    [
        ({}, "minimal", 20.0),  # nothing gained
        ({"mmt": 136}, "moderate", 20.0),  # exactly 20: minimal, and 20 from the next
        ({"mmt": 150, "physician_global_cm": 0.0, "extramuscular_cm": 0.0}, None, None),  # major: none above it
    ],
)
def test_distance_to_the_next_category(end: dict, following: str | None, distance: float | None) -> None:
    start = {**BEST, "mmt": 120}
    row = explain_tis(table(start, {**start, **end})).summary.row(0, named=True)
    assert (row["next_category"], row["distance"]) == (following, distance)


def test_a_category_beyond_the_ceiling_is_not_promised() -> None:
    start = {
        **BEST,
        "mmt": 150,
        "physician_global_cm": 0.2,
        "extramuscular_cm": 0.2,
        "patient_global_cm": 2.0,
        "haq_di": 0.5,
    }
    row = explain_tis(table(start, start)).summary.row(0, named=True)
    assert row["ceiling"] == 20.0  # patient 5, HAQ 7.5, enzyme 7.5
    assert (row["next_category"], row["distance"]) == ("minimal", 20.0)
    less = {**start, "haq_di": 0.4}
    row = explain_tis(table(less, less)).summary.row(0, named=True)
    assert (row["ceiling"], row["next_category"], row["distance"]) == (17.5, None, None)


def test_a_measure_missing_at_baseline_counts_with_its_maximum() -> None:
    start = {**BEST, "mmt": None}
    found = explain_tis(table(start, {**BEST, "mmt": 150}))
    assert found.summary["ceiling"].item() == 100.0


def test_the_command_line(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "visits.csv"
    table({**BEST, "mmt": 142}, {**BEST, "mmt": 146}).write_csv(file)
    assert run(["score", str(file), "--explain", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["visits"][0]["ceiling"] == 77.5
    assert {row["measure"] for row in found["measures"]} == {
        "physician_global", "patient_global", "mmt", "haq", "enzyme", "extramuscular"
    }  # fmt: skip
    assert run(["score", str(file), "--explain", "--format", "csv"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "subject_id,week,measure,points,most,ceiling,maximum"
    assert run(["score", str(file), "--explain"]) == 0
    assert "ceiling" in capsys.readouterr().out
