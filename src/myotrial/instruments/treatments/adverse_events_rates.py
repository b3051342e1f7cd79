"""Rates of adverse events: per day with an infusion, and per subject-year."""

import polars as pl

from myotrial.instruments.treatments.adverse_events import FILE, FIRST_DOSE
from myotrial.instruments.treatments.adverse_events_estimate import EventRate, estimate_rate, poisson_interval
from myotrial.model.data import load_data
from myotrial.model.errors import BadInput, Fault
from myotrial.model.options import Option, settle

__all__ = ["EventRate", "exposure_adjusted_event_rate", "exposure_adjusted_incidence_rate", "poisson_interval",
           "rate_per_infusion_day"]  # fmt: skip


def rate_per_infusion_day(
    events: pl.DataFrame,
    infusions: pl.DataFrame,
    *,
    seed: int,
    conf_level: float = 0.95,
    resamples: int = 2000,
) -> EventRate:
    """Return events per day with an infusion.

    Parameters
    ----------
    events
        The events to count, as :func:`select_events` leaves them.
    infusions
        subject_id and day, one row per infusion. Two infusions of a subject on one day count once.
    seed
        Seed of the bootstrap.
    conf_level
        Level of both intervals.
    resamples
        Bootstrap resamples of subjects; 0 for none.

    Raises
    ------
    CannotEstimate
        Nobody had an infusion.

    Notes
    -----
    Every event is counted, also those of one subject and those of subjects who had no infusion (with a note); the
    bootstrap draws from the subjects of either table.

    Examples
    --------
    >>> events = pl.DataFrame({"subject_id": ["A", "A", "B"]})
    >>> infusions = pl.DataFrame({"subject_id": ["A", "A", "A", "B"], "day": [1, 1, 29, 1]})
    >>> rate_per_infusion_day(events, infusions, seed=1)
    EventRate(1 per infusion day, 0.2062 to 2.922; 3 in 3)
    """
    days = infusions.select("subject_id", "day").drop_nulls().unique().group_by("subject_id").agg(exposure=pl.len())
    counts = events.group_by("subject_id").agg(count=pl.len())
    both = days.join(counts, on="subject_id", how="full", coalesce=True).sort("subject_id")
    without = int(both.filter(pl.col("exposure").is_null())["count"].sum())
    notes = (f"{without:,} of the events are of subjects without an infusion",) if without else ()
    return estimate_rate(both, "infusion day", "infusion_days", (seed, conf_level, resamples), notes)


def exposure_adjusted_event_rate(
    events: pl.DataFrame, exposure: pl.DataFrame, *, seed: int, conf_level: float = 0.95, resamples: int = 2000
) -> EventRate:
    """Return all events per subject-year (EAER).

    Parameters
    ----------
    events
        The events to count, as :func:`select_events` leaves them.
    exposure
        subject_id and last_day: each subject's last day of exposure, counted from day 1, subjects without an
        event included.
    seed, conf_level, resamples
        As in :func:`rate_per_infusion_day`.

    Raises
    ------
    BadInput
        A subject with an event has no exposure, or an exposure is missing or below one day.

    Examples
    --------
    >>> exposure = pl.DataFrame({"subject_id": ["A", "B"], "last_day": [365, 731]})
    >>> exposure_adjusted_event_rate(pl.DataFrame({"subject_id": ["A", "A", "B"]}), exposure, seed=1)
    EventRate(0.9998 per subject-year, 0.2062 to 2.922; 3 in 3.00068)
    """
    years = _years(events, exposure)
    counts = events.group_by("subject_id").agg(count=pl.len())
    both = years.join(counts, on="subject_id", how="left").select("subject_id", "count", exposure="years")
    return estimate_rate(both, "subject-year", "total", (seed, conf_level, resamples))


def exposure_adjusted_incidence_rate(
    events: pl.DataFrame,
    exposure: pl.DataFrame,
    *,
    seed: int,
    at_risk: str = "total",
    conf_level: float = 0.95,
    resamples: int = 2000,
) -> EventRate:
    """Return subjects with an event per subject-year (EAIR).

    Parameters
    ----------
    events
        The events to count, as :func:`select_events` leaves them, with start_day where time stops at the first.
    exposure, seed, conf_level, resamples
        As in :func:`exposure_adjusted_event_rate`.
    at_risk
        ``total``: all of every subject's time. ``until_first_event``: a subject's time up to and with the day of
        the first event; an event without a start does not stop it, which is noted.

    Raises
    ------
    BadInput
        As in :func:`exposure_adjusted_event_rate`.

    Examples
    --------
    >>> exposure = pl.DataFrame({"subject_id": ["A", "B"], "last_day": [731, 731]})
    >>> events = pl.DataFrame({"subject_id": ["A", "A"], "start_day": [365, 400]})
    >>> exposure_adjusted_incidence_rate(events, exposure, seed=1).exposure.__round__(3)
    4.003
    >>> exposure_adjusted_incidence_rate(events, exposure, seed=1, at_risk="until_first_event").exposure.__round__(3)
    3.001
    """
    options = {name: Option(**option) for name, option in load_data(*FILE)["options"].items()}
    chosen = settle("the incidence rate", options, {"at_risk": at_risk})["at_risk"]
    both = _years(events, exposure)
    notes: tuple[str, ...] = ()
    counts = events.select(pl.col("subject_id").unique()).with_columns(count=1)
    if chosen == "until_first_event":
        counts = events.group_by("subject_id").agg(
            count=pl.lit(1), first=pl.col("start_day").min(), open=pl.col("start_day").null_count()
        )  # fmt: skip
        open_starts = int(counts["open"].sum())
        notes = (f"{open_starts:,} events without a start stop nobody's time",) if open_starts else ()
    both = both.join(counts, on="subject_id", how="left")
    if chosen == "until_first_event":
        first = pl.col("first").clip(FIRST_DOSE, None) / load_data(*FILE)["days_per_year"]["value"]
        both = both.with_columns(years=pl.min_horizontal("years", first))
    both = both.select("subject_id", "count", exposure="years")
    return estimate_rate(both, "subject-year", chosen, (seed, conf_level, resamples), notes)


def _years(events: pl.DataFrame, exposure: pl.DataFrame) -> pl.DataFrame:
    """Return subject_id and years of exposure, checked against the subjects with events."""
    wrong = exposure.filter(~(pl.col("last_day") >= 1).fill_null(value=False))
    lost = events.join(exposure, on="subject_id", how="anti").select(pl.col("subject_id").unique(maintain_order=True))
    faults = [
        Fault("bad_exposure", "the exposure is missing or below one day", "exposure", None, "last_day", subject,
              "1 day or more")
        for subject in wrong["subject_id"]
    ]  # fmt: skip
    faults += [
        Fault("unknown_subject", "a subject with an event has no exposure", "exposure", None, "subject_id", subject)
        for subject in lost["subject_id"]
    ]
    faults += [
        Fault("duplicate_row", "the subject has more than one exposure", "exposure", None, "subject_id", subject)
        for subject in exposure.filter(pl.col("subject_id").is_duplicated())["subject_id"].unique(maintain_order=True)
    ]
    if faults:
        raise BadInput(faults)
    per_year = load_data(*FILE)["days_per_year"]["value"]
    return exposure.sort("subject_id").select("subject_id", years=pl.col("last_day") / per_year)
