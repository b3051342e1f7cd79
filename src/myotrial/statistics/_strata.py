"""Counts by stratum and group, and the estimate built from a weighted difference of proportions."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import as_binary, as_labels, as_treated, check_same_length, fault
from myotrial.statistics._collect import Checks

FloatArray = NDArray[np.float64]
Strata = tuple[NDArray[np.intp], tuple[Any, ...] | None]
ONE_SIDED = "stratum {!r} has subjects of one group only and contributes nothing"
FourCounts = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


class StratifiedCounts(NamedTuple):
    """Counts by stratum: subjects with the event and subjects in all, treated (1) and reference (0)."""

    count1: NDArray[np.float64]
    n1: NDArray[np.float64]
    count0: NDArray[np.float64]
    n0: NDArray[np.float64]
    strata: tuple[Any, ...] | None

    @property
    def totals(self) -> tuple[int, int]:
        """Subjects of the treated and of the reference group."""
        return int(self.n1.sum()), int(self.n0.sum())

    @property
    def informative(self) -> NDArray[np.bool_]:
        """Strata that hold subjects of both groups."""
        both: NDArray[np.bool_] = (self.n1 > 0) & (self.n0 > 0)
        return both

    def describe(self) -> str:
        """Say in words whether and how the analysis is stratified."""
        return describe_strata(self.strata)

    def warnings(self) -> tuple[str, ...]:
        """Name the strata that contribute nothing."""
        if self.strata is None:
            return ()
        return tuple(
            ONE_SIDED.format(stratum) for stratum, both in zip(self.strata, self.informative, strict=True) if not both
        )

    def used(self) -> FourCounts:
        """Return the counts of the informative strata: events and subjects, treated and reference."""
        rows = self.informative
        return self.count1[rows], self.n1[rows], self.count0[rows], self.n0[rows]

    def cells(self) -> NDArray[np.float64]:
        """Two-by-two tables of the informative strata: groups 1 and 0 by event and no event by stratum."""
        y1, n1, y0, n0 = self.used()
        return np.array([[y1, n1 - y1], [y0, n0 - y0]])


def check_groups(labels: NDArray[Any]) -> None:
    """Refuse fewer than two groups."""
    count = len(np.unique(labels))
    if count < 2:
        raise fault("group", f"{count} group(s)", "two groups or more")


def index_strata(strata: ArrayLike | None, *, rows: NDArray[Any] | None, name: str = "event") -> Strata:
    """Return the number of every row's stratum, from 0, and the names of the strata; ``rows`` is called ``name``."""
    if strata is None:
        return np.zeros(0 if rows is None else len(rows), dtype=np.intp), None
    labels = as_labels(strata, "strata")
    check_same_length(**{name: rows, "strata": labels})
    levels, index = np.unique(labels, return_inverse=True)
    return index, tuple(levels.tolist())


def one_sided_strata(strata: Strata, group: NDArray[Any]) -> tuple[str, ...]:
    """Name the strata that have rows of one group only and so contribute nothing to a comparison within strata."""
    index, names = strata
    if names is None:
        return ()
    _, groups = np.unique(group, return_inverse=True)
    pairs = np.unique(index * (groups.max(initial=0) + 1) + groups) // (groups.max(initial=0) + 1)
    alone = np.bincount(pairs, minlength=len(names)) == 1
    return tuple(ONE_SIDED.format(stratum) for stratum, only in zip(names, alone.tolist(), strict=True) if only)


def describe_strata(names: tuple[Any, ...] | None) -> str:
    """Say in words whether and how an analysis is stratified."""
    if names is None:
        return "without stratification"
    return f"stratified ({len(names)} {'stratum' if len(names) == 1 else 'strata'})"


def count_strata(
    event: ArrayLike, arm: ArrayLike, strata: ArrayLike | None, reference: object | None
) -> StratifiedCounts:
    """Count subjects and events by stratum and group."""
    with Checks() as check:
        happened, treated = check(as_binary, event, "event"), check(as_treated, arm, reference)
        check(check_same_length, event=happened, arm=treated)
        where = check(index_strata, strata, rows=happened)
    index, names = where
    size = 1 if names is None else len(names)
    cells = np.bincount(index * 4 + treated * 2 + happened, minlength=4 * size).reshape(size, 2, 2).astype(float)
    return StratifiedCounts(
        count1=cells[:, 1, 1], n1=cells[:, 1].sum(1), count0=cells[:, 0, 1], n0=cells[:, 0].sum(1), strata=names
    )
