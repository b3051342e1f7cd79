"""Permutation test of two groups, also over strata: all divisions where they are few, seeded draws where many.

Written here: SciPy's ``permutation_test`` keeps no strata.
"""

import math
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import as_numbers, as_treated, check_same_length
from myotrial.statistics._collect import Checks
from myotrial.statistics._strata import describe_strata, index_strata, one_sided_strata
from myotrial.statistics._two_groups import empty_group
from myotrial.statistics.estimate import Estimate

_ENUMERABLE = 200_000
"""No more divisions of the subjects than this are all looked at."""

_BLOCK = 2_000_000
"""Numbers drawn at once, which bounds the memory."""

FloatArray = NDArray[np.float64]


def estimate_permutation(
    values: ArrayLike,
    arm: ArrayLike,
    strata: ArrayLike | None = None,
    *,
    reference: object | None = None,
    draws: int = 20_000,
    seed: int = 0,
) -> Estimate:
    """Test that two groups do not differ by permuting the subjects between them, within strata.

    Parameters
    ----------
    values
        One finite number per subject (scores, ranks, 0 and 1).
    arm
        Group of every subject: 0 (reference) and 1, or two labels, one of them named by ``reference``.
    strata
        Stratum of every subject; subjects are permuted within it only.
    reference
        Label of the reference group.
    draws
        Random divisions where there are more than 200,000 in all.
    seed
        Seed of the draws; the same seed gives the same p-value on every machine.

    Returns
    -------
    Estimate
        ``value`` is the difference of means, over strata weighted n1 n0 / (n1 + n0). ``p_value`` is the share of
        divisions with a difference at least as far from zero: exact, or (b + 1) / (draws + 1), which is never 0.

    Raises
    ------
    ValueError
        Unequal lengths, a missing value, more than two groups, or fewer than one draw.

    References
    ----------
    .. [1] Pitman EJG. Suppl J R Stat Soc 1937;4:119-130. doi:10.2307/2984124
    .. [2] Phipson B, Smyth GK. Stat Appl Genet Mol Biol 2010;9:39. doi:10.2202/1544-6115.1585

    Examples
    --------
    >>> estimate_permutation([12, 9, 11, 14, 8, 7, 9, 10], [1, 1, 1, 1, 0, 0, 0, 0])
    Estimate: 3, p = 0.0857, n = 8 [permutation test of means without stratification, all 70 divisions]
    """
    with Checks() as check:
        numbers, treated = check(as_numbers, values, "values"), check(as_treated, arm, reference)
        n = check(check_same_length, values=numbers, arm=treated)
        where = check(index_strata, strata, rows=numbers, name="values")
        check.that(draws >= 1, "draws", draws, "1 or more")
    index, names = where
    sizes = int(treated.sum()), int((~treated).sum())
    method = f"permutation test of means {describe_strata(names)}"
    if min(sizes) == 0:
        return empty_group(*sizes, method)
    warnings = one_sided_strata((index, names), treated)
    parts = [(numbers[index == k], treated[index == k]) for k in range(int(index.max()) + 1)]
    parts = [(part - part.mean(), chosen) for part, chosen in parts if 0 < chosen.sum() < len(chosen)]
    if not parts:
        why = "no stratum has subjects of both groups: nothing can be estimated"
        return Estimate(value=None, n=n, method=method, warnings=(*warnings, why))
    weight = sum(len(part) * chosen.mean() * (1 - chosen.mean()) for part, chosen in parts)
    seen = sum(float(part[chosen].sum()) for part, chosen in parts)
    # Sums that differ by rounding alone are ties, and a tie counts as at least as far.
    edge = abs(seen) - 1e-9 * max(float(np.abs(part).sum()) for part, _ in parts)
    ways = math.prod(math.comb(len(part), int(chosen.sum())) for part, chosen in parts)
    if ways <= _ENUMERABLE:
        p_value = float((np.abs(_all_sums(parts)) >= edge).mean())
        method += f", all {ways:,} divisions"
    else:
        far = int((np.abs(_drawn_sums(parts, draws, seed)) >= edge).sum())
        p_value = (far + 1) / (draws + 1)
        method += f", {draws:,} random divisions (seed {seed})"
    return Estimate(value=seen / weight, p_value=p_value, n=n, method=method, warnings=warnings)


def _all_sums(parts: list[tuple[FloatArray, NDArray[np.bool_]]]) -> FloatArray:
    """Sum of the chosen values for every division of every stratum."""
    sums = np.zeros(1)
    for part, chosen in parts:
        rows = np.array(list(combinations(range(len(part)), int(chosen.sum()))))
        sums = (sums[:, None] + part[rows].sum(axis=1)).ravel()
    return sums


def _drawn_sums(parts: list[tuple[FloatArray, NDArray[np.bool_]]], draws: int, seed: int) -> FloatArray:
    """Sum of the chosen values for random divisions of every stratum."""
    generator = np.random.default_rng(seed)
    sums = np.zeros(draws)
    for part, chosen in parts:
        size, block = int(chosen.sum()), max(_BLOCK // len(part), 1)
        for start in range(0, draws, block):
            count = min(block, draws - start)
            order = generator.permuted(np.tile(part, (count, 1)), axis=1)
            sums[start : start + count] += order[:, :size].sum(axis=1)
    return sums
