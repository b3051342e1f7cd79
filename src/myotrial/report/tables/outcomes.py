"""One outcome as tables: its main analysis, every visit, the sensitivity analyses, the subgroups."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from myotrial.analysis.results import Results
from myotrial.report.findings import Finding, Findings
from myotrial.report.labels import arm_name, planned
from myotrial.report.numbers import NO_VALUE
from myotrial.report.outcome_table import Fold, OutcomeEntry, arm_columns
from myotrial.report.sources import source_words
from myotrial.report.tables.model import Cell, Column, Row, Table, mark_at
from myotrial.report.words import Line
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.masking import ALL

FOLDS = {"visits": ("1", "All visits"), "sensitivity": ("2", "Sensitivity analyses"), "subgroups": ("3", "Subgroups")}
"""Kind of a fold → the end of its table's number, and what it is called."""
DETAILS = ("SD", "Median", "Range", "interval", "p-value", "Counted", "With the event", "n", "Unknown")
"""What is told beside a value, in the order of its rows."""
NOTHING = "No result was computed for this outcome."

Side = tuple[str | None, str | None]
"""Whose a column is: an arm, or an arm and its reference."""


@dataclass(slots=True)
class Marks:
    """The footnotes that cells lead to, each text once."""

    notes: dict[str, str] = field(default_factory=dict)

    def of(self, text: str) -> str:
        """Return the mark of a footnote; none where there is nothing to say."""
        if not text:
            return ""
        known = next((mark for mark, note in self.notes.items() if note == text), None)
        mark = known or mark_at(len(self.notes))
        self.notes[mark] = text
        return mark


def outcome_tables(
    trial: TrialDefinition, results: Results, entry: OutcomeEntry, number: str, sources: tuple[str, ...]
) -> Iterator[Table]:
    """Yield the tables of an outcome, the first under ``number`` and each fold under a number below it."""
    parts: list[Fold | None] = [None, *entry.folds]
    for fold in parts:
        groups = entry.groups if fold is None else fold.groups
        end, what = ("", "") if fold is None else FOLDS[fold.kind]
        sides = _sides(trial, results, groups)
        marks = Marks()
        rows = tuple(row for group in groups for row in _group_rows(group, list(sides), marks))
        how = dict(entry.how if fold is None else fold.how)
        yield Table(
            number=f"{number}.{end}" if end else number,
            titles=tuple(line for line in (entry.title, _place(entry), what) if line),
            population=how.pop("Population", ""),
            stub="Level and visit" if fold is None else fold.first,
            columns=tuple(_column(results, entry.id, side, label, sides) for side, label in sides.items()),
            rows=rows or (Row("", "", NOTHING, tuple(Cell() for _ in sides)),),
            notes=marks.notes,
            footnotes=tuple(_footnotes(trial, entry, groups, how)),
            sources=sources,
            outcome=entry.id,
        )


def _place(entry: OutcomeEntry) -> str:
    role = f"{entry.role} outcome {entry.id}" if entry.planned else f"outcome {entry.id}, not in the definition"
    return "; ".join(part for part in (role[:1].upper() + role[1:], entry.time_frame) if part)


def _sides(trial: TrialDefinition, results: Results, groups: Sequence[Findings]) -> dict[Side, str]:
    """Return whose the columns are, with their labels: the arms, all of them together, the comparisons."""
    sides: dict[Side, str] = {(arm, None): label for arm, label in arm_columns(trial, results)}
    lines = [line for group in groups for finding in group.findings for line in finding.comparisons]
    if any((line.arm, line.reference) == (ALL, None) for line in lines):
        sides.setdefault((ALL, None), arm_name(trial, ALL))
    for line in lines:
        if line.reference is not None:
            label = f"{arm_name(trial, line.arm)} v {arm_name(trial, line.reference)}"
            sides.setdefault((line.arm, line.reference), label)
        else:
            sides.setdefault((line.arm, None), arm_name(trial, line.arm))
    return sides


def _column(results: Results, outcome: str, side: Side, label: str, sides: dict[Side, str]) -> Column:
    arm, reference = side
    compared = sum(other is not None for _, other in sides)
    if reference is not None:
        return Column(label, spanner="Comparison" if compared > 1 else "")
    derived = results.subjects.get(outcome)
    if derived is None:
        return Column(label)
    people = derived.select("subject_id", "arm").unique()
    n = people.height if arm in {ALL, None} else people.filter(arm=arm).height
    return Column(label, n)


def _group_rows(group: Findings, sides: list[Side], marks: Marks) -> Iterator[Row]:
    for finding in group.findings:
        yield from _finding_rows(group.label, finding, sides, marks)


def _finding_rows(group: str, finding: Finding, sides: list[Side], marks: Marks) -> Iterator[Row]:
    """Yield a row for each statistic of a level and visit, and one for each detail under it."""
    blocks: dict[tuple[str, int], dict[str, dict[int, Cell]]] = {}
    for place, lines in _lines_by_column(finding, sides):
        _fill(blocks, place, lines, marks)
    arms = range(len(finding.cells))
    level = finding.label or "At the end"
    for (name, _), block in blocks.items():
        for detail in sorted(block, key=_rank):
            cells = block[detail]
            if not detail and any(place in cells for place in arms):
                cells = {place: Cell(NO_VALUE) for place in arms} | cells
            row = tuple(cells.get(place, Cell()) for place in range(len(sides)))
            yield Row(group, level, detail or name, row, detail=bool(detail))
    if not blocks:
        yield Row(group, level, "", tuple(Cell(NO_VALUE) if place in arms else Cell() for place in range(len(sides))))


def _lines_by_column(finding: Finding, sides: list[Side]) -> Iterator[tuple[int, list[Line]]]:
    yield from enumerate(list(lines) for lines in finding.cells)
    for place, side in enumerate(sides):
        own = [line for line in finding.comparisons if (line.arm, line.reference) == side]
        if own:
            yield place, own


def _fill(
    blocks: dict[tuple[str, int], dict[str, dict[int, Cell]]], place: int, lines: Iterable[Line], marks: Marks
) -> None:
    """Put the lines of a column into the rows; one without a figure tells more of the first of its name."""
    counts: dict[str, int] = {}
    for line in lines:
        if line.figure:
            counts[line.name] = counts.get(line.name, 0) + 1
        key = (line.name, counts[line.name] if line.figure else 1)
        if line.figure:
            blocks.setdefault(key, {}).setdefault("", {})[place] = Cell(line.figure, marks.of(line.warning))
        for detail in line.details:
            if detail.name:
                blocks.setdefault(key, {}).setdefault(detail.name, {})[place] = Cell(detail.text)


def _rank(detail: str) -> int:
    if not detail:
        return -1
    return next((place for place, name in enumerate(DETAILS) if detail.endswith(name)), len(DETAILS))


def _footnotes(
    trial: TrialDefinition, entry: OutcomeEntry, groups: Sequence[Findings], how: dict[str, str]
) -> Iterator[str]:
    yield from (f"{_ended(warning)}" for warning in entry.warnings)
    yield from (_ended(f"{term}: {text}") for term, text in how.items())
    yield from (_ended(f"{group.label}: {group.note}") for group in groups if group.note)
    outcome = planned(trial, entry.id)
    if outcome is not None:
        yield _ended(f"Derivation: {outcome.derivation}")
        yield _ended(f"Source of the derivation: {source_words(outcome.source)}")
    yield "N: subjects of the arm in the population."
    if any("to\N{NO-BREAK SPACE}week" in finding.label for group in groups for finding in group.findings):
        yield "Days count from the first treatment, which is day 1."


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
