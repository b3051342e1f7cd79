"""Classified subjects that print themselves, say what they rest on, and what to ask next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.classification.rules import Classification
from myotrial.model.display import SHOWN, html_table
from myotrial.model.evaluate import MET, UNKNOWN


@dataclass(frozen=True, slots=True, repr=False)
class Classified:
    """Subjects and their categories, with the rule and the options they rest on.

    Attributes
    ----------
    frame
        One row per subject. A category, and every other answer, is null where it is not decided.
    decides
        The column that holds the category.
    classification, title
        Which classification it is.
    options
        Every option, as it was used.
    recalled
        What the answers rest on that nobody could re-read.
    sha256, facts_sha256
        The hashes of the data files with the rule and with the facts.
    """

    frame: pl.DataFrame
    decides: str
    classification: str
    title: str
    options: Mapping[str, Any]
    recalled: tuple[str, ...]
    sha256: str
    facts_sha256: str
    _items: Callable[[], pl.DataFrame] = field(compare=False)
    _ask: Callable[[], pl.DataFrame] = field(compare=False)
    _steps: Callable[[], pl.DataFrame] = field(compare=False)

    def __repr__(self) -> str:
        """One line with the numbers."""
        counts = self.frame[self.decides].drop_nulls().value_counts()
        counts = counts.sort(["count", self.decides], descending=[True, False])
        told = [f"{name} {count:,}" for name, count in counts.iter_rows()]
        undecided = self.frame[self.decides].null_count()
        told += [f"undecided {undecided:,}"] if undecided or not told else []
        subjects = f"{self.frame.height:,} subject{'' if self.frame.height == 1 else 's'}"
        return f"Classified({self.classification}: {subjects}; {', '.join(told)})"

    def _repr_html_(self) -> str:
        shown = flat(self.frame.head(SHOWN))
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.recalled)
        return html_table(repr(self), shown.columns, shown.iter_rows(), self.frame.height) + notes

    def to_frame(self) -> pl.DataFrame:
        """Return the categories, one row per subject."""
        return self.frame

    def items(self) -> pl.DataFrame:
        """Return one row per subject and item: the answer, what it gave, and what an unknown could still give."""
        return self._items()

    def ask_next(self) -> pl.DataFrame:
        """Return the unknown facts that could still change the category, one row each, the weightiest first."""
        return self._ask()

    def steps(self) -> pl.DataFrame:
        """Return one row per subject and category, in the order in which they are tried: whether its rule holds.

        ``answer`` is null where it is open; ``present``, ``absent`` and ``unknown`` are the labels of the groups that
        the rule reads. The first category whose rule holds is the subject's; the last holds where no other does.
        """
        return self._steps()

    def to_dict(self) -> dict[str, Any]:
        """Return the categories with all they rest on."""
        return {**self.provenance(), "subjects": self.frame.to_dicts(), "items": self.items().to_dicts(),
                "ask_next": self.ask_next().to_dicts()}  # fmt: skip

    def provenance(self) -> dict[str, Any]:
        """Return what the categories rest on: rule, options, version, and what was recalled."""
        return {
            "classification": self.classification,
            "sha256": self.sha256,
            "facts_sha256": self.facts_sha256,
            "options": dict(self.options),
            "recalled": list(self.recalled),
            "version": f"myotrial {version('myotrial')}",
        }


class _Once:
    """A frame that is made when it is first asked for; it can be pickled, as results are sent between processes."""

    def __init__(self, make: Callable[[], pl.DataFrame]) -> None:
        self.make = make
        self.made: pl.DataFrame | None = None

    def __call__(self) -> pl.DataFrame:
        self.made = self.make() if self.made is None else self.made
        return self.made


def classified(
    rule: Classification,
    settled: Mapping[str, Any],
    frame: pl.DataFrame,
    *,
    decides: str = "category",
    items: Callable[[], pl.DataFrame],
    ask: Callable[[], pl.DataFrame],
    steps: Callable[[], pl.DataFrame],
) -> Classified:
    """Return a result with the provenance of its rule; the functions make their frames when asked, once."""
    once = (_Once(make) for make in (items, ask, steps))
    return Classified(
        frame, decides, rule.id, rule.title, settled, rule.recalled(settled), rule.sha256, rule.facts_sha256, *once
    )


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame whose lists are texts, as a table on paper or in CSV has them.

    Examples
    --------
    >>> flat(pl.DataFrame({"possible": [["DM", "ADM"]]})).row(0)
    ('DM, ADM',)
    """
    return frame.with_columns(pl.col(pl.List(pl.String)).list.join(", "))


def as_flags(name: str, answers: np.ndarray) -> pl.Series:
    """Return answers as true, false and null.

    Examples
    --------
    >>> as_flags("rash", np.array([0, 1, 2])).to_list()
    [False, None, True]
    """
    return pl.Series(name, answers == MET).set(pl.Series(answers == UNKNOWN), None)


def as_names(name: str, places: np.ndarray, names: tuple[str, ...]) -> pl.Series:
    """Return places in a list of names as these names; a place below 0 is null.

    Examples
    --------
    >>> as_names("tier", np.array([1, -1]), ("low", "high")).to_list()
    ['high', None]
    """
    found = pl.Series(name, names, dtype=pl.String).gather(pl.Series(np.maximum(places, 0)))
    return found.set(pl.Series(places < 0), None)


def as_lists(name: str, marked: np.ndarray, names: tuple[str, ...]) -> pl.Series:
    """Return, for each row, the names marked in it, from shape (rows, names).

    Examples
    --------
    >>> as_lists("possible", np.array([[True, True], [False, True]]), ("low", "high")).to_list()
    [['low', 'high'], ['high']]
    """
    patterns, place = np.unique(marked, axis=0, return_inverse=True)
    lists = [[each for each, mark in zip(names, pattern, strict=True) if mark] for pattern in patterns]
    return pl.Series(name, lists, dtype=pl.List(pl.String)).gather(pl.Series(place.ravel()))
