"""The Total Improvement Score of every pair of values of every measure, of all criteria, against exact fractions."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from myotrial.criteria.rules import list_criteria, load_criteria
from myotrial.criteria.tis import score_tis
from myotrial.study.tables import load_tables

STATED = {"chq_phs_range": 60}
"""A width for each range that no source gives."""


def ways(name):
    """Return every way to choose the measures of criteria, with a width for each range that has none."""
    criteria = load_criteria(name)
    open_ranges = {option: STATED[option] for option, held in criteria.options.items() if held.default is None}
    choices = [list(criteria.options[option].choices) for option in criteria.choices]
    for chosen in itertools.product(*choices):
        yield dict(zip(criteria.choices, chosen, strict=True)) | open_ranges


def measures(name, chosen):
    criteria = load_criteria(name)
    return criteria.measures_for(criteria.settle(chosen))


WAYS = [
    pytest.param(name, chosen, id="-".join([name, *map(str, chosen.values())]))
    for name in list_criteria()
    for chosen in ways(name)
]
EVERY = {
    (name, measure.id): pytest.param(name, chosen, measure, id=f"{name}-{measure.id}")
    for name in list_criteria()
    for chosen in ways(name)
    for measure in measures(name, chosen)
}
MEASURES = [case for case in EVERY.values() if case.values[2].column]
ENZYMES = [case for case in EVERY.values() if not case.values[2].column]
FULL = pytest.mark.proof


def step_of(exact, column, *, whole):
    """Return the grid of a measure: as it is read, or half points where any decimal may stand."""
    held = load_tables()["visits"].column(column)
    if held.vas:
        return Fraction(1, 10)
    return exact.STEPS.get(column, Fraction(1 if whole or held.kind == "whole" else "1/2"))


def span_of(measure):
    """Return the range that the criteria state, and the values that the visit table lets in."""
    held = load_tables()["visits"].column(measure.column)
    width, low = measure.range.width, measure.range.low
    if low is None:  # only the width of the range is stated
        return Fraction(-10), Fraction(width - 10)
    return Fraction(low), Fraction(held.max if measure.range.high is None else measure.range.high)


def every_pair(exact, pairs_table, ledger, name, chosen, measure, *, top=None, whole=False):
    """Score every pair of a measure's grid, and compare its points with those of the second programming."""
    edges, given = exact.POINTS[measure.column]
    low, high = span_of(measure) if top is None else (Fraction(0), Fraction(top))
    values = exact.grid(low, high, step_of(exact, measure.column, whole=whole))
    width, step = high - low, values[1] - values[0]
    if measure.column in exact.RANGES:
        assert width == exact.RANGES[measure.column]
    better = -1 if measure.better == "lower" else 1
    moves = range(1 - len(values), len(values))
    percents = [100 * better * move * step / width for move in moves]
    right = np.array([float(exact.points(percent, edges, given)) for percent in percents])
    on_edge = np.array([percent in edges for percent in percents])
    start, end = (part.ravel() for part in np.indices((len(values), len(values))))
    held = np.array(values, dtype=np.float64)
    columns = {measure.column: (held[start], held[end])}
    if measure.range.high_column:
        columns[measure.range.high_column] = (np.full(start.size, top),) * 2
    found = (
        score_tis(pairs_table(**columns), name, baseline_week=0, options=chosen)
        .frame[f"points_{measure.id}"]
        .to_numpy()
    )
    at = end - start + len(values) - 1
    words = f"{measure.label}, 0 to {top}" if top else measure.label
    ledger(name, f"{words}, steps of {float(step):g}", found, right[at], on_edge[at].sum(), whole=not whole)


@pytest.mark.parametrize(("name", "chosen", "measure"), MEASURES)
def test_every_pair(exact, pairs_table, ledger, name, chosen, measure):
    top = 80 if measure.range.high_column else None
    every_pair(exact, pairs_table, ledger, name, chosen, measure, top=top, whole=bool(top))


@FULL
@pytest.mark.parametrize("top", [80, 150, 260])
@pytest.mark.parametrize(
    ("name", "chosen", "measure"), [each for each in MEASURES if each.values[2].range.high_column]
)  # fmt: skip
def test_every_pair_in_half_points(exact, pairs_table, ledger, name, chosen, measure, top):
    every_pair(exact, pairs_table, ledger, name, chosen, measure, top=top)


