"""A missing measure makes the score an interval: just as wide as what could still have been measured."""

from fractions import Fraction
from itertools import product

import pytest

GRIDS = {
    "physician_global_cm": [f"{tenths / 10:.1f}" for tenths in range(101)],
    "patient_global_cm": [f"{tenths / 10:.1f}" for tenths in range(101)],
    "extramuscular_cm": [f"{tenths / 10:.1f}" for tenths in range(101)],
    "mmt": [str(points) for points in range(151)],
    "haq_di": [f"{eighths / 8:.3f}" for eighths in range(25)],
}
START = {
    "physician_global_cm": "6.0",
    "patient_global_cm": "3.5",
    "mmt": "118",
    "haq_di": "1.375",
    "extramuscular_cm": "2.5",
    "ck_u_per_l": "1600",
    "ck_uln_u_per_l": "200",
    "ldh_u_per_l": "500",
    "ldh_uln_u_per_l": "250",
}
END = START | {"physician_global_cm": "4.0", "patient_global_cm": "2.0", "mmt": "131", "ck_u_per_l": "900"}


def completions(second, start, end, holes):
    """Give the score of every way to fill the holes: (visit, column) → values."""
    places = list(holes)
    for filled in product(*holes.values()):
        visits = {"start": dict(start), "end": dict(end)}
        for (visit, column), value in zip(places, filled, strict=True):
            visits[visit][column] = value
        yield second.score(visits["start"], visits["end"])[1]


def with_holes(start, end, holes):
    visits = {"start": dict(start), "end": dict(end)}
    for visit, column in holes:
        visits[visit][column] = None
    return visits["start"], visits["end"]


def assert_tight(second, scored, start, end, holes):
    totals = list(completions(second, start, end, holes))
    row = scored([with_holes(start, end, holes)]).row(0, named=True)
    assert row["tis"] is None
    assert (row["tis_low"], row["tis_high"]) == (float(min(totals)), float(max(totals)))
    words = {second.category(total) for total in totals}
    ends = {second.category(min(totals)), second.category(max(totals))}
    assert row["category"] == (ends.pop() if len(ends) == 1 else None)
    if row["category"] is not None:
        assert words == {row["category"]}


@pytest.mark.parametrize("column", GRIDS)
@pytest.mark.parametrize("visits", [("start",), ("end",), ("start", "end")])
def test_interval_is_what_the_missing_measure_could_give(second, scored, column, visits):
    grid = GRIDS[column]
    known = [grid[0], grid[len(grid) // 3], grid[len(grid) // 2], grid[-2], grid[-1]]
    for value in known:
        start, end = START | {column: value}, END | {column: value}
        coarse = [*grid[:: 3 if len(visits) == 1 else 10], *grid[-2:]]
        assert_tight(second, scored, start, end, {(visit, column): coarse for visit in visits})


def test_two_missing_measures_at_once(second, scored):
    holes = {("end", "physician_global_cm"): GRIDS["physician_global_cm"][::4], ("start", "haq_di"): GRIDS["haq_di"]}
    assert_tight(second, scored, START, END, holes)


@pytest.mark.parametrize("ratio", ["0.5", "0.75", "1", "2.25", "3.75", "6", "6.005", "40"])
def test_enzyme_missing_at_follow_up(second, scored, ratio):
    value = str(Fraction(ratio) * 200)
    start = {name: value for name, value in START.items() if not name.startswith("ldh")} | {"ck_u_per_l": value}
    start["ck_u_per_l"] = f"{float(Fraction(value)):.3f}"
    end = END | {"ck_u_per_l": None}
    values = [str(units) for units in range(0, 9001, 60)]
    assert_tight(second, scored, start, end, {("end", "ck_u_per_l"): values})


def test_enzyme_missing_at_baseline(second, scored):
    start = {name: value for name, value in START.items() if not name.startswith("ldh")}
    end = {name: value for name, value in END.items() if not name.startswith("ldh")}
    values = [str(units) for units in range(0, 20_001, 200)]
    assert_tight(second, scored, start, end, {("start", "ck_u_per_l"): values})


def test_the_followed_enzyme_alone_counts_as_missing(scored):
    row = scored([(START, END | {"ck_u_per_l": None})]).row(0, named=True)
    assert (row["tis"], row["points_enzyme"], row["enzyme_used"]) == (None, None, "ck")
    row = scored([(START, END | {"ldh_u_per_l": None})]).row(0, named=True)
    assert row["tis"] is not None
    row = scored([(START | {"ck_u_per_l": None}, END)]).row(0, named=True)
    assert (row["enzyme_used"], row["points_enzyme"]) == ("ldh", 0)


def test_points_are_null_only_where_missing(scored):
    row = scored([(START, END | {"mmt": None})]).row(0, named=True)
    assert [name for name, value in row.items() if name.startswith("points_") and value is None] == ["points_mmt"]


def test_no_enzyme_was_ever_measured(scored):
    bare = {name: value for name, value in START.items() if not name.startswith(("ck", "ldh"))}
    row = scored([(bare, bare)]).row(0, named=True)
    assert (row["tis"], row["tis_low"], row["tis_high"], row["category"]) == (None, 0, 7.5, "none")


def test_everything_missing(scored):
    nothing = dict.fromkeys(START)
    row = scored([(START, nothing)]).row(0, named=True)
    # 6.0, 3.5 and 2.5 cm can fall to 0: 60, 35 and 25 %; 118 points can rise by 21 %; HAQ falls by 46 %; CK by 53 %
    assert (row["tis_low"], row["tis_high"]) == (0, 20 + 7.5 + 27.5 + 10 + 7.5 + 12.5)
    row = scored([(nothing, nothing)]).row(0, named=True)
    assert (row["tis_low"], row["tis_high"], row["tis"], row["category"]) == (0, 100, None, None)


def test_category_stands_where_both_ends_agree(scored):
    # physician 5 → 0 is 20, patient 5 → 0 is 10, extramuscular 5 → 0 is 20: with 50 known, HAQ at most 10 more
    start = START | dict.fromkeys(("physician_global_cm", "patient_global_cm", "extramuscular_cm"), "5.0")
    end = start | dict.fromkeys(("physician_global_cm", "patient_global_cm", "extramuscular_cm"), "0.0")
    agree = scored([(start | {"haq_di": "1.000"}, end | {"haq_di": None})]).row(0, named=True)
    assert (agree["tis_low"], agree["tis_high"], agree["category"]) == (50, 57.5, "moderate")
    differ = scored([(start | {"haq_di": "2.000"}, end | {"haq_di": None})]).row(0, named=True)
    assert (differ["tis_low"], differ["tis_high"], differ["category"]) == (50, 60, None)


def test_missing_as_zero_is_a_named_option(scored):
    pair = (START, END | {"mmt": None})
    low = scored([pair])["tis_low"].to_list()
    row = scored([pair], missing="zero").row(0, named=True)
    assert [row["tis"]] == [row["tis_low"]] == [row["tis_high"]] == low
    assert row["points_mmt"] is None
    assert row["category"] == "minimal"
