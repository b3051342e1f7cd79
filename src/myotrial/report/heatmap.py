"""The core set heat map: a row for each subject, a column for each measure, a cell for the points it gave."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from myotrial.criteria.change.improvement import score_doi
from myotrial.criteria.change.rules import load_rule
from myotrial.criteria.tis import NO_RESPONSE
from myotrial.endpoints.windows import place_visits
from myotrial.report.figure_parts import Figure
from myotrial.report.heatmap_layout import SHARES, Cell, Line, draw_heatmap
from myotrial.report.numbers import NO_VALUE, write_count, write_number, write_week
from myotrial.report.subject_scores import JudgedScores, SubjectScore
from myotrial.report.templating import short
from myotrial.report.waterfall import UNDECIDED, category_of
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition

NAME, RULE = "heatmap", "imacs-doi-2004"
MOST_ROWS = 64
"""Rows of one panel, so that a figure stands on one sheet."""

COLUMNS = ("Arm", "Measure", "Most points", "Subjects", "No points", "Up to half", "More than half", "All", "Worse",
           "Missing")  # fmt: skip

Worse = Mapping[str, Mapping[str, Any]]
Panel = tuple[str, Sequence[SubjectScore]]


def heatmap_figures(trial: TrialDefinition, judged: JudgedScores, study: StudyData, *, named: bool) -> list[Figure]:
    """Draw what each measure gave each subject; the table of all stands under the first figure."""
    worse = _worse(trial, judged, study)
    sheets = list(_sheets(judged))
    title = f"Core set measures of each subject at week {write_week(judged.week)}"
    title += ": points of the Total Improvement Score"
    order = "by arm and category" if len(judged.by_arm) > 1 else "by category"
    figures = []
    for number, sheet in enumerate(sheets, 1):
        name = NAME if number == 1 else f"{NAME}-{number}"
        lines = [(head, [_line(judged, score, worse, named=named) for score in scores]) for head, scores in sheet]
        svg = draw_heatmap(name, title, judged.criteria.measures, lines, marked=worse is not None)
        part = f" ({number} of {len(sheets)})" if len(sheets) > 1 else ""
        figures.append(Figure(
            id=f"figure-{name}", svg=svg, caption=f"{title}, {order}{part}.",
            note=_note(marked=worse is not None, with_table=number == 1),
            columns=COLUMNS if number == 1 else (), rows=tuple(_table(judged, worse)) if number == 1 else (),
            data=tuple(_data(judged, worse, sheet, named=named)), wide=True,
        ))  # fmt: skip
    return figures


def _worse(trial: TrialDefinition, judged: JudgedScores, study: StudyData) -> Worse | None:
    """Return which measures are worse by the published definition, by subject; ``None`` where it does not fit.

    The definition asks for the six measures of the adult core set; its enzyme is followed as that of the score.
    """
    rule, used = load_rule(RULE), judged.criteria.settle(trial.scores["tis"].options)
    columns = {measure.column for measure in rule.measures.values() if measure.column}
    same = {measure.id for measure in judged.criteria.measures} == set(rule.measures)
    if not same or not columns <= set(study.visits.frame.columns):
        return None
    options = {name: value for name, value in used.items() if name in rule.options and name.startswith("enzyme_")}
    placed, _ = place_visits(trial.schedule, study)
    frame = score_doi(placed.visits, baseline_week=trial.schedule.baseline_week, options=options).frame
    return {row["subject_id"]: row for row in frame.filter(pl.col("week") == judged.week).to_dicts()}


def _sheets(judged: JudgedScores) -> Iterator[list[Panel]]:
    """Part the arms into figures of at most two panels side by side."""
    panels: list[list[Panel]] = []
    for arm, scores in judged.by_arm.items():
        ranked = sorted(scores, key=lambda score: _rank(judged, score))
        parts = -(-len(scores) // MOST_ROWS)
        cut = _chunks(ranked, -(-len(scores) // parts))
        panels.append([(_headed(arm, len(scores), start, part), part) for start, part in cut])
    if all(len(parts) == 1 for parts in panels):
        panels = [[parts[0] for parts in panels]]
    for several in panels:
        yield from (pair for _, pair in _chunks(several, 2))


def _chunks(entries: Sequence[Any], size: int) -> list[tuple[int, list[Any]]]:
    return [(start, list(entries[start : start + size])) for start in range(0, len(entries), size)]


def _headed(arm: str, count: int, start: int, part: Sequence[SubjectScore]) -> str:
    """Name a panel: its arm, and how many subjects or which of them it shows."""
    if len(part) == count:
        return f"{arm} ({count} {'subject' if count == 1 else 'subjects'})"
    return f"{arm} (subjects {start + 1} to {start + len(part)} of {count})"


def _rank(judged: JudgedScores, score: SubjectScore) -> int:
    """Return the place of a subject's category, the highest first."""
    order = [*reversed(judged.criteria.thresholds), NO_RESPONSE, UNDECIDED, None]
    return order.index(category_of(score))


