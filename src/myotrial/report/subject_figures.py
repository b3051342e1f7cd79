"""The figures of each subject's score: the waterfall, and what the core set measures gave."""

from myotrial.analysis.results import Results
from myotrial.report.figure_parts import Figure
from myotrial.report.heatmap import heatmap_figures
from myotrial.report.subject_scores import judged_scores
from myotrial.report.waterfall import waterfall_figure
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition


def subject_figures(trial: TrialDefinition, results: Results, study: StudyData, *, named: bool) -> list[Figure]:
    """Draw each subject at the visit of the primary outcome; ``named`` says which subject is which."""
    judged = judged_scores(trial, results, study)
    if judged is None:
        return []
    arms = [arm.label for arm in trial.arms]
    return [waterfall_figure(judged, arms, named=named), *heatmap_figures(trial, judged, study, named=named)]
