"""Working space of the compiled kernel."""

from typing import NamedTuple

import numpy as np

from myotrial.statistics.mmrm.structures import Array


class Room(NamedTuple):
    """Arrays that every data set writes over; their shapes are in ``make_room``."""

    k: Array
    cross: Array
    inner: Array
    left: Array
    packed: Array
    other: Array
    sigma: Array
    slope: Array
    work: Array
    outer: Array
    root: Array
    gram: Array
    turned: Array
    square: Array
    white: Array
    tall: Array
    full: Array
    phi: Array
    flat_white: Array
    pairs: Array
    information: Array
    scaled: Array
    lower: Array
    weights: Array
    moved: Array
    scores: Array
    score: Array
    wide: Array
    flat: Array
    aside: Array
    rows: Array
    stood: Array
    slopes: Array
    packed_turned: Array
    gradient: Array
    spread: Array
    step: Array
    theta: Array
    trial: Array
    right: Array
    means: Array
    at: Array
    beta: Array
    lw: Array


def make_room(g: int, t: int, q: int, p: int, c: int) -> Room:
    """Make the arrays for patterns, visits, features, coefficients and covariance parameters."""
    size = t * q
    shapes = [
        *[(g, t, t)] * 3, (g, t, q), *[(g, c)] * 2, *[(t, t)] * 4, *[(p, p)] * 4, *[(size, p)] * 2,
        *[(size, size)] * 2, (p, size), *[(c, c)] * 5, (t * t, size), (c, size), (c, p), (t, q), (p * p, c), (c, p),
        (t, g * q, p), (t, p, g * q), (c, p, p), (c, g), *[(c,)] * 5, *[(size,)] * 2, (t,), *[(p,)] * 2,
    ]  # fmt: skip
    return Room(*(np.zeros(shape) for shape in shapes))
