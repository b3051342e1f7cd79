"""PRINTO clinically inactive disease: values at the visit, no change."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from myotrial.criteria.change.scores import ChangeScores
from myotrial.criteria.change.visits import apply_rule
from myotrial.study.visits import Visits


def score_inactive_disease(
    visits: Visits | pl.DataFrame,
    *,
    baseline_week: float | None = None,
    options: Mapping[str, Any] | None = None,
) -> ChangeScores:
    """Tell at every follow-up visit whether the disease is clinically inactive by the PRINTO criteria.

    Parameters
    ----------
    visits
        The visit table, as for :func:`score_doi`. The measures are ``ck_u_per_l``, ``cmas``, ``mmt`` and
        ``physician_global_cm``; each must be in the table, empty where it was not measured. Strength counts only
        where ``mmt_max`` says 80: on another scale it is unknown.
    baseline_week
        The week of the baseline; without it a subject's earliest week. It only says which visits are follow-up.
    options
        The rule's numbers; the defaults stand in the data file and are kept with the result.

    Returns
    -------
    ChangeScores
        One row per follow-up visit, in the order of the input: ``inactive`` (true, false, or null where what is
        missing could change it), ``n_criteria`` (null where not known, then between ``_low`` and ``_high``), and
        ``criteria_`` for each of the four.

    Raises
    ------
    BadInput
        With every fault of the table or the options.

    References
    ----------
    Ann Rheum Dis, doi:10.1136/annrheumdis-2012-201483: at least 3 of CK at most 150, CMAS at least 48, MMT at
    least 78, physician global at most 0.2.

    Examples
    --------
    >>> import polars as pl
    >>> visits = pl.DataFrame({
    ...     "subject_id": ["A", "A"], "week": [0, 26], "physician_global_cm": [5.0, 0.2],
    ...     "mmt": [60, 78], "mmt_max": [80, 80], "cmas": [30, None],
    ...     "ck_u_per_l": [900, 150], "ck_uln_u_per_l": [200, 200],
    ... })
    >>> score_inactive_disease(visits)
    ChangeScores(printo-inactive: 1 visit of 1 subject; met 1, not met 0, unknown 0)
    """
    applied = apply_rule(visits, "printo-inactive", baseline_week, options)
    shown = [
        applied.answers.column("inactive", applied.settled.tree),
        *applied.counts("criteria"),
        *applied.flags("criteria"),
    ]
    return applied.scores("inactive", [*applied.keys("subject_id", "week"), *applied.answers.spread(shown)])
