"""Sum up one outcome: its result rows, its curves, its sensitivity analyses, subgroups and tipping points."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from myotrial.analysis.groups import Blocks, Group, Row
from myotrial.analysis.imputed import imputed_rows
from myotrial.analysis.results import CURVE_SCHEMA
from myotrial.analysis.subgroups import subgroup_rows
from myotrial.analysis.summaries import SUMMARIES
from myotrial.analysis.summaries.times import survival_curves
from myotrial.analysis.tipping import tipping_rows
from myotrial.endpoints.derive import derive_outcome
from myotrial.endpoints.panel import Prepared
from myotrial.study.tables import load_tables
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.estimand_text import estimand_text
from myotrial.trials.masking import ALL
from myotrial.trials.outcomes import Outcome
from myotrial.trials.summaries import KaplanMeier, MixedModel
from myotrial.trials.variables import DOSE, names_of

MAIN = ("main", "main analysis")
RATES = {"infusion_day": "events per day with an infusion", "subject_year": "events per subject-year"}
"""What a rate is counted by → its unit."""


@dataclass(slots=True)
class Found:
    """What is found of one outcome."""

    derived: pl.DataFrame
    rows: list[Row] = field(default_factory=list)
    curves: list[pl.DataFrame] = field(default_factory=list)
    tipping: list[Row] = field(default_factory=list)


def analyse_outcome(trial: TrialDefinition, outcome: Outcome, prepared: Prepared) -> Found:
    """Derive an outcome and sum it up, once as planned and once for each sensitivity analysis.

    Parameters
    ----------
    trial, outcome
        The definition and one of its outcomes.
    prepared
        The study on the definition's grid.
    """
    found = Found(derive_outcome(trial, outcome, prepared))
    _sum_up(trial, outcome, prepared, found, MAIN)
    for entry in outcome.sensitivity:
        other = outcome.with_sensitivity(entry)
        again = Found(derive_outcome(trial, other, prepared))
        _sum_up(trial, other, prepared, again, (entry.id, entry.label))
        found.rows += again.rows
    if outcome.tipping_point is not None:
        found.tipping = tipping_rows(trial, outcome, prepared, found.derived)
    return found


def _sum_up(
    trial: TrialDefinition, outcome: Outcome, prepared: Prepared, found: Found, analysis: tuple[str, str]
) -> None:
    fixed = {**_fixed(trial, outcome), "analysis": analysis[0], "analysis_label": analysis[1]}
    units = _units(outcome)
    if outcome.imputation is not None:
        rows = imputed_rows(trial, outcome, prepared)
        found.rows += [{**fixed, "unit": units.get(row["part"], fixed["unit"]), **row} for row in rows]
        if analysis == MAIN:
            found.rows += [{**fixed, **row} for row in _without_subgroups(trial, outcome)]
        return
    visits = _every_visit(trial, outcome, prepared)
    for (part, level, week), group in _groups(trial, outcome, prepared, found.derived):
        repeated = visits.get(part, ())
        whole = replace(group, repeated=repeated) if repeated else group
        place = {**fixed, "unit": units.get(part, fixed["unit"]), "part": part, "level": level, "week": week}
        for summary in outcome.summaries:
            options = {name: getattr(summary, name) for name in type(summary).model_fields if name != "kind"}
            found.rows += [{**place, **row} for row in SUMMARIES[summary.kind](whole, **options)]
            if isinstance(summary, KaplanMeier) and analysis == MAIN:
                found.curves += _curves(outcome, level, group, summary.interval)
        if analysis == MAIN and outcome.subgroups:
            found.rows += [{**place, **row} for row in subgroup_rows(trial, outcome, prepared, group)]


def _without_subgroups(trial: TrialDefinition, outcome: Outcome) -> Iterator[Row]:
    """Yield a row for each subgroup that says why there is nothing: imputed values are not pooled within them."""
    for subgroup in trial.subgroups:
        if subgroup.id in outcome.subgroups:
            yield {
                "subgroup": subgroup.label,
                "week": trial.weeks_of(outcome)[-1],
                "statistic": "heterogeneity",
                "arm": next(arm.id for arm in trial.arms if arm.id != trial.reference),
                "reference": trial.reference,
                "unit": "chi-square",
                "method": "summaries within subgroups",
                "warnings": "missing values are drawn many times: that is not pooled within subgroups",
            }


def _groups(
    trial: TrialDefinition, outcome: Outcome, prepared: Prepared, derived: pl.DataFrame
) -> Iterator[tuple[tuple[str | None, str | None, float], Group]]:
    """Yield part, level and week with the rows of the population there."""
    panel, members = prepared.panel, np.flatnonzero(prepared.members[outcome.population])
    arms = tuple(arm.id for arm in trial.arms)

    @cache
    def covariate(name: str) -> np.ndarray:
        return np.asarray(panel.grids[name].value[members, panel.baseline])

    strata = None
    subjects = prepared.study.subjects
    if "stratum" in subjects.columns and not subjects["stratum"].null_count():
        strata = subjects["stratum"].to_numpy()[members]
    fixed: dict[str, Any] = {
        "subjects": panel.subjects[members],
        "arm": panel.arm[members],
        "inside": {arm: panel.arm[members] == arm for arm in arms},
        "arms": arms,
        "shown": (*arms, ALL) if outcome.pooled else arms,
        "reference": trial.reference,
        "conf_level": trial.conf_level,
        "counts_all": outcome.missing_rule == "in_denominator" or outcome.variable.kind == "count",
        "covariate": covariate,
        "strata": strata,
    }
    for place, columns in Blocks.of(derived, len(members), trial.weeks_of(outcome)[-1]).cells():
        yield place, Group(**{**fixed, **columns, "week": place[2]})


def _every_visit(trial: TrialDefinition, outcome: Outcome, prepared: Prepared) -> dict[str | None, tuple[Group, ...]]:
    """Return the outcome at every visit after baseline, part by part, where a summary is a model of all of them."""
    if not any(isinstance(summary, MixedModel) for summary in outcome.summaries):
        return {}
    frame = outcome.time_frame.model_copy(update={"from_week": None})
    whole = outcome.model_copy(update={"at": "each_visit", "time_frame": frame})
    visits: dict[str | None, tuple[Group, ...]] = {}
    for (part, _, _), group in _groups(trial, whole, prepared, derive_outcome(trial, whole, prepared)):
        visits[part] = (*visits.get(part, ()), group)
    return visits


def _fixed(trial: TrialDefinition, outcome: Outcome) -> Row:
    """Return what every row of an outcome says alike."""
    registered = outcome.registered
    return {
        "outcome": outcome.id,
        "role": outcome.role,
        "title": outcome.name,
        "time_frame": registered.time_frame if registered else None,
        "variable": outcome.variable.describe(),
        "population": trial.population(outcome.population).label,
        "unit": _unit_of(outcome.variable),
        "handling": outcome.handling(),
        "estimand": estimand_text(trial, outcome),
        "source": _source(outcome),
    }


def _source(outcome: Outcome) -> str:
    """Return the source of the derivation, what of it is meant, and how sure that is."""
    source = outcome.source
    where = f" ({source.where})" if source.where else ""
    return f"{source.citation}{where} [{source.status.replace('_', ' ')}]"


def _units(outcome: Outcome) -> dict[str | None, str | None]:
    """Return the unit of each part, where an outcome is of several measures."""
    of = getattr(outcome.variable, "of", None)
    return {} if of is None or isinstance(of, str) else {name: _unit(name) for name in names_of(of)}


def _unit_of(variable: Any) -> str | None:
    """Return the unit of a variable's values, where a summary has no unit of its own."""
    if variable.kind == "rate":
        return RATES[variable.per]
    return "episodes" if variable.kind == "count" else _unit(getattr(variable, "of", None))


def _unit(measure: Any) -> str | None:
    if not isinstance(measure, str):
        return None
    if measure == DOSE:
        return "mg/day"
    columns = {column.name: column.unit for column in load_tables()["visits"].columns}
    return columns.get(measure, "points")


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
