"""The result of testing several hypotheses: decisions, adjusted p-values and the steps in words."""

from dataclasses import asdict, dataclass
from typing import Any

from myotrial.statistics.estimate import format_p, render_html_table


def say(number: float) -> str:
    """Write a level or a weight with up to six significant digits."""
    return f"{number:.6g}"


def _bare(p_value: float) -> str:
    """Write a p-value for a column: ``0.0312`` or ``< 0.0001``."""
    return format_p(p_value).removeprefix("p ").removeprefix("= ")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MultipleTest:
    """Decisions on several hypotheses at one familywise error rate.

    Attributes
    ----------
    names
        The hypotheses, in the order they were given.
    p_values
        Unadjusted p-values, between 0 and 1.
    adjusted
        Adjusted p-values: the smallest familywise level at which the procedure rejects the hypothesis, cut
        at 1. They are not confidence statements and do not depend on ``alpha``.
    rejected
        Whether the hypothesis is rejected at ``alpha``. Decided in exact arithmetic.
    alpha
        Familywise error rate; one- or two-sided as the p-values are.
    method
        The procedure, in words.
    steps
        What the procedure did, one sentence a step, in order.
    """

    names: tuple[str, ...]
    p_values: tuple[float, ...]
    adjusted: tuple[float, ...]
    rejected: tuple[bool, ...]
    alpha: float
    method: str
    steps: tuple[str, ...]

    def __repr__(self) -> str:
        won = [name for name, rejected in zip(self.names, self.rejected, strict=True) if rejected]
        which = f" ({', '.join(won)})" if won else ""
        return f"MultipleTest: {len(won)} of {len(self.names)} rejected at {say(self.alpha)}{which} [{self.method}]"

    def __str__(self) -> str:
        """Render the decisions as a table, then the steps, numbered."""
        rows = [("", "p", "adjusted p", ""), *self._rows()]
        widths = [max(len(row[at]) for row in rows) for at in range(4)]
        table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        steps = [f"{at}. {step}" for at, step in enumerate(self.steps, start=1)]
        return "\n".join([repr(self), *table, *steps])

    def _rows(self) -> list[tuple[str, str, str, str]]:
        columns = zip(self.names, self.p_values, self.adjusted, self.rejected, strict=True)
        return [(n, _bare(p), _bare(a), "rejected" if r else "not rejected") for n, p, a, r in columns]

    def _repr_html_(self) -> str:
        return render_html_table(repr(self), ("hypothesis", "p", "adjusted p", "decision"), self._rows())

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, ready for JSON."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
