"""2017 EULAR/ACR classification of idiopathic inflammatory myopathies (IIM): facts → score, tier, subtype."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

import numpy as np
import polars as pl

from myotrial.criteria.classification import iim_score as scoring
from myotrial.criteria.classification.facts import Facts, FactsIn, read_facts
from myotrial.criteria.classification.fill import Resolved
from myotrial.criteria.classification.groups import group_answers, only_place
from myotrial.criteria.classification.iim_items import Undecided, ask_frame, items_frame
from myotrial.criteria.classification.result import Classified, as_flags, as_lists, as_names, classified
from myotrial.criteria.classification.rules import ScoreRule, load_classification
from myotrial.criteria.classification.steps import steps_frame
from myotrial.criteria.classification.table import decide_all, possible
from myotrial.model.errors import BadInput, Fault
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN

NOT_IIM = "not IIM"


def classify_iim(
    facts: FactsIn, *, biopsy: Literal["auto"] | bool = "auto", options: Mapping[str, Any] | None = None
) -> Classified:
    """Classify by the 2017 EULAR/ACR criteria.

    Parameters
    ----------
    facts
        One row per subject, or a mapping for one; see :func:`.read_facts`. Used are
        the sixteen items (age at onset as ``onset_age_years`` or as its items), ``no_better_explanation``,
        ``biopsy_done``, ``finger_flexor_weakness`` and ``improved_with_treatment``.
    biopsy
        Whether the biopsy is counted: ``True``, ``False``, or ``"auto"``: for a subject with ``biopsy_done``, or
        with any biopsy item answered.
    options
        ``tier_by``: ``score`` (default) or ``probability``; ``cut_point``: ``probable`` (default), ``possible`` or
        ``definite``; ``vacuoles_without_biopsy``: ``unknown`` (default) or ``absent``.

    Returns
    -------
    Classified
        Per subject ``score_low`` and ``score_high`` (every unknown item 0, or positive), ``score`` where they are
        equal, the tier at both ends and ``tier`` where these are equal, the probabilities (recalled formula),
        ``tier_by_other_rule`` and ``boundary_conflict`` (an end lies on a score at which the two rules part),
        ``entry``, ``iim`` (entry met and cut-point reached), ``biopsy_recommended`` (no typical skin sign, whether or
        not a biopsy was taken), ``subtype_if_iim`` (recalled tree), and ``subtype``, which is ``not IIM`` for those
        who are not.

    Raises
    ------
    BadInput
        See :func:`~myotrial.criteria.classification.facts.read_facts`; an option that is not possible.

    Examples
    --------
    >>> found = classify_iim({"onset_age_years": 51, "proximal_upper_weakness": True, "proximal_lower_weakness": True,
    ...                       "muscle_enzyme_raised": True, "heliotrope": False, "gottron_papules": False,
    ...                       "gottron_sign": False, "no_better_explanation": True})
    >>> found.to_frame().select("score_low", "score_high", "tier", "tier_low", "tier_high").row(0)
    (4.9, 12.3, None, 'not IIM', 'definite')
    >>> found.ask_next().select("ask", "could_give").rows()[0]
    ('anti_jo1', 3.9)
    """
    rule = load_classification("eular-acr-2017")
    settled = rule.settle(options or {})
    if not isinstance(biopsy, bool) and biopsy != "auto":
        raise BadInput([Fault("bad_option", "the value of biopsy is not possible", column="biopsy", got=repr(biopsy),
                              expected="auto, True or False")])  # fmt: skip
    known = read_facts(facts)
    score = rule.score
    assert score is not None  # noqa: S101  (the data file has one)
    counted = _counted(score, known, biopsy)
    points = scoring.weigh(score, known, counted)
    tiers = _tiers(score, points, counted, settled)
    entry = known.answers[score.entry]
    iim = _iim(score, tiers["tier_low"], tiers["tier_high"], entry, settled)
    rules = rule.resolve(settled)
    answers = _group_answers(rules, known, counted, settled)
    recommended = 2 - answers[:, list(rule.groups).index("skin")]
    frame = pl.DataFrame(
        [
            known.subjects,
            as_names("path", counted.astype(np.int64), scoring.PATHS),
            *_tier_columns(score, counted, tiers),
            as_flags("entry", entry),
            as_flags("iim", iim),
            as_flags("biopsy_recommended", recommended),
            *_subtype_columns(rules, answers, iim),
        ]
    )
    cuts = scoring.least_scores(score, settled["tier_by"], counted)
    cut = score.tiers.index(settled["cut_point"]) - 1
    undecided = Undecided(points, cuts, cut, entry, iim, rule, rules, answers, known)
    return classified(
        rule,
        {**settled, "biopsy": biopsy},
        frame,
        decides="tier",
        items=partial(items_frame, known.subjects, points),
        ask=partial(ask_frame, known.subjects, undecided),
        steps=partial(steps_frame, rule, rules, known.subjects, answers),
    )


def _counted(rule: ScoreRule, facts: Facts, biopsy: str | bool) -> np.ndarray:
    """Return whose biopsy is counted, shape (subjects,)."""
    done = facts.answers["biopsy_done"]
    if isinstance(biopsy, bool):
        return np.full(done.shape, biopsy)
    given = [facts.answers[item.id] != UNKNOWN for item in rule.items if item.no_biopsy is None]
    return np.asarray(np.logical_or.reduce([done == MET, *given]))


def _tiers(
    rule: ScoreRule, points: scoring.Points, counted: np.ndarray, settled: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    """Return the place of the tier at both ends, by the rule chosen and by the other one."""
    by = [scoring.tier_by_score, scoring.tier_by_probability]
    chosen, other = by if settled["tier_by"] == "score" else by[::-1]
    low, high = points.least.sum(axis=1), points.most.sum(axis=1)
    return {
        "low": low,
        "high": high,
        "tier_low": chosen(rule, low, counted),
        "tier_high": chosen(rule, high, counted),
        "other_low": other(rule, low, counted),
        "other_high": other(rule, high, counted),
    }


def _agreed(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return np.where(low == high, low, -1)


def _tier_columns(rule: ScoreRule, counted: np.ndarray, tiers: Mapping[str, np.ndarray]) -> list[pl.Series]:
    low, high = tiers["low"], tiers["high"]
    tier_low, tier_high, other_low, other_high = (
        tiers[name] for name in ("tier_low", "tier_high", "other_low", "other_high")
    )
    score = pl.Series("score", low / 10).set(pl.Series(low != high), None)
    chance = pl.Series("probability", scoring.probability(rule, low, counted)).set(pl.Series(low != high), None)
    return [
        score,
        pl.Series("score_low", low / 10),
        pl.Series("score_high", high / 10),
        as_names("tier", _agreed(tier_low, tier_high), rule.tiers),
        as_names("tier_low", tier_low, rule.tiers),
        as_names("tier_high", tier_high, rule.tiers),
        chance,
        pl.Series("probability_low", scoring.probability(rule, low, counted)),
        pl.Series("probability_high", scoring.probability(rule, high, counted)),
        as_names("tier_by_other_rule", _agreed(other_low, other_high), rule.tiers),
        pl.Series("boundary_conflict", (tier_low != other_low) | (tier_high != other_high)),
    ]


def _iim(
    rule: ScoreRule, low: np.ndarray, high: np.ndarray, entry: np.ndarray, settled: Mapping[str, Any]
) -> np.ndarray:
    """Return whether the cut-point is reached and nothing explains the findings better, in three values."""
    cut = rule.tiers.index(settled["cut_point"])
    reached = np.where(low >= cut, MET, np.where(high < cut, NOT_MET, UNKNOWN))
    return np.asarray(np.minimum(reached, entry))


def _group_answers(rules: Resolved, facts: Facts, counted: np.ndarray, settled: Mapping[str, Any]) -> np.ndarray:
    """Return the answers of the sub-classification's groups, shape (subjects, groups)."""
    answers = group_answers(rules, facts)
    if settled["vacuoles_without_biopsy"] == "absent":
        place = list(rules.groups).index("vacuoles")
        answers[:, place] = np.where(~counted & (answers[:, place] == UNKNOWN), NOT_MET, answers[:, place])
    return answers


def _subtype_columns(rules: Resolved, answers: np.ndarray, iim: np.ndarray) -> list[pl.Series]:
    """Return the subtype the tree gives, all that are possible, and the subtype of those who are cases."""
    marked = possible(decide_all(rules), answers, len(rules.names))
    only = only_place(marked)
    names = (*rules.names, NOT_IIM)
    subtype = np.where(iim == NOT_MET, len(names) - 1, np.where(iim == MET, only, -1))
    return [
        as_names("subtype_if_iim", only, rules.names),
        as_lists("subtypes_possible", marked, rules.names),
        as_names("subtype", subtype, names),
    ]
