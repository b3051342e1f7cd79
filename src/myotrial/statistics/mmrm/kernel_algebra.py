# mypy: disable-error-code="untyped-decorator, no-untyped-call"
"""Factors and inverses of small matrices, compiled by Numba."""

from typing import Any

import numba
import numpy as np

jit: Any = numba.njit(cache=True, nogil=True, error_model="numpy")


@jit
def cholesky(a, lower, least_pivot):  # type: ignore[no-untyped-def]
    """Factor a symmetric matrix; say whether its pivots are large enough."""
    size = a.shape[0]
    least, most = np.inf, 0.0
    for i in range(size):
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
    return least > least_pivot * most and np.isfinite(most)


@jit
def invert_lower(lower):  # type: ignore[no-untyped-def]
    """Invert a lower triangular matrix."""
    size = lower.shape[0]
    inverse = np.zeros((size, size))
    for j in range(size):
        inverse[j, j] = 1 / lower[j, j]
        for i in range(j + 1, size):
            value = 0.0
            for m in range(j, i):
                value -= lower[i, m] * inverse[m, j]
            inverse[i, j] = value / lower[i, i]
    return inverse


@jit
def invert_pattern(sigma, mask, work):  # type: ignore[no-untyped-def]
    """Sweep the observed part of Σ into its inverse; return the log determinant."""
    visits = len(mask)
    for s in range(visits):
        for t in range(visits):
            work[s, t] = sigma[s, t] * mask[s] * mask[t]
    logdet = 0.0
    for t in range(visits):
        if mask[t] == 0:
            continue
        pivot = work[t, t]
        logdet += np.log(pivot)
        row = work[t] / pivot
        for i in range(visits):
            if i != t and mask[i] > 0:
                c = work[i, t]
                for j in range(visits):
                    work[i, j] -= c * row[j]
                work[i, t] = row[i]
        work[t] = row
        work[t, t] = -1 / pivot
    for s in range(visits):
        for t in range(visits):
            work[s, t] = -work[s, t]
    return logdet
