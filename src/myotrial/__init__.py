"""Clinical trials in myositis: one trial definition in; scores, registered outcomes and a report out.

The names below are the whole public face. Each is loaded when it is first used, so that ``import myotrial`` is
quick and a command waits only for what it needs.

For research; not medical advice.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from myotrial.analysis.analyse import analyse as analyse
    from myotrial.analysis.results import Results as Results
    from myotrial.criteria.change.improvement import score_doi as score_doi
    from myotrial.criteria.change.improvement import score_printo20 as score_printo20
    from myotrial.criteria.change.inactive import score_inactive_disease as score_inactive_disease
    from myotrial.criteria.change.worsening import score_worsening as score_worsening
    from myotrial.criteria.classification.diseases import classify_bohan_peter as classify_bohan_peter
    from myotrial.criteria.classification.iim import classify_iim as classify_iim
    from myotrial.criteria.every import score_visits as score_visits
    from myotrial.criteria.explain import Explanation as Explanation
    from myotrial.criteria.explain import explain_tis as explain_tis
    from myotrial.criteria.rules import list_criteria as list_criteria
    from myotrial.criteria.rules import load_criteria as load_criteria
    from myotrial.criteria.scores import Scores as Scores
    from myotrial.criteria.tis import score_tis as score_tis
    from myotrial.instruments.definition import list_instruments as list_instruments
    from myotrial.instruments.definition import load_instrument as load_instrument
    from myotrial.instruments.scoring import score_instrument as score_instrument
    from myotrial.model.errors import BadInput as BadInput
    from myotrial.model.errors import CannotEstimate as CannotEstimate
    from myotrial.model.errors import Fault as Fault
    from myotrial.registry.reading import read_record as read_record
    from myotrial.registry.record import TrialRecord as TrialRecord
    from myotrial.report import render_report as render_report
    from myotrial.report import write_report as write_report
    from myotrial.simulation.study import simulate_study as simulate_study
    from myotrial.study.reading import StudyData as StudyData
    from myotrial.study.reading import read_study as read_study
    from myotrial.study.visits import Visits as Visits
    from myotrial.study.visits import check_visits as check_visits
    from myotrial.study.visits import read_visits as read_visits
    from myotrial.trials.coverage import Coverage as Coverage
    from myotrial.trials.coverage import find_coverage as find_coverage
    from myotrial.trials.definition import TrialDefinition as TrialDefinition
    from myotrial.trials.loading import list_trials as list_trials
    from myotrial.trials.loading import load_trial as load_trial
    from myotrial.trials.loading import parse_trial as parse_trial

__version__ = version("myotrial")

_HOMES = {
    "BadInput": "model.errors",
    "CannotEstimate": "model.errors",
    "Coverage": "trials.coverage",
    "Explanation": "criteria.explain",
    "Fault": "model.errors",
    "Results": "analysis.results",
    "Scores": "criteria.scores",
    "StudyData": "study.reading",
    "TrialDefinition": "trials.definition",
    "TrialRecord": "registry.record",
    "Visits": "study.visits",
    "analyse": "analysis.analyse",
    "score_doi": "criteria.change.improvement",
    "score_printo20": "criteria.change.improvement",
    "score_worsening": "criteria.change.worsening",
    "score_inactive_disease": "criteria.change.inactive",
    "score_visits": "criteria.every",
    "classify_iim": "criteria.classification.iim",
    "classify_bohan_peter": "criteria.classification.diseases",
    "score_instrument": "instruments.scoring",
    "list_instruments": "instruments.definition",
    "load_instrument": "instruments.definition",
    "check_visits": "study.visits",
    "explain_tis": "criteria.explain",
    "find_coverage": "trials.coverage",
    "list_criteria": "criteria.rules",
    "list_trials": "trials.loading",
    "load_criteria": "criteria.rules",
    "load_trial": "trials.loading",
    "parse_trial": "trials.loading",
    "read_record": "registry.reading",
    "read_study": "study.reading",
    "read_visits": "study.visits",
    "render_report": "report",
    "score_tis": "criteria.tis",
    "simulate_study": "simulation.study",
    "write_report": "report",
}
"""Where each public name lives."""

__all__ = [*sorted(_HOMES), "__version__"]  # noqa: PLE0604  (every entry is a string)


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'myotrial' has no attribute {name!r}")
    value = getattr(import_module(f"myotrial.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
