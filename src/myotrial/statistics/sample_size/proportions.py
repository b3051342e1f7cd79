"""Sample size for one proportion and for two."""

import math
from typing import Literal, get_args

from myotrial.statistics._arguments import check_choice
from myotrial.statistics._collect import Checks
from myotrial.statistics.sample_size._exact import binomial_power, fisher_power, smallest_whole
from myotrial.statistics.sample_size._solve import Question, answer, check_question, describe, normal_power
from myotrial.statistics.sample_size.result import SampleSize

TwoProportions = Literal["pooled", "unpooled", "continuity", "arcsine", "fisher"]
OneProportion = Literal["normal", "exact"]

_METHOD = {
    "pooled": "two proportions, normal test with pooled variance",
    "unpooled": "two proportions, normal test with unpooled variance",
    "continuity": "two proportions, normal test with pooled variance and continuity correction",
    "arcsine": "two proportions, arcsine transformation",
    "fisher": "two proportions, Fisher's exact test, power by enumeration",
}
_SAWTOOTH = "exact power goes up and down with n: a somewhat larger n may have a little less power"


def _within(name: str, p: float | None, *, optional: bool = False) -> str | None:
    if p is None:
        return None if optional else f"{name}: got None; expected a proportion"
    return None if 0 < p < 1 else f"{name}: got {p}; expected a proportion above 0 and below 1"


def size_two_proportions(
    p1: float | None,
    p0: float,
    *,
    n0: float | None = None,
    power: float | None = None,
    method: TwoProportions = "pooled",
    margin: float = 0.0,
    alpha: float = 0.05,
    sides: int = 2,
    ratio: float = 1.0,
    dropout: float = 0.0,
    detect: Literal["above", "below"] = "above",
) -> SampleSize:
    """Plan the comparison of two independent proportions.

    Parameters
    ----------
    p1, p0
        Proportions in the treated group and the reference, between 0 and 1. ``p1=None`` asks for the smallest
        (with ``detect="below"`` the largest) proportion that is detected.
    n0
        Subjects in the reference group; left out to solve for it.
    power
        Power; left out to compute it.
    method
        ``"pooled"`` (variance pooled under no difference), ``"unpooled"``, ``"continuity"`` (pooled, with the
        correction of Casagrande, Pike, Smith and Fleiss), ``"arcsine"``, or ``"fisher"`` (exact power by
        enumeration, for sizes up to 500 a group).
    margin
        Non-inferiority margin, 0 or more: the hypothesis is p1 ≤ p0 - margin. With ``"unpooled"`` and one side.
    alpha, sides
        Type I error (both sides together) and number of sides.
    ratio
        Treated over reference, above 0.
    dropout
        Part of the enrolled that is lost, from 0 to below 1; the size to enrol is n / (1 - dropout).
    detect
        Side of ``p0`` on which a detectable ``p1`` is sought.

    Returns
    -------
    SampleSize
        Exactly one of ``p1``, ``n0`` and ``power`` is solved for. The tail of the wrong side is not counted as power.

    Raises
    ------
    ValueError
        More or less than one is left out, a number is not possible, or no size or effect reaches the power.

    References
    ----------
    .. [1] Fleiss JL, Levin B, Paik MC. Statistical Methods for Rates and Proportions. 3rd ed. Wiley, 2003, chapter 4.
    .. [2] Casagrande JT, Pike MC, Smith PG. Biometrics 1978;34:483-486. doi:10.2307/2530613
    .. [3] Cohen J. Statistical Power Analysis for the Behavioral Sciences. 2nd ed. 1988 (arcsine).

    Examples
    --------
    >>> size_two_proportions(0.75, 0.5, power=0.9)
    SampleSize: n = 154 (77 + 77); power 0.9011, proportion 0.75, two-sided alpha 0.05 [...pooled variance]
    >>> round(size_two_proportions(0.75, 0.5, n0=77).power, 4)
    0.9011
    """
    with Checks() as check:
        check(check_choice, method, "method", get_args(TwoProportions))
        check(check_choice, detect, "detect", ("above", "below"))
    q = Question(
        n0=n0,
        power=power,
        effect=p1,
        alpha=alpha,
        sides=sides,
        ratio=ratio,
        dropout=dropout,
        effect_name="proportion",
        method=_METHOD[method] + (f", margin {margin:g}" if margin else ""),
        warnings=(_SAWTOOTH,) if method == "fisher" else (),
    )
    wrong_margin = margin != 0 and (method != "unpooled" or sides != 1)
    check_question(
        q,
        ("n0", "p1"),
        _within("p0", p0),
        _within("p1", p1, optional=True),
        "p1: got the same as p0; expected a difference" if p1 == p0 and not margin else None,
        f"margin: got {margin}; expected 0 or more and below 1" if not 0 <= margin < 1 else None,
        f"margin: got {margin} with {method}, {sides} sides; expected unpooled and sides=1" if wrong_margin else None,
        f"p1: got {p1}; expected more than p0 - margin = {p0 - margin:g}"
        if margin and p1 and p1 <= p0 - margin
        else None,
    )
    if method == "fisher":
        return _size_fisher(q, p0, detect)

    def power_of(n: float, p: float) -> float:
        return _normal_two(q, method, n, p, p0, margin)

    edge = 1e-9
    start = max(edge, p0 - margin)
    return answer(q, power_of, (start, 1 - edge) if detect == "above" else (p0, edge))


