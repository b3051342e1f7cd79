"""Covariance structures of the visits: the matrix, its first and second derivatives, and where to start.

A structure is known by R mmrm's name. Every one but ``us`` is a product of standard deviations and a correlation
that is a monomial in a few parameters, ``corr[s, t] = Π ρ_k ** power[s, t, k]``; one piece of code serves all.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Covariance = Literal["us", "toep", "toeph", "ar1", "ar1h", "cs", "csh", "ad", "adh"]
COVARIANCES: tuple[Covariance, ...] = get_args(Covariance)
Array = NDArray[np.float64]

NAMES: dict[Covariance, str] = {
    "us": "unstructured",
    "toep": "Toeplitz",
    "toeph": "heterogeneous Toeplitz",
    "ar1": "first-order autoregressive",
    "ar1h": "heterogeneous first-order autoregressive",
    "cs": "compound symmetry",
    "csh": "heterogeneous compound symmetry",
    "ad": "ante-dependence",
    "adh": "heterogeneous ante-dependence",
}


@dataclass(frozen=True, eq=False)
class Point:
    """A covariance matrix with its derivatives by the parameters.

    Attributes
    ----------
    sigma
        The matrix, visits × visits.
    first
        Derivatives, parameters × visits × visits.
    second
        Second derivatives, parameters × parameters × visits × visits; ``None`` where all are zero.
    """

    sigma: Array
    first: Array
    second: Array | None


@dataclass(frozen=True, eq=False)
class Structure:
    """One covariance structure for a number of visits.

    Attributes
    ----------
    name
        R mmrm's name of the structure.
    visits
        Number of visits.
    powers
        Powers of the correlation parameters, visits × visits × correlations; empty for ``us``.
    heterogeneous
        Whether every visit has a standard deviation of its own.
    """

    name: Covariance
    visits: int
    powers: NDArray[np.int64]
    heterogeneous: bool

    @property
    def parameters(self) -> int:
        """Number of covariance parameters."""
        if self.name == "us":
            return self.visits * (self.visits + 1) // 2
        return (self.visits if self.heterogeneous else 1) + int(self.powers.shape[2])

    def at(self, theta: Array, *, second: bool = False) -> Point:
        """Return the matrix and its derivatives where the optimiser stands.

        ``us`` is parametrised by the elements of the lower triangle, so that second derivatives vanish; the others
        by the logarithms of the standard deviations and by correlations mapped to the real line.
        """
        if self.name == "us":
            basis = symmetric_basis(self.visits)
            return Point(unpack(theta, self.visits), basis, None)
        return self._monomial(theta, second=second)

    def sigma(self, theta: Array) -> Array:
        """Return the covariance matrix alone."""
        if self.name == "us":
            return unpack(theta, self.visits)
        spread = np.exp(self._sds(theta))
        return np.asarray(self._correlation(self._rho(theta)[0]) * np.outer(spread, spread))

    def start(self, moments: Array) -> Array:
        """Return parameters near a matrix of variances and covariances (any symmetric one with a positive diagonal)."""
        if self.name == "us":
            return pack(nearest_positive(moments))
        sds = np.sqrt(np.diag(moments))
        correlation = moments / np.outer(sds, sds)
        if not self.heterogeneous:
            sds = np.array([np.sqrt(np.mean(sds**2))])
        lags = [np.clip(np.mean(np.diagonal(correlation, lag)), -0.9, 0.9) for lag in range(1, self.visits)]
        chosen = {"cs": [float(np.mean(lags))] if lags else [], "ar": lags[:1], "to": lags}
        rho = np.clip(np.diagonal(correlation, 1), -0.9, 0.9) if self.name in {"ad", "adh"} else chosen[self.name[:2]]
        rho = np.asarray(rho, dtype=np.float64)[: self.powers.shape[2]]
        if self.name in {"cs", "csh"}:
            floor = -1 / (self.visits - 1) if self.visits > 1 else 0.0
            rho = np.clip(rho, 0.9 * floor, 0.9)
        while np.linalg.eigvalsh(self._correlation(rho))[0] < 0.02:
            rho = rho * 0.9
        return np.concatenate([np.log(sds), self._unbounded(rho)])

    def curvature(self, theta: Array) -> tuple[Array, Array | None]:
        """Return the derivatives in the parameters of R mmrm, whose second derivatives enter its Kenward-Roger.

        Returns
        -------
        jacobian
            Derivative of this structure's parameters by those of R mmrm; parameters × parameters.
        second
            Second derivatives of the matrix by the parameters of R mmrm.
        """
        if self.name != "us":
            return np.eye(len(theta)), self._monomial(theta, second=True).second
        first, second = cholesky_derivatives(self.sigma(theta))
        rows, columns = np.tril_indices(self.visits)
        return first[:, rows, columns].T, second

    def _sds(self, theta: Array) -> Array:
        """Logarithm of every visit's standard deviation."""
        return theta[: self.visits] if self.heterogeneous else np.full(self.visits, theta[0])

    def _rho(self, theta: Array) -> tuple[Array, Array, Array]:
        """Correlation parameters with their first and second derivatives by the unbounded ones."""
        free = theta[self.visits if self.heterogeneous else 1 :]
        if self.name in {"cs", "csh"} and self.visits > 1:
            floor = 1 / (self.visits - 1)
            p = 1 / (1 + np.exp(-free))
            slope = p * (1 - p) * (1 + floor)
            return p * (1 + floor) - floor, slope, slope * (1 - 2 * p)
        norm = 1 + free**2
        return free / np.sqrt(norm), norm**-1.5, -3 * free * norm**-2.5

    def _unbounded(self, rho: Array) -> Array:
        if self.name in {"cs", "csh"} and self.visits > 1:
            floor = 1 / (self.visits - 1)
            p = (rho + floor) / (1 + floor)
            return np.asarray(np.log(p / (1 - p)))
        return np.asarray(rho / np.sqrt(1 - rho**2))

    def _correlation(self, rho: Array) -> Array:
        return np.asarray(np.prod(rho**self.powers, axis=2))

    def _monomial(self, theta: Array, *, second: bool) -> Point:
        """Return the matrix and its derivatives for standard deviations times a monomial correlation."""
        rho, slope, bend = self._rho(theta)
        sds = np.exp(self._sds(theta))
        outer = np.outer(sds, sds)
        own = np.eye(self.visits) if self.heterogeneous else np.ones((1, self.visits))
        counts = own[:, :, None] + own[:, None, :]  # how often each log sd enters an element
        correlation = self._correlation(rho)
        slopes = np.stack([self._by_rho(rho, k) for k in range(len(rho))]) if len(rho) else np.empty((0, *outer.shape))
        first = np.concatenate([counts * (correlation * outer), slopes * slope[:, None, None] * outer])
        if not second:
            return Point(correlation * outer, first, None)
        k, m = len(own), len(rho)
        both = np.zeros((k + m, k + m, *outer.shape))
        both[:k, :k] = counts[:, None] * counts[None] * (correlation * outer)
        both[:k, k:] = counts[:, None] * first[None, k:]
        both[k:, :k] = np.swapaxes(both[:k, k:], 0, 1)
        for i in range(m):
            for j in range(m):
                both[k + i, k + j] = self._by_rho(rho, i, j) * slope[i] * slope[j] * outer
            both[k + i, k + i] += slopes[i] * bend[i] * outer
        return Point(correlation * outer, first, both)

    def _by_rho(self, rho: Array, *which: int) -> Array:
        """Return the derivative of the correlation by one or two of its parameters."""
        factor = np.ones(self.powers.shape[:2])
        left = self.powers.copy()
        for k in which:
            factor = factor * left[:, :, k]
            left[:, :, k] = np.maximum(left[:, :, k] - 1, 0)
        return np.asarray(factor * np.prod(rho**left, axis=2))


