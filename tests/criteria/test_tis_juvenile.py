"""The juvenile scores: every pair of CMAS, DAS and CHAQ values, the unpublished range of the CHQ, the thresholds."""

import json
import random
from fractions import Fraction
from itertools import product

import polars as pl
import pytest

from myotrial.cli.app import run
from myotrial.criteria.every import find_needs, score_visits
from myotrial.criteria.explain import explain_tis
from myotrial.criteria.tis import score_tis
from myotrial.model.data import data_file
from myotrial.model.errors import BadInput
from myotrial.study.visits import check_visits
from myotrial.trials.loading import parse_trial

IMACS, PRINTO = "acr-eular-2016-juvenile-imacs", "acr-eular-2016-juvenile-printo"
CRITERIA = {"imacs": IMACS, "printo": PRINTO}
STILL = {
    "physician_global_cm": "5.0", "patient_global_cm": "5.0", "cmas": "26", "mmt": "75", "chaq": "1.5",
    "extramuscular_cm": "5.0", "ck_u_per_l": "100", "ck_uln_u_per_l": "200", "chq_phs": "40", "das": "10",
}  # fmt: skip
CORE = {
    "imacs": ["physician_global_cm", "patient_global_cm", "mmt", "chaq", "extramuscular_cm"],
    "printo": ["physician_global_cm", "patient_global_cm", "cmas", "chaq", "chq_phs", "das"],
}
ENZYME = ["ck_u_per_l", "ck_uln_u_per_l"]
TENTHS = [f"{tenths / 10:.1f}" for tenths in range(101)]
GRIDS = {
    "physician_global_cm": TENTHS,
    "patient_global_cm": TENTHS,
    "extramuscular_cm": TENTHS,
    "mmt": [str(points) for points in range(151)],
    "cmas": [str(points) for points in range(53)],
    "chaq": [f"{eighths / 8:.3f}" for eighths in range(25)],
    "das": [f"{halves / 2:.1f}" for halves in range(41)],
    "chq_phs": [f"{tenths / 10:.1f}" for tenths in range(0, 700, 5)],
}


@pytest.fixture(scope="session")
def scored(visit_table):
    def run(core_set, pairs, **options):
        columns = CORE[core_set] + (ENZYME if core_set == "imacs" else [])
        kept = [tuple({name: visit[name] for name in columns} for visit in pair) for pair in pairs]
        return score_tis(visit_table(kept), CRITERIA[core_set], baseline_week=0, options=options).frame

    return run


def moved(column, pairs):
    return [({**STILL, column: start}, {**STILL, column: end}) for start, end in pairs]


@pytest.mark.parametrize(
    ("core_set", "column", "count"), [("printo", "cmas", 53), ("printo", "das", 41), ("imacs", "chaq", 25)]
)
def test_every_pair_of_values(second, scored, core_set, column, count):
    pairs = list(product(GRIDS[column], repeat=2))
    assert len(pairs) == count**2
    right = [float(second.juvenile_points(column, start, end)) for start, end in pairs]
    found = scored(core_set, moved(column, pairs), **({"chq_phs_range": 60} if core_set == "printo" else {}))
    assert found[f"points_{column}"].to_list() == right
    assert found["tis"].to_list() == right  # nothing else moves
    assert set(right) == {float(points) for points in second.POINTS[second.ROW[column]]}


@pytest.mark.parametrize("core_set", ["imacs", "printo"])
def test_random_children_agree_with_fractions(second, scored, core_set):
    draw = random.Random(16)  # noqa: S311
    enzymes = [str(units) for units in range(50, 6000, 50)]
    grids = {name: GRIDS.get(name, enzymes) for name in [*CORE[core_set], "ck_u_per_l"]}
    pairs = []
    for _ in range(1500):
        start, end = ({name: draw.choice(grid) for name, grid in grids.items()} for _ in range(2))
        if draw.random() < 0.5:  # mostly better, so that every category is seen
            start, end = end, {**start, "cmas": "50", "mmt": "145", "physician_global_cm": "0.5", "chaq": "0.125"}
        pairs.append(({**STILL, **start}, {**STILL, **end}))
    width = "62.5"
    found = scored(core_set, pairs, **({"chq_phs_range": 62.5} if core_set == "printo" else {}))
    words = set()
    for row, pair in zip(found.iter_rows(named=True), pairs, strict=True):
        points, total, name = second.juvenile_score(*pair, core_set, Fraction(width))
        assert {measure: row[f"points_{measure}"] for measure in points} == {m: float(p) for m, p in points.items()}
        assert row["tis"] == float(total)
        assert row["category"] == second.juvenile_category(total)
        assert row.get("enzyme_used") == name
        words.add(row["category"])
    assert words == {"none", "minimal", "moderate", "major"}


