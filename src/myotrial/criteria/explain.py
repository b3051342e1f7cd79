"""Why a score is what it is: what each measure gave, what it could still give, and how far the next category is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.follow_up import pair_visits, take_visits
from myotrial.criteria.rules import Criteria, Measure, load_criteria
from myotrial.criteria.scores import Scores, say_count
from myotrial.criteria.tis import NO_RESPONSE, Part, measure_parts, score_parts
from myotrial.model.display import SHOWN, html_table
from myotrial.study.tables import ENZYMES
from myotrial.study.visits import Visits


@dataclass(frozen=True, slots=True, repr=False)
class Explanation:
    """A score taken apart.

    Attributes
    ----------
    frame
        One row per subject, follow-up visit and measure: ``points`` (null where missing), ``most`` (what it could
        give, given what is known), ``ceiling`` (the most it could ever give from this baseline) and ``maximum``
        (the most the rule has for it).
    summary
        One row per subject and follow-up visit: the score, its interval and category, ``ceiling`` (the highest
        score this subject can reach from this baseline), ``next_category`` and the ``distance`` to it in points,
        null where the ceiling lies below it.
    scores
        The scores themselves, with the options that no source settles.
    """

    frame: pl.DataFrame
    summary: pl.DataFrame
    scores: Scores

    def __repr__(self) -> str:
        """One line with the numbers."""
        capped = int((self.summary["ceiling"] < 100).sum())
        visits = say_count(self.summary.height, "visit")
        return f"Explanation({self.scores.criteria}: {visits}, {capped:,} with a ceiling below 100)"

    def _repr_html_(self) -> str:
        shown = self.summary.head(SHOWN)
        return html_table(repr(self), shown.columns, shown.iter_rows(), self.summary.height)

    def to_frame(self) -> pl.DataFrame:
        """Return one row per subject, follow-up visit and measure."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Return both tables with all they rest on."""
        return {
            **self.scores.provenance(),
            "visits": self.summary.to_dicts(),
            "measures": self.frame.to_dicts(),
        }


def explain_tis(
    visits: Visits | pl.DataFrame,
    criteria: str | Criteria = "acr-eular-2016-adult",
    *,
    baseline_week: float | None = None,
    options: Mapping[str, Any] | None = None,
) -> Explanation:
    """Take the Total Improvement Score of every follow-up visit apart.

    Parameters
    ----------
    visits, criteria, baseline_week, options
        As for :func:`score_tis`.

    Returns
    -------
    Explanation
        Points by measure with what each could still give, the ceiling of this baseline, the next category and
        the distance to it.

    Raises
    ------
    BadInput
        With every fault of the table or the options.

    Notes
    -----
    The ceiling is the score if every measure were as good as it can be: a baseline MMT-8 of 142 of 150 leaves
    room for 10 of the 32.5 points of strength, so the score cannot exceed 77.5. A measure that is missing at
    baseline counts with its maximum, since nothing is known of its room.

    Examples
    --------
    >>> import polars as pl
    >>> visits = pl.DataFrame({
    ...     "subject_id": ["A", "A"], "week": [0, 12], "physician_global_cm": [6.0, 2.0],
    ...     "patient_global_cm": [6.0, 4.0], "mmt": [142, 146], "haq_di": [1.5, 1.0],
    ...     "extramuscular_cm": [5.0, 1.0], "ck_u_per_l": [4000, 300], "ck_uln_u_per_l": [200, 200],
    ... })
    >>> explain_tis(visits).summary.select("tis", "ceiling", "next_category", "distance").row(0)
    (62.5, 77.5, None, None)
    """
    criteria = load_criteria(criteria) if isinstance(criteria, str) else criteria
    settled = criteria.settle(options or {})
    visits = take_visits(visits, baseline_week, criteria.needs(settled))
    pairs = pair_visits(visits, baseline_week)
    scores, parts = score_parts(visits, pairs, criteria, settled, baseline_week)
    measures = criteria.measures_for(settled)
    blank = replace(visits, frame=_without_follow_up(visits.frame, measures, pairs.follow_up))
    ceilings, _ = measure_parts(blank, pairs, criteria, settled)
    frame = _by_measure(scores.frame, measures, parts, ceilings)
    ceiling = np.sum([ceilings[measure.id].high for measure in measures], axis=0)
    return Explanation(frame, _summary(scores, criteria, ceiling), scores)


def _by_measure(
    scored: pl.DataFrame, measures: Sequence[Measure], parts: Mapping[str, Part], ceilings: Mapping[str, Part]
) -> pl.DataFrame:
    """Return one row per visit and measure, the measures of a visit together."""

    def together(columns: list[np.ndarray]) -> np.ndarray:
        return np.stack(columns, axis=1).ravel()

    ids = [measure.id for measure in measures]
    visits = np.repeat(np.arange(scored.height), len(ids))
    return scored.select(pl.col("subject_id", "week").gather(visits)).with_columns(
        pl.Series("measure", ids * scored.height, dtype=pl.String),
        pl.Series("points", together([parts[name].points for name in ids]), nan_to_null=True),
        pl.Series("most", together([parts[name].high for name in ids])),
        pl.Series("ceiling", together([ceilings[name].high for name in ids])),
        pl.Series("maximum", [measure.bands.points[-1] for measure in measures] * scored.height, dtype=pl.Float64),
    )


def _without_follow_up(frame: pl.DataFrame, measures: Iterable[Measure], follow_up: np.ndarray) -> pl.DataFrame:
    """Return the table with every measure unknown at follow-up: what then could be is what baseline allows."""
    columns = [measure.column for measure in measures if measure.column]
    columns += [f"{enzyme}_{part}" for enzyme in ENZYMES for part in ("u_per_l", "uln_u_per_l")]
    mask = pl.Series(follow_up)
    return frame.with_columns(
        pl.when(mask).then(None).otherwise(pl.col(name)).alias(name) for name in columns if name in frame.columns
    )


def _summary(scores: Scores, criteria: Criteria, ceiling: np.ndarray) -> pl.DataFrame:
    """Return score, ceiling, next category and distance, by visit; the distance is from the low end."""
    edges = np.array([*criteria.thresholds.values(), np.inf])
    names = [*criteria.thresholds, NO_RESPONSE]
    low = scores.frame["tis_low"].to_numpy()
    ahead = np.searchsorted(edges[:-1], low, side="right")
    reachable = edges[ahead] <= ceiling
    following = pl.Series("next_category", names, dtype=pl.String).gather(ahead).set(pl.Series(~reachable), None)
    with np.errstate(invalid="ignore"):
        distance = np.where(reachable, edges[ahead] - low, np.nan)
    return scores.frame.select("subject_id", "week", "tis", "tis_low", "tis_high", "category").with_columns(
        pl.Series("ceiling", ceiling), following, pl.Series("distance", distance, nan_to_null=True)
    )
