"""Reading what was asked of a group-sequential design: every fault at once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from myotrial.statistics.group_sequential._bounds import CLASSICAL_WORDS, Classical
from myotrial.statistics.group_sequential.spending import SPENDING_WORDS, SpendingFunction, check_spending, spend

Boundary = Literal[
    "obrien-fleming-like", "pocock-like", "hwang-shih-decani", "power", "obrien-fleming", "pocock", "wang-tsiatis"
]
CLOSEST_LOOKS = 0.002


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked request. Increments are one-sided; ``None`` where a classical shape decides."""

    times: tuple[float, ...]
    alpha: float
    sides: int
    power: float
    alpha_increments: tuple[float, ...] | None
    delta: float | None
    beta_increments: tuple[float, ...] | None
    fixed_futility: tuple[float, ...] | None
    words: str


def read_plan(
    information: Sequence[float],
    boundary: Boundary | Sequence[float],
    parameter: float | None,
    alpha: float,
    sides: int,
    power: float,
    futility: SpendingFunction | Sequence[float] | None,
    futility_parameter: float | None,
    binding: bool,
) -> Plan:
    """Check the request and turn it into increments and shapes."""
    faults: list[str] = []
    times = _read_times(information, faults)
    _check_rates(alpha, sides, power, faults)
    words = [_check_boundary(boundary, parameter, len(times), alpha, faults)]
    if futility is not None:
        words.append(_check_futility(futility, futility_parameter, len(times), sides, binding, faults))
    if faults:
        raise ValueError("\n".join(faults))
    share = alpha / sides
    spent = futility if futility is not None and not isinstance(futility, str) else None
    classical = isinstance(boundary, str) and boundary in CLASSICAL_WORDS
    shapes = {"obrien-fleming": 0.0, "pocock": 0.5, "wang-tsiatis": parameter}
    return Plan(
        times=times,
        alpha=alpha,
        sides=sides,
        power=power,
        alpha_increments=None if classical else _increments(times, share, boundary, parameter, sides),
        delta=shapes[str(boundary)] if classical else None,
        beta_increments=_increments(times, 1 - power, futility, futility_parameter, 1)
        if isinstance(futility, str)
        else None,
        fixed_futility=None if spent is None else tuple(map(float, spent)),
        words=", ".join([f"group-sequential design, {'one' if sides == 1 else 'two'}-sided", *words]),
    )


def _read_times(information: Sequence[float], faults: list[str]) -> tuple[float, ...]:
    try:
        times = tuple(map(float, information))
    except (TypeError, ValueError):
        times = ()
    if not times or not all(0 < t <= 1 for t in times) or times[-1] != 1:
        faults.append(f"information: got {information}; expected fractions above 0, rising to 1 at the last look")
    elif any(b - a < CLOSEST_LOOKS for a, b in pairwise((0.0, *times))):
        faults.append(f"information: got {information}; expected each look at least {CLOSEST_LOOKS} after the last")
    return times


def _check_rates(alpha: float, sides: int, power: float, faults: list[str]) -> None:
    if sides not in {1, 2}:
        faults.append(f"sides: got {sides}; expected 1 or 2")
    if not 0 < alpha < 0.5:
        faults.append(f"alpha: got {alpha}; expected a number above 0 and below 0.5")
    if not alpha < power < 1:
        faults.append(f"power: got {power}; expected a number above alpha and below 1")


def _check_boundary(
    boundary: Boundary | Sequence[float], parameter: float | None, looks: int, alpha: float, faults: list[str]
) -> str:
    if not isinstance(boundary, str):
        _check_spent(boundary, looks, alpha, faults)
        if parameter is not None:
            faults.append(f"parameter: got {parameter}; expected none beside the spending given look by look")
        return "alpha spent as given"
    if boundary in get_args(SpendingFunction):
        _collect(boundary, parameter, "parameter", faults)
        return SPENDING_WORDS[boundary] + ("" if parameter is None else f" ({parameter:g})")
    if boundary not in get_args(Classical):
        choices = ", ".join(repr(choice) for choice in get_args(Boundary))
        faults.append(f"boundary: got {boundary!r}; expected one of {choices}, or the alpha spent at each look")
        return ""
    if boundary == "wang-tsiatis" and (parameter is None or not -2 <= parameter <= 2):
        faults.append(f"parameter: got {parameter}; expected the delta of wang-tsiatis, from -2 to 2")
    if boundary != "wang-tsiatis" and parameter is not None:
        faults.append(f"parameter: got {parameter}; expected none: {boundary} takes no parameter")
    return CLASSICAL_WORDS[boundary] + ("" if parameter is None else f" ({parameter:g})")


def _check_spent(spent: Sequence[float], looks: int, alpha: float, faults: list[str]) -> None:
    """Check alpha spent look by look: rising, to alpha at the last."""
    rising = all(a <= b for a, b in pairwise((0.0, *spent)))
    if len(spent) != looks or not rising or not math.isclose(spent[-1], alpha, rel_tol=1e-9):
        faults.append(f"boundary: got {spent}; expected alpha spent at {looks} looks, never falling, last {alpha}")


def _check_futility(
    futility: SpendingFunction | Sequence[float],
    parameter: float | None,
    looks: int,
    sides: int,
    binding: bool,
    faults: list[str],
) -> str:
    if sides == 2:
        faults.append("futility: got bounds for a two-sided design; expected sides=1")
    kind = "binding" if binding else "non-binding"
    if isinstance(futility, str):
        _collect(futility, parameter, "futility_parameter", faults)
        return f"{kind} futility by {SPENDING_WORDS.get(futility, '')} of beta" + (
            "" if parameter is None else f" ({parameter:g})"
        )
    if len(futility) != looks - 1 or any(math.isnan(z) or z == math.inf for z in futility):
        faults.append(f"futility: got {futility}; expected {looks - 1} bounds on the Z scale, one a look but the last")
    if binding:
        faults.append("binding: got true with futility bounds given as numbers; expected beta spending for it")
    return f"{kind} futility bounds as given"


def _collect(function: str, parameter: float | None, name: str, faults: list[str]) -> None:
    try:
        check_spending(function, parameter, name)
    except ValueError as error:
        faults.append(str(error))


def _increments(
    times: Sequence[float], rate: float, function: str | Sequence[float], parameter: float | None, sides: int
) -> tuple[float, ...]:
    """One-sided error to spend at each look."""
    if isinstance(function, str):
        total = [spend(t, rate, function, parameter) for t in times]  # type: ignore[arg-type]
    else:
        total = [value / sides for value in function]
    return tuple(b - a for a, b in pairwise((0.0, *total)))
