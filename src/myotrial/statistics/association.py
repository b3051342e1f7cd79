"""Association of a response with groups over strata: the generalised Cochran–Mantel–Haenszel tests.

Written here: statsmodels' ``StratifiedTable`` has two groups and two outcomes only. All tests are one quadratic form
in the sum over strata of products of group scores and response scores, with its permutation variance.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import as_labels, as_numbers, check_choice, check_same_length
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import chi_square_p_value
from myotrial.statistics._strata import check_groups, describe_strata, index_strata, one_sided_strata
from myotrial.statistics.estimate import ChiSquareTest

AssociationTest = Literal["general", "row-means", "correlation"]
Scores = Literal["table", "modified-ridit"]

_METHOD = {"general": "general association", "row-means": "row mean scores", "correlation": "nonzero correlation"}
FloatArray = NDArray[np.float64]


def estimate_association(
    response: ArrayLike,
    group: ArrayLike,
    strata: ArrayLike | None = None,
    *,
    test: AssociationTest = "general",
    scores: Scores = "table",
) -> ChiSquareTest:
    """Test that a response does not depend on the group, over strata (generalised Cochran–Mantel–Haenszel).

    Parameters
    ----------
    response
        Response of every subject: labels for ``test="general"``, numbers (the scores of an ordered response) for
        the other two.
    group
        Group of every subject, two or more; numbers for ``test="correlation"``.
    strata
        Stratum of every subject.
    test
        ``"general"``: any difference. ``"row-means"``: the groups' mean scores differ. ``"correlation"``: response
        and group rise or fall together.
    scores
        For the last two: ``"table"`` takes the numbers as they are, ``"modified-ridit"`` their mid-ranks within
        the stratum over n + 1; row means then give van Elteren's stratified Wilcoxon test.

    Returns
    -------
    ChiSquareTest
        With no stratum where both group and response vary the statistic is ``None``, with a warning.

    Raises
    ------
    ValueError
        Unequal lengths, a missing value, fewer than two groups, or an option not known.

    References
    ----------
    .. [1] Landis JR, Heyman ER, Koch GG. Int Stat Rev 1978;46:237-254. doi:10.2307/1402373
    .. [2] van Elteren PH. Bull Int Stat Inst 1960;37:351-361.

    Examples
    --------
    >>> estimate_association([1, 2, 2, 3, 3, 3, 1, 2], list("aaaabbbb"), test="row-means")
    ChiSquareTest: chi-square 0.1795 on 1 df, p = 0.6718, n = 8 [row mean scores test without stratification, ...]
    """
    with Checks() as check:
        check(check_choice, test, "test", get_args(AssociationTest))
        check(check_choice, scores, "scores", get_args(Scores))
        groups = check(as_labels, group, "group")
        check(check_groups, groups)
        values = check(as_numbers, groups, "group") if test == "correlation" else None
        outcomes = check(as_labels if test == "general" else as_numbers, response, "response")
        check(check_same_length, response=outcomes, group=groups)
        where = check(index_strata, strata, rows=outcomes, name="response")
    index, names = where
    columns = _indicators(outcomes) if test == "general" else outcomes[:, None].astype(np.float64)
    rows = _indicators(groups) if values is None else values[:, None]
    ridits = test != "general" and scores == "modified-ridit"
    size = columns.shape[1] * rows.shape[1]
    excess, variance = np.zeros(size), np.zeros((size, size))
    for stratum in range(int(index.max()) + 1):
        inside = index == stratum
        parts = (columns[inside], rows[inside])
        if ridits:
            parts = (_ridits(parts[0]), _ridits(parts[1]) if test == "correlation" else parts[1])
        shift, spread = _one_stratum(*parts)
        excess, variance = excess + shift, variance + spread
    scored = "" if test == "general" else f", {scores} scores"
    method = f"{_METHOD[test]} test {describe_strata(names)}{scored} (generalised Cochran–Mantel–Haenszel)"
    return _quadratic_form(excess, variance, len(groups), method, one_sided_strata((index, names), groups))


def _indicators(labels: NDArray[np.generic]) -> FloatArray:
    """Code labels by one column for each level but the first."""
    levels = np.unique(labels)
    columns: FloatArray = (labels[:, None] == levels[1:]).astype(np.float64)
    return columns


def _ridits(scores: FloatArray) -> FloatArray:
    """Mid-ranks within the stratum over n + 1."""
    _, index, counts = np.unique(scores[:, 0], return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    ranks: FloatArray = (middle[index] / (len(scores) + 1))[:, None]
    return ranks


def _one_stratum(columns: FloatArray, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sum of products of the centred scores of one stratum, and its variance over all permutations."""
    n = len(rows)
    u, v = columns - columns.mean(axis=0), rows - rows.mean(axis=0)
    return (u.T @ v).ravel(), np.kron(u.T @ u, v.T @ v) / max(n - 1, 1)


def _quadratic_form(
    excess: FloatArray, variance: FloatArray, n: int, method: str, warnings: tuple[str, ...]
) -> ChiSquareTest:
    """Chi-square of the sums on as many degrees of freedom as their variance has dimensions."""
    scale = np.sqrt(np.where(np.diag(variance) > 0, np.diag(variance), 1.0))
    scaled = variance / np.outer(scale, scale)
    df = int(np.linalg.matrix_rank(scaled, tol=1e-9, hermitian=True))
    if df == 0:
        why = "no stratum where both the group and the response vary: nothing to compare"
        return ChiSquareTest(chi_square=None, df=None, p_value=None, n=n, method=method, warnings=(*warnings, why))
    z = excess / scale
    chi_square = float(z @ np.linalg.pinv(scaled, rcond=1e-9, hermitian=True) @ z)
    p_value = chi_square_p_value(chi_square, df)
    return ChiSquareTest(chi_square=chi_square, df=df, p_value=p_value, n=n, method=method, warnings=warnings)
