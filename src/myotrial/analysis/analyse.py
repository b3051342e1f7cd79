"""Compute every outcome of a definition from one study."""

import platform
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import polars as pl

from myotrial.analysis.flow import participant_flow
from myotrial.analysis.groups import Row
from myotrial.analysis.multiplicity import adjust
from myotrial.analysis.outcome import analyse_outcome
from myotrial.analysis.results import CURVE_SCHEMA, MULTIPLICITY_SCHEMA, ROW_SCHEMA, TIPPING_SCHEMA, Results
from myotrial.criteria.scores import Scores
from myotrial.endpoints.panel import Prepared, prepare
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.masking import ALL, mask_trial

NO_EVENTS = (
    "there is no events table: rescue, discontinuation and death are taken as not having happened "
    "(an events table without rows says that nothing did)"
)
MASKED = "masked: the allocation is withheld, everybody is shown together and nothing is compared"
SOFTWARE = ("myotrial", "numpy", "polars", "scipy", "statsmodels")


def analyse(trial: TrialDefinition, study: StudyData, *, masked: bool = False) -> Results:
    """Compute every outcome of a trial's definition.

    Parameters
    ----------
    trial
        The definition, from :func:`load_trial`.
    study
        The tables, from :func:`read_study` or :func:`simulate_study`.
    masked
        Whether the arms are withheld: everybody together, and nothing compared. A study that holds no arms can be
        analysed in no other way.

    Returns
    -------
    Results
        One row per estimate, each with its method, n, handling, estimand and source; Kaplan-Meier curves; the
        participant flow; the subject-level derivations behind every row; hypotheses with adjusted p-values; tipping
        points; the provenance of it all.

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
    Results(NCT04044690: 42 outcomes, ... estimates)
    """
    if masked:
        trial, study = mask_trial(trial), replace(study, subjects=study.subjects.with_columns(arm=pl.lit(ALL)))
    prepared = prepare(trial, study)
    found = {outcome.id: analyse_outcome(trial, outcome, prepared) for outcome in trial.outcomes}
    rows: list[Row] = [row for each in found.values() for row in each.rows]
    curves = [frame for each in found.values() for frame in each.curves]
    derived = {name: each.derived for name, each in found.items()}
    return Results(
        trial=trial.id,
        rows=pl.DataFrame(rows, schema=ROW_SCHEMA, orient="row"),
        curves=pl.concat(curves) if curves else pl.DataFrame(schema=CURVE_SCHEMA),
        flow=participant_flow(trial, prepared.panel, derived),
        subjects=derived,
        scores={name: scores.frame for name, scores in prepared.scores.items()},
        provenance=_provenance(trial, study, prepared, masked=masked),
        multiplicity=pl.DataFrame(adjust(trial, rows), schema=MULTIPLICITY_SCHEMA, orient="row"),
        tipping=pl.DataFrame([row for each in found.values() for row in each.tipping], schema=TIPPING_SCHEMA,
                             orient="row"),
    )  # fmt: skip


def _provenance(trial: TrialDefinition, study: StudyData, prepared: Prepared, *, masked: bool) -> Mapping[str, Any]:
    return {
        "software": {"python": platform.python_version()} | {name: version(name) for name in SOFTWARE},
        "definition": {"id": trial.id, "sha256": trial.sha256()},
        "criteria": {name: _criteria(scores) for name, scores in prepared.scores.items()},
        "inputs": dict(study.inputs),
        "simulated": dict(study.simulated) if study.simulated else None,
        "masked": masked,
        "notes": [*([MASKED] if masked else []), *study.notes, *prepared.notes, *_without_events(study)],
    }


def _without_events(study: StudyData) -> list[str]:
    """Say what is taken for granted where a study comes without its events."""
    if "events" in study.inputs or study.simulated or study.events.height:
        return []
    return [NO_EVENTS]


def _criteria(scores: Scores) -> Mapping[str, Any]:
    return {"criteria": scores.criteria, "sha256": scores.criteria_sha256, "options": dict(scores.options)}
