"""The restricted and the full likelihood on sufficient statistics: value, score, information.

Subjects enter through their pattern of observed visits only. With features z of a subject (they do not change with
time) and its responses y, a pattern keeps the number of its subjects, Σ z z', Σ z y' and Σ y y'; the mean at visit t
is z'C_t β. All that follows costs what the patterns cost, whatever the number of subjects. Every array has a leading
axis of data sets, so that thousands of them are one call.

Notation: K is the inverse of a pattern's covariance, padded with zeros to all visits; Φ the covariance of β; D the
derivative of -2 log-likelihood by Σ (its score is -½ tr(D dΣ)).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.algebra import kron_sum, safe_cholesky
from myotrial.statistics.mmrm.structures import Array

FEW = 64
"""Matrices that LAPACK inverts sooner than the sweep operator does."""


@dataclass(frozen=True, eq=False)
class Stats:
    """Sufficient statistics of one covariance group.

    Attributes
    ----------
    n
        Subjects, data sets × patterns (0 for a pattern that a data set does not have).
    mask
        Observed visits as 0 and 1, data sets × patterns × visits.
    zz, yz
        Cross products of the features, and of responses and features; the last two axes are features × features and
        visits × features.
    joint
        Cross products of features and responses together, data sets × all × patterns × all.
    roots
        Matrices whose square is ``zz``: zz = roots' roots.
    """

    n: Array
    mask: Array
    zz: Array
    yz: Array
    joint: Array
    roots: Array

    def take(self, rows: NDArray[np.generic]) -> "Stats":
        """Return the statistics of some of the data sets."""
        return Stats(self.n[rows], self.mask[rows], self.zz[rows], self.yz[rows], self.joint[rows], self.roots[rows])

    @cached_property
    def both(self) -> Array:
        """Whether both visits of a pair were seen, as 0 and 1, data sets × patterns × visits × visits."""
        return self.mask[..., :, None] * self.mask[..., None, :]

    @cached_property
    def unseen(self) -> Array:
        """Diagonal matrices, 1 at a visit that was not seen; data sets × patterns × visits × visits."""
        return np.eye(self.mask.shape[-1]) * (1 - self.mask)[..., None]

    @property
    def yy(self) -> Array:
        """Cross products of the responses, data sets × patterns × visits × visits."""
        q = self.zz.shape[-1]
        return self.joint[:, q:, :, q:].swapaxes(1, 2)


def pack_stats(n: Array, mask: Array, moments: Array) -> Stats:
    """Lay out the joint cross products of features and responses, data sets × patterns × all × all."""
    q = moments.shape[-1] - mask.shape[-1]
    zz = np.ascontiguousarray(moments[..., :q, :q])
    scale = np.sqrt(np.maximum(np.diagonal(zz, axis1=2, axis2=3).max(axis=1), 1e-300))[:, None, None, :]
    values, vectors = np.linalg.eigh(zz / scale / scale.swapaxes(2, 3))
    roots = np.sqrt(np.maximum(values, 0.0))[..., None] * vectors.swapaxes(2, 3) * scale
    yz, joint = np.ascontiguousarray(moments[..., q:, :q]), np.ascontiguousarray(moments.swapaxes(1, 2))
    return Stats(n, mask, zz, yz, joint, roots)


@dataclass(frozen=True, eq=False)
class State:
    """The model at one set of covariance matrices: coefficients, their covariance, minus twice the log-likelihood.

    Attributes
    ----------
    minus2
        -2 log-likelihood without its constant, per data set; infinity where a matrix is not positive definite.
    beta
        Coefficients, data sets × p.
    root
        Lower triangular, data sets × p × p, with Φ = root' root.
    precisions
        K per group: data sets × patterns × visits × visits.
    crosses
        Cross products of residuals per group: data sets × patterns × visits × visits.
    scores
        Σ r z' per group: data sets × patterns × visits × features.
    ok
        Whether every matrix was positive definite, per data set.
    """

    minus2: Array
    beta: Array
    root: Array
    precisions: tuple[Array, ...]
    crosses: tuple[Array, ...]
    scores: tuple[Array, ...]
    ok: NDArray[np.bool_]

    def take(self, rows: NDArray[np.generic]) -> "State":
        """Return the states of some of the data sets."""
        return State(
            self.minus2[rows],
            self.beta[rows],
            self.root[rows],
            tuple(array[rows] for array in self.precisions),
            tuple(array[rows] for array in self.crosses),
            tuple(array[rows] for array in self.scores),
            self.ok[rows],
        )

    @staticmethod
    def join(states: "Sequence[State]", order: NDArray[np.intp]) -> "State":
        """Put states of disjoint data sets together."""
        if len(states) == 1:
            return states[0]

        def whole(arrays: Sequence[Array]) -> Array:
            return np.concatenate(arrays)[order]

        groups = range(len(states[0].precisions))
        return State(
            whole([s.minus2 for s in states]),
            whole([s.beta for s in states]),
            whole([s.root for s in states]),
            tuple(whole([s.precisions[g] for s in states]) for g in groups),
            tuple(whole([s.crosses[g] for s in states]) for g in groups),
            tuple(whole([s.scores[g] for s in states]) for g in groups),
            np.concatenate([s.ok for s in states])[order],
        )


def evaluate(parts: Sequence[Stats], sigmas: Sequence[Array], columns: Array | None, *, reml: bool) -> State:
    """Evaluate the profile likelihood at one covariance matrix per data set and group.

    Parameters
    ----------
    parts
        Statistics, one per covariance group.
    sigmas
        Matrices, one array per group: data sets × visits × visits.
    columns
        C, (visits · features) × p, visits outermost; ``None`` for the identity.
    reml
        Restricted likelihood; else the full one.
    """
    sets, visits = sigmas[0].shape[:2]
    features = parts[0].zz.shape[-1]
    ok = np.ones(sets, dtype=bool)
    size = visits * features
    precisions, value = [], np.zeros(sets)
    gram, right = np.zeros((sets, size, size)), np.zeros((sets, size))
    for part, sigma in zip(parts, sigmas, strict=True):
        precision, logdet, good = invert_patterns(sigma, part)
        ok &= good
        precisions.append(precision)
        value = value + (part.n * logdet).sum(axis=1)
        gram = gram + kron_sum(precision, part.zz)
        tall = precision.reshape(sets, -1, visits)  # K is symmetric
        right = right + (np.swapaxes(tall, 1, 2) @ part.yz.reshape(sets, -1, features)).reshape(sets, -1)
    if columns is not None:
        gram = columns.T @ gram @ columns
        right = right @ columns
    lower, good = safe_cholesky(gram)
    ok &= good
    root: Array = np.asarray(np.linalg.inv(lower), dtype=np.float64)
    half = root @ right[:, :, None]
    beta = (np.swapaxes(root, 1, 2) @ half)[:, :, 0]
    signs = np.zeros((sets, visits, features + visits))
    signs[:, :, :features] = -(beta if columns is None else beta @ columns.T).reshape(sets, visits, features)
    signs[:, :, features:] = np.eye(visits)
    crosses, scores = [], []
    for part, precision in zip(parts, precisions, strict=True):
        patterns = part.n.shape[1]
        once = signs @ part.joint.reshape(sets, features + visits, -1)  # Σ r (z, y)', one product per data set
        cross = once.reshape(sets, visits * patterns, -1) @ np.swapaxes(signs, 1, 2)
        crosses.append(cross.reshape(sets, visits, patterns, visits).swapaxes(1, 2))
        scores.append(once.reshape(sets, visits, patterns, -1)[..., :features].swapaxes(1, 2))
        value = value + (precision * crosses[-1]).sum(axis=(1, 2, 3))
    if reml:
        value = value + 2 * np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    return State(np.where(ok, value, np.inf), beta, root, tuple(precisions), tuple(crosses), tuple(scores), ok)


def invert_patterns(sigma: Array, part: Stats) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Invert every pattern's part of Σ; return the padded inverses, the log determinants and what was possible.

    With many of them the sweep operator runs over all patterns at once, with the visits as the outer axes: small
    matrices are far faster so than one by one.
    """
    ok = safe_cholesky(sigma)[1]
    sets, patterns, visits = part.mask.shape
    if sets * patterns <= FEW and ok.all():
        lower = np.linalg.cholesky(sigma[:, None] * part.both + part.unseen)
        root = np.linalg.inv(lower)
        logdet = 2 * np.log(np.diagonal(lower, axis1=2, axis2=3)).sum(axis=2)
        return (root.swapaxes(2, 3) @ root) * part.both, logdet, ok
    seen = np.ascontiguousarray(part.mask.reshape(-1, visits).T)
    both = seen[:, None] * seen[None]
    good = sigma if ok.all() else np.where(ok[:, None, None], sigma, np.eye(visits))
    work = (
        np.repeat(np.ascontiguousarray(good.transpose(1, 2, 0)), patterns, axis=2) if sets > 1 else good[0][:, :, None]
    )
    work = work * both
    work[np.arange(visits), np.arange(visits)] += 1 - seen
    logdet = np.zeros(work.shape[2])
    for t in range(visits):
        pivot = work[t, t].copy()
        logdet += np.log(pivot)
        row = work[t] / pivot
        column = work[:, t].copy()
        work -= column[:, None] * row[None]
        work[t] = row
        work[:, t] = row
        work[t, t] = -1 / pivot
    work *= -both
    precision = np.ascontiguousarray(work.transpose(2, 0, 1)).reshape(sets, patterns, visits, visits)
    return precision, logdet.reshape(sets, patterns), ok
