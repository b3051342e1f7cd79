"""What every figure is made of: its SVG, its caption, and the same numbers as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from myotrial.analysis.results import Results
from myotrial.report.numbers import NOT_ESTIMABLE, write_count, write_number, write_percent, write_week
from myotrial.report.words import Row, write_interval
from myotrial.study.tables import load_tables
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome

MEASURES = {"tis": "Total Improvement Score"}


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


def rows_of(results: Results, outcome: Outcome, statistic: str) -> list[Row]:
    """Return the rows of an outcome with one statistic, those of a visit only."""
    return results.outcome(outcome.id).filter(pl.col("statistic") == statistic, pl.col("week").is_not_null()).to_dicts()


def arm_labels(trial: TrialDefinition, rows: Sequence[Row]) -> list[str]:
    """Return the labels of the arms in the rows, in the order of the definition."""
    found = [row["arm"] for row in rows]
    known = [arm.id for arm in trial.arms if arm.id in found]
    return [arm_name(trial, arm) for arm in dict.fromkeys([*known, *found])]


def arm_name(trial: TrialDefinition, arm: str | None) -> str:
    """Return the label of an arm."""
    return "All subjects" if arm is None else trial.arm_label(arm)


def chart_points(trial: TrialDefinition, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the rows as the points of a chart."""
    return [
        {"week": row["week"], "arm": arm_name(trial, row["arm"]), "estimate": row["estimate"], "low": row["low"],
         "high": row["high"]}
        for row in rows
    ]  # fmt: skip


def table_rows(trial: TrialDefinition, rows: Sequence[Row], places: int) -> tuple[tuple[str, ...], ...]:
    """Return the rows as the cells of the table under a figure."""
    return tuple(
        (
            write_week(row["week"]), arm_name(trial, row["arm"]), write_count(row["n"]), _estimate(row, places),
            write_interval(row, places, level=False) or "–",
        )
        for row in rows
    )  # fmt: skip


def _estimate(row: Row, places: int) -> str:
    if row["statistic"] != "proportion":
        return write_number(row["estimate"], places, missing=NOT_ESTIMABLE)
    share = write_percent(row["estimate"], missing=NOT_ESTIMABLE)
    return share if row["n_event"] is None else f"{row['n_event']} ({share})"


def describe(trial: TrialDefinition, rows: Sequence[Row], places: int) -> str:
    """Tell the last visit of each arm and level in words, for those who do not see the figure."""
    last = {(row["level"] or "", row["arm"]): row for row in rows}
    told = [
        f"{level + ', ' if level else ''}{arm_name(trial, arm)}, week {write_week(row['week'])}: "
        + _estimate(row, places)
        for (level, arm), row in last.items()
    ]
    return f"{'; '.join(told)}. All visits are in the table below the figure."


def level_title(trial: TrialDefinition, outcome: Outcome, level: str) -> str:
    """Name a threshold: the measure, where there is one alone, and the level."""
    names = sorted(outcome.measures())
    measure = names[0].upper() if len(names) == 1 and names[0] in trial.scores else ""
    if len(names) == 1 and not measure:
        measure = measure_label(names[0])
    return f"{measure} {level}".strip() if level else measure


def slug(trial: TrialDefinition, outcome: Outcome) -> str:
    """Return an outcome's number in the definition, safe in an id."""
    return str(next(place for place, entry in enumerate(trial.outcomes, 1) if entry.id == outcome.id))


def crossover_note(trial: TrialDefinition, rows: Sequence[Row]) -> str:
    """Say where everybody gets the same treatment."""
    last = max(row["week"] for row in rows)
    told = [
        f"From week {write_week(period.weeks[0])} on everybody gets {trial.arm_label(period.all_on)}; "
        "the arms are those of the randomisation."
        for period in trial.schedule.periods
        if period.all_on is not None and period.weeks[0] < last
    ]
    return " ".join(told)
