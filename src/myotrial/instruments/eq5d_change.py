"""EQ-5D-5L between two visits: levels improved in each dimension, and the Paretian class of the change."""

import polars as pl

from myotrial.instruments.eq5d import DIMENSIONS
from myotrial.model.errors import BadInput, Fault

CLASSES = ("no_problems", "no_change", "improve", "worsen", "mixed")
"""The Paretian classes; ``no_problems`` only where it is asked for."""


def score_level_change(levels: pl.DataFrame, *, baseline_week: float) -> pl.DataFrame:
    """Return how many levels each dimension has improved since baseline: baseline level - visit level.

    Parameters
    ----------
    levels
        Columns subject_id, week and the five dimensions (levels 1 to 5, null where missing), as
        :func:`~myotrial.instruments.eq5d.score_eq5d` gives them.
    baseline_week
        The visit that later ones are compared with.

    Returns
    -------
    polars.DataFrame
        One row per subject and later visit: ``<dimension>_improved``, above 0 for better, null where one of the two
        levels is missing; and ``<dimension>_can_improve``, false for those who start at level 1.

    Raises
    ------
    BadInput
        A column is missing, or a visit stands twice.

    Examples
    --------
    >>> levels = pl.DataFrame({"subject_id": "S1", "week": [0, 25], "mobility": [4, 2], "self_care": [1, 1],
    ...                        "usual_activities": [3, 4], "pain": [2, None], "anxiety": [1, 1]})
    >>> score_level_change(levels, baseline_week=0).select("mobility_improved", "pain_improved").row(0)
    (2, None)
    """
    pairs = _pairs(levels, baseline_week)
    return pairs.select(
        "subject_id",
        "week",
        *(_improved(one).alias(f"{one}_improved") for one in DIMENSIONS),
        *((pl.col(f"{one}_baseline") > 1).alias(f"{one}_can_improve") for one in DIMENSIONS),
    )


def classify_paretian(levels: pl.DataFrame, *, baseline_week: float, no_problems: bool = False) -> pl.DataFrame:
    """Classify the change of health since baseline by the Paretian principle.

    Better in at least one dimension and worse in none is ``improve``; the reverse is ``worsen``; both is ``mixed``;
    neither is ``no_change``. A class is null where a dimension is missing at either visit. After Devlin et al. 2020,
    doi 10.1007/978-3-030-47622-9, as the R packages eq5d and eq5dsuite do it.

    Parameters
    ----------
    levels, baseline_week
        As for :func:`score_level_change`.
    no_problems
        Whether 11111 at both visits is a class of its own rather than ``no_change``.

    Returns
    -------
    polars.DataFrame
        One row per subject and later visit: ``paretian``.

    Raises
    ------
    BadInput
        A column is missing, or a visit stands twice.

    Examples
    --------
    >>> levels = pl.DataFrame({"subject_id": "S1", "week": [0, 25], "mobility": [4, 2], "self_care": [1, 1],
    ...                        "usual_activities": [3, 4], "pain": [2, 2], "anxiety": [1, 1]})
    >>> classify_paretian(levels, baseline_week=0)["paretian"].to_list()
    ['mixed']
    """
    pairs = _pairs(levels, baseline_week)
    gains = [_improved(one) for one in DIMENSIONS]
    better, worse = pl.any_horizontal(gain > 0 for gain in gains), pl.any_horizontal(gain < 0 for gain in gains)
    perfect = pl.all_horizontal((pl.col(one) == 1) & (pl.col(f"{one}_baseline") == 1) for one in DIMENSIONS)
    missing = pl.any_horizontal(gain.is_null() for gain in gains)
    paretian = (
        pl.when(missing)
        .then(None)
        .when(better & worse)
        .then(pl.lit("mixed"))
        .when(better)
        .then(pl.lit("improve"))
        .when(worse)
        .then(pl.lit("worsen"))
        .when(perfect & no_problems)
        .then(pl.lit("no_problems"))
        .otherwise(pl.lit("no_change"))
    )
    return pairs.select("subject_id", "week", paretian.alias("paretian"))


