"""The Total Improvement Score (TIS) of the 2016 ACR/EULAR myositis response criteria."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.bands import Ends, band_index, band_points, edge_nano, range_nano
from myotrial.criteria.enzymes import EnzymeChange, Enzymes, enzyme_change
from myotrial.criteria.rules import Criteria, Measure, load_criteria
from myotrial.criteria.scores import Scores
from myotrial.model.decimals import exact
from myotrial.study.checks import Layout
from myotrial.study.visits import Visits, check_visits

NO_RESPONSE = "none"
"""The category of a score below every threshold."""


def score_tis(
    visits: Visits | pl.DataFrame,
    criteria: str | Criteria = "acr-eular-2016-adult",
    *,
    baseline_week: float | None = None,
    options: Mapping[str, Any] | None = None,
) -> Scores:
    """Score every follow-up visit of every subject against the subject's baseline.

    Parameters
    ----------
    visits
        The visit table: a checked one from :func:`read_visits`, or a frame, which is checked here. Units are in
        the column names.
    criteria
        The criteria, or their name.
    baseline_week
        The week of the baseline; without it a subject's earliest week.
    options
        What no source settles, for example ``{"enzyme_truncated": True}``; the defaults stand in the data file
        and are kept with the result.

    Returns
    -------
    Scores
        One row per follow-up visit, in the order of the input: ``tis`` (0 to 100, null where a measure is
        missing), ``tis_low`` and ``tis_high`` (equal to ``tis`` where it is known, else the lowest and highest
        score that agree with what is known), ``category`` (given where both ends agree), the points of each
        measure (null where missing) and the enzyme that was followed.

    Raises
    ------
    BadInput
        With every fault of the table or the options.

    Notes
    -----
    Points are given by the absolute percent change, that is, the change toward better as a share of the
    measure's range. Worsening gives no points and takes none away. Every comparison at a band's edge is exact.

    References
    ----------
    Aggarwal R et al. Ann Rheum Dis 2017;76:792-801, doi:10.1136/annrheumdis-2017-211400. The sources of each
    number stand beside it in ``data/criteria/acr-eular-2016.yaml``.

    Examples
    --------
    >>> import polars as pl
    >>> visits = pl.DataFrame({
    ...     "subject_id": ["A", "A"], "week": [0, 12], "physician_global_cm": [6.0, 2.0],
    ...     "patient_global_cm": [6.0, 4.0], "mmt": [120, 135], "haq_di": [1.5, 1.0],
    ...     "extramuscular_cm": [3.0, 1.0], "ck_u_per_l": [900, 300], "ck_uln_u_per_l": [200, 200],
    ... })
    >>> score_tis(visits)
    Scores(acr-eular-2016-adult: 1 visit of 1 subject; mean 57.5; none 0, minimal 0, moderate 1, major 0)
    """
    criteria = load_criteria(criteria) if isinstance(criteria, str) else criteria
    settled = criteria.settle(options or {})
    if not isinstance(visits, Visits):
        visits = check_visits(visits, baseline_week)
    pairs = pair_visits(visits.layout, baseline_week)
    points, most, used = measure_points(visits.frame, pairs, criteria, settled)
    keys = visits.frame.select("subject_id", "week").filter(pl.Series(pairs.follow_up))
    frame = _assemble(keys, points, None if settled["missing"] == "zero" else most, used, criteria.thresholds)
    return Scores(frame, criteria.id, settled, criteria.sha256, tuple(criteria.thresholds), visits.sha256)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each follow-up visit with its subject's baseline.

    Attributes
    ----------
    follow_up
        Whether a row of the table is a follow-up visit, shape (all rows,).
    rows, base
        The follow-up rows and the baseline row of each, shape (rows,).
    subject, starts
        The subject of each follow-up row, and each subject's baseline row (-1: none).
    """

    follow_up: np.ndarray
    rows: np.ndarray
    base: np.ndarray
    subject: np.ndarray
    starts: np.ndarray


def pair_visits(layout: Layout, baseline_week: float | None) -> Pairs:
    """Pair every visit after baseline with its subject's baseline."""
    starts = layout.baseline_rows(baseline_week)
    base = starts[layout.subject]
    follow_up = (base >= 0) & (layout.week > layout.week[base])
    rows = np.flatnonzero(follow_up)
    return Pairs(follow_up, rows, base[rows], layout.subject[rows], starts)


