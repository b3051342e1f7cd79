"""The closed set of arithmetic that a total can name, over whole matrices of answers in billionths.

Every rule is monotone in every item, so that it takes its lowest and highest value where every missing item does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from myotrial.instruments.definition import Instrument
from myotrial.instruments.items import Item
from myotrial.instruments.total import Total
from myotrial.model.decimals import NANO


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to the items of one total, one row per subject and visit.

    Attributes
    ----------
    values
        Whole billionths, shape (rows, items); 0 where there is no value.
    missing, excluded
        Where a value is not known, and where the item leaves the score; shape (rows, items).
    items
        The items, in the order of the columns.
    instrument, total, options
        What is scored, and the options as they are used.
    """

    values: np.ndarray
    missing: np.ndarray
    excluded: np.ndarray
    items: tuple[Item, ...]
    instrument: Instrument
    total: Total
    options: Mapping[str, Any]

    def filled(self, end: str) -> "Answers":
        """Return the answers with every missing item at its ``low`` or ``high`` end."""
        ends = np.array([_nano(getattr(item, end)) for item in self.items], dtype=np.int64)
        return replace(self, values=np.where(self.missing, ends, self.values), missing=np.zeros_like(self.missing))

    def categories(self) -> tuple[str, ...]:
        """Return the categories of the answers, in order; aids have none of their own."""
        return tuple(dict.fromkeys(item.group or "" for item in self.items if not item.is_aid))

    def answers_of(self, category: str) -> list[int]:
        """Return the columns of the answers of a category."""
        return [number for number, item in enumerate(self.items) if not item.is_aid and (item.group or "") == category]

    def aids_of(self, category: str) -> list[int]:
        """Return the columns of the aids that raise a category."""
        return [number for number, item in enumerate(self.items) if category and self._raised(item) == category]

    def _raised(self, item: Item) -> str | None:
        return self.options[item.raises_option] if item.raises_option else item.raises


Rule = Callable[[Answers], np.ndarray]
"""Answers without a missing value → the total, doubles of shape (rows,); NaN where it is not defined."""


def total_sum(answers: Answers) -> np.ndarray:
    """Return the sum of the items."""
    return np.asarray(answers.values.sum(axis=1) / NANO)


def percent_lost(answers: Answers) -> np.ndarray:
    """Return what is lost of the highest possible sum, in percent of it."""
    highest = sum(_nano(item.high) for item in answers.items)
    return np.asarray(100 * (highest - answers.values.sum(axis=1)) / highest)


def share(answers: Answers) -> np.ndarray:
    """Return the sum of the assessed items as a share of the highest sum possible for them."""
    highs = np.array([_nano(item.high) for item in answers.items], dtype=np.int64)
    possible = np.where(answers.excluded, 0, highs).sum(axis=1)
    scored = np.where(answers.excluded, 0, answers.values).sum(axis=1)
    return np.asarray(np.divide(scored, possible, out=np.full(len(scored), np.nan), where=possible > 0))


def mean_of_group_maxima(answers: Answers) -> np.ndarray:
    """Return the mean over the categories of their highest item, raised where an aid or help is used."""
    worst, answered = _maxima(answers, need_all=False)
    return _mean(worst, answered, always=answers.options.get("denominator") == "all")


EXCLUDES = frozenset({"share", "mean_of_group_maxima"})
"""Rules that say what becomes of an item that leaves the score; for the others it is a missing item."""


def answered_groups(answers: Answers) -> np.ndarray:
    """Return the mean over the answered categories, where enough of them are; else NaN.

    An aid that is not known leaves the value unknown only where it would change it.
    """
    options = answers.options
    need_all = options["category_answered"] == "all"
    ends = []
    for end in ("low", "high"):
        with_aids = replace(answers.filled(end), missing=answers.missing)  # answers stay missing, aids have a value
        worst, answered = _maxima(with_aids, need_all=need_all)
        mean = _mean(worst, answered, always=False)
        mean[answered.sum(axis=1) < options["minimum_categories"]] = np.nan
        ends.append(mean)
    same = (ends[0] == ends[1]) & (options.get("denominator") != "all")
    return np.where(same, ends[0], np.nan)


def blanks_as_zero(answers: Answers) -> np.ndarray:
    """Return the sum with a blank as 0, where no more items are blank than the option allows; else NaN."""
    blanks = answers.missing.sum(axis=1)
    return np.where(blanks <= answers.options["blanks_allowed"], answers.values.sum(axis=1) / NANO, np.nan)


def _maxima(answers: Answers, *, need_all: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the highest answer of each category, raised by aids, and whether the category is answered."""
    raised_to = _nano(answers.instrument.raised_to or 0)
    known = ~answers.missing & ~answers.excluded
    worst, answered = [], []
    for category in answers.categories():
        columns, aids = answers.answers_of(category), answers.aids_of(category)
        here = known[:, columns]
        highest = np.where(here, answers.values[:, columns], 0).max(axis=1)
        used = (np.where(answers.excluded, 0, answers.values)[:, aids] > 0).any(axis=1)
        worst.append(np.where(used, np.maximum(highest, raised_to), highest))
        complete = ~answers.missing[:, columns].any(axis=1)
        answered.append(here.any(axis=1) & (complete if need_all else True))
    return np.stack(worst, axis=1), np.stack(answered, axis=1)


def _mean(worst: np.ndarray, answered: np.ndarray, *, always: bool) -> np.ndarray:
    """Return the mean over the answered categories, or over all of them; NaN where none is answered."""
    count = answered.sum(axis=1)
    below = np.where(count > 0, worst.shape[1] if always else count, 0)
    scored = np.where(answered, worst, 0).sum(axis=1)
    return np.asarray(np.divide(scored, below * NANO, out=np.full(len(scored), np.nan), where=below > 0))


def _nano(number: float) -> int:
    return round(number * NANO)
