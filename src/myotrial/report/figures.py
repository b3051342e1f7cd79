"""Charts by visit and arm: means, and shares of responders."""

from math import ceil

from myotrial.analysis.results import Results
from myotrial.report.charts import Look, over_time, stacked, to_svg
from myotrial.report.figure_parts import (
    Figure,
    arm_labels,
    chart_points,
    crossover_note,
    describe,
    level_title,
    measure_label,
    rows_of,
    slug,
    table_rows,
)
from myotrial.report.numbers import write_level
from myotrial.report.outcome_table import decimals
from myotrial.report.words import Row
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome


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
    rows = rows_of(results, outcome, "mean")
    if not rows:
        return None
    measure = str(getattr(outcome.variable, "of", ""))
    label = measure_label(measure)
    label = f"{label}, change from baseline" if outcome.variable.kind == "change" else label
    level = write_level(rows[0]["conf_level"])
    look = Look.of(trial, arm_labels(trial, rows))
    is_tis = measure == "tis" and outcome.variable.kind == "value"
    top = max([row["high"] or row["estimate"] or 0 for row in rows] + [60])
    title = f"{label} by arm and visit"
    svg = ""
    if any(row["estimate"] is not None for row in rows):
        domain = (0, min(100, 10 * ceil(top / 10))) if is_tis else None
        chart = over_time(chart_points(trial, rows), look, f"{label}, mean", domain=domain)
        words = describe(trial, rows, decimals(trial, outcome.id))
        svg = to_svg(stacked([chart], look), look, f"mean-{slug(trial, outcome)}", title, words)
    return Figure(
        id=f"figure-mean-{slug(trial, outcome)}",
        svg=svg,
        caption=f"{title}: mean with {level} interval (outcome {outcome.id}).",
        note=crossover_note(trial, rows),
        columns=("Week", "Arm", "n", "Mean", f"{level} interval"),
        rows=table_rows(trial, rows, decimals(trial, outcome.id)),
    )


def responder_figures(trial: TrialDefinition, results: Results) -> list[Figure]:
    """Chart the share of responders by visit and arm, one panel for each threshold."""
    figures = [
        _responder_figure(trial, outcome, rows_of(results, outcome, "proportion"))
        for outcome in trial.outcomes
        if outcome.at == "each_visit" and outcome.variable.kind == "response"
    ]
    return [figure for figure in figures if figure is not None]


def _responder_figure(trial: TrialDefinition, outcome: Outcome, rows: list[Row]) -> Figure | None:
    if not rows:
        return None
    look = Look.of(trial, arm_labels(trial, rows))
    levels = list(dict.fromkeys(row["level"] or "" for row in rows))
    panels = [
        over_time(
            chart_points(trial, [row for row in rows if (row["level"] or "") == level]),
            look,
            "Responders",
            domain=(0, 1),
            percent=True,
            height=260 if len(levels) == 1 else 165,
            title=level_title(trial, outcome, level),
            week_title="Week" if level == levels[-1] else None,
        )
        for level in levels
    ]
    name = f"responders-{slug(trial, outcome)}"
    title = f"{outcome.name}, by arm and visit"
    drawn = any(row["estimate"] is not None for row in rows)
    svg = to_svg(stacked(panels, look), look, name, title, describe(trial, rows, 1)) if drawn else ""
    level = write_level(rows[0]["conf_level"])
    caption = f"Responders by arm and visit: share with {level} interval (outcome {outcome.id})."
    columns = ("Threshold", "Week", "Arm", "n", "Responders", f"{level} interval")
    table = tuple((row["level"] or "–", *cells) for row, cells in zip(rows, table_rows(trial, rows, 1), strict=True))
    return Figure(f"figure-{name}", svg, caption, crossover_note(trial, rows), columns, table)