def measure_points(
    frame: pl.DataFrame, pairs: Pairs, criteria: Criteria, options: Mapping[str, Any]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], pl.Series]:
    """Return the points of each measure (NaN where missing), the most each could give, and the enzyme followed."""
    points: dict[str, np.ndarray] = {}
    most: dict[str, np.ndarray] = {}
    used = pl.Series("enzyme_used", [None], dtype=pl.String).new_from_index(0, pairs.rows.size)
    for measure in criteria.measures:
        if measure.column is None:
            enzymes = Enzymes.from_frame(frame, options)
            chosen = enzymes.choose(pairs.starts)[pairs.subject]
            followed = chosen if options["enzyme_followed"] == "same" else enzymes.choose(pairs.rows)
            change = enzyme_change(enzymes, chosen, pairs.base, followed, pairs.rows)
            points[measure.id], most[measure.id] = _enzyme_points(measure, change)
            used = _names(followed, enzymes.names)
        else:
            points[measure.id], most[measure.id] = _measure_points(measure, frame, pairs.rows, pairs.base)
    return points, most, used


def _measure_points(
    measure: Measure, frame: pl.DataFrame, rows: np.ndarray, base: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of a measure (NaN where missing) and the most it could give, shape (rows,)."""
    tops = None
    if measure.range.high_column and measure.range.high_column in frame.columns:
        tops = frame[measure.range.high_column].fill_null(measure.range.default).to_numpy()
        tops = tops[0] if tops.min() == tops.max() else tops[rows]
    width = range_nano(measure, tops)
    ends = Ends.of(frame[measure.column or ""], base, rows)
    change = ends.best_change(measure.range.low, width, lower_is_better=measure.better == "lower")
    index = band_index(change, edge_nano(measure.bands.edges_percent, width))
    most = band_points(measure.bands.points, index)
    return _nan_where(ends.missing(), most), most


def _enzyme_points(measure: Measure, change: EnzymeChange) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of the enzyme (NaN where missing) and the most it could give, shape (rows,)."""
    unknown, lost = np.isnan(change.value0), np.isnan(change.value1)
    index = change.best().band_index([exact(edge) / 100 for edge in measure.bands.edges_percent])
    index[unknown] = len(measure.bands.edges_percent)
    most = band_points(measure.bands.points, index)
    return _nan_where(unknown | lost, most), most


def _nan_where(missing: np.ndarray | None, points: np.ndarray) -> np.ndarray:
    return np.where(missing, np.nan, points) if missing is not None and missing.any() else points


def _names(numbers: np.ndarray, names: tuple[str, ...]) -> pl.Series:
    return pl.Series("enzyme_used", [*names, None], dtype=pl.String).gather(numbers % (len(names) + 1))


def _assemble(
    keys: pl.DataFrame,
    points: Mapping[str, np.ndarray],
    most: Mapping[str, np.ndarray] | None,
    used: pl.Series,
    thresholds: Mapping[str, float],
) -> pl.DataFrame:
    """Add up the points; ``most`` is what each measure could give, ``None`` where a missing one counts as 0."""
    low = _total(keys.height, points)
    high = low if most is None else _total(keys.height, most)
    lost = np.zeros(keys.height, dtype=bool)
    for given in points.values() if most is not None else ():
        lost |= np.isnan(given)
    names = pl.Series([NO_RESPONSE, *thresholds], dtype=pl.String)
    level, top = (_level(end, thresholds) for end in (low, high))
    return keys.with_columns(
        _column("tis", np.where(lost, np.nan, low)),
        pl.Series("tis_low", low),
        pl.Series("tis_high", high),
        names.gather(level).set(pl.Series(level != top), None).rename("category"),
        *(_column(f"points_{name}", given) for name, given in points.items()),
        used,
    )


def _total(height: int, points: Mapping[str, np.ndarray]) -> np.ndarray:
    total = np.zeros(height)
    for given in points.values():
        total += np.nan_to_num(given) if np.isnan(given.sum()) else given
    return total


def _level(scores: np.ndarray, thresholds: Mapping[str, float]) -> np.ndarray:
    level = np.zeros(scores.shape, dtype=np.int8)
    for edge in thresholds.values():
        level += scores >= edge
    return level


def _column(name: str, values: np.ndarray) -> pl.Series:
    return pl.Series(name, values, nan_to_null=True)
