import pytest
import yaml

from myotrial.trials.loading import trial_text


@pytest.fixture
def definition():
    """Return the shipped definition as plain data, to be broken."""
    return yaml.safe_load(trial_text("NCT04044690"))
