"""Score and information of the likelihood by the covariance parameters.

They are found by the elements of the lower triangle of Σ first, whatever the structure, and then turned to its
parameters. The notation is that of ``likelihood``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.algebra import block_diagonal, spread_of_means, whitened_slopes
from myotrial.statistics.mmrm.likelihood import State, Stats
from myotrial.statistics.mmrm.places import pair_places, score_places, triangle
from myotrial.statistics.mmrm.structures import Array


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
        root · X'K dΣ K X · root' per parameter, data sets × k × p (p + 1) / 2, as ``places.unfold`` reads it; ``None``
        but with the observed information.
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
    jacobians: Sequence[Array | None],
    seconds: Sequence[Array | None],
    columns: Array | None,
    *,
    reml: bool,
    observed: bool,
) -> Derivatives:
    """Return score and information by the covariance parameters.

    ``jacobians`` holds the lower triangle of dΣ per group, parameters × elements, or ``None`` where the elements are
    the parameters; ``seconds`` the second derivatives or ``None``. The ``observed`` information is exact; without it,
    the average information is positive, for the way to the optimum.
    """
    white = np.swapaxes(state.root, 1, 2) if columns is None else columns @ np.swapaxes(state.root, 1, 2)
    gradients, blocks, scores, slopes = [], [], [], []
    for part, k, cross, leftover, jacobian, second in zip(
        parts, state.precisions, state.crosses, state.scores, jacobians, seconds, strict=True
    ):
        slope, block = _weigh(part, k, cross, white, reml=reml, observed=observed)
        score = _score(k, leftover) @ white
        gradient = -triangle(k.shape[-1]).weights * slope
        curves = whitened_slopes(part.roots, k, white) if observed else None
        if jacobian is not None:
            gradient, block, score = gradient @ jacobian.T, jacobian @ block @ jacobian.T, jacobian @ score
            curves = None if curves is None else jacobian @ curves
        if observed and second is not None:
            own = triangle(k.shape[-1])
            block = block + np.tensordot(slope * own.weights, second[:, :, own.rows, own.columns], (1, 2))
        gradients.append(gradient)
        blocks.append(block)
        scores.append(score)
        slopes += [] if curves is None else [curves]
    score, stacked = np.concatenate(scores, axis=1), np.concatenate(slopes, axis=1) if slopes else None
    information = block_diagonal(blocks) - (1.0 if observed else 0.5) * (score @ np.swapaxes(score, 1, 2))
    if stacked is not None and reml:
        information -= 0.5 * (stacked @ np.swapaxes(stacked, 1, 2))
    return Derivatives(np.concatenate(gradients, axis=1), 0.5 * (information + information.swapaxes(1, 2)), stacked)


def _weigh(part: Stats, k: Array, cross: Array, white: Array, *, reml: bool, observed: bool) -> tuple[Array, Array]:
    """Return D summed over patterns, and the traces of the information for every pair of elements."""
    sets, _patterns, visits, _ = k.shape
    own = triangle(visits)
    if observed:
        residual = total = k @ (cross + spread_of_means(part.zz, white, visits) if reml else cross) @ k
    else:
        residual = k @ cross @ k
        total = residual + k @ spread_of_means(part.zz, white, visits) @ k if reml else residual
    packed = _lower(k)
    weighted = part.n[:, :, None] * packed
    slope = (weighted - _lower(total)).sum(axis=1)
    inner = _lower(total) - 0.5 * weighted if observed else 0.5 * _lower(residual)
    pairs = (np.swapaxes(packed, 1, 2) @ inner).reshape(sets, -1)
    block = np.take(pairs, pair_places(visits), axis=1).sum(axis=1)
    block *= own.weights[:, None] * own.weights
    return slope, block


def _lower(matrices: Array) -> Array:
    """Lower triangles of the patterns' matrices."""
    visits = matrices.shape[-1]
    return np.take(matrices.reshape(*matrices.shape[:2], -1), triangle(visits).flat, axis=2)


def _score(k: Array, leftover: Array) -> Array:
    """Return Σ K E_h K r z' per element, data sets × elements × (visits · features)."""
    sets, patterns, visits, features = leftover.shape
    wide = (k @ leftover).reshape(sets, patterns, -1)
    moved = (np.swapaxes(_lower(k), 1, 2) @ wide).reshape(sets, -1)
    score = np.take(moved, score_places(visits, features), axis=1).sum(axis=1)
    score *= triangle(visits).weights[:, None]
    return np.asarray(score)
