"""Put a rule of change to every follow-up visit of a visit table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from myotrial.criteria.change.answers import Answers, ColumnSource, Source, find_answers
from myotrial.criteria.change.enzyme import EnzymeSource
from myotrial.criteria.change.rules import Rule, SettledRule, load_rule
from myotrial.criteria.change.scores import ChangeScores
from myotrial.criteria.follow_up import Pairs, find_unscored, pair_visits, take_visits
from myotrial.study.visits import Visits


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule's answers at the follow-up visits of a table.

    Attributes
    ----------
    rule, settled
        The rule, and the rule with its numbers and options fixed.
    visits
        The table.
    pairs
        The follow-up visits with their baselines.
    answers
        The answers of the rule's leaves at the follow-up visits.
    enzyme
        The enzymes, where the rule has one.
    notes
        What was noticed and is not a fault.
    """

    rule: Rule
    settled: SettledRule
    visits: Visits
    pairs: Pairs
    answers: Answers
    enzyme: EnzymeSource | None
    notes: tuple[str, ...]

    def keys(self, *names: str) -> list[pl.Series]:
        """Return columns of the visit table at the follow-up visits."""
        return self.pairs.keys(self.visits.frame, *names).get_columns()

    def flags(self, group: str) -> list[pl.Series]:
        """Return one column over the patterns for each leaf of a counted list, for example ``improved_mmt``."""
        return [self.answers.column(f"{group}_{leaf.measure}", leaf) for leaf in self.settled.counted[group]]

    def counts(self, group: str) -> list[pl.Series]:
        """Return ``n_<group>`` with its lowest and highest value, over the patterns."""
        return self.answers.counts(f"n_{group}", self.settled.counted[group])

    def scores(self, answer: str, columns: list[pl.Series]) -> ChangeScores:
        """Return columns as the rule's result."""
        return ChangeScores(
            pl.DataFrame(columns), self.rule.id, answer, self.settled.settings, self.rule.sha256,
            self.visits.sha256, self.notes,
        )  # fmt: skip


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
    visits = take_visits(visits, baseline_week, settled.needs(name))
    pairs = pair_visits(visits, baseline_week)
    enzyme = None
    sources: dict[str, Source] = {}
    for measure_id, measure in settled.measures.items():
        if measure.enzyme:
            sources[measure_id] = enzyme = EnzymeSource.of(visits, pairs.starts, settled.settings)
        else:
            sources[measure_id] = ColumnSource.of(visits, measure)
    zero_unknown = settled.settings.get("zero_baseline") == "unknown"
    answers = find_answers(settled.leaves, sources, pairs.rows, pairs.base, zero_unknown=zero_unknown)
    return Applied(rule, settled, visits, pairs, answers, enzyme, find_unscored(visits, pairs, baseline_week))
