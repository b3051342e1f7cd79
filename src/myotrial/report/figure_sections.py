"""The sections of figures: which figures a report has, in what order."""

from dataclasses import dataclass

from myotrial.analysis.results import Results
from myotrial.report.category_figures import category_figures
from myotrial.report.charts import unchecked
from myotrial.report.figure_parts import Figure
from myotrial.report.figures import mean_figures, responder_figures
from myotrial.report.observed import observed_scores
from myotrial.report.row_figures import safety_figures, share_figures, threshold_figures
from myotrial.report.subgroup_figures import subgroup_figures
from myotrial.report.subject_figures import subject_figures
from myotrial.report.survival import survival_figures
from myotrial.report.tipping_figures import tipping_figures
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition


@dataclass(frozen=True, slots=True)
class Section:
    """A section of figures; ``absent`` is said where it has none."""

    id: str
    heading: str
    figures: tuple[Figure, ...]
    absent: str = ""
    lead: str = ""


def figure_sections(
    trial: TrialDefinition, results: Results, study: StudyData | None = None, *, named: bool = True
) -> list[Section]:
    """Return the sections in order; the first three always, the others where they have a figure.

    Parameters
    ----------
    trial, results
        The definition, and what its analysis found.
    study
        The data, for the figures of each subject; without them these are left out.
    named
        Whether the figures of each subject say which subject is which.
    """
    with unchecked():
        return _sections(trial, results, study, named=named)


def _sections(trial: TrialDefinition, results: Results, study: StudyData | None, *, named: bool) -> list[Section]:
    shares = [
        *responder_figures(trial, results), *threshold_figures(trial, results), *share_figures(trial, results),
    ]  # fmt: skip
    means = mean_figures(trial, results)
    means += observed_scores(trial, results, study) if study is not None else []
    sections = [
        Section("over-time", "Scores over time", tuple(means),
                "No outcome gives a mean at several visits."),
        Section("responders", "Shares of subjects", tuple(shares),
                "No outcome gives a share of subjects at several visits or thresholds."),
        Section("time-to", "Time to an event", tuple(survival_figures(trial, results)),
                "No outcome is a time to an event."),
    ]  # fmt: skip
    more = [
        Section("categories", "Categories", tuple(category_figures(trial, results))),
        Section("safety", "Adverse events", tuple(safety_figures(trial, results))),
        Section("subgroups", "Subgroups", tuple(subgroup_figures(trial, results))),
        Section("each-subject", "Each subject",
                tuple(subject_figures(trial, results, study, named=named)) if study is not None else ()),
        Section("tipping", "Tipping points", tuple(tipping_figures(trial, results)),
                lead="How different the missing would have to be for the conclusion to turn."),
    ]  # fmt: skip
    return [*sections, *(section for section in more if section.figures)]
