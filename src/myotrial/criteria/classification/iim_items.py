"""The 2017 EULAR/ACR score item by item, and what to ask next."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from myotrial.criteria.classification.facts import Facts, load_facts
from myotrial.criteria.classification.fill import Resolved
from myotrial.criteria.classification.groups import could_matter
from myotrial.criteria.classification.iim_score import AGE_ITEM, Points, can_decide
from myotrial.criteria.classification.result import as_lists
from myotrial.criteria.classification.rules import Classification
from myotrial.criteria.classification.table import decide_all, shares
from myotrial.model.evaluate import NOT_MET, UNKNOWN

CHANGES = ("tier", "case", "subtype")
"""What an answer could change: the tier, whether the subject is a case (``iim``), the subtype."""


def items_frame(subjects: pl.Series, points: Points) -> pl.DataFrame:
    """Return one row per subject and item: its points where they are known, and what it could still give."""
    least, most = points.least.ravel(), points.most.ravel()
    known = points.open_.sum(axis=2).ravel() == 1
    rows, items = points.least.shape
    names, place = _named(points.items, np.tile(np.arange(items), rows))
    return pl.DataFrame(
        [
            subjects.gather(pl.Series(np.repeat(np.arange(rows), items))),
            names.rename("item"),
            place,
            pl.Series("known", known),
            pl.Series("points", least / 10).set(pl.Series(~known), None),
            pl.Series("could_give", (most - least) / 10),
        ]
    )


@dataclass(frozen=True, slots=True)
class Undecided:
    """What a classification of subjects still depends on.

    Attributes
    ----------
    points
        What the items give.
    cuts
        The least score in tenths of every tier above the first, shape (subjects, tiers - 1).
    cut
        The column of ``cuts`` from which a subject is a case.
    entry, iim
        The entry criterion, and whether the subject is a case, in three values, shape (subjects,).
    rule, rules, answers
        The sub-classification, its rules under the options, and the answers of its groups, shape (subjects, groups).
    facts
        The subjects.
    """

    points: Points
    cuts: np.ndarray
    cut: int
    entry: np.ndarray
    iim: np.ndarray
    rule: Classification
    rules: Resolved
    answers: np.ndarray
    facts: Facts


def ask_frame(subjects: pl.Series, open_: Undecided) -> pl.DataFrame:
    """Return the unknown facts that could change the tier, whether it is a case, or the subtype.

    Those that could change the tier come first, of these the ones that could give the most.
    """
    points, rows = open_.points, len(subjects)
    score = open_.rule.score
    assert score is not None  # noqa: S101  (the data file has one)
    tree = _subtype_asks(open_)
    names = tuple(dict.fromkeys([*points.items, score.entry, *tree]))
    marked = np.zeros((rows, len(names), len(CHANGES)), dtype=bool)
    scored = len(points.items)
    marked[:, :scored, 0] = can_decide(points, open_.cuts)
    entered = (open_.entry != NOT_MET)[:, None]
    marked[:, :scored, 1] = can_decide(points, open_.cuts[:, [open_.cut]]) & entered
    marked[:, names.index(score.entry), 1] = (open_.entry == UNKNOWN) & (open_.iim != NOT_MET)
    for name, matters in tree.items():
        marked[:, names.index(name), 2] |= matters
    gain = np.zeros((rows, len(names)), dtype=np.int64)
    gain[:, :scored] = points.most - points.least
    row, fact = np.nonzero(marked.any(axis=2))
    order = np.lexsort((fact, -gain[row, fact], ~marked[row, fact, 0], row))
    row, fact = row[order], fact[order]
    asked, labels = _named(names, fact)
    return pl.DataFrame(
        [
            subjects.gather(pl.Series(row, dtype=pl.Int64)),
            asked.rename("ask"),
            labels,
            pl.Series("could_give", gain[row, fact] / 10),
            as_lists("changes", marked[row, fact], CHANGES),
        ]
    )


def _subtype_asks(open_: Undecided) -> dict[str, np.ndarray]:
    """Return each fact of the sub-classification with the rows in which it could change the subtype, (subjects,)."""
    decides = shares(decide_all(open_.rules), open_.answers) > 0
    found = {}
    for place, tree in enumerate(open_.rules.groups.values()):
        for fact, matters in could_matter(tree, open_.facts):
            name = AGE_ITEM if fact == "adult_onset" else fact
            found[name] = matters & decides[:, place] & (open_.iim != NOT_MET)
    return found


def _named(names: tuple[str, ...], places: np.ndarray) -> tuple[pl.Series, pl.Series]:
    """Return names and labels of facts by their places."""
    labels = [load_facts()[name].label for name in names]
    at = pl.Series(places, dtype=pl.Int64)
    return pl.Series("item", names, dtype=pl.String).gather(at), pl.Series("label", labels).gather(at)
