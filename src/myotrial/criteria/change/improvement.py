"""Definitions of improvement: the IMACS preliminary definition of 2004 and PRINTO 20."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from myotrial.criteria.change.scores import ChangeScores
from myotrial.criteria.change.visits import Applied, apply_rule
from myotrial.study.visits import Visits


def score_doi(
    visits: Visits | pl.DataFrame,
    *,
    baseline_week: float | None = None,
    options: Mapping[str, Any] | None = None,
) -> ChangeScores:
    """Tell at every follow-up visit whether the IMACS preliminary definition of improvement is met.

    Parameters
    ----------
    visits
        The visit table: a checked one from :func:`read_visits`, or a frame, which is checked here. Units are in
        the column names.
    baseline_week
        The week of the baseline; without it a subject's earliest week.
    options
        The rule's numbers and what no source settles, for example ``{"mmt_clause": "not_counted"}``; the defaults
        stand in the data file and are kept with the result.

    Returns
    -------
    ChangeScores
        One row per follow-up visit, in the order of the input: ``doi`` (true, false, or null where what is missing
        could change it); ``n_improved`` and ``n_worsened`` of all six measures (null where not known, then between
        ``_low`` and ``_high``); ``improved_`` and ``worsened_`` for each measure; the enzyme that was followed.

    Raises
    ------
    BadInput
        With every fault of the table or the options.

    Notes
    -----
    Improved: any 3 of 6 core set measures better by at least 20 %, no more than 2 worse by at least 25 %, and
    strength not among them. Percentages are of the baseline value; every comparison at an edge is exact. Where a
    measure is missing, the answer is given if it is the same for every value that could have been measured.

    References
    ----------
    Rider LG et al. Arthritis Rheum 2004;50:2281-2290, doi:10.1002/art.20349. The sources of each number stand
    beside it in ``data/rules/imacs-doi-2004.yaml``.

    Examples
    --------
    >>> import polars as pl
    >>> visits = pl.DataFrame({
    ...     "subject_id": ["A", "A"], "week": [0, 12], "physician_global_cm": [5.0, 4.0],
    ...     "patient_global_cm": [6.0, 4.0], "mmt": [100, 121], "haq_di": [1.5, 1.5],
    ...     "extramuscular_cm": [3.0, 3.5], "ck_u_per_l": [900, 1200], "ck_uln_u_per_l": [200, 200],
    ... })
    >>> score_doi(visits)
    ChangeScores(imacs-doi-2004: 1 visit of 1 subject; met 1, not met 0, unknown 0)
    >>> score_doi(visits).frame.select("n_improved", "n_worsened", "worsened_enzyme").row(0)
    (3, 1, True)
    """
    applied = apply_rule(visits, "imacs-doi-2004", baseline_week, options)
    columns = _improvement(applied, "doi")
    if applied.enzyme is not None:
        columns.append(applied.enzyme.used(applied.pairs.rows))
    return applied.scores("doi", columns)


def score_printo20(
    visits: Visits | pl.DataFrame,
    *,
    baseline_week: float | None = None,
    options: Mapping[str, Any] | None = None,
) -> ChangeScores:
    """Tell at every follow-up visit whether PRINTO 20 is met.

    Parameters
    ----------
    visits
        The visit table, as for :func:`score_doi`. The measures are ``physician_global_cm``, ``patient_global_cm``
        (the parent's), ``cmas`` (or ``mmt``, an option), ``chaq``, ``das`` and ``chq_phs``; each must be in the
        table, empty where it was not measured.
    baseline_week
        The week of the baseline; without it a subject's earliest week.
    options
        The rule's numbers and what no source settles; the defaults stand in the data file and are kept with the
        result. The clause on worsening is recalled, not read.

    Returns
    -------
    ChangeScores
        One row per follow-up visit, in the order of the input: ``printo20`` (true, false, or null where what is
        missing could change it), then the columns of :func:`score_doi` for the six measures.

    Raises
    ------
    BadInput
        With every fault of the table or the options.

    Notes
    -----
    Improved: any 3 of 6 better by at least 20 %, no more than 1 of the rest worse by more than 30 %, and that not
    strength. Percentages are of the baseline value; of a negative one (CHQ) they are unknown.

    References
    ----------
    Ruperto N et al. Lancet 2016, doi:10.1016/S0140-6736(15)01021-1; Arthritis Care Res 2010, doi:10.1002/acr.20280.

    Examples
    --------
    >>> import polars as pl
    >>> visits = pl.DataFrame({
    ...     "subject_id": ["A", "A"], "week": [0, 26], "physician_global_cm": [5.0, 4.0],
    ...     "patient_global_cm": [5.0, 4.0], "cmas": [30, 36], "chaq": [1.0, 1.0], "das": [10, 10],
    ...     "chq_phs": [30, 30],
    ... })
    >>> score_printo20(visits)
    ChangeScores(printo-20: 1 visit of 1 subject; met 1, not met 0, unknown 0)
    """
    applied = apply_rule(visits, "printo-20", baseline_week, options)
    return applied.scores("printo20", _improvement(applied, "printo20"))


def _improvement(applied: Applied, answer: str) -> list[pl.Series]:
    shown = [
        applied.answers.column(answer, applied.settled.tree),
        *applied.counts("improved"),
        *applied.counts("worsened"),
        *applied.flags("improved"),
        *applied.flags("worsened"),
    ]
    return [*applied.keys("subject_id", "week"), *applied.answers.spread(shown)]
