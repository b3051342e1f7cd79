"""The measures of a simulated study at every visit: the core set, what is taken beside it, and the enzymes."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from myotrial.simulation.assumptions import Assumptions, MeasureAssumption
from myotrial.simulation.course import improvement
from myotrial.simulation.draws import Stream, correlated, sharing, to_grid

CODES = (999, 9999, 99999)
"""Values that would be taken for a code of what is missing, and are moved by one step."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured.

    Attributes
    ----------
    core, beside
        Column → values at every visit on their grid, shape (subjects, visits): the core set with the enzymes and
        their limits, and the further measures, NaN where a measure is not taken.
    burden
        Measure of the core set → how ill, in SDs at baseline above its mean, before any cut: shape (subjects, visits).
    """

    core: dict[str, np.ndarray]
    beside: dict[str, np.ndarray]
    burden: dict[str, np.ndarray]


def draw_measures(assumed: Assumptions, course: np.ndarray, diagnosis: np.ndarray, seed: int) -> Measured:
    """Draw every measure of every subject at every visit.

    Parameters
    ----------
    assumed
        The assumptions.
    course
        The share of the active and of the placebo course reached, shape (subjects, 2, visits).
    diagnosis
        The diagnosis of each subject, shape (subjects,).
    seed
        The seed of the study.
    """
    subjects, _, visits = course.shape
    count = len(assumed.measures) + 1  # the enzymes move together, as one
    start = correlated(Stream(seed, "baseline"), assumed.course.correlation_baseline.value, subjects, count)
    person = correlated(Stream(seed, "change"), assumed.course.correlation_change.value, subjects, count)
    noise = Stream(seed, "visits").normal(subjects, visits, count)
    core, burden = {}, {}
    for place, measure in enumerate(assumed.measures):
        deviation = _deviation(assumed, course, person[:, place], noise[:, :, place])
        better = improvement(measure.change, course, deviation)
        core[measure.name] = _on_grid(measure, start[:, place], better)
        burden[measure.name] = start[:, place, None] - better / measure.baseline.sd
    deviation = _deviation(assumed, course, person[:, -1], noise[:, :, -1])
    core |= _enzymes(assumed, start[:, -1], improvement(assumed.enzyme_log_change, course, deviation), seed)
    beside = {measure.name: _further(assumed, measure, course, seed) for measure in assumed.further_measures}
    for measure in assumed.further_measures:
        if measure.only_in is not None:
            beside[measure.name][diagnosis != measure.only_in] = np.nan
    return Measured(core, beside, burden)


def _deviation(assumed: Assumptions, course: np.ndarray, person: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return a subject's deviation from the mean change: a lasting part that grows with the change, and noise."""
    share = assumed.course.visit_noise_share.value
    reached = course.sum(axis=1)
    return np.asarray(np.sqrt(1 - share) * person[:, None] * reached + np.sqrt(share) * noise * (reached > 0))


def _further(assumed: Assumptions, measure: MeasureAssumption, course: np.ndarray, seed: int) -> np.ndarray:
    """Draw a measure beside the core set, tied to it by what is common to the core set's own."""
    subjects, _, visits = course.shape
    stream = Stream(seed, measure.name)
    shared = (Stream(seed, name).normal(subjects, 1)[:, 0] for name in ("baseline", "change"))
    ties = (assumed.course.correlation_baseline.value, assumed.course.correlation_change.value)
    start, person = (sharing(common, stream.normal(subjects), tie) for common, tie in zip(shared, ties, strict=True))
    deviation = _deviation(assumed, course, person, stream.normal(subjects, visits))
    return _on_grid(measure, start, improvement(measure.change, course, deviation))


def _on_grid(assumed: MeasureAssumption, start: np.ndarray, better: np.ndarray) -> np.ndarray:
    sign = -1 if assumed.better == "lower" else 1
    worse = assumed.baseline.mean - sign * assumed.baseline.sd * start  # who is ill is ill in every measure
    baseline = to_grid(worse, assumed.step, assumed.baseline.low, assumed.baseline.high)
    # an entry limit holds at baseline only
    return to_grid(baseline[:, None] + sign * better, assumed.step, 0.0, assumed.highest)


def _enzymes(assumed: Assumptions, start: np.ndarray, fall: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Return value and limit of every enzyme; half of an enzyme's spread at baseline is its own."""
    stream = Stream(seed, "enzymes")
    tables = {}
    for enzyme in assumed.enzymes:
        centre = enzyme.log_sd * NormalDist().inv_cdf(enzyme.above_normal_share)
        own = stream.normal(len(start))
        log_ratio = centre + enzyme.log_sd * np.sqrt(0.5) * (start + own)
        value = enzyme.uln * np.exp(log_ratio[:, None] - fall)
        shown = to_grid(value, enzyme.step, enzyme.step, 100_000)
        tables[f"{enzyme.name}_u_per_l"] = np.where(np.isin(shown, CODES), shown - enzyme.step, shown)
        tables[f"{enzyme.name}_uln_u_per_l"] = np.full(value.shape, enzyme.uln)
    return tables
