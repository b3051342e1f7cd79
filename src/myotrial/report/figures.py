"""The figures of a report: each an SVG, a caption, and the same numbers as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from myotrial.analysis.results import Results
from myotrial.report.charts import Look, kaplan_meier, over_time, stacked, to_svg
from myotrial.report.numbers import (
    NOT_ESTIMABLE,
    write_count,
    write_level,
    write_number,
    write_percent,
    write_week,
)
from myotrial.report.outcome_table import decimals
from myotrial.report.words import Row, write_interval
from myotrial.study.tables import load_tables
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome

MEASURES = {"tis": "Total Improvement Score"}
AT_RISK_STEP = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn figure with its table twin; ``svg`` is empty where there is nothing to draw."""

    id: str
    svg: str
    caption: str
    note: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def measure_label(name: str) -> str:
    """Return what a measure or a score is called."""
    columns = {column.name: column.label for column in load_tables()["visits"].columns}
    return MEASURES.get(name) or columns.get(name) or name.replace("_", " ")


def mean_figures(trial: TrialDefinition, results: Results) -> list[Figure]:
    """Chart the mean of each measure by visit and arm, over the longest time frame that an outcome gives it."""
    longest: dict[tuple[str, str], Outcome] = {}
    for outcome in trial.outcomes:
        if outcome.at != "each_visit" or outcome.variable.kind not in {"value", "change"}:
            continue
        key = (outcome.variable.kind, str(getattr(outcome.variable, "of", "")))
        if key not in longest or len(trial.weeks_of(outcome)) > len(trial.weeks_of(longest[key])):
            longest[key] = outcome
    figures = [_mean_figure(trial, results, outcome) for outcome in longest.values()]
    return [figure for figure in figures if figure is not None]


