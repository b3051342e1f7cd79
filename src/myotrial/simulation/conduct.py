"""What happens beside the measures: visits missed, values lost, rescue, treatment stopped, drop-out, death."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from myotrial.simulation.assumptions import Assumptions
from myotrial.simulation.draws import Stream
from myotrial.trials.definition import TrialDefinition

NEVER = 10**9
"""A day that does not come."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """The conduct of a simulated study; a day is 0 where something did not happen.

    Attributes
    ----------
    day
        Study day of each visit, shape (subjects, visits).
    attended
        Whether the visit took place, shape (subjects, visits).
    rescue_day
        Day of the rescue decided at each visit, shape (subjects, visits).
    deviation_day
        Day of the deviation after each visit but the last, shape (subjects, visits - 1).
    stop_day, leaving_day, death_day
        Day of stopping the study treatment, of leaving the study and of death, shape (subjects,).
    last_day
        Last day of follow-up, shape (subjects,).
    completed
        Whether the subject stayed to the end, shape (subjects,).
    """

    day: np.ndarray
    attended: np.ndarray
    rescue_day: np.ndarray
    deviation_day: np.ndarray
    stop_day: np.ndarray
    leaving_day: np.ndarray
    death_day: np.ndarray
    last_day: np.ndarray
    completed: np.ndarray

    def last_treatment_day(self) -> np.ndarray:
        """Return the last day on which the study treatment can be given, shape (subjects,)."""
        stopped = np.where(self.stop_day > 0, self.stop_day - 1, NEVER)
        return np.minimum(stopped, np.where(self.leaving_day > 0, self.leaving_day - 1, self.last_day))

    def events(self, subjects: pl.Series) -> pl.DataFrame:
        """Return the events table, by subject and day."""
        kinds = (
            ("rescue", self.rescue_day, "simulated: no improvement"),
            ("discontinued_treatment", self.stop_day, "simulated: stopped treatment"),
            ("discontinued_study", self.leaving_day, "simulated: withdrew"),
            ("death", self.death_day, "simulated: died"),
            ("protocol_deviation", self.deviation_day, "simulated: not as planned"),
        )
        frames = [_happened(subjects, days.reshape(len(subjects), -1), kind, reason) for kind, days, reason in kinds]
        return pl.concat(frames).sort("subject_id", "day", "kind")


def draw_conduct(
    trial: TrialDefinition, assumed: Assumptions, physician_global: np.ndarray, treatment_end: float, seed: int
) -> Conduct:
    """Draw the conduct of a study; rescue is likelier where physician global activity has not improved.

    Parameters
    ----------
    trial, assumed
        The definition and the assumptions.
    physician_global
        Physician global activity, shape (subjects, visits).
    treatment_end
        The day from which the study treatment is over as planned; who leaves later has not discontinued it.
    seed
        The seed of the study.
    """
    n, visits = physician_global.shape
    chances = assumed.conduct
    baseline = trial.schedule.visits.index(trial.schedule.baseline_week)
    day = _days(trial, assumed, n, Stream(seed, "days"))
    rescue = _rescues(assumed, physician_global, day, baseline, seed)
    leaving = _first(_between(chances.dropout_per_interval.value, day, Stream(seed, "drop-out"), once=True))
    death = _first(_between(chances.death_per_interval.value, day, Stream(seed, "death")))
    death = np.where((leaving > 0) & (leaving <= death), 0, death)
    leaving = np.where(death > 0, 0, leaving)
    end = np.where(death > 0, death, np.where(leaving > 0, leaving, day[:, -1]))
    staying = (death == 0) & (leaving == 0)
    stop = _first(_between(chances.stopped_per_interval.value, day, Stream(seed, "treatment stopped")))
    stop = np.where((stop < end) & (stop < treatment_end), stop, 0)
    stop = np.where((stop == 0) & (leaving > 0) & (leaving < treatment_end), leaving, stop)
    deviation = _between(chances.deviation_per_interval.value, day, Stream(seed, "deviations"))
    came = Stream(seed, "missed").uniform(n, visits) >= chances.visit_missed.value
    came[:, : baseline + 1] = True
    return Conduct(
        day=day,
        attended=came & (staying[:, None] | (day < end[:, None])),
        rescue_day=np.where(rescue < end[:, None], rescue, 0),
        deviation_day=np.where(deviation < end[:, None], deviation, 0),
        stop_day=stop,
        leaving_day=leaving,
        death_day=death,
        last_day=end,
        completed=staying,
    )


def draw_lost(assumed: Assumptions, baseline: int, seed: int, name: str, *shape: int) -> np.ndarray:
    """Draw which values are lost, shape (subjects, visits, columns); the baseline is complete."""
    lost = Stream(seed, name).uniform(*shape) < assumed.conduct.value_missing.value
    lost[:, : baseline + 1] = False
    return np.asarray(lost)


def _happened(subjects: pl.Series, days: np.ndarray, kind: str, reason: str) -> pl.DataFrame:
    who, when = np.nonzero(days > 0)
    return pl.DataFrame({"subject_id": subjects.gather(who), "day": days[who, when].astype(np.int64)}).with_columns(
        kind=pl.lit(kind), reason=pl.lit(reason)
    )


def _days(trial: TrialDefinition, assumed: Assumptions, n: int, stream: Stream) -> np.ndarray:
    nominal = np.array([trial.schedule.nominal_day(week) for week in trial.schedule.visits])
    window = assumed.conduct.visit_window_days.value
    shift = np.floor(stream.uniform(n, len(nominal)) * (2 * window + 1)) - window
    shift[:, nominal <= 1] = 0
    return np.asarray((nominal + shift).astype(np.int64))


def _rescues(
    assumed: Assumptions, physician_global: np.ndarray, day: np.ndarray, baseline: int, seed: int
) -> np.ndarray:
    """Return the day of the rescue decided at each visit, 0 where there is none: within a week of it."""
    stream = Stream(seed, "rescue")
    chance = assumed.conduct.rescue_per_interval
    improved = physician_global[:, [baseline]] - physician_global >= chance.improved_by_cm
    hazard = np.where(improved, chance.improved, chance.not_improved)
    hazard[:, : baseline + 1] = 0  # nobody is rescued before the first visit on treatment
    hazard[:, -1] = 0  # nor after the last, where follow-up ends
    struck = stream.uniform(*day.shape) < hazard
    first = struck & (np.cumsum(struck, axis=1) == 1)
    later = Stream(seed, "later rescues").uniform(*day.shape)
    when = day + np.floor(np.where(first, stream.uniform(len(day))[:, None], later) * 7) + 1
    following = np.column_stack([day[:, 1:], np.full(len(day), NEVER)])
    return np.asarray(np.where(struck, np.minimum(when, following - 1), 0).astype(np.int64))


def _between(chance: float, day: np.ndarray, stream: Stream, *, once: bool = False) -> np.ndarray:
    """Return the day on which something happened after each visit but the last, 0 where it did not.

    Where it can happen ``once`` only, one number a subject says when in the interval.
    """
    struck = stream.uniform(len(day), day.shape[1] - 1) < chance
    part = stream.uniform(len(day))[:, None] if once else stream.uniform(*struck.shape)
    gap = day[:, 1:] - day[:, :-1]
    when = day[:, :-1] + 1 + np.floor(part * (gap - 1))
    return np.asarray(np.where(struck, when, 0).astype(np.int64))


def _first(days: np.ndarray) -> np.ndarray:
    """Return the first day of each subject, 0 where there is none."""
    soonest = np.where(days > 0, days, NEVER).min(axis=1)
    return np.asarray(np.where(soonest < NEVER, soonest, 0))