def compare_eq5d(levels: pl.DataFrame, *, baseline_week: float, no_problems: bool = False) -> pl.DataFrame:
    """Return both changes since baseline side by side: levels improved, and the Paretian class.

    Parameters
    ----------
    levels, baseline_week, no_problems
        As for :func:`score_level_change` and :func:`classify_paretian`.

    Raises
    ------
    BadInput
        A column is missing, or a visit stands twice.

    Examples
    --------
    >>> levels = pl.DataFrame({"subject_id": "S1", "week": [0, 25], "mobility": [4, 2], "self_care": [1, 1],
    ...                        "usual_activities": [3, 3], "pain": [2, 2], "anxiety": [1, 1]})
    >>> compare_eq5d(levels, baseline_week=0).select("mobility_improved", "paretian").row(0)
    (2, 'improve')
    """
    changes = score_level_change(levels, baseline_week=baseline_week)
    classes = classify_paretian(levels, baseline_week=baseline_week, no_problems=no_problems)
    return changes.join(classes, on=["subject_id", "week"], how="left", maintain_order="left")


def count_level_change(changes: pl.DataFrame) -> pl.DataFrame:
    """Count subjects by levels improved: the whole distribution, since what "2 levels" means is left open.

    Parameters
    ----------
    changes
        What :func:`score_level_change` or :func:`compare_eq5d` returned.

    Returns
    -------
    polars.DataFrame
        One row per week, dimension and number of levels improved (below 0: worse; null: not known): ``subjects``,
        and ``could_improve``, those of them who did not start at level 1.

    Examples
    --------
    >>> changes = pl.DataFrame({"subject_id": ["A", "B"], "week": [25, 25], **{f"{one}_improved": [2, 0] for one in
    ...                         DIMENSIONS}, **{f"{one}_can_improve": [True, False] for one in DIMENSIONS}})
    >>> count_level_change(changes).filter(pl.col("dimension") == "mobility").rows()
    [(25, 'mobility', 0, 1, 0), (25, 'mobility', 2, 1, 1)]
    """
    parts = [
        changes.select("week", dimension=pl.lit(one), improved=f"{one}_improved", can=f"{one}_can_improve")
        for one in DIMENSIONS
    ]
    counts = pl.concat(parts).group_by("week", "dimension", "improved", maintain_order=True)
    counted = counts.agg(subjects=pl.len().cast(pl.Int64), could_improve=pl.col("can").sum().cast(pl.Int64))
    order = pl.col("dimension").replace_strict(list(DIMENSIONS), list(range(len(DIMENSIONS))), return_dtype=pl.Int64)
    return counted.sort("week", order, "improved")


def _improved(dimension: str) -> pl.Expr:
    return pl.col(f"{dimension}_baseline").cast(pl.Int64) - pl.col(dimension).cast(pl.Int64)


def _pairs(levels: pl.DataFrame, baseline_week: float) -> pl.DataFrame:
    """Return each later visit beside the levels at baseline."""
    wanted = ("subject_id", "week", *DIMENSIONS)
    absent = [name for name in wanted if name not in levels.columns]
    if absent:
        raise BadInput(Fault("missing_column", "a column is missing", column=name) for name in absent)
    twice = levels.filter(~pl.struct("subject_id", "week").is_first_distinct())
    if twice.height:
        raise BadInput(
            Fault("duplicate_visit", f"week {row['week']} of subject {row['subject_id']} stands twice")
            for row in twice.iter_rows(named=True)
        )
    start = levels.filter(pl.col("week") == baseline_week).select(
        "subject_id", *(pl.col(one).alias(f"{one}_baseline") for one in DIMENSIONS)
    )
    later = levels.filter(pl.col("week") > baseline_week).select(wanted)
    return later.join(start, on="subject_id", how="left").sort("subject_id", "week")
