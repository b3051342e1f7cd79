# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""Analysis of imputed data: the difference of the arms at a visit, and the delta at which it tips."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from myotrial.statistics._arguments import fault
from myotrial.statistics.estimate import format_number, format_p, render_html_table
from myotrial.statistics.imputation.impute import ImputedData
from myotrial.statistics.imputation.rubin import PooledEstimate, combine_imputations


def estimate_imputed_difference(
    data: ImputedData, *, visit: int = -1, null: float = 0.0, conf_level: float = 0.95
) -> PooledEstimate:
    """Estimate the difference treated minus reference at a visit by analysis of covariance, pooled by Rubin's rules.

    Parameters
    ----------
    data
        Imputed data; their covariates are those of the analysis.
    visit
        Position of the visit from 0, or from the end if negative.
    null
        Difference under the hypothesis.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    PooledEstimate
        With Barnard–Rubin degrees of freedom. Reference-based imputation with Rubin's rules gives an interval that is
        wide by the measure of repeated sampling; this is a known property of the combination.

    Raises
    ------
    ValueError
        There is no such visit, or the values leave no residual variance.

    Examples
    --------
    >>> from myotrial.statistics.imputation import impute_repeated_measure
    >>> outcomes = [[5, 4], [6, 6], [7, None], [5, 5], [6, 3], [7, 5], [5, 2], [6, None]]
    >>> data = impute_repeated_measure(outcomes, [0, 0, 0, 0, 1, 1, 1, 1], seed=7, m=50)
    >>> estimate_imputed_difference(data).m
    50
    """
    visits = data.values.shape[2]
    if not -visits <= visit < visits:
        raise fault("visit", visit, f"{-visits} to {visits - 1}")
    design = np.column_stack([np.ones(len(data.treated)), data.covariates, data.treated])
    outcome = data.values[:, :, visit].T
    df = len(design) - design.shape[1]
    if df < 1:
        raise fault("data", f"{len(design)} subjects", f"more than {design.shape[1]}, the coefficients of the analysis")
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ (design.T @ outcome)
    residual = outcome - design @ coefficients
    variances = (residual**2).sum(axis=0) / df * inverse[-1, -1]
    if variances.min() <= 1e-20 * max(1.0, float((outcome**2).max())):
        raise fault("data", "values without any residual variance at this visit", "values that vary")
    return combine_imputations(coefficients[-1], variances, df_complete=df, null=null, conf_level=conf_level)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TippingPoint:
    """The results over a range of deltas, and the delta at which significance is lost.

    Attributes
    ----------
    deltas
        Deltas added to the imputed values.
    estimates
        The pooled difference at each.
    tipping
        Delta nearest to 0 at which the p-value crosses ``alpha``; ``None`` where it does not cross in the range.
    alpha
        Two-sided level.
    method
        In words.
    warnings
        Why there is no tipping point, if there is none.
    """

    deltas: tuple[float, ...]
    estimates: tuple[PooledEstimate, ...]
    tipping: float | None
    alpha: float
    method: str
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        found = f"tips at delta {format_number(self.tipping)}" if self.tipping is not None else self.warnings[0]
        return f"TippingPoint: {found}, two-sided alpha {self.alpha:g} [{self.method}]"

    def __str__(self) -> str:
        """Render the line, then one line for each delta."""
        return "\n".join([repr(self), *("  ".join(row) for row in self._rows())])

    def _rows(self) -> list[tuple[str, ...]]:
        pairs = zip(self.deltas, self.estimates, strict=True)
        return [
            (
                f"{delta:g}",
                format_number(e.value),
                f"{format_number(e.low)} to {format_number(e.high)}",
                format_p(e.p_value),
            )
            for delta, e in pairs
        ]

    def _repr_html_(self) -> str:
        return render_html_table(repr(self), ("delta", "difference", "interval", "p"), self._rows())

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, ready for JSON."""
        return {
            "deltas": list(self.deltas),
            "estimates": [e.to_dict() for e in self.estimates],
            "tipping": self.tipping,
            "alpha": self.alpha,
            "method": self.method,
            "warnings": list(self.warnings),
        }


def find_tipping_point(
    data: ImputedData,
    deltas: Sequence[float],
    *,
    visit: int = -1,
    alpha: float = 0.05,
    arms: Literal["treated", "reference", "both"] = "treated",
) -> TippingPoint:
    """Add growing deltas to the imputed values until the difference is no longer significant.

    Parameters
    ----------
    data
        Imputed data, as a rule under missing at random.
    deltas
        Rising numbers, two or more, in the unit of the values; they mark the range and the rows of the result.
    visit
        Position of the visit.
    alpha
        Two-sided level, between 0 and 1.
    arms
        Where the deltas are added.

    Returns
    -------
    TippingPoint
        The tipping delta is found between the deltas to 1e-9, not only on the grid.

    Raises
    ------
    ValueError
        Fewer than two deltas, not rising, or a level that is not possible.

    References
    ----------
    .. [1] Yan X, Lee S, Li N. J Biopharm Stat 2009;19:1085-1098 (tipping point analysis).

    Examples
    --------
    >>> import numpy as np
    >>> from myotrial.statistics.imputation import impute_repeated_measure
    >>> rng = np.random.default_rng(3)
    >>> arm = np.repeat([0, 1], 40)
    >>> outcomes = rng.normal(size=(80, 2)) - 1.2 * arm[:, None]
    >>> outcomes[70:, 1] = np.nan
    >>> result = find_tipping_point(impute_repeated_measure(outcomes, arm, seed=1), [0, 2, 4])
    >>> 0 < result.tipping < 4
    True
    """
    steps = list(map(float, deltas))
    if len(steps) < 2 or not all(a < b for a, b in pairwise(steps)) or not np.isfinite(steps).all():
        raise fault("deltas", steps, "two or more finite numbers, rising")
    if not 0 < alpha < 1:
        raise fault("alpha", alpha, "a number above 0 and below 1")

    def at(delta: float) -> PooledEstimate:
        return estimate_imputed_difference(data.add_delta(delta, arms=arms), visit=visit, conf_level=1 - alpha)

    estimates = [at(delta) for delta in steps]
    signs = [estimate.p_value <= alpha for estimate in estimates]
    pairs = [pair for pair, (a, b) in zip(pairwise(steps), pairwise(signs), strict=True) if a != b]
    tipping: float | None = None
    why: tuple[str, ...] = ()
    if pairs:
        from scipy.optimize import brentq

        crossings = [float(brentq(lambda delta: at(delta).p_value - alpha, *pair, xtol=1e-9)) for pair in pairs]
        tipping = min(crossings, key=abs)
    else:
        state = "significant" if signs[0] else "not significant"
        why = (f"{state} at every delta from {steps[0]:g} to {steps[-1]:g}",)
    return TippingPoint(
        deltas=tuple(steps),
        estimates=tuple(estimates),
        tipping=tipping,
        alpha=alpha,
        method=f"tipping point, delta added to imputed values ({arms}); {data.method}",
        warnings=why,
    )
