"""Classifications that are rules over groups of facts: Bohan and Peter, necrotising myopathy and their like."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.classification.facts import Facts, load_facts
from myotrial.criteria.classification.fill import Resolved
from myotrial.criteria.classification.result import Classified, as_flags, as_lists, as_names, classified
from myotrial.criteria.classification.rules import Classification
from myotrial.criteria.classification.steps import steps_frame
from myotrial.criteria.classification.table import decide_all, possible, shares
from myotrial.model.condition import AnyOf, Compare, parts
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN


def classify_groups(
    rule: Classification,
    facts: Facts,
    settled: Mapping[str, Any],
    *,
    extra: Mapping[str, pl.Series] | None = None,
    asks: Mapping[str, tuple[str, ...]] | None = None,
) -> Classified:
    """Return the category of each subject, every category still possible, and the groups it comes from.

    Parameters
    ----------
    rule
        The classification.
    facts
        The subjects.
    settled
        Its options.
    extra
        More columns for the frame.
    asks
        What to ask for where a fact is itself computed.

    Returns
    -------
    Classified
        ``category`` is null unless every completion of the unknown leads to the same one; ``possible`` lists them;
        ``documented`` is the category if all that is unknown were absent.
    """
    rules = rule.resolve(settled)
    answers = group_answers(rules, facts)
    outcome = decide_all(rules)
    marked = possible(outcome, answers, len(rules.names))
    documented = outcome[tuple(np.where(answers == UNKNOWN, NOT_MET, answers).T // 2)]
    frame = pl.DataFrame(
        [
            facts.subjects,
            as_names("category", only_place(marked), rules.names),
            as_lists("possible", marked, rules.names),
            as_names("documented", documented, rules.names),
            *(as_flags(name, answers[:, place]) for place, name in enumerate(rules.groups)),
        ]
    ).with_columns(**(extra or {}))
    items = partial(_items, rule, facts.subjects, answers)
    ask = partial(_ask, rule, rules, facts, answers, asks or {})
    steps = partial(steps_frame, rule, rules, facts.subjects, answers)
    return classified(rule, settled, frame, items=items, ask=ask, steps=steps)


def group_answers(rules: Resolved, facts: Facts) -> np.ndarray:
    """Return the answer of every group, shape (subjects, groups)."""
    return np.stack([facts.evaluate(group) for group in rules.groups.values()], axis=1)


def only_place(marked: np.ndarray) -> np.ndarray:
    """Return the place of the only mark in each row, else -1."""
    return np.where(marked.sum(axis=1) == 1, marked.argmax(axis=1), -1)


def _items(rule: Classification, subjects: pl.Series, answers: np.ndarray) -> pl.DataFrame:
    rows, groups = answers.shape
    return pl.DataFrame(
        [
            subjects.gather(pl.Series(np.repeat(np.arange(rows), groups))),
            pl.Series("item", list(rule.groups)).gather(pl.Series(np.tile(np.arange(groups), rows))),
            pl.Series("label", [group.label for group in rule.groups.values()]).gather(
                pl.Series(np.tile(np.arange(groups), rows))
            ),
            as_flags("answer", answers.ravel()),
        ]
    )


def _ask(
    rule: Classification, rules: Resolved, facts: Facts, answers: np.ndarray, asks: Mapping[str, tuple[str, ...]]
) -> pl.DataFrame:
    """Return the unknown facts of the groups that could change the category, by the share in which they decide."""
    decides = shares(decide_all(rules), answers)
    found = []
    for place, (name, tree) in enumerate(rules.groups.items()):
        for fact, matters in could_matter(tree, facts):
            rows = np.flatnonzero(matters & (decides[:, place] > 0))
            label, share = rule.groups[name].label, decides[rows, place]
            found += [_asked(facts.subjects, rows, ask, label, share) for ask in asks.get(fact, (fact,))]
    frame = pl.concat(found)
    return frame.sort("row", "share", descending=[False, True], maintain_order=True).drop("row")


def _asked(subjects: pl.Series, rows: np.ndarray, fact: str, item: str, share: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame(
        [
            subjects.gather(pl.Series(rows)),
            pl.Series("ask", [fact], dtype=pl.String).new_from_index(0, rows.size),
            pl.Series("label", [load_facts()[fact].label], dtype=pl.String).new_from_index(0, rows.size),
            pl.Series("item", [item], dtype=pl.String).new_from_index(0, rows.size),
            pl.Series("share", share, dtype=pl.Float64),
            pl.Series("row", rows, dtype=pl.Int64),
        ]
    )


def could_matter(tree: Any, facts: Facts) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each fact of a rule with the rows in which it is unknown and can still change the rule's answer.

    The rule is made of all, any and not, and no fact stands in it twice: a fact matters where no part beside it
    has settled the answer.
    """
    below = parts(tree)
    if not below:
        fact = str(tree.measure if isinstance(tree, Compare) else tree.event)
        yield fact, np.isnan(facts.numbers[fact]) if fact in facts.numbers else facts.answers[fact] == UNKNOWN
        return
    answers = [facts.evaluate(part) for part in below]
    settles = MET if isinstance(tree, AnyOf) else NOT_MET
    for place, part in enumerate(below):
        others = [answer != settles for other, answer in enumerate(answers) if other != place]
        still = np.logical_and.reduce([np.ones(answers[place].shape, dtype=bool), *others])
        for fact, matters in could_matter(part, facts):
            yield fact, matters & still
