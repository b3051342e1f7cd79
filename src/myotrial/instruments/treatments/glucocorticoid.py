"""The prednisone-equivalent dose per day from dosing records, and the percentage by which it fell."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from myotrial.instruments.treatments.glucocorticoid_records import dose_at, dose_steps, in_mg
from myotrial.instruments.treatments.glucocorticoid_table import DEFAULT, Equivalents, load_equivalents
from myotrial.model.decimals import change_side
from myotrial.model.display import SHOWN, html_table

__all__ = ["DailyDose", "Equivalents", "Reduction", "daily_dose", "load_equivalents", "percent_reduction"]

PARTS = 63
"""Doses are compared in billionths of 1/63 mg: thirds (dexamethasone), ninths and sevenths (weeks) are then whole."""


@dataclass(frozen=True, slots=True, repr=False)
class DailyDose:
    """The prednisone-equivalent dose on the days that were asked for.

    Attributes
    ----------
    frame
        One row per subject and day: subject_id, day, prednisone_mg_per_day. A day that is missing has no dose; a
        day without a record has 0.
    equivalents
        The table that was used.
    notes
        What was left out, counted.
    """

    frame: pl.DataFrame
    equivalents: Equivalents
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """One line with the numbers."""
        return f"DailyDose({self.frame.height:,} days of {self.frame['subject_id'].n_unique():,} subjects)"

    def _repr_html_(self) -> str:
        shown = self.frame.head(SHOWN)
        return html_table(repr(self), shown.columns, shown.iter_rows(), self.frame.height)

    def to_frame(self) -> pl.DataFrame:
        """Return one row per subject and day."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Return the doses with what they rest on."""
        return {**self.equivalents.to_dict(), "notes": list(self.notes), "doses": self.frame.to_dicts()}


def daily_dose(
    doses: pl.DataFrame,
    days: Sequence[int] | pl.DataFrame,
    *,
    subjects: Sequence[str] | None = None,
    table: str | Equivalents = DEFAULT,
    options: Mapping[str, Any] | None = None,
    other_drugs: Collection[str] = (),
) -> DailyDose:
    """Return the prednisone-equivalent dose per day.

    Parameters
    ----------
    doses
        Dose records, as the table ``doses`` of a study: subject_id, drug, start_day, end_day (empty: it goes on),
        dose_mg, per (day or week), route. Both days belong to the record; records that overlap add up.
    days
        Study days to answer for, for every subject; or a frame of subject_id and day (visits, for example).
    subjects
        With ``days`` as numbers: whom to answer for. Without it, everybody with a record. A subject without a
        record took no glucocorticoid.
    table
        The table of equivalents: its name, or what :func:`load_equivalents` gave, a trial's own doses included.
    options
        Choices where sources differ; see :func:`load_equivalents`.
    other_drugs
        Names in ``doses`` that are no glucocorticoids; they are left out. Any other unknown name is a fault.

    Returns
    -------
    DailyDose
        In mg of prednisone per day. Only doses by mouth and by vein count; others are left out, with a note.

    Raises
    ------
    BadInput
        A drug that is not known, a record without a start or a dose, or one that ends before it starts.

    Notes
    -----
    Doses are added up in whole numbers, so splitting a record in two or putting rows in another order changes
    nothing, not even the last digit. A dose per week is spread evenly over seven days.

    Examples
    --------
    >>> doses = pl.DataFrame({
    ...     "subject_id": ["A", "A"], "drug": ["prednisone", "methylprednisolone"], "start_day": [1, 8],
    ...     "end_day": [None, 10], "dose_mg": [20.0, 1000.0], "per": ["day", "day"],
    ...     "route": ["oral", "intravenous"], "purpose": ["background", "rescue"]})
    >>> daily_dose(doses, [1, 10, 11]).frame["prednisone_mg_per_day"].to_list()
    [20.0, 1270.0, 20.0]
    """
    steps = dose_steps(doses, table, options, other_drugs)
    if isinstance(days, pl.DataFrame):
        asked = days.select("subject_id", pl.col("day").cast(pl.Int64))
    else:
        known = pl.Series("subject_id", subjects, dtype=pl.String) if subjects is not None else doses["subject_id"]
        asked = known.unique(maintain_order=True).drop_nulls().to_frame()
        asked = asked.join(pl.Series("day", days, dtype=pl.Int64).to_frame(), how="cross")
    found = dose_at(steps, asked)
    frame = found.select("subject_id", "day").with_columns(prednisone_mg_per_day=in_mg(found["units"], steps.per_mg))
    return DailyDose(frame, steps.equivalents, steps.notes)