def around_every_edge(exact, pairs_table, ledger, name, chosen, measure, unit, *, count, starts):
    """Score one enzyme after the other at, and 0.001 to either side of, every edge."""
    edges, given = exact.POINTS["enzyme"]
    largest = 40 if unit == "ukat_per_l" else 2000
    found, right, on_edge = [], [], 0
    for seed, (enzyme, width) in enumerate(exact.ENZYME_RANGES.items()):
        falls = [Fraction(edge * width, 100) for edge in edges]
        cells = list(
            exact.enzyme_visits(
                lambda start, falls=falls: [start - fall for fall in falls if start >= fall],
                exact.limits(count, seed, largest), seed, starts,
            )
        )  # fmt: skip
        value0, uln0, value1, uln1 = (np.array(part, dtype=np.float64) for part in zip(*cells, strict=True))
        table = pairs_table(**{f"{enzyme}_{unit}": (value0, value1), f"{enzyme}_uln_{unit}": (uln0, uln1)})
        scores = score_tis(table, name, baseline_week=0, options=chosen).frame
        assert (scores["enzyme_used"] == enzyme).all()
        found += scores[f"points_{measure.id}"].to_list()
        for first, first_uln, last, last_uln in cells:
            percent = 100 * (first / first_uln - last / last_uln) / width
            right.append(float(exact.points(percent, edges, given)))
            on_edge += percent in edges
    shown = "µkat/L" if unit == "ukat_per_l" else "U/L"
    words = f"{measure.label}, {shown}, {count} limits each of {len(exact.ENZYME_RANGES)}"
    ledger(name, words, found, right, on_edge, whole=count >= 50)
    assert on_edge > len(found) / 20


@pytest.mark.parametrize("unit", ["u_per_l", "ukat_per_l"])
@pytest.mark.parametrize(("name", "chosen", "measure"), ENZYMES)
def test_enzymes_around_every_edge(exact, pairs_table, ledger, name, chosen, measure, unit):
    around_every_edge(exact, pairs_table, ledger, name, chosen, measure, unit, count=8, starts=2)


@FULL
@pytest.mark.parametrize("unit", ["u_per_l", "ukat_per_l"])
@pytest.mark.parametrize(("name", "chosen", "measure"), ENZYMES)
def test_enzymes_around_every_edge_of_fifty_limits(exact, pairs_table, ledger, name, chosen, measure, unit):
    around_every_edge(exact, pairs_table, ledger, name, chosen, measure, unit, count=50, starts=10)


def in_band(measure, edges, band):
    """Return a measure at both visits, or an enzyme with its limit, so that the improvement lies inside a band."""
    inside = Fraction(0 if band == 0 else (edges[band - 1] + (edges[band] if band < len(edges) else 60)), 200)
    if not measure.column:
        return {"ck_u_per_l": (3000.0, float(3000 - inside * 15 * 100)), "ck_uln_u_per_l": (100.0, 100.0)}
    low, high = (Fraction(0), Fraction(150)) if measure.range.high_column else span_of(measure)
    worst, way = (high, -1) if measure.better == "lower" else (low, 1)
    end = worst + way * inside * (high - low)
    if load_tables()["visits"].column(measure.column).kind == "whole":
        end = Fraction(round(end))
    return {measure.column: (float(worst), float(end))}


@pytest.mark.parametrize(("name", "chosen"), WAYS)
def test_every_combination_of_bands(exact, pairs_table, ledger, name, chosen):
    """Add the points of the second programming, and name the category by thresholds typed a second time."""
    used = measures(name, chosen)
    tables = [exact.POINTS[measure.column or "enzyme"] for measure in used]
    cells = [
        [in_band(measure, edges, band) for band in range(5)] for measure, (edges, _) in zip(used, tables, strict=True)
    ]
    combinations = list(itertools.product(range(5), repeat=len(used)))
    columns = {}
    for place, choices in enumerate(cells):
        for column in choices[0]:
            ends = [choices[bands[place]][column] for bands in combinations]
            columns[column] = np.array(ends, dtype=np.float64).T
    scores = score_tis(pairs_table(**columns), name, baseline_week=0, options=chosen).frame
    totals = [
        sum(Fraction(given[band]) for (_, given), band in zip(tables, bands, strict=True)) for bands in combinations
    ]
    edges = exact.THRESHOLDS["juvenile" if "juvenile" in name else "adult"]
    words = ["none", "minimal", "moderate", "major"]
    right = [words[sum(total >= edge for edge in edges)] for total in totals]
    on_edge = sum(total in edges for total in totals)
    ledger(name, "Score, every combination of bands", scores["tis"], [float(total) for total in totals], on_edge)
    ledger(name, "Category, every combination of bands", scores["category"], right, on_edge)
    assert {float(total) for total in totals} == {number * 2.5 for number in range(41)}
