"""The Total Improvement Score (TIS) of the 2016 ACR/EULAR myositis response criteria."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.bands import Ends, band_index, band_points, edge_nano, range_nano
from myotrial.criteria.enzymes import EnzymeChange, Enzymes, enzyme_change
from myotrial.criteria.follow_up import Pairs, find_unscored, pair_visits, take_doubles, take_values, take_visits
from myotrial.criteria.rules import Criteria, Measure, load_criteria
from myotrial.criteria.scores import Scores
from myotrial.model.decimals import exact, to_nano
from myotrial.study.tables import load_tables
from myotrial.study.visits import Visits

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
        The criteria, or their name: ``acr-eular-2016-adult``, ``acr-eular-2016-juvenile-imacs`` or
        ``acr-eular-2016-juvenile-printo``. They say which columns the table must have (:func:`find_needs`).
    baseline_week
        The week of the baseline; without it a subject's earliest week. A frame in which a subject has no such visit
        is a fault; a table that was read already is scored without that subject, and ``notes`` say so.
    options
        What no source settles, for example ``{"enzyme_truncated": True}`` or, of the juvenile criteria with the
        PRINTO core set, ``{"chq_phs_range": 60}``; the defaults stand in the data file
        and are kept with the result.

    Returns
    -------
    Scores
        One row per follow-up visit, in the order of the input: ``tis`` (0 to 100, null where a measure is
        missing), ``tis_low`` and ``tis_high`` (equal to ``tis`` where it is known, else the lowest and highest
        score that agree with what is known), ``category`` (given where both ends agree), the points of each
        measure (null where not known) and the enzyme that was followed, where the criteria have one.

    Raises
    ------
    BadInput
        With every fault of the table or the options.

    Notes
    -----
    Points are given by the absolute percent change, that is, the change toward better as a share of the
    measure's range. Worsening gives no points and takes none away. Every comparison at a band's edge is exact.
    The juvenile criteria share the points and have thresholds of their own. No range of CHQ-PhS is published: until
    one is stated, an improvement of it may be worth anything from 0 to 7.5 points, and the score is an interval.

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
    visits = take_visits(visits, baseline_week, criteria.needs(settled))
    return score_parts(visits, pair_visits(visits, baseline_week), criteria, settled, baseline_week)[0]


def score_parts(
    visits: Visits, pairs: Pairs, criteria: Criteria, settled: dict[str, Any], baseline_week: float | None
) -> tuple[Scores, dict[str, "Part"]]:
    """Return the scores with what each measure gives to them."""
    parts, used = measure_parts(visits, pairs, criteria, settled)
    zero = settled["missing"] == "zero"
    counted = [part.without_missing() if zero else part for part in parts.values()]
    keys = pairs.keys(visits.frame, "subject_id", "week")
    scores = Scores(
        _assemble(keys, parts, counted, used, criteria.thresholds), criteria.id, settled, criteria.sha256,
        tuple(criteria.thresholds), visits.sha256, find_unscored(visits, pairs, baseline_week),
    )  # fmt: skip
    return scores, parts


@dataclass(frozen=True, slots=True)
class Part:
    """What one measure gives to the score, shape (rows,).

    Attributes
    ----------
    points
        Its points, NaN where they are not known.
    low, high
        The least and the most that it could give: both its points where they are known.
    missing
        Where an end is missing, or ``None`` where none is.
    """

    points: np.ndarray
    low: np.ndarray
    high: np.ndarray
    missing: np.ndarray | None = None

    @classmethod
    def of(cls, most: np.ndarray, unknown: np.ndarray | None, missing: np.ndarray | None) -> "Part":
        """Give the most that is possible, known but for the rows marked."""
        if unknown is None or not unknown.any():
            return cls(most, most, most)
        return cls(np.where(unknown, np.nan, most), np.where(unknown, 0.0, most), most, missing)

    def without_missing(self) -> "Part":
        """Return the same with no points where the measure is missing."""
        if self.missing is None:
            return self
        return Part(np.where(self.missing, 0.0, self.points), self.low, np.where(self.missing, 0.0, self.high))


def measure_parts(
    visits: Visits, pairs: Pairs, criteria: Criteria, options: Mapping[str, Any]
) -> tuple[dict[str, Part], pl.Series | None]:
    """Return what each measure gives, and the enzyme followed where the criteria have one."""
    parts: dict[str, Part] = {}
    used = None
    for measure in criteria.measures_for(options):
        if measure.column is None:
            enzymes = Enzymes.gather(partial(take_doubles, visits), options)
            chosen = enzymes.choose(pairs.starts)[pairs.subject]
            followed = chosen if options["enzyme_followed"] == "same" else enzymes.choose(pairs.rows)
            parts[measure.id] = _enzyme_part(measure, enzyme_change(enzymes, chosen, pairs.base, followed, pairs.rows))
            used = _names(followed, enzymes.names)
        else:
            parts[measure.id] = _column_part(measure, visits, pairs)
    return parts, used


def _column_part(measure: Measure, visits: Visits, pairs: Pairs) -> Part:
    """Return what a measure with a column of its own gives."""
    ends = Ends.of(take_values(visits, measure.column or ""), pairs)
    missing = ends.missing()
    lower = measure.better == "lower"
    if not measure.range.stated:
        return _open_part(ends.change(lower_is_better=lower) > 0, missing, measure.bands.points[-1])
    tops = _own_tops(measure, visits.frame, pairs.rows)
    width = range_nano(measure.range, tops)
    if measure.range.low is None:  # the range has a width, but nobody says where it begins
        change = ends.change(lower_is_better=lower)
        change = change if missing is None else np.where(missing, width, change)
    else:
        bottom = to_nano(np.array(measure.range.low))
        change = ends.best_change(bottom, _highest(measure, bottom + width), lower_is_better=lower)
    index = band_index(change, edge_nano(measure.bands.edges_percent, width))
    return Part.of(band_points(measure.bands.points, index), missing, missing)


def _open_part(better: np.ndarray, missing: np.ndarray | None, most: float) -> Part:
    """Return what a measure without a range gives: an improvement may be in any band, anything else gives nothing."""
    unknown = better if missing is None else better | missing
    return Part.of(np.where(unknown, most, 0.0), unknown, missing)


def _own_tops(measure: Measure, frame: pl.DataFrame, rows: np.ndarray) -> np.ndarray | None:
    """Return the maximum that each row states for itself, one number where all are the same, ``None`` for none."""
    name = measure.range.high_column
    if name is None or name not in frame.columns:
        return None
    tops = frame[name].fill_null(measure.range.default).to_numpy()
    return np.asarray(tops[0] if tops.size and tops.min() == tops.max() else tops[rows])


def _highest(measure: Measure, top: np.ndarray) -> np.ndarray:
    """Return the highest value that can be measured, whatever width an option states for the range."""
    if measure.range.width_option is None:
        return top
    column = load_tables()["visits"].column(measure.column or "")
    return np.asarray(np.maximum(top, to_nano(np.array(column.max))))


def _enzyme_part(measure: Measure, change: EnzymeChange) -> Part:
    """Return what the enzyme gives."""
    unknown, lost = np.isnan(change.value0), np.isnan(change.value1)
    index = change.best().band_index([exact(edge) / 100 for edge in measure.bands.edges_percent])
    index[unknown] = len(measure.bands.edges_percent)
    missing = unknown | lost
    return Part.of(band_points(measure.bands.points, index), missing, missing)


def _names(numbers: np.ndarray, names: tuple[str, ...]) -> pl.Series:
    return pl.Series("enzyme_used", [*names, None], dtype=pl.String).gather(numbers % (len(names) + 1))


def _assemble(
    keys: pl.DataFrame,
    parts: Mapping[str, Part],
    counted: Sequence[Part],
    used: pl.Series | None,
    thresholds: Mapping[str, float],
) -> pl.DataFrame:
    """Add up what counts; ``parts`` are shown measure by measure."""
    low, total = np.zeros(keys.height), np.zeros(keys.height)
    for part in counted:
        low += part.low
        total += part.points  # NaN where the points of one are not known
    high = low
    if np.isnan(total.sum()):
        high = np.sum([part.high for part in counted], axis=0)
    names = pl.Series([NO_RESPONSE, *thresholds], dtype=pl.String)
    level = _level(low, thresholds)
    top = level if high is low else _level(high, thresholds)
    return keys.with_columns(
        _column("tis", total),
        pl.Series("tis_low", low),
        pl.Series("tis_high", high),
        names.gather(level).set(pl.Series(level != top), None).rename("category"),
        *(_column(f"points_{name}", part.points) for name, part in parts.items()),
        *([] if used is None else [used]),
    )


def _level(scores: np.ndarray, thresholds: Mapping[str, float]) -> np.ndarray:
    level = np.zeros(scores.shape, dtype=np.int8)
    for edge in thresholds.values():
        level += scores >= edge
    return level


def _column(name: str, values: np.ndarray) -> pl.Series:
    return pl.Series(name, values, nan_to_null=True)
