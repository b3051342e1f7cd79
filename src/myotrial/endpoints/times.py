"""Derivations over time: days to a rule or an event, episodes, occurrences, events and their exposure."""

from typing import Any

import numpy as np
import polars as pl

from myotrial.endpoints.frame import Reasons, make_frame
from myotrial.endpoints.panel import Prepared
from myotrial.model.condition import Happened, levels
from myotrial.model.evaluate import MET, UNKNOWN, evaluate
from myotrial.model.panel import Panel
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome
from myotrial.trials.variables import EpisodeCount, TimeTo

NO_VISIT = "no visit after baseline"


def derive_time(outcome: Outcome, variable: TimeTo, panel: Panel, columns: list[int]) -> list[pl.DataFrame]:
    """Return days to the first visit at which the rule is met, or to the first event, level by level."""
    if isinstance(variable.first, Happened):
        return [_time_to_event(outcome, variable.first, panel, columns)]
    return [_time_to_rule(outcome, panel, columns, rule, level) for level, rule in levels(variable.first)]


def _time_to_rule(outcome: Outcome, panel: Panel, columns: list[int], rule: Any, level: str | None) -> pl.DataFrame:
    """Return days to the first visit at which the rule is met, or until the last visit whose answer is known."""
    answer, days = evaluate(rule, panel, columns), panel.day[:, columns]
    met, known = answer == MET, answer != UNKNOWN
    last_known = np.where(known, days, 0.0).max(axis=1, initial=0.0)
    time = np.where(met.any(axis=1), np.where(met, days, np.inf).min(axis=1), last_known)
    reason = Reasons(time.shape)
    reason.put(~met.any(axis=1), "censored at the last visit whose answer is known")
    return _censored(outcome, panel, columns, time, met.any(axis=1), reason, ~known.any(axis=1), level)


def _time_to_event(outcome: Outcome, leaf: Happened, panel: Panel, columns: list[int]) -> pl.DataFrame:
    """Return days to the first event, or until the end of the time frame or of the subject's follow-up."""
    day, end = panel.first_day[leaf.event], panel.day[:, columns[-1]]
    ends = [end, panel.first_day["discontinued_study"], panel.first_day["death"]]
    if panel.last_day is not None:
        ends.append(panel.last_day)
    last = np.maximum(np.min(ends, axis=0), 0.0)
    event = day <= last
    reason = Reasons(day.shape)
    reason.put(~event, "censored at the end of the time frame")
    reason.put(~event & (last < end), "censored at the end of follow-up")
    nothing = np.zeros(day.shape, dtype=bool)
    return _censored(outcome, panel, columns, np.where(event, day, last), event, reason, nothing, None)


def _censored(
    outcome: Outcome,
    panel: Panel,
    columns: list[int],
    time: np.ndarray,
    event: np.ndarray,
    reason: Reasons,
    unknown: np.ndarray,
    level: str | None,
) -> pl.DataFrame:
    """Apply the strategies for intercurrent events: the earliest event decides, whatever came after it."""
    end = panel.day[:, columns[-1]]
    reached, decided = time, np.where(event, time, end)
    for name, strategy in outcome.intercurrent.items():
        if strategy == "treatment_policy":
            continue
        day = np.maximum(panel.first_day[name], 0.0)
        struck = day < decided
        time = np.where(struck, np.minimum(day, reached) if strategy == "censor" else end, time)
        event, decided = event & ~struck, np.where(struck, day, decided)
        reason.put(struck, f"{name}: {strategy}")
    one = columns[-1:]
    return make_frame(panel, one, time, unknown, reason, level=level, event=event)


def derive_count(
    trial: TrialDefinition, outcome: Outcome, variable: EpisodeCount, prepared: Prepared, columns: list[int]
) -> list[pl.DataFrame]:
    """Return how many episodes of a rule each subject had; the fewest where what is missing leaves it open."""
    panel = prepared.panel
    until = while_on_treatment(outcome, panel)
    source = prepared.episodes[variable.of]
    low, high = source.count(len(panel.subjects), until, trial.end_week(outcome))
    nobody = np.isnan(low)
    reason = Reasons(low.shape)
    reason.put(low != high, "missing: the fewest that the data allow")
    reason.put(nobody, NO_VISIT)
    return [make_frame(panel, columns[-1:], np.where(nobody, 0.0, low), nobody | (low != high), reason)]


def while_on_treatment(outcome: Outcome, panel: Panel) -> np.ndarray:
    """Return the last day on which what happens counts, infinity where there is no limit, shape (subjects,)."""
    days = [panel.first_day[event] for event, rule in outcome.intercurrent.items() if rule == "while_on_treatment"]
    return np.min(days, axis=0) if days else np.full(len(panel.subjects), np.inf)


def end_day(trial: TrialDefinition, outcome: Outcome, panel: Panel, columns: list[int]) -> np.ndarray:
    """Return the last day of an outcome's time frame: of its last visit as recorded, else the nominal one.

    Infinity for a time frame without an end; no later than while on treatment, where that is the strategy.
    """
    limit = while_on_treatment(outcome, panel)
    if outcome.time_frame.to_week is None:
        return limit
    nominal = trial.schedule.nominal_day(outcome.time_frame.to_week)
    last = panel.day[:, columns[-1]]
    at_end = panel.weeks[columns[-1]] == outcome.time_frame.to_week
    return np.asarray(np.minimum(last if at_end else np.maximum(last, nominal), limit))
