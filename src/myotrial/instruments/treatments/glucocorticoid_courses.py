"""Courses of glucocorticoids: when a taper began, when rescue was first taken, whether rescue was tapered."""

from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from myotrial.instruments.treatments.glucocorticoid import reduced
from myotrial.instruments.treatments.glucocorticoid_records import dose_at, dose_steps, in_mg
from myotrial.instruments.treatments.glucocorticoid_table import DEFAULT, FILE, Equivalents
from myotrial.model.data import load_data
from myotrial.model.options import Option, settle

NEVER = 2**40
"""A day after every other."""


def taper_start(
    visits: pl.DataFrame,
    rescue: pl.DataFrame | None = None,
    *,
    baseline_day: int | None = None,
    at_least_percent: float = 0,
    rescue_before: str = "next_visit",
) -> pl.DataFrame:
    """Return when each subject's taper began: the first dose below baseline that no rescue follows.

    Parameters
    ----------
    visits
        One row per subject and visit, as ``daily_dose`` gives it: subject_id, day, prednisone_mg_per_day.
    rescue
        The days on which rescue was taken or begun: subject_id, day.
    baseline_day
        The day of the baseline visit; without it, a subject's earliest visit.
    at_least_percent
        How large the decrease from baseline must be; 0: any decrease.
    rescue_before
        Rescue from the day of the decrease on undoes it: up to, not on, the day of the ``next_visit`` (after the
        last visit, at any time), ``ever``, or ``ignored``. A later decrease may then be the start.

    Returns
    -------
    polars.DataFrame
        One row per subject: subject_id, baseline_mg_per_day, evaluable (the baseline is known and not 0),
        taper_day (null where no taper began). A visit without a dose is no decrease.

    Examples
    --------
    >>> visits = pl.DataFrame({"subject_id": ["A"] * 4, "day": [1, 29, 57, 85],
    ...                        "prednisone_mg_per_day": [20.0, 15.0, 20.0, 17.5]})
    >>> taper_start(visits)["taper_day"].to_list()
    [29]
    >>> taper_start(visits, pl.DataFrame({"subject_id": ["A"], "day": [40]}))["taper_day"].to_list()
    [85]
    """
    options = {name: Option(**option) for name, option in load_data(*FILE)["course_options"].items()}
    chosen = settle("the start of a taper", options, {"rescue_before": rescue_before})["rescue_before"]
    rows = visits.filter(pl.col("day").is_not_null()).sort("subject_id", "day")
    is_baseline = pl.col("day") == (pl.col("day").min().over("subject_id") if baseline_day is None else baseline_day)
    base = rows.filter(is_baseline).select("subject_id", baseline_mg_per_day="prednisone_mg_per_day", first="day")
    rows = rows.join(base, on="subject_id", how="inner", maintain_order="left")
    until = pl.col("day").shift(-1).over("subject_id") if chosen == "next_visit" else pl.lit(None, dtype=pl.Int64)
    rows = rows.with_columns(
        until=until.fill_null(NEVER),
        lower=reduced(rows["baseline_mg_per_day"], rows["prednisone_mg_per_day"], at_least_percent),
    )
    if rescue is not None and chosen != "ignored":
        rows = rows.filter(~_followed(rows, rescue))
    begun = rows.filter(pl.col("lower") & (pl.col("day") > pl.col("first")))
    begun = begun.group_by("subject_id").agg(taper_day=pl.col("day").min())
    subjects = (
        visits.select("subject_id")
        .unique(maintain_order=True)
        .join(base.drop("first"), on="subject_id", how="left", maintain_order="left")
    )
    evaluable = (pl.col("baseline_mg_per_day") > 0).fill_null(value=False)
    return subjects.with_columns(evaluable=evaluable).join(begun, on="subject_id", how="left", maintain_order="left")


def _followed(rows: pl.DataFrame, rescue: pl.DataFrame) -> pl.Series:
    """Mark the visits that rescue follows, from their day to before ``until``, shape (rows,)."""
    taken = rescue.select("subject_id", pl.col("day").cast(pl.Int64), rescue_day=pl.col("day").cast(pl.Int64))
    asked = rows.select("subject_id", pl.col("day").cast(pl.Int64), "until").with_row_index("row").sort("day")
    taken = taken.drop_nulls().sort("day")
    found = asked.join_asof(taken, on="day", by="subject_id", strategy="forward", check_sortedness=False)
    return found.sort("row").select((pl.col("rescue_day") < pl.col("until")).fill_null(value=False)).to_series()


