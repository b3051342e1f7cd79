"""Subjects by what is missing, and the normal distribution of what is missing given what is not."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Rows that miss the same visits and turn at the same one, and which visits are seen and missed.

    ``turn`` is the first visit that a strategy rules.
    """

    rows: NDArray[np.intp]
    seen: NDArray[np.intp]
    missed: NDArray[np.intp]
    turn: int


def find_patterns(missing: NDArray[np.bool_], turn: NDArray[np.intp] | None = None) -> list[Pattern]:
    """Return the patterns in which something is missing; without ``turn`` the visit after the last one seen."""
    turns = turn_after_last_seen(missing) if turn is None else turn
    kinds, which = np.unique(np.column_stack([missing, turns]), axis=0, return_inverse=True)
    which = which.ravel()
    return [
        Pattern(np.flatnonzero(which == at), np.flatnonzero(kind[:-1] == 0), np.flatnonzero(kind[:-1]), int(kind[-1]))
        for at, kind in enumerate(kinds)
        if kind[:-1].any()
    ]


def turn_after_last_seen(missing: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return for each row the visit after the last one seen; 0 where none was."""
    visits = missing.shape[1]
    last = visits - np.argmax(~missing[:, ::-1], axis=1)
    return np.where(missing.all(axis=1), 0, last).astype(np.intp)


def conditionals(patterns: list[Pattern], sigma: Floats) -> Iterator[tuple[Pattern, Floats, Floats]]:
    """Give, for each pattern, the regression of what is missed on what is seen and the covariance left over.

    ``sigma`` has shape (m, T, T), one for each imputation; slopes have shape (m, seen, missed).
    """
    for pattern in patterns:
        cross = sigma[:, pattern.seen][:, :, pattern.missed]
        own = sigma[:, pattern.missed][:, :, pattern.missed]
        if not len(pattern.seen):
            yield pattern, cross, own
            continue
        slopes = np.asarray(np.linalg.solve(sigma[:, pattern.seen][:, :, pattern.seen], cross), dtype=np.float64)
        yield pattern, slopes, own - np.swapaxes(cross, 1, 2) @ slopes


def fill(
    values: Floats, means: Floats, sigma: Floats, patterns: list[Pattern], rng: np.random.Generator | None
) -> None:
    """Write into ``values`` (m, n, T) what is missed: a draw given what is seen, or without ``rng`` its mean."""
    for pattern, slopes, left_over in conditionals(patterns, sigma):
        rows, seen, missed = pattern.rows, pattern.seen, pattern.missed
        residual = values[:, rows][:, :, seen] - means[:, rows][:, :, seen]
        drawn = means[:, rows][:, :, missed] + residual @ slopes
        if rng is not None:
            root = np.linalg.cholesky(left_over)
            drawn += rng.standard_normal(drawn.shape) @ np.swapaxes(root, 1, 2)
        values[:, rows[:, None], missed[None, :]] = drawn
