"""Scores of an instrument that print themselves and say what they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import polars as pl

from myotrial.model.display import SHOWN, html_table


@dataclass(frozen=True, slots=True, repr=False)
class InstrumentScores:
    """The totals of an instrument by subject and week, with the rule and the options they came from.

    Attributes
    ----------
    frame
        One row per subject and week: each total, its ``_low`` and ``_high``, its ``_band`` where it has bands, and
        n_missing (null where the total was delivered without items).
    instrument
        The name of the instrument.
    totals
        The names of the totals.
    options
        Every option that no source settles, as it was used.
    instrument_sha256
        The hash of the data file that holds the rule; ``None`` for an instrument made in code.
    notes
        What was noticed and is not a fault.
    """

    frame: pl.DataFrame
    instrument: str
    totals: tuple[str, ...]
    options: Mapping[str, Any]
    instrument_sha256: str | None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """One line with the numbers."""
        visits, subjects = self.frame.height, self.frame["subject_id"].n_unique()
        means = ", ".join(f"{name} mean {_mean(self.frame[name])}" for name in self.totals)
        partial = int((self.frame["n_missing"] > 0).sum())
        rest = f"; {_count(partial, 'visit')} with missing items" if partial else ""
        counts = f"{_count(visits, 'visit')} of {_count(subjects, 'subject')}"
        return f"InstrumentScores({self.instrument}: {counts}; {means}{rest})"

    def _repr_html_(self) -> str:
        shown = self.frame.head(SHOWN)
        return html_table(repr(self), shown.columns, shown.iter_rows(), self.frame.height)

    def to_frame(self) -> pl.DataFrame:
        """Return the scores, one row per subject and week."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Return the scores with all they rest on."""
        return {**self.provenance(), "scores": self.frame.to_dicts()}

    def provenance(self) -> dict[str, Any]:
        """Return what the scores rest on: instrument, data file, options, version."""
        return {
            "instrument": self.instrument,
            "instrument_sha256": self.instrument_sha256,
            "options": dict(self.options),
            "version": f"myotrial {version('myotrial')}",
        }


def _mean(values: pl.Series) -> str:
    known = values.drop_nulls()
    return format(known.to_numpy().mean(), ".4g") if len(known) else "unknown"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