def first_rescue_day(doses: pl.DataFrame, *, from_day: int = 1, drugs: Collection[str] | None = None) -> pl.DataFrame:
    """Return the first day on which each rescued subject took rescue treatment.

    Parameters
    ----------
    doses
        Dose records with a purpose. Any dose above 0 with the purpose ``rescue`` counts, by whatever route.
    from_day
        Rescue before this day does not count; a record that began earlier and goes on counts from this day.
    drugs
        Only these drugs; without it, every drug.

    Returns
    -------
    polars.DataFrame
        subject_id, rescue_day: one row per subject who took rescue treatment.

    Examples
    --------
    >>> doses = pl.DataFrame({"subject_id": ["A", "A"], "drug": ["prednisone"] * 2, "start_day": [50, 40],
    ...     "end_day": [60, 45], "dose_mg": [40.0, 30.0], "purpose": ["rescue", "rescue"]})
    >>> first_rescue_day(doses).rows()
    [('A', 40)]
    """
    end = pl.col("end_day") if "end_day" in doses.columns else pl.lit(None, dtype=pl.Int64)
    taken = doses.filter(
        pl.col("purpose") == "rescue", pl.col("dose_mg") > 0, end.is_null() | (end >= from_day)
    )  # fmt: skip
    if drugs is not None:
        names = [name.strip().lower() for name in drugs]
        taken = taken.filter(pl.col("drug").str.strip_chars().str.to_lowercase().is_in(names))
    day = pl.max_horizontal("start_day", pl.lit(from_day)).cast(pl.Int64)
    found = taken.select("subject_id", rescue_day=day).group_by("subject_id").agg(pl.col("rescue_day").min())
    return found.sort("subject_id")


def rescue_tapered(
    doses: pl.DataFrame,
    *,
    from_day: int = 1,
    until_day: int | pl.DataFrame | None = None,
    table: str | Equivalents = DEFAULT,
    options: Mapping[str, Any] | None = None,
    other_drugs: Collection[str] = (),
) -> pl.DataFrame:
    """Tell, of each rescued subject, whether the daily dose later fell below its peak on rescue.

    Parameters
    ----------
    doses, table, options, other_drugs
        As for ``daily_dose``, with the purpose of each record.
    from_day
        The first day on which rescue counts.
    until_day
        The last day that is looked at: one for all, or subject_id and day; a stop after it is no taper.

    Returns
    -------
    polars.DataFrame
        subject_id, rescue_day, peak_mg_per_day (the highest daily dose, all records together, from the first rescue
        on), tapered, tapered_day (the first day after the peak with a lower dose). Where rescue brought no dose that
        counts (another drug, an injection into a joint), peak and ``tapered`` are null. No later lower dose: not
        tapered.

    Examples
    --------
    >>> doses = pl.DataFrame({"subject_id": ["A"] * 2, "drug": ["prednisone"] * 2, "start_day": [30, 44],
    ...     "end_day": [43, None], "dose_mg": [40.0, 30.0], "per": ["day"] * 2, "route": ["oral"] * 2,
    ...     "purpose": ["rescue"] * 2})
    >>> rescue_tapered(doses).rows()
    [('A', 30, 40.0, True, 44)]
    """
    steps = dose_steps(doses, table, options, other_drugs)
    rescued = _until(first_rescue_day(doses, from_day=from_day), until_day)
    counted = doses.filter(pl.col("route").is_in(steps.equivalents.routes))
    first = first_rescue_day(counted, from_day=from_day, drugs=steps.equivalents.factors)
    first = _until(first, until_day)
    begin = dose_at(steps, first.select("subject_id", day="rescue_day"))
    later = steps.frame.join(first, on="subject_id")
    later = later.filter(pl.col("day") > pl.col("rescue_day"), pl.col("day") <= pl.col("until"))
    course = pl.concat([begin, later.select("subject_id", "day", "units")])
    course = course.with_columns(peak=pl.col("units").max().over("subject_id"))
    at_peak = pl.when(pl.col("units") == pl.col("peak")).then("day").min().over("subject_id")
    lower = (pl.col("units") < pl.col("peak")) & (pl.col("day") > at_peak)
    found = course.group_by("subject_id").agg(
        peak=pl.col("peak").first(), tapered_day=pl.col("day").filter(lower).min()
    )  # fmt: skip
    found = rescued.join(found, on="subject_id", how="left", maintain_order="left")
    tapered = pl.when(pl.col("peak") > 0).then(pl.col("tapered_day").is_not_null())
    found = found.with_columns(peak_mg_per_day=in_mg(found["peak"], steps.per_mg), tapered=tapered)
    return found.select("subject_id", "rescue_day", "peak_mg_per_day", "tapered", "tapered_day")


def _until(first: pl.DataFrame, until_day: int | pl.DataFrame | None) -> pl.DataFrame:
    """Add the last day that is looked at; leave out the subjects whose rescue came after it."""
    if isinstance(until_day, pl.DataFrame):
        days = until_day.select("subject_id", until=pl.col("day").cast(pl.Int64))
        first = first.join(days, on="subject_id", how="left", maintain_order="left")
    else:
        first = first.with_columns(until=pl.lit(until_day, dtype=pl.Int64))
    return first.with_columns(pl.col("until").fill_null(NEVER)).filter(pl.col("rescue_day") <= pl.col("until"))
