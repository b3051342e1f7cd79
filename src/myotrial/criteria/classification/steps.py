"""The categories of a classification one by one, in the order in which they are tried: which rule holds, and why."""

from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.classification.fill import Resolved
from myotrial.criteria.classification.result import as_flags, as_lists
from myotrial.criteria.classification.rules import Classification
from myotrial.model.condition import leaves
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN, evaluate_with

WORDS = {"present": MET, "absent": NOT_MET, "unknown": UNKNOWN}


def steps_frame(rule: Classification, rules: Resolved, subjects: pl.Series, answers: np.ndarray) -> pl.DataFrame:
    """Return one row per subject and category: whether its rule holds, and the groups that the rule reads.

    Parameters
    ----------
    rule, rules
        The classification, and its rules under the options.
    subjects
        Who they are, shape (subjects,).
    answers
        The answers of the groups in three values, shape (subjects, groups).

    Returns
    -------
    polars.DataFrame
        subject_id, category, label, answer, and present, absent and unknown: labels of groups.
    """
    places = {name: place for place, name in enumerate(rules.groups)}
    labels = tuple(rule.groups[name].label for name in rules.groups)
    reads = np.zeros((len(rules.names), len(places)), dtype=bool)
    holds = np.zeros((len(rules.names), len(subjects)), dtype=np.int64)

    def answer(leaf: Any) -> np.ndarray:
        return np.asarray(answers[:, places[leaf.event]])

    for place, condition in enumerate(rules.categories.values()):
        reads[place, [places[str(getattr(leaf, "event", ""))] for leaf in leaves(condition)]] = True
        holds[place] = evaluate_with(condition, answer)
    holds[-1] = MET - holds[:-1].max(axis=0)  # the category that is left holds where no rule does
    row, order = (each.ravel() for each in np.indices((len(subjects), len(rules.names))))
    at, names = pl.Series(order), pl.Series(rules.names, dtype=pl.String)
    read = {name: (answers == value)[row] & reads[order] for name, value in WORDS.items()}
    return pl.DataFrame(
        [
            subjects.gather(pl.Series(row)),
            names.gather(at).alias("category"),
            pl.Series([rule.labels.get(name, name) for name in rules.names], dtype=pl.String).gather(at).alias("label"),
            as_flags("answer", holds[order, row]),
            *(as_lists(name, marked, labels) for name, marked in read.items()),
        ]
    )
