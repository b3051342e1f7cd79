"""Random numbers that are the same on every machine and with every release of the libraries.

Uniforms are taken from the raw bits of PCG64, whose stream NumPy guarantees, and turned into normal deviates by
the inverse distribution function. No linear algebra is used, so no BLAS can change a digit.
"""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

MOST_EVENTS = 1000
"""Where counting of events stops."""


class Stream:
    """One named stream of a seed; streams of different names do not depend on one another.

    Examples
    --------
    >>> Stream(1, "baseline").uniform(2).round(6).tolist() == Stream(1, "baseline").uniform(2).round(6).tolist()
    True
    """

    def __init__(self, seed: int, name: str) -> None:
        tag = int.from_bytes(sha256(name.encode()).digest()[:8], "big")
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, tag]))

    def uniform(self, *shape: int) -> np.ndarray:
        """Return uniform numbers strictly between 0 and 1."""
        raw = np.asarray(self._bits.random_raw(int(np.prod(shape))), dtype=np.uint64)
        return np.asarray(((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53).reshape(shape)

    def normal(self, *shape: int) -> np.ndarray:
        """Return standard normal numbers."""
        from scipy.special import ndtri  # noqa: PLC0415  (scipy is slow to load and needed only here)

        return np.asarray(ndtri(self.uniform(*shape)))

    def pick(self, shares: Sequence[float], *shape: int) -> np.ndarray:
        """Return places in a list of shares that add up to 1, each as often as its share says.

        Examples
        --------
        >>> Stream(1, "sides").pick([0.5, 0.0, 0.5], 8).tolist()
        [2, 0, 0, 2, 2, 2, 2, 0]
        """
        edges = np.cumsum(np.asarray(shares, dtype=np.float64))[:-1]
        return np.asarray(np.searchsorted(edges, self.uniform(*shape), side="right"))

    def poisson(self, mean: np.ndarray) -> np.ndarray:
        """Return Poisson numbers of these means (up to 500), by inverting the distribution function.

        Examples
        --------
        >>> Stream(1, "calls").poisson(np.array([0.0, 1.0, 20.0])).tolist()
        [0, 2, 20]
        """
        drawn = self.uniform(*mean.shape)
        count = np.zeros(mean.shape, dtype=np.int64)
        term = np.exp(-mean)
        reached = term.copy()
        for number in range(1, MOST_EVENTS + 1):
            beyond = drawn >= reached
            if not beyond.any():
                break
            count[beyond] = number
            term = term * mean / number
            reached = reached + term
        return count


def correlated(stream: Stream, correlation: float, *shape: int) -> np.ndarray:
    """Return standard normals that are equally correlated along the last axis (one common factor)."""
    common = stream.normal(*shape[:-1], 1)
    return sharing(common, stream.normal(*shape), correlation)


def sharing(common: np.ndarray, own: np.ndarray, correlation: float) -> np.ndarray:
    """Return standard normals that have this correlation through what is common to them."""
    return np.asarray(np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own)


def to_grid(values: np.ndarray, step: float, low: float, high: float) -> np.ndarray:
    """Put values on an instrument's grid, inside its range, as the decimals that would be written."""
    return np.asarray(np.round(np.round(np.clip(values, low, high) / step) * step, 6))
