"""What each subject scored at the visit at which the trial is judged, arm by arm, the highest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from myotrial.analysis.results import Results
from myotrial.criteria.rules import Criteria, load_criteria
from myotrial.report.labels import arm_name
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.masking import ALL
from myotrial.trials.outcomes import Outcome
from myotrial.trials.parts import Score


@dataclass(frozen=True, slots=True)
class SubjectScore:
    """One subject's Total Improvement Score at the visit: ``visit`` is its row, or ``None`` where there is none.

    ``responds`` says whether the subject responds by the primary outcome; ``None`` where that is not its question.
    """

    subject: str
    arm: str
    visit: Mapping[str, Any] | None
    responds: bool | None = None

    @property
    def known(self) -> bool:
        """Whether the score is one number."""
        return self.visit is not None and self.visit["tis"] is not None

    @property
    def open(self) -> bool:
        """Whether the score is an interval, some measure being missing."""
        return self.visit is not None and self.visit["tis"] is None


@dataclass(frozen=True, slots=True)
class JudgedScores:
    """The scores of all subjects at one visit, by arm in the order of the definition.

    ``outcome`` is the primary outcome whose responders are known, ``None`` where it has none.
    """

    week: float
    criteria: Criteria
    outcome: Outcome | None
    by_arm: Mapping[str, Sequence[SubjectScore]]


def judged_scores(trial: TrialDefinition, results: Results, study: StudyData) -> JudgedScores | None:
    """Return each subject's score at the visit of the primary outcome; ``None`` where the trial has no such score."""
    scores = results.scores.get("tis")
    if scores is None or "tis" not in trial.scores or not scores.height:
        return None
    week, outcome = judged_week(trial)
    visits = {row["subject_id"]: row for row in scores.filter(pl.col("week") == week).to_dicts()}
    told = _responders(results, outcome, week)
    arms = arms_of(trial, study)
    every = [
        SubjectScore(subject, arm_name(trial, arms.get(subject)), visits.get(subject), told.get(subject))
        for subject in study.subjects["subject_id"].to_list()
    ]
    every.sort(key=_height)
    labels = dict.fromkeys([*(arm.label for arm in trial.arms), *(each.arm for each in every)])
    by_arm = {label: own for label in labels if (own := [each for each in every if each.arm == label])}
    return JudgedScores(week, criteria_of(trial.scores["tis"]), outcome if told else None, by_arm)


def judged_week(trial: TrialDefinition) -> tuple[float, Outcome | None]:
    """Return the last visit of the primary outcome, and that outcome; without one the last visit of all."""
    primary = [outcome for outcome in trial.outcomes if outcome.role == "primary"]
    chosen = next((outcome for outcome in primary if "tis" in outcome.measures()), primary[0] if primary else None)
    if chosen is None:
        return max(trial.schedule.visits), None
    return trial.weeks_of(chosen)[-1], chosen


def _responders(results: Results, outcome: Outcome | None, week: float) -> dict[str, bool]:
    """Return who responds by an outcome that asks for one threshold only."""
    frame = results.subjects.get(outcome.id) if outcome is not None and outcome.variable.kind == "response" else None
    if frame is None or frame["level"].n_unique() != 1:
        return {}
    rows = frame.filter(pl.col("week") == week, pl.col("value").is_not_null())
    return {subject: value == 1 for subject, value in rows.select("subject_id", "value").iter_rows()}


def _height(score: SubjectScore) -> tuple[float, float]:
    """Put the highest first, an interval at its low end, and those without a score last."""
    if score.visit is None:
        return 1.0, 0.0
    return -score.visit["tis_low"], -score.visit["tis_high"]


def criteria_of(score: Score) -> Criteria:
    """Return the criteria with the six measures that the score's options choose."""
    criteria = load_criteria(score.criteria)
    return criteria.model_copy(update={"measures": criteria.measures_for(criteria.settle(score.options))})


def arms_of(trial: TrialDefinition, study: StudyData) -> dict[str, str | None]:
    """Return the arm of each subject; of a masked trial that of all, whatever the study tells."""
    if ALL in {arm.id for arm in trial.arms}:
        return dict.fromkeys(study.subjects["subject_id"].to_list(), ALL)
    if "arm" not in study.subjects.columns:
        return {}
    return dict(study.subjects.select("subject_id", "arm").iter_rows())
