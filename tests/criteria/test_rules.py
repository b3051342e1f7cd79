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


@pytest.mark.parametrize("name", NAMES)
def test_the_table_is_the_one_typed_a_second_time(name, second):
    typed = {measure.id: measure for measure in load_criteria(name).measures}
    assert set(typed) == set(second.POINTS)
    for measure, points in second.POINTS.items():
        assert typed[measure].bands.points == tuple(float(point) for point in points)
        assert typed[measure].bands.edges_percent == second.EDGES.get(measure, second.OTHER_EDGES)
    assert {typed[m].column: m for m in typed if typed[m].column} == second.COLUMNS
    assert {m: typed[m].range.high for m in second.RANGES} == second.RANGES
    assert typed["mmt"].range.default == 150
    assert [measure.id for measure in typed.values() if measure.better == "higher"] == ["mmt"]


@pytest.mark.parametrize("name", NAMES)
def test_thresholds_ascend_and_are_attainable(name):
    thresholds = list(load_criteria(name).thresholds.values())
    assert thresholds == sorted(set(thresholds))
    assert all(threshold % 2.5 == 0 for threshold in thresholds)


def test_the_adult_thresholds():
    assert load_criteria("acr-eular-2016-adult").thresholds == {"minimal": 20, "moderate": 40, "major": 60}


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


def test_what_was_not_read_is_not_called_read():
    options = load_criteria("acr-eular-2016-adult").options
    assert {option.source.status for option in options.values()} <= {"recalled", "ours"}


def test_every_option_has_a_default_among_its_choices():
    for option in load_criteria("acr-eular-2016-adult").options.values():
        assert not option.choices or option.default in option.choices
        assert option.label


def test_an_unknown_name_is_a_fault_with_a_hint():
    with pytest.raises(BadInput, match="did you mean acr-eular-2016-adult"):
        load_criteria("acr-eular-2016-adlt")
