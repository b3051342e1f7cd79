"""The reference grid of least-squares means: which combination of coefficients every mean is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics._arguments import fault
from myotrial.statistics.mmrm.formula import Coding, PlainCoding
from myotrial.statistics.mmrm.frame import Column, Factor
from myotrial.statistics.mmrm.structures import Array

Margins = Literal["equal", "observed"]
MOST_CELLS = 2_000_000


@dataclass(frozen=True, eq=False)
class Grid:
    """Least-squares means as rows over all coefficients, with the levels that each stands for."""

    rows: Array
    keys: tuple[tuple[Any, ...], ...]


def build_grid(
    coding: Coding,
    columns: Mapping[str, Column],
    names: Sequence[str],
    at: Mapping[str, Any],
    margins: Margins,
) -> Grid:
    """Average the design over everything but ``names``.

    A numeric covariate stands at its mean over the rows used, or where ``at`` puts it. A factor that is not named is
    averaged over its levels (those in ``at``, where it says so): with equal weights, or with the shares of the rows
    used.
    """
    factors = {name: column for name, column in columns.items() if isinstance(column, Factor)}
    for name in (*names, *at):
        if name not in columns or (name in names and name not in factors):
            raise fault("factor", repr(name), "one of " + ", ".join(map(repr, factors)))
    chosen = {name: _codes(name, factor, at.get(name)) for name, factor in factors.items()}
    other = [name for name in factors if name not in names]
    order = [*names, *other]
    cells = int(np.prod([len(chosen[name]) for name in order], dtype=np.int64))
    if cells > MOST_CELLS:
        raise fault("factors", f"a grid of {cells:,} cells", f"at most {MOST_CELLS:,}")
    codes = np.array(list(product(*(chosen[name] for name in order))), dtype=np.intp).reshape(cells, len(order))
    grid: dict[str, Column] = {name: Factor(codes[:, place], factors[name].levels) for place, name in enumerate(order)}
    for name, column in columns.items():
        if not isinstance(column, Factor):
            grid[name] = np.full(cells, float(at[name]) if name in at else float(column.mean()))
    design = coding.matrix({name: grid[name] for name in columns}, cells)
    weights = _weights(codes[:, len(names) :], [factors[name] for name in other], margins)
    means = int(np.prod([len(chosen[name]) for name in names], dtype=np.int64))
    weights = weights.reshape(means, -1)
    total = weights.sum(axis=1, keepdims=True)
    if (total == 0).any():
        raise fault("margins", "'observed' with a combination that no row has", "margins='equal'")
    rows = np.einsum("mc,mcp->mp", weights / total, design.reshape(means, cells // means, -1))
    keys = tuple(
        tuple(factors[name].levels[code] for name, code in zip(names, key, strict=True))
        for key in product(*(chosen[name] for name in names))
    )
    return Grid(rows, keys)


def _codes(name: str, factor: Factor, wanted: Any) -> list[int]:
    """Codes of the levels that a factor takes in the grid."""
    if wanted is None:
        return list(range(len(factor.levels)))
    levels = [wanted] if isinstance(wanted, str) or not isinstance(wanted, Sequence) else list(wanted)
    strange = [level for level in levels if level not in factor.levels]
    if strange or not levels:
        raise fault(f"at[{name!r}]", repr(wanted), "levels among " + ", ".join(map(repr, factor.levels)))
    return [factor.levels.index(level) for level in levels]


def _weights(codes: NDArray[np.intp], factors: Sequence[Factor], margins: Margins) -> Array:
    """Weight of every cell: 1, or the number of rows used in its combination of averaged factors."""
    if margins == "equal" or not factors:
        return np.ones(len(codes))
    sizes = [len(factor.levels) for factor in factors]
    counts = np.bincount(
        np.ravel_multi_index([factor.codes for factor in factors], sizes), minlength=int(np.prod(sizes))
    )
    return np.asarray(counts[np.ravel_multi_index(list(codes.T), sizes)], dtype=np.float64)


def type_three(coding: Coding, columns: Mapping[str, Column], design: Array) -> dict[str, Array]:
    """Return the hypotheses of type III: what contrasts that sum to zero would test, per term.

    They are the rows of the map from the coefficients fitted to those of the same model with such contrasts; where a
    term's rows concern its own coefficients only, these stand for them (Satterthwaite's degrees of freedom of a joint
    test depend on the rows chosen, and so they are R mmrm's). A formula with calls keeps the contrasts that it states.
    """
    size = design.shape[1]
    if not isinstance(coding, PlainCoding):
        whole = np.eye(size)
        return {label: whole[list(places)] for label, places in coding.terms}
    recoded = _sum_to_zero(coding, columns)
    move = np.linalg.lstsq(recoded, design, rcond=None)[0]
    move[np.abs(move) < 1e-9] = 0.0
    hypotheses: dict[str, Array] = {}
    for label, places in coding.terms:
        own = list(places)
        alone = not np.delete(move[own], own, axis=1).any()  # no other coefficient takes part
        hypotheses[label] = np.asarray(np.eye(size)[own] if alone else move[own], dtype=np.float64)
    return hypotheses


def _sum_to_zero(coding: PlainCoding, columns: Mapping[str, Column]) -> Array:
    """Return the design with contrasts that sum to zero wherever the fitted one leaves the reference out."""
    rows = len(next(c.codes if isinstance(c, Factor) else c for c in columns.values()))
    blocks = []
    for part in coding.parts:
        block = np.ones((rows, 1))
        for name, skip in part:
            column = columns[name]
            if isinstance(column, Factor):
                eye = np.eye(len(column.levels))
                other = (eye[:, 1:] - eye[:, :1] if skip else eye)[column.codes]
            else:
                other = column[:, None]
            block = (other[:, :, None] * block[:, None, :]).reshape(rows, -1)
        blocks.append(block)
    return np.hstack(blocks)


def split_names(factors: str | Sequence[str], by: str | Sequence[str] | None) -> tuple[list[str], list[str]]:
    """Names of the factors and of ``by``, together and the latter alone."""
    own = [factors] if isinstance(factors, str) else list(factors)
    within = [] if by is None else [by] if isinstance(by, str) else list(by)
    names = [*own, *within]
    if not own or len(set(names)) < len(names):
        raise fault("factors", repr(names), "one factor or more, none of them twice")
    return names, within
