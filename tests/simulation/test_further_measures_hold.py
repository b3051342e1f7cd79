"""CDASI, damage, EQ-5D, strength on another scale and diagnoses: their moments and shares are those assumed."""

import math
from statistics import NormalDist

import polars as pl
import pytest

from myotrial.simulation.assumptions import load_assumptions
from myotrial.simulation.study import simulate_study
from myotrial.trials.loading import load_trial

N = 20_000
STANDARD = NormalDist()
NODES = [(-8 + place / 50, STANDARD.pdf(-8 + place / 50) / 50) for place in range(801)]
ASSUMED = load_assumptions("NCT04044690")
FURTHER = {measure.name: measure for measure in ASSUMED.further_measures}


@pytest.fixture(scope="module")
def pairs(two_visits):
    """Return baseline and 16 weeks later side by side, with the arm."""
    study = simulate_study(two_visits, N, seed=5)
    frame = study.visits.frame
    arms = study.subjects.select("subject_id", "arm")
    return (
        frame.filter(week=1).join(frame.filter(week=17), on="subject_id", suffix="_after").join(arms, on="subject_id")
    )


def on_grid(mean, sd, low, high, step):
    """Return value → chance of a normal variable that is cut to a range and rounded to a grid."""
    dist = NormalDist(mean, sd)
    values = [low + place * step for place in range(round((high - low) / step) + 1)]
    above = [dist.cdf(value + step / 2) for value in values[:-1]] + [1.0]
    return {value: up - down for value, up, down in zip(values, above, [0.0, *above], strict=False)}


def assert_mean(values, chances):
    mean = sum(value * chance for value, chance in chances.items())
    sd = math.sqrt(sum((value - mean) ** 2 * chance for value, chance in chances.items()))
    assert values.null_count() < 0.02 * len(values)
    known = values.drop_nulls()
    assert known.mean() == pytest.approx(mean, abs=4.5 * sd / math.sqrt(len(known)))
    assert known.std() == pytest.approx(sd, rel=0.05)


def assert_share(hits, expected):
    assert hits.mean() == pytest.approx(expected, abs=4.5 * math.sqrt(expected * (1 - expected) / len(hits)))


@pytest.mark.parametrize("name", FURTHER)
def test_baseline(pairs, name):
    measure, start = FURTHER[name], FURTHER[name].baseline
    assert_mean(pairs[name], on_grid(start.mean, start.sd, start.low, start.high, measure.step))
    assert pairs[name].is_between(start.low, start.high).all()


@pytest.mark.parametrize("name", FURTHER)
@pytest.mark.parametrize("course", ["active", "placebo"])
def test_16_weeks_later(pairs, name, course):
    """The distribution after the change, over every value that the baseline can have."""
    measure, start = FURTHER[name], FURTHER[name].baseline
    change = getattr(measure.change, course)
    top = {"cdasi_activity": 100, "cdasi_damage": 32, "physician_damage_cm": 10}[name]
    chances = dict.fromkeys(on_grid(0, 1, 0, top, measure.step), 0.0)
    for begun, weight in on_grid(start.mean, start.sd, start.low, start.high, measure.step).items():
        if weight > 1e-7:
            for value, chance in on_grid(begun - change.mean, change.sd, 0, top, measure.step).items():
                chances[value] += weight * chance
    arm = {"active": "igpro20", "placebo": "placebo"}[course]
    assert_mean(pairs.filter(arm=arm)[f"{name}_after"], chances)


def test_cdasi_changes_as_published(pairs):
    """From a high baseline nothing is cut: -9.36 on immunoglobulin and -1.16 on placebo (ProDERM, week 16)."""
    high = pairs.filter(pl.col("cdasi_activity") >= 35).drop_nulls("cdasi_activity_after")
    for arm, mean, sd in (("igpro20", -9.36, 10.542), ("placebo", -1.16, 7.0)):
        these = high.filter(arm=arm)
        change = these["cdasi_activity_after"] - these["cdasi_activity"]
        assert change.mean() == pytest.approx(mean, abs=4.5 * sd / math.sqrt(len(change)))
        assert change.std() == pytest.approx(sd, rel=0.1)


@pytest.mark.parametrize("domain", ASSUMED.eq5d.domains, ids=lambda domain: domain.name)
def test_levels_at_baseline(pairs, domain):
    for level, share in enumerate(domain.baseline_shares, 1):
        assert_share(pairs[domain.name] == level, share)


@pytest.mark.parametrize("domain", ASSUMED.eq5d.domains, ids=lambda domain: domain.name)
def test_levels_go_with_disability(pairs, domain):
    """Both worse than a limit: as often as two normals with the assumed correlation, through their common factor."""
    between = ASSUMED.course.correlation_baseline.value
    together = domain.haq + domain.patient * between
    cut = STANDARD.inv_cdf(sum(domain.baseline_shares[:2]))
    limit = (1.1875 - 1.2) / 0.7  # between two values of HAQ-DI, near its mean
    root, rest = math.sqrt(together), math.sqrt(1 - together)
    expected = sum(
        weight * (1 - STANDARD.cdf((cut - root * z) / rest)) * (1 - STANDARD.cdf((limit - root * z) / rest))
        for z, weight in NODES
    )
    assert_share((pairs[domain.name] >= 3) & (pairs["haq_di"] > 1.1875), expected)


def test_levels_improve_more_on_treatment(pairs):
    change = pairs.select("arm", change=pl.col("eq5d_mobility") - pl.col("eq5d_mobility_after"))
    mean = dict(change.group_by("arm").agg(pl.col("change").mean()).iter_rows())
    assert mean["igpro20"] > mean["placebo"] + 0.3
    assert {-1, 0, 1, 2, 3} <= set(change["change"].drop_nulls())


def test_thermometer(pairs):
    vas = ASSUMED.eq5d.vas
    assert_mean(pairs["eq5d_vas"], on_grid(vas.mean, vas.sd, 0, 100, 1))


@pytest.mark.parametrize("name", ["NCT02347891", "NCT05832034"])
def test_diagnoses_and_where_skin_is_scored(name):
    study = simulate_study(load_trial(name), 4000, seed=2)
    for entry in load_assumptions(name).subjects.diagnoses:
        assert_share(study.subjects["diagnosis"] == entry.diagnosis, entry.share)
    frame = study.visits.frame.join(study.subjects.select("subject_id", "diagnosis"), on="subject_id")
    skin = frame.filter(diagnosis="dermatomyositis")
    assert skin["cdasi_activity"].null_count() < 0.01 * skin.height
    assert frame.filter(pl.col("diagnosis") != "dermatomyositis")["cdasi_activity"].is_null().all()


def test_the_highest_strength_is_stated_where_it_is_another():
    frame = simulate_study(load_trial("NCT05832034"), 2000, seed=2).visits.frame
    assert set(frame["mmt_max"]) == {130.0}
    assert frame.filter(week=0)["mmt"].max() <= 117  # a loss of at least 10 %
    assert frame["mmt"].max() == 130
    assert "mmt_max" not in simulate_study(load_trial("NCT04044690"), 20, seed=2).visits.frame.columns


def test_proderm_starts_below_its_limit():
    frame = simulate_study(load_trial("NCT02728752"), 2000, seed=2).visits.frame
    assert frame.filter(week=0)["mmt"].max() == 141
    assert frame["mmt"].max() == 150
