"""Worsening against baseline, confirmed at visits in a row, and its episodes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from myotrial.criteria.change.episodes import Episodes, find_episodes, most_episodes
from myotrial.criteria.change.scores import ChangeScores
from myotrial.criteria.change.visits import Applied, apply_rule
from myotrial.model.errors import BadInput, Fault
from myotrial.model.evaluate import MET, NOT_MET, UNKNOWN
from myotrial.study.visits import Visits


def score_worsening(
    visits: Visits | pl.DataFrame,
    *,
    baseline_week: float | None = None,
    options: Mapping[str, Any] | None = None,
) -> ChangeScores:
    """Tell at every follow-up visit whether the subject is worse than at baseline, and whether that is confirmed.

    Parameters
    ----------
    visits
        The visit table, as for :func:`score_doi`.
    baseline_week
        The week of the baseline; without it a subject's earliest week.
    options
        The rule's numbers and what no source settles, for example ``{"confirmed_by": "same"}``; the defaults are
        ProDERM's confirmed deterioration, stand in the data file and are kept with the result.

    Returns
    -------
    ChangeScores
        One row per follow-up visit, in the order of the input: ``worsening`` (true, false or null), one column
        ``by_`` for each criterion, ``n_worsened`` of the measures in criterion (c); ``confirmed``: whether this
        visit and those before it confirm the worsening; ``in_episode``: whether the visit belongs to an episode, its
        first visit included; ``episode``: the subject's episode, from 1, 0 for none, null from the visit on at which
        this is not known.

    Raises
    ------
    BadInput
        With every fault of the table or the options.

    Notes
    -----
    Worse: (a) physician global by at least 2 cm and strength by at least 20 %, or (b) extramuscular activity by at
    least 2 cm, or (c) any 3 of 5 measures by at least 30 %; confirmed at two of the subject's visits in a row, as
    they stand in the table. An episode begins at the first of the visits that confirm it and ends before the first
    that no longer meets it.

    References
    ----------
    ProDERM, Arthritis Res Ther 2023, Fig. 1, doi:10.1186/s13075-023-03232-2. The sources of each number stand
    beside it in ``data/rules/worsening-proderm.yaml``.

    Examples
    --------
    >>> import polars as pl
    >>> visits = pl.DataFrame({
    ...     "subject_id": ["A"] * 4, "week": [0, 4, 8, 12], "physician_global_cm": [2.0, 4.0, 4.0, 2.0],
    ...     "patient_global_cm": [6.0] * 4, "mmt": [100, 80, 79, 100], "haq_di": [1.5] * 4,
    ...     "extramuscular_cm": [3.0] * 4,
    ... })
    >>> scores = score_worsening(visits)
    >>> scores.frame.select("week", "worsening", "confirmed", "episode").rows()
    [(4, True, False, 1), (8, True, True, 1), (12, False, False, 0)]
    >>> summarise_worsening(scores).row(0, named=True)["first_confirmed_week"]
    8
    """
    applied = apply_rule(visits, "worsening-proderm", baseline_week, options)
    parts, answers = applied.settled.parts, applied.answers
    found = _episodes(applied)
    number = pl.Series("episode", found.number, dtype=pl.Int16)
    day = ["day"] if "day" in applied.visits.frame.columns else []
    shown = [
        answers.column("worsening", applied.settled.tree),
        *(answers.column(f"by_{name}", part) for name, part in parts.items()),
        *applied.counts("worsened"),
        *applied.flags("worsened"),
    ]
    columns = [
        *applied.keys("subject_id", "week", *day),
        *answers.spread(shown),
        _truth("confirmed", found.confirmed),
        _truth("in_episode", found.within),
        number.set(number < 0, None),
    ]
    return applied.scores("worsening", columns)


def summarise_worsening(scores: ChangeScores) -> pl.DataFrame:
    """Count each subject's episodes of confirmed worsening, and tell when the first was confirmed.

    Parameters
    ----------
    scores
        From :func:`score_worsening`.

    Returns
    -------
    polars.DataFrame
        One row per subject with a follow-up visit, in the order of the table: ``confirmed`` (true, false or null),
        ``episodes`` and ``episodes_text`` (none, once, twice, more), null where what is missing leaves the number
        open; ``episodes_low`` and ``episodes_high``, between which it then lies;
        ``first_confirmed_week`` (and ``first_confirmed_day`` where the table has days), the visit that confirms, and
        ``first_onset_week``, the first visit of that episode; null where there is none or it is not known.

    Notes
    -----
    The fewest are reached if every unknown visit joins the episodes beside it. The most are found for each criterion
    that may be confirmed and added up: where only visits that meet the same criterion confirm, this may be more
    than can happen, never less.

    Examples
    --------
    >>> import polars as pl
    >>> same = {name: [4.0] * 6 for name in ("physician_global_cm", "patient_global_cm")}
    >>> visits = pl.DataFrame({"subject_id": ["A"] * 6, "week": [0, 4, 8, 12, 16, 20], **same, "mmt": [100] * 6,
    ...                        "haq_di": [1.5] * 6, "extramuscular_cm": [1, 4, 4, None, 4, 4]})
    >>> summarise_worsening(score_worsening(visits)).select("confirmed", "^episodes.*$").row(0)
    (True, None, None, 1, 2)
    """
    held = scores.frame.sort("week")
    if scores.options["unknown_visit"] == "skipped":
        held = held.filter(pl.col("worsening").is_not_null())
    confirmed = pl.col("confirmed")
    sure = confirmed.filter(confirmed.fill_null(True)).first().fill_null(False)  # nothing uncertain comes before it
    days = [pl.col("day").filter(confirmed).first().alias("first_confirmed_day")] if "day" in held.columns else []
    summary = held.group_by("subject_id", maintain_order=True).agg(
        pl.when(confirmed.any(ignore_nulls=True)).then(True)
        .when(confirmed.is_null().any()).then(None).otherwise(False).alias("confirmed"),
        sure.alias("_sure"),
        pl.col("week").filter(confirmed).first().alias("first_confirmed_week"),
        *days,
        pl.col("week").filter(pl.col("episode") == 1).first().alias("first_onset_week"),
    )  # fmt: skip
    times = [name for name in summary.columns if name.startswith("first_")]
    summary = summary.join(episode_bounds(held, scores.options), on="subject_id", how="left", maintain_order="left")
    low, high = pl.col("episodes_low"), pl.col("episodes_high")
    summary = summary.with_columns(episodes=pl.when(low == high).then(low))
    words = pl.col("episodes").clip(0, 3).replace_strict({0: "none", 1: "once", 2: "twice", 3: "more"}, default=None)
    summary = summary.with_columns(
        *(pl.when("_sure").then(pl.col(name)).alias(name) for name in times),
        words.alias("episodes_text"),
    )
    order = scores.frame.select("subject_id").unique(maintain_order=True)
    names = ["subject_id", "confirmed", "episodes", "episodes_text", "episodes_low", "episodes_high", *times]
    return order.join(summary, on="subject_id", how="left", maintain_order="left").select(names)


def episode_bounds(held: pl.DataFrame, options: Mapping[str, Any]) -> pl.DataFrame:
    """Return the fewest and the most episodes of each subject.

    Parameters
    ----------
    held
        One row per visit, by week, without visits passed over: subject_id, worsening (whether the rule is met: true,
        false or null), in_episode and episode, as :func:`score_worsening` gives them.
    options
        ``confirmed_by``, ``unknown_visit`` and ``visits_in_a_row``.

    Returns
    -------
    polars.DataFrame
        One row per subject: subject_id, episodes_low, episodes_high.
    """
    held = held.sort("subject_id", maintain_order=True)
    may = pl.col("in_episode").fill_null(True)
    joined = held.select("subject_id", "in_episode", "episode", block=pl.struct("subject_id", may).rle_id())
    sure = joined.filter("in_episode").group_by("subject_id").agg(low=pl.col("block").n_unique())
    same = options["confirmed_by"] == "same"
    criteria = held.select("^by_.*$" if same else "worsening").get_columns()
    subject = held["subject_id"].rle_id().to_numpy().astype(np.int64)
    unknown = NOT_MET if options["unknown_visit"] == "not_met" else UNKNOWN
    most = sum(
        most_episodes(subject, (answers.cast(pl.Int8) * MET).fill_null(unknown).to_numpy(), options["visits_in_a_row"])
        for answers in criteria
    )
    known = pl.when(pl.col("episode").is_null().any()).then(None).otherwise(pl.col("episode").max())
    bounds = joined.group_by("subject_id", maintain_order=True).agg(known=known).with_columns(high=most)
    return bounds.join(sure, on="subject_id", how="left").select(
        "subject_id",
        episodes_low=pl.coalesce("known", "low", pl.lit(0)).cast(pl.Int16),
        episodes_high=pl.coalesce("known", "high").cast(pl.Int16),
    )


def _episodes(applied: Applied) -> Episodes:
    settings, answers, layout = applied.settled.settings, applied.answers, applied.visits.layout
    in_a_row = settings["visits_in_a_row"]
    if in_a_row != int(in_a_row):
        raise BadInput(
            [
                Fault("bad_option", "the value of visits_in_a_row is not possible", column="visits_in_a_row",
                      got=repr(in_a_row), expected="a whole number")
            ]
        )  # fmt: skip
    same = settings["confirmed_by"] == "same"
    criteria = list(applied.settled.parts.values()) if same else [applied.settled.tree]
    return find_episodes(
        layout.subject[applied.pairs.rows],
        layout.week[applied.pairs.rows],
        [answers.rows(criterion) for criterion in criteria],
        int(in_a_row),
        settings["unknown_visit"],
    )


def _truth(name: str, answers: np.ndarray) -> pl.Series:
    return pl.Series(name, [False, None, True], dtype=pl.Boolean).gather(answers)