@pytest.mark.parametrize(
    ("total", "category", "better"),
    [  # points by hand from the published table, from a baseline at which everything is as bad as it can be
        ("27.5", "none", {"cmas": "15"}),
        ("30", "minimal", {"das": "16", "physician_global_cm": "7.0"}),
        ("42.5", "minimal", {"cmas": "52", "patient_global_cm": "5.0"}),
        ("45", "moderate", {"cmas": "15", "physician_global_cm": "7.0"}),
        ("67.5", "moderate", {"cmas": "15", "das": "0", "physician_global_cm": "0"}),
        ("70", "major", {"cmas": "15", "das": "0", "physician_global_cm": "0", "chq_phs": "6"}),
    ],
)
def test_thresholds_belong_to_the_category_above(scored, total, category, better):
    worst = {"physician_global_cm": "10", "patient_global_cm": "10", "cmas": "0", "chaq": "3", "das": "20"}
    start = {**STILL, **worst, "chq_phs": "0"}
    row = scored("printo", [(start, {**start, **better})], chq_phs_range=100).row(0, named=True)
    assert (row["tis"], row["category"]) == (float(total), category)


@pytest.mark.parametrize(("end", "high"), [("40", 0), ("39.9", 0), ("10", 0), ("40.000000001", 7.5), ("90", 7.5)])
def test_the_chq_without_a_range_is_an_interval(second, scored, end, high):
    row = scored("printo", moved("chq_phs", [("40", end)])).row(0, named=True)
    assert (row["tis_low"], row["tis_high"]) == (0, high)
    assert (row["tis"], row["points_chq_phs"]) == ((None, None) if high else (0, 0))
    assert second.juvenile_points("chq_phs", "40", end) == (0, Fraction(high))
    zero = scored("printo", moved("chq_phs", [("40", end)]), missing="zero").row(0, named=True)
    assert (zero["tis_low"], zero["tis_high"]) == (0, high)  # what is not known is not what is missing


def test_the_chq_with_a_stated_range_is_exact_at_every_edge(second, scored, decimal):
    steps = (Fraction(-1, 10**9), Fraction(0), Fraction(1, 10**9))
    pairs = [("40", decimal(40 + Fraction(edge * 60, 100) + step)) for edge in (5, 15, 25, 40) for step in steps]
    found = scored("printo", moved("chq_phs", pairs), chq_phs_range=60)["points_chq_phs"].to_list()
    assert found == [float(second.juvenile_points("chq_phs", *pair, 60)) for pair in pairs]
    assert found == [0, 0, 2.5, 2.5, 2.5, 5, 5, 5, 7.5, 7.5, 7.5, 7.5]


@pytest.mark.parametrize("core_set", ["imacs", "printo"])
def test_missing_is_what_could_still_have_been_measured(second, scored, core_set):
    draw = random.Random(4)  # noqa: S311
    names = [name for name in CORE[core_set] if name != "chq_phs"]
    pairs = [tuple({**STILL, **{name: draw.choice(GRIDS[name]) for name in names}} for _ in range(2))
             for _ in range(60)]  # fmt: skip
    holes = [(draw.choice([(0,), (1,), (0, 1)]), draw.choice(names)) for _ in pairs]
    gaps = [tuple({**visit, name: None if place in lost else visit[name]} for place, visit in enumerate(pair))
            for pair, (lost, name) in zip(pairs, holes, strict=True)]  # fmt: skip
    found = scored(core_set, gaps, **({"chq_phs_range": 60} if core_set == "printo" else {}))
    for row, pair, (lost, name) in zip(found.iter_rows(named=True), pairs, holes, strict=True):
        grid = GRIDS[name] if len(lost) == 1 else [GRIDS[name][0], GRIDS[name][-1]]
        totals = []
        for filled in product(grid, repeat=len(lost)):
            visits = [dict(visit) for visit in pair]
            for place, value in zip(lost, filled, strict=True):
                visits[place][name] = value
            totals.append(second.juvenile_score(*visits, core_set, 60)[1])
        assert (row["tis"], row["tis_low"], row["tis_high"]) == (None, float(min(totals)), float(max(totals)))


