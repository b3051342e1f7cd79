"""Dosing records → the daily dose as a step function of the day, in whole numbers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any

import polars as pl

from myotrial.instruments.treatments.glucocorticoid_table import Equivalents, load_equivalents
from myotrial.model.decimals import NANO, to_nano
from myotrial.model.errors import BadInput, Fault, did_you_mean

SCHEMA = pl.Schema({"subject_id": pl.String, "day": pl.Int64, "units": pl.Int64})


@dataclass(frozen=True, slots=True)
class DoseSteps:
    """The days on which a subject's daily dose changes.

    Attributes
    ----------
    frame
        subject_id, day, units (the dose from that day on, in whole units), in order of subject and day.
    per_mg
        Units in one milligram of prednisone.
    equivalents
        The table that was used.
    notes
        What was left out, counted.
    """

    frame: pl.DataFrame
    per_mg: int
    equivalents: Equivalents
    notes: tuple[str, ...]


def dose_steps(
    doses: pl.DataFrame,
    table: str | Equivalents,
    options: Mapping[str, Any] | None = None,
    other_drugs: Collection[str] = (),
) -> DoseSteps:
    """Add up dosing records; the parameters are those of ``daily_dose``.

    Examples
    --------
    >>> doses = pl.DataFrame({"subject_id": ["A"], "drug": ["prednisone"], "start_day": [1], "end_day": [7],
    ...                       "dose_mg": [35.0], "per": ["week"], "route": ["oral"]})
    >>> steps = dose_steps(doses, "prednisone-5mg-1")
    >>> steps.frame.with_columns(mg=pl.col("units") / steps.per_mg).select("day", "mg").rows()
    [(1, 5.0), (8, 0.0)]
    """
    if isinstance(table, str):
        table = load_equivalents(table, options=options)
    elif options:
        raise BadInput([Fault("bad_option", "the options belong into the table that was loaded", column="options")])
    records, notes = _counted(doses, table, other_drugs)
    days = {"day": 1, "week": table.days_per_week}
    kinds = [(drug, per) for drug, per in records.select("drug", "per").unique().rows()]
    worth = {kind: table.factors[kind[0]] / days[kind[1]] for kind in kinds}
    parts = lcm(*(factor.denominator for factor in worth.values()))
    if parts > NANO:
        raise _too_wide()
    times = pl.DataFrame(
        [(drug, per, int(factor * parts)) for (drug, per), factor in worth.items()],
        schema={"drug": pl.String, "per": pl.String, "times": pl.Int64},
        orient="row",
    )
    records = records.join(times, on=["drug", "per"], how="left", maintain_order="left")
    if float((records["dose_mg"] * NANO * records["times"]).sum() or 0) >= 2**62:
        raise _too_wide()
    units = pl.Series("units", to_nano(records["dose_mg"].to_numpy())) * records["times"]
    return DoseSteps(_sweep(records.with_columns(units=units)), NANO * parts, table, notes)


def _too_wide() -> BadInput:
    message = "the doses, or the equivalents of several drugs, are too long to be added up exactly"
    return BadInput([Fault("too_wide", message, "doses", column="dose_mg")])


def dose_at(steps: DoseSteps, asked: pl.DataFrame) -> pl.DataFrame:
    """Return ``asked`` (subject_id, day) with the dose in units; its order stays, and a missing day has none."""
    rows = asked.with_row_index("row").with_columns(pl.col("day").cast(pl.Int64))
    known = rows.filter(pl.col("day").is_not_null()).sort("day")
    found = known.join_asof(steps.frame.sort("day"), on="day", by="subject_id", check_sortedness=False)
    found = found.select("row", pl.col("units").fill_null(0))
    return rows.join(found, on="row", how="left", maintain_order="left").drop("row")


def in_mg(units: pl.Series, per_mg: int) -> pl.Series:
    """Return whole units as milligrams, each the double nearest to the exact quotient; few values differ.

    Examples
    --------
    >>> in_mg(pl.Series([8, None, 1]), 3).to_list()
    [2.6666666666666665, None, 0.3333333333333333]
    """
    known = units.drop_nulls().unique()
    mg = pl.Series([number / per_mg for number in known.to_list()], dtype=pl.Float64)  # whole numbers of Python: exact
    return units.replace_strict(known, mg, default=None, return_dtype=pl.Float64)


def _sweep(records: pl.DataFrame) -> pl.DataFrame:
    starts = records.select("subject_id", pl.col("start_day").alias("day"), "units")
    ends = records.filter(pl.col("end_day").is_not_null())
    ends = ends.select("subject_id", (pl.col("end_day") + 1).alias("day"), -pl.col("units"))
    changes = pl.concat([starts, ends]).cast(SCHEMA).group_by("subject_id", "day").agg(pl.col("units").sum())
    return changes.sort("subject_id", "day").with_columns(pl.col("units").cum_sum().over("subject_id"))


def _counted(
    doses: pl.DataFrame, table: Equivalents, other_drugs: Collection[str]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the records that count, names in small letters, with a note on the others."""
    frame = doses if "end_day" in doses.columns else doses.with_columns(end_day=pl.lit(None, dtype=pl.Int64))
    frame = frame.select(
        "subject_id",
        pl.col("drug").cast(pl.String).str.strip_chars().str.to_lowercase(),
        pl.col("start_day", "end_day").cast(pl.Int64),
        pl.col("dose_mg").cast(pl.Float64),
        "per",
        "route",
    ).with_row_index("row")
    others = [name.strip().lower() for name in other_drugs]
    frame = frame.filter(~pl.col("drug").is_in(others).fill_null(value=False))
    by_route = pl.col("route").is_in(table.routes)
    records = frame.filter(by_route | pl.col("route").is_null())
    faults = _faults(records, table)
    if faults:
        raise BadInput(faults)
    left = frame.filter(~by_route)["route"].value_counts(name="n").sort("route").rows()
    if not left:
        return records, ()
    words = ", ".join(f"{n} {route}" for route, n in left)
    return records, (f"glucocorticoids: only {' and '.join(table.routes)} doses count; records left out: {words}",)