def _heading(judged: JudgedScores, score: SubjectScore) -> str:
    """Return the heading that a subject stands under."""
    category = category_of(score)
    if category is None:
        return "No score at this visit"
    if category in {UNDECIDED, NO_RESPONSE}:
        return "Category not decided" if category == UNDECIDED else "No response"
    return f"{category[:1].upper()}{category[1:]}, {write_week(judged.criteria.thresholds[category])} or more"


def _line(judged: JudgedScores, score: SubjectScore, worse: Worse | None, *, named: bool) -> Line:
    name = score.subject if named else ""
    return Line(_heading(judged, score), name, _cells(judged, score, worse), _short_score(score))


def _cells(judged: JudgedScores, score: SubjectScore, worse: Worse | None) -> tuple[Cell, ...]:
    row = (worse or {}).get(score.subject, {})
    return tuple(
        Cell(score.visit[f"points_{measure.id}"] if score.visit else None, measure.bands.points[-1],
             row.get(f"worsened_{measure.id}"))
        for measure in judged.criteria.measures
    )  # fmt: skip


def _short_score(score: SubjectScore) -> str:
    if score.visit is None:
        return NO_VALUE
    if score.known:
        return short(score.visit["tis"])
    return f"{short(score.visit['tis_low'])}–{short(score.visit['tis_high'])}"


def _note(*, marked: bool, with_table: bool) -> str:
    told = ["The darker the cell, the larger the share of the measure's points; the number is the points."]
    if marked:
        edge = load_rule(RULE).parameters["worsening_percent"].default
        told.append(
            f"▼ marks a measure that is worse than at baseline by at least {short(edge)} % of the baseline value "
            "(IMACS definition of improvement, 2004); smaller worsening is not marked. Worsening takes no points away."
        )
    told.append("Hatched: missing, at this visit or at baseline.")
    told.append("The table counts the subjects." if with_table else "The table stands under the first figure.")
    return " ".join(told)


def _table(judged: JudgedScores, worse: Worse | None) -> Iterator[tuple[str, ...]]:
    """Count the subjects of each arm by how many of a measure's points they have."""
    for arm, scores in judged.by_arm.items():
        rows = [_cells(judged, score, worse) for score in scores]
        for place, measure in enumerate(judged.criteria.measures):
            cells = [row[place] for row in rows]
            known = [cell for cell in cells if cell.points is not None]
            counts = (str(sum(cell.share == share for cell in known)) for share in range(len(SHARES)))
            marked = NO_VALUE if worse is None else write_count(sum(cell.worse is True for cell in cells))
            yield (arm, measure.label, write_number(measure.bands.points[-1]), str(len(cells)), *counts, marked,
                   str(len(cells) - len(known)))  # fmt: skip


def _data(
    judged: JudgedScores, worse: Worse | None, sheet: Sequence[Panel], *, named: bool
) -> Iterator[dict[str, object]]:  # fmt: skip
    for score in (score for _, scores in sheet for score in scores):
        for measure, cell in zip(judged.criteria.measures, _cells(judged, score, worse), strict=True):
            yield {
                **({"subject_id": score.subject} if named else {}), "arm": score.arm, "week": judged.week,
                "measure": measure.id, "points": cell.points, "most": cell.most, "worse": cell.worse,
                "tis_low": score.visit["tis_low"] if score.visit else None,
                "tis_high": score.visit["tis_high"] if score.visit else None,
            }  # fmt: skip
