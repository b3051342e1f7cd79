import pytest
import yaml

from myotrial.trials.loading import trial_text

FEW = ("C0", "C14", "C25", "C27", "C28", "C29", "C37")


@pytest.fixture
def definition():
    """Return seven outcomes of the shipped definition as plain data, to be broken."""
    found = yaml.safe_load(trial_text("NCT04044690"))
    found["outcomes"] = [outcome for outcome in found["outcomes"] if outcome["id"] in FEW]
    del found["multiplicity"]
    return found
