"""Adverse events: which are treatment-emergent, which fit a description, and how many there are."""

from collections.abc import Collection
from dataclasses import asdict, dataclass

import polars as pl

from myotrial.model.data import load_data
from myotrial.model.display import html_table
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.options import Option, settle

__all__ = ["EventCounts", "count_events", "event_fits", "flag_treatment_emergent", "select_events"]

FILE = ("treatments", "adverse-events.yaml")
FIRST_DOSE = 1
"""The day of the first dose: study days count from it."""


def flag_treatment_emergent(
    events: pl.DataFrame,
    *,
    treated: Collection[str] | None = None,
    last_dose: pl.DataFrame | None = None,
    window_days: int | None = None,
    unknown_worsening: str = "worsened",
) -> pl.DataFrame:
    """Add the column ``treatment_emergent`` to a table of adverse events.

    Parameters
    ----------
    events
        One row per event, as the table ``adverse_events`` of a study; day 1 is the day of the first dose.
    treated
        The subjects who had a dose; without it, everybody.
    last_dose
        subject_id and day of the last dose. Only used with a window; a subject without it has no limit.
    window_days
        Days after the last dose in which a new event still counts; without it there is no limit.
    unknown_worsening
        What an event from before treatment is that goes on, where one of its two severities is missing:
        ``worsened`` or ``not_worsened``. Without a column ``severity_before`` nothing counts as worsened.

    Returns
    -------
    polars.DataFrame
        The rows as given, with a flag that is never missing.

    Raises
    ------
    BadInput
        A severity or an option that is not known; a window without the days of the last dose.

    Notes
    -----
    The first case that applies decides: not treated: no. Ended before the first dose: no. Start missing: yes.
    Started on or after the first dose, and not after the last dose and the window: yes. Started before the first
    dose, ended on or after it or goes on, and the severity is above the one before: yes. Otherwise no.

    References
    ----------
    .. [1] pharmaverse/admiral, ``derive_var_trtemfl`` (PHUSE WP-087).

    Examples
    --------
    >>> events = pl.DataFrame({"subject_id": ["A"] * 3, "start_day": [-3, 1, None], "end_day": [-1, None, 5],
    ...                        "severity": ["mild"] * 3})
    >>> flag_treatment_emergent(events)["treatment_emergent"].to_list()
    [False, True, True]
    """
    options = {"unknown_worsening": unknown_worsening}
    known = {name: Option(**option) for name, option in load_data(*FILE)["options"].items()}
    chosen = settle("the treatment-emergent flag", known, options)["unknown_worsening"]
    frame = events if "end_day" in events.columns else events.with_columns(end_day=pl.lit(None, dtype=pl.Int64))
    frame = _with_last_day(frame, last_dose, window_days)
    start, end = pl.col("start_day"), pl.col("end_day")
    was_treated = pl.lit(value=True) if treated is None else pl.col("subject_id").is_in(list(treated))
    in_time = pl.col("_last").is_null() | (start <= pl.col("_last"))
    emergent = (
        pl.when(~was_treated | (end < FIRST_DOSE).fill_null(value=False))
        .then(statement=False)
        .when(start.is_null())
        .then(statement=True)
        .when(start >= FIRST_DOSE)
        .then(in_time)
        .otherwise(_worsened(frame, if_unknown=chosen == "worsened"))
    )
    flags = frame.select(emergent.alias("treatment_emergent")).to_series()
    return events.with_columns(flags)


def _with_last_day(frame: pl.DataFrame, last_dose: pl.DataFrame | None, window_days: int | None) -> pl.DataFrame:
    """Add the last day on which a new event counts as ``_last``; null where there is no limit."""
    if window_days is None:
        return frame.with_columns(_last=pl.lit(None, dtype=pl.Int64))
    if last_dose is None or window_days < 0:
        wanted = "0 or more days, and the days of the last dose"
        raise BadInput([Fault("bad_option", "the window after the last dose cannot be used", column="window_days",
                              got=f"{window_days}", expected=wanted)])  # fmt: skip
    last = last_dose.group_by("subject_id").agg(_last=pl.col("day").max().cast(pl.Int64) + window_days)
    return frame.join(last, on="subject_id", how="left", maintain_order="left")


