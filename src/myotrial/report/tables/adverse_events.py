"""The summary of treatment-emergent adverse events, by arm and kind."""

from collections.abc import Iterator, Mapping
from typing import Any

from myotrial.instruments.treatments.adverse_events_table import KINDS, tabulate_adverse_events
from myotrial.report.numbers import write_count, write_significant
from myotrial.report.tables.model import Cell, Column, Row, Table
from myotrial.report.tables.subjects import ALL_SUBJECTS, count_and_share
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition

RATES = {
    "per_infusion_day": "Events per day with an infusion",
    "eaer_per_year": "Events per subject-year",
    "eair_per_year": "Subjects with an event per subject-year",
}
"""Column of the table of adverse events → what its row is called."""


def adverse_event_table(trial: TrialDefinition, study: StudyData, sources: tuple[str, ...]) -> Table | None:
    """Return treatment-emergent adverse events by arm and kind; ``None`` where the study records none."""
    if not study.adverse_events.height:
        return None
    options = trial.adverse_events.model_dump()
    found = tabulate_adverse_events(study, **options)
    counted = {(row["arm"], row["kind"]): row for row in found.frame.to_dicts()}
    present = [arm for arm in trial.arms if (arm.id, "any") in counted]
    sides = [(arm.id, arm.label) for arm in present] + ([(None, ALL_SUBJECTS)] if len(present) > 1 else [])
    return Table(
        number="14.3.1",
        titles=("Treatment-emergent adverse events", "Overview by kind"),
        population=ALL_SUBJECTS,
        stub="Kind of event",
        columns=tuple(Column(label, counted[arm, "any"]["n"]) for arm, label in sides),
        rows=tuple(row for kind in KINDS for row in _rows(kind, [counted[arm, kind] for arm, _ in sides])),
        notes={},
        footnotes=tuple(_footnotes(trial, found.notes)),
        sources=sources,
    )


def _rows(kind: str, found: list[Mapping[str, Any]]) -> Iterator[Row]:
    level = f"{kind[:1].upper()}{kind[1:]}"
    shares = [count_and_share(row["subjects"], row["n"]) for row in found]
    yield Row("", level, "Subjects with an event, n (%)", tuple(map(Cell, shares)))
    yield Row("", level, "Events", tuple(Cell(write_count(row["events"])) for row in found))
    if any(row["unknown_events"] for row in found):
        yield Row("", level, "Unknown", tuple(Cell(write_count(row["unknown_events"])) for row in found), detail=True)
    for name, label in RATES.items():
        if any(row.get(name) is not None for row in found):
            yield Row("", level, label, tuple(Cell(write_significant(row[name])) for row in found))
            ends = [_interval(row[f"{name}_low"], row[f"{name}_high"]) for row in found]
            yield Row("", level, "95\N{NO-BREAK SPACE}% interval", tuple(map(Cell, ends)), detail=True)


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{write_significant(low)} to {write_significant(high)}"


def _footnotes(trial: TrialDefinition, notes: tuple[str, ...]) -> Iterator[str]:
    yield (
        "An event counts that began on or after the day of the first treatment, or was then worse than before, or "
        "whose first day is unknown; severe and serious are two different things."
    )
    window = trial.adverse_events.window_days
    if window is not None:
        yield f"Events up to {write_count(window)} days after the last treatment."
    yield "Unknown: events that may fit; something that decides is missing. They are not counted."
    yield "Rates: exact Poisson intervals. A subject counts once however many events it had; an event counts each time."
    yield from (f"{note[:1].upper()}{note[1:]}." for note in notes)
