"""The 2017 EULAR/ACR score in whole tenths: what is given, what an unknown could still give, tier and probability."""

from dataclasses import dataclass

import numpy as np

from myotrial.criteria.classification.facts import Facts
from myotrial.criteria.classification.rules import ScoreRule
from myotrial.model.decimals import exact
from myotrial.model.evaluate import MET, NOT_MET

PATHS = ("no_biopsy", "biopsy")
AGE_ITEM = "onset_age_years"


@dataclass(frozen=True, slots=True)
class Points:
    """What every item can give every subject, in tenths.

    Attributes
    ----------
    items
        The items; the first is the age at onset.
    points
        What each possible answer gives, shape (subjects, items, answers); answers of an item ascend.
    open_
        Whether the answer is possible, shape (subjects, items, answers).
    """

    items: tuple[str, ...]
    points: np.ndarray
    open_: np.ndarray

    @property
    def least(self) -> np.ndarray:
        """The least that each item gives, shape (subjects, items)."""
        return np.asarray(np.where(self.open_, self.points, np.iinfo(np.int64).max).min(axis=2))

    @property
    def most(self) -> np.ndarray:
        """The most that each item gives, shape (subjects, items)."""
        return np.asarray(np.where(self.open_, self.points, -1).max(axis=2))


def tenths(value: float | None) -> int:
    """Return a weight or a cut-off in whole tenths; an item that is not counted gives 0.

    Examples
    --------
    >>> tenths(5.3), tenths(None)
    (53, 0)
    """
    number = exact(value or 0) * 10
    if number.denominator != 1:
        raise ValueError(f"expected whole tenths, got {value}")
    return int(number)


def weigh(rule: ScoreRule, facts: Facts, biopsy: np.ndarray) -> Points:
    """Return what every item can give.

    Parameters
    ----------
    rule
        The weights.
    facts
        The subjects.
    biopsy
        Whether a subject's biopsy is counted, shape (subjects,).
    """
    rows = biopsy.astype(np.int64)
    items = (AGE_ITEM, *(item.id for item in rule.items))
    points = np.zeros((rows.size, len(items), 3), dtype=np.int64)
    open_ = np.zeros(points.shape, dtype=bool)
    bands = np.array([[tenths(getattr(band, path)) for band in rule.ages.bands] for path in PATHS])
    points[:, 0], open_[:, 0] = bands[rows], _open_ages(rule, facts)
    weights = np.array([[tenths(getattr(item, path)) for item in rule.items] for path in PATHS])
    points[:, 1:, 1] = weights[rows]
    answers = np.stack([facts.answers[item.id] for item in rule.items], axis=1)
    open_[:, 1:, 0], open_[:, 1:, 1] = answers != MET, answers != NOT_MET
    return Points(items, points, open_)


def _open_ages(rule: ScoreRule, facts: Facts) -> np.ndarray:
    """Return which age bands are possible, shape (subjects, bands): first under 18, then as in the rule."""
    flags = [band.flag for band in rule.ages.bands if band.flag]
    stated = np.stack([facts.answers[flag] for flag in flags], axis=1)
    young = (stated != MET).all(axis=1) & (facts.answers["adult_onset"] != MET)
    grown = (stated != NOT_MET) & (facts.answers["adult_onset"] != NOT_MET)[:, None]
    return np.column_stack([young, grown])


def tier_by_score(rule: ScoreRule, score: np.ndarray, biopsy: np.ndarray) -> np.ndarray:
    """Return the place of the tier of a score in tenths, by the published cut-offs.

    Examples
    --------
    >>> from myotrial.criteria.classification.rules import load_classification
    >>> rule = load_classification("eular-acr-2017").score
    >>> tier_by_score(rule, np.array([52, 53, 55, 75]), np.zeros(4, dtype=bool)).tolist()
    [0, 1, 2, 3]
    """
    cuts = np.array([[tenths(cut) for cut in rule.cut_offs[path]] for path in PATHS])[biopsy.astype(np.int64)]
    return np.asarray((score[:, None] >= cuts).sum(axis=1))


def probability(rule: ScoreRule, score: np.ndarray, biopsy: np.ndarray) -> np.ndarray:
    """Return the probability of a score in tenths, by the recalled formula."""
    midpoint = np.array([rule.midpoints[path] for path in PATHS])[biopsy.astype(np.int64)]
    return np.asarray(1 / (1 + np.exp(midpoint - score / 10)))


def tier_by_probability(rule: ScoreRule, score: np.ndarray, biopsy: np.ndarray) -> np.ndarray:
    """Return the place of the tier of a score in tenths, by its probability."""
    return np.asarray((probability(rule, score, biopsy)[:, None] >= np.array(rule.probabilities)).sum(axis=1))


def least_scores(rule: ScoreRule, by: str, biopsy: np.ndarray) -> np.ndarray:
    """Return the least score in tenths of every tier above the first, shape (subjects, tiers - 1)."""
    tier = tier_by_score if by == "score" else tier_by_probability
    scores = np.arange(1000)
    found = []
    for counted in (False, True):
        places = tier(rule, scores, np.full(scores.size, counted))
        found.append([int(np.argmax(places >= place)) for place in range(1, len(rule.tiers))])
    return np.array(found)[biopsy.astype(np.int64)]


def can_decide(points: Points, cuts: np.ndarray) -> np.ndarray:
    """Return where the answer to an item could change the tier, whatever the other unknowns turn out to be.

    Parameters
    ----------
    points
        What the items give.
    cuts
        The least score of every tier above the first, shape (subjects, tiers - 1).

    Returns
    -------
    numpy.ndarray
        Shape (subjects, items): true where, for some answers to the other items, two possible answers to this one
        lead to different tiers.
    """
    rows, items, answers = points.points.shape
    alike = np.column_stack([points.open_.reshape(rows, items * answers), cuts])  # the cut-offs tell the path
    _, first, place = np.unique(alike, axis=0, return_index=True, return_inverse=True)
    few = Points(points.items, points.points[first], points.open_[first])
    return np.asarray(_can_decide(few, cuts[first])[place.ravel()])


def _can_decide(points: Points, cuts: np.ndarray) -> np.ndarray:
    least, most = points.least, points.most
    low, undecided = least.sum(axis=1), np.zeros(least.shape, dtype=bool)
    for item in np.flatnonzero((most > least).any(axis=0)):
        rows = np.flatnonzero(most[:, item] > least[:, item])
        reached = _reached(points, rows, int(item))
        start = low[rows, None] + np.arange(reached.shape[1])
        gain = (most - least)[rows, item]
        for cut in cuts[rows].T:
            crossed = (start < cut[:, None]) & (start + gain[:, None] >= cut[:, None])
            undecided[rows, item] |= (reached & crossed).any(axis=1)
    return undecided


def _reached(points: Points, rows: np.ndarray, without: int) -> np.ndarray:
    """Mark which tenths above the least score the other items can add, shape (rows, tenths)."""
    least, most = points.least[rows], points.most[rows]
    others = [item for item in range(len(points.items)) if item != without]
    width = int((most - least)[:, others].sum(axis=1).max(initial=0)) + 1
    reached = np.zeros((rows.size, width), dtype=bool)
    reached[:, 0] = True
    for item in others:
        before, reached = reached, np.zeros_like(reached)
        for answer in range(points.points.shape[2]):
            extra = points.points[rows, item, answer] - least[:, item]
            for step in np.unique(extra[points.open_[rows, item, answer]]):
                takes = points.open_[rows, item, answer] & (extra == step)
                reached[takes, step:] |= before[takes, : width - step]
    return reached
