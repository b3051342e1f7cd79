"""The answer to a sample size question."""

from dataclasses import asdict, dataclass
from typing import Any

from myotrial.statistics.estimate import format_number, render_html_table


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SampleSize:
    """A sample size with its power and effect; one of the three was solved for.

    Attributes
    ----------
    n1, n0
        Subjects to analyse in the treated group and in the reference, whole. ``n1`` is 0 for one group.
    n1_exact, n0_exact
        The same before rounding up; equal to ``n1`` and ``n0`` where the size was given.
    enrolled1, enrolled0
        Subjects to enrol so that ``n1`` and ``n0`` are left after dropout.
    power
        Power at ``n1`` and ``n0``, between 0 and 1.
    effect
        The effect, given or detectable, as ``effect_name`` says.
    events
        Events in all, for survival; else ``None``.
    alpha, sides
        Type I error, and 1 or 2 sides.
    dropout
        Part of the enrolled that is lost to the analysis.
    solved_for
        ``"n"``, ``"power"`` or ``"effect"``.
    effect_name, method
        In words.
    warnings
        What to know about the answer.
    """

    n1: int
    n0: int
    n1_exact: float
    n0_exact: float
    enrolled1: int
    enrolled0: int
    power: float
    effect: float
    alpha: float
    sides: int
    dropout: float
    solved_for: str
    effect_name: str
    method: str
    events: float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Subjects to analyse in all."""
        return self.n1 + self.n0

    @property
    def enrolled(self) -> int:
        """Subjects to enrol in all."""
        return self.enrolled1 + self.enrolled0

    def __repr__(self) -> str:
        size = f"n = {self.n}" + (f" ({self.n1} + {self.n0})" if self.n1 else "")
        if self.enrolled != self.n:
            size += f", enrol {self.enrolled} at {100 * self.dropout:g} % dropout"
        if self.events is not None:
            size += f", {self.events:.1f} events"
        sides = "one-sided" if self.sides == 1 else "two-sided"
        return (
            f"SampleSize: {size}; power {format_number(self.power)}, {self.effect_name} {format_number(self.effect)}, "
            f"{sides} alpha {self.alpha:g} [{self.method}]"
        )

    def _repr_html_(self) -> str:
        rows = [(name, str(value)) for name, value in self.to_dict().items() if name not in {"method", "warnings"}]
        return render_html_table(repr(self), ("", ""), [*rows, *(("warning", text) for text in self.warnings)])

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, ready for JSON."""
        return {**asdict(self), "n": self.n, "enrolled": self.enrolled, "warnings": list(self.warnings)}
