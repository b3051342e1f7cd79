"""What must hold between the rows of a table, and between the tables: repeated rows, ends, strangers."""

from collections.abc import Sequence

import polars as pl

from myotrial.model.errors import Fault, did_you_mean
from myotrial.study.raw_table import RawTable, shown
from myotrial.study.tables import Table


def repeated(frame: pl.DataFrame, table: Table, raw: RawTable, told: Sequence[Fault]) -> list[Fault]:
    """Return a fault for each row that has the key of an earlier one.

    Rows with a fault in a column of the key are left alone: what they say is not known.
    """
    key = [name for name in table.key if name in frame.columns]
    if not key or any(table.column(name).required for name in set(table.key) - set(key)):
        return []
    rows = frame.select(key).with_row_index("row").filter(_certain(key, frame, table, raw, told))
    again = rows.with_columns(first=pl.col("row").min().over(key)).filter(pl.col("row") > pl.col("first"))
    single = len(key) == 1
    message = "the subject already has a row" if single else "an earlier row is the same in all that tells rows apart"
    expected = "one row per subject" if single else f"one row per {', '.join(key)}"
    return [
        raw.fault("duplicate_row", message, row, key[0], shown(frame[key[0]][row]), expected,
                  f"the other one is row {raw.number(first)}")
        for row, first in again.select("row", "first").iter_rows()
    ]  # fmt: skip


def _certain(key: Sequence[str], frame: pl.DataFrame, table: Table, raw: RawTable, told: Sequence[Fault]) -> pl.Series:
    """Mark the rows whose key can be relied on, shape (rows,)."""
    certain = pl.Series([True], dtype=pl.Boolean).new_from_index(0, frame.height)
    for column in (table.column(name) for name in key):
        doubtful = raw.doubtful(told, column)
        if column.required:
            certain &= frame[column.name].is_not_null()
        if doubtful is not None:
            certain &= ~pl.Series(doubtful)
    return certain


def ended_early(frame: pl.DataFrame, table: Table, raw: RawTable, told: Sequence[Fault]) -> list[Fault]:
    """Return a fault for each row that ends before it starts; an end that is empty goes on."""
    if not {"start_day", "end_day"} <= set(frame.columns):
        return []
    early = (frame["end_day"] < frame["start_day"]) & _certain(["start_day", "end_day"], frame, table, raw, told)
    return [
        raw.fault("ends_early", "the end is before the start", row, "end_day", f"day {frame['end_day'][row]}",
                  f"day {frame['start_day'][row]}, on which it starts, or later; empty while it goes on")
        for row in early.arg_true().to_list()
    ]  # fmt: skip


def strangers(known: set[str], frame: pl.DataFrame, raw: RawTable, name: str, home: str) -> list[Fault]:
    """Return a fault for each subject that is not known, at the first row it has."""
    if "subject_id" not in frame.columns:
        return []
    ids = frame["subject_id"]
    unknown = ids.is_first_distinct() & ids.is_not_null() & ~ids.is_in(list(known))
    return [
        raw.fault("unknown_subject", f"a subject of {name} is not in {home}", row, "subject_id", shown(ids[row]),
                  f"a subject_id of the table {home}", did_you_mean(ids[row], sorted(known), cutoff=0.8))
        for row in unknown.arg_true().to_list()
    ]  # fmt: skip


def other_arms(subjects: pl.DataFrame, visits: pl.DataFrame, raw: RawTable) -> list[Fault]:
    """Return a fault for each subject whose visits name another arm than the list of subjects, at the first row."""
    if not {"subject_id", "arm"} <= set(subjects.columns) or not {"subject_id", "arm"} <= set(visits.columns):
        return []
    listed = subjects.select("subject_id", listed="arm").unique("subject_id", keep="first")
    both = visits.select("subject_id", "arm").with_row_index("row").join(listed, on="subject_id", how="inner")
    odd = both.filter(pl.col("arm") != pl.col("listed")).unique("subject_id", keep="first", maintain_order=True)
    return [
        raw.fault("other_arm", "the subject is in another arm than in the table subjects", row, "arm", shown(arm),
                  f"{shown(wanted)}, the arm as randomised")
        for row, arm, wanted in odd.sort("row").select("row", "arm", "listed").iter_rows()
    ]  # fmt: skip


def after_death(deaths: pl.DataFrame, frame: pl.DataFrame, raw: RawTable, what: str) -> list[Fault]:
    """Return a fault for each row that begins after the day on which its subject died.

    Parameters
    ----------
    deaths
        Columns subject_id and died, the first day for which a death is recorded.
    frame, raw
        The table in which something happens: its day is in ``day`` or ``start_day``.
    what
        The table's name, for the message.
    """
    column = next((name for name in ("day", "start_day") if name in frame.columns), None)
    if column is None or "subject_id" not in frame.columns or not deaths.height:
        return []
    days = frame.select("subject_id", pl.col(column).alias("on")).with_row_index("row")
    late = days.join(deaths, on="subject_id", how="inner").filter(pl.col("on") > pl.col("died")).sort("row")
    return [
        raw.fault("after_death", f"{what} go on after the subject's death", row, column, f"day {on:g}",
                  f"day {died:g}, on which the events have the death, or earlier", "which of the two days is right?")
        for row, on, died in late.select("row", "on", "died").iter_rows()
    ]  # fmt: skip
