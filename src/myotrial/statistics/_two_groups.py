"""What the comparisons of two groups share: checks, the empty group, Wald intervals on both scales."""

import math

from myotrial.statistics._arguments import check_count
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import normal_p_value, normal_quantile
from myotrial.statistics.estimate import Estimate

EMPTY = "{} has no subjects: nothing can be estimated"
NO_VARIANCE = "every proportion is 0 or 1: the standard error is zero and gives no Wald interval"


def check_two_groups(count1: int, n1: int, count0: int, n0: int) -> tuple[int, int, int, int]:
    """Return the counts of the treated (1) and the reference group (0) as whole numbers, or refuse them."""
    with Checks() as check:
        group1 = check(check_count, count1, n1, ("count1", "n1"))
        group0 = check(check_count, count0, n0, ("count0", "n0"))
    return *group1, *group0


def empty_group(n1: int, n0: int, method: str) -> Estimate:
    """Build the estimate that says which group is empty."""
    groups = [name for name, n in (("group 1", n1), ("group 0", n0)) if n == 0]
    return Estimate(value=None, n=n1 + n0, method=method, warnings=tuple(EMPTY.format(group) for group in groups))


def wald(
    value: float, se: float, n: int, conf_level: float, method: str, *, null: float = 0.0, test: bool = True
) -> Estimate:
    """Build an estimate from its standard error: Wald interval, and Wald test of ``null``."""
    half = normal_quantile(conf_level) * se
    return Estimate(
        value=float(value),
        low=float(value - half),
        high=float(value + half),
        conf_level=conf_level,
        se=float(se),
        p_value=normal_p_value((value - null) / se) if test else None,
        n=n,
        method=method,
    )


def wald_difference(
    value: float, se: float, n: int, conf_level: float, method: str, warnings: tuple[str, ...] = ()
) -> Estimate:
    """Build a difference of proportions from its standard error: Wald interval within [-1, 1], Wald test."""
    half = normal_quantile(conf_level) * se
    if abs(value) + half > 1:
        warnings = (*warnings, "the Wald interval leaves the range -1 to 1 and was cut there")
    return Estimate(
        value=value,
        low=max(value - half, -1.0),
        high=min(value + half, 1.0),
        conf_level=conf_level,
        se=se,
        p_value=normal_p_value(value / se),
        n=n,
        method=method,
        warnings=warnings,
    )


def ratio_from_log(
    log_value: float, se: float, n: int, conf_level: float, method: str, warnings: tuple[str, ...] = ()
) -> Estimate:
    """Build a ratio from its logarithm and that one's standard error: Wald interval and test."""
    half = normal_quantile(conf_level) * se
    return Estimate(
        value=math.exp(log_value),
        low=math.exp(log_value - half),
        high=math.exp(log_value + half),
        conf_level=conf_level,
        se=se,
        p_value=normal_p_value(log_value / se),
        n=n,
        method=method,
        warnings=warnings,
    )
