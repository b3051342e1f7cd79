"""Put a rule of change to every follow-up visit of a visit table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.change.answers import Answers, ColumnSource, Source, find_answers
from myotrial.criteria.change.enzyme import EnzymeSource
from myotrial.criteria.change.rules import Rule, SettledRule, load_rule
from myotrial.criteria.change.scores import ChangeScores
from myotrial.study.visits import Visits, check_visits


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule's answers at the follow-up visits of a table.

    Attributes
    ----------
    rule, settled
        The rule, and the rule with its numbers and options fixed.
    visits
        The table.
    rows
        The follow-up visits' rows in it, ascending, shape (rows,).
    answers
        The answers of the rule's leaves at these rows.
    enzyme
        The enzymes, where the rule has one.
    """

    rule: Rule
    settled: SettledRule
    visits: Visits
    rows: np.ndarray
    answers: Answers
    enzyme: EnzymeSource | None

    def keys(self, *names: str) -> list[pl.Series]:
        """Return columns of the visit table at the follow-up visits."""
        keep = np.zeros(self.visits.frame.height, dtype=bool)
        keep[self.rows] = True
        return self.visits.frame.select(*names).filter(pl.Series(keep)).get_columns()

    def flags(self, group: str) -> list[pl.Series]:
        """Return one column over the patterns for each leaf of a counted list, for example ``improved_mmt``."""
        return [self.answers.column(f"{group}_{leaf.measure}", leaf) for leaf in self.settled.counted[group]]

    def counts(self, group: str) -> list[pl.Series]:
        """Return ``n_<group>`` with its lowest and highest value, over the patterns."""
        return self.answers.counts(f"n_{group}", self.settled.counted[group])

    def scores(self, answer: str, columns: list[pl.Series]) -> ChangeScores:
        """Return columns as the rule's result."""
        frame = pl.DataFrame(columns)
        notes = tuple(
            f"{measure.column} is not in the table: {name.replace('_', ' ')} is unknown at every visit"
            for name, measure in self.settled.measures.items()
            if measure.column and measure.column not in self.visits.frame.columns
        )
        return ChangeScores(
            frame, self.rule.id, answer, self.settled.settings, self.rule.sha256, self.visits.sha256, notes
        )


def apply_rule(
    visits: Visits | pl.DataFrame, name: str, baseline_week: float | None, options: Mapping[str, Any] | None
) -> Applied:
    """Answer a rule's leaves at every follow-up visit of every subject.

    Raises
    ------
    BadInput
        With every fault of the table or the options.
    """
    rule = load_rule(name)
    settled = rule.settle(options or {})
    if not isinstance(visits, Visits):
        visits = check_visits(visits, baseline_week)
    layout = visits.layout
    starts = layout.baseline_rows(baseline_week)
    base = starts[layout.subject]
    rows = np.flatnonzero((base >= 0) & (layout.week > layout.week[base]))
    enzyme = None
    sources: dict[str, Source] = {}
    for measure_id, measure in settled.measures.items():
        if measure.enzyme:
            sources[measure_id] = enzyme = EnzymeSource.of(visits, starts, settled.settings)
        else:
            sources[measure_id] = ColumnSource.of(visits.frame, measure)
    zero_unknown = settled.settings.get("zero_baseline") == "unknown"
    answers = find_answers(settled.leaves, sources, rows, base[rows], zero_unknown=zero_unknown)
    return Applied(rule, settled, visits, rows, answers, enzyme)
