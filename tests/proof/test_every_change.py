"""Every comparison of every rule of change, at every pair of values, against exact fractions."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from myotrial.criteria.change.rules import list_rules, load_rule
from myotrial.criteria.change.visits import apply_rule
from myotrial.model.condition import COMPARATORS
from myotrial.study.tables import load_tables

FULL = pytest.mark.proof
THINNED = 6
"""With `make test`, one value in so many of a long grid is a baseline."""
THIN_TOP = 80
"""The highest possible strength with `make test`."""
LARGEST = 400
"""A laboratory value has no range: its grid goes so far."""


def bearing(name):
    """Return the ways to set a rule: its defaults, and each other choice of an option that bears on a comparison."""
    rule = load_rule(name)
    plain = rule.settle({}).leaves
    ways = [{}]
    for option_name, option in rule.options.items():
        others = [choice for choice in option.choices if choice != option.default]
        ways += [
            {option_name: choice}
            for choice in others
            if option_name.startswith(("zero", "percent", "enzyme_unit"))
            or set(rule.settle({option_name: choice}).leaves) - set(plain)
        ]
    return ways


def settings(full):
    """Return every rule, way to set it, measure and highest possible score, where rows state one."""
    for name in list_rules():
        for chosen in bearing(name):
            for measure_id, measure in load_rule(name).settle(chosen).measures.items():
                if "enzyme_unit" in chosen and not measure.enzyme:
                    continue
                column = None if measure.enzyme else load_tables()["visits"].column(measure.column)
                for top in (80, 150, 260) if column is not None and column.max_column and full else (None,):
                    words = [name, measure_id, *map(str, chosen.values()), *([str(top)] if top else [])]
                    yield pytest.param(name, chosen, measure_id, top, id="-".join(words))


def written(leaf, *, lower):
    """Return a comparison as the second programming takes it, its number as the decimal that it is written as."""
    comparator = next(name for name in COMPARATORS if getattr(leaf, name) is not None)
    return leaf.change, leaf.unit, comparator, Fraction(str(getattr(leaf, comparator))), lower


def cases(exact, column, top):
    """Return the grid of a column, its range, and whether lower is better."""
    low, high = Fraction(column.min), Fraction(min(top or column.max or THIN_TOP, LARGEST))
    step = exact.STEPS.get(column.name, Fraction(1, 10) if column.vas else Fraction(1, 2))
    if column.kind == "whole" or high - low >= 300 or (column.max_column and top is None):
        step = Fraction(1)
    return SimpleNamespace(values=exact.grid(low, high, step), low=low, high=high, lower=column.better == "lower")


def check_columns(exact, pairs_table, ledger, name, chosen, measure_id, top, *, thin):
    settled = load_rule(name).settle(chosen)
    measure = settled.measures[measure_id]
    column = load_tables()["visits"].column(measure.column)
    case = cases(exact, column, top)
    values = case.values
    baselines = range(0, len(values), THINNED if thin and len(values) > 60 else 1)
    start = np.repeat(np.array(baselines), len(values))
    end = np.tile(np.arange(len(values)), len(baselines))
    held = np.array(values, dtype=np.float64)
    columns = {column.name: (held[start], held[end])}
    if column.max_column:
        columns[column.max_column] = (np.full(start.size, float(case.high)),) * 2
    if column.uln:
        columns[column.uln] = (np.full(start.size, 150.0),) * 2
    of_the_scale = measure.scale is None or case.high == measure.scale
    found, right, on_edge = [], [], 0
    applied = apply_rule(pairs_table(**columns), name, 0, chosen)
    one = np.lcm.reduce([value.denominator for value in case.values])  # whole numbers of the grid's smallest part
    whole = np.array([int(value * one) for value in case.values])
    low, high = int(case.low * one), int(case.high * one)
    for leaf in [leaf for leaf in settled.leaves if leaf.measure == measure_id]:
        told = written(leaf, lower=case.lower)
        if leaf.unit == "own":
            told = (*told[:3], told[3] * int(one), told[4])
        answers = exact.answer(told, whole[start], whole[end], low, high)
        if leaf.unit == "percent_of_baseline" and settled.settings.get("zero_baseline") == "unknown":
            answers = np.where(whole[start] == 0, 1, answers)
        found.append(applied.answers.rows(leaf))
        right.append(answers if of_the_scale else np.ones_like(answers))
        on_edge += edges_hit(told, whole[start], whole[end], high - low) if of_the_scale else 0
    words = f"{measure_id.replace('_', ' ')}, 0 to {float(case.high):g}" if column.max_column else measure_id
    ledger(name, f"{words.replace('_', ' ')}", np.concatenate(found), np.concatenate(right), on_edge,
           whole=not thin)  # fmt: skip


def edges_hit(told, start, end, width):
    """Count the pairs that lie exactly on an edge."""
    change, unit, _, number, lower = told
    if change is None:
        return (end * number.denominator == number.numerator).sum()
    moved = (end - start) * (1 if (change == "worse") == lower else -1)
    whole = {"own": 100, "percent_of_range": width, "percent_of_baseline": start}[unit]
    return (100 * moved * number.denominator == number.numerator * whole).sum()


@pytest.mark.parametrize(
    ("name", "chosen", "measure", "top"),
    [case for case in settings(full=False) if not load_rule(case.values[0]).measures[case.values[2]].enzyme],
)
def test_comparisons(exact, pairs_table, ledger, name, chosen, measure, top):
    check_columns(exact, pairs_table, ledger, name, chosen, measure, top, thin=True)


@FULL
@pytest.mark.parametrize(
    ("name", "chosen", "measure", "top"),
    [case for case in settings(full=True) if not load_rule(case.values[0]).measures[case.values[2]].enzyme],
)
def test_every_pair(exact, pairs_table, ledger, name, chosen, measure, top):
    check_columns(exact, pairs_table, ledger, name, chosen, measure, top, thin=False)


def check_enzymes(exact, pairs_table, ledger, name, chosen, measure_id, unit, *, count, starts):
    """Follow one enzyme after the other; percentages of the baseline have their edges at a share of it."""
    settled = load_rule(name).settle(chosen)
    leaves = [leaf for leaf in settled.leaves if leaf.measure == measure_id]
    found, right, on_edge = [], [], 0
    for seed, (enzyme, width) in enumerate(exact.ENZYME_RANGES.items()):
        tolds = [written(leaf, lower=True) for leaf in leaves]

        def ends(start, tolds=tolds, width=width):
            signs = [(number if change == "worse" else -number, by) for change, by, _, number, _ in tolds]
            targets = [start + sign * (width if by == "percent_of_range" else start) / 100 for sign, by in signs]
            return [target for target in targets if target >= 0]

        cells = list(exact.enzyme_visits(ends, exact.limits(count, seed, 40 if "ukat" in unit else 2000), seed, starts))
        cells += [(Fraction(0), uln, end, uln) for uln in {cell[1] for cell in cells} for end in (0, uln / 1000 // 1)]
        value0, uln0, value1, uln1 = (np.array(part, dtype=np.float64) for part in zip(*cells, strict=True))
        table = pairs_table(**{f"{enzyme}_{unit}": (value0, value1), f"{enzyme}_uln_{unit}": (uln0, uln1)})
        applied = apply_rule(table, name, 0, chosen)
        in_units = settled.settings["enzyme_unit"] == "u_per_l"
        unknown = settled.settings["zero_baseline"] == "unknown"
        for leaf, told in zip(leaves, tolds, strict=True):
            by_range = leaf.unit == "percent_of_range"
            found += applied.answers.rows(leaf).tolist()
            for first, first_uln, last, last_uln in cells:
                start, end = first / first_uln, last / (first_uln if in_units else last_uln)
                zero = start == 0 and unknown and not by_range
                right.append(1 if zero else exact.answer(told, start, end, 0, width))
                sign = 1 if told[0] == "worse" else -1
                on_edge += end - start == sign * told[3] * (width if by_range else start) / 100
    words = "µkat/L" if "ukat" in unit else "U/L"
    ledger(name, f"enzyme, {words}, {count} limits each of {len(exact.ENZYME_RANGES)}",
           found, right, on_edge, whole=count >= 50)  # fmt: skip


def enzymes():
    return [case for case in settings(full=False) if load_rule(case.values[0]).measures[case.values[2]].enzyme]


@pytest.mark.parametrize("unit", ["u_per_l", "ukat_per_l"])
@pytest.mark.parametrize(("name", "chosen", "measure", "top"), enzymes())
def test_enzymes_around_every_edge(exact, pairs_table, ledger, name, chosen, measure, top, unit):
    check_enzymes(exact, pairs_table, ledger, name, chosen, measure, unit, count=6, starts=2)


@FULL
@pytest.mark.parametrize("unit", ["u_per_l", "ukat_per_l"])
@pytest.mark.parametrize(("name", "chosen", "measure", "top"), enzymes())
def test_enzymes_around_every_edge_of_fifty_limits(exact, pairs_table, ledger, name, chosen, measure, top, unit):
    check_enzymes(exact, pairs_table, ledger, name, chosen, measure, unit, count=50, starts=3 if chosen else 10)
