"""Charts by visit and arm: means, and shares of responders."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, floor

from myotrial.analysis.results import Results
from myotrial.report.charts import Look, over_time, period_strip, stacked, to_svg
from myotrial.report.figure_parts import (
    Figure,
    Shared,
    arm_labels,
    as_data,
    chart_points,
    crossover_note,
    describe,
    level_title,
    outcome_ids,
    rows_of,
    shared_outcomes,
    slug,
    table_rows,
)
from myotrial.report.labels import decimals, measure_label, part_label
from myotrial.report.numbers import write_level, write_week
from myotrial.report.words import Row, known
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome
from myotrial.trials.variables import names_of

PANELS = 6
"""The most measures in one figure."""


@dataclass(slots=True)
class Series:
    """The means of one measure over the visits, from all outcomes that ask for them alike."""

    measure: str
    outcomes: list[Outcome] = field(default_factory=list)
    rows: dict[tuple[float, str], Row] = field(default_factory=dict)

    def in_order(self) -> list[Row]:
        """Return its rows by visit."""
        return sorted(self.rows.values(), key=lambda row: row["week"])


def mean_figures(trial: TrialDefinition, results: Results) -> list[Figure]:
    """Chart the means of each measure by visit and arm.

    What several outcomes ask of one measure alike, in other time frames, is one line; the changes of several measures
    since the same visit are one figure.
    """
    figures: dict[str, list[Series]] = {}
    for key, series in _series(trial, results).items():
        if len({week for week, _ in series.rows}) > 1:
            figures.setdefault(key[0], []).append(series)
    drawn = [group[start : start + PANELS] for group in figures.values() for start in range(0, len(group), PANELS)]
    return [_mean_figure(trial, group, number) for number, group in enumerate(drawn, 1)]


def _series(trial: TrialDefinition, results: Results) -> dict[tuple[str, str], Series]:
    found: dict[tuple[str, str], Series] = {}
    for outcome in trial.outcomes:
        variable = outcome.variable
        if variable.kind not in {"value", "change"}:
            continue
        names = names_of(getattr(variable, "of", ()))
        since = f"{getattr(variable, 'from_week', '')} {getattr(variable, 'toward_better', '')}"
        figure = f"{variable.kind} {since} {outcome.population} {outcome.handling()}"
        for row in rows_of(results, outcome, "mean"):
            measure = row["part"] or names[0]
            key = (figure if variable.kind == "change" else f"{figure} {measure}", measure)
            series = found.setdefault(key, Series(measure))
            if outcome not in series.outcomes:
                series.outcomes.append(outcome)
            series.rows.setdefault((row["week"], row["arm"]), row)
    return found


def _mean_figure(trial: TrialDefinition, group: Sequence[Series], number: int) -> Figure:
    outcomes = list(dict.fromkeys(outcome.id for series in group for outcome in series.outcomes))
    outcomes.sort(key=[outcome.id for outcome in trial.outcomes].index)
    first = group[0].outcomes[0]
    rows = [{**row, "part": series.measure} for series in group for row in series.in_order()]
    look = Look.of(trial, arm_labels(trial, rows))
    name, title = f"mean-{number}-{slug(trial, first)}", _mean_title(group, first)
    many = len(group) > 1
    svg = ""
    if any(known(row["estimate"]) for row in rows):
        charts = [_mean_panel(trial, series, look, rows, many=many, last=series is group[-1]) for series in group]
        strip = period_strip(look, sorted({row["week"] for row in rows})) if many else None
        charts = charts if strip is None else [strip, *charts]
        svg = to_svg(stacked(charts, look), look, name, title, describe(trial, rows, _places(trial, group[0])))
    level = write_level(rows[0]["conf_level"])
    table = tuple(
        (*([part_label(series.measure)] if many else []), *cells)
        for series in group
        for cells in table_rows(trial, series.in_order(), _places(trial, series))
    )
    return Figure(
        id=f"figure-{name}",
        svg=svg,
        caption=f"{title}, by arm and visit: mean with {level} interval ({outcome_ids(outcomes)}).",
        note=crossover_note(trial, rows),
        columns=(*(["Measure"] if many else []), "Week", "Arm", "n", "Mean", f"{level} interval"),
        rows=table,
        data=as_data(rows),
    )


def _places(trial: TrialDefinition, series: Series) -> int:
    return decimals(trial, series.outcomes[0].id, series.measure)


def _mean_title(group: Sequence[Series], outcome: Outcome) -> str:
    variable = outcome.variable
    label = measure_label(group[0].measure) if len(group) == 1 else ""
    if variable.kind == "value":
        return label
    since = getattr(variable, "from_week", None)
    start = "baseline" if since is None else f"week {write_week(since)}"
    what = "improvement" if getattr(variable, "toward_better", False) else "change"
    return f"{label}, {what} from {start}" if label else f"{what.capitalize()} from {start}"


def _mean_panel(
    trial: TrialDefinition, series: Series, look: Look, every: Sequence[Row], *, many: bool, last: bool
) -> object:
    rows = series.in_order()
    change = series.outcomes[0].variable.kind == "change"
    domain = None
    if series.measure == "tis" and not change:
        top = max([row[end] for row in rows for end in ("high", "estimate") if known(row[end])] + [60])
        low = min([row[end] for row in rows for end in ("low", "estimate") if known(row[end])] + [0])
        domain = (10.0 * floor(low / 10), 10.0 * ceil(top / 10))
    label = part_label(series.measure)
    return over_time(
        chart_points(trial, rows),
        look,
        "Mean" if many else f"Mean {'change' if change else 'score'}",
        domain=domain,
        height=120 if many else 260,
        title=label,
        week_title="Week" if last else None,
        weeks=sorted({row["week"] for row in every}),
        zero=change,
        names=not many,
    )


def responder_figures(trial: TrialDefinition, results: Results) -> list[Figure]:
    """Chart the share of responders by visit and arm, one panel for each threshold."""
    found = shared_outcomes(trial, results, {"response", "occurrence"})
    return [_responder_figure(trial, shared) for shared in found if len({row["week"] for row in shared.rows}) > 1]


def _responder_figure(trial: TrialDefinition, shared: Shared) -> Figure:
    rows, outcome = list(shared.rows), shared.first
    look = Look.of(trial, arm_labels(trial, rows))
    levels = list(dict.fromkeys(row["level"] or "" for row in rows))
    percent = rows[0]["statistic"] == "proportion"
    panels = [
        over_time(
            chart_points(trial, [row for row in rows if (row["level"] or "") == level]),
            look,
            "Responders",
            domain=(0, 1) if percent else None,
            percent=percent,
            height=260 if len(levels) == 1 else 165,
            title=level_title(trial, outcome, level) or None,
            week_title="Week" if level == levels[-1] else None,
        )
        for level in levels
    ]
    name = f"responders-{slug(trial, outcome)}"
    title = f"{outcome.name}, by arm and visit"
    drawn = any(known(row["estimate"]) for row in rows)
    svg = to_svg(stacked(panels, look), look, name, title, describe(trial, rows, 1)) if drawn else ""
    level = write_level(rows[0]["conf_level"])
    caption = f"{outcome.name}: share by arm and visit, with {level} interval ({shared.ids})."
    columns = ("Threshold", "Week", "Arm", "n", "Responders", f"{level} interval")
    table = tuple((row["level"] or "–", *cells) for row, cells in zip(rows, table_rows(trial, rows, 1), strict=True))
    return Figure(f"figure-{name}", svg, caption, crossover_note(trial, rows), columns, table, as_data(rows))
