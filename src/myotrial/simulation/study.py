"""Simulate a study: subjects, visits measure by measure, and events, in the tables of the plain study."""

from statistics import NormalDist

import numpy as np
import polars as pl

from myotrial.model.errors import BadInput, Fault
from myotrial.simulation.assumptions import (
    DEFAULT,
    Assumptions,
    MeasureAssumption,
    Moments,
    assumptions_sha256,
    load_assumptions,
)
from myotrial.simulation.conduct import Conduct, draw_conduct
from myotrial.simulation.draws import Stream, correlated, to_grid
from myotrial.study.reading import StudyData
from myotrial.study.visits import check_visits
from myotrial.trials.definition import TrialDefinition

MOST_SUBJECTS = 1_000_000


def simulate_study(trial: TrialDefinition, n: int, *, seed: int, assumptions: str = DEFAULT) -> StudyData:
    """Simulate the data of a trial: the same seed gives the same study on every machine.

    Parameters
    ----------
    trial
        The definition: arms, visits, periods. The reference arm follows the placebo course, the others the
        active one; a period that puts everybody on an active arm moves the reference arm to its course.
    n
        Subjects, randomised to the arms in permuted blocks by their ratios.
    seed
        A whole number, 0 or more.
    assumptions
        The name of a file of ``data/assumptions``.

    Returns
    -------
    StudyData
        Measures on their instruments' grids (VAS 0.1 cm, MMT 1 point, HAQ 0.125), correlated within a subject,
        with drop-out, rescue, missed visits and missing values.

    Raises
    ------
    BadInput
        n or seed out of range.

    Examples
    --------
    >>> from myotrial.trials.loading import load_trial
    >>> simulate_study(load_trial("NCT04044690"), n=20, seed=1)
    StudyData, simulated(20 subjects, ... visits, ... events)
    """
    _check(n, seed)
    assumed = load_assumptions(assumptions)
    weeks = np.array(trial.schedule.visits)
    arm = _allocate(trial, n, Stream(seed, "allocation"))
    course = _mean_course(trial, assumed, weeks)[arm]
    values = _measures(assumed, course, seed)
    conduct = draw_conduct(trial, assumed, values["physician_global_cm"], seed)
    arms = np.array([entry.id for entry in trial.arms])[arm]
    subjects = _subjects(assumed, arms, conduct, seed)
    visits = _visit_table(subjects["subject_id"], weeks, values, conduct)
    how = {"seed": seed, "n": n, "assumptions": assumed.id, "assumptions_sha256": assumptions_sha256(assumptions)}
    checked = check_visits(visits, trial.schedule.baseline_week, "simulated visits")
    return StudyData(subjects, checked, conduct.events(subjects["subject_id"]), simulated=how)


def _check(n: int, seed: int) -> None:
    faults = []
    if not 1 <= n <= MOST_SUBJECTS:
        faults.append(Fault("bad_option", "the number of subjects is out of range", column="n", got=str(n),
                            expected=f"1 to {MOST_SUBJECTS:,}"))  # fmt: skip
    if seed < 0:
        faults.append(Fault("bad_option", "the seed is out of range", column="seed", got=str(seed),
                            expected="a whole number, 0 or more"))  # fmt: skip
    if faults:
        raise BadInput(faults)


