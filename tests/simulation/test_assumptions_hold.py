"""A big draw has the moments that its assumptions say, within 4.5 standard errors of the simulation.

Values are cut to the range of the instrument, so the expected mean and SD are those of a normal variable that is cut
(integrated here, over the baseline where there is one), not the numbers of the assumptions themselves.
"""

import itertools
import math
from statistics import NormalDist

import polars as pl
import pytest

from myotrial.simulation.assumptions import load_assumptions
from myotrial.simulation.study import simulate_study

N = 20_000
STANDARD = NormalDist()
NODES = [(-8 + place / 50, STANDARD.pdf(-8 + place / 50) / 50) for place in range(801)]
"""Points and weights to integrate over a standard normal variable."""
MEASURES = {measure.name: measure for measure in load_assumptions().measures}


@pytest.fixture(scope="module")
def study(two_visits):
    return simulate_study(two_visits, N, seed=1)


@pytest.fixture(scope="module")
def pairs(study):
    """Return the visits at weeks 1 and 17 side by side, with the arm."""
    frame = study.visits.frame
    after = frame.filter(week=17)
    arms = study.subjects.select("subject_id", "arm")
    return frame.filter(week=1).join(after, on="subject_id", suffix="_after").join(arms, on="subject_id")


def cut_moments(mean, sd, low, high):
    """Return the first two moments of a normal variable cut to a range."""
    a, b = (low - mean) / sd, (high - mean) / sd
    below, above = STANDARD.cdf(a), 1 - STANDARD.cdf(b)
    inside, fa, fb = 1 - below - above, STANDARD.pdf(a), STANDARD.pdf(b)
    first = low * below + high * above + mean * inside + sd * (fa - fb)
    square = low**2 * below + high**2 * above + (mean**2 + sd**2) * inside
    return first, square + 2 * mean * sd * (fa - fb) + sd**2 * (a * fa - b * fb)


def assert_moments(values, first, second, step):
    """Compare mean and SD; the grid adds step² / 12 to the variance, and next to nothing to the mean."""
    sd = math.sqrt(second - first**2)
    error = 4.5 * sd / math.sqrt(len(values))
    assert values.mean() == pytest.approx(first, abs=error + step * 0.02)
    assert values.std() == pytest.approx(math.sqrt(sd**2 + step**2 / 12), abs=error + step * 0.02)


@pytest.mark.parametrize("name", MEASURES)
def test_baseline(pairs, name):
    assumed = MEASURES[name].baseline
    assert_moments(pairs[name], *cut_moments(assumed.mean, assumed.sd, assumed.low, assumed.high), MEASURES[name].step)


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("course", ["active", "placebo"])
def test_values_after_16_weeks(pairs, name, course):
    measure = MEASURES[name]
    change, start = getattr(measure.change, course), measure.baseline
    sign = 1 if measure.better == "higher" else -1
    first = second = 0.0
    for z, weight in NODES:
        begun = min(max(start.mean + start.sd * z, start.low), start.high)
        one, two = cut_moments(begun + sign * change.mean, change.sd, 0, start.high)
        first, second = first + weight * one, second + weight * two
    arm = {"active": "igpro20", "placebo": "placebo"}[course]
    assert_moments(pairs.filter(arm=arm)[f"{name}_after"].drop_nulls(), first, second, measure.step)


def both_above(one, other, correlation):
    """Return the chance that two correlated standard normals are above these limits (through their common factor)."""
    root, rest = math.sqrt(correlation), math.sqrt(1 - correlation)
    return sum(
        weight * (1 - STANDARD.cdf((one - root * z) / rest)) * (1 - STANDARD.cdf((other - root * z) / rest))
        for z, weight in NODES
    )


def assert_share(hits, expected):
    assert hits.mean() == pytest.approx(expected, abs=4.5 * math.sqrt(expected * (1 - expected) / len(hits)))


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(MEASURES, 2)))
def test_who_is_ill_is_ill_in_every_measure(pairs, one, other):
    """The share that is worse than a limit in both measures; limits between two values of the grid, near the means."""
    hits, limits = [], []
    for name in (one, other):
        measure = MEASURES[name]
        limit = measure.baseline.mean + measure.step / 2 if name != "haq_di" else 1.1875
        sign = -1 if measure.better == "higher" else 1
        hits.append((pairs[name] - limit) * sign > 0)
        limits.append(sign * (limit - measure.baseline.mean) / measure.baseline.sd)
    correlation = load_assumptions().course.correlation_baseline.value
    assert_share(hits[0] & hits[1], both_above(*limits, correlation))


def test_changes_go_together(pairs):
    """Improvements of two measures beyond their means; who begins at 5 cm or more can improve so far, uncut."""
    high = pairs.filter(
        (pl.col("physician_global_cm") >= 5) & (pl.col("patient_global_cm") >= 5) & (pl.col("arm") == "igpro20")
    ).drop_nulls(["physician_global_cm_after", "patient_global_cm_after"])
    course = load_assumptions().course
    hits, limits = [], []
    for name, limit in (("physician_global_cm", 2.35), ("patient_global_cm", 2.15)):
        change = MEASURES[name].change.active
        hits.append(high[name] - high[f"{name}_after"] > limit)
        limits.append((limit - change.mean) / change.sd)
    # a share of each change is noise of the visit, which measures do not have in common
    shared = course.correlation_change.value * (1 - course.visit_noise_share.value)
    assert high.height > 2000
    assert_share(hits[0] & hits[1], both_above(*limits, shared))


@pytest.mark.parametrize("enzyme", [enzyme.name for enzyme in load_assumptions().enzymes])
def test_enzymes_above_normal_at_baseline(pairs, enzyme):
    assumed = next(entry for entry in load_assumptions().enzymes if entry.name == enzyme)
    limit = math.log((assumed.uln + assumed.step / 2) / assumed.uln) / assumed.log_sd  # the grid's next value
    expected = 1 - STANDARD.cdf(limit - STANDARD.inv_cdf(assumed.above_normal_share))
    assert_share(pairs[f"{enzyme}_u_per_l"] > assumed.uln, expected)


def test_people(study):
    assumed = load_assumptions().subjects
    assert_share(study.subjects["sex"] == "female", assumed.female_share.value)
    age = assumed.age_years
    assert_moments(study.subjects["age_years"], *cut_moments(age.mean, age.sd, age.low, age.high), 1)
    assert study.subjects["site"].n_unique() == assumed.sites.value


def test_drop_out_and_missed_visits(reclaiim):
    n = 4000
    study = simulate_study(reclaiim, n, seed=2)
    stay = (1 - load_assumptions().conduct.dropout_per_interval.value) ** 13
    assert_share(study.subjects["completed"], stay)
    stayers = study.subjects.filter("completed")["subject_id"]
    seen = study.visits.frame.filter(pl.col("subject_id").is_in(stayers.to_list()), pl.col("week") > 1)
    missed = 1 - seen.height / (13 * len(stayers))
    expected = load_assumptions().conduct.visit_missed.value
    assert missed == pytest.approx(expected, abs=4.5 * math.sqrt(expected * (1 - expected) / (13 * len(stayers))))
