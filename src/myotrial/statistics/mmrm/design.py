"""The design by subject: features that do not change with time, and what every visit makes of them.

A row of the design is z'C_t, with the features z of the subject and one matrix per visit. Most columns of a trial's
model are a covariate, alone or at one visit, so that a handful of features is enough; a covariate that changes with
time, and weights, become one feature per visit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.likelihood import Stats
from myotrial.statistics.mmrm.structures import Array

ALIASED = 1e-7
"""Share of a column that must not be explained by the columns before it (R's tolerance)."""


@dataclass(frozen=True, eq=False)
class Features:
    """Features of the subjects (subjects × features) and C (visits × features × coefficients)."""

    values: Array
    map: Array


def independent_columns(design: Array) -> tuple[NDArray[np.intp], Array, Array]:
    """Keep the columns that the ones before do not determine; return them with Q and R of what is kept."""
    norms = np.linalg.norm(design, axis=0)
    kept = np.flatnonzero(norms > 0)
    while True:
        q, r = np.linalg.qr(design[:, kept])
        small = np.abs(np.diag(r)) <= ALIASED * norms[kept][: r.shape[0]]
        if r.shape[0] < len(kept):
            small = np.append(small, True)
        if not small.any():
            return kept, q, r
        kept = np.delete(kept, int(np.flatnonzero(small)[0]))


def find_features(design: Array, subject: NDArray[np.intp], visit: NDArray[np.intp], n: int, visits: int) -> Features:
    """Take the design apart into features and C."""
    seen = np.zeros((n, visits), dtype=bool)
    seen[subject, visit] = True
    values: list[Array] = []
    known: list[NDArray[np.bool_]] = []
    entries: list[tuple[int, int, int]] = []

    def place(value: Array, defined: NDArray[np.bool_]) -> int:
        for number, (other, there) in enumerate(zip(values, known, strict=True)):
            if not ((value != other) & defined & there).any():
                values[number] = np.where(defined & ~there, value, other)
                known[number] = there | defined
                return number
        values.append(np.where(defined, value, 0.0))
        known.append(defined)
        return len(values) - 1

    dense = np.zeros((n, visits))
    columns = []
    for c in range(design.shape[1]):
        dense[subject, visit] = design[:, c]
        at = np.asarray(dense.any(axis=0))
        rows = seen[:, at]
        part = dense[:, at]
        defined = np.asarray(rows.any(axis=1))
        value = part[np.arange(n), rows.argmax(axis=1)]  # at the first visit seen among those
        if ((part == value[:, None]) | ~rows).all():
            columns.append((int(rows.sum()), c, np.flatnonzero(at), value, defined))
        else:
            columns += [
                (int(seen[:, t].sum()), c, np.array([t]), dense[:, t].copy(), seen[:, t]) for t in np.flatnonzero(at)
            ]
    for _, c, times, known_at, there in sorted(columns, key=lambda item: -item[0]):
        feature = place(known_at, there)
        entries += [(int(t), feature, c) for t in times]
    mapping = np.zeros((visits, len(values), design.shape[1]))
    mapping[tuple(np.array(entries).T)] = 1
    return Features(np.stack(values, axis=1), mapping)


def orthonormal(features: Features) -> Features:
    """Return the same design with features of unit mean square that do not overlap."""
    q, r = np.linalg.qr(features.values)
    scale = np.sqrt(len(q))
    return Features(q * scale, np.einsum("fg,tgc->tfc", r / scale, features.map))


def collect_stats(features: Array, response: Array, seen: NDArray[np.bool_], members: NDArray[np.bool_]) -> Stats:
    """Sum the cross products of some subjects by pattern of observed visits; one data set.

    ``response`` is subjects × visits with zeros where ``seen`` is false; ``members`` picks the covariance group.
    """
    masks = seen[members]
    patterns, inverse = _unique_rows(masks)
    joined = np.hstack([features[members], response[members]])
    order = np.argsort(inverse, kind="stable")
    counts = np.bincount(inverse, minlength=len(patterns))
    ends = np.cumsum(counts)
    moments = np.stack([joined[order[end - count : end]].T @ joined[order[end - count : end]] for end, count in
                        zip(ends, counts, strict=True)])  # fmt: skip
    q = features.shape[1]
    return Stats(
        counts[None].astype(np.float64),
        patterns[None].astype(np.float64),
        moments[None, :, :q, :q],
        moments[None, :, :q, q:],
        moments[None, :, q:, q:],
    )


def _unique_rows(masks: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Distinct rows and which of them each row is."""
    if masks.shape[1] <= 62:
        codes = masks @ (1 << np.arange(masks.shape[1], dtype=np.int64))
        _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
        return masks[first], inverse.ravel()
    patterns, inverse = np.unique(masks, axis=0, return_inverse=True)
    return patterns, inverse.ravel()


def moments_of(residuals: Array, seen: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Mean cross products of residuals over the subjects seen at both visits, and how many those are."""
    both = seen.astype(np.float64)
    counts = both.T @ both
    return residuals.T @ residuals / np.maximum(counts, 1), counts
