"""Where a conclusion would turn: the missing made worse, or better, step by step."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from myotrial import statistics
from myotrial.analysis.groups import Row
from myotrial.analysis.imputing import draw_missing
from myotrial.endpoints.panel import Prepared
from myotrial.statistics.imputation import estimate_imputed_difference
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.estimands import Imputation
from myotrial.trials.outcomes import Outcome
from myotrial.trials.variables import names_of

STEPS = 41
"""The most numbers of successes that are tried in an arm; with more missing, evenly spaced ones."""

DEFAULT = Imputation(method="mar", draws=100, seed=1)
"""How values are drawn where the outcome does not say."""


def tipping_rows(trial: TrialDefinition, outcome: Outcome, prepared: Prepared, derived: pl.DataFrame) -> list[Row]:
    """Return the comparison of the arms under every assumption on the missing that the outcome asks for.

    Parameters
    ----------
    trial, outcome
        The definition, and an outcome with a ``tipping_point``.
    prepared
        The study.
    derived
        The outcome's derivation.

    Returns
    -------
    list of dict
        One row per assumption: ``shift_arm`` and ``shift_reference`` (successes among the missing of the arm and of the
        reference; or the delta added to what is drawn for the arm), estimate, low, high, p_value, significant and
        ``turns`` (whether the conclusion is another than that of the first row, which is the main one).
    """
    if outcome.variable.kind == "response":
        return list(_by_counts(trial, outcome, derived))
    return list(_by_delta(trial, outcome, prepared))


def _by_counts(trial: TrialDefinition, outcome: Outcome, derived: pl.DataFrame) -> Iterator[Row]:
    assert outcome.tipping_point is not None  # noqa: S101
    alpha = outcome.tipping_point.alpha
    last = derived.filter(pl.col("week") == derived["week"].max())
    for level in last["level"].unique(maintain_order=True).to_list():
        rows = last.filter(pl.col("level").eq_missing(pl.lit(level)))
        for arm in [arm.id for arm in trial.arms if arm.id != trial.reference]:
            yes1, lost1, n1 = _counts(rows, arm)
            yes0, lost0, n0 = _counts(rows, str(trial.reference))
            if not (n1 and n0):
                continue
            main: bool | None = None
            pairs = [(0, 0), *((a, b) for b in _steps(lost0) for a in _steps(lost1) if a or b)]
            for a, b in pairs:
                found = statistics.estimate_risk_difference(yes1 + a, n1, yes0 + b, n0, "newcombe", 1 - alpha)
                p_value = statistics.estimate_fisher(yes1 + a, n1, yes0 + b, n0, 1 - alpha).p_value
                significant = p_value is not None and p_value <= alpha
                main = significant if main is None else main
                yield {
                    "outcome": outcome.id, "part": None, "level": level, "week": rows["week"][0], "arm": arm,
                    "reference": trial.reference, "shift_arm": float(a), "shift_reference": float(b),
                    "missing_arm": lost1, "missing_reference": lost0, "estimate": found.value, "low": found.low,
                    "high": found.high, "p_value": p_value, "significant": significant, "turns": significant != main,
                    "method": "successes among the missing; difference with Newcombe's interval, Fisher's exact test",
                }  # fmt: skip


def _counts(rows: pl.DataFrame, arm: str) -> tuple[int, int, int]:
    """Return the known responders of an arm, those whose answer is unknown, and all."""
    mine = rows.filter(pl.col("arm") == arm)
    known = mine.filter(~pl.col("unknown"))
    return int(known["value"].sum() or 0), mine.height - known.height, mine.height


def _steps(lost: int) -> list[int]:
    """Return the numbers of successes that are tried among the missing, from none to all."""
    return sorted({round(step) for step in np.linspace(0, lost, min(lost + 1, STEPS))})


def _by_delta(trial: TrialDefinition, outcome: Outcome, prepared: Prepared) -> Iterator[Row]:
    assert outcome.tipping_point is not None  # noqa: S101
    alpha = outcome.tipping_point.alpha
    planned = next((entry.imputation for entry in outcome.sensitivity if entry.imputation), None)
    how = (outcome.imputation or planned or DEFAULT).model_copy(update={"delta": 0.0})
    drawn = outcome.model_copy(update={"missing": "multiple_imputation", "imputation": how})
    for name in names_of(getattr(outcome.variable, "of", ())):
        try:
            draws = draw_missing(trial, drawn, prepared, name)
        except ValueError:
            continue  # why is told by the rows of the outcome itself
        main: bool | None = None
        arm = next(arm.id for arm in trial.arms if arm.id != trial.reference)
        week = float(prepared.panel.weeks[draws.columns[-1]])
        for delta in sorted({0.0, *outcome.tipping_point.deltas}, key=abs):
            found = estimate_imputed_difference(draws.data.add_delta(delta), conf_level=1 - alpha)
            significant = found.p_value <= alpha
            main = significant if main is None else main
            lost = draws.data.missing[:, -1]
            yield {
                "outcome": outcome.id, "part": name, "level": None, "week": week, "arm": arm,
                "reference": trial.reference, "shift_arm": delta, "shift_reference": 0.0,
                "missing_arm": int((lost & draws.data.treated).sum()),
                "missing_reference": int((lost & ~draws.data.treated).sum()), "estimate": found.value,
                "low": found.low, "high": found.high, "p_value": found.p_value, "significant": significant,
                "turns": significant != main, "method": f"delta added to what is drawn; {draws.data.method}",
            }  # fmt: skip
