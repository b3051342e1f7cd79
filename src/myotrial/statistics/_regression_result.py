"""What regressions that compare arms by a ratio show alike: one line, one table."""

from collections.abc import Iterable, Mapping
from typing import Any

from myotrial.statistics.estimate import Estimate, format_number, format_p, render_html_table


def ratios_line(ratios: Mapping[Any, Estimate], reference: Any, n: int, events: int) -> str:
    """Return the ratio of every arm to the reference, with its interval and p, and what it rests on."""
    told = "; ".join(
        f"{arm} / {reference}: {format_number(e.value)} "
        f"({format_number(e.low)} to {format_number(e.high)}, {format_p(e.p_value)})"
        for arm, e in ratios.items()
    )
    return f"{told}; n = {n}, {events} events"


def estimates_table(method: str, named: Iterable[tuple[str, Estimate]]) -> str:
    """Return named estimates as a table in HTML."""
    rows = [(name, *map(format_number, (e.value, e.se, e.low, e.high, e.p_value))) for name, e in named]
    return render_html_table(method, ("", "estimate", "SE", "low", "high", "p-value"), rows)
