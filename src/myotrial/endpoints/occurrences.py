"""Derivations of events: whether one happened to a subject, how many, and in what exposure."""

import numpy as np
import polars as pl

from myotrial.endpoints.doses import LEFT
from myotrial.endpoints.frame import Reasons, make_frame
from myotrial.endpoints.grids import place_of
from myotrial.endpoints.panel import Prepared
from myotrial.endpoints.times import end_day
from myotrial.instruments.treatments.adverse_events import event_fits, flag_treatment_emergent
from myotrial.instruments.treatments.adverse_events_table import treatment_taken
from myotrial.model.data import load_data
from myotrial.model.panel import Panel
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome
from myotrial.trials.variables import ADVERSE_EVENT, DOSE, EventFilter, Occurrence, Rate

DAYS_PER_YEAR = 365.25


def derive_occurrence(
    trial: TrialDefinition, outcome: Outcome, variable: Occurrence, prepared: Prepared, columns: list[int]
) -> list[pl.DataFrame]:
    """Return to whom the event happened from the first treatment to the end of the time frame, both included."""
    panel = prepared.panel
    end = end_day(trial, outcome, panel, columns)
    reason = Reasons(end.shape)
    if variable.of == ADVERSE_EVENT:
        sure, possible = _count_events(trial, prepared, variable.where, end)
        happened, unknown = sure > 0, (sure == 0) & (possible > 0)
        reason.put(unknown, "missing: what decides of an adverse event is not recorded")
    elif variable.of == "rescue_tapered":
        happened, unknown = _tapered(prepared, end)
        reason.put(unknown, "missing: no dose of the rescue is recorded")
    else:
        day = panel.first_day.get(variable.of, np.full(end.shape, np.inf))
        happened = (day >= 1) & (day <= end)
        unknown = ~happened & _dose_unknown(variable, panel, columns)
        reason.put(unknown, "missing: no dose is recorded up to the end of the time frame")
    return [make_frame(panel, columns[-1:], happened.astype(np.float64), unknown, reason)]


def _dose_unknown(variable: Occurrence, panel: Panel, columns: list[int]) -> np.ndarray:
    """Return of whom the doses end before the time frame, where the event is found from them, shape (subjects,)."""
    if variable.of != "taper_start":
        return np.zeros(len(panel.subjects), dtype=bool)
    return np.asarray(np.isnan(panel.grids[DOSE].value[:, columns[-1]]))


def _tapered(prepared: Prepared, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    panel = prepared.panel
    tapered, known = np.zeros((2, len(panel.subjects)), dtype=bool)
    if prepared.doses is None:
        return tapered, ~known
    subjects = pl.Series(panel.subjects)
    end = np.min([end, *(panel.first_day[event] for event in LEFT)], axis=0)  # nobody records a dose after leaving
    day = pl.Series(np.where(np.isinf(end), 2**40, end).astype(np.int64))
    found = prepared.doses.tapered(pl.DataFrame({"subject_id": subjects, "day": day}))
    places = place_of(found["subject_id"], subjects)
    tapered[places] = found["tapered"].fill_null(value=False).to_numpy()
    known[places] = found["tapered"].is_not_null().to_numpy()
    return tapered, ~known


def derive_rate(
    trial: TrialDefinition, outcome: Outcome, variable: Rate, prepared: Prepared, columns: list[int]
) -> list[pl.DataFrame]:
    """Return each subject's events that fit and the exposure in which they could happen, severity by severity."""
    panel = prepared.panel
    end = end_day(trial, outcome, panel, columns)
    exposure = _exposure(prepared, variable, end)
    severities = load_data("treatments", "adverse-events.yaml")["severities"]["ascending"] if variable.by else [None]
    frames = []
    for severity in severities:
        where = variable.where.model_copy(update={"severity": severity}) if severity else variable.where
        sure, possible = _count_events(trial, prepared, where, end)
        frames.append(
            make_frame(panel, columns[-1:], sure, possible > sure, exposure=exposure, part=severity)
        )  # fmt: skip
    return frames


def _count_events(
    trial: TrialDefinition, prepared: Prepared, where: EventFilter, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return how many adverse events of each subject fit for certain, and how many may, shape (subjects,)."""
    study, panel = prepared.study, prepared.panel
    taken = treatment_taken(study)
    events = flag_treatment_emergent(
        study.adverse_events,
        treated=taken["subject_id"].unique().to_list() if taken.height else None,
        last_dose=taken if taken.height else None,
        window_days=trial.adverse_events.window_days,
        unknown_worsening=trial.adverse_events.unknown_worsening,
    )
    fits = events.select(
        "subject_id",
        "start_day",
        fits=event_fits(where.treatment_emergent, where.serious, where.related, where.severity),
    )
    place = place_of(fits["subject_id"], pl.Series(panel.subjects))
    start = fits["start_day"].cast(pl.Float64).to_numpy()
    in_time = ~(start > end[place])  # an event without a first day is not left out
    sure, possible = np.zeros((2, len(panel.subjects)))
    np.add.at(sure, place[in_time & fits["fits"].fill_null(value=False).to_numpy()], 1)
    np.add.at(possible, place[in_time & fits["fits"].fill_null(value=True).to_numpy()], 1)
    return sure, possible


def _exposure(prepared: Prepared, variable: Rate, end: np.ndarray) -> np.ndarray:
    """Return each subject's days with an infusion, or years of follow-up, up to the end, shape (subjects,)."""
    panel = prepared.panel
    if variable.per == "subject_year":
        return _years(panel, end)
    days = prepared.study.infusions.select("subject_id", "day").drop_nulls().unique()
    exposure = np.zeros(len(panel.subjects))
    if days.height:
        place = place_of(days["subject_id"], pl.Series(panel.subjects))
        np.add.at(exposure, place[days["day"].cast(pl.Float64).to_numpy() <= end[place]], 1)
    return exposure


def _years(panel: Panel, end: np.ndarray) -> np.ndarray:
    ends = [end, panel.first_day["discontinued_study"], panel.first_day["death"]]
    if panel.last_day is not None:
        ends.append(panel.last_day)
    last = np.min(ends, axis=0)
    last = np.where(np.isinf(last), panel.day[:, -1], last)
    return np.maximum(last, 0.0) / DAYS_PER_YEAR
