# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""After a group-sequential trial has stopped: p-value, median-unbiased estimate and interval."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from myotrial.statistics._arguments import fault
from myotrial.statistics.estimate import format_number, format_p, render_html_table
from myotrial.statistics.group_sequential._walk import Walk
from myotrial.statistics.group_sequential.design import GroupSequentialDesign


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SequentialEstimate:
    """Inference that knows of the looks, by the stage-wise ordering of outcomes.

    Attributes
    ----------
    value
        Median-unbiased estimate: half of all trials with this true effect would show less.
    low, high, conf_level
        Ends of the interval, and its level.
    naive
        The estimate that ignores the looks.
    p_value
        Stage-wise ordered p-value, one- or two-sided as the design.
    look, z, stopped
        Look at which the statistic stood at ``z``, and why the trial may stop there: ``"efficacy"``,
        ``"futility"``, ``"end"`` or ``"not yet"`` (then the figures are those of a trial that stops all the same).
    method
        The method, in words.
    """

    value: float
    low: float
    high: float
    conf_level: float
    naive: float
    p_value: float
    look: int
    z: float
    stopped: str
    method: str

    def __repr__(self) -> str:
        interval = f"{100 * self.conf_level:g} % CI {format_number(self.low)} to {format_number(self.high)}"
        where = f"at look {self.look} with z = {format_number(self.z)}, {self.stopped}"
        return (
            f"SequentialEstimate: {format_number(self.value)} ({interval}), {format_p(self.p_value)}, {where}; "
            f"naive {format_number(self.naive)} [{self.method}]"
        )

    def _repr_html_(self) -> str:
        rows = [(name, format_number(value)) for name, value in self.to_dict().items() if isinstance(value, float)]
        return render_html_table(repr(self), ("", ""), rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, ready for JSON."""
        return asdict(self)


def estimate_after_stopping(
    design: GroupSequentialDesign,
    look: int,
    z: float,
    *,
    se: float = 1.0,
    conf_level: float | None = None,
) -> SequentialEstimate:
    """Estimate the effect after a trial stopped at a look.

    Parameters
    ----------
    design
        The design, with its bounds at the looks that were held.
    look
        Number of the look, from 1.
    z
        Test statistic there; positive favours the alternative.
    se
        Standard error of the effect at this look, above 0. The default gives the effect in units of that
        standard error.
    conf_level
        Level of the two-sided interval, between 0 and 1; 1 - 2 alpha of a one-sided and 1 - alpha of a two-sided
        design where left out.

    Returns
    -------
    SequentialEstimate
        Futility stops before this look are counted where they were binding.

    Raises
    ------
    ValueError
        There is no such look, or ``z``, ``se`` or ``conf_level`` is not possible, or is so far out that the interval
        cannot be found.

    References
    ----------
    .. [1] Tsiatis AA, Rosner GL, Mehta CR. Biometrics 1984;40:797-803. doi:10.2307/2530924
    .. [2] Jennison C, Turnbull BW. Group Sequential Methods. Chapman & Hall, 2000, chapter 8.

    Examples
    --------
    >>> from myotrial.statistics.group_sequential import design_group_sequential
    >>> design = design_group_sequential([0.5, 1], boundary="pocock")
    >>> estimate_after_stopping(design, 2, 2.5, se=1.2)
    SequentialEstimate: 2.815 (95 % CI 0.1874 to 5.248), p = 0.0184, at look 2 with z = 2.5, efficacy; naive 3 [...]
    """
    _check(design, look, z, se)
    level = 1 - design.alpha * (2 if design.sides == 1 else 1) if conf_level is None else conf_level
    if not 0 < level < 1:
        raise fault("conf_level", level, "a number above 0 and below 1")
    lower, upper = _counted_bounds(design)
    times = design.information

    def tail(drift: float, *, above: bool = True) -> float:
        """Probability of an outcome at least as far up (or down) as the one seen."""
        walk, before = Walk.start(drift), 0.0
        for at in range(look - 1):
            before += walk.above(times[at], upper[at]) if above else walk.below(times[at], lower[at])
            walk = walk.go_on(times[at], lower[at], upper[at], times[at + 1])
        t = times[look - 1]
        return before + (walk.above(t, z) if above else walk.below(t, z))

    scale = se * math.sqrt(times[look - 1])  # effect = drift × standard error at full information
    centre = z / math.sqrt(times[look - 1])
    low, value, high = (_solve(tail, p, centre) for p in ((1 - level) / 2, 0.5, (1 + level) / 2))
    p_value = tail(0.0) if design.sides == 1 else min(1.0, 2 * min(tail(0.0), tail(0.0, above=False)))
    return SequentialEstimate(
        value=value * scale,
        low=low * scale,
        high=high * scale,
        conf_level=level,
        naive=z * se,
        p_value=min(1.0, p_value),
        look=look,
        z=z,
        stopped=_why(design, look, z),
        method="stage-wise ordering: median-unbiased estimate and interval",
    )


def _check(design: GroupSequentialDesign, look: int, z: float, se: float) -> None:
    faults = []
    if not 1 <= look <= len(design.information):
        faults.append(f"look: got {look}; expected 1 to {len(design.information)}")
    if not math.isfinite(z) or abs(z) > 30:
        faults.append(f"z: got {z}; expected a number from -30 to 30")
    if not (math.isfinite(se) and se > 0):
        faults.append(f"se: got {se}; expected a number above 0")
    if faults:
        raise ValueError("\n".join(faults))


def _counted_bounds(design: GroupSequentialDesign) -> tuple[Sequence[float], Sequence[float]]:
    """Bounds that end the trial for sure: those of efficacy, and the lower ones where binding or two-sided."""
    upper = [math.inf if bound is None else bound for bound in design.upper]
    counts = design.sides == 2 or design.binding
    return [bound if counts and bound is not None else -math.inf for bound in design.lower], upper


def _why(design: GroupSequentialDesign, look: int, z: float) -> str:
    upper, lower = design.upper[look - 1], design.lower[look - 1]
    if upper is not None and (z >= upper or (design.sides == 2 and z <= -upper)):
        return "efficacy"
    if design.sides == 1 and lower is not None and z <= lower and look < len(design.upper):
        return "futility"
    return "end" if look == len(design.upper) else "not yet"


def _solve(tail: Callable[[float], float], p: float, centre: float) -> float:
    """Drift at which the tail has probability ``p``, searched outwards from the naive estimate."""
    from scipy.optimize import brentq

    for reach in (4.0, 8.0, 16.0, 32.0, 64.0):
        if tail(centre - reach) < p < tail(centre + reach):
            return float(brentq(lambda drift: tail(drift) - p, centre - reach, centre + reach, xtol=1e-10, rtol=1e-12))
    raise ValueError(f"z: the outcome is so far out that no effect within 64 of a drift of {centre:.3g} explains it")
