# mypy: disable-error-code="untyped-decorator, no-untyped-call"
"""Factors, inverses and products of small matrices, compiled by Numba.

Every function has one signature and writes where it is told to: that keeps the compiler's work small.
"""

from typing import Any

import numba
import numpy as np

_njit: Any = numba.njit
V, M, T3, TABLE = "f8[::1]", "f8[:,::1]", "f8[:,:,::1]", "i8[:,::1]"
FAST = {"reassoc", "contract", "nsz"}
"""Sums may change their order and multiply and add at once; what is no number, or infinite, keeps its meaning."""


def jit(signature: str) -> Any:
    """Compile a function for one signature, and keep it for the next process."""
    return _njit(
        signature, cache=True, error_model="numpy", fastmath=FAST, no_cpython_wrapper=True, no_cfunc_wrapper=True
    )


lazy: Any = _njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST, no_cfunc_wrapper=True)
"""Compile a function for the arguments of its first call."""


@jit(f"void({M},{M},{M})")
def dot(a, b, out):  # type: ignore[no-untyped-def]
    """Multiply two matrices."""
    np.dot(a, b, out)


@jit(f"b1({M},{M},f8)")
def cholesky(a, lower, least_pivot):  # type: ignore[no-untyped-def]
    """Factor a symmetric matrix; say whether its pivots are large enough."""
    least, most = np.inf, 0.0
    for i in range(a.shape[0]):
        for j in range(i + 1):
            value = a[i, j]
            for m in range(j):
                value -= lower[i, m] * lower[j, m]
            if i == j:
                if not value > 0:
                    return False
                lower[i, i] = np.sqrt(value)
                least, most = min(least, lower[i, i]), max(most, lower[i, i])
            else:
                lower[i, j] = value / lower[j, j]
                lower[j, i] = 0.0
    return least > least_pivot * most and most < np.inf


@jit(f"void({M},{M})")
def invert_lower(lower, inverse):  # type: ignore[no-untyped-def]
    """Invert a lower triangular matrix, row by row."""
    for i in range(lower.shape[0]):
        for j in range(lower.shape[0]):
            inverse[i, j] = 0.0
        for m in range(i):
            weight = lower[i, m]
            for j in range(m + 1):
                inverse[i, j] -= weight * inverse[m, j]
        for j in range(i):
            inverse[i, j] /= lower[i, i]
        inverse[i, i] = 1 / lower[i, i]


@jit(f"void({M},{M})")
def square_of(root, out):  # type: ignore[no-untyped-def]
    """Return root' root of a lower triangular matrix."""
    out[:] = 0.0
    for m in range(root.shape[0]):
        for i in range(m + 1):
            weight = root[m, i]
            for j in range(m + 1):
                out[i, j] += weight * root[m, j]


@jit(f"f8({M},{V},{M})")
def invert_pattern(sigma, mask, work):  # type: ignore[no-untyped-def]
    """Sweep the observed part of Σ into its inverse; return the log determinant."""
    visits = len(mask)
    for s in range(visits):
        for t in range(visits):
            work[s, t] = -sigma[s, t] * mask[s] * mask[t]
    logdet = 0.0
    for t in range(visits):
        if mask[t] == 0:
            continue
        pivot = -work[t, t]
        logdet += np.log(pivot)
        for i in range(visits):
            if i != t and work[i, t] != 0:
                c = work[i, t] / pivot
                for j in range(visits):
                    work[i, j] += c * work[t, j]
        for j in range(visits):
            work[t, j] /= pivot
            work[j, t] = work[t, j]
        work[t, t] = 1 / pivot
    return logdet


@jit(f"void({M},{TABLE},{M})")
def fold(pairs, table, out):  # type: ignore[no-untyped-def]
    """Set Σ tr(E_h K E_m N), m up to h, from sums of products of the elements of K and N in lower triangles.

    E_h is one at an element of the lower triangle and at its mirror image.
    """
    h = 0
    for i in range(table.shape[0]):
        for j in range(i + 1):
            m = 0
            for u in range(i + 1):
                for v in range(u + 1):
                    if m > h:
                        break
                    value = pairs[table[j, u], table[v, i]]
                    if i != j:
                        value += pairs[table[i, u], table[v, j]]
                    if u != v:
                        value += pairs[table[j, v], table[u, i]]
                        if i != j:
                            value += pairs[table[i, v], table[u, j]]
                    out[h, m] = value
                    m += 1
            h += 1
