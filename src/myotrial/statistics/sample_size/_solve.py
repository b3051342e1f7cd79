# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""One power function, three questions: the size, the power, the effect. One of them is left out and solved for."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from myotrial.statistics.sample_size.result import SampleSize

MOST = 1e9
"""Subjects in the reference group beyond which the search gives up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked: exactly one of ``n0``, ``power`` and ``effect`` is ``None``."""

    n0: float | None
    power: float | None
    effect: float | None
    alpha: float
    sides: int
    ratio: float
    dropout: float
    effect_name: str
    method: str
    warnings: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The one-sided level."""
        return self.alpha / self.sides


def check_question(question: Question, names: tuple[str, str], *more: str | None) -> None:
    """Refuse a question with more or less than one unknown or an impossible number; every fault at once.

    ``names`` are the arguments for the size and the effect; ``more`` holds faults found before, or ``None``.
    """
    q, faults = question, [text for text in more if text]
    unknown = [
        name
        for name, value in zip((names[0], "power", names[1]), (q.n0, q.power, q.effect), strict=True)
        if value is None
    ]
    if len(unknown) != 1:
        got = ", ".join(unknown) or "none"
        faults.append(
            f"left out: got {got}; expected exactly one of {names[0]}, power, {names[1]}, which is solved for"
        )
    limits = (
        ("alpha", q.alpha, 0 < q.alpha < 0.5, "a number above 0 and below 0.5"),
        ("sides", q.sides, q.sides in {1, 2}, "1 or 2"),
        ("ratio", q.ratio, 0 < q.ratio < math.inf, "a number above 0"),
        ("dropout", q.dropout, 0 <= q.dropout < 1, "0 or more and below 1"),
        ("power", q.power, q.power is None or q.alpha < q.power < 1, "a number above alpha and below 1"),
        (names[0], q.n0, q.n0 is None or 2 <= q.n0 <= MOST, "2 or more"),
        (names[1], q.effect, q.effect is None or math.isfinite(q.effect), "a finite number"),
    )
    faults += [f"{name}: got {got}; expected {expected}" for name, got, good, expected in limits if not good]
    if faults:
        raise ValueError("\n".join(faults))


def answer(
    question: Question,
    power_of: Callable[[float, float], float],
    effects: tuple[float, float],
    *,
    groups: int = 2,
    events_of: Callable[[float, float], float] | None = None,
) -> SampleSize:
    """Solve for what is missing. ``power_of`` takes (n0, effect) and rises with n0 and from effects[0] to [1]."""
    q = question
    n0, effect = q.n0, q.effect
    if n0 is None:
        n0 = _smallest(lambda n: power_of(n, effect or 0.0), q.power or 0.0)
    elif effect is None:
        effect = _detectable(lambda value: power_of(n0 or 0.0, value), q.power or 0.0, effects)
    return describe(q, n0, effect or 0.0, power_of, groups=groups, events_of=events_of)


def describe(
    q: Question,
    n0: float,
    effect: float,
    power_of: Callable[[float, float], float],
    *,
    groups: int = 2,
    events_of: Callable[[float, float], float] | None = None,
) -> SampleSize:
    """Round up, add the dropouts and state the power reached."""
    n1 = n0 * q.ratio if groups == 2 else 0.0
    whole0, whole1 = _up(n0), _up(n1)
    return SampleSize(
        n1=whole1,
        n0=whole0,
        n1_exact=n1,
        n0_exact=n0,
        enrolled1=_up(whole1 / (1 - q.dropout)),
        enrolled0=_up(whole0 / (1 - q.dropout)),
        power=min(1.0, power_of(float(whole0) if q.n0 is None else n0, effect)),
        effect=effect,
        alpha=q.alpha,
        sides=q.sides,
        dropout=q.dropout,
        solved_for="n" if q.n0 is None else "effect" if q.effect is None else "power",
        effect_name=q.effect_name,
        method=q.method,
        events=None if events_of is None else events_of(n0, effect),
        warnings=q.warnings,
    )


def _up(number: float) -> int:
    """Round up, but not for the last digits of a double."""
    return math.ceil(number - 1e-9 * max(1.0, number))


def _smallest(power_of: Callable[[float], float], power: float) -> float:
    """Size at which the power is reached, as a real number of 2 or more."""
    from scipy.optimize import brentq

    low, high = 2.0, 4.0
    if power_of(low) >= power:
        return low
    while power_of(high) < power:
        low, high = high, 2 * high
        if high > MOST:
            raise ValueError(
                f"effect: no size up to {MOST:g} a group reaches the power {power:g}; the effect is too small"
            )
    return float(brentq(lambda n: power_of(n) - power, low, high, xtol=1e-9, rtol=1e-13))


def _detectable(power_of: Callable[[float], float], power: float, effects: tuple[float, float]) -> float:
    """Effect that is detected with this power, between the one of no power and the largest possible."""
    from scipy.optimize import brentq

    if power_of(effects[1]) < power:
        raise ValueError(f"n: got a size at which no effect up to {effects[1]:g} reaches the power {power:g}")
    return float(brentq(lambda value: power_of(value) - power, *effects, xtol=1e-12, rtol=1e-13))


def normal_power(q: Question, distance: float, se_null: float, se_effect: float) -> float:
    """Power of a normal test: Φ((distance - z se_null) / se_effect). The other side's tail is left out."""
    from scipy.special import ndtr, ndtri

    return float(ndtr((distance + ndtri(q.share) * se_null) / se_effect))
