"""Figures of categories: how the subjects of each arm are spread over bands that may overlap, as stacked columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from myotrial.analysis.results import Results
from myotrial.report.charts import Look, to_svg
from myotrial.report.column_charts import category_tints, stacked_columns
from myotrial.report.figure_parts import Figure, arm_labels, as_data, crossover_note, outcome_ids, slug
from myotrial.report.findings import gather
from myotrial.report.labels import arm_name, part_label
from myotrial.report.numbers import NO_VALUE, SPACE, write_percent, write_week
from myotrial.report.words import Row
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome
from myotrial.trials.summaries import Band, Categories

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Slice:
    """A category that overlaps no other: those in the first band that are not in the second."""

    name: str
    inside: str
    without: str | None = None


def category_figures(trial: TrialDefinition, results: Results) -> list[Figure]:
    """Chart each outcome that is shown in bands; the share and the number of the same subjects are one figure."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in trial.outcomes:
        summary = next((entry for entry in outcome.summaries if isinstance(entry, Categories)), None)
        if summary is None:
            continue
        what = outcome.model_dump_json(include={"variable", "time_frame", "at", "population", "intercurrent"})
        bands = [band.model_dump_json() for band in summary.bands]
        groups.setdefault(f"{what} {outcome.missing_rule} {bands}", []).append(outcome)
    figures = [_category_figure(trial, results, outcomes) for outcomes in groups.values()]
    return [figure for figure in figures if figure is not None]


def slices_of(bands: Sequence[Band], rows: Sequence[Row]) -> list[Slice]:
    """Cut bands that overlap into slices that do not: what is below, single numbers, and the steps above.

    Of "at least 1", "exactly 2", "at least 2" and "more than 2" the slices are at least 1 but not at least 2, exactly
    2, and more than 2. A step takes the name of a single number where the counts say that it holds nothing else.
    """
    lower = max((band for band in bands if band.comparator in {"less_than", "at_most"}), key=_edge, default=None)
    upper = sorted((band for band in bands if band.comparator in {"at_least", "more_than"}), key=_edge)
    upper = [band for band in upper if lower is None or _edge(band) >= _edge(lower)]
    points = [band for band in bands if band.comparator == "equals"]
    between = [
        band for band in points
        if (lower is None or _edge(band) >= _edge(lower)) and (not upper or _edge(band) < _edge(upper[0]))
    ]  # fmt: skip
    single = [Slice(band.label, band.label) for band in ([lower] if lower else []) + between]
    return [*single, *_steps(upper, points, rows)]


def _edge(band: Band) -> tuple[float, bool]:
    """Return the place of a band's edge among the numbers: just below its threshold, or just above."""
    return band.threshold, band.comparator in {"more_than", "at_most"}


def _steps(upper: Sequence[Band], points: Sequence[Band], rows: Sequence[Row]) -> list[Slice]:
    steps = []
    for band, following in zip(upper, [*upper[1:], None], strict=True):
        if following is None:
            steps.append(Slice(band.label, band.label))
            continue
        long = Slice(f"{band.label}, not {following.label}", band.label, following.label)
        exact = (Slice(point.label, point.label) for point in points if point.threshold == band.threshold)
        steps.append(next((entry for entry in exact if _alike(entry, long, rows)), long))
    return steps


def _alike(one: Slice, other: Slice, rows: Sequence[Row]) -> bool:
    return all(_counts(own, [one])[0] == _counts(own, [other])[0] for own in _columns(rows).values())


