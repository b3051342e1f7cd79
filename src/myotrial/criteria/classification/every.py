"""Every classification under one name, and which facts each of them reads."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from myotrial.criteria.classification.cancer import ASK, classify_cancer_associated
from myotrial.criteria.classification.course import classify_chronic_active, classify_relevant_improvement
from myotrial.criteria.classification.diseases import (
    classify_antisynthetase,
    classify_bohan_peter,
    classify_imnm,
    classify_overlap,
    is_refractory,
)
from myotrial.criteria.classification.facts import FactsIn, load_facts
from myotrial.criteria.classification.files import read_facts_file
from myotrial.criteria.classification.fill import Resolved
from myotrial.criteria.classification.iim import classify_iim
from myotrial.criteria.classification.iim_score import AGE_ITEM
from myotrial.criteria.classification.result import Classified
from myotrial.criteria.classification.rules import FACTS, FOLDER, Classification, load_classification
from myotrial.model.condition import Compare, leaves
from myotrial.model.data import load_data

DEFAULT = "eular-acr-2017"
CLASSIFIERS: dict[str, Callable[..., Classified]] = {
    "antisynthetase": classify_antisynthetase,
    "bohan-peter-1975": classify_bohan_peter,
    "cancer-associated": classify_cancer_associated,
    "chronic-active": classify_chronic_active,
    DEFAULT: classify_iim,
    "imnm-enmc-2016": classify_imnm,
    "overlap": classify_overlap,
    "refractory": is_refractory,
    "relevant-improvement": classify_relevant_improvement,
}
"""Classification → the function that answers it."""

COMPUTED = {"near": (*ASK, "cancer_associated_evidence")}
"""A fact that is computed → the facts it is computed from."""


def classify(
    facts: FactsIn | str | Path, criteria: str = DEFAULT, *, options: Mapping[str, Any] | None = None
) -> Classified:
    """Classify people by any of the published classifications.

    Parameters
    ----------
    facts
        One row per person and one column per fact, a mapping for one person, or a file: CSV or Parquet, or JSON or
        YAML with the facts of one person by name or a list of such records. :func:`list_facts` names the facts.
    criteria
        The name of the classification; see :func:`list_classifications`.
    options
        What no source settles, by name. ``biopsy`` of the 2017 EULAR/ACR criteria may stand here too.

    Raises
    ------
    BadInput
        With every fault of the facts, each with its file, row and column; an unknown classification or option.

    Examples
    --------
    >>> classify({"myositis": True, "overlap_autoantibody": True}, "overlap")
    Classified(overlap: 1 subject; overlap myositis 1)
    """
    load_classification(criteria)  # refuses a name that is not known
    chosen, more = dict(options or {}), {}
    if criteria == DEFAULT and "biopsy" in chosen:
        more["biopsy"] = chosen.pop("biopsy")
    known = read_facts_file(facts) if isinstance(facts, str | Path) else facts
    return CLASSIFIERS[criteria](known, options=chosen, **more)


def list_facts(criteria: str = DEFAULT, *, options: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """Return the facts that a classification reads.

    Parameters
    ----------
    criteria
        The name of the classification.
    options
        Its options: some definitions read other facts than others.

    Returns
    -------
    polars.DataFrame
        fact (its column), label, values (what it may be), and settled_by: other columns that settle it, of which
        any may be given instead.

    Raises
    ------
    BadInput
        No classification has this name; an option that is not known or not possible.

    Examples
    --------
    >>> list_facts("imnm-enmc-2016")["fact"].to_list()
    ['ck_high', 'proximal_weakness', 'anti_srp', 'anti_hmgcr', 'imnm_biopsy']
    """
    rule = load_classification(criteria)
    settled = rule.settle({name: value for name, value in (options or {}).items() if name != "biopsy"})
    names, by = _read(rule, rule.resolve(settled)), _settled_by()
    known = load_facts()
    return pl.DataFrame(
        {
            "fact": names,
            "label": [known[name].label for name in names],
            "values": [known[name].expected() for name in names],
            "settled_by": [", ".join(part for part in by.get(name, ()) if part not in names) for name in names],
        },
        schema=dict.fromkeys(("fact", "label", "values", "settled_by"), pl.String),
    )


def _read(rule: Classification, rules: Resolved) -> list[str]:
    """Return the facts of a classification, those of the score first."""
    names: list[str] = []
    if rule.score is not None:
        names += [AGE_ITEM, *(item.id for item in rule.score.items), "biopsy_done", rule.score.entry]
    trees = [*rules.groups.values(), *([] if rules.hint is None else [rules.hint])]
    for leaf in (leaf for tree in trees for leaf in leaves(tree)):
        fact = leaf.measure if isinstance(leaf, Compare) else str(getattr(leaf, "event", ""))
        names += COMPUTED.get(fact, (fact,))
    if rule.score is not None:
        names.remove("adult_onset")  # the age at onset settles it
    return list(dict.fromkeys(names))


@cache
def _settled_by() -> dict[str, tuple[str, ...]]:
    """Return, for each fact, the others that settle it, its parts' own parts included."""
    data = load_data(FOLDER, FACTS)
    direct: dict[str, list[str]] = {AGE_ITEM: [band["flag"] for band in data["bands"]]}
    for whole in data["wholes"]:
        direct.setdefault(whole["whole"], []).extend(whole["parts"])

    def below(name: str) -> list[str]:
        return [found for part in direct.get(name, ()) for found in (part, *below(part))]

    return {name: tuple(dict.fromkeys(below(name))) for name in direct}
