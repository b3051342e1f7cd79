"""The course of a measure: how much of the change to expect is reached at each visit, in each arm."""

import numpy as np

from myotrial.simulation.assumptions import Course, CourseChange
from myotrial.trials.definition import TrialDefinition


def switch_week(trial: TrialDefinition, arm: str) -> float | None:
    """Return the week from which an arm gets another arm's treatment, or ``None``.

    Examples
    --------
    >>> from myotrial.trials.loading import load_trial
    >>> trial = load_trial("NCT04044690")
    >>> [switch_week(trial, arm.id) for arm in trial.arms]
    [None, 25.0]
    """
    moves = [period.weeks[0] for period in trial.schedule.periods if period.all_on not in {None, arm}]
    return moves[0] if moves else None


def mean_course(trial: TrialDefinition, course: Course, weeks: np.ndarray) -> np.ndarray:
    """Return for each arm the share of the active and of the placebo course reached, shape (arms, 2, visits).

    A subject who moves to the active course approaches it from where the placebo course has brought them.
    """
    constant, reference = course.time_constant_weeks.value, course.reference_week.value
    on_treatment = weeks - trial.schedule.baseline_week

    def reached(time: np.ndarray) -> np.ndarray:
        return np.asarray((1 - np.exp(-np.maximum(time, 0) / constant)) / (1 - np.exp(-reference / constant)))

    shares = np.zeros((len(trial.arms), 2, len(weeks)))
    for place, arm in enumerate(trial.arms):
        move = switch_week(trial, arm.id)
        if not arm.reference:
            shares[place, 0] = reached(on_treatment)
        elif move is None:
            shares[place, 1] = reached(on_treatment)
        else:
            moved = 1 - np.exp(-np.maximum(weeks - move, 0) / constant)
            before = reached(np.minimum(on_treatment, move - trial.schedule.baseline_week))
            shares[place, 0] = moved / (1 - np.exp(-reference / constant))
            shares[place, 1] = before * (1 - moved)
    return shares


def improvement(change: CourseChange, course: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Return the improvement of each subject at each visit, shape (subjects, visits).

    Parameters
    ----------
    change
        What is reached at the reference week.
    course
        The share of the active and of the placebo course reached, shape (subjects, 2, visits).
    deviation
        A subject's own deviation from the mean, in SDs of the change, shape (subjects, visits).
    """
    mean = change.active.mean * course[:, 0] + change.placebo.mean * course[:, 1]
    total = course.sum(axis=1)
    weight = np.divide(course[:, 0], total, out=np.zeros_like(total), where=total > 0)
    sd = change.active.sd * weight + change.placebo.sd * (1 - weight)
    return np.asarray(mean + sd * deviation)
