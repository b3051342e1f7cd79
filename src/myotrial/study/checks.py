"""What must hold between the columns and the rows of the visit table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from myotrial.model.errors import Fault
from myotrial.study.raw_table import RawTable, shown
from myotrial.study.tables import ENZYMES, load_tables


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
    scattered = 2 * len(first) > len(runs) > len(first)
    if scattered or ids.gather(first).n_unique() != len(first):  # a subject's rows do not stand together
        runs, first = _number_by_appearance(ids)
    return Layout(runs.astype(np.int64), first, frame["week"].cast(pl.Float64).to_numpy())


def _number_by_appearance(ids: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Give ids numbers in the order in which they first stand; return each row's number and each id's first row."""
    codes = ids.cast(pl.Categorical).to_physical().to_numpy().astype(np.int64)
    first = np.full(int(codes.max()) + 1, -1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)  # the last to be written is the first to stand
    known = np.flatnonzero(first >= 0)
    order = known[np.argsort(first[known])]
    number = np.empty(len(first), dtype=np.int64)
    number[order] = np.arange(len(order))
    return number[codes], first[order]


def visit_faults(
    frame: pl.DataFrame, layout: Layout, raw: RawTable, baseline_week: float | None, told: Sequence[Fault]
) -> list[Fault]:
    """Return every fault between the rows of a visit table; ``told`` are those that are known already.

    What only follows from a fault that was told is not told again: a subject whose baseline week cannot be read
    has that one fault, not a second for the missing baseline. The order of the rows makes no difference.
    """
    faults = duplicate_rows(frame, layout, raw) + changing_maximum(frame, layout, raw, told)
    faults += changing_arm(frame, layout, raw)
    if baseline_week is not None and not raw.cut:
        faults += missing_baselines(frame, layout, baseline_week, raw, told)
    return faults


def changing_arm(frame: pl.DataFrame, layout: Layout, raw: RawTable) -> list[Fault]:
    """Return a fault for each row that puts a subject in another arm than the subject's first row that names one."""
    if "arm" not in frame.columns or not frame.height:
        return []
    if np.all(np.diff(layout.subject) >= 0) and not np.any(
        (np.diff(frame["arm"].rle_id().to_numpy().astype(np.int64)) != 0) & (np.diff(layout.subject) == 0)
    ):
        return []
    codes = frame["arm"].cast(pl.Categorical).to_physical().fill_null(0).to_numpy().astype(np.int64)
    named = frame["arm"].is_not_null().to_numpy()
    first = np.full(len(layout.first), -1, dtype=np.int64)
    rows = np.flatnonzero(named)[::-1]
    first[layout.subject[rows]] = rows  # the last to be written is the first to stand
    own = first[layout.subject]
    return [
        raw.fault("changing_arm", "the subject is in another arm than before", row, "arm", shown(frame["arm"][row]),
                  f"{shown(frame['arm'][int(own[row])])}, as in row {raw.number(int(own[row]))}",
                  "the arm as randomised, the same at every visit")
        for row in np.flatnonzero(named & (own >= 0) & (codes != codes[own])).tolist()
    ]  # fmt: skip


def duplicate_rows(frame: pl.DataFrame, layout: Layout, raw: RawTable) -> list[Fault]:
    """Return a fault for each row whose subject and week stand in an earlier row."""
    same_subject = np.diff(layout.subject) == 0
    if np.all(np.diff(layout.subject) >= 0) and np.all(np.diff(layout.week)[same_subject] > 0):
        return []
    if _all_differ(layout):
        return []
    key = pl.DataFrame({"subject": layout.subject, "week": layout.week}).with_row_index("row")
    again = key.with_columns(first=pl.col("row").min().over("subject", "week")).filter(pl.col("row") > pl.col("first"))
    return [
        raw.fault(
            "duplicate_visit",
            "the subject already has a row for this week",
            row,
            "week",
            f"{shown(frame['subject_id'][row])}, week {frame['week'][row]:g}",
            "one row per subject and week",
            f"the other one is row {raw.number(first)}",
        )
        for row, first in again.select("row", "first").iter_rows()
    ]


def _all_differ(layout: Layout) -> bool:
    """Tell by one sort of whole numbers that no subject has a week twice; weeks that are not whole are not judged."""
    if not np.abs(layout.week).max(initial=0) < 2**40:  # too large to be a week, or none at all
        return False
    whole = layout.week.astype(np.int64)
    span = int(whole.max() - whole.min()) + 1
    if span > 2**20 or (whole != layout.week).any():
        return False
    key = np.sort(layout.subject * span + (whole - whole.min()))
    return bool((np.diff(key) > 0).all())


