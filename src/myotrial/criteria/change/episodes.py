"""Confirmation at visits in a row, and the episodes that follow from it."""

from dataclasses import dataclass

import numpy as np

from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN


@dataclass(frozen=True, slots=True)
class Episodes:
    """What visits in a row confirm, for rows in the order of the table, shape (rows,).

    Attributes
    ----------
    confirmed
        Whether this visit and the ones before it confirm the worsening: ``NOT_MET``, ``UNKNOWN`` or ``MET``.
    within
        Whether the visit belongs to an episode, its first visits included.
    number
        The number of the subject's episode that the visit belongs to, from 1; 0 where it belongs to none, -1 where
        that is not known.
    """

    confirmed: np.ndarray
    within: np.ndarray
    number: np.ndarray


def find_episodes(
    subject: np.ndarray, week: np.ndarray, criteria: list[np.ndarray], visits_in_a_row: int, unknown_visit: str
) -> Episodes:
    """Confirm what is met at so many visits in a row, and number the episodes.

    Parameters
    ----------
    subject, week
        Whose visit each row is, and when, shape (rows,); in any order.
    criteria
        The answers that may be confirmed, each by itself.
    visits_in_a_row
        How many of the subject's visits in a row confirm.
    unknown_visit
        ``unknown``, ``skipped`` or ``not_met``: what a visit is at which every criterion is unknown or not met, and
        one of them unknown.

    Notes
    -----
    An episode begins at the first of the visits that confirm it and ends before the first that no longer meets it.

    Examples
    --------
    >>> met = np.array([0, 2, 2, 2, 0, 2, 0])
    >>> found = find_episodes(np.zeros(7, int), np.arange(7), [met], 2, "unknown")
    >>> found.confirmed.tolist(), found.number.tolist()
    ([0, 0, 2, 2, 0, 0, 0], [0, 1, 1, 1, 0, 0, 0])
    """
    order = _order(subject, week)
    if unknown_visit == "skipped":
        keep = np.max(criteria, axis=0) != UNKNOWN
        order = order[keep[order]]
    rows = len(subject)
    fresh = np.diff(subject[order], prepend=-1) != 0
    ordered = [criterion[order] for criterion in criteria]
    sure_confirmed, sure_within = _runs(fresh, [part == MET for part in ordered], visits_in_a_row)
    may_confirmed, may_within = sure_confirmed, sure_within
    if unknown_visit != "not_met" and any((part == UNKNOWN).any() for part in ordered):
        may_confirmed, may_within = _runs(fresh, [part != NOT_MET for part in ordered], visits_in_a_row)
    confirmed, within, number = np.full((3, rows), UNKNOWN, dtype=np.int64)
    confirmed[order] = np.where(sure_confirmed, MET, np.where(may_confirmed, UNKNOWN, NOT_MET))
    within[order] = np.where(sure_within, MET, np.where(may_within, UNKNOWN, NOT_MET))
    number[:] = -1
    number[order] = _numbers(fresh, sure_within, may_within)
    return Episodes(confirmed, within, number)


def most_episodes(subject: np.ndarray, answers: np.ndarray, visits_in_a_row: int) -> np.ndarray:
    """Return the most episodes of one criterion that agree with what is known, one number per subject.

    Parameters
    ----------
    subject
        Whose visit each row is, counted from 0, shape (rows,); each subject's rows together and by week.
    answers
        ``NOT_MET``, ``UNKNOWN`` or ``MET``, shape (rows,).
    visits_in_a_row
        How many visits in a row confirm.

    Notes
    -----
    All subjects are walked at once, visit by visit. An unknown visit is met while an episode is awaited and not met
    once there is one: an episode that ends as early as it can leaves the most room for the next.

    Examples
    --------
    >>> most_episodes(np.zeros(5, int), np.array([2, 1, 1, 1, 2]), 2).tolist()
    [2]
    """
    first = np.flatnonzero(np.diff(subject, prepend=-1) != 0)
    visits = np.diff(first, append=len(subject))
    count, run = np.zeros((2, len(first)), dtype=np.int64)
    within = np.zeros(len(first), dtype=bool)
    for place in range(int(visits.max(initial=0))):
        here = np.flatnonzero(visits > place)
        answer = answers[first[here] + place]
        awaited = ~within[here]
        run[here] = np.where(awaited & (answer != NOT_MET), run[here] + 1, 0)
        begins = run[here] == visits_in_a_row
        count[here] += begins
        within[here] = begins | (~awaited & (answer == MET))
    return count


def _order(subject: np.ndarray, week: np.ndarray) -> np.ndarray:
    """Return the rows by subject and week."""
    step = np.diff(subject)
    if (step >= 0).all() and (np.diff(week)[step == 0] > 0).all():
        return np.arange(len(subject))
    return np.lexsort((week, subject))


def _runs(fresh: np.ndarray, criteria: list[np.ndarray], length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return where a run has reached the length, and which rows belong to such a run, of any criterion."""
    confirmed, within = np.zeros((2, len(fresh)), dtype=bool)
    place = np.arange(len(fresh))
    for met in criteria:
        broken = np.where(met, np.where(fresh, place - 1, -1), place)
        reached = place - np.maximum.accumulate(broken) >= length
        confirmed |= reached
        for back in range(min(length, len(fresh))):
            within[: len(fresh) - back] |= reached[back:]
    return confirmed, within


def _numbers(fresh: np.ndarray, sure: np.ndarray, may: np.ndarray) -> np.ndarray:
    """Return the number of each row's episode; -1 from a subject's first row on at which it is uncertain."""
    begins = sure & (fresh | ~np.roll(sure, 1))
    so_far = np.cumsum(begins)
    first = np.flatnonzero(fresh)
    owner = np.cumsum(fresh) - 1
    number = np.where(sure, so_far - (so_far - begins)[first][owner], 0) if first.size else np.zeros(0, dtype=np.int64)
    doubt = sure != may
    if doubt.any():
        doubts = np.cumsum(doubt)
        number = np.where(doubts - (doubts - doubt)[first][owner] > 0, -1, number)
    return np.asarray(number)
