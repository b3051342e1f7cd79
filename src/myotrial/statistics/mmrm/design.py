"""The design by subject: features that do not change with time, and what every visit makes of them.

A row of the design is z'C_t, with the features z of the subject and one matrix per visit. Most columns of a trial's
model are a covariate, alone or at one visit, so that a handful of features is enough; a covariate that changes with
time, and weights, become one feature per visit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.likelihood import Stats, pack_stats
from myotrial.statistics.mmrm.places import triangle
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
    dense = np.zeros((n, visits, design.shape[1]))
    dense[subject, visit] = design
    present = np.asarray(dense.any(axis=0))  # visits × coefficients
    there = np.asarray(seen[:, :, None] & present)
    first = there.argmax(axis=1)  # the first visit seen among those of the coefficient
    value = np.take_along_axis(dense, first[:, None], axis=1)[:, 0]
    alone = np.asarray(((dense != value[:, None]) & there).any(axis=(0, 1)))
    whole, (times, ones) = np.flatnonzero(~alone), np.nonzero(present & alone)
    candidates = np.concatenate([value[:, whole], dense[:, times, ones]], axis=1)
    defined = np.concatenate([np.asarray(there.any(axis=1))[:, whole], seen[:, times]], axis=1)
    values, feature = _merge(
        candidates, defined, np.concatenate([there.sum(axis=(0, 1))[whole], seen[:, times].sum(0)])
    )
    mapping = np.zeros((visits, values.shape[1], design.shape[1]))
    at, own = np.nonzero(present[:, whole])
    mapping[at, feature[own], whole[own]] = 1
    mapping[times, feature[len(whole) :], ones] = 1
    return Features(values, mapping)


def _merge(candidates: Array, defined: NDArray[np.bool_], rows: NDArray[np.intp]) -> tuple[Array, NDArray[np.intp]]:
    """Join columns that agree wherever both are defined; return the joined ones, and which each column became."""
    left = np.argsort(-rows, kind="stable")
    feature = np.zeros(len(left), dtype=np.intp)
    values: list[Array] = []
    while len(left):
        value, known = candidates[:, left[0]], defined[:, left[0]]
        agree = ~((candidates[:, left] != value[:, None]) & defined[:, left] & known[:, None]).any(axis=0)
        own = defined[:, left[agree]]
        value = candidates[:, left[agree]][np.arange(len(value)), own.argmax(axis=1)]  # the first that is defined
        agree[agree] = ~((candidates[:, left[agree]] != value[:, None]) & own).any(axis=0)
        feature[left[agree]] = len(values)
        values.append(np.where(defined[:, left[agree]].any(axis=1), value, 0.0))
        left = left[~agree]
    return np.stack(values, axis=1), feature


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
    ordered = np.hstack([features[members], response[members]])[np.argsort(inverse, kind="stable")]
    counts = np.bincount(inverse, minlength=len(patterns))
    pairs = triangle(ordered.shape[1])
    moments = np.add.reduceat(ordered[:, pairs.rows] * ordered[:, pairs.columns], np.cumsum(counts) - counts, axis=0)
    whole = moments[None][..., pairs.whole]
    return pack_stats(counts[None].astype(np.float64), patterns[None].astype(np.float64), whole)


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
