"""Bohan and Peter, necrotising myopathy, antisynthetase syndrome, overlap, refractory: facts → category."""

from collections.abc import Mapping
from typing import Any

from myotrial.criteria.classification.facts import FactsIn, read_facts
from myotrial.criteria.classification.groups import classify_groups
from myotrial.criteria.classification.result import Classified
from myotrial.criteria.classification.rules import load_classification


def classify_bohan_peter(facts: FactsIn, *, options: Mapping[str, Any] | None = None) -> Classified:
    """Classify by Bohan and Peter 1975: definite, probable or possible PM or DM.

    An examination that was not done is unknown, not negative: the category is null while completions differ, and
    ``possible`` lists what is left. A subject with an excluding disease is ``excluded``.

    Parameters
    ----------
    facts
        See :func:`~myotrial.criteria.classification.facts.read_facts`; used are ``proximal_weakness``,
        ``muscle_enzyme_raised``, ``aldolase_raised``, ``emg_myopathic``, ``biopsy_myositis``, ``dm_rash``,
        ``bohan_peter_exclusion`` and their parts.
    options
        There are none.

    Raises
    ------
    BadInput
        See :func:`~myotrial.criteria.classification.facts.read_facts`.

    Examples
    --------
    >>> found = classify_bohan_peter({"dm_rash": True, "proximal_weakness": True, "ck_raised": True,
    ...                               "bohan_peter_exclusion": False})
    >>> found.to_frame().select("category", "possible", "documented").row(0)
    (None, ['definite DM', 'probable DM'], 'probable DM')
    >>> found.ask_next()["ask"].to_list()
    ['emg_myopathic', 'biopsy_myositis']
    """
    return _classify("bohan-peter-1975", facts, options)


def classify_imnm(facts: FactsIn, *, options: Mapping[str, Any] | None = None) -> Classified:
    """Classify immune-mediated necrotising myopathy (ENMC 2016; the rule is recalled).

    Parameters
    ----------
    facts
        Used are ``ck_high``, ``proximal_weakness``, ``anti_srp``, ``anti_hmgcr`` and ``imnm_biopsy``.
    options
        There are none.

    Raises
    ------
    BadInput
        See :func:`~myotrial.criteria.classification.facts.read_facts`.

    Examples
    --------
    >>> classify_imnm({"ck_high": True, "proximal_weakness": True, "anti_srp": True, "anti_hmgcr": False})
    Classified(imnm-enmc-2016: 1 subject; anti-SRP myopathy 1)
    """
    return _classify("imnm-enmc-2016", facts, options)


def classify_antisynthetase(facts: FactsIn, *, options: Mapping[str, Any] | None = None) -> Classified:
    """Classify antisynthetase syndrome by Connors 2010, Solomon 2011 (counts recalled) or a later proposal.

    Parameters
    ----------
    facts
        Used are ``anti_ars`` (or ``anti_jo1``), ``ild``, ``arthritis``, ``articular_involvement``, ``raynaud``,
        ``mechanics_hands``, ``unexplained_fever``, ``myositis``, ``pm_or_dm_bohan_peter``.
    options
        ``definition``: ``connors_2010`` (default), ``solomon_2011`` or ``err_proposal``.

    Raises
    ------
    BadInput
        See :func:`~myotrial.criteria.classification.facts.read_facts`; an option that is not possible.

    Examples
    --------
    >>> facts = {"anti_jo1": True, "myositis": True, "ild": False, "arthritis": False, "raynaud": False,
    ...          "mechanics_hands": False, "unexplained_fever": False}
    >>> classify_antisynthetase(facts)
    Classified(antisynthetase: 1 subject; not antisynthetase syndrome 1)
    >>> classify_antisynthetase(facts, options={"definition": "err_proposal"})
    Classified(antisynthetase: 1 subject; antisynthetase syndrome 1)
    """
    return _classify("antisynthetase", facts, options)


def classify_overlap(facts: FactsIn, *, options: Mapping[str, Any] | None = None) -> Classified:
    """Classify overlap myositis. Which features and antibodies count was not found: that there is one is a fact.

    Parameters
    ----------
    facts
        Used are ``myositis``, ``overlap_feature``, ``overlap_autoantibody``, ``other_connective_tissue_disease``.
    options
        ``definition``: ``troyanov`` (default: a feature or an antibody) or ``defined_disease``.

    Raises
    ------
    BadInput
        See :func:`~myotrial.criteria.classification.facts.read_facts`; an option that is not possible.

    Examples
    --------
    >>> classify_overlap({"myositis": True, "overlap_autoantibody": True})
    Classified(overlap: 1 subject; overlap myositis 1)
    """
    return _classify("overlap", facts, options)


def is_refractory(facts: FactsIn, *, options: Mapping[str, Any] | None = None) -> Classified:
    """Tell whether myositis is refractory, as a belimumab trial has it, in both readings of its "and/or".

    Parameters
    ----------
    facts
        Used are ``chronic_active`` and, for glucocorticoids and each agent of the data file, ``<agent>_months``,
        ``<agent>_inadequate`` and ``<agent>_intolerant``.
    options
        ``and_or``: ``either`` (default) or ``both``; ``months``: 3; ``intolerance``: ``after_months`` (default) or
        ``at_any_time``.

    Returns
    -------
    Classified
        ``category`` by the reading chosen; ``either`` and ``both`` beside it hold the category by each reading.

    Raises
    ------
    BadInput
        See :func:`~myotrial.criteria.classification.facts.read_facts`; an option that is not possible.

    Examples
    --------
    >>> found = is_refractory({"chronic_active": True, "glucocorticoid_months": 4, "glucocorticoid_inadequate": True})
    >>> found.to_frame().select("category", "either", "both").row(0)
    ('refractory', 'refractory', None)
    """
    rule = load_classification("refractory")
    settled, known = rule.settle(options or {}), read_facts(facts)
    readings = {
        reading: classify_groups(rule, known, {**settled, "and_or": reading}).frame["category"]
        for reading in rule.options["and_or"].choices
    }
    return classify_groups(rule, known, settled, extra=readings)


def _classify(name: str, facts: FactsIn, options: Mapping[str, Any] | None) -> Classified:
    rule = load_classification(name)
    settled = rule.settle(options or {})
    return classify_groups(rule, read_facts(facts), settled)