def _mean_figure(trial: TrialDefinition, results: Results, outcome: Outcome) -> Figure | None:
    rows = _rows(results, outcome, "mean")
    if not rows:
        return None
    measure = str(getattr(outcome.variable, "of", ""))
    label = measure_label(measure)
    label = f"Change in {label[:1].lower()}{label[1:]}" if outcome.variable.kind == "change" else label
    level = write_level(rows[0]["conf_level"])
    look = Look.of(trial, _arm_labels(trial, rows))
    is_tis = measure == "tis" and outcome.variable.kind == "value"
    top = max([row["high"] or row["estimate"] or 0 for row in rows] + [60])
    title = f"{label} by arm and visit"
    svg = ""
    if any(row["estimate"] is not None for row in rows):
        chart = over_time(_points(trial, rows), look, f"Mean {label[:1].lower() if not is_tis else label[:1]}{label[1:]}",
                          domain=(0, 10 * -(-top // 10)) if is_tis else None)  # fmt: skip
        svg = to_svg(
            chart, look, f"mean-{_slug(trial, outcome)}", title, _describe(trial, rows, decimals(trial, outcome.id))
        )
    return Figure(
        id=f"figure-mean-{_slug(trial, outcome)}",
        svg=svg,
        caption=f"{title}: mean with {level} interval (outcome {outcome.id}).",
        note=_crossover_note(trial, rows),
        columns=("Week", "Arm", "n", "Mean", f"{level} interval"),
        rows=_table(trial, rows, decimals(trial, outcome.id)),
    )


def responder_figures(trial: TrialDefinition, results: Results) -> list[Figure]:
    """Chart the share of responders by visit and arm, one panel for each threshold."""
    figures = []
    for outcome in trial.outcomes:
        rows = _rows(results, outcome, "proportion") if outcome.at == "each_visit" else []
        if not rows or outcome.variable.kind != "response":
            continue
        look = Look.of(trial, _arm_labels(trial, rows))
        levels = list(dict.fromkeys(row["level"] or "" for row in rows))
        panels = []
        for place, level in enumerate(levels):
            chosen = [row for row in rows if (row["level"] or "") == level]
            panels.append(
                over_time(_points(trial, chosen), look, "Responders", domain=(0, 1), percent=True,
                          height=260 if len(levels) == 1 else 165, title=_level_title(trial, outcome, level),
                          week_title="Week" if place == len(levels) - 1 else None)
            )  # fmt: skip
        name = f"responders-{_slug(trial, outcome)}"
        title = f"{outcome.name}, by arm and visit"
        drawn = any(row["estimate"] is not None for row in rows)
        svg = to_svg(stacked(panels), look, name, title, _describe(trial, rows, 1)) if drawn else ""
        level = write_level(rows[0]["conf_level"])
        caption = f"Responders by arm and visit: share with {level} interval (outcome {outcome.id})."
        columns = ("Threshold", "Week", "Arm", "n", "Responders", f"{level} interval")
        table = tuple((row["level"] or "–", *cells) for row, cells in zip(rows, _table(trial, rows, 1), strict=True))
        figures.append(Figure(f"figure-{name}", svg, caption, _crossover_note(trial, rows), columns, table))
    return figures


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
    look = Look.of(trial, _arm_labels(trial, steps))
    rows = [row for row in results.outcome(outcome.id).to_dicts() if row["level"] == level]
    test = next((row for row in rows if row["statistic"] == "log_rank"), None)
    goal = _level_title(trial, outcome, level or "")
    title = f"Kaplan–Meier estimate of the time to {goal}" if goal else outcome.name
    drawn = [
        {"week": step["day"] / 7, "arm": trial.arm_label(step["arm"]), "share": _one_less(step["survival"]),
         "low": _one_less(step["high"]), "high": _one_less(step["low"]), "censored": step["censored"] or 0}
        for step in steps if step["survival"] is not None
    ]  # fmt: skip
    svg = ""
    if drawn:
        risk = _numbers_at_risk(trial, steps, look)
        chart = kaplan_meier(drawn, risk, look, "Reached" if goal else "With the event")
        svg = to_svg(chart, look, f"km-{number}", title, _survival_words(trial, rows))
    level_text = write_level(next((row["conf_level"] for row in rows if row["conf_level"]), trial.conf_level))
    caption = f"{title}: share of subjects who have reached it, with {level_text} interval (outcome {outcome.id})."
    note = "Upright ticks mark subjects whose follow-up ends there."
    if test is not None:
        note += f" {_test_words(test)}."
    columns = ("Arm", "Day", "At risk", "Reached", "Censored", "Share that has reached it", f"{level_text} interval")
    return Figure(f"figure-km-{number}", svg, caption, note, columns, tuple(_step(trial, step) for step in steps))


def _test_words(row: Row) -> str:
    from myotrial.report.words import comparison_line  # noqa: PLC0415

    line = comparison_line(row, 1)
    return f"{line.text()} ({line.warning})" if line.warning else line.text()


def _survival_words(trial: TrialDefinition, rows: Sequence[Row]) -> str:
    medians = [row for row in rows if row["statistic"] == "median_time"]
    told = [
        f"{trial.arm_label(row['arm'])}: median {write_count(row['estimate'])} days"
        if row["estimate"] is not None
        else f"{trial.arm_label(row['arm'])}: median {NOT_ESTIMABLE}"
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
        own = [step for step in steps if trial.arm_label(step["arm"]) == arm]
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
        trial.arm_label(step["arm"]), write_count(step["day"]), write_count(step["at_risk"]),
        write_count(step["events"]), write_count(step["censored"]), write_percent(_one_less(step["survival"])), interval,
    )  # fmt: skip


def _one_less(share: float | None) -> float | None:
    return None if share is None else round(1 - share, 12)


def _rows(results: Results, outcome: Outcome, statistic: str) -> list[Row]:
    return results.outcome(outcome.id).filter(pl.col("statistic") == statistic, pl.col("week").is_not_null()).to_dicts()


def _arm_labels(trial: TrialDefinition, rows: Sequence[Row]) -> list[str]:
    found = [row["arm"] for row in rows]
    known = [arm.id for arm in trial.arms if arm.id in found]
    return [_label(trial, arm) for arm in dict.fromkeys([*known, *found])]


def _label(trial: TrialDefinition, arm: str | None) -> str:
    return "All subjects" if arm is None else trial.arm_label(arm)


def _points(trial: TrialDefinition, rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [
        {"week": row["week"], "arm": _label(trial, row["arm"]), "estimate": row["estimate"], "low": row["low"],
         "high": row["high"]}
        for row in rows
    ]  # fmt: skip


def _table(trial: TrialDefinition, rows: Sequence[Row], places: int) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            write_week(row["week"]), _label(trial, row["arm"]), write_count(row["n"]), _estimate(row, places),
            write_interval(row, places, level=False) or "–",
        )
        for row in rows
    )  # fmt: skip


def _estimate(row: Row, places: int) -> str:
    if row["statistic"] != "proportion":
        return write_number(row["estimate"], places, missing=NOT_ESTIMABLE)
    share = write_percent(row["estimate"], missing=NOT_ESTIMABLE)
    return share if row["n_event"] is None else f"{row['n_event']} ({share})"


def _describe(trial: TrialDefinition, rows: Sequence[Row], places: int) -> str:
    """Tell the last visit of each arm and level in words, for those who do not see the figure."""
    last = {(row["level"] or "", row["arm"]): row for row in rows}
    told = [
        f"{level + ', ' if level else ''}{_label(trial, arm)}, week {write_week(row['week'])}: {_estimate(row, places)}"
        for (level, arm), row in last.items()
    ]
    return f"{'; '.join(told)}. All visits are in the table below the figure."


def _level_title(trial: TrialDefinition, outcome: Outcome, level: str) -> str:
    """Name a threshold: the measure, where there is one alone, and the level."""
    names = sorted(outcome.measures())
    measure = names[0].upper() if len(names) == 1 and names[0] in trial.scores else ""
    if len(names) == 1 and not measure:
        measure = measure_label(names[0])
    return f"{measure} {level}".strip() if level else measure


def _slug(trial: TrialDefinition, outcome: Outcome) -> str:
    return str(next(place for place, entry in enumerate(trial.outcomes, 1) if entry.id == outcome.id))


def _crossover_note(trial: TrialDefinition, rows: Sequence[Row]) -> str:
    """Say where everybody gets the same treatment."""
    last = max(row["week"] for row in rows)
    told = [
        f"From week {write_week(period.weeks[0])} on everybody gets {trial.arm_label(period.all_on)}; the arms are those of the randomisation."
        for period in trial.schedule.periods
        if period.all_on is not None and period.weeks[0] < last
    ]
    return " ".join(told)