def test_a_missing_chq_may_give_all_of_its_points(scored):
    for options in ({}, {"chq_phs_range": 60}):
        row = scored("printo", [(STILL, {**STILL, "chq_phs": None})], **options).row(0, named=True)
        assert (row["tis_low"], row["tis_high"]) == (0, 7.5)


def test_strength_by_cmas_or_by_mmt(visit_table):
    names = [*CORE["printo"], "mmt"]
    pair = ({name: STILL[name] for name in names}, {**{name: STILL[name] for name in names}, "mmt": "95"})
    frame = visit_table([pair])
    assert score_tis(frame, PRINTO).frame["points_cmas"].to_list() == [0]
    by_mmt = score_tis(frame.drop("cmas"), PRINTO, options={"strength": "mmt"})
    assert by_mmt.frame["points_mmt"].to_list() == [20]  # 20 of 150 is 13.3 %
    with pytest.raises(BadInput, match="juvenile-printo needs this column"):
        score_tis(frame.drop("cmas"), PRINTO)


@pytest.mark.parametrize(("option", "column"), [("cmas_range", "cmas"), ("das_range", "das")])
def test_a_recalled_range_can_be_stated_otherwise(scored, option, column):
    steps = {"cmas": ("26", "31"), "das": ("10", "8")}  # 9.6 % of 52 or 10.2 % of 49; 10 % of 20 or 20 % of 10
    pairs = moved(column, [steps[column]])
    width = {"cmas": 49, "das": 10}[column]
    before, after = (scored("printo", pairs, **more)[f"points_{column}"].item() for more in ({}, {option: width}))
    assert (before, after) == {"cmas": (10, 20), "das": (7.5, 12.5)}[column]


@pytest.mark.parametrize("bad", [0, 0.5, -60, "wide", [0, 60], True])
def test_a_range_that_cannot_be(scored, bad):
    with pytest.raises(BadInput, match="chq_phs_range"):
        scored("printo", [(STILL, STILL)], chq_phs_range=bad)


@pytest.mark.parametrize(
    ("cmas", "ceiling"), [("0", 32.5), ("36", 32.5), ("37", 27.5), ("46", 20), ("47", 10), ("51", 0)]
)
def test_strength_at_baseline_caps_the_score(visit_table, cmas, ceiling):
    """By hand: 52 - 36 is 30.8 %, 52 - 37 is 28.8 %, 52 - 46 is 11.5 %, 52 - 47 is 9.6 %, 52 - 51 is 1.9 %."""
    visit = {name: STILL[name] for name in CORE["printo"]} | {"cmas": cmas}
    told = explain_tis(visit_table([(visit, visit)]), PRINTO)
    rows = {row["measure"]: row for row in told.frame.iter_rows(named=True)}
    assert rows["cmas"]["ceiling"] == ceiling
    assert rows["chq_phs"]["ceiling"] == 7.5
    # 5 cm, 5 cm, CHAQ 1.5 and DAS 10 can each fall by half of the range: 20, 10, 10 and 20
    assert told.summary["ceiling"].item() == ceiling + 7.5 + 20 + 10 + 10 + 20
    assert (told.summary["next_category"].item(), told.summary["distance"].item()) == ("minimal", 30)


