"""What intercurrent events and missing values do to a panel before an outcome is judged on it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from myotrial.model.evaluate import UNKNOWN
from myotrial.model.panel import Grid, Panel
from myotrial.trials.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Struck:
    """The visits that come after an intercurrent event, shape (subjects, visits).

    Attributes
    ----------
    hypothetical
        What is measured at them is not used.
    carried
        The last visit before the event stands for them (while on treatment).
    """

    hypothetical: np.ndarray
    carried: np.ndarray

    @classmethod
    def of(cls, outcome: Outcome, panel: Panel) -> "Struck":
        """Find them by the outcome's strategies."""
        return cls(_after(outcome, panel, "hypothetical"), _after(outcome, panel, "while_on_treatment"))


def _after(outcome: Outcome, panel: Panel, strategy: str) -> np.ndarray:
    struck = np.zeros(panel.seen.shape, dtype=bool)
    for event, chosen in outcome.intercurrent.items():
        if chosen == strategy:
            struck |= panel.before(event, list(range(len(panel.weeks))))
    return struck


def usable(outcome: Outcome, panel: Panel, names: Iterable[str]) -> Panel:
    """Return the panel on which an outcome is judged: without what is not used, with what is carried forward.

    Parameters
    ----------
    outcome
        Its strategies for intercurrent events, and whether missing values are carried forward.
    panel
        The study.
    names
        The measures and scores that the outcome looks at; its rules are handled as well.
    """
    struck, locf = Struck.of(outcome, panel), outcome.missing_rule == "locf"
    if not (struck.hypothetical.any() or struck.carried.any() or locf):
        return panel
    grids = {name: _grid(panel.grids[name], panel.baseline, struck, locf=locf) for name in names}
    rules = {name: _rule(answers, panel.baseline, struck, locf=locf) for name, answers in panel.rules.items()}
    return replace(panel, grids={**panel.grids, **grids}, rules=rules)


def with_values(panel: Panel, values: dict[str, np.ndarray]) -> Panel:
    """Return the panel with other values of some measures or scores, each of shape (subjects, visits)."""
    grids = {name: replace(panel.grids[name], low=value, high=value, exact=None) for name, value in values.items()}
    return replace(panel, grids={**panel.grids, **grids})


def _grid(grid: Grid, baseline: int, struck: Struck, *, locf: bool) -> Grid:
    lost = struck.hypothetical | struck.carried
    low, high = np.where(lost, np.nan, grid.low), np.where(lost, np.nan, grid.high)
    exact = (low == high) & (~lost if grid.exact is None else grid.exact & ~lost)
    value = np.where(exact, low, np.nan)
    last = carry(value, baseline)
    fill = ~exact & ~np.isnan(last) & (struck.carried | (locf & ~exact))
    low, high = np.where(fill, last, low), np.where(fill, last, high)
    return replace(grid, low=low, high=high, exact=exact | fill)


def _rule(answers: np.ndarray, baseline: int, struck: Struck, *, locf: bool) -> np.ndarray:
    lost = struck.hypothetical | struck.carried
    known = np.where(lost | (answers == UNKNOWN), np.nan, answers.astype(np.float64))
    last = carry(known, baseline)
    fill = np.isnan(known) & ~np.isnan(last) & (struck.carried | locf)
    return np.where(fill, last, np.where(np.isnan(known), UNKNOWN, known)).astype(np.int64)


def carry(value: np.ndarray, baseline: int) -> np.ndarray:
    """Return at each visit the last value known since baseline, baseline itself not counted; NaN where none is.

    Examples
    --------
    >>> carry(np.array([[9.0, np.nan, 5.0, np.nan, 4.0]]), 0).tolist()
    [[nan, nan, 5.0, 5.0, 4.0]]
    """
    carried = np.full(value.shape, np.nan)
    last = np.full(len(value), np.nan)
    for place in range(baseline + 1, value.shape[1]):
        last = np.where(np.isnan(value[:, place]), last, value[:, place])
        carried[:, place] = last
    return carried
