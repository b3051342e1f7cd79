# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""Spending functions: how much of an error rate may be used by the time a part of the information is in."""

import math
from collections.abc import Callable
from typing import Literal, get_args

from myotrial.statistics._arguments import check_choice, fault

SpendingFunction = Literal["obrien-fleming-like", "pocock-like", "hwang-shih-decani", "power"]

SPENDING_WORDS = {
    "obrien-fleming-like": "Lan–DeMets spending, O'Brien–Fleming-like",
    "pocock-like": "Lan–DeMets spending, Pocock-like",
    "hwang-shih-decani": "Hwang–Shih–DeCani spending",
    "power": "power spending",
}
NEEDS_PARAMETER = ("hwang-shih-decani", "power")


def spend(fraction: float, error_rate: float, function: SpendingFunction, parameter: float | None = None) -> float:
    """Return how much of a one-sided error rate is spent at an information fraction.

    Parameters
    ----------
    fraction
        Part of the full information, from 0 to 1.
    error_rate
        The error rate at full information, one-sided, between 0 and 1.
    function
        ``"obrien-fleming-like"``: 2 - 2 Φ(z / sqrt(t)) with z the upper quantile of half the error rate;
        ``"pocock-like"``: a log(1 + (e - 1) t); ``"hwang-shih-decani"``: a (1 - exp(-g t)) / (1 - exp(-g)) with
        any g (0 is linear; -4 resembles O'Brien–Fleming, 1 resembles Pocock); ``"power"``: a t^r with r > 0.
    parameter
        g or r; for the first two ``None``.

    Returns
    -------
    float
        Between 0 and ``error_rate``.

    Raises
    ------
    ValueError
        The fraction, the error rate, the name or the parameter is not possible.

    References
    ----------
    .. [1] Lan KKG, DeMets DL. Biometrika 1983;70:659-663. doi:10.1093/biomet/70.3.659
    .. [2] Hwang IK, Shih WJ, De Cani JS. Stat Med 1990;9:1439-1445. doi:10.1002/sim.4780091207
    .. [3] Jennison C, Turnbull BW. Group Sequential Methods. Chapman & Hall, 2000, section 7.2.

    Examples
    --------
    >>> round(spend(0.5, 0.025, "obrien-fleming-like"), 6), round(spend(0.5, 0.025, "power", 3), 6)
    (0.001525, 0.003125)
    """
    check_spending(function, parameter)
    if not 0 <= fraction <= 1:
        raise fault("fraction", fraction, "0 to 1")
    if not 0 < error_rate < 1:
        raise fault("error_rate", error_rate, "a number above 0 and below 1")
    if fraction in {0, 1}:
        return error_rate * fraction
    return _FUNCTIONS[function](fraction, error_rate, parameter or 0.0)


def check_spending(function: str, parameter: float | None, name: str = "parameter") -> None:
    """Refuse an unknown spending function, and a parameter that it lacks, cannot have or does not take."""
    check_choice(function, "function", get_args(SpendingFunction))
    if function not in NEEDS_PARAMETER:
        if parameter is not None:
            raise fault(name, parameter, f"none: {function} takes no parameter")
    elif parameter is None or not math.isfinite(parameter):
        raise fault(name, parameter, f"a number: {function} needs one")
    elif function == "power" and parameter <= 0:
        raise fault(name, parameter, "a number above 0")
    elif abs(parameter) > 500:
        raise fault(name, parameter, "a number from -500 to 500")


def _obrien_fleming_like(t: float, error_rate: float, _: float) -> float:
    from scipy.special import ndtr, ndtri

    return float(2 * ndtr(ndtri(error_rate / 2) / math.sqrt(t)))


def _pocock_like(t: float, error_rate: float, _: float) -> float:
    return error_rate * math.log1p((math.e - 1) * t)


def _hwang_shih_decani(t: float, error_rate: float, gamma: float) -> float:
    return error_rate * (math.expm1(-gamma * t) / math.expm1(-gamma) if gamma else t)


def _power(t: float, error_rate: float, rho: float) -> float:
    return float(error_rate * t**rho)


_FUNCTIONS: dict[str, Callable[[float, float, float], float]] = {
    "obrien-fleming-like": _obrien_fleming_like,
    "pocock-like": _pocock_like,
    "hwang-shih-decani": _hwang_shih_decani,
    "power": _power,
}
