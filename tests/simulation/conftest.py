import pytest

from myotrial.trials.loading import load_trial


@pytest.fixture(scope="session")
def reclaiim():
    return load_trial("NCT04044690")


@pytest.fixture(scope="session")
def two_visits(reclaiim):
    """Return the trial with baseline and week 17 alone: 16 weeks on treatment, for which the assumptions stand."""
    schedule = type(reclaiim.schedule).model_validate(
        reclaiim.schedule.model_dump()
        | {"visits": (1, 17), "periods": [{"id": "one", "label": "One", "weeks": (1, 17), "masked": True}]}
    )
    return reclaiim.model_copy(update={"schedule": schedule})
