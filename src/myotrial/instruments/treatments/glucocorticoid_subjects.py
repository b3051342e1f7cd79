"""Everything about glucocorticoids at once: the dose at each visit, by how much it fell, taper and rescue."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from myotrial.instruments.treatments.glucocorticoid import daily_dose, percent_reduction
from myotrial.instruments.treatments.glucocorticoid_courses import rescue_tapered, taper_start
from myotrial.instruments.treatments.glucocorticoid_table import DEFAULT, Equivalents
from myotrial.model.display import SHOWN, html_table

_DAYS = ("taper_day", "rescue_day")


@dataclass(frozen=True, slots=True, repr=False)
class DoseCourses:
    """Glucocorticoid doses of subjects over time.

    Attributes
    ----------
    frame
        One row per subject and day: prednisone_mg_per_day, percent (the reduction since baseline; a rise is
        negative) and, per threshold, ``at_least_<threshold>``; null at baseline, and where it cannot be evaluated.
    subjects
        One row per subject: baseline_mg_per_day, evaluable (the baseline is known and not 0), taper_day,
        rescue_day, peak_mg_per_day, tapered and tapered_day of the rescue.
    equivalents
        The table that was used.
    options
        How a taper and a reduction were read.
    notes
        What was left out, counted.
    """

    frame: pl.DataFrame
    subjects: pl.DataFrame
    equivalents: Equivalents
    options: Mapping[str, Any]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """One line with the numbers."""
        tapers, rescues = (self.subjects[name].len() - self.subjects[name].null_count() for name in _DAYS)
        return (
            f"DoseCourses({self.subjects.height:,} subject{'' if self.subjects.height == 1 else 's'}, "
            f"{int(self.subjects['evaluable'].sum()):,} evaluable; "
            f"{tapers:,} began a taper, {rescues:,} took rescue)"
        )

    def _repr_html_(self) -> str:
        shown = self.subjects.head(SHOWN)
        return html_table(repr(self), shown.columns, shown.iter_rows(), self.subjects.height)

    def to_frame(self) -> pl.DataFrame:
        """Return one row per subject and day."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Return both tables with all they rest on."""
        told = {**self.equivalents.to_dict(), "course_options": dict(self.options), "notes": list(self.notes)}
        return {**told, "doses": self.frame.to_dicts(), "subjects": self.subjects.to_dicts()}


def derive_dose_courses(
    doses: pl.DataFrame,
    days: Sequence[int] | pl.DataFrame,
    *,
    baseline_day: int | None = None,
    subjects: Sequence[str] | None = None,
    at_least: Sequence[float] = (25, 50, 75),
    at_least_percent: float = 0,
    rescue_before: str = "next_visit",
    table: str | Equivalents = DEFAULT,
    options: Mapping[str, Any] | None = None,
    other_drugs: Collection[str] = (),
) -> DoseCourses:
    """Derive the daily dose, its reduction, the start of a taper and rescue, of every subject.

    Parameters
    ----------
    doses, days, subjects, table, options, other_drugs
        As for :func:`daily_dose`; each record with its purpose.
    baseline_day
        The day that reductions are taken from; without it, a subject's earliest.
    at_least
        Thresholds of the reduction in percent; a fall of exactly a threshold reaches it.
    at_least_percent, rescue_before
        How a taper begins; see :func:`taper_start`.

    Raises
    ------
    BadInput
        With every fault of the records; an option that is not possible.

    Examples
    --------
    >>> doses = pl.DataFrame({
    ...     "subject_id": ["A"] * 3, "drug": ["prednisone"] * 3, "start_day": [1, 29, 60], "end_day": [28, None, 66],
    ...     "dose_mg": [20.0, 15.0, 30.0], "per": ["day"] * 3, "route": ["oral"] * 3,
    ...     "purpose": ["background", "background", "rescue"]})
    >>> found = derive_dose_courses(doses, [1, 29, 57])
    >>> found
    DoseCourses(1 subject, 1 evaluable; 1 began a taper, 1 took rescue)
    >>> found.frame.select("prednisone_mg_per_day", "percent", "at_least_25").rows()
    [(20.0, None, None), (15.0, 25.0, True), (15.0, 25.0, True)]
    """
    found = daily_dose(doses, days, subjects=subjects, table=table, options=options, other_drugs=other_drugs)
    rescue = doses.filter(pl.col("purpose") == "rescue", pl.col("dose_mg") > 0)
    tapers = taper_start(
        found.frame, rescue.select("subject_id", day="start_day"), baseline_day=baseline_day,
        at_least_percent=at_least_percent, rescue_before=rescue_before,
    )  # fmt: skip
    rescued = rescue_tapered(
        doses, from_day=1 if baseline_day is None else baseline_day, table=table, options=options,
        other_drugs=other_drugs,
    )  # fmt: skip
    courses = tapers.join(rescued, on="subject_id", how="left", maintain_order="left")
    first = pl.col("day").min().over("subject_id") if baseline_day is None else pl.lit(baseline_day, dtype=pl.Int64)
    visits = found.frame.with_columns(later=pl.col("day") > first)
    visits = visits.join(
        tapers.select("subject_id", "baseline_mg_per_day"), on="subject_id", how="left", maintain_order="left"
    )
    before = visits.select(pl.when("later").then("baseline_mg_per_day")).to_series()
    fell = percent_reduction(before, visits["prednisone_mg_per_day"], at_least=at_least)
    frame = pl.concat([found.frame, fell.frame], how="horizontal")
    chosen = {"baseline_day": baseline_day, "at_least_percent": at_least_percent, "rescue_before": rescue_before}
    return DoseCourses(frame, courses, found.equivalents, chosen, found.notes)
