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
    from myotrial.criteria.change.worsening import summarise_worsening as summarise_worsening
    from myotrial.criteria.classification.cancer import classify_cancer_associated as classify_cancer_associated
    from myotrial.criteria.classification.course import classify_chronic_active as classify_chronic_active
    from myotrial.criteria.classification.course import classify_relevant_improvement as classify_relevant_improvement
    from myotrial.criteria.classification.diseases import classify_antisynthetase as classify_antisynthetase
    from myotrial.criteria.classification.diseases import classify_bohan_peter as classify_bohan_peter
    from myotrial.criteria.classification.diseases import classify_imnm as classify_imnm
    from myotrial.criteria.classification.diseases import classify_overlap as classify_overlap
    from myotrial.criteria.classification.diseases import is_refractory as is_refractory
    from myotrial.criteria.classification.every import classify as classify
    from myotrial.criteria.classification.every import list_facts as list_facts
    from myotrial.criteria.classification.explain import describe_classification as describe_classification
    from myotrial.criteria.classification.explain import explain_classification as explain_classification
    from myotrial.criteria.classification.iim import classify_iim as classify_iim
    from myotrial.criteria.classification.result import Classified as Classified
    from myotrial.criteria.classification.rules import list_classifications as list_classifications
    from myotrial.criteria.every import find_needs as find_needs
    from myotrial.criteria.every import score_visits as score_visits
    from myotrial.criteria.explain import Explanation as Explanation
    from myotrial.criteria.explain import explain_tis as explain_tis
    from myotrial.criteria.muscle_enzymes import EnzymeLevels as EnzymeLevels
    from myotrial.criteria.muscle_enzymes import score_enzymes as score_enzymes
    from myotrial.criteria.rules import list_criteria as list_criteria
    from myotrial.criteria.rules import load_criteria as load_criteria
    from myotrial.criteria.scores import Scores as Scores
    from myotrial.criteria.tis import score_tis as score_tis
    from myotrial.doctor import examine_installation as examine_installation
    from myotrial.endpoints.panel import trial_needs as trial_needs
    from myotrial.instruments.definition import list_instruments as list_instruments
    from myotrial.instruments.definition import load_instrument as load_instrument
    from myotrial.instruments.describe import describe_instrument as describe_instrument
    from myotrial.instruments.eq5d import ValueSet as ValueSet
    from myotrial.instruments.eq5d import read_value_set as read_value_set
    from myotrial.instruments.eq5d import score_eq5d as score_eq5d
    from myotrial.instruments.eq5d_change import classify_paretian as classify_paretian
    from myotrial.instruments.eq5d_change import compare_eq5d as compare_eq5d
    from myotrial.instruments.eq5d_change import count_level_change as count_level_change
    from myotrial.instruments.eq5d_change import score_level_change as score_level_change
    from myotrial.instruments.files import score_file as score_file
    from myotrial.instruments.mmt import loss_percent as loss_percent
    from myotrial.instruments.mmt import muscle_set as muscle_set
    from myotrial.instruments.result import InstrumentScores as InstrumentScores
    from myotrial.instruments.scoring import score_instrument as score_instrument
    from myotrial.instruments.scoring import score_wide as score_wide
    from myotrial.instruments.study_items import check_study_items as check_study_items
    from myotrial.instruments.totals import check_totals as check_totals
    from myotrial.instruments.totals import take_totals as take_totals
    from myotrial.instruments.treatments.adverse_events import EventCounts as EventCounts
    from myotrial.instruments.treatments.adverse_events import count_events as count_events
    from myotrial.instruments.treatments.adverse_events import flag_treatment_emergent as flag_treatment_emergent
    from myotrial.instruments.treatments.adverse_events import select_events as select_events
    from myotrial.instruments.treatments.adverse_events_estimate import EventRate as EventRate
    from myotrial.instruments.treatments.adverse_events_rates import (
        exposure_adjusted_event_rate as exposure_adjusted_event_rate,
    )
    from myotrial.instruments.treatments.adverse_events_rates import (
        exposure_adjusted_incidence_rate as exposure_adjusted_incidence_rate,
    )
    from myotrial.instruments.treatments.adverse_events_rates import rate_per_infusion_day as rate_per_infusion_day
    from myotrial.instruments.treatments.adverse_events_table import AdverseEventTable as AdverseEventTable
    from myotrial.instruments.treatments.adverse_events_table import tabulate_adverse_events as tabulate_adverse_events
    from myotrial.instruments.treatments.glucocorticoid import DailyDose as DailyDose
    from myotrial.instruments.treatments.glucocorticoid import Reduction as Reduction
    from myotrial.instruments.treatments.glucocorticoid import daily_dose as daily_dose
    from myotrial.instruments.treatments.glucocorticoid import percent_reduction as percent_reduction
    from myotrial.instruments.treatments.glucocorticoid_courses import first_rescue_day as first_rescue_day
    from myotrial.instruments.treatments.glucocorticoid_courses import rescue_tapered as rescue_tapered
    from myotrial.instruments.treatments.glucocorticoid_courses import taper_start as taper_start
    from myotrial.instruments.treatments.glucocorticoid_subjects import DoseCourses as DoseCourses
    from myotrial.instruments.treatments.glucocorticoid_subjects import derive_dose_courses as derive_dose_courses
    from myotrial.instruments.treatments.glucocorticoid_table import Equivalents as Equivalents
    from myotrial.instruments.treatments.glucocorticoid_table import load_equivalents as load_equivalents
    from myotrial.model.errors import BadInput as BadInput
    from myotrial.model.errors import CannotEstimate as CannotEstimate
    from myotrial.model.errors import Fault as Fault
    from myotrial.registry.checking import check_record as check_record
    from myotrial.registry.compare.registers import compare_registers as compare_registers
    from myotrial.registry.compare.versions import compare_versions as compare_versions
    from myotrial.registry.criteria_items import list_criteria_items as list_criteria_items
    from myotrial.registry.export.record_json import parse_exported as parse_exported
    from myotrial.registry.export.record_json import records_to_json as records_to_json
    from myotrial.registry.export.usdm import export_usdm as export_usdm
    from myotrial.registry.plain.page import explain_record as explain_record
    from myotrial.registry.plain.rendering import render_html as render_html
    from myotrial.registry.reading import read_record as read_record
    from myotrial.registry.reading import read_records as read_records
    from myotrial.registry.record import TrialRecord as TrialRecord
    from myotrial.registry.resolving import resolve_comparators as resolve_comparators
    from myotrial.report import render_report as render_report
    from myotrial.report import write_report as write_report
    from myotrial.report.tables import Tables as Tables
    from myotrial.report.tables import render_tables as render_tables
    from myotrial.report.tables import tabulate_results as tabulate_results
    from myotrial.report.tables import write_tables as write_tables
    from myotrial.simulation.study import simulate_study as simulate_study
    from myotrial.statistics.mmrm import MMRM as MMRM
    from myotrial.statistics.mmrm import fit_mmrm as fit_mmrm
    from myotrial.statistics.mmrm import fit_mmrm_batch as fit_mmrm_batch
    from myotrial.study.narrowing import filter_study as filter_study
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
    "MMRM": "statistics.mmrm",
    "fit_mmrm": "statistics.mmrm",
    "fit_mmrm_batch": "statistics.mmrm",
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
    "summarise_worsening": "criteria.change.worsening",
    "score_inactive_disease": "criteria.change.inactive",
    "score_visits": "criteria.every",
    "find_needs": "criteria.every",
    "AdverseEventTable": "instruments.treatments.adverse_events_table",
    "Classified": "criteria.classification.result",
    "DailyDose": "instruments.treatments.glucocorticoid",
    "DoseCourses": "instruments.treatments.glucocorticoid_subjects",
    "EnzymeLevels": "criteria.muscle_enzymes",
    "Equivalents": "instruments.treatments.glucocorticoid_table",
    "EventCounts": "instruments.treatments.adverse_events",
    "EventRate": "instruments.treatments.adverse_events_estimate",
    "InstrumentScores": "instruments.result",
    "Reduction": "instruments.treatments.glucocorticoid",
    "ValueSet": "instruments.eq5d",
    "check_study_items": "instruments.study_items",
    "check_totals": "instruments.totals",
    "classify": "criteria.classification.every",
    "classify_antisynthetase": "criteria.classification.diseases",
    "classify_cancer_associated": "criteria.classification.cancer",
    "classify_chronic_active": "criteria.classification.course",
    "classify_imnm": "criteria.classification.diseases",
    "classify_overlap": "criteria.classification.diseases",
    "classify_paretian": "instruments.eq5d_change",
    "classify_relevant_improvement": "criteria.classification.course",
    "compare_eq5d": "instruments.eq5d_change",
    "count_events": "instruments.treatments.adverse_events",
    "count_level_change": "instruments.eq5d_change",
    "daily_dose": "instruments.treatments.glucocorticoid",
    "derive_dose_courses": "instruments.treatments.glucocorticoid_subjects",
    "describe_classification": "criteria.classification.explain",
    "describe_instrument": "instruments.describe",
    "examine_installation": "doctor",
    "explain_classification": "criteria.classification.explain",
    "exposure_adjusted_event_rate": "instruments.treatments.adverse_events_rates",
    "exposure_adjusted_incidence_rate": "instruments.treatments.adverse_events_rates",
    "filter_study": "study.narrowing",
    "first_rescue_day": "instruments.treatments.glucocorticoid_courses",
    "flag_treatment_emergent": "instruments.treatments.adverse_events",
    "is_refractory": "criteria.classification.diseases",
    "list_classifications": "criteria.classification.rules",
    "list_facts": "criteria.classification.every",
    "load_equivalents": "instruments.treatments.glucocorticoid_table",
    "loss_percent": "instruments.mmt",
    "muscle_set": "instruments.mmt",
    "percent_reduction": "instruments.treatments.glucocorticoid",
    "rate_per_infusion_day": "instruments.treatments.adverse_events_rates",
    "read_value_set": "instruments.eq5d",
    "rescue_tapered": "instruments.treatments.glucocorticoid_courses",
    "score_enzymes": "criteria.muscle_enzymes",
    "score_eq5d": "instruments.eq5d",
    "score_file": "instruments.files",
    "score_level_change": "instruments.eq5d_change",
    "score_wide": "instruments.scoring",
    "select_events": "instruments.treatments.adverse_events",
    "tabulate_adverse_events": "instruments.treatments.adverse_events_table",
    "take_totals": "instruments.totals",
    "taper_start": "instruments.treatments.glucocorticoid_courses",
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
    "read_records": "registry.reading",
    "check_record": "registry.checking",
    "list_criteria_items": "registry.criteria_items",
    "resolve_comparators": "registry.resolving",
    "compare_versions": "registry.compare.versions",
    "compare_registers": "registry.compare.registers",
    "explain_record": "registry.plain.page",
    "render_html": "registry.plain.rendering",
    "export_usdm": "registry.export.usdm",
    "records_to_json": "registry.export.record_json",
    "parse_exported": "registry.export.record_json",
    "read_study": "study.reading",
    "read_visits": "study.visits",
    "Tables": "report.tables",
    "render_report": "report",
    "render_tables": "report.tables",
    "tabulate_results": "report.tables",
    "write_tables": "report.tables",
    "score_tis": "criteria.tis",
    "simulate_study": "simulation.study",
    "trial_needs": "endpoints.panel",
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
