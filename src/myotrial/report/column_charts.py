"""Charts of counts: columns stacked from categories, and the grid of a tipping-point analysis."""

from collections.abc import Sequence
from typing import Any

from myotrial.report.charts import INK, WIDTH, Look
from myotrial.report.drawing import text_width

TINTS = ("#b35806", "#d9d9d9", "#a6cee3", "#5aa5d6", "#2171b5", "#08306b", "#542788")
BURDEN = ("#d9d9d9", "#fdb863", "#e08214", "#b35806", "#7f3b08")
UNKNOWN_TINT = "#fff"
YES, NO = "#2171b5", "#e0e0e0"


def swatches(look: Look, names: Sequence[str], tints: Sequence[str], *, width: float = WIDTH) -> Any:
    """Draw a key of colours, in as many rows as the names need."""
    import altair as alt  # noqa: PLC0415

    entries: list[dict[str, Any]] = []
    x, row = 0.0, 0
    for name, tint in zip(names, tints, strict=True):
        needed = 20 + text_width(name, 12) + 12
        if x and x + needed > width + 12:
            x, row = 0.0, row + 1
        entries.append({"name": name, "tint": tint, "x": x + 7, "text": x + 20, "y": row})
        x += needed
    base = alt.Chart(look.keep(entries))
    scale, y = alt.Scale(domain=[0, width], nice=False), alt.Y("y:O", axis=None)
    square = base.mark_square(size=140, opacity=1, stroke="#555", strokeWidth=0.8)
    layers = [
        square.encode(x=alt.X("x:Q", scale=scale, axis=None), y=y, fill=alt.Fill("tint:N", scale=None, legend=None)),
        base.mark_text(align="left", fontSize=12, fill=INK).encode(
            x=alt.X("text:Q", scale=scale, axis=None), y=y, text="name:N"
        ),
    ]
    return alt.layer(*layers).properties(width=width, height=18 * (row + 1))


def stacked_columns(
    panels: Sequence[tuple[str, list[dict[str, Any]]]], look: Look, key: Sequence[tuple[str, str]], x_title: str
) -> Any:
    """Chart shares of categories as stacked columns, one panel under the other.

    Each row of a panel has column (its place in words), from and to (shares), tint;
    ``key`` has the name and the tint of each category.
    """
    import altair as alt  # noqa: PLC0415

    charts = [swatches(look, *zip(*key, strict=True))]
    for place, (title, rows) in enumerate(panels):
        last = place == len(panels) - 1
        order = list(dict.fromkeys(row["column"] for row in rows))
        axis = alt.Axis(title=x_title if last and x_title else None, labelAngle=0, labelOverlap=True)
        x = alt.X("column:N", sort=order, axis=axis, scale=alt.Scale(paddingInner=0.18, paddingOuter=0.1))
        y = alt.Y("from:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=3, title=None))
        bar = alt.Chart(look.keep(rows)).mark_bar(stroke="#555", strokeWidth=0.5)
        chart = bar.encode(x=x, y=y, y2="to:Q", fill=alt.Fill("tint:N", scale=None, legend=None))
        chart = chart.properties(width=WIDTH, height=230 if len(panels) == 1 else 84)
        charts.append(chart.properties(title=title) if title else chart)
    return alt.vconcat(*charts, spacing=10)


def category_tints(known: int, *, worse: bool, burden: bool) -> list[str]:
    """Return the colours of categories, and white for what is unknown.

    ``worse`` says that the first category is a turn for the worse, ``burden`` that more is worse.
    """
    tints = BURDEN if burden else TINTS if worse else TINTS[1:]
    return [*(tints[place % len(tints)] for place in range(known)), UNKNOWN_TINT]


def tipping_grid(cells: list[dict[str, Any]], look: Look, x_title: str, y_title: str) -> Any:
    """Chart every pair of successes among the missing; a cell is dark where the difference is significant.

    Each cell has a and b (successes), significant, main and text.
    """
    import altair as alt  # noqa: PLC0415

    across = sorted({cell["a"] for cell in cells})
    down = sorted({cell["b"] for cell in cells}, reverse=True)
    size = max(9.0, min(44.0, WIDTH / len(across)))
    tinted = [{**cell, "tint": YES if cell["significant"] else NO} for cell in cells]
    axis: dict[str, Any] = {"labelAngle": 0, "labelOverlap": True, "ticks": False}
    x = alt.X("a:O", axis=alt.Axis(title=x_title, **axis), scale=alt.Scale(padding=0))
    y = alt.Y("b:O", sort=down, axis=alt.Axis(title=y_title, **axis), scale=alt.Scale(padding=0))
    base = alt.Chart(look.keep(tinted)).encode(x=x, y=y)
    layers = [
        base.mark_rect(stroke="#fff").encode(fill=alt.Fill("tint:N", scale=None, legend=None)),
        alt.Chart(look.keep([cell for cell in tinted if cell["main"]]))
        .mark_point(shape="diamond", filled=True, fill="#D55E00", stroke="#fff", size=min(90, size * 4), opacity=1)
        .encode(x=x, y=y),
    ]
    grid = alt.layer(*layers).properties(width=size * len(across), height=size * len(down))
    names = ("significant", "not significant", "main analysis")
    return alt.vconcat(swatches(look, names, (YES, NO, "#D55E00")), grid, spacing=8)
