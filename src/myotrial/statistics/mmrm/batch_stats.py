"""Sufficient statistics and start values of many data sets, in NumPy."""

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.likelihood import Stats, evaluate, pack_stats
from myotrial.statistics.mmrm.places import triangle
from myotrial.statistics.mmrm.structures import Array, pack


def collect_batch(y: Array, z: Array) -> Stats:
    """Sum the cross products of every data set by pattern of observed visits."""
    sets, n, visits = y.shape
    q = z.shape[2]
    seen = ~np.isnan(y)
    codes = seen @ (1 << np.arange(visits, dtype=np.int64)) + (np.arange(sets, dtype=np.int64)[:, None] << visits)
    keys, place = np.unique(codes.ravel(), return_inverse=True)
    data_set = keys >> visits
    slot = np.arange(len(keys)) - np.searchsorted(data_set, data_set)
    mask = (keys[:, None] >> np.arange(visits)) & 1
    slot_of, size = np.where(mask.any(axis=1), slot, -1), int(slot.max()) + 1  # nobody is counted without a value
    member = (slot_of[place].reshape(sets, 1, n) == np.arange(size)[:, None]).astype(np.float64)
    mask_of = np.zeros((sets, size, visits))
    mask_of[data_set, slot] = mask
    joined = np.concatenate([np.broadcast_to(z, (sets, n, q)), np.where(seen, y, 0.0)], axis=2)
    pairs = triangle(q + visits)
    moments = member @ (np.take(joined, pairs.rows, axis=2) * np.take(joined, pairs.columns, axis=2))
    return pack_stats(member.sum(axis=2), mask_of, np.take(moments, pairs.whole, axis=2))


def start_batch(stats: Stats, columns: Array | None) -> tuple[Array, NDArray[np.bool_]]:
    """Return start values from least-squares residuals, and which data sets can be fitted at all."""
    sets, _, visits = stats.mask.shape
    eye = np.broadcast_to(np.eye(visits), (sets, visits, visits))
    state = evaluate([stats], [eye], columns, reml=False)
    counts = np.swapaxes(stats.mask * stats.n[..., None], 1, 2) @ stats.mask
    squares = np.einsum("bgtt->bt", stats.yy)  # zero where nothing was seen
    return start_from(state.ok, counts, (state.crosses[0] * stats.both).sum(axis=1), squares)


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
