"""Simulate a study: subjects, visits measure by measure, events, doses, infusions and adverse events."""

from functools import partial

import numpy as np
import polars as pl

from myotrial.model.errors import BadInput, Fault
from myotrial.simulation.adverse_events import draw_adverse_events
from myotrial.simulation.assumptions import Assumptions, assumptions_for, load_assumptions
from myotrial.simulation.conduct import Conduct, draw_conduct, draw_lost
from myotrial.simulation.course import mean_course
from myotrial.simulation.draws import Stream, to_grid
from myotrial.simulation.glucocorticoids import draw_background
from myotrial.simulation.infusions import draw_infusions, treatment_end
from myotrial.simulation.measures import draw_measures
from myotrial.simulation.quality_of_life import draw_eq5d
from myotrial.simulation.rescue_courses import draw_rescue_courses
from myotrial.simulation.treatment_assumptions import Spread
from myotrial.study.reading import StudyData
from myotrial.study.tables import load_tables
from myotrial.study.visits import check_visits
from myotrial.trials.definition import TrialDefinition

MOST_SUBJECTS = 1_000_000


def simulate_study(trial: TrialDefinition, n: int, *, seed: int, assumptions: str | None = None) -> StudyData:
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
        The name of a file of ``data/assumptions``. Without it, the one that has the id of the trial, or
        ``dermatomyositis-immunoglobulin`` where there is none.

    Returns
    -------
    StudyData
        Subjects; visits with the core set, CDASI, damage and EQ-5D-5L on their instruments' grids (VAS 0.1 cm, MMT
        1 point, HAQ 0.125), correlated within a subject; events (rescue, treatment stopped, drop-out, death, protocol
        deviations); glucocorticoids; infusions; adverse events. Visits are missed and values lost.

    Raises
    ------
    BadInput
        n or seed out of range, or assumptions that are not known.

    Notes
    -----
    What happens follows from the measures, and not the other way round: rescue, a lower dose of glucocorticoids and
    stopping the treatment do not change the course of the measures that follow.

    Examples
    --------
    >>> from myotrial.trials.loading import load_trial
    >>> study = simulate_study(load_trial("NCT04044690"), n=20, seed=1)
    >>> study
    StudyData, simulated(20 subjects, ... visits, ... events, ... doses, ... infusions, ... adverse events)
    >>> study.doses.columns
    ['subject_id', 'drug', 'start_day', 'end_day', 'dose_mg', 'per', 'route', 'purpose']
    """
    _check(n, seed)
    assumed = load_assumptions(assumptions_for(trial.id) if assumptions is None else assumptions)
    weeks = np.array(trial.schedule.visits)
    baseline = trial.schedule.visits.index(trial.schedule.baseline_week)
    arm = _allocate(trial, n, Stream(seed, "allocation"))
    diagnosis = _diagnoses(assumed, n, seed)
    measured = draw_measures(assumed, mean_course(trial, assumed.course, weeks)[arm], diagnosis, seed)
    physician = measured.core["physician_global_cm"]
    conduct = draw_conduct(trial, assumed, physician, treatment_end(assumed.infusions, trial), seed)
    subjects = _subjects(assumed, np.array([entry.id for entry in trial.arms])[arm], diagnosis, conduct, seed)
    ids = subjects["subject_id"]
    beside = measured.beside | draw_eq5d(assumed, measured.burden, seed)
    lost = partial(draw_lost, assumed, baseline, seed)
    columns = _with_lost(measured.core, lost("lost", n, len(weeks), len(measured.core)))
    columns |= _stated(assumed, n, len(weeks)) | _with_lost(beside, lost("lost beside", n, len(weeks), len(beside)))
    weight = _cut(assumed.subjects.weight_kg, Stream(seed, "weight").normal(n))
    infusions = draw_infusions(trial, assumed, arm, conduct, weight, seed)
    background = draw_background(assumed, physician, weeks - trial.schedule.baseline_week, conduct, weight, seed)
    return StudyData(
        subjects,
        check_visits(_visit_table(ids, weeks, columns, conduct), trial.schedule.baseline_week, "simulated visits"),
        conduct.events(ids),
        simulated={"seed": seed, "n": n, "assumptions": assumed.id, "assumptions_sha256": assumed.sha256()},
        doses=_doses(ids, background, draw_rescue_courses(assumed, conduct, seed)),
        infusions=infusions.table(ids),
        adverse_events=draw_adverse_events(assumed, infusions, conduct, ids, seed),
    )


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


def _diagnoses(assumed: Assumptions, n: int, seed: int) -> np.ndarray:
    """Return each subject's diagnosis, shape (n,)."""
    entries = assumed.subjects.diagnoses
    drawn = Stream(seed, "diagnoses").pick([entry.share for entry in entries], n)
    return np.asarray(np.array([entry.diagnosis for entry in entries])[drawn])


