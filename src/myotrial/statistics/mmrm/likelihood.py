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
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.algebra import (
    block_diagonal,
    kron_sum,
    pair_traces,
    safe_cholesky,
    spread_of_means,
    whitened_slopes,
)
from myotrial.statistics.mmrm.structures import Array

Kind = Literal["average", "partial", "observed"]


@dataclass(frozen=True, eq=False)
class Stats:
    """Sufficient statistics of one covariance group.

    Attributes
    ----------
    n
        Subjects, data sets × patterns (0 for a pattern that a data set does not have).
    mask
        Observed visits as 0 and 1, data sets × patterns × visits.
    zz, zy, yy
        Cross products; the last two axes are features × features, features × visits, visits × visits.
    """

    n: Array
    mask: Array
    zz: Array
    zy: Array
    yy: Array

    def take(self, rows: NDArray[np.generic]) -> "Stats":
        """Return the statistics of some of the data sets."""
        return Stats(self.n[rows], self.mask[rows], self.zz[rows], self.zy[rows], self.yy[rows])


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
    precisions, crosses
        K and the cross products of residuals, per group: data sets × patterns × visits × visits.
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
        precision, logdet, good = invert_patterns(sigma, part.mask)
        ok &= good
        precisions.append(precision)
        value = value + np.einsum("bg,bg->b", part.n, logdet)
        gram = gram + kron_sum(precision, part.zz)
        right = right + np.matmul(precision, np.swapaxes(part.zy, 2, 3)).sum(axis=1).reshape(sets, -1)
    if columns is not None:
        gram = columns.T @ gram @ columns
        right = right @ columns
    lower, good = safe_cholesky(np.asarray(gram))
    ok &= good
    root: Array = np.asarray(np.linalg.inv(lower), dtype=np.float64)
    half = np.matmul(root, np.asarray(right)[:, :, None])
    beta = np.matmul(np.swapaxes(root, 1, 2), half)[:, :, 0]
    means = (beta if columns is None else beta @ columns.T).reshape(sets, 1, visits, features)
    crosses, scores = [], []
    for part, precision in zip(parts, precisions, strict=True):
        fitted = np.matmul(means, part.zy)
        leftover = np.swapaxes(part.zy, 2, 3) - np.matmul(means, part.zz)  # Σ r z', visits × features
        cross = part.yy - fitted - np.matmul(leftover, np.swapaxes(means, 2, 3))
        crosses.append(cross)
        scores.append(leftover)
        value = value + np.einsum("bgst,bgts->b", precision, cross)
    if reml:
        value = value + 2 * np.log(np.einsum("bpp->bp", lower)).sum(axis=1)
    return State(np.where(ok, value, np.inf), beta, root, tuple(precisions), tuple(crosses), tuple(scores), ok)


def invert_patterns(sigma: Array, mask: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Invert every pattern's part of Σ; return the padded inverses, the log determinants and what was possible.

    The sweep operator runs over all patterns at once, with the visits as the outer axes: small matrices are far faster
    so than one by one.
    """
    ok = safe_cholesky(sigma)[1]
    sets, patterns, visits = mask.shape
    eye = np.eye(visits)
    seen = np.ascontiguousarray(mask.reshape(-1, visits).T)
    both = seen[:, None] * seen[None]
    good = sigma if ok.all() else np.where(ok[:, None, None], sigma, eye)
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


@dataclass(frozen=True, eq=False)
class Derivatives:
    """What Newton and the small-sample corrections need at one state.

    Attributes
    ----------
    gradient
        Derivative of the log-likelihood by the parameters, data sets × k.
    information
        Average or observed information, data sets × k × k.
    slopes
        root · X'K dΣ K X · root' per parameter, data sets × k × p × p; ``None`` but with the observed information.
    """

    gradient: Array
    information: Array
    slopes: Array | None

    def take(self, rows: NDArray[np.generic]) -> "Derivatives":
        """Return the derivatives of some of the data sets."""
        return Derivatives(
            self.gradient[rows], self.information[rows], None if self.slopes is None else self.slopes[rows]
        )

    @staticmethod
    def join(pieces: "Sequence[Derivatives]", order: NDArray[np.intp]) -> "Derivatives":
        """Put derivatives of disjoint data sets together."""
        if len(pieces) == 1:
            return pieces[0]
        slopes = [piece.slopes for piece in pieces if piece.slopes is not None]
        return Derivatives(
            np.concatenate([piece.gradient for piece in pieces])[order],
            np.concatenate([piece.information for piece in pieces])[order],
            np.concatenate(slopes)[order] if slopes else None,
        )


def differentiate(
    parts: Sequence[Stats],
    state: State,
    firsts: Sequence[Array],
    seconds: Sequence[Array | None],
    columns: Array | None,
    *,
    reml: bool,
    kind: Kind,
) -> Derivatives:
    """Return score and information by the covariance parameters.

    ``firsts`` holds dΣ per group, [data sets ×] parameters × visits × visits; ``seconds`` the second derivatives or
    ``None``. The ``average`` information is positive, for the way to the optimum. The ``observed`` one is exact. Its
    costly part is the curvature of log |X'V⁻¹X|, a share of about p/N of the whole; ``partial`` leaves that part out.
    """
    near, observed = kind != "average", kind == "observed"
    white = np.swapaxes(state.root, 1, 2) if columns is None else columns @ np.swapaxes(state.root, 1, 2)
    features = parts[0].zz.shape[-1]
    gradients, blocks, scores, slopes = [], [], [], []
    for part, k, cross, leftover, first, second in zip(
        parts, state.precisions, state.crosses, state.scores, firsts, seconds, strict=True
    ):
        sets, patterns, visits, _ = k.shape
        count = first.shape[-3]
        flat = np.broadcast_to(first, (sets, count, visits, visits)).reshape(sets, count, -1)
        residual = k @ cross @ k
        total = residual + k @ spread_of_means(part.zz, white, visits) @ k if reml else residual
        weighted = part.n[:, :, None, None] * k
        slope = (weighted - total).sum(axis=1).reshape(sets, -1, 1)
        gradients.append(-0.5 * (flat @ slope)[:, :, 0])
        inner = total - 0.5 * weighted if near else 0.5 * residual
        block = flat @ pair_traces(k, inner) @ np.swapaxes(flat, 1, 2)
        if near and second is not None:
            block = block + 0.5 * np.tensordot(second, slope.reshape(sets, visits, visits)[0], 2)[None]
        blocks.append(block)
        wide = (k @ leftover).reshape(sets, patterns, -1)
        moved = (k.reshape(sets, patterns, -1).swapaxes(1, 2) @ wide).reshape(sets, visits, visits, visits, features)
        moved = moved.transpose(0, 1, 3, 2, 4).reshape(sets, visits * visits, -1)  # (a, b), (t, feature)
        scores.append(flat @ moved @ white)
        if observed:
            slopes.append(whitened_slopes(part.zz, k, flat.reshape(sets, count, visits, visits), white))
    information = block_diagonal(blocks)
    score = np.concatenate(scores, axis=1)
    information = information - (1.0 if near else 0.5) * score @ np.swapaxes(score, 1, 2)
    stacked = np.concatenate(slopes, axis=1) if slopes else None
    if stacked is not None and reml:
        wide = stacked.reshape(*stacked.shape[:2], -1)
        information = information - 0.5 * wide @ np.swapaxes(wide, 1, 2)
    return Derivatives(np.concatenate(gradients, axis=1), 0.5 * (information + information.swapaxes(1, 2)), stacked)