@lru_cache(maxsize=64)
def get_structure(name: Covariance, visits: int) -> Structure:
    """Return the structure ``name`` for a number of visits.

    Examples
    --------
    >>> get_structure("ar1h", 4).parameters
    5
    """
    row, column = np.indices((visits, visits))
    lag = np.abs(row - column)
    steps = np.arange(1, visits)
    kinds = {
        "cs": (lag > 0)[:, :, None],
        "ar": lag[:, :, None],
        "to": lag[:, :, None] == steps,
        "ad": (np.minimum(row, column)[:, :, None] < steps) & (steps <= np.maximum(row, column)[:, :, None]),
    }
    powers = kinds.get(name[:2], np.empty((visits, visits, 0)))
    if visits == 1:
        powers = np.empty((1, 1, 0))
    return Structure(name, visits, powers.astype(np.int64), name.endswith("h"))


@lru_cache(maxsize=32)
def symmetric_basis(visits: int) -> Array:
    """Return the derivatives of a symmetric matrix by the elements of its lower triangle, row by row."""
    rows, columns = np.tril_indices(visits)
    basis = np.zeros((len(rows), visits, visits))
    basis[np.arange(len(rows)), rows, columns] = 1
    basis[np.arange(len(rows)), columns, rows] = 1
    basis.setflags(write=False)
    return basis


def pack(matrix: Array) -> Array:
    """Lower triangle of a matrix, row by row."""
    rows, columns = np.tril_indices(matrix.shape[-1])
    return np.asarray(matrix[..., rows, columns])


def unpack(theta: Array, visits: int) -> Array:
    """Symmetric matrix from its lower triangle, row by row."""
    return np.asarray(theta[..., _places(visits)])


@lru_cache(maxsize=32)
def _places(visits: int) -> NDArray[np.intp]:
    """Place of every element in the lower triangle."""
    row, column = np.indices((visits, visits))
    low, high = np.minimum(row, column), np.maximum(row, column)
    return np.asarray(high * (high + 1) // 2 + low)


def nearest_positive(moments: Array) -> Array:
    """Shrink the off-diagonal elements until the matrix is safely positive definite."""
    sds = np.sqrt(np.diag(moments))
    correlation = moments / np.outer(sds, sds)
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    if values[0] < 0.05:
        correlation = (vectors * np.maximum(values, 0.05)) @ vectors.T
    return np.asarray(correlation * np.outer(sds, sds))


def cholesky_derivatives(sigma: Array) -> tuple[Array, Array]:
    """First and second derivatives of Σ = LL' by R mmrm's parameters of an unstructured matrix.

    These are the logarithms of the diagonal of L, then the elements below it divided by their row's diagonal.
    """
    size = len(sigma)
    lower = np.linalg.cholesky(sigma)
    scale = np.diag(lower)
    rows, columns = np.tril_indices(size, -1)
    k = size + len(rows)
    first = np.zeros((k, size, size))
    second = np.zeros((k, k, size, size))
    for i in range(size):
        first[i, i] = lower[i]
        second[i, i, i] = lower[i]
    for place, (i, j) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True), start=size):
        first[place, i, j] = scale[i]
        second[place, i, i, j] = second[i, place, i, j] = scale[i]
    once = first @ lower.T
    twice = second @ lower.T + first[:, None] @ np.swapaxes(first, 1, 2)[None]
    return once + np.swapaxes(once, 1, 2), twice + np.swapaxes(twice, 2, 3)
