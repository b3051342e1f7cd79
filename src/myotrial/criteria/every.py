"""Every published rule over the visit table under one name: scores with points, and rules of change."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from myotrial.criteria.change.improvement import score_doi, score_printo20
from myotrial.criteria.change.inactive import score_inactive_disease
from myotrial.criteria.change.rules import load_rule
from myotrial.criteria.change.scores import ChangeScores
from myotrial.criteria.change.worsening import score_worsening
from myotrial.criteria.rules import list_criteria, load_criteria
from myotrial.criteria.scores import Scores
from myotrial.criteria.tis import score_tis
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.study.visits import Visits

RULES: dict[str, Callable[..., ChangeScores]] = {
    "imacs-doi-2004": score_doi,
    "printo-20": score_printo20,
    "printo-inactive": score_inactive_disease,
    "worsening-proderm": score_worsening,
}
"""Rule of change → the function that answers it."""


def score_visits(
    visits: Visits | pl.DataFrame,
    criteria: str = "acr-eular-2016-adult",
    *,
    baseline_week: float | None = None,
    options: Mapping[str, Any] | None = None,
) -> Scores | ChangeScores:
    """Score every follow-up visit by any of the published rules.

    Parameters
    ----------
    visits, baseline_week, options
        As for :func:`score_tis`. Several rules share one reading: ``read_visits(path, needs=find_needs(...))``, and
        the same visits to each.
    criteria
        The name of the rule: response criteria with points (adult, or juvenile by the IMACS or the PRINTO core
        set), or one of ``RULES``.

    Raises
    ------
    BadInput
        An unknown name, or any fault of the table or the options.

    Examples
    --------
    >>> visits = pl.DataFrame({
    ...     "subject_id": ["A", "A"], "week": [0, 12], "physician_global_cm": [5.0, 4.0],
    ...     "patient_global_cm": [5.0, 4.0], "mmt": [100, 120], "haq_di": [1.0, 1.0],
    ...     "extramuscular_cm": [2.0, 2.0], "ck_u_per_l": [900, 900], "ck_uln_u_per_l": [200, 200],
    ... })
    >>> score_visits(visits, "imacs-doi-2004")
    ChangeScores(imacs-doi-2004: 1 visit of 1 subject; met 1, not met 0, unknown 0)
    """
    if criteria in RULES:
        return RULES[criteria](visits, baseline_week=baseline_week, options=options)
    if criteria in list_criteria():
        return score_tis(visits, criteria, baseline_week=baseline_week, options=options)
    raise _unknown(criteria)


def find_needs(*criteria: str, options: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Return the columns that a visit table must have for one or more rules, each with the rules that ask for it.

    Parameters
    ----------
    criteria
        The names of the rules, as for :func:`score_visits`.
    options
        The options that will be chosen; some name a measure. Every rule named must know them.

    Raises
    ------
    BadInput
        An unknown name, or an option that is not possible.

    Examples
    --------
    >>> list(find_needs("worsening-proderm"))
    ['physician_global_cm', 'patient_global_cm', 'mmt', 'haq_di', 'extramuscular_cm']
    >>> find_needs("acr-eular-2016-juvenile-imacs", "printo-inactive")["mmt"]
    'acr-eular-2016-juvenile-imacs and printo-inactive'
    """
    needs: dict[str, str] = {}
    for name in criteria:
        for column, rule in _needs(name, options or {}).items():
            needs[column] = f"{needs[column]} and {rule}" if column in needs else rule
    return needs


def _needs(name: str, options: Mapping[str, Any]) -> dict[str, str]:
    if name in RULES:
        return load_rule(name).settle(options).needs(name)
    if name in list_criteria():
        criteria = load_criteria(name)
        return criteria.needs(criteria.settle(options))
    raise _unknown(name)


def _unknown(name: str) -> BadInput:
    known = [*list_criteria(), *RULES]
    return BadInput([Fault("unknown_criteria", "no criteria have this name", got=name, expected=", ".join(known),
                           hint=did_you_mean(name, known))])  # fmt: skip
