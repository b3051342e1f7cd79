"""What is worked out of a study in a process of its own: read it, analyse it, draw it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from myotrial.analysis.analyse import analyse
from myotrial.analysis.results import Results
from myotrial.endpoints.panel import trial_needs
from myotrial.instruments.study_items import check_study_items
from myotrial.model.errors import BadInput, Fault
from myotrial.report.figure_sections import Section, figure_sections
from myotrial.report.flow import draw_flow, flow_stages
from myotrial.report.headline import Headline, headlines
from myotrial.report.hypotheses import Hypotheses, hypothesis_rows
from myotrial.report.numbers import write_count
from myotrial.report.outcome_table import OutcomeEntry, arm_columns, outcome_entries
from myotrial.report.tables import render_tables
from myotrial.report.tables.files import Form
from myotrial.report.templating import render_drawing
from myotrial.study.narrowing import Wanted, filter_study
from myotrial.study.reading import StudyData, read_study
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.loading import load_trial
from myotrial.trials.masking import mask_trial
from myotrial.web.study.unpacking import unpack

READ, ANALYSED, DRAWN, WRITTEN = "read", "analysed", "drawn", "written"
STAGES = (READ, ANALYSED, DRAWN)


@dataclass(frozen=True, slots=True)
class Question:
    """Which study is looked at, and how.

    Attributes
    ----------
    trial
        The id of a definition, or a YAML file.
    masked
        Whether the arms are withheld.
    """

    trial: str
    masked: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What the files hold: the definition as it is analysed and shown, and the tables, or the faults alone."""

    trial: TrialDefinition
    study: StudyData | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the analysis found, as the report tells it.

    Of the derivations by subject only the scores are kept, and who is in each outcome.
    """

    results: Results
    headlines: list[Headline]
    hypotheses: Hypotheses | None
    arms: list[str]
    last_column: str
    entries: list[OutcomeEntry]
    flow_svg: str
    flow_columns: tuple[str, ...]
    flow_rows: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Read a study of a folder, analyse and draw it; ``files``, where there are any, are laid into it before."""

    question: Question
    folder: Path
    files: Mapping[str, bytes] = field(default_factory=dict)

    def __call__(self) -> Iterator[tuple[str, Any]]:
        """Yield each stage."""
        definition = load_trial(self.question.trial)
        reading = _read(definition, self)
        yield READ, reading
        if reading.study is None:
            raise BadInput(reading.faults)
        yield from _found(definition, reading.study, masked=self.question.masked)


@dataclass(frozen=True, slots=True)
class NarrowTask:
    """Analyse and draw some subjects of a study that was read before."""

    question: Question
    study: StudyData
    wanted: Mapping[str, Wanted]

    def __call__(self) -> Iterator[tuple[str, Any]]:
        """Yield each stage but the first."""
        study = filter_study(self.study, **self.wanted)
        yield from _found(load_trial(self.question.trial), study, masked=self.question.masked)


@dataclass(frozen=True, slots=True)
class TablesTask:
    """Write the tables to hand in; ``outcomes`` are the ids of those to show, or ``None`` for all."""

    question: Question
    study: StudyData
    results: Results
    outcomes: tuple[str, ...] | None
    form: Form

    def __call__(self) -> Iterator[tuple[str, Any]]:
        """Yield the text of the file."""
        trial = load_trial(self.question.trial)
        yield WRITTEN, render_tables(trial, self.results, self.study, self.outcomes, form=self.form)


def shown_trial(trial: TrialDefinition, *, masked: bool) -> TrialDefinition:
    """Return the definition as it is shown."""
    return mask_trial(trial) if masked else trial


def _read(definition: TrialDefinition, task: OpenTask) -> Reading:
    shown = shown_trial(definition, masked=task.question.masked)
    try:
        if task.files:
            unpack(task.files, task.folder)
        study = read_study(task.folder, definition.schedule.baseline_week, needs=trial_needs(definition),
                           masked=task.question.masked)  # fmt: skip
        check_study_items(study)
    except BadInput as error:
        return Reading(shown, None, tuple(_without_folder(fault, task.folder) for fault in error.faults))
    finally:
        for file in list(task.folder.iterdir()) if task.files else []:  # what was sent; never somebody's folder
            file.unlink()
    return Reading(shown, study)


def _without_folder(fault: Fault, folder: Path) -> Fault:
    """Return a fault that does not say where on the machine the study lies."""
    if fault.file is None:
        return fault
    return replace(fault, file=fault.file.replace(f"{folder}/", "").replace(str(folder), "the study folder"))


def _found(definition: TrialDefinition, study: StudyData, *, masked: bool) -> Iterator[tuple[str, Any]]:
    results = analyse(definition, study, masked=masked)
    trial = shown_trial(definition, masked=masked)
    flow = draw_flow(trial, results.flow)
    members = {name: derived.select("subject_id", "arm").unique() for name, derived in results.subjects.items()}
    yield (
        ANALYSED,
        Analysis(
            results=replace(results, subjects=members),
            headlines=headlines(trial, results),
            hypotheses=hypothesis_rows(trial, results),
            arms=[label for _, label in arm_columns(trial, results)],
            last_column="Comparison or all arms" if any(outcome.pooled for outcome in trial.outcomes) else "Comparison",
            entries=outcome_entries(trial, results),
            flow_svg="" if flow is None else render_drawing(flow),
            flow_columns=("Stage", *(arm.label for arm in trial.arms), "All"),
            flow_rows=_flow_rows(trial, results.flow),
        ),
    )
    yield DRAWN, figure_sections(trial, results, study)


def _flow_rows(trial: TrialDefinition, flow: pl.DataFrame) -> list[tuple[str, ...]]:
    rows = []
    for stage in flow_stages(flow):
        counts = [write_count(stage.counts.get(arm.id)) for arm in trial.arms]
        total = stage.counts[None] if None in stage.counts else sum(stage.counts.values())
        rows.append((stage.label, *counts, write_count(total)))
    return rows


Drawn = list[Section]
"""What the last stage gives: the figures by section."""
