"""Files of assumptions: each trial finds its own, states only what differs, and what cannot be is refused."""

import numpy as np
import pytest
from pydantic import ValidationError

from myotrial.model.errors import BadInput
from myotrial.simulation.assumptions import (
    DEFAULT,
    Assumptions,
    assumptions_for,
    list_assumptions,
    load_assumptions,
)
from myotrial.simulation.draws import Stream
from myotrial.simulation.study import simulate_study
from myotrial.trials.loading import list_trials


def test_every_trial_has_its_own():
    assert {assumptions_for(name) for name in list_trials()} == set(list_trials())


def test_a_trial_without_its_own_gets_the_default(reclaiim):
    other = reclaiim.model_copy(update={"id": "NCT00000000"})
    assert simulate_study(other, 10, seed=1).simulated["assumptions"] == DEFAULT
    named = simulate_study(other, 10, seed=1, assumptions="NCT04044690")
    assert named.canonical_csv() == simulate_study(reclaiim, 10, seed=1).canonical_csv()


def test_unknown_assumptions_are_a_fault(reclaiim):
    with pytest.raises(BadInput, match=f"did you mean {DEFAULT}") as told:
        simulate_study(reclaiim, 10, seed=1, assumptions="dermatomyositis-imunoglobulin")
    assert told.value.faults[0].code == "unknown_assumptions"


def test_what_a_trial_does_not_state_is_the_base():
    base, own = load_assumptions(), load_assumptions("NCT05832034")
    assert own.conduct == base.conduct
    assert own.eq5d == base.eq5d
    assert [measure.name for measure in own.measures] == [measure.name for measure in base.measures]
    mine, theirs = own.measure("extramuscular_cm"), base.measure("extramuscular_cm")
    assert mine.baseline == theirs.baseline
    assert mine.change != theirs.change
    assert own.glucocorticoids.ladder_mg == base.glucocorticoids.ladder_mg
    assert own.infusions.then_every_weeks is None


def test_hashes_tell_assumptions_apart():
    assert len({load_assumptions(name).sha256() for name in list_assumptions()}) == len(list_assumptions()) == 5


def broken(change):
    data = load_assumptions("NCT05832034").model_dump()
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data["eq5d"]["domains"][0].update(baseline_shares=[0.5, 0.5, 0.1, 0, 0]), "do not add up to 1"),
        (lambda data: data["eq5d"]["domains"][0].update(haq=0.9, patient=0.6), "nothing of the answer's own"),
        (lambda data: data["rescue_courses"][0].update(share=0.9), "rescue_courses: the shares"),
        (lambda data: data["glucocorticoids"].update(ladder_mg=(20, 25, 5)), "ladder_mg must descend"),
        (lambda data: data["glucocorticoids"].update(start_mg=[{"mg": 17, "share": 1}]), "a rung of ladder_mg"),
        (lambda data: data["infusions"].update(weeks=(0, 0.3)), "two must not fall on one day"),
        (lambda data: data["infusions"].update(weeks=(1, 4)), "begin at week 0"),
        (lambda data: data["mmt_max"].update(value=150), "mmt_max is not the top of mmt"),
        (lambda data: data["measures"][2].update(top=100), "must lie within its scale"),
        (lambda data: data["subjects"].update(diagnoses=[{"diagnosis": "x", "share": 0.9}]), "diagnoses: the shares"),
        (lambda data: data["adverse_events"]["severities"][0].update(severity="severe"), "in this order"),
        (lambda data: data["rescue_courses"][0]["steps"][0].update(days=None), "only the last step"),
        (lambda data: data["conduct"].update(typo=1), "Extra inputs"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(change, message):
    with pytest.raises(ValidationError, match=message):
        Assumptions(**broken(change))


@pytest.mark.parametrize("mean", [0.0, 0.03, 0.7, 4.0, 60.0])
def test_poisson_numbers(mean):
    """Mean, variance and the share of zeros, within 4.5 standard errors."""
    drawn = Stream(3, "poisson").poisson(np.full(100_000, mean))
    assert drawn.mean() == pytest.approx(mean, abs=4.5 * np.sqrt(mean / 1e5) + 1e-12)
    fourth = mean + 2 * mean**2
    assert drawn.var() == pytest.approx(mean, abs=4.5 * np.sqrt(fourth / 1e5) + 1e-12)
    none = np.exp(-mean)
    assert (drawn == 0).mean() == pytest.approx(none, abs=4.5 * np.sqrt(none * (1 - none) / 1e5) + 1e-12)


def test_places_are_picked_by_their_shares():
    drawn = Stream(3, "places").pick([0.1, 0.0, 0.6, 0.3], 50_000)
    shares = np.bincount(drawn, minlength=4) / 50_000
    assert shares[1] == 0
    assert shares == pytest.approx([0.1, 0, 0.6, 0.3], abs=0.01)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_smallest_studies_are_whole(reclaiim, n):
    for seed in range(5):
        study = simulate_study(reclaiim, n, seed=seed)
        assert study.infusions["subject_id"].n_unique() == study.subjects.height == n


def test_visits_a_week_apart(reclaiim):
    """Windows of three days either way never bring a rescue or a dose past the next visit."""
    schedule = type(reclaiim.schedule).model_validate(
        reclaiim.schedule.model_dump()
        | {"visits": tuple(range(1, 14)), "periods": [{"id": "a", "label": "A", "weeks": (1, 13), "masked": True}]}
    )
    weekly = reclaiim.model_copy(update={"schedule": schedule})
    study = simulate_study(weekly, 1000, seed=8)
    rescues = study.events.filter(kind="rescue")
    assert rescues.select("subject_id", "day").is_unique().all()
    doses = study.doses.filter(start_day=1)
    assert study.doses.filter(study.doses["end_day"] < study.doses["start_day"]).height == 0
    assert doses.height == 0
