"""What must hold of every score."""

import random
from itertools import product

import polars as pl
import pytest

from myotrial.criteria.tis import score_tis
from myotrial.model.errors import BadInput
from myotrial.study.visits import check_visits

WORST = {
    "physician_global_cm": "10",
    "patient_global_cm": "10",
    "mmt": "0",
    "haq_di": "3",
    "extramuscular_cm": "10",
    "ck_u_per_l": "3000",
    "ck_uln_u_per_l": "200",
}
BEST = WORST | {
    "physician_global_cm": "0",
    "patient_global_cm": "0",
    "mmt": "150",
    "haq_di": "0",
    "extramuscular_cm": "0",
    "ck_u_per_l": "0",
}
STEPS = {
    "physician_global_cm": ("10", "9.0", "8.0", "7.0", "5.0"),
    "patient_global_cm": ("10", "9.0", "8.0", "7.0", "5.0"),
    "mmt": ("0", "10", "20", "40", "60"),
    "haq_di": ("3", "2.75", "2.5", "2", "1"),
    "extramuscular_cm": ("10", "9.0", "8.0", "7.0", "5.0"),
    "ck_u_per_l": ("3000", "2800", "2400", "2100", "1000"),
}
"""Values at follow-up, one in each band, from a baseline of WORST."""


def random_frame(visit_table, count, seed=8):
    rng = random.Random(seed)  # noqa: S311
    visits = []
    for _ in range(count):
        pair = []
        for _ in range(2):
            visit = {name: f"{rng.randrange(101) / 10:.1f}" for name in WORST if name.endswith("_cm")}
            visit |= {"mmt": str(rng.randrange(151)), "haq_di": f"{rng.randrange(25) / 8:.3f}"}
            visit |= {"ck_u_per_l": str(rng.randrange(3000)), "ck_uln_u_per_l": str(rng.randrange(150, 300))}
            pair.append({name: None if rng.random() < 0.03 and "uln" not in name else v for name, v in visit.items()})
        visits.append(tuple(pair))
    return visit_table(visits)


@pytest.mark.parametrize(
    ("total", "category"),
    [(17.5, "none"), (20, "minimal"), (37.5, "minimal"), (40, "moderate"), (57.5, "moderate"), (60, "major")],
)
def test_thresholds_belong_to_the_category_above(scored, total, category):
    ends = {
        17.5: {"physician_global_cm": "7.0"},
        20: {"physician_global_cm": "5.0"},
        37.5: {"physician_global_cm": "7.0", "extramuscular_cm": "5.0"},
        40: {"physician_global_cm": "5.0", "extramuscular_cm": "5.0"},
        57.5: {"physician_global_cm": "7.0", "extramuscular_cm": "5.0", "mmt": "20"},
        60: {"physician_global_cm": "5.0", "extramuscular_cm": "5.0", "mmt": "20"},
    }
    row = scored([(WORST, WORST | ends[total])]).row(0, named=True)
    assert (row["tis"], row["category"]) == (total, category)


def test_the_maximum_is_100_and_the_minimum_0(scored):
    assert scored([(WORST, BEST), (BEST, WORST), (WORST, WORST)])["tis"].to_list() == [100, 0, 0]


def test_every_multiple_of_two_and_a_half_is_attainable_and_nothing_else(scored):
    pairs = [(WORST, WORST | dict(zip(STEPS, ends, strict=True))) for ends in product(*STEPS.values())]
    assert set(scored(pairs)["tis"]) == {2.5 * number for number in range(41)}


@pytest.mark.parametrize(("strength", "highest"), [("125", 87.5), ("142", 77.5), ("147", 67.5), ("150", 67.5)])
def test_strength_at_baseline_caps_the_score(scored, strength, highest):
    # Room for 25 of 150 points is 16.7 %, for 8 it is 5.3 %, and 3 of 150 is exactly 2 %, which gives nothing.
    assert scored([(WORST | {"mmt": strength}, BEST)])["tis"].to_list() == [highest]


def test_worsening_costs_nothing(scored):
    mixed = WORST | {"physician_global_cm": "5.0", "mmt": "100", "haq_di": "1"}
    start = mixed | {"patient_global_cm": "1.0", "extramuscular_cm": "1.0", "ck_u_per_l": "100"}
    end = start | {"physician_global_cm": "3.0"}
    worse = end | {"patient_global_cm": "10", "extramuscular_cm": "10", "mmt": "0", "haq_di": "3", "ck_u_per_l": "9999"}
    assert scored([(start, end), (start, worse)])["tis"].to_list() == [15, 15]


