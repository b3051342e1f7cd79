"""The page: every section's content, through the templates, into one file."""

import re
from pathlib import Path
from typing import Any

from myotrial.analysis.results import Results
from myotrial.report.figure_sections import figure_sections
from myotrial.report.flow import Stage, draw_flow, flow_stages
from myotrial.report.headline import headlines
from myotrial.report.hypotheses import hypothesis_rows
from myotrial.report.numbers import write_count
from myotrial.report.outcome_table import arm_columns, outcome_entries
from myotrial.report.profiles import profile_section, render_profile
from myotrial.report.schedule import draw_schedule
from myotrial.report.sources import facts, options_used
from myotrial.report.templating import environment
from myotrial.report.writing import check_target, write_whole
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition

MASKING = {"none": "open label", "single": "single", "double": "double", "triple": "triple", "quadruple": "quadruple"}


def render_report(trial: TrialDefinition, results: Results, study: StudyData, *, subjects: bool = False) -> str:
    """Render the report of an analysis as one HTML page that needs no other file and no network.

    Parameters
    ----------
    trial
        The definition.
    results
        What its analysis found.
    study
        The data the results were computed from.
    subjects
        Whether to add a profile of every subject, and to say in the figures which subject is which.

    Returns
    -------
    str
        The page. The same input gives the same text.

    Examples
    --------
    >>> import myotrial as mt
    >>> trial = mt.load_trial("NCT04044690")
    >>> study = mt.simulate_study(trial, n=20, seed=1)
    >>> page = render_report(trial, mt.analyse(trial, study), study)
    >>> "Responder Rate" in page, "<script" in page
    (True, False)
    """
    figures = figure_sections(trial, results, study, named=subjects)
    template = environment().get_template("report.html.j2")
    return template.render(
        trial=trial,
        results=results,
        study=study,
        foot=_foot(trial, study),
        design=_design(trial),
        schedule=draw_schedule(trial),
        flow=draw_flow(trial, results.flow),
        flow_table=_flow_table(trial, flow_stages(results.flow)),
        headlines=headlines(trial, results),
        hypotheses=hypothesis_rows(trial, results),
        arms=[label for _, label in arm_columns(trial, results)],
        last_column="Comparison or all arms" if any(outcome.pooled for outcome in trial.outcomes) else "Comparison",
        outcomes=outcome_entries(trial, results),
        figures=figures,
        absent=[section.absent for section in figures if not section.figures],
        draw=render_profile,
        profiles=profile_section(trial, results, study) if subjects else None,
        options=options_used(trial, results.provenance),
        facts=facts({key: value for key, value in results.provenance.items() if key not in {"notes", "command"}}),
        notes=tuple(dict.fromkeys([*study.notes, *results.provenance.get("notes", ())])),
        commands=_commands(trial, results, study),
    )


def write_report(
    path: str | Path, trial: TrialDefinition, results: Results, study: StudyData, *, subjects: bool = False
) -> Path:
    """Write the report to a file; one that stands there is replaced only once the new one is whole.

    Parameters
    ----------
    path
        The HTML file.
    trial, results, study, subjects
        See :func:`render_report`.

    Returns
    -------
    pathlib.Path
        The file.

    Examples
    --------
    >>> import tempfile, myotrial as mt
    >>> trial = mt.load_trial("NCT04044690")
    >>> study = mt.simulate_study(trial, n=20, seed=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_report(f"{folder}/report.html", trial, mt.analyse(trial, study), study).name
    'report.html'
    """
    target = Path(path)
    check_target(target)
    return write_whole(target, render_report(trial, results, study, subjects=subjects))


def _foot(trial: TrialDefinition, study: StudyData) -> str:
    """Return what stands at the foot of each printed page, with nothing in it that a style sheet could misread."""
    words = [trial.id, "simulated data" if study.simulated else "", "for research, not medical advice"]
    return re.sub(r"[^\w ,;.:()·-]", "", " · ".join(word for word in words if word))


def _design(trial: TrialDefinition) -> list[tuple[str, str]]:
    """Return the design in words, as pairs of a term and its value."""
    design = trial.design
    masked = ", ".join(who.replace("_", " ") for who in design.masked)
    size = trial.sample_size
    pairs = [
        ("Allocation", design.allocation.replace("_", " ").replace("non ", "non-")),
        ("Model", design.model.replace("_", " ")),
        ("Masking", MASKING[design.masking] + (f" ({masked})" if masked else "")),
        ("Purpose", design.purpose),
        ("Phase", design.phase),
        ("Planned", f"{size.planned} subjects"),
    ]
    return [*pairs, ("Enrolled", f"{size.enrolled} subjects")] if size.enrolled else pairs


def _flow_table(trial: TrialDefinition, stages: list[Stage]) -> list[tuple[str, list[str]]]:
    """Return the flow as rows: the stage, and its count by arm and in all."""
    table = []
    for stage in stages:
        counts = [write_count(stage.counts.get(arm.id)) for arm in trial.arms]
        total = stage.counts[None] if None in stage.counts else sum(stage.counts.values())
        table.append((stage.label, [*counts, write_count(total)]))
    return table


def _commands(trial: TrialDefinition, results: Results, study: StudyData) -> list[str]:
    """Return the lines that give these results again."""
    told: Any = results.provenance.get("command")
    if isinstance(told, str):
        return [told]
    seed = (study.simulated or {}).get("seed")
    lines = ["import myotrial as mt", f'trial = mt.load_trial("{trial.id}")']
    if seed is not None:
        lines.append(f"study = mt.simulate_study(trial, n={study.subjects.height}, seed={seed})")
    else:
        lines.append('study = mt.read_study("the study folder")')
    return [*lines, "results = mt.analyse(trial, study)"]
