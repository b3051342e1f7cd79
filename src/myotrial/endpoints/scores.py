"""The scores of a definition: name → the function that computes it."""

from myotrial.criteria.scores import Scores
from myotrial.criteria.tis import score_tis
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition

SCORERS = {"tis": score_tis}
"""Score → the function that computes it."""


def score_trial(trial: TrialDefinition, name: str, study: StudyData) -> Scores:
    """Return a score of the definition at every follow-up visit."""
    wanted = trial.scores[name]
    return SCORERS[name](
        study.visits, wanted.criteria, baseline_week=trial.schedule.baseline_week, options=wanted.options
    )
