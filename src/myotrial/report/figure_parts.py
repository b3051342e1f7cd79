"""What every figure is made of: its SVG, its caption, and the same numbers as a table."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from myotrial.analysis.results import Results
from myotrial.report.labels import arm_name, level_label, measure_label, part_label
from myotrial.report.numbers import NO_VALUE, NOT_ESTIMABLE, write_count, write_number, write_percent, write_week
from myotrial.report.svg import as_image
from myotrial.report.words import Row, known, write_interval
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome
from myotrial.trials.variables import leaves_of

BROAD = 460
"""The widest drawing, in its own units, whose letters can be read on a telephone."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn figure with its table twin.

    Attributes
    ----------
    id
        Its name, the same for the same definition.
    svg
        The drawing, to stand in a page; empty where there is nothing to draw. :meth:`image` is a file of its own.
    caption, note
        What is seen, and what is to be known of it.
    columns, rows
        The table twin, as it is read.
    data
        The numbers that are drawn, not rounded, under names for programs; :meth:`csv` writes them.
    wide
        Whether it takes the whole width of a page.
    """

    id: str
    svg: str
    caption: str
    note: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    data: tuple[Mapping[str, Any], ...] = ()
    wide: bool = False

    @property
    def broad(self) -> bool:
        """Whether its letters would be too small on a telephone: there it is scrolled sideways."""
        found = re.search(r'viewBox="0 0 ([\d.]+)', self.svg)
        return self.wide or bool(found and float(found.group(1)) > BROAD)

    def image(self) -> str:
        """Return the drawing as an SVG file; empty where there is nothing to draw."""
        return as_image(self.svg)

    def frame(self) -> pl.DataFrame:
        """Return the numbers as a frame, shape (rows, columns)."""
        return pl.DataFrame(self.data, infer_schema_length=None)

    def csv(self) -> str:
        """Return the numbers as comma-separated text; a cell that a spreadsheet would run begins with an apostrophe."""
        frame = self.frame()
        texts = [name for name, kind in frame.schema.items() if kind == pl.String]
        runs = pl.col(texts).str.contains(r"^[=+\-@\t\r]")
        safe = pl.when(runs).then(pl.lit("'") + pl.col(texts)).otherwise(pl.col(texts)).name.keep()
        return (frame.with_columns(safe) if texts else frame).write_csv()


@dataclass(frozen=True, slots=True)
class Shared:
    """Outcomes that ask the same of the same subjects, and the rows of the one that says most."""

    outcomes: tuple[Outcome, ...]
    rows: tuple[Row, ...]

    @property
    def first(self) -> Outcome:
        """The one whose rows are drawn."""
        return next(outcome for outcome in self.outcomes if outcome.id == self.rows[0]["outcome"])

    @property
    def ids(self) -> str:
        """Their ids, for a caption."""
        return outcome_ids([outcome.id for outcome in self.outcomes])


DATA = (
    "outcome", "analysis", "part", "level", "week", "subgroup", "subgroup_level", "statistic", "arm", "reference",
    "estimate", "low", "high", "conf_level", "p_value", "n", "n_event", "n_missing", "unit", "method",
)  # fmt: skip
"""The columns of the result rows that a figure gives as its data."""


def as_data(rows: Sequence[Row]) -> tuple[dict[str, Any], ...]:
    """Return result rows as the data of a figure."""
    return tuple({name: row[name] for name in DATA} for row in rows)


def outcome_ids(ids: Sequence[str]) -> str:
    """Write the outcomes that a figure shows."""
    return f"{'outcome' if len(ids) == 1 else 'outcomes'} {', '.join(ids)}"


def shared_outcomes(trial: TrialDefinition, results: Results, kinds: set[str]) -> list[Shared]:
    """Return the outcomes of some kinds of variable; the share and the number of the same subjects are one."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in trial.outcomes:
        if outcome.variable.kind in kinds:
            what = outcome.model_dump_json(include={"variable", "time_frame", "at", "population", "intercurrent"})
            groups.setdefault(f"{what} {outcome.missing_rule}", []).append(outcome)
    found = []
    for outcomes in groups.values():
        for statistic in ("proportion", "number"):
            told = [rows for each in outcomes if (rows := rows_of(results, each, statistic))]
            if told:
                found.append(Shared(tuple(outcomes), tuple(told[0])))
                break
    return found


def rows_of(results: Results, outcome: Outcome, statistic: str) -> list[Row]:
    """Return the rows of an outcome with one statistic, those of a visit only."""
    return results.outcome(outcome.id).filter(pl.col("statistic") == statistic, pl.col("week").is_not_null()).to_dicts()


def arm_labels(trial: TrialDefinition, rows: Sequence[Row]) -> list[str]:
    """Return the labels of the arms in the rows, in the order of the definition."""
    found = [row["arm"] for row in rows]
    known = [arm.id for arm in trial.arms if arm.id in found]
    return [arm_name(trial, arm) for arm in dict.fromkeys([*known, *found])]


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
            write_interval(row, places, level=False) or NO_VALUE,
        )
        for row in rows
    )  # fmt: skip


def _estimate(row: Row, places: int) -> str:
    if not known(row["estimate"]):
        return NOT_ESTIMABLE
    if row["statistic"] == "number":
        return write_count(row["estimate"])
    if row["statistic"] != "proportion":
        return write_number(row["estimate"], places)
    share = write_percent(row["estimate"])
    return share if row["n_event"] is None else f"{row['n_event']} ({share})"


def describe(trial: TrialDefinition, rows: Sequence[Row], places: int) -> str:
    """Tell the last visit of each arm and level in words, for those who do not see the figure."""
    last = {(part_label(row["part"]), row["level"], row["arm"]): row for row in rows}
    told = [
        ", ".join([text for text in (part, level, arm_name(trial, arm)) if text] + [f"week {write_week(row['week'])}"])
        + f": {_estimate(row, places)}"
        for (part, level, arm), row in last.items()
    ]
    return f"{'; '.join(told)}. All visits are in the table below the figure."


def level_title(trial: TrialDefinition, outcome: Outcome, level: str) -> str:
    """Name a threshold: the measure, where there is one alone, and the level."""
    if any(getattr(leaf, "change", None) for leaf in leaves_of(outcome.variable)):
        return level_label(trial, outcome.id, level)
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
