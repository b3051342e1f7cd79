# ruff: noqa: C901, PLR0912 (loops are the point)
# mypy: disable-error-code="untyped-decorator, no-untyped-call"
"""Sufficient statistics and moments of residuals, compiled by Numba: the mirror of ``batch_stats``, in loops."""

import numpy as np

from myotrial.statistics.mmrm.kernel_algebra import lazy
from myotrial.statistics.mmrm.kernel_model import evaluate
from myotrial.statistics.mmrm.structures import Array


@lazy
def _find_patterns(y, slots, codes):  # type: ignore[no-untyped-def]
    """Give every subject the place of its pattern of observed visits; return the most patterns of a data set."""
    most = 1
    for b in range(y.shape[0]):
        count = 0
        for i in range(y.shape[1]):
            code = 0
            for t in range(y.shape[2]):
                if not np.isnan(y[b, i, t]):
                    code |= 1 << t
            slots[b, i] = -1
            if code == 0:
                continue
            g = 0
            while g < count and codes[b, g] != code:
                g += 1
            if g == count:
                codes[b, g] = code
                count += 1
            slots[b, i] = g
        most = max(most, count)
    return most


@lazy
def _sum_patterns(y, z, slots, codes, row, n, mask, zz, moments):  # type: ignore[no-untyped-def]
    """Sum the cross products of features and responses by pattern."""
    visits, q = y.shape[2], z.shape[2]
    for b in range(y.shape[0]):
        part = z[b if z.shape[0] > 1 else 0]
        for i in range(y.shape[1]):
            g = slots[b, i]
            if g < 0:
                continue
            n[b, g] += 1
            for a in range(q):
                row[a] = part[i, a]
            for t in range(visits):
                row[q + t] = 0.0 if np.isnan(y[b, i, t]) else y[b, i, t]
            for s in range(q + visits):
                for t in range(s + 1):
                    moments[b, g, s, t] += row[s] * row[t]
        for g in range(n.shape[1]):
            if n[b, g] > 0:
                for t in range(visits):
                    mask[b, g, t] = (codes[b, g] >> t) & 1
            for s in range(q + visits):
                for t in range(s):
                    moments[b, g, t, s] = moments[b, g, s, t]
            for s in range(q):
                for t in range(q):
                    zz[b, g, s, t] = moments[b, g, s, t]


def collect_compiled(y: Array, z: Array) -> tuple[Array, Array, Array, Array]:
    """Return counts, masks, cross products of the features and joint cross products, data sets × patterns first."""
    sets, subjects, visits = y.shape
    q = z.shape[2]
    slots, codes = np.empty((sets, subjects), dtype=np.int64), np.empty((sets, subjects), dtype=np.int64)
    most = _find_patterns(y, slots, codes)
    n, mask = np.zeros((sets, most)), np.zeros((sets, most, visits))
    zz, moments = np.zeros((sets, most, q, q)), np.zeros((sets, most, q + visits, q + visits))
    _sum_patterns(y, z, slots, codes, np.zeros(q + visits), n, mask, zz, moments)
    return n, mask, zz, moments


@lazy
def sum_residuals(n_of, mask_of, zz_of, moments_of, columns, plain, w, ok, counts, crosses, squares):  # type: ignore[no-untyped-def]
    """Set subjects, cross products of least-squares residuals and squares of responses per pair of visits."""
    visits, q = mask_of.shape[2], zz_of.shape[2]
    h = 0
    for s in range(visits):
        for t in range(s + 1):
            w.theta[h] = 1.0 if s == t else 0.0
            h += 1
    for b in range(n_of.shape[0]):
        count = n_of.shape[1]
        while count > 1 and n_of[b, count - 1] == 0:
            count -= 1
        n, mask, zz, moments = n_of[b, :count], mask_of[b, :count], zz_of[b, :count], moments_of[b, :count]
        value = evaluate(w.theta, w.sigma, n, mask, zz, moments, columns, w.k[:count], w.cross[:count], w.left[:count],
                         w.root, w.beta, w.full, w.tall, w.gram, w.right, w.means, False, plain)  # fmt: skip
        ok[b] = value < np.inf
        for g in range(count):
            for s in range(visits):
                if mask[g, s] == 0:
                    continue
                squares[b, s] += moments[g, q + s, q + s]
                for t in range(visits):
                    if mask[g, t] != 0:
                        counts[b, s, t] += n[g]
                        crosses[b, s, t] += w.cross[g, s, t] if ok[b] else 0.0
