"""Which visit counts for which scheduled week: visit windows, unscheduled visits, and the choice of the baseline."""

from dataclasses import replace

import polars as pl

from myotrial.study.checks import find_layout
from myotrial.study.reading import StudyData
from myotrial.study.visits import Visits
from myotrial.trials.parts import Schedule, Windows

FIRST_DAY = 1
"""The day of the first treatment."""


def place_visits(schedule: Schedule, study: StudyData) -> tuple[StudyData, tuple[str, ...]]:
    """Put each visit at the week it counts for.

    Parameters
    ----------
    schedule
        Its ``windows`` and ``baseline`` say how; without windows, visits at other weeks stay where they are and are
        left aside.
    study
        The study. A visit without a day is taken to be on the nominal day of its week.

    Returns
    -------
    study, notes
        The study with its visits at their weeks, and how many were moved or left aside.
    """
    frame = study.visits.frame.with_row_index("row").with_columns(
        pl.col("week").cast(pl.Float64), nominal=7 * (pl.col("week") - schedule.baseline_week) + 1
    )
    recorded = pl.col("day").cast(pl.Float64) if "day" in frame.columns else pl.lit(None, dtype=pl.Float64)
    rows = frame.select("row", "subject_id", "week", on=pl.coalesce(recorded, "nominal"))
    rows = rows.with_columns(to=pl.col("week"))
    notes = []
    if schedule.baseline == "last_before_treatment":
        rows, note = _choose_baseline(schedule, rows)
        notes += note
    if schedule.windows is not None:
        rows, note = _fill_windows(schedule, schedule.windows, rows)
        notes += note
    aside = rows.filter(~pl.col("to").is_in(list(schedule.visits)) | pl.col("to").is_null()).height
    if aside:
        notes.append(f"{aside:,} visits at weeks that are not scheduled were left aside")
    if not (rows["to"] != rows["week"]).fill_null(value=True).any():
        return study, tuple(notes)
    return replace(study, visits=_moved(study.visits, rows)), tuple(notes)


def _choose_baseline(schedule: Schedule, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Move each subject's last visit up to the first treatment to the baseline week; one that stood there gives way."""
    before = rows.filter(pl.col("on") <= FIRST_DAY).sort("subject_id", "on", "week")
    chosen = before.group_by("subject_id").agg(chosen=pl.col("row").last())
    rows = rows.join(chosen, on="subject_id", how="left", maintain_order="left")
    is_chosen = (pl.col("row") == pl.col("chosen")).fill_null(value=False)
    gives_way = ~is_chosen & (pl.col("week") == schedule.baseline_week) & pl.col("chosen").is_not_null()
    moved = rows.filter(is_chosen & (pl.col("week") != schedule.baseline_week)).height
    to = pl.when(is_chosen).then(schedule.baseline_week).when(gives_way).then(None).otherwise(pl.col("to"))
    note = f"{moved:,} subjects have as baseline their last visit before treatment, at another week"
    return rows.with_columns(to=to).drop("chosen"), [note] if moved else []


def _fill_windows(schedule: Schedule, windows: Windows, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Move unscheduled visits to the scheduled week in whose window they lie, where that week has no visit."""
    later = windows.ties == "later"
    weeks = [week for week in schedule.visits if week > schedule.baseline_week]
    targets = pl.DataFrame({"target": weeks, "at": [schedule.nominal_day(week) for week in weeks]})
    free = rows.filter(pl.col("to").is_not_null() & ~pl.col("to").is_in(list(schedule.visits)))
    pairs = free.join(targets, how="cross").with_columns(far=pl.col("on") - pl.col("at"))
    pairs = pairs.with_columns(distance=pl.col("far").abs()).sort(
        "row", "distance", "at", descending=[False, False, later]
    )
    pairs = pairs.unique("row", keep="first", maintain_order=True)
    pairs = pairs.filter(pl.col("far") >= -windows.days_before, pl.col("far") <= windows.days_after)
    taken = rows.select("subject_id", target="to").drop_nulls()
    pairs = pairs.join(taken, on=["subject_id", "target"], how="anti")
    pairs = pairs.sort("subject_id", "target", "distance", "on", descending=[False, False, False, later])
    pairs = pairs.unique(["subject_id", "target"], keep="first", maintain_order=True).select("row", "target")
    rows = rows.join(pairs, on="row", how="left", maintain_order="left")
    rows = rows.with_columns(to=pl.coalesce("target", "to")).drop("target")
    note = f"{pairs.height:,} unscheduled visits stand in for scheduled ones by the visit windows"
    return rows, [note] if pairs.height else []


def _moved(visits: Visits, rows: pl.DataFrame) -> Visits:
    frame = visits.frame.with_columns(week=rows["to"]).filter(rows["to"].is_not_null())
    whole = frame["week"].cast(pl.Int64)
    if (whole == frame["week"]).all():
        frame = frame.with_columns(week=whole)
    return Visits(frame, find_layout(frame), visits.file, visits.sha256, visits.notes)
