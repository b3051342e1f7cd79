"""Conditional mean imputation: each missing value by its expectation, the error of the difference by the jackknife."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from myotrial.statistics._arguments import check_conf_level
from myotrial.statistics._collect import Checks
from myotrial.statistics._two_groups import wald
from myotrial.statistics.estimate import Estimate
from myotrial.statistics.imputation._patterns import Floats
from myotrial.statistics.imputation._reading import Covariance, Strategy
from myotrial.statistics.imputation._task import Arms, Task, check_visit, fit_parameters, impute, read_task

_AT_ONCE = 4_000_000
"""Numbers of the filled data sets held at a time."""


def estimate_conditional_mean_difference(
    outcomes: ArrayLike,
    arm: ArrayLike,
    *,
    covariates: ArrayLike | None = None,
    strategy: Strategy | Sequence[Strategy] = "missing-at-random",
    reference: object | None = None,
    covariance: Covariance = "common",
    ice_visit: Sequence[int | None] | None = None,
    visit: int = -1,
    null: float = 0.0,
    conf_level: float = 0.95,
) -> Estimate:
    """Estimate the difference treated minus reference at a visit with missing values at their conditional mean.

    Nothing is drawn: the model is fitted by maximum likelihood, each missing value is set to its expectation under the
    strategy given the values seen, and the arms are compared by analysis of covariance on the baseline covariates. The
    whole is repeated without each subject in turn. Unlike Rubin's rules, this gives the standard error of repeated
    sampling also under reference-based strategies.

    Parameters
    ----------
    outcomes, arm, covariates, strategy, reference, covariance, ice_visit
        As `impute_repeated_measure`.
    visit
        Position of the visit from 0, or from the end if negative.
    null
        Difference under the hypothesis.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        With the jackknife's standard error, normal interval and test.

    Raises
    ------
    ValueError
        As `impute_repeated_measure`; or there is no such visit.

    References
    ----------
    .. [1] Wolbers M, Noci A, Delmar P, Gower-Page C, Yiu S, Bartlett JW. Pharm Stat 2022;21:1246-1257.
       doi:10.1002/pst.2234

    Examples
    --------
    >>> outcomes = [[5, 4], [6, 6], [7, None], [5, 5], [6, 7], [6, 3], [7, 5], [5, 2], [6, None], [4, 3]]
    >>> estimate_conditional_mean_difference(outcomes, [0] * 5 + [1] * 5, strategy="jump-to-reference")
    Estimate: -1.947 (95 % CI -3.782 to -0.1115), p = 0.0376, n = 10 [conditional mean imputation ...]
    """
    with Checks() as check:
        check(check_conf_level, conf_level)
        task = check(read_task, outcomes, arm, covariates, reference, strategy, covariance, ice_visit)
        check(check_visit, visit, task)
    n = len(task.outcomes)
    whole = fit_parameters(task, np.ones((1, n)))
    value = float(_differences(task, whole, np.ones((1, n)), visit)[0])
    size = max(1, _AT_ONCE // task.outcomes.size)
    without = 1 - np.eye(n)
    left_out = np.concatenate([_refit(task, whole, without[at : at + size], visit) for at in range(0, n, size)])
    se = math.sqrt((n - 1) / n * float(((left_out - left_out.mean()) ** 2).sum()))
    method = f"conditional mean imputation by maximum likelihood, {task.words}; analysis of covariance, jackknife"
    if se == 0:
        why = "the jackknife finds no variation: there is no interval"
        return Estimate(value=value, se=0.0, n=n, method=method, warnings=(why,))
    return wald(value, se, n, conf_level, method, null=null)


def _refit(task: Task, whole: Arms, weights: Floats, visit: int) -> Floats:
    """Return the difference without the subjects that ``weights`` (m, n) leave out."""
    return _differences(task, fit_parameters(task, weights, whole), weights, visit)


def _differences(task: Task, parameters: Arms, weights: Floats, visit: int) -> Floats:
    """Impute by the mean and compare the arms, once for each row of ``weights``."""
    outcome = impute(task, parameters, len(weights), None)[:, :, visit]
    columns = np.column_stack([task.design, task.treated])
    weighted = weights[:, :, None] * columns
    moments = np.swapaxes(weighted, 1, 2) @ columns
    found = np.linalg.solve(moments, np.swapaxes(weighted, 1, 2) @ outcome[:, :, None])
    return np.asarray(found[:, -1, 0], dtype=np.float64)