@pytest.mark.parametrize("core_set", ["imacs", "printo"])
def test_one_row_is_many_and_order_makes_no_difference(visit_table, core_set):
    draw = random.Random(9)  # noqa: S311
    columns = CORE[core_set]
    pairs = [tuple({name: None if draw.random() < 0.1 else draw.choice(GRIDS[name]) for name in columns}
                   for _ in range(2)) for _ in range(60)]  # fmt: skip
    frame = visit_table(pairs)
    whole = score_tis(frame, CRITERIA[core_set]).frame
    mixed = score_tis(frame.sample(fraction=1, shuffle=True, seed=3), CRITERIA[core_set]).frame
    assert mixed.sort("subject_id").equals(whole)
    alone = [score_tis(part, CRITERIA[core_set]).frame for part in frame.partition_by("subject_id")]
    assert pl.concat(alone).equals(whole)


def test_a_table_read_for_adults_says_what_it_lacks(visit_table):
    adult = {"physician_global_cm": "5", "patient_global_cm": "5", "mmt": "75", "haq_di": "1", "extramuscular_cm": "5"}
    with pytest.raises(BadInput) as told:
        score_tis(check_visits(visit_table([(adult, adult)])), IMACS)
    (fault,) = told.value.faults
    assert (fault.column, fault.message) == ("chaq", f"{IMACS} needs this column, and it is missing")


def test_a_juvenile_file_on_the_command_line(tmp_path, capsys):
    file = tmp_path / "visits.csv"
    start = {name: STILL[name] for name in CORE["printo"]}
    end = {**start, "physician_global_cm": "1.0", "cmas": "45", "chq_phs": "52"}
    rows = [{"subject_id": "J1", "week": week, **visit} for week, visit in ((0, start), (26, end))]
    pl.DataFrame(rows).write_csv(file)
    assert run(["score", str(file), "--criteria", PRINTO, "--format", "json"]) == 0
    out, err = capsys.readouterr()
    (row,) = json.loads(out)["scores"]
    assert (row["tis_low"], row["tis_high"], row["category"]) == (17.5 + 32.5, 57.5, "moderate")
    assert "chq_phs_range = not stated" in err
    assert "cmas_range = 52" in err
    assert run(["score", str(file), "--criteria", PRINTO, "--option", "chq_phs_range=60", "--explain", "--format",
                "json"]) == 0  # fmt: skip
    (visit,) = json.loads(capsys.readouterr().out)["visits"]
    assert (visit["tis"], visit["next_category"], visit["distance"]) == (55, "major", 15)  # 12 of 60 is 20 %: 5 points
    assert run(["score", str(file), "--criteria", "printo-20"]) == 0
    capsys.readouterr()
    assert run(["score", str(file), "--criteria", IMACS]) == 3
    assert f"column mmt: {IMACS} needs this column" in capsys.readouterr().err


def test_a_subject_without_the_baseline_week_is_told(visit_table):
    visit = {name: STILL[name] for name in CORE["printo"]}
    frame = visit_table([(visit, visit)] * 3).with_columns(week=pl.Series([0, 16, 4, 16, 0, 16]))
    visits = check_visits(frame, needs=find_needs(PRINTO))
    told = ("1 subject has no visit at the baseline week 0, and so no score: P000001",)
    for scores in (score_visits(visits, rule, baseline_week=0) for rule in (PRINTO, "printo-20")):
        assert scores.frame["subject_id"].to_list() == ["P000000", "P000002"]
        assert scores.notes == told
        assert scores.to_dict()["notes"] == list(told)
    assert score_visits(visits, PRINTO).notes == ()
    assert score_visits(visits, PRINTO, baseline_week=16).notes == (
        "3 subjects have no visit after the baseline: P000000, P000001, P000002",
    )
    with pytest.raises(BadInput, match="P000001 begins at week 4"):
        score_tis(frame, PRINTO, baseline_week=0)


def test_a_trial_may_name_the_juvenile_criteria():
    text = data_file("trials", "NCT04044690.yaml").read_text(encoding="utf-8")
    named = "{{criteria: {}, options: {{{}}}}}"
    held = parse_trial(text.replace("{criteria: acr-eular-2016-adult}", named.format(PRINTO, "chq_phs_range: 60")))
    assert (held.scores["tis"].criteria, held.scores["tis"].options) == (PRINTO, {"chq_phs_range": 60})
    with pytest.raises(BadInput, match="enzyme_truncated"):
        parse_trial(text.replace("{criteria: acr-eular-2016-adult}", named.format(PRINTO, "enzyme_truncated: true")))
