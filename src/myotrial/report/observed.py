"""The Total Improvement Score at every visit, where no outcome of the definition asks for it."""

from dataclasses import replace

import polars as pl

from myotrial.analysis.outcome import analyse_outcome
from myotrial.analysis.results import ROW_SCHEMA, Results
from myotrial.endpoints.panel import prepare
from myotrial.model.source import Source
from myotrial.report.figure_parts import Figure
from myotrial.report.figures import mean_figures
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.masking import ALL
from myotrial.trials.outcomes import Outcome, TimeFrame
from myotrial.trials.summaries import Mean
from myotrial.trials.variables import Value

FEW = 3
"""Visits from which on the outcomes' own means show a course."""

NAME = "observed-tis"
NOTE = "No outcome of the definition asks for this: the scores that are known at each visit, whatever happened before."


def observed_scores(trial: TrialDefinition, results: Results, study: StudyData) -> list[Figure]:
    """Chart the mean score by visit and arm of everybody seen; nothing where an outcome gives it at three visits."""
    if "tis" not in trial.scores or "tis" not in results.scores or _told(trial, results):
        return []
    outcome = _outcome()
    alone = trial.model_copy(update={"outcomes": (outcome,), "multiplicity": None})
    if ALL in {arm.id for arm in trial.arms}:
        study = replace(study, subjects=study.subjects.with_columns(arm=pl.lit(ALL)))
    rows = analyse_outcome(alone, outcome, prepare(alone, study)).rows
    if not rows:
        return []
    found = replace(results, rows=pl.DataFrame(rows, schema=ROW_SCHEMA, orient="row"))
    return [
        replace(figure, id=f"figure-{NAME}", note=f"{NOTE} {figure.note}".strip(),
                svg=figure.svg.replace('mean-1-1-', f"{NAME}-"),
                caption=figure.caption.replace(f" (outcome {NAME})", ""))
        for figure in mean_figures(alone, found)
    ]  # fmt: skip


def _told(trial: TrialDefinition, results: Results) -> bool:
    """Whether outcomes give the mean at enough visits."""
    own = [outcome.id for outcome in trial.outcomes if getattr(outcome.variable, "of", None) == "tis"
           and outcome.variable.kind == "value"]  # fmt: skip
    main = pl.col("subgroup").is_null() & (pl.col("analysis") == "main") & (pl.col("statistic") == "mean")
    return results.rows.filter(pl.col("outcome").is_in(own), main)["week"].n_unique() >= FEW


def _outcome() -> Outcome:
    return Outcome(
        id=NAME, role="unregistered", title="Total Improvement Score by visit", derivation="The score at each visit.",
        time_frame=TimeFrame(), at="each_visit", variable=Value(kind="value", of="tis"), summaries=(Mean(kind="mean"),),
        source=Source(citation="A default of this software", status="ours"),
    )  # fmt: skip
