"""From an outcome's definition to one row per subject (and part, level and visit)."""

import polars as pl

from myotrial.endpoints.frame import SCHEMA
from myotrial.endpoints.occurrences import derive_occurrence, derive_rate
from myotrial.endpoints.panel import Prepared
from myotrial.endpoints.times import derive_count, derive_time
from myotrial.endpoints.visits import derive_response, derive_value
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome
from myotrial.trials.variables import EpisodeCount, Occurrence, Rate, Response, TimeTo

__all__ = ["SCHEMA", "derive_outcome"]


def derive_outcome(trial: TrialDefinition, outcome: Outcome, prepared: Prepared) -> pl.DataFrame:
    """Derive one outcome for every subject of its population.

    Parameters
    ----------
    trial, outcome
        The definition and one of its outcomes.
    prepared
        The study on the definition's grid, from :func:`myotrial.endpoints.panel.prepare`.

    Returns
    -------
    polars.DataFrame
        One row per subject, part, level and visit, columns ``SCHEMA``. Nobody of the population is left out: a
        subject who cannot be used has a null value and a reason.

    Examples
    --------
    >>> from myotrial.endpoints.panel import prepare
    >>> from myotrial.simulation.study import simulate_study
    >>> from myotrial.trials.loading import load_trial
    >>> trial = load_trial("NCT04044690")
    >>> derive_outcome(trial, trial.outcome("C0"), prepare(trial, simulate_study(trial, n=20, seed=1))).height
    20
    """
    panel = prepared.panel
    columns = [panel.column(week) for week in trial.weeks_of(outcome)]
    keep = prepared.members[outcome.population]
    variable = outcome.variable
    if isinstance(variable, Response):
        frames = derive_response(outcome, variable, panel, columns)
    elif isinstance(variable, TimeTo):
        frames = derive_time(outcome, variable, panel, columns)
    elif isinstance(variable, EpisodeCount):
        frames = derive_count(trial, outcome, variable, prepared, columns)
    elif isinstance(variable, Occurrence):
        frames = derive_occurrence(trial, outcome, variable, prepared, columns)
    elif isinstance(variable, Rate):
        frames = derive_rate(trial, outcome, variable, prepared, columns)
    else:
        frames = derive_value(outcome, variable, panel, columns)
    kept = pl.Series(keep.repeat(len(frames[0]) // max(len(keep), 1)))
    return pl.concat(frame.filter(kept) for frame in frames)
