"""Tables of estimates: intervals, p-values, words."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.corrections import Inference
from myotrial.statistics.mmrm.structures import NAMES, Array, Covariance

if TYPE_CHECKING:
    import polars as pl

DF_WORDS = {
    "satterthwaite": "Satterthwaite degrees of freedom",
    "kenward-roger": "Kenward-Roger standard errors and degrees of freedom (elements of the covariance matrix)",
    "kenward-roger-mmrm": "Kenward-Roger standard errors and degrees of freedom (parameters of R mmrm)",
    "between-within": "between-within degrees of freedom",
    "residual": "residual degrees of freedom",
}
VCOV_WORDS = {
    "model": "",
    "empirical": "empirical (sandwich) standard errors",
    "empirical-jackknife": "empirical (jackknife) standard errors",
    "empirical-bias-reduced": "empirical (bias-reduced) standard errors",
}


class Space:
    """Contrasts over all coefficients, aliased ones included, and which of them can be estimated.

    Parameters
    ----------
    size
        Number of coefficients.
    kept
        Those that are not aliased.
    relation
        Weights of the kept columns that give each aliased one, kept × aliased.
    """

    def __init__(self, size: int, kept: NDArray[np.intp], relation: Array) -> None:
        self.size, self.kept = size, kept
        self.aliased = np.setdiff1d(np.arange(size), kept)
        self.relation = relation

    def reduce(self, contrasts: Array) -> tuple[Array, Array]:
        """Return contrasts over the kept coefficients, and whether each can be estimated."""
        inside = contrasts[:, self.kept]
        if not len(self.aliased):
            return inside, np.ones(len(contrasts), dtype=bool)
        gap = contrasts[:, self.aliased] - inside @ self.relation
        # a linear function can be estimated where it is a combination of rows of the design
        return inside, np.abs(gap).max(axis=1) <= 1e-8 * np.maximum(np.abs(contrasts).max(axis=1), 1e-300)


def estimate_rows(
    inference: Inference, space: Space, contrasts: Array, conf_level: float, *, test: bool = True
) -> dict[str, Any]:
    """Return columns of estimates; ``None`` where a contrast cannot be estimated."""
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415

    inside, possible = space.reduce(contrasts)
    columns: dict[str, list[float | None]] = {
        name: [None] * len(contrasts) for name in ("estimate", "se", "df", "low", "high", "t", "p_value")
    }
    if possible.any():
        value, se, df = inference.estimate(inside[possible])
        width = -stdtrit(df, (1 - conf_level) / 2) * se
        with np.errstate(divide="ignore", invalid="ignore"):
            t = value / se
        p = 2 * stdtr(df, -np.abs(t))
        found = {"estimate": value, "se": se, "df": df, "low": value - width, "high": value + width, "t": t,
                 "p_value": p}  # fmt: skip
        for name, numbers in found.items():
            for place, number in zip(np.flatnonzero(possible), numbers.tolist(), strict=True):
                columns[name][place] = number if np.isfinite(number) else None
    if not test:
        columns.pop("t")
        columns.pop("p_value")
    return columns


def as_frame(columns: Mapping[str, Any], floats: Sequence[str] = ()) -> "pl.DataFrame":
    """Return a Polars frame; columns named in ``floats`` are numbers even where all are missing."""
    import polars as pl  # noqa: PLC0415

    numeric = {"estimate", "se", "df", "low", "high", "t", "p_value", *floats}
    return pl.DataFrame(
        [pl.Series(name, list(values), dtype=pl.Float64 if name in numeric else None, strict=False)
         for name, values in columns.items()]
    )  # fmt: skip


def describe(
    formula: str, covariance: Covariance, group: str | None, weights: str | None, df: str, vcov: str, *, reml: bool
) -> str:
    """Say the model in one sentence, for the footnote of a table."""
    by = f", one matrix for each {group}" if group else ""
    weighted = f", residual covariance divided by the weight {weights}" if weights else ""
    how = "restricted maximum likelihood" if reml else "maximum likelihood"
    errors = f"; {VCOV_WORDS[vcov]}" if VCOV_WORDS[vcov] else ""
    return (
        f"Mixed model for repeated measures {formula}; {NAMES[covariance]} covariance of the visits within a subject"
        f"{by}{weighted}; {how}{errors}; {DF_WORDS[df]}."
    )
