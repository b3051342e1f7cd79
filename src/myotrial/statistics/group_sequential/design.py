# ruff: noqa: PLC0415 (SciPy takes seconds to load: only where it is used)
"""A group-sequential design: its bounds, its operating characteristics, and what it costs."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any

from myotrial.statistics._arguments import fault
from myotrial.statistics.estimate import render_html_table
from myotrial.statistics.group_sequential._bounds import (
    Bounds,
    binding_bounds,
    classical_bounds,
    drift_for_power,
    futility_bounds,
    spending_bounds,
)
from myotrial.statistics.group_sequential._plan import Boundary, Plan, read_plan
from myotrial.statistics.group_sequential._walk import crossing_probabilities
from myotrial.statistics.group_sequential.spending import SpendingFunction


@dataclass(frozen=True, slots=True)
class Look:
    """What happens at one look under a given drift.

    Attributes
    ----------
    efficacy, futility
        Probability of stopping at this look, above the upper bound or at the other side (two-sided: below the
        mirrored bound).
    """

    efficacy: float
    futility: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GroupSequentialDesign:
    """Bounds of a group-sequential trial and what to expect of them. All bounds are on the Z scale.

    Attributes
    ----------
    information
        Information fraction at each look, the last is 1.
    upper
        Efficacy bound at each look; ``None`` where no stop is possible.
    lower
        Futility bound at each look (the last equals ``upper``), for a two-sided design the mirrored efficacy
        bound; ``None`` where there is none.
    nominal_p
        p-value that corresponds to ``upper``, one-sided; ``None`` where no stop is possible.
    alpha_spent
        Cumulative type I error, both sides together; futility counts only where it is binding.
    alpha, sides, power, binding
        What was asked for.
    drift
        Mean of Z at full information at which the power is reached.
    inflation
        Full information of this design over that of a trial without looks, the same alpha and power.
    expected_null, expected_half, expected_alternative
        Expected information at the end over that of a trial without looks, with no effect, with half the planned
        one and with the planned one. Futility stops count whether binding or not.
    method
        The design, in words.
    """

    information: tuple[float, ...]
    upper: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    nominal_p: tuple[float | None, ...]
    alpha_spent: tuple[float, ...]
    alpha: float
    sides: int
    power: float
    binding: bool
    drift: float
    inflation: float
    expected_null: float
    expected_half: float
    expected_alternative: float
    method: str

    def __repr__(self) -> str:
        bounds = ", ".join("none" if z is None else f"{z:.4f}" for z in self.upper)
        return (
            f"GroupSequentialDesign: {len(self.upper)} looks, upper bounds {bounds}; alpha {self.alpha:g}, power "
            f"{self.power:g}, inflation {self.inflation:.4f} [{self.method}]"
        )

    def __str__(self) -> str:
        """Render the looks as a table."""
        header, rows = self._table()
        widths = [max(len(row[at]) for row in [header, *rows]) for at in range(len(header))]
        lines = [
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in [header, *rows]
        ]
        expected = ", ".join(
            f"{value:.4f} {name}"
            for value, name in (
                (self.expected_null, "with no effect"),
                (self.expected_half, "with half of it"),
                (self.expected_alternative, "with the planned one"),
            )
        )
        return "\n".join([repr(self), *lines, f"expected information over that of a trial without looks: {expected}"])

    def _repr_html_(self) -> str:
        return render_html_table(repr(self), *self._table())

    def _table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        def cell(value: float | None, digits: int) -> str:
            return "none" if value is None else f"{value:.{digits}f}"

        header = ("look", "information", "lower", "upper", "nominal p", "alpha spent", "power so far")
        reached = accumulate(look.efficacy for look in self.crossing(self.drift))
        columns = zip(self.information, self.lower, self.upper, self.nominal_p, self.alpha_spent, reached, strict=True)
        rows: list[tuple[str, ...]] = [
            (str(at), f"{t:.4g}", cell(low, 4), cell(up, 4), cell(p, 6), cell(spent, 6), cell(power, 4))
            for at, (t, low, up, p, spent, power) in enumerate(columns, start=1)
        ]
        return header, rows

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, ready for JSON."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def crossing(self, drift: float) -> tuple[Look, ...]:
        """Return the probabilities of stopping at each look under a drift.

        Parameters
        ----------
        drift
            Mean of Z at full information; 0 is no effect. For a mean difference d with standard error s at the
            end it is d / s.

        Examples
        --------
        >>> design = design_group_sequential([0.5, 1], boundary="pocock", alpha=0.025)
        >>> [round(look.efficacy, 5) for look in design.crossing(0)]
        [0.01469, 0.01031]
        """
        if not math.isfinite(drift):
            raise fault("drift", drift, "a finite number")
        above, below = crossing_probabilities(self.information, *self._bounds(), drift)
        return tuple(Look(min(1.0, up), min(1.0, down)) for up, down in zip(above, below, strict=True))

    def power_at(self, drift: float) -> float:
        """Return the probability of crossing an upper bound (two-sided: either bound) under a drift."""
        looks = self.crossing(drift)
        both = sum(look.efficacy + (look.futility if self.sides == 2 else 0.0) for look in looks)
        return min(1.0, both)

    def expected_information(self, drift: float) -> float:
        """Return the expected information at the end under a drift, over the full information of this design."""
        looks, left, expected = self.crossing(drift), 1.0, 0.0
        for at, look in enumerate(looks[:-1]):
            stopped = look.efficacy + look.futility
            expected += self.information[at] * stopped
            left -= stopped
        return expected + max(0.0, left)

    def expected_sample_size(self, n_fixed: float, drift: float | None = None) -> float:
        """Return the expected sample size, where a trial without looks needs ``n_fixed``.

        Parameters
        ----------
        n_fixed
            Subjects of the trial without looks, above 0; information is taken as proportional to subjects.
        drift
            Mean of Z at full information; the planned one where left out.

        Examples
        --------
        >>> round(design_group_sequential([0.5, 1], power=0.9).expected_sample_size(200), 1)
        175.3
        """
        if not n_fixed > 0:
            raise fault("n_fixed", n_fixed, "a number above 0")
        return n_fixed * self.inflation * self.expected_information(self.drift if drift is None else drift)

    def _bounds(self) -> tuple[list[float], list[float]]:
        """Lower and upper bounds with infinities where there is none."""
        return (
            [-math.inf if z is None else z for z in self.lower],
            [math.inf if z is None else z for z in self.upper],
        )


def design_group_sequential(
    information: Sequence[float],
    *,
    boundary: Boundary | Sequence[float] = "obrien-fleming-like",
    parameter: float | None = None,
    alpha: float = 0.025,
    sides: int = 1,
    power: float = 0.9,
    futility: SpendingFunction | Sequence[float] | None = None,
    futility_parameter: float | None = None,
    binding: bool = False,
) -> GroupSequentialDesign:
    """Design a trial with interim looks.

    Parameters
    ----------
    information
        Information fraction at each look, rising to 1.
    boundary
        A spending function (``"obrien-fleming-like"``, ``"pocock-like"``, ``"hwang-shih-decani"``, ``"power"``), a
        classical shape (``"obrien-fleming"``, ``"pocock"``, ``"wang-tsiatis"``: c t^(delta - 1/2)), or the
        cumulative alpha spent at each look.
    parameter
        Parameter of the spending function, or the delta of ``"wang-tsiatis"``.
    alpha
        Type I error, both sides together, above 0 and below 0.5.
    sides
        1, or 2 for symmetric bounds.
    power
        Wanted probability of crossing the upper bound under the planned effect.
    futility
        For a one-sided design: the spending function of beta = 1 - power, or bounds on the Z scale, one for
        each look but the last.
    futility_parameter
        Parameter of the futility spending function.
    binding
        Whether the trial must stop at a futility bound. If not (the default) the upper bounds do not count on it.

    Returns
    -------
    GroupSequentialDesign

    Raises
    ------
    ValueError
        The request does not hold together: all of it in one error.

    References
    ----------
    .. [1] Jennison C, Turnbull BW. Group Sequential Methods with Applications to Clinical Trials. Chapman & Hall,
       2000.
    .. [2] Pampallona S, Tsiatis AA, Kim K. Drug Inf J 2001;35:1113-1121 (spending of beta).
    .. [3] Wang SK, Tsiatis AA. Biometrics 1987;43:193-199. doi:10.2307/2531959

    Examples
    --------
    >>> design = design_group_sequential([1/3, 2/3, 1])
    >>> print(design)
    GroupSequentialDesign: 3 looks, upper bounds 3.7103, 2.5114, 1.9930; alpha 0.025, power 0.9, inflation ...
    look  information  lower   upper  nominal p  alpha spent  power so far
       1       0.3333   none  3.7103   0.000104     0.000104        0.0338
       2       0.6667   none  2.5114   0.006012     0.006048        0.5603
       3            1   none  1.9930   0.023128     0.025000        0.9000
    expected information over that of a trial without looks: ...
    """
    plan = read_plan(information, boundary, parameter, alpha, sides, power, futility, futility_parameter, binding)
    bounds = _find_bounds(plan, binding)
    return _describe(plan, bounds, binding)


def _fixed_drift(plan: Plan) -> float:
    """Mean of Z that a trial without looks needs."""
    from scipy.special import ndtri

    return float(ndtri(plan.power) - ndtri(plan.alpha / plan.sides))


def _find_bounds(plan: Plan, binding: bool) -> Bounds:
    times, fixed = plan.times, _fixed_drift(plan)
    beta, spent = plan.beta_increments, plan.alpha_increments
    if binding and beta is not None and spent is not None:
        return drift_for_power(lambda drift: binding_bounds(times, spent, beta, drift), times, plan.power, fixed)
    if binding and beta is not None:
        raise ValueError("boundary: got a classical shape with binding futility; expected a spending function")
    if spent is not None:
        upper = spending_bounds(times, spent, plan.sides)
    else:
        upper = classical_bounds(times, plan.alpha / plan.sides, plan.sides, plan.delta or 0.0)
    if beta is not None:
        return drift_for_power(
            lambda drift: (futility_bounds(times, upper, beta, drift), upper), times, plan.power, fixed
        )
    lower = [-z for z in upper] if plan.sides == 2 else _given(plan, upper)
    return drift_for_power(lambda _: (lower, upper), times, plan.power, fixed)


def _given(plan: Plan, upper: list[float]) -> list[float]:
    """Lower bounds of a one-sided design that were handed in, or none."""
    if plan.fixed_futility is None:
        return [-math.inf] * len(upper)
    crossed = [at + 1 for at, (low, up) in enumerate(zip(plan.fixed_futility, upper, strict=False)) if low >= up]
    if crossed:
        raise fault("futility", f"a bound at or above the upper bound at look {crossed[0]}", "one below it")
    return [*plan.fixed_futility, upper[-1]]


def _describe(plan: Plan, bounds: Bounds, binding: bool) -> GroupSequentialDesign:
    from scipy.special import ndtr

    two = plan.sides == 2
    counted = bounds.lower if two or binding else [-math.inf] * len(bounds.lower)
    spent = list(accumulate(crossing_probabilities(plan.times, counted, bounds.upper, 0.0)[0]))
    draft = {
        "information": plan.times,
        "upper": tuple(z if math.isfinite(z) else None for z in bounds.upper),
        "lower": tuple(z if math.isfinite(z) else None for z in bounds.lower),
        "nominal_p": tuple(float(ndtr(-z)) if math.isfinite(z) else None for z in bounds.upper),
        "alpha_spent": tuple(plan.sides * value for value in spent),
        "alpha": plan.alpha,
        "sides": plan.sides,
        "power": plan.power,
        "binding": binding,
        "drift": bounds.drift,
        "inflation": (bounds.drift / _fixed_drift(plan)) ** 2,
        "method": plan.words,
    }
    empty: dict[str, Any] = {**draft, "expected_null": 0.0, "expected_half": 0.0, "expected_alternative": 0.0}
    design = GroupSequentialDesign(**empty)
    drifts = {"expected_null": 0.0, "expected_half": bounds.drift / 2, "expected_alternative": bounds.drift}
    expected = {name: design.inflation * design.expected_information(drift) for name, drift in drifts.items()}
    return GroupSequentialDesign(**{**empty, **expected})
