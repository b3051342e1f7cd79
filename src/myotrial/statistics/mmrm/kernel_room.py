"""Working space of the compiled kernel."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.structures import Array


class Room(NamedTuple):
    """Arrays that every data set writes over; their shapes are in ``make_room``."""

    k: Array
    cross: Array
    left: Array
    packed: Array
    other: Array
    spreads: Array
    wide: Array
    sigma: Array
    slope: Array
    work: Array
    half: Array
    root: Array
    gram: Array
    turned: Array
    square: Array
    white: Array
    tall: Array
    full: Array
    phi: Array
    blocks: Array
    pairs: Array
    information: Array
    extra: Array
    scaled: Array
    lower: Array
    weights: Array
    moved: Array
    scores: Array
    score: Array
    aside: Array
    weighted: Array
    rows: Array
    far_rows: Array
    near: Array
    far: Array
    flat: Array
    gradient: Array
    spread: Array
    step: Array
    theta: Array
    trial: Array
    right: Array
    means: Array
    beta: Array
    lw: Array
    near_means: Array
    far_means: Array
    table: NDArray[np.int64]


def make_room(g: int, t: int, q: int, p: int) -> Room:
    """Make the arrays for patterns, visits, features and coefficients."""
    size, c = t * q, t * (t + 1) // 2
    shapes: list[tuple[int, ...]] = [
        *[(g, t, t)] * 2, (g, t, q), *[(g, c)] * 2, (g, t * t), (g, size), *[(t, t)] * 4, *[(p, p)] * 3, (t * p, p),
        *[(size, p)] * 2, *[(size, size)] * 2, (q * q, t * t), *[(c, c)] * 6, (t * t, size), (c, size), *[(c, p)] * 3,
        *[(g * q, t * p)] * 2, *[(t * p * g * q,)] * 2, (c, p * (p + 1) // 2), *[(c,)] * 5, *[(size,)] * 2,
        *[(p,)] * 2, *[(t, q)] * 2,
    ]  # fmt: skip
    row, column = np.indices((t, t))
    low, high = np.minimum(row, column), np.maximum(row, column)
    arrays: list[Any] = [*map(np.zeros, shapes), np.ascontiguousarray(high * (high + 1) // 2 + low)]
    return Room(*arrays)
