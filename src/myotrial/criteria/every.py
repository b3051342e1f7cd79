"""Every published rule over the visit table under one name: scores with points, and rules of change."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from myotrial.criteria.change.improvement import score_doi, score_printo20
from myotrial.criteria.change.inactive import score_inactive_disease
from myotrial.criteria.change.scores import ChangeScores
from myotrial.criteria.change.worsening import score_worsening
from myotrial.criteria.rules import list_criteria
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
        As for :func:`score_tis`.
    criteria
        The name of the rule: response criteria with points, or one of ``RULES``.

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
    known = [*list_criteria(), *RULES]
    raise BadInput([Fault("unknown_criteria", "no criteria have this name", got=criteria, expected=", ".join(known),
                          hint=did_you_mean(criteria, known))])  # fmt: skip
