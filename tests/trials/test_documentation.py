"""The examples of the guide to definitions are outcomes that a trial can have, and run."""

import re
from pathlib import Path

import pytest
import yaml

from myotrial.analysis.analyse import analyse
from myotrial.simulation.study import simulate_study
from myotrial.trials.loading import parse_trial, trial_text

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "definitions.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.fixture(scope="module")
def results():
    """Run the shipped trial with the guide's outcomes in the place of its own."""
    definition = yaml.safe_load(trial_text("NCT04044690"))
    definition["outcomes"] = [yaml.safe_load(example) for example in EXAMPLES]
    del definition["multiplicity"]
    trial = parse_trial(yaml.safe_dump(definition, allow_unicode=True))
    return analyse(trial, simulate_study(trial, 60, seed=6))


def test_there_are_examples():
    assert len(EXAMPLES) == 5


@pytest.mark.parametrize("name", ["responders", "steroid", "levels", "serious", "lasting"])
def test_an_example_gives_results(results, name):
    rows = results.outcome(name)
    assert rows.height > 0
    assert rows["estimate"].null_count() < rows.height
