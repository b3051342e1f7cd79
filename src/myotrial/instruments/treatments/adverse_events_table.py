"""The table of adverse events of a study: by arm and kind, with rates per infusion day and per subject-year."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from myotrial.instruments.treatments.adverse_events import count_events, flag_treatment_emergent, select_events
from myotrial.instruments.treatments.adverse_events_rates import (
    EventRate,
    exposure_adjusted_event_rate,
    exposure_adjusted_incidence_rate,
    rate_per_infusion_day,
)
from myotrial.model.display import SHOWN, html_table
from myotrial.model.errors import CannotEstimate
from myotrial.study.reading import StudyData

ALWAYS = 2**40
"""A day after every other: a dose that goes on has no last day."""

KINDS: Mapping[str, Mapping[str, Any]] = {
    "any": {},
    "serious": {"serious": True},
    "related": {"related": True},
    "serious and related": {"serious": True, "related": True},
    "mild": {"severity": "mild"},
    "moderate": {"severity": "moderate"},
    "severe": {"severity": "severe"},
}
"""Rows of the table; all of them are treatment-emergent. Serious and severe are two different things."""


@dataclass(frozen=True, slots=True, repr=False)
class AdverseEventTable:
    """Treatment-emergent adverse events by arm and kind.

    Attributes
    ----------
    frame
        One row per arm (null: all of them) and kind: n (subjects of the arm), subjects and events that fit,
        unknown_events (they may fit: something that decides is missing), and three rates with their exact Poisson
        95 % interval: events per_infusion_day, events and subjects per subject-year (eaer_per_year, eair_per_year);
        null where there is no exposure.
    options
        The choices that were made.
    notes
        What was counted apart, or could not be counted.
    """

    frame: pl.DataFrame
    options: Mapping[str, Any]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """One line with the numbers."""
        whole = self.frame.filter(pl.col("kind") == "any")
        told = [
            f"{arm or 'all'}: {events:,} events in {subjects:,} of {n:,}"
            for arm, n, subjects, events in whole.select("arm", "n", "subjects", "events").iter_rows()
        ]
        return f"AdverseEventTable({'; '.join(told)})"

    def _repr_html_(self) -> str:
        shown = self.frame.head(SHOWN)
        return html_table(repr(self), shown.columns, shown.iter_rows(), self.frame.height)

    def to_frame(self) -> pl.DataFrame:
        """Return one row per arm and kind."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Return the table with what it rests on."""
        return {"options": dict(self.options), "notes": list(self.notes), "rows": self.frame.to_dicts()}


def tabulate_adverse_events(
    study: StudyData, *, window_days: int | None = None, unknown_worsening: str = "worsened", at_risk: str = "total"
) -> AdverseEventTable:
    """Count the treatment-emergent adverse events of a study by arm and kind, with their rates.

    Parameters
    ----------
    study
        Its adverse events; infusions for the rate per infusion day; ``last_day`` of every subject for the rates per
        year. Where it has infusions or doses of the study treatment, a subject with neither was not treated.
    window_days
        Days after the last dose in which a new event still counts; without it there is no limit.
    unknown_worsening
        See :func:`flag_treatment_emergent`.
    at_risk
        See :func:`exposure_adjusted_incidence_rate`.

    Raises
    ------
    BadInput
        An option that is not possible; a window without any dose.

    Examples
    --------
    >>> from myotrial.study.visits import check_visits
    >>> visits = check_visits(pl.DataFrame({"subject_id": ["A", "B"], "week": [0, 0], "physician_global_cm": [5.0, 4.0],
    ...     "patient_global_cm": [5.0, 4.0], "mmt": [120, 130], "haq_di": [1.0, 1.0], "extramuscular_cm": [1.0, 2.0]}))
    >>> study = StudyData(
    ...     pl.DataFrame({"subject_id": ["A", "B"], "last_day": [365, 365]}), visits, pl.DataFrame(),
    ...     infusions=pl.DataFrame({"subject_id": ["A", "B"], "day": [1, 1]}),
    ...     adverse_events=pl.DataFrame({"subject_id": ["A", "A"], "start_day": [3, -5], "end_day": [9, -2],
    ...                                  "severity": ["mild", "mild"], "serious": [False, False],
    ...                                  "related": [True, None]}))
    >>> tabulate_adverse_events(study)
    AdverseEventTable(all: 1 events in 1 of 2)
    """
    taken = treatment_taken(study)
    treated = taken["subject_id"].unique().to_list() if taken.height else None
    last_dose = taken if taken.height else None
    events = flag_treatment_emergent(
        study.adverse_events, treated=treated, last_dose=last_dose, window_days=window_days,
        unknown_worsening=unknown_worsening,
    )  # fmt: skip
    arm = pl.col("arm") if "arm" in study.subjects.columns else pl.lit(None, dtype=pl.String)
    people = study.subjects.select("subject_id", arm=arm)
    notes = [] if taken.height else ["no infusion and no dose of the study treatment: everybody counts as treated"]
    rates = _rates(study, at_risk, notes)
    rows = [row for each in _arms(people) for row in _rows(each, people, events, rates)]
    options = {"window_days": window_days, "unknown_worsening": unknown_worsening, "at_risk": at_risk}
    return AdverseEventTable(pl.DataFrame(rows, schema=_schema()), options, tuple(notes))


