"""What a physician judges, with a hint computed beside it that never takes its place."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.classification.facts import FactsIn, read_facts
from myotrial.criteria.classification.groups import classify_groups
from myotrial.criteria.classification.result import Classified, as_flags
from myotrial.criteria.classification.rules import load_classification
from myotrial.model.evaluate import UNKNOWN


def classify_relevant_improvement(facts: FactsIn, *, options: Mapping[str, Any] | None = None) -> Classified:
    """Return whether a physician saw a clinically relevant improvement, and what the score hints.

    Parameters
    ----------
    facts
        ``relevant_improvement``, and for the hint ``tis_screening_to_baseline``.
    options
        ``tis_points``: the hint's threshold, 20.

    Returns
    -------
    Classified
        ``category`` is the physician's; ``hint`` and ``differs`` (from it) are beside it.

    Raises
    ------
    BadInput
        See :func:`~myotrial.criteria.classification.facts.read_facts`; an option that is not possible.

    Examples
    --------
    >>> found = classify_relevant_improvement({"relevant_improvement": False, "tis_screening_to_baseline": 25})
    >>> found.to_frame().select("category", "hint", "differs").row(0)
    ('not improved', True, True)
    """
    return _with_hint("relevant-improvement", facts, options)


def classify_chronic_active(facts: FactsIn, *, options: Mapping[str, Any] | None = None) -> Classified:
    """Return whether a physician calls the myositis chronic active, and what its length and activity hint.

    Parameters
    ----------
    facts
        ``chronic_active``, and for the hint ``months_since_diagnosis`` and ``physician_global_cm``.
    options
        ``months``: 6; ``physician_global_cm``: 2.

    Returns
    -------
    Classified
        ``category`` is the physician's; ``hint`` and ``differs`` (from it) are beside it.

    Raises
    ------
    BadInput
        See :func:`~myotrial.criteria.classification.facts.read_facts`; an option that is not possible.

    Examples
    --------
    >>> found = classify_chronic_active({"months_since_diagnosis": 8, "physician_global_cm": 2.0})
    >>> found.to_frame().select("category", "hint", "differs").row(0)
    (None, True, None)
    """
    return _with_hint("chronic-active", facts, options)


def _with_hint(name: str, facts: FactsIn, options: Mapping[str, Any] | None) -> Classified:
    rule = load_classification(name)
    settled, known = rule.settle(options or {}), read_facts(facts)
    rules = rule.resolve(settled)
    hint = known.evaluate(rules.hint)
    stated = known.evaluate(rules.groups["stated"])
    differs = np.where((hint == UNKNOWN) | (stated == UNKNOWN), UNKNOWN, 2 * (hint != stated))
    beside: dict[str, pl.Series] = {"hint": as_flags("hint", hint), "differs": as_flags("differs", differs)}
    return classify_groups(rule, known, settled, extra=beside)
