"""What happens beside the measures: visits missed, values lost, rescue, drop-out."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from myotrial.simulation.assumptions import Assumptions
from myotrial.simulation.draws import Stream
from myotrial.trials.definition import TrialDefinition


@dataclass(frozen=True, slots=True)
class Conduct:
    """The conduct of a simulated study.

    Attributes
    ----------
    day
        Study day of each visit, shape (subjects, visits).
    attended
        Whether the visit took place, shape (subjects, visits).
    value_missing
        Whether a value was lost, shape (subjects, visits, columns).
    rescue_day, leaving_day
        Day of the first rescue and of leaving the study, shape (subjects,); 0 where it did not happen.
    last_day
        Last day of follow-up, shape (subjects,).
    completed
        Whether the subject stayed to the end, shape (subjects,).
    """

    day: np.ndarray
    attended: np.ndarray
    value_missing: np.ndarray
    rescue_day: np.ndarray
    leaving_day: np.ndarray
    last_day: np.ndarray
    completed: np.ndarray

    def events(self, subjects: pl.Series) -> pl.DataFrame:
        """Return the events table, by subject and day."""
        kinds = (
            ("rescue", self.rescue_day, "simulated: no improvement"),
            ("discontinued_treatment", self.leaving_day, "simulated: withdrew"),
            ("discontinued_study", self.leaving_day, "simulated: withdrew"),
        )
        frames = [
            pl.DataFrame({"subject_id": subjects, "day": days, "kind": kind, "reason": reason}).filter(
                pl.col("day") > 0
            )
            for kind, days, reason in kinds
        ]
        return pl.concat(frames).sort("subject_id", "day", "kind")


def draw_conduct(trial: TrialDefinition, assumed: Assumptions, physician_global: np.ndarray, seed: int) -> Conduct:
    """Draw the conduct of a study; rescue is likelier where physician global activity has not improved."""
    n, visits = physician_global.shape
    baseline = trial.schedule.visits.index(trial.schedule.baseline_week)
    day = _days(trial, assumed, n, Stream(seed, "days"))
    rescue_day = _rescue(assumed, physician_global, day, baseline, Stream(seed, "rescue"))
    leaving_day = _leaving(assumed, day, Stream(seed, "drop-out"))
    stays = (leaving_day == 0)[:, None] | (day < leaving_day[:, None])
    came = Stream(seed, "missed").uniform(n, visits) >= assumed.conduct.visit_missed.value
    came[:, : baseline + 1] = True
    rescue_day = np.where((leaving_day > 0) & (rescue_day >= leaving_day), 0, rescue_day)
    columns = len(assumed.measures) + 2 * len(assumed.enzymes)
    lost = Stream(seed, "lost").uniform(n, visits, columns) < assumed.conduct.value_missing.value
    lost[:, : baseline + 1] = False
    last_day = np.where(leaving_day > 0, leaving_day, day[:, -1])
    return Conduct(day, stays & came, lost, rescue_day, leaving_day, last_day, leaving_day == 0)


def _days(trial: TrialDefinition, assumed: Assumptions, n: int, stream: Stream) -> np.ndarray:
    nominal = np.array([trial.schedule.nominal_day(week) for week in trial.schedule.visits])
    window = assumed.conduct.visit_window_days.value
    shift = np.floor(stream.uniform(n, len(nominal)) * (2 * window + 1)) - window
    shift[:, nominal <= 1] = 0
    return np.asarray((nominal + shift).astype(np.int64))


def _rescue(
    assumed: Assumptions, physician_global: np.ndarray, day: np.ndarray, baseline: int, stream: Stream
) -> np.ndarray:
    """Return the day of the first rescue, 0 where there is none: drawn after each visit by how it went there."""
    chance = assumed.conduct.rescue_per_interval
    improved = physician_global[:, [baseline]] - physician_global >= chance.improved_by_cm
    hazard = np.where(improved, chance.improved, chance.not_improved)
    hazard[:, : baseline + 1] = 0  # nobody is rescued before the first visit on treatment
    hazard[:, -1] = 0  # nor after the last, where follow-up ends
    struck = stream.uniform(*day.shape) < hazard
    first = np.where(struck.any(axis=1), struck.argmax(axis=1), 0)
    after = np.floor(stream.uniform(len(day)) * 7) + 1
    return np.asarray(np.where(struck.any(axis=1), day[np.arange(len(day)), first] + after, 0).astype(np.int64))


def _leaving(assumed: Assumptions, day: np.ndarray, stream: Stream) -> np.ndarray:
    """Return the day of leaving the study, 0 for those who stay: drawn between each two visits."""
    struck = stream.uniform(len(day), day.shape[1] - 1) < assumed.conduct.dropout_per_interval.value
    first = struck.argmax(axis=1)
    subjects = np.arange(len(day))
    gap = day[subjects, first + 1] - day[subjects, first]
    when = day[subjects, first] + 1 + np.floor(stream.uniform(len(day)) * (gap - 1))
    return np.asarray(np.where(struck.any(axis=1), when, 0).astype(np.int64))
