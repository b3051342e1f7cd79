"""Compute every outcome of a definition from one study."""

import platform
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl

from myotrial.analysis.flow import participant_flow
from myotrial.analysis.groups import Group, Row
from myotrial.analysis.results import CURVE_SCHEMA, ROW_SCHEMA, Results
from myotrial.analysis.summaries import SUMMARIES, survival_curves
from myotrial.criteria.scores import Scores
from myotrial.endpoints.derive import derive_outcome
from myotrial.endpoints.panel import Prepared, prepare
from myotrial.model.panel import Panel
from myotrial.study.reading import StudyData
from myotrial.study.tables import load_tables
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import KaplanMeier, MixedModel, Outcome

NO_EVENTS = (
    "there is no events table: rescue, discontinuation and death are taken as not having happened "
    "(an events table without rows says that nothing did)"
)
SOFTWARE = ("myotrial", "numpy", "polars", "scipy", "statsmodels")


def analyse(trial: TrialDefinition, study: StudyData) -> Results:
    """Compute every outcome of a trial's definition.

    Parameters
    ----------
    trial
        The definition, from :func:`load_trial`.
    study
        The tables, from :func:`read_study` or :func:`simulate_study`.

    Returns
    -------
    Results
        One row per estimate, each with its method, n, handling and source; Kaplan-Meier curves; the participant
        flow; the subject-level derivations behind every row; the provenance of it all.

    Raises
    ------
    BadInput
        The study does not fit the definition (unknown arms, no arm).

    Examples
    --------
    >>> from myotrial.simulation.study import simulate_study
    >>> from myotrial.trials.loading import load_trial
    >>> trial = load_trial("NCT04044690")
    >>> analyse(trial, simulate_study(trial, n=40, seed=1))
    Results(NCT04044690: 7 outcomes, ... estimates)
    """
    prepared = prepare(trial, study)
    derived = {outcome.id: derive_outcome(trial, outcome, prepared.panel) for outcome in trial.outcomes}
    rows: list[Row] = []
    curves: list[pl.DataFrame] = []
    for outcome in trial.outcomes:
        found, drawn = summarise_outcome(trial, outcome, derived[outcome.id], prepared.panel, study.subjects)
        rows += found
        curves += drawn
    return Results(
        trial=trial.id,
        rows=pl.DataFrame(rows, schema=ROW_SCHEMA, orient="row"),
        curves=pl.concat(curves) if curves else pl.DataFrame(schema=CURVE_SCHEMA),
        flow=participant_flow(trial, prepared.panel, derived),
        subjects=derived,
        scores={name: scores.frame for name, scores in prepared.scores.items()},
        provenance=_provenance(trial, study, prepared),
    )


def summarise_outcome(
    trial: TrialDefinition, outcome: Outcome, derived: pl.DataFrame, panel: Panel, subjects: pl.DataFrame
) -> tuple[list[Row], list[pl.DataFrame]]:
    """Sum up one outcome: its result rows, and its curves where it is a time to an event."""
    rows: list[Row] = []
    curves: list[pl.DataFrame] = []
    fixed = _fixed(trial, outcome)
    visits = _every_visit(trial, outcome, panel)
    for (level, week), part in derived.group_by("level", "week", maintain_order=True):
        group = _group(trial, outcome, part, panel, subjects)
        if visits is not None:
            group = replace(group, repeated=_group(trial, outcome, visits, panel, subjects))
        place = {"level": level, "week": week}
        for summary in outcome.summaries:
            options = summary.model_dump(exclude={"kind"})
            rows += [{**fixed, **place, **row} for row in SUMMARIES[summary.kind](group, **options)]
            if isinstance(summary, KaplanMeier):
                curves += _curves(outcome, str(level) if level else None, group, summary.interval)
    return rows, curves


def _every_visit(trial: TrialDefinition, outcome: Outcome, panel: Panel) -> pl.DataFrame | None:
    """Return the outcome at every visit after baseline, where a summary is a model of all of them."""
    if not any(isinstance(summary, MixedModel) for summary in outcome.summaries):
        return None
    frame = outcome.time_frame.model_copy(update={"from_week": None})
    return derive_outcome(trial, outcome.model_copy(update={"at": "each_visit", "time_frame": frame}), panel)


def _fixed(trial: TrialDefinition, outcome: Outcome) -> Row:
    """Return what every row of an outcome says alike."""
    registered = outcome.registered
    population = next(entry for entry in trial.populations if entry.id == outcome.population)
    return {
        "outcome": outcome.id,
        "role": outcome.role,
        "title": outcome.name,
        "time_frame": registered.time_frame if registered else None,
        "variable": outcome.variable.describe(),
        "population": population.label,
        "unit": _unit(getattr(outcome.variable, "of", None)),
        "handling": outcome.handling(),
        "source": f"{outcome.source.citation} [{outcome.source.status.replace('_', ' ')}]",
    }


def _unit(measure: str | None) -> str | None:
    if measure is None:
        return None
    columns = {column.name: column.unit for column in load_tables()["visits"].columns}
    return columns.get(measure, "points")


def _group(trial: TrialDefinition, outcome: Outcome, rows: pl.DataFrame, panel: Panel, subjects: pl.DataFrame) -> Group:
    places = np.searchsorted(
        panel.subjects, rows["subject_id"].to_numpy(), sorter=(order := np.argsort(panel.subjects))
    )
    mine = order[places]
    names = {name for summary in outcome.summaries for name in getattr(summary, "covariates", ())}
    strata = None
    if "stratum" in subjects.columns and not subjects["stratum"].null_count():
        strata = subjects["stratum"].to_numpy()[mine]
    return Group(
        rows=rows,
        arms=tuple(arm.id for arm in trial.arms),
        reference=trial.reference,
        conf_level=trial.conf_level,
        covariates={name: panel.grids[name].value[mine, panel.baseline] for name in names},
        strata=strata,
    )


def _curves(outcome: Outcome, level: str | None, group: Group, interval: str) -> list[pl.DataFrame]:
    frames = []
    for arm, curve in survival_curves(group, interval).items():
        steps = {
            "outcome": outcome.id,
            "level": level,
            "arm": arm,
            "day": [0.0, *curve.time],
            "at_risk": [curve.n, *curve.n_at_risk],
            "events": [0, *curve.n_events],
            "censored": [0, *curve.n_censored],
            "survival": [1.0, *curve.survival],
            "low": [None, *curve.low],
            "high": [None, *curve.high],
        }
        frames.append(pl.DataFrame(steps, schema=CURVE_SCHEMA, strict=False))
    return frames


def _provenance(trial: TrialDefinition, study: StudyData, prepared: Prepared) -> Mapping[str, Any]:
    return {
        "software": {"python": platform.python_version()} | {name: version(name) for name in SOFTWARE},
        "definition": {"id": trial.id, "sha256": trial.sha256()},
        "criteria": {name: _criteria(scores) for name, scores in prepared.scores.items()},
        "inputs": dict(study.inputs),
        "simulated": dict(study.simulated) if study.simulated else None,
        "notes": [*study.notes, *prepared.notes, *_without_events(study)],
    }


def _without_events(study: StudyData) -> list[str]:
    """Say what is taken for granted where a study comes without its events."""
    if "events" in study.inputs or study.simulated or study.events.height:
        return []
    return [NO_EVENTS]


def _criteria(scores: Scores) -> Mapping[str, Any]:
    return {"criteria": scores.criteria, "sha256": scores.criteria_sha256, "options": dict(scores.options)}
