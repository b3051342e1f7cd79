"""Figures with a row for each outcome, threshold or rate: shares, numbers and rates by arm with their intervals."""

from collections.abc import Sequence

from myotrial.analysis.results import Results
from myotrial.report.charts import Look, to_svg
from myotrial.report.figure_parts import (
    Figure,
    Shared,
    arm_labels,
    as_data,
    level_title,
    outcome_ids,
    rows_of,
    shared_outcomes,
    slug,
)
from myotrial.report.labels import arm_name, part_label, population_label
from myotrial.report.numbers import NO_VALUE, NOT_ESTIMABLE, write_level, write_week
from myotrial.report.row_charts import ChartRow, Mark, row_chart
from myotrial.report.words import EVENTS_IN, Row, known, write_interval, write_value
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome
from myotrial.trials.variables import ADVERSE_EVENT

Named = tuple[str, list[Row]]


def threshold_figures(trial: TrialDefinition, results: Results) -> list[Figure]:
    """Chart what is judged at one visit at several thresholds: bars for each threshold and arm."""
    return [_threshold_figure(trial, shared) for shared in _at_one_visit(trial, results) if _levels(shared.rows) > 1]


def _threshold_figure(trial: TrialDefinition, shared: Shared) -> Figure:
    outcome, week = shared.first, shared.rows[0]["week"]
    levels = list(dict.fromkeys(row["level"] for row in shared.rows))
    rows = [
        (level_title(trial, outcome, level or ""), [row for row in shared.rows if row["level"] == level])
        for level in levels
    ]
    return _row_figure(
        trial, rows, f"thresholds-{slug(trial, outcome)}",
        f"{outcome.name}, at week {write_week(week)}", shared.ids, bars=True,
    )  # fmt: skip


def share_figures(trial: TrialDefinition, results: Results) -> list[Figure]:
    """Chart together the shares of outcomes that are judged once and have one threshold, but for adverse events."""
    chosen = [
        shared for shared in _at_one_visit(trial, results)
        if _levels(shared.rows) == 1 and shared.rows[0]["statistic"] == "proportion" and not _safety(shared.first)
    ]  # fmt: skip
    if len(chosen) < 2:
        return []
    rows = [(f"{shared.first.id}: {_short(shared.first)}", list(shared.rows)) for shared in chosen]
    ids = outcome_ids([outcome.id for shared in chosen for outcome in shared.outcomes])
    return [_row_figure(trial, rows, "shares", "Shares of subjects at the end of each time frame", ids)]


def safety_figures(trial: TrialDefinition, results: Results) -> list[Figure]:
    """Chart the shares of subjects with adverse events, and the rates of the events."""
    shares = [
        (shared, list(shared.rows)) for shared in _at_one_visit(trial, results)
        if _safety(shared.first) and shared.rows[0]["statistic"] == "proportion"
    ]  # fmt: skip
    figures = []
    if shares:
        ids = outcome_ids([outcome.id for shared, _ in shares for outcome in shared.outcomes])
        rows = sorted(((_event_label(shared.first), own) for shared, own in shares), key=_place)
        figures.append(_row_figure(trial, rows, "events", "Subjects with adverse events", ids))
    by_unit: dict[str, list[tuple[Outcome, list[Row]]]] = {}
    for outcome in trial.outcomes:
        if outcome.variable.kind == "rate" and (own := rows_of(results, outcome, "rate")):
            by_unit.setdefault(str(getattr(outcome.variable, "per", "")), []).append((outcome, own))
    for unit, found in by_unit.items():
        per = unit.replace("_", " ")
        rows = sorted((named for outcome, own in found for named in _rates(outcome, own)), key=_place)
        ids = outcome_ids([outcome.id for outcome, _ in found])
        figures.append(_row_figure(trial, rows, f"rates-{unit}", f"Adverse events per {per}", ids))
    return figures


def _place(named: Named) -> tuple[bool, bool]:
    """Put all events first, and the severities last."""
    return named[0] != "All", named[1][0]["part"] is not None


