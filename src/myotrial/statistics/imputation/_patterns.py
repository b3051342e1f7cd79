"""Subjects by what is missing, and the normal distribution of what is missing given what is not."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Rows that miss the same visits, and which visits are seen and missed."""

    rows: NDArray[np.intp]
    seen: NDArray[np.intp]
    missed: NDArray[np.intp]


def find_patterns(missing: NDArray[np.bool_]) -> list[Pattern]:
    """Return the patterns in which something is missing."""
    kinds, which = np.unique(missing, axis=0, return_inverse=True)
    which = which.ravel()
    return [
        Pattern(np.flatnonzero(which == at), np.flatnonzero(~kind), np.flatnonzero(kind))
        for at, kind in enumerate(kinds)
        if kind.any()
    ]


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
