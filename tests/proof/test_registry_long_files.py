"""Files of many records are read to their end, in the memory of a few of them."""

import importlib.util
import sys
from pathlib import Path

import pytest

MOST_MEMORY = 300_000_000
HERE = Path(__file__).parent


def load(name: str):
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


long_files = load("registry_long_files")


@pytest.fixture(scope="module")
def sources():
    return long_files.read_sources([], vars(load("registry_fuzz")))


@pytest.mark.parametrize("kind", long_files.KINDS)
def test_a_file_of_many_records_is_read_to_its_end(kind, sources):
    cost = long_files.measure(kind, sources, 200_000)
    assert cost.records == cost.written > 10
    assert cost.last in {f"NCT{cost.written - 1:08d}", "ChiCTR1"}


@pytest.mark.proof
@pytest.mark.parametrize("kind", long_files.KINDS)
def test_200_megabytes_take_little_memory(kind, sources):
    wide = long_files.Sources(  # as long as real records are, so that the rows are not all of the time
        sources.names,
        [[field + " and more of it" * 20 if len(field) > 20 else field for field in row] for row in sources.rows],
        [
            trial.replace("</Inclusion_Criteria>", "\nmore of them" * 200 + "</Inclusion_Criteria>")
            for trial in sources.trials
        ],
        [study.replace('"briefTitle"', '"x": "' + "y" * 5000 + '", "briefTitle"') for study in sources.studies],
    )
    cost = long_files.measure(kind, wide, 200_000_000)
    assert cost.records == cost.written > 10
    assert cost.memory_bytes < MOST_MEMORY, cost
    assert cost.bytes > 200_000_000
