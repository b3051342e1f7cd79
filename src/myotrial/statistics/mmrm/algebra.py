"""Sums over patterns of Kronecker products and traces, and factors of stacks of matrices."""

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.places import gather_slopes
from myotrial.statistics.mmrm.structures import Array

CHUNK = 200_000
"""Elements of an intermediate array that stays in the processor's cache."""


def safe_cholesky(matrices: Array, least_pivot: float = 1e-8) -> tuple[Array, NDArray[np.bool_]]:
    """Cholesky factors of a stack; where a matrix has none, the identity, and false in the second answer."""
    lower: Array
    try:
        lower = np.asarray(np.linalg.cholesky(matrices), dtype=np.float64)
    except np.linalg.LinAlgError:
        lower, ok = _one_by_one(matrices, least_pivot)
    else:
        pivots = np.diagonal(lower, axis1=1, axis2=2)
        ok = np.asarray(pivots.min(axis=1) > least_pivot * pivots.max(axis=1))  # false where one is no number
    if not ok.all():
        lower = np.where(ok[:, None, None], lower, np.eye(matrices.shape[-1]))
    return lower, ok


def _one_by_one(matrices: Array, least_pivot: float) -> tuple[Array, NDArray[np.bool_]]:
    """Factor a stack in which at least one matrix has no Cholesky factor."""
    lower, ok = np.empty_like(matrices), np.zeros(len(matrices), dtype=bool)
    for row, matrix in enumerate(matrices):
        try:
            lower[row] = np.linalg.cholesky(matrix)
        except np.linalg.LinAlgError:
            continue
        pivots = np.diag(lower[row])
        ok[row] = np.isfinite(pivots).all() and pivots.min() > least_pivot * pivots.max()
    return lower, ok


def kron_sum(left: Array, right: Array) -> Array:
    """Return Σ_g left_g ⊗ right_g for stacks of patterns."""
    sets, patterns, visits, _ = left.shape
    features = right.shape[-1]
    flat = left.reshape(sets, patterns, -1).swapaxes(1, 2) @ right.reshape(sets, patterns, -1)
    whole = flat.reshape(sets, visits, visits, features, features).transpose(0, 1, 3, 2, 4)
    return np.asarray(whole.reshape(sets, visits * features, visits * features))


def spread_of_means(zz: Array, white: Array, visits: int) -> Array:
    """Return Σ X Φ X' per pattern."""
    sets, patterns, features, _ = zz.shape
    phi = (white @ np.swapaxes(white, 1, 2)).reshape(sets, visits, features, visits, features)
    flat = phi.transpose(0, 1, 3, 2, 4).reshape(sets, visits * visits, -1)
    return np.asarray((zz.reshape(sets, patterns, -1) @ flat.swapaxes(1, 2)).reshape(sets, patterns, visits, visits))


def whitened_slopes(roots: Array, k: Array, white: Array) -> Array:
    """Return root · (Σ X'K E_h K X) · root' per element h of the lower triangle of Σ, as ``gather_slopes`` lays it out.

    With the roots of Σ z z' as subjects of a pattern, K X root' of all of them is one matrix, and its square holds the
    answer for every pair of visits. A few data sets at a time stay in the cache.
    """
    sets, patterns, visits, _ = k.shape
    features, p = roots.shape[-1], white.shape[-1]
    slopes = np.empty((sets, visits * (visits + 1) // 2, p * (p + 1) // 2))
    step = max(1, CHUNK // (visits * p) ** 2)
    for low in range(0, sets, step):
        part = slice(low, low + step)
        count = len(k[part])
        wide = np.ascontiguousarray(white[part].reshape(count, visits, features, p).swapaxes(1, 2))
        moved = k[part].reshape(count, 1, -1, visits) @ wide  # (feature), (pattern, visit), coefficient
        moved = moved.reshape(count, features, patterns, -1).swapaxes(1, 2)
        tall = (roots[part] @ moved).reshape(count, patterns * features, -1)
        square = np.swapaxes(tall, 1, 2) @ tall
        slopes[part] = gather_slopes(square.reshape(count, -1), visits, p)
    return slopes


def block_diagonal(blocks: list[Array]) -> Array:
    """Put stacks of square matrices on one diagonal."""
    if len(blocks) == 1:
        return blocks[0]
    size = sum(block.shape[-1] for block in blocks)
    whole, at = np.zeros((len(blocks[0]), size, size)), 0
    for block in blocks:
        end = at + block.shape[-1]
        whole[:, at:end, at:end] = block
        at = end
    return whole
