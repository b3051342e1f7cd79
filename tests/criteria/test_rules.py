"""The data file of the criteria: complete, in order, and every number with its source."""

from fractions import Fraction

import pytest

from myotrial.criteria.rules import list_criteria, load_criteria
from myotrial.model.data import load_data
from myotrial.model.errors import BadInput

NAMES = list_criteria()


@pytest.mark.parametrize("name", NAMES)
def test_bands_are_in_order(name):
    for measure in load_criteria(name).measures:
        edges, points = measure.bands.edges_percent, measure.bands.points
        assert list(edges) == sorted(set(edges))
        assert list(points) == sorted(points)
        assert len(points) == len(edges) + 1
        assert points[0] == 0
        assert edges[0] > 0
        assert edges[-1] < 100


@pytest.mark.parametrize("name", NAMES)
def test_the_maxima_sum_to_100(name):
    assert sum(Fraction(str(measure.bands.points[-1])) for measure in load_criteria(name).measures) == 100


def test_the_table_is_the_one_typed_a_second_time(second):
    typed = {measure.id: measure for measure in load_criteria("acr-eular-2016-adult").measures}
    assert set(typed) == set(second.POINTS)
    assert {typed[m].column: m for m in typed if typed[m].column} == second.COLUMNS
    assert {m: typed[m].range.high for m in second.RANGES} == second.RANGES
    assert typed["mmt"].range.default == 150


@pytest.mark.parametrize("core_set", ["imacs", "printo"])
def test_the_juvenile_measures_are_those_typed_a_second_time(core_set, second):
    typed = {measure.id: measure for measure in load_criteria(f"acr-eular-2016-juvenile-{core_set}").measures}
    assert {typed[m].column: m for m in typed if typed[m].column} == second.JUVENILE_COLUMNS[core_set]
    known = second.JUVENILE_RANGES.keys() & typed.keys()
    assert {m: typed[m].range.high for m in known} == {m: second.JUVENILE_RANGES[m] for m in known}


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_are_the_ones_typed_a_second_time(name, second):
    typed = {measure.id: measure for measure in load_criteria(name).measures}
    assert len({second.ROW.get(measure, measure) for measure in typed}) == 6
    for measure, held in typed.items():
        row = second.ROW.get(measure, measure)
        assert held.bands.points == tuple(float(point) for point in second.POINTS[row])
        assert held.bands.edges_percent == second.EDGES.get(row, second.OTHER_EDGES)
    assert {m for m in typed if typed[m].better == "higher"} == {m for m in second.RISES if m in typed}


@pytest.mark.parametrize("name", NAMES)
def test_thresholds_ascend_and_are_attainable(name):
    thresholds = list(load_criteria(name).thresholds.values())
    assert thresholds == sorted(set(thresholds))
    assert all(threshold % 2.5 == 0 for threshold in thresholds)


def test_the_adult_thresholds():
    assert load_criteria("acr-eular-2016-adult").thresholds == {"minimal": 20, "moderate": 40, "major": 60}


@pytest.mark.parametrize("core_set", ["imacs", "printo"])
def test_the_juvenile_thresholds(core_set):
    criteria = load_criteria(f"acr-eular-2016-juvenile-{core_set}")
    assert criteria.thresholds == {"minimal": 30, "moderate": 45, "major": 70}


def sources(value):
    if isinstance(value, dict):
        if "source" in value:
            yield value["source"]
        for part in value.values():
            yield from sources(part)
    elif isinstance(value, list):
        for part in value:
            yield from sources(part)


def without_source(value, path=""):
    """Yield the path of every number that has no source at its own level or above it."""
    if isinstance(value, dict):
        if "source" in value:
            return
        for key, part in value.items():
            yield from without_source(part, f"{path}.{key}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from without_source(part, f"{path}.{place}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def test_every_number_has_a_source():
    data = load_data("criteria", "acr-eular-2016.yaml")
    held = {key: value for key, value in data.items() if key != "sources"}
    assert list(without_source(held)) == []
    for source in sources(held):
        assert source["citation"]
        assert source["status"] in {"read", "second_hand", "recalled", "ours"}


@pytest.mark.parametrize("name", NAMES)
def test_what_was_not_read_is_not_called_read(name):
    options = dict(load_criteria(name).options)
    assert options.pop("strength", None) is None or name.endswith("printo")  # the two core sets were read
    ranges = [options.pop(name, None) for name in ("cmas_range", "das_range")]  # their totals were read at second hand
    assert {option.source.status for option in ranges if option} <= {"second_hand"}
    assert {option.source.status for option in options.values()} <= {"recalled", "ours"}


def test_ranges_that_were_not_read_are_options():
    typed = {measure.id: measure for measure in load_criteria("acr-eular-2016-juvenile-printo").measures}
    assert {m: typed[m].range.source.status for m in ("cmas", "das", "chq_phs")} == {
        "cmas": "second_hand", "das": "second_hand", "chq_phs": "ours"
    }  # fmt: skip
    assert {typed[m].range.width_option for m in ("cmas", "das", "chq_phs")} == {
        "cmas_range", "das_range", "chq_phs_range"
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_option_has_a_default_among_its_choices(name):
    for option in load_criteria(name).options.values():
        assert not option.choices or option.default in option.choices
        assert option.label


def test_an_unknown_name_is_a_fault_with_a_hint():
    with pytest.raises(BadInput, match="did you mean acr-eular-2016-adult"):
        load_criteria("acr-eular-2016-adlt")
