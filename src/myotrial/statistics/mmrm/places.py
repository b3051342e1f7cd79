"""Where the elements of symmetric matrices lie: tables of indices for derivatives by the lower triangle of Σ.

E_h is one at an element h = (s, t) of the lower triangle and at its mirror image. Sums over both orders of (s, t) take
the elements of the diagonal twice, which ``weights`` makes good.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from myotrial.statistics.mmrm.structures import Array

MOST = 500_000
"""Elements of a table of indices; what is larger is made in parts."""

Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Triangle:
    """The lower triangle of a symmetric matrix, row by row.

    Attributes
    ----------
    rows, columns
        Row and column of every element.
    flat
        Place of every element in the matrix laid out flat.
    whole
        Place in the triangle of every element of the matrix, size × size.
    weights
        1/2 on the diagonal, else 1.
    roots
        1 on the diagonal, else √2: the products of two triangles so scaled sum to the trace of the matrices' product.
    """

    rows: Places
    columns: Places
    flat: Places
    whole: Places
    weights: Array
    roots: Array


Tables = TypeVar("Tables")


@lru_cache(maxsize=64)
def triangle(size: int) -> Triangle:
    """Return the tables of a matrix of one size."""
    rows, columns = np.tril_indices(size)
    row, column = np.indices((size, size))
    low, high = np.minimum(row, column), np.maximum(row, column)
    weights, roots = np.where(rows == columns, 0.5, 1.0), np.where(rows == columns, 1.0, np.sqrt(2.0))
    return _fixed(Triangle(rows, columns, rows * size + columns, high * (high + 1) // 2 + low, weights, roots))


@lru_cache(maxsize=4)
def pair_places(visits: int) -> Places:
    """Return where tr(E_h K E_m N) finds its four terms, in products of an element of K and one of N.

    Returns
    -------
    numpy.ndarray
        4 × elements × elements, into triangle × triangle laid out flat.
    """
    own = triangle(visits)
    s, t, u, v = own.rows[:, None], own.columns[:, None], own.rows, own.columns
    terms = ((t, u, v, s), (s, u, v, t), (t, v, u, s), (s, v, u, t))
    size = len(own.rows)
    return np.stack([own.whole[a, b] * size + own.whole[c, d] for a, b, c, d in terms])


@lru_cache(maxsize=16)
def score_places(visits: int, features: int) -> Places:
    """Return where K E_h (K r z') finds its two terms, in products of an element of K and one of K r z'.

    Returns
    -------
    numpy.ndarray
        2 × elements × (visits · features), into triangle × visits · features laid out flat.
    """
    own, size = triangle(visits), visits * features
    visit, feature = np.divmod(np.arange(size), features)
    s, t = own.rows[:, None], own.columns[:, None]
    return np.stack([own.whole[a, visit] * size + b * features + feature for a, b in ((s, t), (t, s))])


@lru_cache(maxsize=8)
def _slope_places(visits: int, p: int, low: int, high: int) -> Places:
    """Return where some slopes find their two terms in the square of K X root' laid out flat."""
    own, square = triangle(visits), triangle(p)
    s, t = own.rows[low:high, None], own.columns[low:high, None]
    i, j = square.rows, square.columns
    return np.stack([((a * p + i) * visits + b) * p + j for a, b in ((s, t), (t, s))])


def gather_slopes(square: Array, visits: int, p: int) -> Array:
    """Return root · (Σ X'K E_h K X) · root' per element h, as a triangle times ``Triangle.roots``.

    ``square`` is the sum over roots of Σ z z' of (K X root')' (K X root'), data sets × (visits · p)².
    """
    own, roots = triangle(visits), triangle(p).roots
    slopes = np.empty((len(square), len(own.rows), len(roots)))
    step = max(1, MOST // len(roots))
    for low in range(0, len(own.rows), step):
        first, second = (np.take(square, place, axis=1) for place in _slope_places(visits, p, low, low + step))
        part = np.add(first, second, out=slopes[:, low : low + step])
        part *= own.weights[low : low + step, None] * roots
    return slopes


def unfold(slopes: Array, p: int) -> Array:
    """Return square matrices from triangles that were scaled with ``Triangle.roots``."""
    own = triangle(p)
    return np.asarray(np.take(slopes / own.roots, own.whole, axis=-1))


def _fixed(tables: Tables) -> Tables:
    """Let nobody write into tables that are kept."""
    for array in vars(tables).values():
        array.setflags(write=False)
    return tables
