"""The tables of who took part: the participant flow, and what the subjects were like at baseline."""

from collections.abc import Iterator

import polars as pl

from myotrial.analysis.results import Results
from myotrial.endpoints.windows import place_visits
from myotrial.report.flow import flow_stages
from myotrial.report.labels import decimals, part_label
from myotrial.report.numbers import NO_VALUE, write_count, write_number, write_percent
from myotrial.report.tables.model import Cell, Column, Row, Table
from myotrial.statistics import describe, estimate_proportion
from myotrial.study.reading import StudyData
from myotrial.study.tables import load_tables
from myotrial.trials.definition import TrialDefinition

KINDS = ("sex", "diagnosis", "stratum")
"""The columns of the subjects that are counted."""
ALL_SUBJECTS = "All subjects"
QUARTILES = "Median: mean of the two middle values where their number is even. SD: divisor n − 1."


def flow_table(trial: TrialDefinition, results: Results, sources: tuple[str, ...]) -> Table | None:
    """Return the participant flow as a table; ``None`` where none is known."""
    stages = flow_stages(results.flow)
    if not stages:
        return None
    several = len(trial.arms) > 1
    columns = (*(Column(arm.label) for arm in trial.arms), *([Column(ALL_SUBJECTS)] if several else []))
    rows = []
    for stage in stages:
        counts = [stage.counts.get(arm.id) for arm in trial.arms]
        whole = stage.counts[None] if None in stage.counts else sum(stage.counts.values())
        shown = [*counts, whole] if several else counts
        rows.append(Row("", "", stage.label, tuple(Cell(write_count(count)) for count in shown)))
    notes = ("Subjects by arm as randomised.",)
    return Table("14.1.1", ("Participant flow",), ALL_SUBJECTS, "Stage", columns, tuple(rows), {}, notes, sources)


def baseline_table(trial: TrialDefinition, study: StudyData, sources: tuple[str, ...]) -> Table:
    """Return age, sex, diagnosis and every measure at baseline, by arm."""
    placed, _ = place_visits(trial.schedule, study)
    visits = placed.visits.frame.filter(pl.col("week") == trial.schedule.baseline_week)
    measures = [name for name in visits.columns if name not in {"arm", "week", "day"}]
    people = study.subjects.join(visits.select(measures), on="subject_id", how="left", suffix="_visit")
    groups = [people.filter(arm=arm.id) for arm in trial.arms]
    several = len(groups) > 1
    groups += [people] if several else []
    labels = [arm.label for arm in trial.arms] + ([ALL_SUBJECTS] if several else [])
    return Table(
        number="14.1.2",
        titles=("Demographics and characteristics at baseline",),
        population=ALL_SUBJECTS,
        stub="Characteristic",
        columns=tuple(Column(label, group.height) for label, group in zip(labels, groups, strict=True)),
        rows=tuple(_rows(trial, people, groups)),
        notes={},
        footnotes=(
            f"Measures at the visit of week {trial.schedule.baseline_week:g}; missing values are left out and counted.",
            "Shares are of the subjects whose answer is known.",
            QUARTILES,
        ),
        sources=sources,
    )


def _rows(trial: TrialDefinition, people: pl.DataFrame, groups: list[pl.DataFrame]) -> Iterator[Row]:
    tables = load_tables()
    if _known(people, "age_years"):
        yield from _numbers("Age (years)", "age_years", 1, groups)
    for name in KINDS:
        if _known(people, name):
            yield from _counts(tables["subjects"].column(name).label, name, people, groups)
    for column in tables["visits"].columns:
        if column.better and column.unit != "level" and _known(people, column.name):
            yield from _numbers(part_label(column.name), column.name, decimals(trial, "", column.name), groups)


def _known(people: pl.DataFrame, name: str) -> bool:
    return name in people.columns and people[name].null_count() < people.height


def _numbers(label: str, name: str, places: int, groups: list[pl.DataFrame]) -> Iterator[Row]:
    """Yield the summary of a number, one row per statistic."""
    found = [describe(group[name].drop_nulls().to_numpy()) for group in groups]
    missing = [group[name].null_count() for group in groups]

    def write(number: float | None) -> str:
        return write_number(number, places)

    shown = {
        "n": [write_count(one.n) for one in found],
        "Mean (SD)": [f"{write(one.mean)} ({write(one.sd)})" if one.n else NO_VALUE for one in found],
        "Median": [write(one.median) for one in found],
        "Range": [f"{write(one.minimum)} to {write(one.maximum)}" if one.n else NO_VALUE for one in found],
    }
    if any(missing):
        shown["Missing"] = [write_count(number) for number in missing]
    yield from (Row("", label, what, tuple(Cell(text) for text in texts)) for what, texts in shown.items())


def _counts(label: str, name: str, people: pl.DataFrame, groups: list[pl.DataFrame]) -> Iterator[Row]:
    """Yield how many are of each kind, with their share among those whose kind is known."""
    head = f"{label}, n (%)"
    for kind in people[name].drop_nulls().unique().sort().to_list():
        counts = [(int((group[name] == kind).sum()), group[name].drop_nulls().len()) for group in groups]
        shown = str(kind)[:1].upper() + str(kind)[1:]
        yield Row("", head, shown, tuple(Cell(count_and_share(*count)) for count in counts))
    missing = [group[name].null_count() for group in groups]
    if any(missing):
        yield Row("", head, "Missing", tuple(Cell(write_count(number)) for number in missing))


def count_and_share(count: int, n: int) -> str:
    """Write a count with its share.

    Examples
    --------
    >>> count_and_share(3, 8).replace("\N{NO-BREAK SPACE}", " "), count_and_share(0, 0)
    ('3 (37.5 %)', '0')
    """
    return f"{write_count(count)} ({write_percent(estimate_proportion(count, n).value)})" if n else write_count(count)
