"""Put a study on the grid of its definition's visits, with the scores, rules, doses and events that it derives."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from myotrial.criteria.every import find_needs
from myotrial.criteria.scores import Scores
from myotrial.endpoints.doses import DoseSource, dose_grid, taper_days
from myotrial.endpoints.grids import Places, measure_grids, score_grid, visit_days
from myotrial.endpoints.happenings import first_days, last_days, rescue_days
from myotrial.endpoints.populations import find_members
from myotrial.endpoints.rules import RuleEpisodes, apply_rules
from myotrial.endpoints.scores import score_trial
from myotrial.endpoints.windows import place_visits
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.panel import Grid, Panel
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.variables import DOSE


@dataclass(frozen=True, slots=True)
class Prepared:
    """A study ready for its outcomes.

    Attributes
    ----------
    panel
        Every measure, score, rule and event on the grid of the visits.
    study
        The tables, with the visits at the weeks they count for.
    scores
        Score → its values by subject and visit.
    episodes
        Rule → what counts its episodes.
    doses
        The glucocorticoid records that count, or ``None`` where the study has no dose records.
    members
        Population → who belongs to it, shape (subjects,).
    notes
        What was left aside or could not be told.
    """

    panel: Panel
    study: StudyData
    scores: Mapping[str, Scores]
    episodes: Mapping[str, RuleEpisodes]
    doses: DoseSource | None
    members: Mapping[str, np.ndarray]
    notes: tuple[str, ...]


def trial_needs(trial: TrialDefinition) -> dict[str, str]:
    """Return the columns that a trial's visit table must have, each with the rule that asks for it.

    Examples
    --------
    >>> from myotrial.trials.loading import load_trial
    >>> list(trial_needs(load_trial("NCT04044690")))
    ['physician_global_cm', 'patient_global_cm', 'mmt', 'haq_di', 'extramuscular_cm']
    """
    needs: dict[str, str] = {}
    for score in trial.scores.values():
        needs |= find_needs(score.criteria, options=score.options)
    for rule in trial.rules.values():
        if rule.criteria is not None:
            needs = find_needs(rule.criteria, options=rule.options) | needs
    return needs


def prepare(trial: TrialDefinition, study: StudyData) -> Prepared:
    """Put a study on its definition's grid, and derive what its outcomes ask for.

    Parameters
    ----------
    trial
        The definition: its visits, arms, baseline week, scores, rules, populations.
    study
        The tables. Visits at weeks that the definition does not schedule come to a scheduled one by its windows;
        without windows they are left aside. Both are noted.

    Raises
    ------
    BadInput
        An arm that the definition does not have, or a subject without an arm; a dose record that cannot be read.
    """
    _check_arms(trial, study)
    study, notes = place_visits(trial.schedule, study)
    places = Places.of(trial, study)
    scores = {name: score_trial(trial, name, study) for name in trial.scores}
    grids = measure_grids(places, study)
    grids |= {name: score_grid(places, found, name) for name, found in scores.items()}
    rescue = rescue_days(study)
    panel = Panel(
        subjects=places.subjects.to_numpy(),
        arm=study.subjects["arm"].to_numpy(),
        weeks=places.weeks,
        baseline=int(np.searchsorted(places.weeks, trial.schedule.baseline_week)),
        day=visit_days(trial, places, study),
        seen=places.seen,
        grids=grids,
        first_day=first_days(study, places, rescue),
        last_day=last_days(study, places),
    )
    doses = DoseSource.of(trial.glucocorticoid, study.doses)
    if doses is None:
        unknown = np.full(places.seen.shape, np.nan)
        panel = replace(panel, grids={**panel.grids, DOSE: Grid(unknown, unknown, "lower")})
    else:
        panel = replace(panel, grids={**panel.grids, DOSE: dose_grid(doses, panel)})
        tapers = taper_days(trial.glucocorticoid, panel, rescue)
        panel = replace(panel, first_day={**panel.first_day, "taper_start": tapers})
    answers, episodes = apply_rules(trial, study, panel, places)
    panel = replace(panel, rules=answers)
    members, told = find_members(trial, panel, study)
    return Prepared(panel, study, scores, episodes, doses, members, (*notes, *told))


def _check_arms(trial: TrialDefinition, study: StudyData) -> None:
    known = [arm.id for arm in trial.arms]
    if "arm" not in study.subjects.columns:
        raise BadInput([Fault("missing_column", "the arm of the subjects is not given", "subjects", column="arm",
                              expected=" or ".join(known), hint="add it to subjects, or to visits")])  # fmt: skip
    unknown = study.subjects.filter(~pl.col("arm").is_in(known) | pl.col("arm").is_null())
    if unknown.height:
        raise BadInput(
            Fault("unknown_arm", f"subject {subject} is in no arm of {trial.id}", "subjects", column="arm",
                  got="nothing" if arm is None else repr(arm), expected=" or ".join(known),
                  hint=did_you_mean(arm or "", known))
            for subject, arm in unknown.select("subject_id", "arm").iter_rows()
        )  # fmt: skip
