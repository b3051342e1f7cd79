"""The 45 registered outcomes of three myositis trials, derived once more in plain Python over rows of text.

Written from the registered titles and time frames and from the handling that is stated in the README of this folder,
not from the code. Nothing of myotrial is used, nor any array library. Every number is a fraction of the
decimal as written until it is handed out.
"""

from . import belimumab, reclaiim, time_is_muscle
from .counting import count, rate
from .tables import Study

TRIALS = {"NCT04044690": reclaiim, "NCT02347891": belimumab, "NCT05832034": time_is_muscle}

__all__ = ["TRIALS", "count", "derive", "outcomes", "rate"]


def outcomes(trial_id):
    """Give the identifiers of a trial's outcomes, in the record's order."""
    return tuple(TRIALS[trial_id].OUTCOMES)


def derive(trial_id, tables, only=None):
    """Derive the outcomes of a trial.

    Parameters
    ----------
    trial_id
        NCT number.
    tables
        Table → rows as csv.DictReader gives them: subjects, visits, events, doses, infusions, adverse_events. A table
        that is not there is empty; an empty string is a missing value.
    only
        Identifiers of the outcomes wanted; without them all.

    Returns
    -------
    dict
        Outcome → {(subject, part, level, week): (value, event, exposure, unknown)}, the subjects of its population.
    """
    trial = TRIALS[trial_id]
    study = Study(tables, trial.BASELINE, trial.WEEKS)
    return {name: trial.OUTCOMES[name](study) for name in only or trial.OUTCOMES}
