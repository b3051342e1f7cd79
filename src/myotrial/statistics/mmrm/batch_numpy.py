"""The batched fit in NumPy: every step is one call over all data sets of a block."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.likelihood import Stats
from myotrial.statistics.mmrm.newton import ManyModel, maximise
from myotrial.statistics.mmrm.places import unfold
from myotrial.statistics.mmrm.structures import Array, symmetric_basis, unpack


@dataclass(eq=False)
class BatchAnswer:
    """Arrays of a batch; see ``MMRMBatch``."""

    estimate: Array
    se: Array
    se_kenward_roger: Array
    df: Array
    beta: Array
    log_likelihood: Array
    sigma: Array
    status: NDArray[np.int64]
    steps: NDArray[np.int64]

    @staticmethod
    def blank(sets: int, contrasts: int, p: int, visits: int) -> "BatchAnswer":
        """Return the answer of data sets that cannot be fitted."""
        four = [np.full((sets, contrasts), np.nan) for _ in range(4)]
        beta, value, sigma = (np.full((sets, *shape), np.nan) for shape in ((p,), (), (visits, visits)))
        return BatchAnswer(
            four[0], four[1], four[2], four[3], beta, value, sigma, np.full(sets, 2), np.zeros(sets, dtype=np.int64)
        )

    def fill(self, rows: NDArray[np.intp], other: "BatchAnswer") -> "BatchAnswer":
        """Put the answers of some data sets in their place."""
        for name in (field.name for field in fields(self)):
            getattr(self, name)[rows] = getattr(other, name)
        return self

    def hide_failures(self, *, reml: bool) -> "BatchAnswer":
        """Leave no number where there is no optimum, or where one of the numbers is none."""
        needed = [self.estimate, self.se, self.df, *([self.se_kenward_roger] if reml else [])]
        whole = np.logical_and.reduce([np.isfinite(numbers).all(axis=1) for numbers in needed])
        self.status[(self.status == 0) & ~whole] = 3
        failed = self.status != 0
        if failed.any():
            for name in ("estimate", "se", "se_kenward_roger", "df", "beta", "log_likelihood", "sigma"):
                getattr(self, name)[failed] = np.nan
        return self


def fit_block(stats: Stats, columns: Array | None, start: Array, contrasts: Array, *, reml: bool) -> BatchAnswer:
    """Fit the data sets of one block from ``start`` (data sets × k)."""
    sets, _, visits = stats.mask.shape
    optimum = maximise([stats], columns, ManyModel(visits), start, reml=reml)
    state, slopes = optimum.state, optimum.derivatives.slopes
    assert slopes is not None  # noqa: S101  (the observed information has them)
    basis = symmetric_basis(visits)
    failed = ~optimum.converged
    information = np.where(failed[:, None, None], np.eye(len(basis)), optimum.derivatives.information)
    weights = np.linalg.inv(information)
    white = contrasts @ state.root.swapaxes(1, 2)  # data sets × contrasts × p
    variance = np.einsum("bcp,bcp->bc", white, white)
    moved = unfold(slopes, state.beta.shape[1]) @ white.swapaxes(1, 2)[:, None]  # data sets × k × p × contrasts
    gradient = np.einsum("bcp,bkpc->bck", white, moved)
    spread = np.einsum("bck,bkl,bcl->bc", gradient, weights, gradient)
    rows = np.einsum("bg,bgt->b", stats.n, stats.mask)
    p = state.beta.shape[1]
    answer = BatchAnswer(
        estimate=np.einsum("cp,bp->bc", contrasts, state.beta),
        se=np.sqrt(variance),
        se_kenward_roger=np.full(variance.shape, np.nan),
        df=2 * variance**2 / np.where(spread > 0, spread, np.nan),
        beta=state.beta.copy(),
        log_likelihood=-0.5 * (state.minus2 + (rows - p if reml else rows) * np.log(2 * np.pi)),
        sigma=unpack(optimum.theta, visits),
        status=np.where(failed, 1, 0),
        steps=optimum.steps,
    )
    if reml:
        loss = moved.reshape(sets, len(basis), -1)
        loss = (loss * (weights @ loss)).reshape(sets, len(basis), p, -1).sum(axis=(1, 2))
        gain = _gain(stats, state.precisions[0], columns, white @ state.root, weights, basis)
        with np.errstate(invalid="ignore"):  # what is no number gets a status
            answer.se_kenward_roger = np.sqrt(variance + 2 * (gain - loss))
    return answer.hide_failures(reml=reml)


def _gain(stats: Stats, k: Array, columns: Array | None, weighted: Array, weights: Array, basis: Array) -> Array:
    """Return Σ W_hj l'Φ X'K dΣ_h K dΣ_j K X Φ l per contrast, with ``weighted`` the rows Φ l."""
    sets, patterns, visits, _ = k.shape
    features = stats.zz.shape[-1]
    flat = basis.reshape(len(basis), -1)
    whole = (flat.T @ weights @ flat).reshape(sets, visits, visits, visits, visits).transpose(0, 2, 3, 1, 4)
    inner = k.reshape(sets, patterns, -1) @ whole.reshape(sets, visits**2, visits**2)
    middle = k @ inner.reshape(k.shape) @ k
    means = weighted if columns is None else weighted @ columns.T
    means = means.reshape(sets, 1, -1, visits, features)
    spread = means @ stats.zz[:, :, None] @ means.swapaxes(3, 4)  # data sets × patterns × contrasts × visits × visits
    return np.asarray((spread * middle[:, :, None]).sum(axis=(1, 3, 4)))
