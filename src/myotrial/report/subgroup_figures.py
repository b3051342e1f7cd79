"""Forest plots: the comparison of the arms within each subgroup, and whether it differs between them."""

from collections.abc import Iterator, Sequence

import polars as pl

from myotrial.analysis.results import Results
from myotrial.report.charts import Look, to_svg
from myotrial.report.figure_parts import Figure, as_data, level_title, slug
from myotrial.report.findings import gather
from myotrial.report.kinds import kind_of
from myotrial.report.labels import arm_name, decimals, part_label
from myotrial.report.numbers import NO_VALUE, NOT_ESTIMABLE, write_count, write_level, write_p
from myotrial.report.row_charts import ChartRow, Mark, row_chart
from myotrial.report.words import Row, known, write_interval, write_value
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome

DRAWN = ("risk_difference", "ls_mean_difference", "mean_difference", "odds_ratio", "cox", "rate_ratio")
"""The comparisons that a forest plot can show; of several the first one is drawn."""

RATIOS = {"odds_ratio", "cox", "rate_ratio"}


def subgroup_figures(trial: TrialDefinition, results: Results) -> list[Figure]:
    """Chart every comparison that was made within subgroups: one figure for each outcome, level, visit and arm."""
    figures: list[Figure] = []
    for outcome in trial.outcomes:
        every = results.rows.filter(
            pl.col("outcome") == outcome.id, pl.col("analysis") == "main", pl.col("reference").is_not_null()
        ).to_dicts()
        divided = [row for row in every if row["subgroup"] is not None]
        statistic = next((name for name in DRAWN if any(row["statistic"] == name for row in divided)), None)
        if statistic is None:
            continue
        method = next(row["method"] for row in divided if row["statistic"] == statistic)
        own = [row for row in every if _is_drawn(row, statistic, method)]
        for key, rows in gather(own, lambda row: (row["part"], row["level"], row["week"], row["arm"])).items():
            if any(row["subgroup"] for row in rows):
                figures.append(_forest(trial, outcome, statistic, rows, _tests(every, statistic, key), len(figures)))
    return figures


def _is_drawn(row: Row, statistic: str, method: str) -> bool:
    same = row["method"] == method or statistic != "risk_difference"
    return bool(row["statistic"] == statistic and same)


def _tests(every: Sequence[Row], statistic: str, key: tuple[object, ...]) -> dict[str, Row]:
    """Return the tests of heterogeneity of a statistic by subgroup."""
    named = f"heterogeneity of {statistic.replace('_', ' ')} "
    return {
        row["subgroup"]: row for row in every
        if row["statistic"] == "heterogeneity" and (row["method"] or "").startswith(named)
        and (row["part"], row["level"], row["week"], row["arm"]) == key
    }  # fmt: skip


def _forest(
    trial: TrialDefinition, outcome: Outcome, statistic: str, rows: Sequence[Row], tests: dict[str, Row], number: int
) -> Figure:
    first = rows[0]
    kind, places = kind_of(statistic), decimals(trial, outcome.id, first["part"])
    arm, reference = arm_name(trial, first["arm"]), arm_name(trial, first["reference"])
    look = Look.of(trial, [arm])
    lines = list(_lines(rows, tests, arm, places))
    name = f"forest-{slug(trial, outcome)}-{number + 1}"
    place = ", ".join(
        text for text in (part_label(first["part"]), level_title(trial, outcome, first["level"] or "")) if text
    )
    title = f"{outcome.name}{f' ({place})' if place else ''}: {arm} v {reference} in subgroups"
    svg = ""
    if any(known(row["estimate"]) for row in rows):
        axis = ", ".join(text for text in (kind.label, kind.unit) if text)
        chart = row_chart(lines, look, axis, line_at=1 if statistic in RATIOS else 0, key=False,
                          logarithmic=statistic in RATIOS, hundredfold=kind.style == "points")  # fmt: skip
        told = "; ".join(f"{line.label}: {line.marks[0].text}" for line in lines if line.marks)
        svg = to_svg(chart, look, name, title, f"{told}.")
    level = write_level(first["conf_level"])
    table = tuple(_cells(row, tests, places) for row in rows)
    note = "In brackets after a subgroup: the p-value of heterogeneity (Cochran's Q), a test with little power. "
    note += "The broken line is where there is no difference."
    caption = f"{title}: {kind.label.lower()} with {level} interval (outcome {outcome.id})."
    return Figure(f"figure-{name}", svg, caption, note,
                  ("Subgroup", "Level", "n", kind.label, f"{level} interval", "Heterogeneity"), table,
                  as_data([*rows, *tests.values()]))  # fmt: skip


def _lines(rows: Sequence[Row], tests: dict[str, Row], arm: str, places: int) -> Iterator[ChartRow]:
    for subgroup, own in gather(rows, lambda row: row["subgroup"]).items():
        if subgroup is None:
            yield from (ChartRow("All subjects", (_mark(row, arm, places),)) for row in own[:1])
            continue
        test = _heterogeneity(tests.get(subgroup))
        yield ChartRow(f"{subgroup}{f' ({test})' if test else ''}")
        yield from (ChartRow(row["subgroup_level"] or "", (_mark(row, arm, places),), 1) for row in own)


def _mark(row: Row, arm: str, places: int) -> Mark:
    return Mark.of(arm, row, _told(row, places))


def _told(row: Row, places: int) -> str:
    if not known(row["estimate"]):
        return f"{NOT_ESTIMABLE} (n = {write_count(row['n'])})"
    interval = write_interval(row, places, level=False)
    value = write_value(row, places).removesuffix(kind_of(row["statistic"]).unit).strip()
    return f"{value} ({interval})" if interval else value


def _heterogeneity(test: Row | None) -> str:
    return write_p(test["p_value"]) if test is not None and test["p_value"] is not None else ""


def _cells(row: Row, tests: dict[str, Row], places: int) -> tuple[str, ...]:
    test = _heterogeneity(tests.get(row["subgroup"])) if row["subgroup"] else ""
    return (
        row["subgroup"] or "All subjects", row["subgroup_level"] or NO_VALUE, write_count(row["n"]),
        write_value(row, places), write_interval(row, places, level=False) or NO_VALUE, test or NO_VALUE,
    )  # fmt: skip
