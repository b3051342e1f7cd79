"""When things happened to each subject: the first day of every kind of event, rescue, and the end of follow-up."""

import numpy as np
import polars as pl

from myotrial.endpoints.grids import Places, place_of
from myotrial.study.reading import StudyData
from myotrial.trials.variables import EVENTS

BEFORE_TREATMENT = frozenset({"discontinued_treatment", "discontinued_study", "death"})
"""Events that count whenever they happened; any other is intercurrent only from the first treatment (day 1) on."""

FIRST_DAY = 1
"""The day of the first treatment."""


def rescue_days(study: StudyData) -> pl.DataFrame:
    """Return every day on which rescue began: events, and dose records of that purpose; subject_id, day.

    A record that began before the first treatment and goes on counts from day 1.
    """
    told = study.events.filter(pl.col("kind") == "rescue", pl.col("day") >= FIRST_DAY)
    end = pl.col("end_day") if "end_day" in study.doses.columns else pl.lit(None, dtype=pl.Int64)
    taken = study.doses.filter(
        pl.col("purpose") == "rescue", pl.col("dose_mg") > 0, end.is_null() | (end >= FIRST_DAY)
    )  # fmt: skip
    days = [
        told.select("subject_id", pl.col("day").cast(pl.Int64)),
        taken.select("subject_id", day=pl.max_horizontal(pl.col("start_day").cast(pl.Int64), FIRST_DAY)),
    ]
    return pl.concat(days)


def first_days(study: StudyData, places: Places, rescue: pl.DataFrame) -> dict[str, np.ndarray]:
    """Return for each kind of event the day it first happened to each subject, infinity where it did not."""
    days = {}
    for kind in EVENTS:
        mine = study.events.filter(pl.col("kind") == kind) if kind != "rescue" else rescue
        if kind not in BEFORE_TREATMENT:
            mine = mine.filter(pl.col("day") >= FIRST_DAY)
        days[kind] = earliest(mine, places.subjects)
    return days


def earliest(rows: pl.DataFrame, subjects: pl.Series) -> np.ndarray:
    """Return the earliest day of each subject's rows (subject_id, day), infinity where there is none."""
    first = np.full(len(subjects), np.inf)
    rows = rows.filter(pl.col("day").is_not_null())
    if rows.height:
        np.minimum.at(first, place_of(rows["subject_id"], subjects), rows["day"].cast(pl.Float64).to_numpy())
    return first


def last_days(study: StudyData, places: Places) -> np.ndarray:
    """Return the last day of each subject's follow-up, infinity where it is not told, shape (subjects,)."""
    told = np.full(len(places.subjects), np.inf)
    if "last_day" not in study.subjects.columns:
        return told
    days = study.subjects["last_day"].cast(pl.Float64).to_numpy()
    return np.where(np.isnan(days), told, days)