def _rates(outcome: Outcome, rows: list[Row]) -> list[Named]:
    parts = list(dict.fromkeys(row["part"] for row in rows))
    label = _event_label(outcome)
    return [
        (part_label(part) if part else label, [row for row in rows if row["part"] == part]) for part in parts
    ]  # fmt: skip


def _event_label(outcome: Outcome) -> str:
    """Name the adverse events that an outcome counts, without what all have in common."""
    where = getattr(outcome.variable, "where", None)
    words = where.describe().replace("adverse events", "").replace("treatment-emergent", "").strip() if where else ""
    label = words or "all"
    return label[:1].upper() + label[1:]


def _at_one_visit(trial: TrialDefinition, results: Results) -> list[Shared]:
    found = shared_outcomes(trial, results, {"response", "occurrence"})
    return [shared for shared in found if len({row["week"] for row in shared.rows}) == 1]


def _levels(rows: Sequence[Row]) -> int:
    return len({row["level"] for row in rows})


def _safety(outcome: Outcome) -> bool:
    return getattr(outcome.variable, "of", None) == ADVERSE_EVENT


def _short(outcome: Outcome) -> str:
    """Return a title without how it begins in every outcome of its kind."""
    for start in ("Percentage of subjects who ", "Percentage of subjects ", "Number of subjects "):
        if outcome.name.startswith(start):
            rest = outcome.name.removeprefix(start)
            return rest[:1].upper() + rest[1:]
    return outcome.name


def _row_figure(
    trial: TrialDefinition, named: Sequence[Named], name: str, title: str, ids: str, *, bars: bool = False
) -> Figure:
    every = [row for _, rows in named for row in rows]
    look = Look.of(trial, arm_labels(trial, every))
    statistic = every[0]["statistic"]
    order = {arm: place for place, arm in enumerate(look.arms)}
    chart_rows = [
        ChartRow(label, tuple(sorted((_mark(trial, row) for row in rows), key=lambda mark: order[mark.arm])))
        for label, rows in named
    ]
    axis = {"proportion": "Share of subjects", "number": "Subjects"}.get(statistic, "Events per day or year")
    if statistic == "rate":
        axis = title.removeprefix("Adverse ").capitalize()
    svg = ""
    if any(known(row["estimate"]) for row in every):
        chart = row_chart(chart_rows, look, axis, percent=statistic == "proportion", bars=bars)
        words = "; ".join(f"{row.label}, {mark.arm}: {mark.text}" for row in chart_rows for mark in row.marks)
        svg = to_svg(chart, look, name, title, f"{words}.")
    level = write_level(every[0]["conf_level"])
    with_interval = any(known(row["low"]) for row in every)
    interval = f", with {level} interval" if with_interval else ""
    populations = list(dict.fromkeys(population_label(trial, row["population"] or "") for row in every))
    told = [text for text in populations if text]
    note = f"Population: {told[0]}." if len(told) == 1 else ""
    columns = ("Outcome", "Arm", "Estimate", *([f"{level} interval"] if with_interval else []))
    table = tuple(_cells(trial, label, row, with_interval=with_interval) for label, rows in named for row in rows)
    return Figure(f"figure-{name}", svg, f"{title}{interval} ({ids}).", note, columns, table, as_data(every))


def _mark(trial: TrialDefinition, row: Row) -> Mark:
    return Mark.of(arm_name(trial, row["arm"]), row, _told(row))


def _told(row: Row) -> str:
    """Return an estimate in words: a rate with its events."""
    if not known(row["estimate"]):
        return NOT_ESTIMABLE
    events = EVENTS_IN.search(row["method"] or "") if row["statistic"] == "rate" else None
    return f"{write_value(row, 1)} ({events.group(1).replace(' events', '')})" if events else write_value(row, 1)


def _cells(trial: TrialDefinition, label: str, row: Row, *, with_interval: bool) -> tuple[str, ...]:
    interval = (write_interval(row, 1, level=False) or NO_VALUE,) if with_interval else ()
    return (label, arm_name(trial, row["arm"]), _told(row), *interval)