def _faults(records: pl.DataFrame, table: Equivalents) -> list[Fault]:
    """Return everything that is wrong with the records; an unknown drug is told once."""
    col = pl.col
    dose = col("dose_mg")
    checks: Sequence[tuple[str, str, pl.Expr, str]] = (
        ("subject_id", "the record has no subject", col("subject_id").is_null(), "a subject_id"),
        ("drug", "the record has no drug", col("drug").is_null(), "the name of a drug"),
        ("route", "the record has no route", col("route").is_null(), "a route"),
        ("start_day", "the record has no start", col("start_day").is_null(), "a day"),
        ("end_day", "the end is before the start", col("end_day") < col("start_day"), "the first day or later"),
        ("dose_mg", "the dose is not usable", ~(dose.is_finite() & (dose >= 0)).fill_null(value=False), "0 mg or more"),
        ("per", "what the dose is per is not known", ~col("per").is_in(["day", "week"], nulls_equal=True),
         "day or week"),
    )  # fmt: skip
    faults = [
        Fault("bad_record", message, "doses", row + 1, column, None if got is None else str(got), expected)
        for column, message, wrong, expected in checks
        for row, got in records.filter(wrong).select("row", column).iter_rows()
    ]
    known = list(table.factors)
    strange = records.filter(~col("drug").is_in(known)).unique("drug", keep="first", maintain_order=True)
    faults += [
        Fault("unknown_drug", "the drug is not in the table of equivalents", "doses", row + 1, "drug", drug,
              ", ".join(known), did_you_mean(drug, known) or "if it is no glucocorticoid, name it in other_drugs")
        for row, drug in strange.select("row", "drug").iter_rows()
    ]  # fmt: skip
    return sorted(faults, key=lambda fault: fault.row or 0)