def _worsened(frame: pl.DataFrame, *, if_unknown: bool) -> pl.Series:
    if "severity_before" not in frame.columns:
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, frame.height)
    before, now = (_rank(frame[name]) for name in ("severity_before", "severity"))
    return (now > before).fill_null(value=if_unknown)


def _rank(severity: pl.Series) -> pl.Series:
    """Return the place of each severity in the ascending order, counted from 0."""
    words = load_data(*FILE)["severities"]["ascending"]
    _check_severities(severity.drop_nulls().unique(maintain_order=True).to_list(), severity.name)
    return severity.replace_strict(words, list(range(len(words))), default=None, return_dtype=pl.Int64)


def _check_severities(found: Collection[str], column: str) -> None:
    words = load_data(*FILE)["severities"]["ascending"]
    faults = [
        Fault("unknown_choice", "the severity is not one of the known words", "adverse_events", column=column,
              got=f"'{word}'", expected=", ".join(words), hint=did_you_mean(word, words))
        for word in found
        if word not in words
    ]  # fmt: skip
    if faults:
        raise BadInput(faults)


@dataclass(frozen=True, slots=True)
class EventCounts:
    """How many events fit a description.

    Attributes
    ----------
    subjects
        Subjects with one event or more that fits.
    events
        Events that fit.
    unknown_events
        Events that may fit: something that decides is missing. They are in neither number.
    """

    subjects: int
    events: int
    unknown_events: int

    def _repr_html_(self) -> str:
        return html_table("Adverse events", list(self.to_dict()), [list(self.to_dict().values())])

    def to_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


def select_events(
    events: pl.DataFrame,
    *,
    treatment_emergent: bool | None = None,
    serious: bool | None = None,
    related: bool | None = None,
    severity: str | None = None,
) -> pl.DataFrame:
    """Return the events that fit a description for certain; what is ``None`` is not asked.

    Examples
    --------
    >>> events = pl.DataFrame({"subject_id": ["A", "A", "B"], "serious": [True, False, None]})
    >>> select_events(events, serious=True).height
    1
    """
    return events.filter(event_fits(treatment_emergent, serious, related, severity))


def count_events(
    events: pl.DataFrame,
    *,
    treatment_emergent: bool | None = None,
    serious: bool | None = None,
    related: bool | None = None,
    severity: str | None = None,
) -> EventCounts:
    """Count the events that fit a description, and the subjects who have one; what is ``None`` is not asked.

    Parameters
    ----------
    events
        The table ``adverse_events``, flagged by :func:`flag_treatment_emergent` where that is asked for.
    treatment_emergent, serious, related, severity
        What an event must be. Serious and severe are two different things.

    Examples
    --------
    >>> events = pl.DataFrame({"subject_id": ["A", "A", "B"], "serious": [True, True, None]})
    >>> count_events(events, serious=True)
    EventCounts(subjects=1, events=2, unknown_events=1)
    """
    fits = events.select("subject_id", fits=event_fits(treatment_emergent, serious, related, severity))
    sure = fits.filter(pl.col("fits"))
    return EventCounts(sure["subject_id"].n_unique(), sure.height, fits["fits"].null_count())


def event_fits(
    treatment_emergent: bool | None, serious: bool | None, related: bool | None, severity: str | None
) -> pl.Expr:
    """Return whether an event fits a description, three-valued: what is missing leaves open what nothing else decides.

    Examples
    --------
    >>> events = pl.DataFrame({"serious": [True, None, None], "related": [True, True, False]})
    >>> events.select(event_fits(None, True, True, None)).to_series().to_list()
    [True, None, False]
    """
    if severity is not None:
        _check_severities([severity], "severity")
    asked = {"treatment_emergent": treatment_emergent, "serious": serious, "related": related, "severity": severity}
    parts = [pl.col(name) == value for name, value in asked.items() if value is not None]
    return pl.all_horizontal(pl.lit(value=True), *parts)