def _cut(spread: Spread, normal: np.ndarray) -> np.ndarray:
    return to_grid(spread.mean + spread.sd * normal, 1, spread.low, spread.high)


def _subjects(
    assumed: Assumptions, arms: np.ndarray, diagnosis: np.ndarray, conduct: Conduct, seed: int
) -> pl.DataFrame:
    stream = Stream(seed, "subjects")
    n = len(arms)
    width = max(3, len(str(n)))
    return pl.DataFrame(
        {
            "subject_id": [f"S{number:0{width}d}" for number in range(1, n + 1)],
            "arm": arms,
            "site": [f"{int(site) + 1:02d}" for site in stream.uniform(n) * assumed.subjects.sites.value],
            "age_years": _cut(assumed.subjects.age_years, stream.normal(n)),
            "sex": np.where(stream.uniform(n) < assumed.subjects.female_share.value, "female", "male"),
            "diagnosis": diagnosis,
            "last_day": conduct.last_day,
            "completed": conduct.completed,
        }
    )


def _with_lost(values: dict[str, np.ndarray], lost: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns without the values that were lost; a limit of normal is never lost."""
    return {
        name: column if name.endswith("_uln_u_per_l") else np.where(lost[:, :, place], np.nan, column)
        for place, (name, column) in enumerate(values.items())
    }


def _stated(assumed: Assumptions, n: int, visits: int) -> dict[str, np.ndarray]:
    """Return the highest strength where it is not the usual one, shape (n, visits)."""
    return {} if assumed.mmt_max is None else {"mmt_max": np.full((n, visits), assumed.mmt_max.value)}


def _visit_table(
    subjects: pl.Series, weeks: np.ndarray, values: dict[str, np.ndarray], conduct: Conduct
) -> pl.DataFrame:
    came = conduct.attended.ravel()
    n, visits = conduct.attended.shape
    columns: dict[str, object] = {
        "subject_id": subjects.gather(np.repeat(np.arange(n), visits)[came]),
        "week": np.tile(weeks, n)[came],
        "day": conduct.day.ravel()[came],
    }
    columns |= {name: pl.Series(column.ravel()[came], nan_to_null=True) for name, column in values.items()}
    table = pl.DataFrame(columns)
    whole = [column.name for column in load_tables()["visits"].columns if column.kind == "whole"]
    table = table.with_columns(pl.col(name).cast(pl.Int64) for name in whole if name in values)
    week = table["week"].cast(pl.Int64)
    return table.with_columns(week) if (week == table["week"]).all() else table


def _doses(subjects: pl.Series, *parts: pl.DataFrame) -> pl.DataFrame:
    """Return the doses table, by subject and first day."""
    names = ("subject_id", "drug", "start_day", "end_day", "dose_mg", "per", "route", "purpose")
    both = pl.concat(parts, how="diagonal").sort("subject", "start_day", "purpose", maintain_order=True)
    return both.with_columns(subject_id=subjects.gather(both["subject"])).select(names)
