"""Exact distributions of rank statistics by counting, ties included.

Ranks are doubled, so that mid-ranks are whole numbers and a sum is the index of a table of probabilities.
"""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def doubled_midranks(values: FloatArray) -> NDArray[np.intp]:
    """Twice the mid-rank of every value, a whole number."""
    _, index, counts = np.unique(values, return_inverse=True, return_counts=True)
    doubled = 2 * np.cumsum(counts) - counts + 1
    ranks: NDArray[np.intp] = doubled[index]
    return ranks


def rank_sums(ranks: NDArray[np.intp], size: int) -> FloatArray:
    """Share of the choices of ``size`` ranks that have each sum, from 0 up; up to 1,000 ranks."""
    smaller, total = min(size, len(ranks) - size), int(ranks.sum())
    ways = np.zeros((smaller + 1, total + 1))
    ways[0, 0] = 1.0
    for rank in ranks.tolist():
        ways[1:, rank:] += ways[:-1, : total + 1 - rank]
    shares: FloatArray = ways[smaller] / ways[smaller].sum()
    return shares if smaller == size else shares[::-1]


def signed_rank_sums(ranks: NDArray[np.intp]) -> FloatArray:
    """Share of the signs of the ranks whose positive ones have each sum, from 0 up."""
    total = int(ranks.sum())
    shares = np.zeros(total + 1)
    shares[0] = 1.0
    for rank in ranks.tolist():
        moved = np.zeros_like(shares)
        moved[rank:] = shares[: total + 1 - rank]
        shares = (shares + moved) / 2
    return shares


def two_sided_p_value(shares: FloatArray, seen: int) -> float:
    """Share of the sums that are at least as far from the mean as the one seen."""
    sums = np.arange(len(shares))
    mean = float(shares @ sums)
    far = np.abs(sums - mean) >= abs(seen - mean) - 1e-6  # sums and twice their mean over n are far wider apart
    return min(float(shares[far].sum()), 1.0)
