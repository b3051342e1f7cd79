"""Sums over patterns of Kronecker products and traces, and factors of stacks of matrices."""

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.structures import Array

CHUNK = 4_000_000
"""Elements of the largest intermediate array of one step over the patterns."""


def safe_cholesky(matrices: Array, least_pivot: float = 1e-8) -> tuple[Array, NDArray[np.bool_]]:
    """Cholesky factors of a stack; where a matrix has none, the identity, and false in the second answer."""
    lower: Array
    try:
        lower = np.asarray(np.linalg.cholesky(matrices), dtype=np.float64)
        least, most = (f(np.einsum("bii->bi", lower), axis=1) for f in (np.min, np.max))
        ok: NDArray[np.bool_] = np.asarray(np.isfinite(most) & (least > least_pivot * most))
    except np.linalg.LinAlgError:
        lower, ok = _one_by_one(matrices, least_pivot)
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


def pair_traces(k: Array, inner: Array) -> Array:
    """Return the matrix M with vec(E)' M vec(F) = Σ_g tr(E K F inner), vec over rows."""
    sets, patterns, visits, _ = k.shape
    flat = k.reshape(sets, patterns, -1).swapaxes(1, 2) @ inner.reshape(sets, patterns, -1)  # (b, c), (d, a)
    whole = flat.reshape(sets, visits, visits, visits, visits).transpose(0, 4, 1, 2, 3)
    return np.asarray(whole.reshape(sets, visits * visits, visits * visits))


def whitened_slopes(zz: Array, k: Array, first: Array, white: Array) -> Array:
    """Return root · (Σ X'K dΣ K X) · root' per parameter."""
    sets, patterns, visits, _ = k.shape
    features, count = zz.shape[-1], first.shape[1]
    beside = first.transpose(0, 2, 1, 3).reshape(sets, 1, visits, count * visits)
    step = max(1, CHUNK // (sets * count * visits * visits))
    total = np.zeros((sets, visits * count * visits, features * features))
    for low in range(0, patterns, step):
        part = k[:, low : low + step]
        middle = (part @ beside).reshape(sets, part.shape[1], visits * count, visits) @ part
        flat = zz[:, low : low + step].reshape(sets, part.shape[1], -1)
        total += middle.reshape(sets, part.shape[1], -1).swapaxes(1, 2) @ flat
    whole = total.reshape(sets, visits, count, visits, features, features).transpose(0, 2, 1, 4, 3, 5)
    whole = whole.reshape(sets, count * visits * features, visits * features) @ white
    whole = whole.reshape(sets, count, visits * features, -1)
    return np.asarray(np.swapaxes(white, 1, 2)[:, None] @ whole)


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
