"""Background glucocorticoids in a simulated study: records without gaps, which change at visits by how it goes."""

from fractions import Fraction

import numpy as np
import polars as pl

from myotrial.instruments.treatments.glucocorticoid_table import load_equivalents
from myotrial.simulation.assumptions import Assumptions
from myotrial.simulation.conduct import NEVER, Conduct
from myotrial.simulation.draws import Stream
from myotrial.simulation.treatment_assumptions import GlucocorticoidAssumptions


def draw_background(
    assumed: Assumptions,
    physician_global: np.ndarray,
    on_treatment: np.ndarray,
    conduct: Conduct,
    weight_kg: np.ndarray,
    seed: int,
) -> pl.DataFrame:
    """Draw the background glucocorticoids of every subject.

    Parameters
    ----------
    assumed
        The assumptions: who is on one, at which dose, and how it goes down a ladder of doses.
    physician_global
        Physician global activity, shape (subjects, visits); an improvement since baseline makes a step down likelier.
    on_treatment
        Weeks since the first treatment at each visit, shape (visits,); 0 at the baseline.
    conduct
        Which visits took place, and who left.
    weight_kg
        Body weight, shape (subjects,).
    seed
        The seed of the study.

    Returns
    -------
    polars.DataFrame
        Columns subject (its place), drug, start_day, end_day, dose_mg, per, route, purpose. A dose that goes down to
        nothing ends; who leaves ends with it, and who completes the study goes on.
    """
    plan = assumed.glucocorticoids
    n, stream = len(weight_kg), Stream(seed, "glucocorticoids")
    rung = np.where(stream.uniform(n) < plan.on_share, _start(plan, weight_kg, stream), len(plan.ladder_mg))
    drug = stream.pick([entry.share for entry in plan.drugs], n)
    weekly = stream.uniform(n) < plan.per_week_share
    low, high = plan.days_before
    before = low + np.floor(stream.uniform(n) * (high - low + 1)).astype(np.int64)
    baseline = int(np.flatnonzero(on_treatment == 0)[0])
    improved = physician_global[:, [baseline]] - physician_global >= plan.taper.improved_by_cm
    may = conduct.attended & (on_treatment >= max(plan.taper.first_week, 1e-9))
    rungs = _walk(plan, rung, may[:, baseline:], improved[:, baseline:], seed)
    start = conduct.day[:, baseline:].copy()
    start[:, 0] = 1 - before
    return _records(plan, rungs, start, conduct, drug, weekly)


def _start(plan: GlucocorticoidAssumptions, weight_kg: np.ndarray, stream: Stream) -> np.ndarray:
    """Return the rung of the ladder on which each subject starts, shape (subjects,)."""
    ladder = list(plan.ladder_mg)
    drawn = stream.pick([entry.share for entry in plan.start_mg], len(weight_kg))
    if plan.start_mg_per_kg is None:
        return np.asarray(np.array([ladder.index(entry.mg) for entry in plan.start_mg])[drawn])
    rising = np.array(ladder[::-1])
    middle = (rising[1:] + rising[:-1]) / 2
    return np.asarray(len(ladder) - 1 - np.searchsorted(middle, weight_kg * plan.start_mg_per_kg))


def _walk(
    plan: GlucocorticoidAssumptions, rung: np.ndarray, may: np.ndarray, improved: np.ndarray, seed: int
) -> np.ndarray:
    """Return the rung from each visit on, shape (subjects, visits); the rung after the last one is no dose at all."""
    n, visits = may.shape
    off, taper, stream = len(plan.ladder_mg), plan.taper, Stream(seed, "taper")
    sizes = np.array([entry.rungs for entry in taper.rungs])[
        stream.pick([entry.share for entry in taper.rungs], n, visits)
    ]
    drawn = stream.uniform(n, visits)
    down = may & (drawn < np.where(improved, taper.improved, taper.not_improved))
    up = may & ~down & ~improved & (stream.uniform(n, visits) < taper.raised)
    rungs = np.empty((n, visits), dtype=np.int64)
    rungs[:, 0] = rung
    taking = rung < off
    for visit in range(1, visits):
        last = rungs[:, visit - 1]
        lower = np.where(down[:, visit] & taking, np.minimum(last + sizes[:, visit], off), last)
        rungs[:, visit] = np.where(up[:, visit] & (last > rung), last - 1, lower)
    return rungs


def _records(
    plan: GlucocorticoidAssumptions,
    rungs: np.ndarray,
    start: np.ndarray,
    conduct: Conduct,
    drug: np.ndarray,
    weekly: np.ndarray,
) -> pl.DataFrame:
    """Return one record for each stretch on one dose."""
    changes = np.column_stack([np.ones(len(rungs), dtype=bool), rungs[:, 1:] != rungs[:, :-1]])
    following = np.where(changes, start, NEVER)
    following = np.column_stack([following[:, 1:], np.full(len(rungs), NEVER)])
    following = np.minimum.accumulate(following[:, ::-1], axis=1)[:, ::-1]  # the first day of the next record
    end = np.where(following < NEVER, following - 1, np.where(conduct.completed, 0, conduct.last_day)[:, None])
    who, visit = np.nonzero(changes & (rungs < len(plan.ladder_mg)))
    goes_on = (following == NEVER)[who, visit] & conduct.completed[who]
    doses = _equal_doses(plan)[drug[who], rungs[who, visit]]
    names = np.array([entry.drug for entry in plan.drugs])
    return pl.DataFrame(
        {
            "subject": who,
            "drug": names[drug[who]],
            "start_day": start[who, visit].astype(np.int64),
            "end_day": end[who, visit].astype(np.int64),
            "dose_mg": np.where(weekly[who], np.round(doses * 7, 3), doses),
            "per": np.where(weekly[who], "week", "day"),
        }
    ).with_columns(
        end_day=pl.when(~pl.Series(goes_on)).then(pl.col("end_day")),
        route=pl.lit("oral"),
        purpose=pl.lit("background"),
    )


def _equal_doses(plan: GlucocorticoidAssumptions) -> np.ndarray:
    """Return the dose of every drug on every rung, in its own milligrams, shape (drugs, rungs)."""
    worth = load_equivalents().factors
    return np.array([[float(Fraction(str(mg)) / worth[entry.drug]) for mg in plan.ladder_mg] for entry in plan.drugs])
