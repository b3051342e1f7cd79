"""Charts with a row for each thing: its name at the left, its estimates in the middle, their words at the right."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from myotrial.report.charts import INK, Look, key_of_arms, marks_of_arms
from myotrial.report.drawing import text_width, wrap
from myotrial.report.words import Row, known

LABEL, PLOT, LINE, SLOT, GAP = 150, 200, 14, 15, 9


@dataclass(frozen=True, slots=True)
class Mark:
    """One estimate of a row: of which arm, with its interval and its words; a null estimate is told in words alone."""

    arm: str
    estimate: float | None
    low: float | None
    high: float | None
    text: str

    @classmethod
    def of(cls, arm: str, row: Row, text: str) -> "Mark":
        """Take a result row; a number that is not finite is none."""
        estimate, low, high = (row[name] if known(row[name]) else None for name in ("estimate", "low", "high"))
        return cls(arm, estimate, low, high, text)


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A row of a chart: a heading where it has no marks."""

    label: str
    marks: tuple[Mark, ...] = ()
    indent: int = 0


@dataclass(slots=True)
class _Placed:
    """Where everything stands, in units of the drawing."""

    labels: list[dict[str, Any]] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)
    height: float = 4


def row_chart(
    rows: Sequence[ChartRow],
    look: Look,
    x_title: str,
    *,
    percent: bool = False,
    bars: bool = False,
    line_at: float | None = None,
    key: bool = True,
    logarithmic: bool = False,
    hundredfold: bool = False,
) -> Any:
    """Chart rows of estimates, one under the other.

    ``percent`` is for shares, ``hundredfold`` for differences of shares, which are labelled in points; ``line_at``
    draws where there is no difference.
    """
    import altair as alt  # noqa: PLC0415

    placed = _place(rows)
    scale = alt.Scale(type="log") if logarithmic else alt.Scale(zero=line_at is None, nice=True)
    scale = alt.Scale(domain=[0, 1]) if percent else scale
    number = "datum.value * 100" if hundredfold else "datum.value"
    written = f"format({number}, '{'.0%' if percent else '.3~f'}')"
    axis = alt.Axis(title=x_title, tickCount=5, labelExpr=written, labelOverlap=True, labelSeparation=6)
    x = alt.X("estimate:Q", scale=scale, axis=axis)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[placed.height, 0], nice=False, zero=False), axis=None)
    marks = marks_of_arms(alt, look)
    shown = [mark for mark in placed.marks if mark["estimate"] is not None]
    base = alt.Chart(look.keep(shown)).encode(y=y)
    layers = [] if line_at is None else [_line(alt, look, line_at, scale)]
    if bars:
        wide = base.mark_rule(strokeWidth=SLOT - 4, opacity=0.3, strokeCap="butt")
        layers.append(wide.encode(x=alt.X("zero:Q", scale=scale, axis=axis), x2="estimate:Q", color=marks["color"]))
    spans = alt.Chart(look.keep([mark for mark in shown if mark["low"] is not None and mark["high"] is not None]))
    layers += [
        spans.mark_rule(strokeWidth=1.6).encode(
            x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q", y=y, color=marks["color"]
        ),
        base.mark_point(size=52, filled=True, opacity=1).encode(x=x, color=marks["color"], shape=marks["shape"]),
        *_words(alt, look, placed, y),
    ]
    chart = alt.layer(*layers).properties(width=PLOT, height=placed.height)
    if not key:
        return chart
    return alt.vconcat(key_of_arms(alt, look, points=True), chart, spacing=8)


def _line(alt: Any, look: Look, place: float, scale: Any) -> Any:
    rule = alt.Chart(look.keep([{"estimate": place}])).mark_rule(stroke="#555", strokeDash=[3, 3])
    return rule.encode(x=alt.X("estimate:Q", scale=scale))


def _words(alt: Any, look: Look, placed: _Placed, y: Any) -> list[Any]:
    """Write the names at the left and the words of the estimates at the right."""
    texts = []
    for bold in (True, False):
        chosen = [label for label in placed.labels if label["bold"] is bold]
        if chosen:
            mark = alt.Chart(look.keep(chosen)).mark_text(
                align="left", baseline="middle", fontSize=12, fill=INK, fontWeight="bold" if bold else "normal"
            )
            texts.append(mark.encode(y=y, x=alt.value(-LABEL), text="text:N"))
    told = [mark for mark in placed.marks if mark["text"]]
    if told:
        right = alt.Chart(look.keep(told)).mark_text(align="left", baseline="middle", fontSize=12, fill=INK)
        texts.append(right.encode(y=y, x=alt.value(PLOT + 10), text="text:N"))
    return texts


def _place(rows: Sequence[ChartRow]) -> _Placed:
    """Give each row the height it needs: of its name's lines, or of its arms."""
    placed = _Placed()
    for row in rows:
        indent = "\N{NO-BREAK SPACE}" * 2 * row.indent
        width = LABEL - 12 - text_width(indent, 12) if row.marks else LABEL + PLOT
        lines = wrap(row.label, width, 12, bold=not row.marks)
        tall = max(len(lines) * LINE, len(row.marks) * SLOT)
        middle = placed.height + tall / 2
        for place, line in enumerate(lines):
            at = middle + (place - (len(lines) - 1) / 2) * LINE
            placed.labels.append({"y": at, "text": indent + line, "bold": not row.marks})
        for place, mark in enumerate(row.marks):
            at = middle + (place - (len(row.marks) - 1) / 2) * SLOT
            placed.marks.append(
                {"y": at, "arm": mark.arm, "estimate": mark.estimate, "low": mark.low, "high": mark.high,
                 "zero": 0, "text": mark.text}
            )  # fmt: skip
        placed.height += tall + GAP
    return placed