def _allocate(trial: TrialDefinition, n: int, stream: Stream) -> np.ndarray:
    """Return each subject's arm by permuted blocks of twice the ratios, shape (n,)."""
    block = np.repeat(np.arange(len(trial.arms)), [2 * arm.ratio for arm in trial.arms])
    blocks = -(-n // len(block))
    order = np.argsort(stream.uniform(blocks, len(block)), axis=1, kind="stable")
    return np.asarray(block[order].ravel()[:n])


def _mean_course(trial: TrialDefinition, assumed: Assumptions, weeks: np.ndarray) -> np.ndarray:
    """Return for each arm the share of the active and of the placebo course reached, shape (arms, 2, visits).

    A subject who moves to the active course approaches it from where the placebo course has brought them.
    """
    constant, reference = assumed.course.time_constant_weeks.value, assumed.course.reference_week.value
    on_treatment = weeks - trial.schedule.baseline_week

    def reached(time: np.ndarray) -> np.ndarray:
        return np.asarray((1 - np.exp(-np.maximum(time, 0) / constant)) / (1 - np.exp(-reference / constant)))

    shares = np.zeros((len(trial.arms), 2, len(weeks)))
    for place, arm in enumerate(trial.arms):
        moves = [period.weeks[0] for period in trial.schedule.periods if period.all_on not in {None, arm.id}]
        if not arm.reference:
            shares[place, 0] = reached(on_treatment)
        elif not moves:
            shares[place, 1] = reached(on_treatment)
        else:
            since = weeks - moves[0]
            moved = 1 - np.exp(-np.maximum(since, 0) / constant)
            before = reached(np.minimum(on_treatment, moves[0] - trial.schedule.baseline_week))
            shares[place, 0] = moved / (1 - np.exp(-reference / constant))
            shares[place, 1] = before * (1 - moved)
    return shares


def _measures(assumed: Assumptions, course: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Return every measure at every visit on its grid, shape (subjects, visits)."""
    subjects, _, visits = course.shape
    count = len(assumed.measures) + 1  # the enzymes move together, as one
    start = correlated(Stream(seed, "baseline"), assumed.course.correlation_baseline.value, subjects, count)
    person = correlated(Stream(seed, "change"), assumed.course.correlation_change.value, subjects, count)
    noise = Stream(seed, "visits").normal(subjects, visits, count)
    share = assumed.course.visit_noise_share.value
    reached = course.sum(axis=1)
    deviation = np.sqrt(1 - share) * person[:, None, :] * reached[:, :, None]
    deviation = deviation + np.sqrt(share) * noise * (reached > 0)[:, :, None]
    values = {
        measure.name: _measure(measure, start[:, place], course, deviation[:, :, place])
        for place, measure in enumerate(assumed.measures)
    }
    return values | _enzymes(assumed, start[:, -1], course, deviation[:, :, -1], Stream(seed, "enzymes"))


def _measure(assumed: MeasureAssumption, start: np.ndarray, course: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    sign = -1 if assumed.better == "lower" else 1
    worse = assumed.baseline.mean - sign * assumed.baseline.sd * start  # who is ill is ill in every measure
    baseline = to_grid(worse, assumed.step, assumed.baseline.low, assumed.baseline.high)
    improvement = _improvement(assumed.change.active, assumed.change.placebo, course, deviation)
    low = 0.0  # an entry limit holds at baseline only
    return to_grid(baseline[:, None] + sign * improvement, assumed.step, low, assumed.baseline.high)


def _improvement(active: Moments, placebo: Moments, course: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Return the improvement of each subject at each visit, shape (subjects, visits)."""
    mean = active.mean * course[:, 0] + placebo.mean * course[:, 1]
    total = course.sum(axis=1)
    weight = np.divide(course[:, 0], total, out=np.zeros_like(total), where=total > 0)
    sd = active.sd * weight + placebo.sd * (1 - weight)
    return np.asarray(mean + sd * deviation)


def _enzymes(
    assumed: Assumptions, start: np.ndarray, course: np.ndarray, deviation: np.ndarray, stream: Stream
) -> dict[str, np.ndarray]:
    """Return value and limit of every enzyme; half of an enzyme's spread at baseline is its own."""
    change = assumed.enzyme_log_change
    fall = _improvement(change.active, change.placebo, course, deviation)
    tables = {}
    for enzyme in assumed.enzymes:
        centre = enzyme.log_sd * NormalDist().inv_cdf(enzyme.above_normal_share)
        own = stream.normal(len(start))
        log_ratio = centre + enzyme.log_sd * np.sqrt(0.5) * (start + own)
        value = enzyme.uln * np.exp(log_ratio[:, None] - fall)
        tables[f"{enzyme.name}_u_per_l"] = to_grid(value, enzyme.step, enzyme.step, 100_000)
        tables[f"{enzyme.name}_uln_u_per_l"] = np.full(value.shape, enzyme.uln)
    return tables


def _subjects(assumed: Assumptions, arms: np.ndarray, conduct: Conduct, seed: int) -> pl.DataFrame:
    stream = Stream(seed, "subjects")
    n = len(arms)
    age = assumed.subjects.age_years
    width = max(3, len(str(n)))
    return pl.DataFrame(
        {
            "subject_id": [f"S{number:0{width}d}" for number in range(1, n + 1)],
            "arm": arms,
            "site": [f"{int(site) + 1:02d}" for site in stream.uniform(n) * assumed.subjects.sites.value],
            "age_years": to_grid(age.mean + age.sd * stream.normal(n), 1, age.low, age.high),
            "sex": np.where(stream.uniform(n) < assumed.subjects.female_share.value, "female", "male"),
            "diagnosis": ["dermatomyositis"] * n,
            "last_day": conduct.last_day,
            "completed": conduct.completed,
        }
    )


def _visit_table(
    subjects: pl.Series, weeks: np.ndarray, values: dict[str, np.ndarray], conduct: Conduct
) -> pl.DataFrame:
    n, visits = conduct.attended.shape
    columns: dict[str, object] = {
        "subject_id": np.repeat(subjects.to_numpy(), visits),
        "week": np.tile(weeks, n),
        "day": conduct.day.ravel(),
    }
    for place, name in enumerate(values):
        shown = values[name].copy()
        if not name.endswith("_uln_u_per_l"):
            shown[conduct.value_missing[:, :, place]] = np.nan
        columns[name] = pl.Series(shown.ravel(), nan_to_null=True)
    table = pl.DataFrame(columns)
    whole = table["week"].cast(pl.Int64)
    if (whole == table["week"]).all():
        table = table.with_columns(whole)
    return table.filter(pl.Series(conduct.attended.ravel()))
