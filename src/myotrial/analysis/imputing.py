"""Draw what is missing of a measure many times, on the grid of a study's visits."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from myotrial.endpoints.events import Struck, usable, with_values
from myotrial.endpoints.panel import Prepared
from myotrial.endpoints.visits import take_values
from myotrial.model.panel import Panel
from myotrial.statistics.imputation import ImputedData, impute_repeated_measure
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import Outcome
from myotrial.trials.variables import Change, Value

STRATEGIES = {
    "mar": "missing-at-random",
    "jump_to_reference": "jump-to-reference",
    "copy_reference": "copy-reference",
    "copy_increments": "copy-increments",
}
"""Method of a definition → strategy of the statistics room."""


@dataclass(frozen=True, slots=True)
class Draws:
    """A measure with what is missing drawn many times.

    Attributes
    ----------
    data
        The completed values, shape (draws, members, visits).
    members
        The places of the subjects of the population.
    columns
        The places of the visits that were imputed: those after baseline, up to the end of the time frame.
    notes
        What was filled in otherwise.
    """

    data: ImputedData
    members: np.ndarray
    columns: list[int]
    notes: tuple[str, ...]

    def at(self, column: int) -> np.ndarray:
        """Return the values of one visit, shape (draws, members)."""
        return np.asarray(self.data.values[:, :, self.columns.index(column)])

    def panels(self, panel: Panel, name: str) -> Iterator[Panel]:
        """Yield for each draw the panel with the measure completed; subjects outside the population are unknown."""
        for values in self.data.values:
            grid = panel.grids[name].value.copy()
            grid[:, self.columns] = np.nan
            grid[self.members[:, None], self.columns] = values
            yield with_values(panel, {name: grid})


def draw_missing(trial: TrialDefinition, outcome: Outcome, prepared: Prepared, name: str) -> Draws:
    """Draw the missing values of a measure in the population of an outcome.

    Parameters
    ----------
    trial, outcome
        The definition, with two arms, and an outcome whose ``imputation`` says how.
    prepared
        The study.
    name
        The measure or score; of a change, its change is drawn.

    Raises
    ------
    ValueError
        The data do not allow the model: with the reason.
    """
    how = outcome.imputation
    assert how is not None  # noqa: S101  (an outcome with multiple imputation has it)
    if len(trial.arms) != 2 or trial.reference is None:
        raise ValueError("imputation by a model is for two arms, one of them the reference")
    panel = prepared.panel
    last = max(place for place, week in enumerate(panel.weeks) if week <= trial.end_week(outcome))
    columns = list(range(panel.baseline + 1, last + 1))
    members = np.flatnonzero(prepared.members[outcome.population])
    variable = outcome.variable if isinstance(outcome.variable, Change) else Value(kind="value", of=name)
    values = take_values(variable, name, usable(outcome, panel, [name]))[members[:, None], columns]
    covariates, notes = _covariates(panel, members, _adjusted(outcome, name))
    struck = Struck.of(outcome, panel).hypothetical[members[:, None], columns]
    data = impute_repeated_measure(
        values,
        panel.arm[members],
        seed=how.seed,
        m=how.draws,
        covariates=covariates,
        strategy=STRATEGIES[how.method],  # type: ignore[arg-type]
        reference=trial.reference,
        ice_visit=_first_struck(struck) if struck.any() else None,
    )
    return Draws(data.add_delta(how.delta) if how.delta else data, members, columns, notes)


def _adjusted(outcome: Outcome, name: str) -> list[str]:
    """Return the baseline measures of the imputation model; of a change, its own baseline is always one."""
    assert outcome.imputation is not None  # noqa: S101
    own = [name] if isinstance(outcome.variable, Change) else []
    return list(dict.fromkeys([*own, *outcome.imputation.covariates]))


def _covariates(panel: Panel, members: np.ndarray, names: list[str]) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return the covariates at baseline; one that is missing is set to the mean, and that is noted."""
    if not names:
        return None, ()
    values = np.column_stack([panel.grids[name].value[members, panel.baseline] for name in names])
    lost = np.isnan(values)
    if not lost.any():
        return values, ()
    means = np.where(lost.all(axis=0), 0.0, np.nanmean(np.where(lost.all(axis=0), 0.0, values), axis=0))
    note = f"{int(lost.any(axis=1).sum())} subjects lack a covariate at baseline; the mean stands in for it"
    return np.where(lost, means, values), (note,)


def _first_struck(struck: np.ndarray) -> list[int | None]:
    """Return for each subject the first visit after the event, ``None`` where there was none."""
    return [int(row.argmax()) if row.any() else None for row in struck]