@dataclass(frozen=True, slots=True, repr=False)
class Reduction:
    """By how much doses fell.

    Attributes
    ----------
    frame
        One row per pair: percent (a rise is negative) and, per threshold, ``at_least_<threshold>``; null where a
        reduction cannot be evaluated.
    zero_baseline
        Pairs whose baseline is 0: nothing can be reduced, so they are not evaluable.
    missing
        Pairs of which one or both are missing.
    """

    frame: pl.DataFrame
    zero_baseline: int
    missing: int

    def __repr__(self) -> str:
        """One line with the numbers."""
        reached = ", ".join(f"{name} {int(self.frame[name].sum())}" for name in self.frame.columns[1:])
        count = self.frame.height - self.zero_baseline - self.missing
        return f"Reduction({count:,} evaluable: {reached}; {self.zero_baseline} from 0, {self.missing} missing)"

    def _repr_html_(self) -> str:
        shown = self.frame.head(SHOWN)
        return html_table(repr(self), shown.columns, shown.iter_rows(), self.frame.height)

    def to_frame(self) -> pl.DataFrame:
        """Return one row per pair."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Return the reductions, and how many could not be evaluated."""
        return {"zero_baseline": self.zero_baseline, "missing": self.missing, "reductions": self.frame.to_dicts()}


def percent_reduction(
    baseline: pl.Series | Sequence[float | None],
    value: pl.Series | Sequence[float | None],
    *,
    at_least: Sequence[float] = (25, 50, 75),
) -> Reduction:
    """Return the percentage by which a daily dose fell, and whether it reached each threshold.

    Parameters
    ----------
    baseline, value
        Daily doses in mg of prednisone, 0 to 60,000, of equal length.
    at_least
        Thresholds in percent. A fall of exactly a threshold reaches it.

    Notes
    -----
    ``100 × (baseline − value) ÷ baseline``. Thresholds are decided in whole numbers of billionths of 1/63 mg, in
    which every dose of a week's seventh, or of the third that dexamethasone brings, is exact.

    Examples
    --------
    >>> percent_reduction([20, 20, 0, None], [15, 5, 0, 5])
    Reduction(2 evaluable: at_least_25 2, at_least_50 1, at_least_75 1; 1 from 0, 1 missing)
    """
    before = pl.Series("baseline", baseline, dtype=pl.Float64)
    after = pl.Series("value", value, dtype=pl.Float64)
    both = before.is_not_null() & after.is_not_null()
    evaluable = both & (before != 0)
    percent = pl.select(pl.when(evaluable).then(100 * (before - after) / before).alias("percent")).to_series()
    columns = [reduced(before, after, threshold).alias(f"at_least_{threshold:g}") for threshold in at_least]
    return Reduction(pl.DataFrame([percent, *columns]), int((both & ~evaluable).sum()), int((~both).sum()))


def reduced(before: pl.Series, after: pl.Series, threshold: float) -> pl.Series:
    """Tell whether doses fell by a percentage (by anything, where it is 0), shape kept; null where nobody knows.

    Examples
    --------
    >>> reduced(pl.Series([20.0, 20.0]), pl.Series([15.0, 15.1]), 25).to_list()
    [True, False]
    """
    first, last = (series.cast(pl.Float64).to_numpy() * PARTS for series in (before, after))
    side = pl.Series(change_side(last, first, Fraction(str(threshold)), whole=first)).fill_nan(None)
    return side >= 0 if threshold else side > 0
