"""Sample size for the log-rank test."""

import math
from typing import Literal, get_args

from myotrial.statistics._arguments import check_choice
from myotrial.statistics.sample_size._solve import Question, answer, check_question, normal_power
from myotrial.statistics.sample_size.result import SampleSize

LogRankFormula = Literal["schoenfeld", "freedman"]


def size_log_rank(
    hazard_ratio: float | None,
    *,
    hazard0: float,
    accrual: float,
    follow_up: float,
    n0: float | None = None,
    power: float | None = None,
    method: LogRankFormula = "schoenfeld",
    loss_hazard: float = 0.0,
    alpha: float = 0.05,
    sides: int = 2,
    ratio: float = 1.0,
    dropout: float = 0.0,
) -> SampleSize:
    """Plan the comparison of two survival curves by the log-rank test.

    Parameters
    ----------
    hazard_ratio
        Treated over reference, above 0, not 1; ``None`` asks for the detectable one below 1.
    hazard0
        Constant hazard of the reference, per unit of time, above 0 (log 2 over the median).
    accrual, follow_up
        Length of uniform enrolment, 0 or more, and of follow-up after its end, 0 or more, in the same unit.
    n0, power, alpha, sides, ratio, dropout
        As for `size_two_proportions`; ``dropout`` counts those who give nothing at all.
    method
        ``"schoenfeld"`` (log hazard ratio) or ``"freedman"``.
    loss_hazard
        Constant hazard of loss to follow-up in both groups, 0 or more.

    Returns
    -------
    SampleSize
        ``events`` holds the expected events in all at the exact size.

    Raises
    ------
    ValueError
        More or less than one is left out, a number is not possible, or no size or effect reaches the power.

    References
    ----------
    .. [1] Schoenfeld DA. Biometrics 1983;39:499-503. doi:10.2307/2531021
    .. [2] Freedman LS. Stat Med 1982;1:121-129. doi:10.1002/sim.4780010204
    .. [3] Lachin JM, Foulkes MA. Biometrics 1986;42:507-519 (uniform accrual, exponential loss).

    Examples
    --------
    >>> size_log_rank(0.6, hazard0=0.05, accrual=12, follow_up=18, power=0.8)
    SampleSize: n = 200 (100 + 100), 120.3 events; power 0.8006, hazard ratio 0.6, two-sided alpha 0.05 [log-rank ...]
    """
    check_choice(method, "method", get_args(LogRankFormula))
    q = Question(
        n0=n0,
        power=power,
        effect=hazard_ratio,
        alpha=alpha,
        sides=sides,
        ratio=ratio,
        dropout=dropout,
        effect_name="hazard ratio",
        method=f"log-rank test, {method.title()}'s formula, exponential times",
    )
    times = (
        ("hazard0", hazard0, hazard0 > 0),
        ("accrual", accrual, accrual >= 0),
        ("follow_up", follow_up, follow_up >= 0),
        ("loss_hazard", loss_hazard, loss_hazard >= 0),
    )
    faults = [
        f"{name}: got {value}; expected {'above 0' if name == 'hazard0' else '0 or more'}"
        for name, value, good in times
        if not (good and math.isfinite(value))
    ]
    bad = hazard_ratio is not None and (hazard_ratio <= 0 or hazard_ratio == 1)
    check_question(
        q,
        ("n0", "hazard_ratio"),
        *faults,
        f"hazard_ratio: got {hazard_ratio}; expected a number above 0, not 1" if bad else None,
        "follow_up: got no accrual and no follow-up; expected some time" if accrual + follow_up == 0 else None,
    )

    def events_of(n: float, ratio_of_hazards: float) -> float:
        each = [
            _event_probability(hazard, loss_hazard, accrual, follow_up)
            for hazard in (hazard0, hazard0 * ratio_of_hazards)
        ]
        return n * (each[0] + ratio * each[1])

    def power_of(n: float, value: float) -> float:
        if method == "schoenfeld":
            effect = math.sqrt(ratio) / (1 + ratio) * abs(math.log(value))
        else:
            effect = math.sqrt(ratio) * abs(1 - value) / (1 + ratio * value)
        return normal_power(q, effect * math.sqrt(events_of(n, value)), 1.0, 1.0)

    return answer(q, power_of, (1.0, 1e-3), events_of=events_of)


def _event_probability(hazard: float, loss: float, accrual: float, follow_up: float) -> float:
    """Probability that a subject's event is seen before loss and before the end."""
    total = hazard + loss
    if accrual == 0:
        return hazard / total * -math.expm1(-total * follow_up)
    kept = math.exp(-total * follow_up) * -math.expm1(-total * accrual) / (total * accrual)
    return hazard / total * (1 - kept)
