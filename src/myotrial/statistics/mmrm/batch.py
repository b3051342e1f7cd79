"""Thousands of data sets of one design: unstructured covariance, Satterthwaite and Kenward-Roger for every contrast."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import check_choice, fault
from myotrial.statistics.mmrm._memory import keep_freed_memory
from myotrial.statistics.mmrm._threads import one_blas_thread
from myotrial.statistics.mmrm.batch_numpy import BatchAnswer, fit_block
from myotrial.statistics.mmrm.batch_stats import collect_batch, start_batch
from myotrial.statistics.mmrm.structures import Array

Engine = Literal["auto", "numpy", "numba"]
BLOCK = 32
"""Data sets that are fitted together; more only leave the processor's cache."""
STATUS: Mapping[int, str] = {
    0: "converged",
    1: "the search ended without an optimum",
    2: "too few values for the means or the covariance",
    3: "an optimum, but a corrected variance that is not positive",
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MMRMBatch:
    """Fits of many data sets. Arrays start with the axis of data sets.

    Attributes
    ----------
    estimate, se, se_kenward_roger, df
        One number per data set and contrast; ``df`` is Satterthwaite's, which for one contrast is Kenward-Roger's too.
        NaN exactly where ``status`` is not 0.
    beta
        Coefficients, data sets × p; NaN where ``status`` is not 0.
    log_likelihood
        Restricted or full log-likelihood; NaN where ``status`` is not 0.
    sigma
        Covariance of the visits; NaN where ``status`` is not 0.
    status
        0 for an optimum; the other numbers are in ``STATUS``.
    steps
        Steps of Newton's method.
    engine
        ``"numpy"`` or ``"numba"``.
    """

    estimate: Array
    se: Array
    se_kenward_roger: Array
    df: Array
    beta: Array
    log_likelihood: Array
    sigma: Array
    status: NDArray[np.int64]
    steps: NDArray[np.int64]
    engine: str

    @property
    def converged(self) -> NDArray[np.bool_]:
        """Whether every data set has an optimum."""
        return np.asarray(self.status == 0)

    @property
    def failures(self) -> dict[str, int]:
        """What kept data sets from converging, with how many."""
        counts = Counter(self.status.tolist())
        return {STATUS[code]: counts[code] for code in sorted(counts) if code}

    def p_values(self, *, kenward_roger: bool = False) -> Array:
        """Two-sided p-values of every contrast being zero; NaN where ``status`` is not 0."""
        from scipy.special import stdtr  # noqa: PLC0415

        se = self.se_kenward_roger if kenward_roger else self.se
        return np.asarray(2 * stdtr(self.df, -np.abs(self.estimate / se)))

    def __repr__(self) -> str:
        return f"MMRMBatch: {int(self.converged.sum())} of {len(self.status)} data sets converged ({self.engine})"


def fit_mmrm_batch(
    responses: ArrayLike,
    features: ArrayLike,
    *,
    columns: ArrayLike | None = None,
    contrasts: ArrayLike | None = None,
    method: Literal["reml", "ml"] = "reml",
    engine: Engine = "auto",
) -> MMRMBatch:
    """Fit a mixed model with unstructured covariance to many data sets of one design.

    Parameters
    ----------
    responses
        Data sets × subjects × visits; NaN is missing. A subject without a value is left out.
    features
        Covariates that do not change with time, subjects × q, or data sets × subjects × q. A column of ones is the
        intercept; there is no other.
    columns
        C, visits × q × p: the mean of a subject with features z at visit t is z' C[t] β. Without it every feature has
        a coefficient at every visit, visits outermost: ``β[t * q + j]``.
    contrasts
        Rows over the coefficients, contrasts × p; without it every coefficient.
    method
        ``"reml"`` or ``"ml"`` (then ``se_kenward_roger`` is NaN).
    engine
        ``"numba"`` is the compiled kernel (optional extra ``fast``), ``"numpy"`` needs nothing; they agree to about
        1e-9. ``"auto"`` takes numba where it is installed and there are 200 data sets or more.

    Returns
    -------
    MMRMBatch
        With a status for every data set. One data set's failure does not touch the others.

    Raises
    ------
    ValueError
        Shapes that do not fit together, a feature that is missing, an infinite response.

    Notes
    -----
    The answer for a data set does not depend on the others. One thread is used: run blocks in worker processes.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> arm = np.repeat([0.0, 1.0], 20)
    >>> y = rng.normal(size=(3, 40, 2)) + 0.5 * arm[None, :, None]
    >>> fits = fit_mmrm_batch(y, np.column_stack([np.ones(40), arm]), contrasts=[[0, 0, 0, 1]], engine="numpy")
    >>> fits
    MMRMBatch: 3 of 3 data sets converged (numpy)
    >>> fits.estimate.shape
    (3, 1)
    """
    check_choice(engine, "engine", get_args(Engine))
    check_choice(method, "method", ("reml", "ml"))
    y, z = _check_arrays(responses, features)
    mapping = _check_columns(columns, y.shape[2], z.shape[2])
    p = y.shape[2] * z.shape[2] if mapping is None else mapping.shape[1]
    rows = np.eye(p) if contrasts is None else np.atleast_2d(np.asarray(contrasts, dtype=np.float64))
    if rows.shape[1] != p:
        raise fault("contrasts", f"{rows.shape[1]} weights", f"{p}, one per coefficient")
    chosen = engine
    if engine == "auto":
        chosen = "numba" if len(y) >= 200 and find_spec("numba") is not None else "numpy"
    if chosen == "numba" and find_spec("numba") is None:
        raise fault("engine", "'numba', which is not installed", "'numpy', or the extra myotrial[fast]")
    if chosen == "numba":
        import numba  # noqa: F401, PLC0415

    answers = []
    keep_freed_memory()
    with one_blas_thread():
        for low in range(0, len(y), BLOCK):
            part = slice(low, low + BLOCK)
            own = z[part] if z.shape[0] > 1 else z
            answers.append(_fit(y[part], own, mapping, rows, reml=method == "reml", engine=chosen))
    joined = {name: np.concatenate([getattr(a, name) for a in answers]) for name in BatchAnswer.__dataclass_fields__}
    return MMRMBatch(engine=chosen, **joined)


def _check_arrays(responses: ArrayLike, features: ArrayLike) -> tuple[Array, Array]:
    y, z = np.asarray(responses, dtype=np.float64), np.asarray(features, dtype=np.float64)
    if y.ndim != 3 or not y.size:
        raise fault("responses", f"shape {y.shape}", "data sets × subjects × visits")
    z = z[None] if z.ndim == 2 else z
    if z.ndim != 3 or z.shape[1] != y.shape[1] or z.shape[0] not in {1, y.shape[0]}:
        raise fault("features", f"shape {z.shape}", f"{y.shape[1]} subjects × q, or {len(y)} data sets of that")
    if not np.isfinite(z).all():
        raise fault("features", "a missing or infinite value", "finite numbers")
    if np.isinf(y).any():
        raise fault("responses", "an infinite value", "finite numbers, NaN where missing")
    if y.shape[2] > 50:
        raise fault("responses", f"{y.shape[2]} visits", "at most 50")
    return y, z


def _check_columns(columns: ArrayLike | None, visits: int, features: int) -> Array | None:
    if columns is None:
        return None
    whole = np.asarray(columns, dtype=np.float64)
    if whole.ndim != 3 or whole.shape[:2] != (visits, features):
        raise fault("columns", f"shape {whole.shape}", f"{visits} visits × {features} features × p")
    return np.ascontiguousarray(whole.reshape(visits * features, -1))


def _fit(y: Array, z: Array, columns: Array | None, contrasts: Array, *, reml: bool, engine: str) -> BatchAnswer:
    """Fit one block with the chosen engine; what cannot be fitted is NaN with a status."""
    if engine == "numba":
        from myotrial.statistics.mmrm.kernel import fit_block_compiled  # noqa: PLC0415

        return fit_block_compiled(y, z, columns, contrasts, reml=reml)
    stats = collect_batch(y, z)
    start, usable = start_batch(stats, columns)
    if usable.all():
        return fit_block(stats, columns, start, contrasts, reml=reml)
    rows = np.flatnonzero(usable)
    p = (stats.zz.shape[-1] * stats.mask.shape[-1]) if columns is None else columns.shape[1]
    blank = BatchAnswer.blank(len(usable), len(contrasts), p, stats.mask.shape[-1])
    return (
        blank.fill(rows, fit_block(stats.take(rows), columns, start[rows], contrasts, reml=reml))
        if len(rows)
        else blank
    )
