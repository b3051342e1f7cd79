"""From an outcome's definition to one row per subject (and visit, and level)."""

from typing import Any

import numpy as np
import polars as pl

from myotrial.model.condition import levels
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN, evaluate
from myotrial.model.panel import Panel
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Change, Occurrence, Outcome, Response, TimeTo

SCHEMA: dict[str, Any] = {
    "subject_id": pl.String,
    "arm": pl.String,
    "level": pl.String,  # of a list of thresholds, else null
    "week": pl.Float64,  # the visit it is judged at
    "value": pl.Float64,  # 1 or 0 for a response; the measure; the days; null where left out
    "event": pl.Boolean,  # of a time: whether the rule was met (else censored)
    "unknown": pl.Boolean,  # whether the data do not say
    "reason": pl.String,  # the event or the rule that decided, where the data did not
}
"""The columns of a derivation, in order."""


def derive_outcome(trial: TrialDefinition, outcome: Outcome, panel: Panel) -> pl.DataFrame:
    """Derive one outcome for every subject of its population.

    Parameters
    ----------
    trial, outcome
        The definition and one of its outcomes.
    panel
        The study on the definition's grid, from :func:`myotrial.endpoints.panel.prepare`.

    Returns
    -------
    polars.DataFrame
        One row per subject, level and visit, columns ``SCHEMA``. Nobody of the population is left out: a
        subject who cannot be used has a null value and a reason.
    """
    columns = [panel.column(week) for week in trial.weeks_of(outcome)]
    keep = _population(trial, outcome, panel)
    variable = outcome.variable
    if isinstance(variable, Response):
        frames = [_response(outcome, panel, columns, rule, level) for level, rule in levels(variable.when)]
    elif isinstance(variable, TimeTo):
        frames = [_time_to(outcome, panel, columns, rule, level) for level, rule in levels(variable.first)]
    elif isinstance(variable, Occurrence):
        frames = [_occurrence(trial, outcome, variable, panel, columns)]
    else:
        frames = [_value(outcome, panel, columns)]
    return pl.concat(frames).filter(pl.col("subject_id").is_in(panel.subjects[keep].tolist()))


def _population(trial: TrialDefinition, outcome: Outcome, panel: Panel) -> np.ndarray:
    population = next(entry for entry in trial.populations if entry.id == outcome.population)
    if population.with_visit_after_baseline:
        return np.asarray(panel.seen[:, panel.baseline + 1 :].any(axis=1))
    return np.ones(len(panel.subjects), dtype=bool)


def _response(outcome: Outcome, panel: Panel, columns: list[int], rule: Any, level: str | None) -> pl.DataFrame:
    answer = evaluate(rule, panel, columns)
    reason = np.full(answer.shape, None, dtype=object)
    order = sorted(outcome.intercurrent.items(), key=lambda item: item[1] == "non_response")  # which has the last word
    for event, strategy in order:
        struck = panel.before(event, columns)
        if strategy == "non_response":
            reason[struck & (answer != NOT_MET)] = f"{event}: non_response"
            answer = np.where(struck, NOT_MET, answer)
        elif strategy == "hypothetical":
            reason[struck] = f"{event}: hypothetical"
            answer = np.where(struck, UNKNOWN, answer)
    unknown = answer == UNKNOWN
    reason[unknown & (reason == None)] = f"missing: {outcome.missing_rule}"  # noqa: E711  (elementwise)
    left_out = np.nan if outcome.missing_rule == "excluded" else 0.0
    value = np.where(unknown, left_out, answer == MET)
    return _frame(panel, columns, value, unknown, reason, level)


def _value(outcome: Outcome, panel: Panel, columns: list[int]) -> pl.DataFrame:
    variable = outcome.variable
    name = getattr(variable, "of", "")
    grid = panel.grids[name].value
    value = grid[:, columns]
    if isinstance(variable, Change):
        value = _exact_difference(value, grid[:, [panel.baseline]])
    reason = np.full(value.shape, None, dtype=object)
    reason[np.isnan(value)] = f"missing: {outcome.missing_rule}"
    for event, strategy in outcome.intercurrent.items():
        if strategy == "hypothetical":
            struck = panel.before(event, columns) & ~np.isnan(value)
            reason[struck] = f"{event}: hypothetical"
            value = np.where(struck, np.nan, value)
    return _frame(panel, columns, value, np.isnan(value), reason, None)


def _exact_difference(value: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Subtract decimals without the dust of doubles: 1.1 - 0.6 is 0.5."""
    return np.asarray(np.round(value - start, 9))


def _occurrence(
    trial: TrialDefinition, outcome: Outcome, variable: Occurrence, panel: Panel, columns: list[int]
) -> pl.DataFrame:
    """Return to whom the event happened from the first treatment to the end of the time frame, both included."""
    last = columns[-1:]
    end = np.maximum(panel.day[:, last], trial.schedule.nominal_day(outcome.time_frame.to_week))
    day = panel.first_day[variable.of][:, None]
    value = ((day >= 1) & (day <= end)).astype(np.float64)
    nothing = np.full(value.shape, None, dtype=object)
    return _frame(panel, last, value, np.zeros(value.shape, dtype=bool), nothing, None)


def _time_to(outcome: Outcome, panel: Panel, columns: list[int], rule: Any, level: str | None) -> pl.DataFrame:
    """Return days to the first visit at which the rule is met, or until the last visit whose answer is known."""
    answer, days = evaluate(rule, panel, columns), panel.day[:, columns]
    end = panel.day[:, columns[-1]]
    met, known = answer == MET, answer != UNKNOWN
    last_known = np.where(known, days, 0.0).max(axis=1, initial=0.0)
    time = np.where(met.any(axis=1), np.where(met, days, np.inf).min(axis=1), last_known)
    event = met.any(axis=1)
    reason = np.full(event.shape, None, dtype=object)
    reason[~event] = "censored at the last visit whose answer is known"
    reached, decided = time, np.where(event, time, end)  # the earliest event decides, whatever came after it
    for name, strategy in outcome.intercurrent.items():
        day = np.maximum(panel.first_day[name], 0.0)
        struck = day < decided
        if strategy == "treatment_policy":
            continue
        time = np.where(struck, np.minimum(day, reached) if strategy == "censor" else end, time)
        event, decided = event & ~struck, np.where(struck, day, decided)
        reason[struck] = f"{name}: {strategy}"
    frame = _frame(panel, columns[-1:], time[:, None], ~known.any(axis=1)[:, None], reason[:, None], level)
    return frame.with_columns(event=pl.Series(event))


def _frame(
    panel: Panel, columns: list[int], value: np.ndarray, unknown: np.ndarray, reason: np.ndarray, level: str | None
) -> pl.DataFrame:
    visits = len(columns)
    return pl.DataFrame(
        {
            "subject_id": np.repeat(panel.subjects, visits),
            "arm": np.repeat(panel.arm, visits),
            "level": pl.Series([level], dtype=pl.String).new_from_index(0, value.size),
            "week": np.tile(panel.weeks[columns], len(panel.subjects)),
            "value": pl.Series(value.ravel(), nan_to_null=True),
            "event": pl.Series([None], dtype=pl.Boolean).new_from_index(0, value.size),
            "unknown": unknown.ravel(),
            "reason": pl.Series(reason.ravel().tolist(), dtype=pl.String),
        },
        schema=SCHEMA,
    )
