"""Figures of the tipping-point analyses: how different the missing would have to be for the conclusion to turn."""

from collections.abc import Sequence

from myotrial.analysis.results import Results
from myotrial.report.charts import Look, delta_line, to_svg
from myotrial.report.column_charts import tipping_grid
from myotrial.report.figure_parts import Figure, level_title, slug
from myotrial.report.findings import gather
from myotrial.report.labels import arm_name, decimals, part_label
from myotrial.report.numbers import (
    NO_VALUE,
    NOT_ESTIMABLE,
    write_count,
    write_number,
    write_p,
    write_points,
    write_week,
)
from myotrial.report.words import Row, known
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome

TOLD = 60
"""The most assumptions that the table shows; of more it shows those where the conclusion turns first."""


def tipping_figures(trial: TrialDefinition, results: Results) -> list[Figure]:
    """Chart each tipping-point analysis: a grid of counts, or a line of deltas."""
    groups = gather(results.tipping.to_dicts(), lambda row: (row["outcome"], row["part"], row["level"], row["arm"]))
    return [
        _figure(trial, trial.outcome(name), rows, number)
        for number, ((name, *_), rows) in enumerate(groups.items(), 1)
        if len(rows) > 1  # where nothing is missing there is nothing to assume
    ]


def _figure(trial: TrialDefinition, outcome: Outcome, rows: Sequence[Row], number: int) -> Figure:
    first = rows[0]
    arm, reference = arm_name(trial, first["arm"]), arm_name(trial, first["reference"])
    counts = outcome.variable.kind == "response"
    look = Look.of(trial, [arm])
    name = f"tipping-{number}-{slug(trial, outcome)}"
    place = ", ".join(
        text for text in (part_label(first["part"]), level_title(trial, outcome, first["level"] or "")) if text
    )
    title = f"{outcome.name}{f' ({place})' if place else ''}, week {write_week(first['week'])}: tipping point"
    turned = sum(1 for row in rows if row["turns"])
    words = f"The conclusion turns under {turned} of {len(rows)} assumptions." if turned else (
        f"The conclusion turns under none of {len(rows)} assumptions.")  # fmt: skip
    chart = _grid(rows, look, arm, reference) if counts else _line(rows, look, arm)
    svg = to_svg(chart, look, name, title, words) if any(known(row["estimate"]) for row in rows) else ""
    missing = (
        f"{'The axes are the responders among the unknown. ' if counts else ''}"
        f"Unknown: {first['missing_arm']} with {arm}, {first['missing_reference']} with {reference}. "
        f"{first['method'][:1].upper()}{first['method'][1:]}."
    )
    return Figure(f"figure-{name}", svg, f"{title} (outcome {outcome.id}). {words}", missing,
                  _columns(arm, reference, counts=counts), _table(trial, outcome, rows, counts=counts),
                  tuple(rows))  # fmt: skip


def _grid(rows: Sequence[Row], look: Look, arm: str, reference: str) -> object:
    cells = [
        {"a": int(row["shift_arm"]), "b": int(row["shift_reference"]), "significant": row["significant"],
         "main": place == 0}
        for place, row in enumerate(rows)
    ]  # fmt: skip
    return tipping_grid(cells, look, arm, reference)


def _line(rows: Sequence[Row], look: Look, arm: str) -> object:
    points = [
        {"arm": arm, "delta": row["shift_arm"], "estimate": row["estimate"], "low": row["low"], "high": row["high"],
         "significant": row["significant"]}
        for row in rows if known(row["estimate"])
    ]  # fmt: skip
    return delta_line(points, look, f"Delta added to what is drawn for {arm}", "Difference")


def _columns(arm: str, reference: str, *, counts: bool) -> tuple[str, ...]:
    shifts = (f"Responders added: {arm}", f"Responders added: {reference}") if counts else ("Delta",)
    return (*shifts, "Difference", "Interval", "p-value", "Conclusion")


def _table(
    trial: TrialDefinition, outcome: Outcome, rows: Sequence[Row], *, counts: bool
) -> tuple[tuple[str, ...], ...]:
    shown = list(rows)
    if len(rows) > TOLD:
        by_reference = gather([row for row in rows if row["turns"]], lambda row: row["shift_reference"])
        shown = [rows[0], *(min(own, key=lambda row: row["shift_arm"]) for own in by_reference.values())]
    places = decimals(trial, outcome.id, shown[0]["part"])
    return tuple(_cells(row, places, counts=counts) for row in shown)


def _cells(row: Row, places: int, *, counts: bool) -> tuple[str, ...]:
    def write(number: float | None) -> str:
        return write_points(number) if counts else write_number(number, places)

    shifts = (
        (write_count(row["shift_arm"]), write_count(row["shift_reference"]))
        if counts
        else (write_number(row["shift_arm"], places),)
    )
    interval = f"{write(row['low'])} to {write(row['high'])}" if known(row["low"]) and known(row["high"]) else NO_VALUE
    estimate = write(row["estimate"]) if known(row["estimate"]) else NOT_ESTIMABLE
    said = "significant" if row["significant"] else "not significant"
    return (*shifts, estimate, interval, write_p(row["p_value"]), f"{said}: it turns" if row["turns"] else said)
