"""Derivations at visits: a rule met or not, a measure, its change."""

from typing import Any

import numpy as np
import polars as pl

from myotrial.endpoints.events import Struck, usable
from myotrial.endpoints.frame import Reasons, make_frame
from myotrial.model.condition import levels
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN, evaluate
from myotrial.model.panel import Panel
from myotrial.trials.outcomes import Outcome
from myotrial.trials.variables import Change, Response, Value, measures_of, names_of

LEFT_OUT = frozenset({"excluded", "in_denominator", "locf", "multiple_imputation"})
"""What becomes of an unknown response that is not counted as none: it has no value."""


def derive_response(outcome: Outcome, variable: Response, panel: Panel, columns: list[int]) -> list[pl.DataFrame]:
    """Return whether each subject responds at each visit, level by level."""
    ready = usable(outcome, panel, measures_of(variable))
    return [_response(outcome, ready, columns, rule, level) for level, rule in levels(variable.when)]


def judge_response(outcome: Outcome, rule: Any, panel: Panel, columns: list[int]) -> tuple[np.ndarray, Reasons]:
    """Return the answers after intercurrent events, and what decided where the data did not."""
    answer = evaluate(rule, panel, columns)
    reason = Reasons(answer.shape)
    for event, strategy in outcome.intercurrent.items():
        if strategy in {"hypothetical", "while_on_treatment"}:
            reason.put(panel.before(event, columns), f"{event}: {strategy}")
    for event, strategy in outcome.intercurrent.items():
        if strategy == "non_response":
            struck = panel.before(event, columns)
            reason.put(struck & (answer != NOT_MET), f"{event}: non_response")
            answer = np.where(struck, NOT_MET, answer)
    return answer, reason


def _response(outcome: Outcome, panel: Panel, columns: list[int], rule: Any, level: str | None) -> pl.DataFrame:
    answer, reason = judge_response(outcome, rule, panel, columns)
    unknown = answer == UNKNOWN
    reason.put(unknown & reason.absent(), f"missing: {outcome.missing_rule}")
    left_out = np.nan if outcome.missing_rule in LEFT_OUT else 0.0
    return make_frame(panel, columns, np.where(unknown, left_out, answer == MET), unknown, reason, level=level)


def derive_value(outcome: Outcome, variable: Value | Change, panel: Panel, columns: list[int]) -> list[pl.DataFrame]:
    """Return a measure, or its change, of each subject at each visit, measure by measure."""
    names = names_of(variable.of)
    ready, struck = usable(outcome, panel, names), Struck.of(outcome, panel)
    several = not isinstance(variable.of, str)
    return [_value(outcome, variable, name, ready, struck, columns, name if several else None) for name in names]


def _value(
    outcome: Outcome,
    variable: Value | Change,
    name: str,
    panel: Panel,
    struck: Struck,
    columns: list[int],
    part: str | None,
) -> pl.DataFrame:
    value = take_values(variable, name, panel)[:, columns]
    lost = np.isnan(value)
    reason = Reasons(value.shape)
    reason.put(lost, f"missing: {outcome.missing_rule}")
    for event, strategy in outcome.intercurrent.items():
        after = panel.before(event, columns)
        if strategy == "hypothetical":
            reason.put(after & struck.hypothetical[:, columns] & lost, f"{event}: hypothetical")
        elif strategy == "while_on_treatment":
            reason.put(after & ~lost, f"{event}: while_on_treatment")
    return make_frame(panel, columns, value, lost, reason, part=part)


def take_values(variable: Value | Change, name: str, panel: Panel) -> np.ndarray:
    """Return the measure, or its change, at every visit, shape (subjects, visits); NaN where it is not known."""
    value = panel.grids[name].value
    if not isinstance(variable, Change):
        return value
    first = panel.baseline if variable.from_week is None else panel.column(variable.from_week)
    change = np.asarray(np.round(value - value[:, [first]], 9))  # without the dust of doubles: 1.1 - 0.6 is 0.5
    return -change if variable.toward_better and panel.grids[name].better == "lower" else change
