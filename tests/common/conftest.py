"""Visits for every set of response criteria and every rule of change, drawn from what their data files say."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from myotrial.criteria.change.rules import list_rules, load_rule
from myotrial.criteria.rules import list_criteria, load_criteria
from myotrial.study.tables import ENZYMES, load_tables

STATED_WIDTH = 60
"""Stated for a range that no source gives."""
COLUMNS = {column.name: column for column in load_tables()["visits"].columns}


def step_of(column):
    """Return the grid on which a measure is drawn."""
    return 0.1 if column.vas else 1 if column.kind == "whole" else 0.125 if (column.max or 0) <= 3 else 0.5


def drawn(column, top, generator, count):
    """Draw values on the measure's grid."""
    low = column.min or 0
    steps = int(((top or column.max) - low) / step_of(column))
    return np.round(low + generator.integers(0, steps + 1, count) * step_of(column), 9)


def stated_options(name):
    """Return what has to be stated for criteria: a width for each range that no source gives."""
    if name not in list_criteria():
        return {}
    options = load_criteria(name).options
    return {key: STATED_WIDTH for key, held in options.items() if held.default is None and not held.choices}


def measures_of(name, options):
    """Return column → whether lower is better, and whether enzymes are among the measures."""
    if name in list_criteria():
        criteria = load_criteria(name)
        measures = criteria.measures_for(criteria.settle(options))
        return {measure.column: measure.better == "lower" for measure in measures if measure.column}, any(
            not measure.column for measure in measures
        )
    measures = load_rule(name).settle(options).measures.values()
    columns = [measure.column for measure in measures if not measure.enzyme]
    return {column: COLUMNS[column].better == "lower" for column in columns}, any(m.enzyme for m in measures)


def visits(name, options, seed, subjects, weeks=(0, 8, 16)):
    """Draw complete visits of some subjects for criteria or a rule."""
    generator = np.random.default_rng(seed)
    columns, enzymes = measures_of(name, options)
    count = subjects * len(weeks)
    held = {"subject_id": [f"S{number:03d}" for number in range(subjects) for _ in weeks], "week": [*weeks] * subjects}
    for column in columns:
        described = COLUMNS[column]
        top = 80 if described.max_column else 400 if described.uln else None
        held[column] = drawn(described, top, generator, count)
        if described.max_column:
            held[described.max_column] = np.full(count, float(top))
        if described.uln:
            held[described.uln] = np.full(count, 150.0)
    for enzyme in ENZYMES[:3] if enzymes else ():
        limit = np.repeat(generator.integers(20, 400, subjects), len(weeks)) / 2
        held[f"{enzyme}_u_per_l"] = np.round(limit * generator.integers(0, 160, count) / 20, 3)
        held[f"{enzyme}_uln_u_per_l"] = limit
    return pl.DataFrame(held)


@pytest.fixture(scope="session")
def drawing():
    """Give what the suites draw with."""
    return SimpleNamespace(
        columns=COLUMNS, visits=visits, measures_of=measures_of, stated=stated_options, step_of=step_of,
        names=[*list_criteria(), *list_rules()],
    )  # fmt: skip
