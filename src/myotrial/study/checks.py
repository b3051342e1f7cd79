"""What must hold between the columns and the rows of the visit table."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from myotrial.model.errors import Fault
from myotrial.study.tables import ENZYMES, load_tables
from myotrial.study.text_table import RawTable


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each subject's rows are: found once, used by every check and by the scorers.

    Attributes
    ----------
    subject
        For each row, the number of its subject, shape (rows,), counted from 0 in order of first appearance.
    first
        For each subject, its first row, shape (subjects,).
    week
        For each row, its week, shape (rows,).
    """

    subject: np.ndarray
    first: np.ndarray
    week: np.ndarray

    def baseline_rows(self, baseline_week: float | None) -> np.ndarray:
        """Return each subject's baseline row, shape (subjects,); -1 where it has none.

        Without a baseline week the baseline is a subject's earliest week.
        """
        rows = np.full(len(self.first), -1, dtype=np.int64)
        if baseline_week is not None:
            at = np.flatnonzero(self.week == baseline_week)
            rows[self.subject[at]] = at
            return rows
        earliest = np.full(len(self.first), np.inf)
        np.minimum.at(earliest, self.subject, self.week)
        at = np.flatnonzero(self.week == earliest[self.subject])
        rows[self.subject[at]] = at
        return rows


def find_layout(frame: pl.DataFrame) -> Layout:
    """Give each subject of a visit table a number; rows may stand in any order."""
    ids = frame["subject_id"]
    runs = ids.rle_id().to_numpy()
    first = np.flatnonzero(np.diff(runs, prepend=np.uint32(runs[0] + 1)) != 0) if len(runs) else runs.astype(int)
    if ids.gather(first).n_unique() != len(first):  # a subject's rows do not stand together
        codes = frame.select(pl.col("subject_id").rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
        _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
        order = np.argsort(np.argsort(first))
        runs, first = order[inverse], np.sort(first)
    return Layout(runs.astype(np.int64), first, frame["week"].cast(pl.Float64).to_numpy())


def duplicate_rows(frame: pl.DataFrame, layout: Layout, raw: RawTable) -> list[Fault]:
    """Return a fault for each row whose subject and week stand in an earlier row."""
    same_subject = np.diff(layout.subject) == 0
    if np.all(np.diff(layout.subject) >= 0) and np.all(np.diff(layout.week)[same_subject] > 0):
        return []
    key = pl.DataFrame({"subject": layout.subject, "week": layout.week}).with_row_index("row")
    again = key.with_columns(first=pl.col("row").min().over("subject", "week")).filter(pl.col("row") > pl.col("first"))
    return [
        raw.fault(
            "duplicate_visit",
            "the subject already has a row for this week",
            row,
            "week",
            f"{frame['subject_id'][row]}, week {frame['week'][row]:g}",
            "one row per subject and week",
            f"the other one is row {raw.first_row + first}",
        )
        for row, first in again.select("row", "first").iter_rows()
    ]


def enzyme_pairs(frame: pl.DataFrame, raw: RawTable) -> list[Fault]:
    """Return a fault for each enzyme value that has no upper limit of normal beside it."""
    table = load_tables()["visits"]
    faults = []
    for enzyme in ENZYMES:
        column = table.column(f"{enzyme}_u_per_l")
        if column.name not in frame.columns:
            continue
        if column.uln not in frame.columns:
            faults.append(
                raw.fault(
                    "missing_column",
                    f"{column.label} is given without its upper limit of normal",
                    None,
                    column.uln,
                    expected="a column beside the values, in U/L",
                    hint="the limit differs between laboratories, so it is never assumed",
                )
            )
            continue
        values, limits = frame[column.name], frame[column.uln]
        if not limits.null_count():
            continue
        faults += [
            raw.fault(
                "missing_uln",
                f"{column.label} has no upper limit of normal",
                row,
                column.uln,
                f"{values[row]:.15g} U/L alone",
                "a limit more than 0 U/L",
                "the limit differs between laboratories, so it is never assumed",
            )
            for row in (values.is_not_null() & limits.is_null()).arg_true().to_list()
        ]
    return faults


def changing_maximum(frame: pl.DataFrame, layout: Layout, raw: RawTable) -> list[Fault]:
    """Return a fault where a subject's strength is tested on another scale than at its first row."""
    if "mmt_max" not in frame.columns:
        return []
    tops = frame["mmt_max"].fill_null(load_tables()["visits"].column("mmt_max").default).to_numpy()
    if tops.size == 0 or tops.min() == tops.max():
        return []
    first = tops[layout.first][layout.subject]
    return [
        raw.fault(
            "changing_maximum",
            "the subject's strength is tested on another scale than before",
            int(row),
            "mmt_max",
            f"{tops[row]:g}",
            f"{first[row]:g}, as in row {raw.first_row + int(layout.first[layout.subject[row]])}",
            "scores of different sets of muscles cannot be subtracted",
        )
        for row in np.flatnonzero(tops != first)
    ]


def missing_baselines(frame: pl.DataFrame, layout: Layout, baseline_week: float, raw: RawTable) -> list[Fault]:
    """Return a fault for each subject without a row at the baseline week."""
    without = np.flatnonzero(layout.baseline_rows(baseline_week) < 0)
    return [
        raw.fault(
            "no_baseline",
            "the subject has no baseline visit",
            int(layout.first[subject]),
            "week",
            f"{frame['subject_id'][int(layout.first[subject])]} begins at week "
            f"{frame['week'][int(layout.first[subject])]:g}",
            f"a row at week {baseline_week:g}",
        )
        for subject in without
    ]
