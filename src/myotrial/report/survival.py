"""Kaplan-Meier figures: the share that has had the event, with the numbers at risk."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from myotrial.analysis.results import Results
from myotrial.report.charts import Look, kaplan_meier, to_svg
from myotrial.report.figure_parts import Figure, arm_labels, level_title
from myotrial.report.findings import versus
from myotrial.report.labels import arm_name
from myotrial.report.numbers import NOT_ESTIMABLE, write_count, write_level, write_percent
from myotrial.report.words import Row, comparison_line, known
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome

AT_RISK_STEP = 8


def survival_figures(trial: TrialDefinition, results: Results) -> list[Figure]:
    """Chart each time-to outcome at each level, with the numbers at risk."""
    figures: list[Figure] = []
    for outcome in trial.outcomes:
        if outcome.variable.kind != "time_to":
            continue
        curves = results.curves.filter(pl.col("outcome") == outcome.id)
        for level in curves["level"].unique(maintain_order=True).to_list():
            chosen = curves.filter(pl.col("level").eq_missing(pl.lit(level, dtype=pl.String)))
            figures.append(_survival_figure(trial, results, outcome, level, chosen.to_dicts(), len(figures) + 1))
    return figures


def _survival_figure(
    trial: TrialDefinition, results: Results, outcome: Outcome, level: str | None, steps: list[Row], number: int
) -> Figure:
    look = Look.of(trial, arm_labels(trial, steps))
    rows = [row for row in results.outcome(outcome.id).to_dicts() if row["level"] == level]
    goal = level_title(trial, outcome, level or "")
    title = f"Kaplan–Meier estimate of the time to {goal}" if goal else outcome.name
    title += f" ({outcome.registered.time_frame})" if outcome.registered else ""
    drawn = [
        {"week": step["day"] / 7, "arm": arm_name(trial, step["arm"]), "share": _one_less(step["survival"]),
         "low": _one_less(step["high"]), "high": _one_less(step["low"]), "censored": step["censored"] or 0}
        for step in steps if known(step["survival"])
    ]  # fmt: skip
    svg = ""
    if drawn:
        risk = _numbers_at_risk(trial, steps, look)
        chart = kaplan_meier(drawn, risk, look, "Share that has reached it" if goal else "Share with the event")
        svg = to_svg(chart, look, f"km-{number}", title, _survival_words(trial, rows))
    level_text = write_level(next((row["conf_level"] for row in rows if row["conf_level"]), trial.conf_level))
    caption = f"{title}: share of subjects who have reached it, with {level_text} interval (outcome {outcome.id})."
    note = "Upright ticks mark subjects whose follow-up ends there."
    note += "".join(f" {_test_words(trial, row)}." for row in rows if row["statistic"] in {"log_rank", "cox"})
    columns = ("Arm", "Day", "At risk", "Reached", "Censored", "Share that has reached it", f"{level_text} interval")
    return Figure(f"figure-km-{number}", svg, caption, note, columns, tuple(_step(trial, step) for step in steps),
                  tuple(steps))  # fmt: skip


def _test_words(trial: TrialDefinition, row: Row) -> str:
    line = comparison_line(row, 1, versus(trial, row))
    return f"{line.text()} ({line.warning})" if line.warning else line.text()


def _survival_words(trial: TrialDefinition, rows: Sequence[Row]) -> str:
    medians = [row for row in rows if row["statistic"] == "median_time"]
    told = [
        f"{arm_name(trial, row['arm'])}: median {write_count(row['estimate'])} days"
        if known(row["estimate"])
        else f"{arm_name(trial, row['arm'])}: median {NOT_ESTIMABLE}"
        for row in medians
    ]
    return f"{'; '.join(told) or 'Curves by arm'}. All steps are in the table below the figure."


def _numbers_at_risk(trial: TrialDefinition, steps: Sequence[Row], look: Look) -> list[dict[str, Any]]:
    """Count those still followed just before each tick."""
    last = max(step["day"] for step in steps) / 7
    step_weeks = AT_RISK_STEP if last > 24 else 4
    weeks = range(0, int(last + 1e-9) + 1, step_weeks)
    found = []
    for arm in look.arms:
        own = [step for step in steps if arm_name(trial, step["arm"]) == arm]
        for week in weeks:
            later = next((step for step in own if step["day"] >= week * 7), None)
            after = own[-1]
            left = (after["at_risk"] or 0) - (after["events"] or 0) - (after["censored"] or 0)
            found.append({"week": week, "arm": arm, "n": left if later is None else later["at_risk"]})
    return found


def _step(trial: TrialDefinition, step: Row) -> tuple[str, ...]:
    low, high = _one_less(step["high"]), _one_less(step["low"])
    interval = "–" if low is None or high is None else f"{write_percent(low)} to {write_percent(high)}"
    return (
        arm_name(trial, step["arm"]), write_count(step["day"]), write_count(step["at_risk"]),
        write_count(step["events"]), write_count(step["censored"]), write_percent(_one_less(step["survival"])),
        interval,
    )  # fmt: skip


def _one_less(share: float | None) -> float | None:
    return None if share is None else round(1 - share, 12)