def enzyme_pairs(frame: pl.DataFrame, raw: RawTable, told: Sequence[Fault] = ()) -> list[Fault]:
    """Return a fault for each enzyme value that has no upper limit of normal beside it."""
    table = load_tables()["visits"]
    faults = []
    hint = "the limit differs between laboratories, so it is never assumed"
    for enzyme in ENZYMES:
        column = table.column(f"{enzyme}_u_per_l")
        if column.name not in frame.columns:
            continue
        limit = table.column(str(column.uln))
        if limit.name not in frame.columns:
            slip = any(fault.hint == f"did you mean {limit.name}?" for fault in told)
            if frame[column.name].null_count() < frame.height and not slip:
                name = limit.alternate.name if limit.alternate and raw.unit(column)[1] != 1 else limit.name
                message = f"{column.label} is given without its upper limit of normal"
                faults.append(
                    raw.fault("missing_column", message, None, name, None, "a column beside the values", hint)
                )
            continue
        if not frame[limit.name].null_count():
            continue
        alone = frame[column.name].is_not_null() & frame[limit.name].is_null()
        doubtful = raw.doubtful(told, limit)
        if doubtful is not None:
            alone &= ~pl.Series(doubtful)
        unit = raw.unit(column)[0]
        message, expected = f"{column.label} has no upper limit of normal", limit.expected(None, *raw.unit(limit))
        rows = alone.arg_true().to_list()
        faults += [
            raw.fault("missing_uln", message, row, raw.find(limit), f"{value} {unit} alone", expected, hint)
            for row, value in zip(rows, raw.cells(rows, column), strict=True)
        ]
    return faults


def changing_maximum(frame: pl.DataFrame, layout: Layout, raw: RawTable, told: Sequence[Fault] = ()) -> list[Fault]:
    """Return a fault where a subject's strength is tested on another scale than at most of the subject's visits.

    Where two scales stand equally often, that of the earlier visit is taken for the subject's.
    """
    column = load_tables()["visits"].column("mmt_max")
    if column.name not in frame.columns:
        return []
    tops = frame[column.name].fill_null(column.default).to_numpy()
    if tops.size == 0 or tops.min() == tops.max():
        return []
    doubtful = raw.doubtful(told, column)
    certain = np.arange(tops.size) if doubtful is None else np.flatnonzero(~doubtful)
    held = pl.DataFrame({"row": certain, "subject": layout.subject[certain], "top": tops[certain]})
    held = held.with_columns(week=layout.week[certain])
    usual = (
        held.sort("week", "top")
        .group_by("subject", "top", maintain_order=True)
        .agg(pl.len(), pl.col("row").first().alias("like"), pl.col("week").first().alias("since"))
        .sort(-pl.col("len").cast(pl.Int64), "since", "top", maintain_order=True)
        .unique("subject", keep="first", maintain_order=True)
        .select("subject", "like", usual="top")
    )
    changed = held.join(usual, on="subject", how="left", maintain_order="left").filter(pl.col("top") != pl.col("usual"))
    return [
        raw.fault(
            "changing_maximum",
            "the subject's strength is tested on another scale than at other visits",
            row,
            column.name,
            f"{top:g}",
            f"{own:g}, as at week {layout.week[like]:g} (row {raw.number(like)})",
            "scores of different sets of muscles cannot be subtracted",
        )
        for row, top, like, own in changed.sort("subject", "week", "row")
        .select("row", "top", "like", "usual")
        .iter_rows()
    ]


def missing_baselines(
    frame: pl.DataFrame, layout: Layout, baseline_week: float, raw: RawTable, told: Sequence[Fault] = ()
) -> list[Fault]:
    """Return a fault for each subject without a row at the baseline week."""
    without = np.flatnonzero(layout.baseline_rows(baseline_week) < 0)
    if not without.size:
        return []
    week = load_tables()["visits"].column("week")
    doubtful = raw.doubtful(told, week)
    unsure = set(raw.lost)
    if doubtful is not None:
        unsure |= set(frame["subject_id"].filter(pl.Series(doubtful)).to_list())
    first = layout.baseline_rows(None)
    return [
        raw.fault(
            "no_baseline",
            "the subject has no baseline visit",
            int(row),
            week.name,
            f"{shown(frame['subject_id'][int(row)])} begins at week {layout.week[row]:g}",
            f"a row at week {baseline_week:g}",
        )
        for row in first[without]
        if frame["subject_id"][int(row)] not in unsure
    ]
