"""Sufficient statistics and start values of many data sets, in NumPy."""

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.likelihood import Stats, evaluate, pack_stats
from myotrial.statistics.mmrm.structures import Array, pack


def collect_batch(y: Array, z: Array) -> Stats:
    """Sum the cross products of every data set by pattern of observed visits."""
    sets, n, visits = y.shape
    q = z.shape[2]
    seen = ~np.isnan(y)
    codes = (
        seen @ (1 << np.arange(visits, dtype=np.int64)) + (np.arange(sets, dtype=np.int64)[:, None] << visits)
    ).ravel()
    joined = np.concatenate([np.broadcast_to(z, (sets, n, q)), np.where(seen, y, 0.0)], axis=2).reshape(sets * n, -1)
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    keys = ordered[first]
    rows, columns = np.tril_indices(q + visits)
    moments = np.add.reduceat((joined[:, rows] * joined[:, columns])[order], first, axis=0)
    counts = np.diff(np.r_[first, len(codes)])
    mask = (keys[:, None] >> np.arange(visits)) & 1
    data_set = keys >> visits
    slot = np.arange(len(keys)) - np.searchsorted(data_set, data_set)
    size = int(slot.max()) + 1
    whole = np.zeros((sets, size, q + visits, q + visits))
    whole[data_set[:, None], slot[:, None], rows, columns] = moments
    whole[data_set[:, None], slot[:, None], columns, rows] = moments
    n_of, mask_of = np.zeros((sets, size)), np.zeros((sets, size, visits))
    empty = mask.sum(axis=1) == 0
    n_of[data_set, slot] = np.where(empty, 0, counts)
    mask_of[data_set, slot] = mask
    return pack_stats(n_of, mask_of, whole)


def start_batch(stats: Stats, columns: Array | None) -> tuple[Array, NDArray[np.bool_]]:
    """Return start values from least-squares residuals, and which data sets can be fitted at all."""
    sets, _, visits = stats.mask.shape
    eye = np.broadcast_to(np.eye(visits), (sets, visits, visits))
    state = evaluate([stats], [eye], columns, reml=False)
    both = stats.mask[..., :, None] * stats.mask[..., None, :]
    counts = np.einsum("bg,bgst->bst", stats.n, both)
    squares = np.einsum("bgtt,bgtt->bt", stats.yy, both)
    return start_from(state.ok, counts, (state.crosses[0] * both).sum(axis=1), squares)


def start_from(ok: NDArray[np.bool_], counts: Array, crosses: Array, squares: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return start values from sums over the subjects seen at a pair of visits.

    ``counts`` and ``crosses`` (of least-squares residuals) are data sets × visits × visits, ``squares`` (of the
    responses) data sets × visits; ``ok`` says whether there are residuals at all.
    """
    visits = counts.shape[1]
    moments = crosses / np.maximum(counts, 1)
    size = squares / np.maximum(np.einsum("btt->bt", counts), 1)
    spread = np.einsum("btt->bt", moments)
    usable = ok & (counts > 0).all(axis=(1, 2)) & (spread > 1e-12 * size).all(axis=1)
    moments = np.where(usable[:, None, None], moments, np.eye(visits))
    sds = np.sqrt(np.einsum("btt->bt", moments))
    outer = sds[:, :, None] * sds[:, None, :]
    correlation = moments / outer
    values, vectors = np.linalg.eigh(correlation)
    poor = values[:, 0] < 0.05
    lifted = (vectors * np.maximum(values, 0.05)[:, None, :]) @ vectors.swapaxes(1, 2)
    return pack(np.where(poor[:, None, None], lifted, correlation) * outer), usable
