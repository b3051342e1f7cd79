"""Results that print themselves and say what they rest on."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import polars as pl

from myotrial.model.display import SHOWN, html_table


@dataclass(frozen=True, slots=True, repr=False)
class Result(ABC):
    """What a rule gave, by subject and visit, with the rule, the options and the input it came from.

    Attributes
    ----------
    frame
        One row per subject and follow-up visit.
    """

    frame: pl.DataFrame

    @abstractmethod
    def provenance(self) -> dict[str, Any]:
        """Return what the result rests on: rule, options, input, version."""

    def _repr_html_(self) -> str:
        shown = self.frame.head(SHOWN)
        return html_table(repr(self), shown.columns, shown.iter_rows(), self.frame.height)

    def to_frame(self) -> pl.DataFrame:
        """Return one row per subject and follow-up visit."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Return the rows with all they rest on."""
        return {**self.provenance(), "scores": self.frame.to_dicts()}

    def _extent(self) -> str:
        return f"{say_count(self.frame.height, 'visit')} of {say_count(self.frame['subject_id'].n_unique(), 'subject')}"


@dataclass(frozen=True, slots=True, repr=False)
class Scores(Result):
    """Scores by subject and visit, with the rule, the options and the input they came from.

    Attributes
    ----------
    frame
        One row per subject and follow-up visit.
    criteria
        The name of the criteria.
    options
        Every option that no source settles, as it was used.
    criteria_sha256
        The hash of the data file that holds the rule.
    categories
        The names of the categories above none, ascending.
    input_sha256
        The hash of the file that was scored, or ``None`` for a frame.
    notes
        What was noticed and is not a fault: subjects without a follow-up visit.
    """

    criteria: str
    options: Mapping[str, Any]
    criteria_sha256: str
    categories: tuple[str, ...]
    input_sha256: str | None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """One line with the numbers."""
        mean = self.frame["tis"].mean()
        counts = ", ".join(
            f"{name} {int((self.frame['category'] == name).sum())}" for name in ("none", *self.categories)
        )
        unknown = self.frame["tis"].null_count()
        return (
            f"Scores({self.criteria}: {self._extent()}; "
            f"mean {'of the known ' if unknown and mean is not None else ''}"
            f"{'unknown' if mean is None else format(mean, '.4g')}; {counts}"
            f"{f'; {unknown:,} known only as an interval' if unknown else ''})"
        )

    def provenance(self) -> dict[str, Any]:
        """Return what the scores rest on: rule, options, input, version."""
        return {
            "criteria": self.criteria,
            "criteria_sha256": self.criteria_sha256,
            "options": dict(self.options),
            "input_sha256": self.input_sha256,
            "notes": list(self.notes),
            "version": f"myotrial {version('myotrial')}",
        }


def say_count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it is not one.

    Examples
    --------
    >>> say_count(1, "visit"), say_count(2000, "visit")
    ('1 visit', '2,000 visits')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
