"""Who belongs to each population of a definition."""

import numpy as np
import polars as pl

from myotrial.instruments.treatments.adverse_events_table import treatment_taken
from myotrial.model.evaluate import MET, UNKNOWN, evaluate
from myotrial.model.panel import Panel
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition


def find_members(
    trial: TrialDefinition, panel: Panel, study: StudyData
) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Return who belongs to each population, shape (subjects,), and notes on those of whom it is not known."""
    members, notes = {}, []
    for population in trial.populations:
        inside = np.ones(len(panel.subjects), dtype=bool)
        if population.with_visit_after_baseline:
            inside &= panel.seen[:, panel.baseline + 1 :].any(axis=1)
        if population.treated:
            inside &= find_treated(panel, study)
        if population.where is not None:
            answer = evaluate(population.where, panel, [panel.baseline])[:, 0]
            unknown = int((inside & (answer == UNKNOWN)).sum())
            inside &= answer == MET
            if unknown:
                notes.append(f"{population.label}: of {unknown:,} subjects it is not known; they are not counted")
        members[population.id] = inside
    return members, tuple(notes)


def find_treated(panel: Panel, study: StudyData) -> np.ndarray:
    """Return who had an infusion or a dose of the study treatment; everybody, where the study records neither."""
    taken = treatment_taken(study)
    if not taken.height:
        return np.ones(len(panel.subjects), dtype=bool)
    return pl.Series(panel.subjects).is_in(taken["subject_id"].unique().implode()).to_numpy()
