"""Sample size for the last visit of a repeated measure under dropout (mixed model for repeated measures)."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics.sample_size._solve import Question, answer, check_question, normal_power
from myotrial.statistics.sample_size.result import SampleSize


def size_mmrm(
    difference: float | None,
    sd: float,
    *,
    correlation: ArrayLike,
    retention: Sequence[float],
    retention0: Sequence[float] | None = None,
    sd0: float | None = None,
    n0: float | None = None,
    power: float | None = None,
    alpha: float = 0.05,
    sides: int = 2,
    ratio: float = 1.0,
    dropout: float = 0.0,
) -> SampleSize:
    """Plan the comparison of two means at the last visit by a mixed model for repeated measures.

    Parameters
    ----------
    difference
        Difference at the last visit, in the unit of ``sd``; ``None`` asks for the detectable one.
    sd, sd0
        Standard deviation at the last visit in the treated group and the reference (the same where left out).
    correlation
        Correlation between the T visits, shape (T, T), positive definite. Where the baseline is a covariate of the
        model, that of the residuals (``sd`` likewise).
    retention, retention0
        Part of the subjects still observed at each of the T visits, never rising, from 1 down to above 0, in the
        treated group and the reference (the same where left out). Dropout is monotone and at random.
    n0, power, alpha, sides, ratio, dropout
        As for `size_two_proportions`. ``dropout`` is for those who never enter the analysis: those lost on the way
        are in ``retention`` already.

    Returns
    -------
    SampleSize
        Normal approximation with known covariance; unstructured means.

    Raises
    ------
    ValueError
        More or less than one is left out, the shapes do not fit, a number is not possible, or no size or effect
        reaches the power: all of it in one error where possible.

    References
    ----------
    .. [1] Lu K, Luo X, Chen PY. Int J Biostat 2008;4:Article 9. doi:10.2202/1557-4679.1098

    Examples
    --------
    >>> correlation = [[1, 0.25, 0.25, 0.25], [0.25, 1, 0.25, 0.25], [0.25, 0.25, 1, 0.25], [0.25, 0.25, 0.25, 1]]
    >>> size_mmrm(0.5, 1, correlation=correlation, retention=[1, 0.9, 0.8, 0.7], power=0.8)
    SampleSize: n = 174 (87 + 87); power 0.8, difference 0.5, two-sided alpha 0.05 [mixed model ...]
    """
    other = sd if sd0 is None else sd0
    q = Question(
        n0=n0,
        power=power,
        effect=difference,
        alpha=alpha,
        sides=sides,
        ratio=ratio,
        dropout=dropout,
        effect_name="difference",
        method="mixed model for repeated measures at the last visit, Lu, Luo and Chen",
    )
    stay1, stay0 = list(retention), list(retention if retention0 is None else retention0)
    matrix = np.asarray(correlation, dtype=np.float64)
    check_question(
        q,
        ("n0", "difference"),
        *_faults(matrix, stay1, "retention"),
        *_faults(None, stay0, "retention0"),
        f"retention0: got {len(stay0)} visits; expected {len(stay1)}" if len(stay0) != len(stay1) else None,
        *[
            f"{name}: got {value}; expected a number above 0"
            for name, value in (("sd", sd), ("sd0", other))
            if not 0 < value < math.inf
        ],
        "difference: got 0; expected another number" if difference == 0 else None,
    )
    spread1, spread0 = sd * math.sqrt(_inflation(matrix, stay1)), other * math.sqrt(_inflation(matrix, stay0))
    se = math.sqrt(spread1**2 / ratio + spread0**2)
    return answer(q, lambda n, value: normal_power(q, abs(value) * math.sqrt(n), se, se), (0.0, 1e3 * se))


def _faults(matrix: NDArray[np.float64] | None, retention: list[float], name: str) -> list[str]:
    """Everything wrong with one group's retention and, where given, the correlation matrix."""
    faults, visits = [], len(retention)
    steps = [1.0, *retention]
    if not retention or not all(0 < b <= a for a, b in pairwise(steps)):
        faults.append(f"{name}: got {retention}; expected numbers above 0, at most 1, never rising")
    if matrix is None:
        return faults
    if matrix.shape != (visits, visits):
        return [
            *faults,
            f"correlation: got shape {matrix.shape}; expected ({visits}, {visits}) as the visits of {name}",
        ]
    regular = np.isfinite(matrix).all() and np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1)
    if not regular or np.linalg.eigvalsh(matrix)[0] <= 1e-12:
        faults.append(
            "correlation: got a matrix that is not a correlation; expected symmetric, ones on the diagonal, "
            "positive definite"
        )
    return faults


def _inflation(correlation: NDArray[np.float64], retention: list[float]) -> float:
    """Variance of the last visit's mean over that of complete data of one subject."""
    visits = len(retention)
    information = np.zeros((visits, visits))
    for seen, (now, later) in enumerate(zip(retention, [*retention[1:], 0.0], strict=True), start=1):
        information[:seen, :seen] += (now - later) * np.linalg.inv(correlation[:seen, :seen])
    return float(np.linalg.inv(information)[-1, -1])