def _category_figure(trial: TrialDefinition, results: Results, outcomes: Sequence[Outcome]) -> Figure | None:
    first = outcomes[0]
    summary = next(entry for entry in first.summaries if isinstance(entry, Categories))
    labels = [band.label for band in summary.bands]
    frame = results.outcome(first.id).filter(pl.col("statistic").is_in(["proportion", "number"]))
    rows = frame.filter(pl.col("level").is_in(labels), pl.col("n_event").is_not_null()).to_dicts()
    if not rows:
        return None
    slices = slices_of(summary.bands, rows)
    if any(count < 0 for own in _columns(rows).values() for count in _counts(own, slices)):
        return None  # bands that cannot be told apart
    look = Look.of(trial, arm_labels(trial, rows))
    names = [*(entry.name for entry in slices), UNKNOWN]
    weeks = list(dict.fromkeys(row["week"] for row in rows))
    panels = _panels(trial, rows, slices, look, by_week=len(weeks) > 1)
    name = f"categories-{slug(trial, first)}"
    drawn = any(row["n"] for row in rows)
    svg = ""
    if drawn:
        worse = any(band.comparator in {"less_than", "at_most"} for band in summary.bands)
        tints = category_tints(len(slices), worse=worse, burden=first.variable.kind == "count")
        painted = [(title, [{**part, "tint": tints[names.index(part["name"])]} for part in parts])
                   for title, parts in panels]  # fmt: skip
        axis = "Week" if len(weeks) > 1 else ""
        chart = stacked_columns(painted, look, list(zip(names, tints, strict=True)), axis)
        words = "Stacked columns of the categories. All counts are in the table below the figure."
        svg = to_svg(chart, look, name, first.name, words)
    caption = f"{first.name}: share of subjects in each category ({outcome_ids([entry.id for entry in outcomes])})."
    return Figure(f"figure-{name}", svg, caption, crossover_note(trial, rows),
                  ("Part", "Week", "Arm", "n", *names), _table(trial, rows, slices), as_data(rows))  # fmt: skip


def _panels(
    trial: TrialDefinition, rows: Sequence[Row], slices: Sequence[Slice], look: Look, *, by_week: bool
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return a panel for each part and arm with a column for each week, or one for each part with one for each arm."""
    panels: dict[str, list[dict[str, Any]]] = {}
    for (part, week, arm), own in _columns(rows).items():
        title = ", ".join(text for text in (part_label(part), arm_name(trial, arm) if by_week else "") if text)
        column = write_week(week) if by_week else arm_name(trial, arm)
        panels.setdefault(title, []).extend(_stack(own, slices, column))
    if not by_week:
        return list(panels.items())
    place = {name: number for number, name in enumerate(look.arms)}
    parts = list(dict.fromkeys(part_label(row["part"]) for row in rows))
    order = {f"{part}, {arm}".removeprefix(", "): (number, place[arm])
             for number, part in enumerate(parts) for arm in look.arms}  # fmt: skip
    return sorted(panels.items(), key=lambda panel: order[panel[0]])


def _columns(rows: Sequence[Row]) -> dict[tuple[str | None, float, str], list[Row]]:
    return gather(rows, lambda row: (row["part"], row["week"], row["arm"]))


def _counts(rows: Sequence[Row], slices: Sequence[Slice]) -> list[int]:
    """Return how many are in each slice, and in none."""
    inside = {row["level"]: int(row["n_event"]) for row in rows}
    counted = [inside.get(entry.inside, 0) - inside.get(entry.without or "", 0) for entry in slices]
    return [*counted, int(rows[0]["n"]) - sum(counted)]


def _stack(rows: Sequence[Row], slices: Sequence[Slice], column: str) -> list[dict[str, Any]]:
    total = int(rows[0]["n"])
    parts: list[dict[str, Any]] = []
    below = 0
    for name, count in zip([*(entry.name for entry in slices), UNKNOWN], _counts(rows, slices), strict=True):
        if count and total:
            parts.append({"column": column, "name": name, "from": below / total, "to": (below + count) / total})
        below += count
    return parts


def _table(trial: TrialDefinition, rows: Sequence[Row], slices: Sequence[Slice]) -> tuple[tuple[str, ...], ...]:
    table = []
    for (part, week, arm), own in _columns(rows).items():
        total = int(own[0]["n"])
        cells = [f"{count} ({write_percent(count / total)})" if total else str(count) for count in _counts(own, slices)]
        place = (part_label(part) or NO_VALUE, write_week(week), arm_name(trial, arm), f"{total}")
        table.append((*place, *(cell.replace(" (", f"{SPACE}(") for cell in cells)))
    return tuple(table)