def test_improving_one_measure_never_lowers_the_score(scored, visit_table):
    frame = random_frame(visit_table, 150)
    rows = frame.drop("subject_id", "week").to_dicts()
    rng = random.Random(3)  # noqa: S311
    pairs = []
    for start, end in zip(rows[::2], rows[1::2], strict=True):
        before = tuple(
            {name: None if value is None else str(value) for name, value in row.items()} for row in (start, end)
        )
        name = rng.choice([name for name in STEPS if before[1][name] is not None] or ["mmt"])
        if before[1][name] is None:
            continue
        value = float(before[1][name])
        better = min(150, value + 9) if name == "mmt" else max(0, value - (200 if name.startswith("ck") else 0.7))
        pairs += [before, (before[0], before[1] | {name: str(better)})]
    found = scored(pairs)
    for end in ("tis_low", "tis_high"):
        values = found[end].to_list()
        assert all(after >= before for before, after in zip(values[::2], values[1::2], strict=True))
    assert found["tis_low"][::2].to_list() != found["tis_low"][1::2].to_list()


def test_the_order_of_rows_and_subjects_changes_nothing(visit_table):
    frame = random_frame(visit_table, 120)
    right = score_tis(frame).frame.sort("subject_id", "week")
    for seed in (1, 2):
        shuffled = frame.sample(fraction=1, shuffle=True, seed=seed)
        assert score_tis(shuffled).frame.sort("subject_id", "week").equals(right)


def test_one_subject_alone_has_the_same_score_as_among_many(visit_table):
    frame = random_frame(visit_table, 40)
    together = score_tis(frame).frame
    alone = [score_tis(part).frame for _, part in frame.group_by("subject_id", maintain_order=True)]
    assert pl.concat(alone).equals(together)


def test_baseline_is_the_named_week_or_the_earliest(still):
    weeks = {"week": [4.0, 0.0, 8.0], "physician_global_cm": [6.0, 9.0, 4.0]}
    frame = pl.DataFrame(
        {name: [float(value)] * 3 for name, value in still.items()} | {"subject_id": ["A"] * 3} | weeks
    )
    found = score_tis(frame).frame
    assert found.select("week", "points_physician_global").rows() == [(4, 17.5), (8, 20)]
    found = score_tis(check_visits(frame), baseline_week=4).frame
    assert found.select("week", "points_physician_global").rows() == [(8, 15)]  # a visit before baseline has no score


def test_units_of_enzymes_round_trip(visit_table):
    frame = random_frame(visit_table, 200)
    per_second = frame.with_columns(
        (pl.col("ck_u_per_l") / 60).alias("ck_ukat_per_l"), (pl.col("ck_uln_u_per_l") / 60).alias("ck_uln_ukat_per_l")
    ).drop("ck_u_per_l", "ck_uln_u_per_l")
    assert score_tis(per_second).frame.equals(score_tis(frame).frame)
    exact = {"ck_ukat_per_l": [0.07, 0.019], "ck_uln_ukat_per_l": [0.068, 0.068]}  # a fall of exactly 0.75 limits
    one = frame.head(2).drop("ck_u_per_l", "ck_uln_u_per_l").with_columns(**{k: pl.Series(v) for k, v in exact.items()})
    assert score_tis(one).frame["points_enzyme"].to_list() == [0]


def test_every_fault_of_a_table_is_told_at_once(still):
    frame = pl.DataFrame({"subject_id": ["A"], "week": [0], **{name: [float(value)] for name, value in still.items()}})
    broken = frame.with_columns(physician_global_cm=pl.lit(63.0), mmt=pl.lit(151.0), haq_di=pl.lit(-1.0))
    with pytest.raises(BadInput) as found:
        score_tis(broken)
    assert {fault.column for fault in found.value.faults} == {"physician_global_cm", "mmt", "haq_di"}


def test_a_result_prints_itself_and_what_it_rests_on(still, scored, visit_table):
    frame = visit_table([(still, still | {"physician_global_cm": "0.9", "mmt": "100"})])
    scores = score_tis(frame.with_columns(subject_id=pl.lit("<b>A</b>")))
    assert repr(scores).startswith(
        "Scores(acr-eular-2016-adult: 1 visit of 1 subject; mean 40; none 0, minimal 0, moderate 1"
    )
    page = scores._repr_html_()
    assert "&lt;b&gt;A&lt;/b&gt;" in page
    assert "<b>" not in page
    held = scores.to_dict()
    assert held["options"]["enzyme_truncated"] is False
    assert len(held["criteria_sha256"]) == 64
    assert held["scores"][0]["tis"] == 40
    assert scores.to_frame() is scores.frame
    gaps = score_tis(visit_table([(still, still | {"mmt": None})]))
    assert "1 known only as an interval" in repr(gaps)
