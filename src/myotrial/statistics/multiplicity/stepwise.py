# ruff: noqa: PLC0415 (statsmodels takes seconds to load: only where it is used)
"""Procedures that treat all hypotheses alike: Bonferroni, Holm, Hochberg, Hommel.

The adjusted p-values are those of statsmodels; the decisions are taken in exact arithmetic.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from myotrial.statistics.multiplicity._numbers import Number, read_alpha, read_names, read_numbers, refuse
from myotrial.statistics.multiplicity.result import MultipleTest, say

PAdjustment = Literal["bonferroni", "holm", "hochberg", "hommel"]

_STATSMODELS_NAME = {"bonferroni": "bonferroni", "holm": "holm", "hochberg": "simes-hochberg", "hommel": "hommel"}
_METHOD = {
    "bonferroni": "Bonferroni",
    "holm": "Holm, step down",
    "hochberg": "Hochberg, step up (independent or positively dependent tests)",
    "hommel": "Hommel, closed Simes test (independent or positively dependent tests)",
}


def adjust_p_values(
    p_values: Sequence[Number],
    method: PAdjustment = "holm",
    *,
    alpha: Number = 0.05,
    names: Sequence[str] | None = None,
) -> MultipleTest:
    """Test several hypotheses of equal standing at one familywise error rate.

    Parameters
    ----------
    p_values
        One for each hypothesis, between 0 and 1, in any order.
    method
        ``"bonferroni"`` and ``"holm"`` hold for any dependence; ``"hochberg"`` and ``"hommel"`` for independent
        or positively dependent test statistics.
    alpha
        Familywise error rate, between 0 and 1.
    names
        Names of the hypotheses; H1, H2, … where left out.

    Returns
    -------
    MultipleTest

    Raises
    ------
    ValueError
        A p-value is missing or outside 0 to 1, the level or the names do not fit: all of it in one error.

    References
    ----------
    .. [1] Holm S. Scand J Stat 1979;6:65-70.
    .. [2] Hochberg Y. Biometrika 1988;75:800-802. doi:10.1093/biomet/75.4.800
    .. [3] Hommel G. Biometrika 1988;75:383-386. doi:10.1093/biomet/75.2.383

    Examples
    --------
    >>> result = adjust_p_values([0.01, 0.02, 0.03], "hochberg", alpha=0.025)
    >>> result
    MultipleTest: 0 of 3 rejected at 0.025 [Hochberg, step up (independent or positively dependent tests)]
    >>> result.adjusted
    (0.03, 0.03, 0.03)
    """
    faults: list[str] = []
    if method not in _METHOD:
        faults.append(f"method: got {method!r}; expected one of {', '.join(map(repr, _METHOD))}")
    p = read_numbers(p_values, "p_values", faults)
    labels = read_names(names, len(p), faults)
    level = read_alpha(alpha, faults)
    refuse(faults)

    from statsmodels.stats.multitest import multipletests

    adjusted = multipletests([float(value) for value in p], method=_STATSMODELS_NAME[method])[1]
    rejected, steps = {"bonferroni": _bonferroni, "holm": _holm, "hochberg": _hochberg, "hommel": _hommel}[method](
        p, level, labels
    )
    return MultipleTest(
        names=labels,
        p_values=tuple(map(float, p)),
        adjusted=tuple(min(1.0, float(value)) for value in adjusted),
        rejected=tuple(at in rejected for at in range(len(p))),
        alpha=float(level),
        method=_METHOD[method],
        steps=tuple(steps),
    )


def compare(name: str, p: Fraction, level: Fraction) -> str:
    """Say how a p-value stands to its level: ``H1: p = 0.01 ≤ 0.0125``."""
    return f"{name}: p = {say(float(p))} {'≤' if p <= level else '>'} {say(float(level))}"


def _bonferroni(p: list[Fraction], alpha: Fraction, names: tuple[str, ...]) -> tuple[set[int], list[str]]:
    level = alpha / len(p)
    rejected = {at for at, value in enumerate(p) if value <= level}
    words = [f"{compare(n, v, level)}: {'' if v <= level else 'not '}rejected" for n, v in zip(names, p, strict=True)]
    return rejected, words


def _holm(p: list[Fraction], alpha: Fraction, names: tuple[str, ...]) -> tuple[set[int], list[str]]:
    rejected: set[int] = set()
    steps = []
    for step, at in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        level = alpha / (len(p) - step)
        if p[at] > level:
            steps.append(f"{compare(names[at], p[at], level)}: stop, the rest is not rejected")
            break
        rejected.add(at)
        steps.append(f"{compare(names[at], p[at], level)}: rejected")
    return rejected, steps


def _hochberg(p: list[Fraction], alpha: Fraction, names: tuple[str, ...]) -> tuple[set[int], list[str]]:
    steps = []
    order = sorted(range(len(p)), key=p.__getitem__, reverse=True)
    for step, at in enumerate(order):
        level = alpha / (step + 1)
        if p[at] <= level:
            steps.append(f"{compare(names[at], p[at], level)}: rejected, and with it every hypothesis of smaller p")
            return set(order[step:]), steps
        steps.append(f"{compare(names[at], p[at], level)}: not rejected")
    return set(), steps


def _hommel(p: list[Fraction], alpha: Fraction, names: tuple[str, ...]) -> tuple[set[int], list[str]]:
    m, ordered = len(p), sorted(p)
    sizes = [j for j in range(1, m + 1) if all(ordered[m - j + k - 1] > k * alpha / j for k in range(1, j + 1))]
    size = max(sizes, default=0)
    if size == 0:
        return set(range(m)), [f"the largest p is at most {say(float(alpha))}: every hypothesis is rejected"]
    level = alpha / size
    first = f"the {size} largest p-values pass no Simes test together: each p is held against {say(float(level))}"
    rejected = {at for at, value in enumerate(p) if value <= level}
    words = [f"{compare(n, v, level)}: {'' if v <= level else 'not '}rejected" for n, v in zip(names, p, strict=True)]
    return rejected, [first, *words]
