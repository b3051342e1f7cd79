"""Infusions of a simulated study: by schedule in every arm, some missed, none after the treatment was stopped."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from myotrial.simulation.assumptions import Assumptions
from myotrial.simulation.conduct import Conduct
from myotrial.simulation.course import switch_week
from myotrial.simulation.draws import Stream
from myotrial.simulation.treatment_assumptions import InfusionAssumptions
from myotrial.trials.definition import TrialDefinition


@dataclass(frozen=True, slots=True)
class Infusions:
    """The infusions, one entry a day of infusion, by subject and day, shape (infusions,).

    Attributes
    ----------
    subject
        The place of the subject.
    day
        Study day.
    active
        Whether it was the treatment, not placebo.
    dose_g
        Grams of immunoglobulin; NaN for placebo, and where the treatment is not given in grams.
    number
        How many days of infusion the subject had before.
    """

    subject: np.ndarray
    day: np.ndarray
    active: np.ndarray
    dose_g: np.ndarray
    number: np.ndarray

    def table(self, subjects: pl.Series) -> pl.DataFrame:
        """Return the infusions table, by subject and day."""
        dose = pl.Series("dose_g", self.dose_g, nan_to_null=True)
        return pl.DataFrame({"subject_id": subjects.gather(self.subject), "day": self.day, "dose_g": dose})


def planned_weeks(plan: InfusionAssumptions, trial: TrialDefinition) -> np.ndarray:
    """Return the weeks of the planned infusions, counted from the first, all before the last visit.

    Examples
    --------
    >>> from myotrial.simulation.assumptions import load_assumptions
    >>> from myotrial.trials.loading import load_trial
    >>> planned_weeks(load_assumptions().infusions, load_trial("NCT04044690"))
    array([ 0.,  4.,  8., 12., 16., 20., 24., 28., 32., 36., 40., 44., 48.])
    """
    length = max(trial.schedule.visits) - trial.schedule.baseline_week
    weeks = [week for week in plan.weeks if week < length]
    if plan.then_every_weeks is not None:
        weeks += list(np.arange(plan.weeks[-1] + plan.then_every_weeks, length, plan.then_every_weeks))
    return np.array(weeks)


def treatment_end(plan: InfusionAssumptions, trial: TrialDefinition) -> float:
    """Return the study day from which the treatment is over as planned; infinite where it lasts as long as the trial.

    The last infusion counts for as long as the one before it.
    """
    weeks = planned_weeks(plan, trial)
    span = plan.then_every_weeks if plan.then_every_weeks is not None else np.diff(weeks)[-1] if len(weeks) > 1 else 0
    over = 7 * (weeks[-1] + span) + 1
    return float(over) if over < trial.schedule.nominal_day(max(trial.schedule.visits)) else float("inf")


def draw_infusions(
    trial: TrialDefinition, assumed: Assumptions, arm: np.ndarray, conduct: Conduct, weight_kg: np.ndarray, seed: int
) -> Infusions:
    """Draw the infusions of every subject.

    Parameters
    ----------
    trial, assumed
        The definition and the assumptions; the reference arm gets placebo until a period puts everybody on another.
    arm
        The place of each subject's arm, shape (subjects,).
    conduct
        Who stopped treatment or left, and when.
    weight_kg
        Body weight, shape (subjects,).
    seed
        The seed of the study.
    """
    plan = assumed.infusions
    weeks = planned_weeks(plan, trial)
    stream = Stream(seed, "infusions")
    n = len(arm)
    shift = np.floor(stream.uniform(n, len(weeks)) * (2 * plan.window_days + 1)).astype(np.int64) - plan.window_days
    shift[:, 0] = 0  # the first treatment is day 1
    given = stream.uniform(n, len(weeks)) >= plan.missed
    given[:, 0] = True
    first = (7 * weeks + 1).astype(np.int64) + shift
    who, which = np.nonzero(given)
    times = np.arange(plan.days)
    day = first[who, which][:, None] + times
    in_time = day <= conduct.last_treatment_day()[who][:, None]  # who stops in the middle of a dose had a part of it
    number = (np.cumsum(given, axis=1)[who, which] - 1)[:, None] * plan.days + times
    active = np.broadcast_to(_active(trial, weeks)[arm[who], which][:, None], day.shape)[in_time]
    subject = np.broadcast_to(who[:, None], day.shape)[in_time]
    return Infusions(
        subject=subject,
        day=day[in_time],
        active=active,
        dose_g=np.where(active, _grams(plan, weight_kg)[subject], np.nan),
        number=number[in_time],
    )


def _active(trial: TrialDefinition, weeks: np.ndarray) -> np.ndarray:
    """Return whether each arm gets the treatment at each infusion, shape (arms, infusions)."""
    trial_weeks = weeks + trial.schedule.baseline_week
    moves = [switch_week(trial, arm.id) if arm.reference else -np.inf for arm in trial.arms]
    return np.array([trial_weeks >= (np.inf if move is None else move) for move in moves])


def _grams(plan: InfusionAssumptions, weight_kg: np.ndarray) -> np.ndarray:
    """Return the dose of one day in whole vials, shape (subjects,); NaN where it is not given in grams."""
    if plan.dose is None:
        return np.full(len(weight_kg), np.nan)
    vials = np.round(weight_kg * plan.dose.g_per_kg / plan.days / plan.dose.vial_g)
    return np.asarray(np.round(np.maximum(vials, 1) * plan.dose.vial_g, 3))