def treatment_taken(study: StudyData) -> pl.DataFrame:
    """Return the last day of every infusion and dose of the study treatment: subject_id, day."""
    doses = study.doses
    if doses.height:
        doses = doses.filter(pl.col("purpose") == "study", pl.col("dose_mg") > 0)
    end = pl.col("end_day").fill_null(ALWAYS) if "end_day" in doses.columns else pl.lit(ALWAYS, dtype=pl.Int64)
    parts = [study.infusions.select("subject_id", pl.col("day").cast(pl.Int64)),
             doses.select("subject_id", end.cast(pl.Int64).alias("day"))]  # fmt: skip
    return pl.concat(parts)


def _arms(people: pl.DataFrame) -> list[str | None]:
    arms = people["arm"].drop_nulls().unique(maintain_order=True).to_list()
    return [*arms, None]


def _rates(study: StudyData, at_risk: str, notes: list[str]) -> dict[str, Any]:
    """Return the rates that the study has an exposure for: name → function of events and subjects."""
    rates: dict[str, Any] = {}
    if study.infusions.height:
        rates["per_infusion_day"] = partial(_rate, rate_per_infusion_day, study.infusions)
    else:
        notes.append("no infusions: no rate per infusion day")
    subjects = study.subjects
    if "last_day" in subjects.columns and not subjects["last_day"].null_count():
        exposure = subjects.select("subject_id", "last_day")
        rates["eaer_per_year"] = partial(_rate, exposure_adjusted_event_rate, exposure)
        incidence = partial(exposure_adjusted_incidence_rate, at_risk=at_risk)
        rates["eair_per_year"] = partial(_rate, incidence, exposure)
    else:
        notes.append("last_day is not known of every subject: no rates per year")
    return rates


def _rate(estimate: Any, exposure: pl.DataFrame, events: pl.DataFrame, ids: pl.Series) -> EventRate | None:
    try:
        own = exposure.filter(pl.col("subject_id").is_in(ids.implode()))
        rate: EventRate = estimate(events, own, seed=0, resamples=0)
    except CannotEstimate:
        return None
    return rate


def _rows(
    arm: str | None, people: pl.DataFrame, events: pl.DataFrame, rates: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    ids = (people if arm is None else people.filter(pl.col("arm") == arm))["subject_id"]
    own = events.filter(pl.col("subject_id").is_in(ids.implode()))
    for kind, asked in KINDS.items():
        counts = count_events(own, treatment_emergent=True, **asked)
        row = {"arm": arm, "kind": kind, "n": len(ids), **counts.to_dict()}
        fitting = select_events(own, treatment_emergent=True, **asked)
        for name, rate in rates.items():
            found = rate(fitting, ids)
            if found is not None:
                row |= {name: found.rate, f"{name}_low": found.low, f"{name}_high": found.high}
        yield row


def _schema() -> dict[str, Any]:
    counts = dict.fromkeys(("n", "subjects", "events", "unknown_events"), pl.Int64)
    names = ("per_infusion_day", "eaer_per_year", "eair_per_year")
    rates = {f"{name}{end}": pl.Float64 for name in names for end in ("", "_low", "_high")}
    return {"arm": pl.String, "kind": pl.String, **counts, **rates}