def _normal_two(q: Question, method: str, n: float, p1: float, p0: float, margin: float) -> float:
    """Power of the normal tests at n subjects in the reference group."""
    r, root = q.ratio, math.sqrt(n)
    if method == "arcsine":
        h = 2 * abs(math.asin(math.sqrt(p1)) - math.asin(math.sqrt(p0)))
        return normal_power(q, h * root, math.sqrt(1 + 1 / r), math.sqrt(1 + 1 / r))
    difference = abs(p1 - p0) if not margin else p1 - p0 + margin
    pooled = (r * p1 + p0) / (1 + r)
    se_effect = math.sqrt(p1 * (1 - p1) / r + p0 * (1 - p0))
    se_null = se_effect if method == "unpooled" else math.sqrt(pooled * (1 - pooled) * (1 + 1 / r))
    if method == "continuity" and difference > 0:
        root -= (1 + r) / (2 * r * difference) / root
    return normal_power(q, difference * root, se_null, se_effect)


def _size_fisher(q: Question, p0: float, detect: str) -> SampleSize:
    """Answer by enumeration; sizes are whole, and one-sided tests look towards p1."""

    def power_of(n: float, p: float) -> float:
        return fisher_power(round(n * q.ratio), round(n), p, p0, q.alpha, q.sides, upward=p >= p0)

    if q.n0 is None:
        p1 = q.effect or 0.0
        near = answer(q, lambda n, p: _normal_two(q, "continuity", n, p, p0, 0.0), (0, 1)).n0
        n = smallest_whole(lambda size: power_of(size, p1), q.power or 0.0, near)
        return describe(q, n, p1, power_of)
    return answer(q, power_of, (p0, 1 - 1e-9) if detect == "above" else (p0, 1e-9))


def size_one_proportion(
    p1: float | None,
    p0: float,
    *,
    n: float | None = None,
    power: float | None = None,
    method: OneProportion = "exact",
    alpha: float = 0.05,
    sides: int = 2,
    dropout: float = 0.0,
    detect: Literal["above", "below"] = "above",
) -> SampleSize:
    """Plan the comparison of one proportion with a fixed one.

    Parameters
    ----------
    p1, p0
        True and hypothesised proportion, between 0 and 1; ``p1=None`` asks for the detectable one.
    n
        Subjects; left out to solve for it.
    power
        Power; left out to compute it.
    method
        ``"exact"`` (binomial test with half of alpha in each tail where two-sided; the true error is at most
        alpha) or ``"normal"`` (score test).
    alpha, sides, dropout, detect
        As for `size_two_proportions`.

    Returns
    -------
    SampleSize
        The size stands in ``n0``; ``n1`` is 0.

    Raises
    ------
    ValueError
        More or less than one is left out, a number is not possible, or no size or effect reaches the power.

    References
    ----------
    .. [1] Chow SC, Shao J, Wang H. Sample Size Calculations in Clinical Research. 2nd ed. 2008, chapter 4.

    Examples
    --------
    >>> size_one_proportion(0.5, 0.3, power=0.8, alpha=0.025, sides=1)
    SampleSize: n = 47; power 0.8092, proportion 0.5, one-sided alpha 0.025 [one proportion, exact binomial test]
    """
    with Checks() as check:
        check(check_choice, method, "method", get_args(OneProportion))
        check(check_choice, detect, "detect", ("above", "below"))
    exact = method == "exact"
    words = "one proportion, exact binomial test" if exact else "one proportion, normal score test"
    q = Question(
        n0=n,
        power=power,
        effect=p1,
        alpha=alpha,
        sides=sides,
        ratio=1.0,
        dropout=dropout,
        effect_name="proportion",
        method=words,
        warnings=(_SAWTOOTH,) if exact else (),
    )
    same = "p1: got the same as p0; expected a difference" if p1 == p0 else None
    check_question(q, ("n", "p1"), _within("p0", p0), _within("p1", p1, optional=True), same)

    def approximate(size: float, p: float) -> float:
        return normal_power(q, abs(p - p0) * math.sqrt(size), math.sqrt(p0 * (1 - p0)), math.sqrt(p * (1 - p)))

    def power_of(size: float, p: float) -> float:
        if not exact:
            return approximate(size, p)
        return binomial_power(round(size), p, p0, q.share, upward=p >= p0)

    if exact and n is None:
        near = answer(q, approximate, (0, 1), groups=1).n0
        whole = smallest_whole(lambda size: power_of(size, p1 or 0.0), power or 0.0, near)
        return describe(q, whole, p1 or 0.0, power_of, groups=1)
    return answer(q, power_of, (p0, 1 - 1e-9) if detect == "above" else (p0, 1e-9), groups=1)
