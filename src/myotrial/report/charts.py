"""The statistical charts, as SVG made offline; Altair and its engine are loaded at the first chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from myotrial.report.drawing import COLOURS, DASHES, SHAPES, wrap
from myotrial.report.svg import clean_svg
from myotrial.trials.definition import TrialDefinition

WIDTH = 380
INK, GRID = "#222", "#ddd"


@dataclass(frozen=True, slots=True)
class Look:
    """The arms of a trial with their marks, and the weeks where its periods change."""

    arms: tuple[str, ...]
    boundaries: tuple[float, ...]
    periods: tuple[tuple[str, float, float], ...]

    @classmethod
    def of(cls, trial: TrialDefinition, arms: Sequence[str]) -> "Look":
        """Return the look of a trial's charts."""
        periods = trial.schedule.periods
        return cls(
            tuple(arms),
            tuple(sorted({period.weeks[0] for period in periods[1:]})),
            tuple((period.label, *period.weeks) for period in periods),
        )


def to_svg(chart: Any, look: Look, name: str, title: str, desc: str) -> str:
    """Render a chart with nothing but what is on this machine."""
    import altair as alt  # noqa: PLC0415 - half a second, only where a chart is drawn
    import vl_convert  # noqa: PLC0415

    styled = chart.configure(
        font="sans-serif",
        background="white",
        padding=6,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelFontSize=13, titleFontSize=13, titleFontWeight="normal", labelColor=INK, titleColor=INK,
            gridColor=GRID, domainColor=INK, tickColor=INK,
        ),  # fmt: skip
        legend=alt.LegendConfig(
            orient="top", title=None, labelFontSize=13, labelColor=INK, symbolSize=90, symbolStrokeWidth=2,
            labelLimit=WIDTH, columns=2 if _long_legend(look) else 0, padding=0, offset=8,
        ),  # fmt: skip
        header=alt.HeaderConfig(labelFontSize=13, titleFontSize=13, labelColor=INK),
        title=alt.TitleConfig(fontSize=13, anchor="start", color=INK, offset=6),
    )  # fmt: skip
    version = "_".join(alt.SCHEMA_VERSION.split(".")[:2])
    svg = vl_convert.vegalite_to_svg(styled.to_dict(), vl_version=version)
    return clean_svg(svg, name, title, desc)


def _long_legend(look: Look) -> bool:
    return sum(len(arm) + 5 for arm in look.arms) > 48


def _data(values: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"values": list(values)}


def _marks(alt: Any, look: Look) -> dict[str, Any]:
    """Return colour, shape and dash by arm, with one legend for all three."""
    count = len(look.arms)

    def scale(values: Sequence[Any]) -> Any:
        return alt.Scale(domain=list(look.arms), range=[values[place % len(values)] for place in range(count)])

    return {
        "color": alt.Color("arm:N", scale=scale(COLOURS)),
        "quiet": alt.Color("arm:N", scale=scale(COLOURS), legend=None),
        "shape": alt.Shape("arm:N", scale=scale(SHAPES)),
        "strokeDash": alt.StrokeDash("arm:N", scale=scale(DASHES)),
    }


def _periods(alt: Any, look: Look) -> list[Any]:
    """Draw a line where a period begins, with the names of the periods beside it."""
    values = [
        {"week": week, "text": "\n".join(wrap(label, 110, 12)), "side": side}
        for week in look.boundaries
        for side, label in _beside(look, week)
    ]
    if not values:
        return []
    rule = alt.Chart(_data([{"week": week} for week in look.boundaries]))
    layers = [rule.mark_rule(stroke="#555", strokeDash=[2, 2]).encode(x="week:Q")]
    for side, align, dx in (("before", "right", -5), ("after", "left", 5)):
        chosen = [value for value in values if value["side"] == side]
        text = alt.Chart(_data(chosen)).mark_text(
            align=align, dx=dx, baseline="top", fontSize=12, lineBreak="\n", fill="#444", font="sans-serif"
        )
        layers.append(text.encode(x="week:Q", y=alt.value(1), text="text:N"))
    return layers


def _beside(look: Look, week: float) -> list[tuple[str, str]]:
    first = look.boundaries[0] == week
    before = [("before", label) for label, _, end in look.periods if end == week and first]
    return before + [("after", label) for label, start, _ in look.periods if start == week]


def _week_axis(alt: Any, weeks: Sequence[float], title: str | None) -> Any:
    pad = (max(weeks) - min(weeks)) * 0.03 or 1
    step = max(1, -(-len(weeks) // 9))
    shown = list(weeks)[::-1][::step][::-1]
    axis = alt.Axis(values=shown, grid=False, title=title, format="~g", labelOverlap=False)
    return alt.X("x:Q", axis=axis, scale=alt.Scale(domain=[min(weeks) - pad, max(weeks) + pad], nice=False, zero=False))


def _spread(points: list[dict[str, Any]], look: Look) -> list[dict[str, Any]]:
    """Set the arms a little apart, so that their intervals do not cover each other."""
    weeks = sorted({point["week"] for point in points})
    width = min((b - a for a, b in zip(weeks, weeks[1:], strict=False)), default=1) * 0.12
    middle = (len(look.arms) - 1) / 2
    return [{**point, "x": point["week"] + (look.arms.index(point["arm"]) - middle) * width} for point in points]


def over_time(
    points: list[dict[str, Any]],
    look: Look,
    y_title: str,
    *,
    domain: tuple[float, float] | None = None,
    percent: bool = False,
    height: int = 260,
    title: str | None = None,
    week_title: str | None = "Week",
) -> Any:
    """Chart estimates by visit and arm: a mark with its interval, joined by a line.

    ``points`` have week, arm (its label), estimate, low and high; a null estimate leaves a gap.
    """
    import altair as alt  # noqa: PLC0415

    known = [point for point in points if point["estimate"] is not None]
    weeks = sorted({point["week"] for point in points})
    scale = alt.Scale(domain=list(domain)) if domain else alt.Scale(nice=True, zero=False)
    axis = alt.Axis(format=".0%" if percent else "~g", tickCount=5, title=y_title)
    base = alt.Chart(_data(_spread(known, look))).encode(x=_week_axis(alt, weeks, week_title))
    marks = _marks(alt, look)
    y = alt.Y("estimate:Q", scale=scale, axis=axis)
    whisker = base.mark_rule(strokeWidth=1.6).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q", color=marks["color"])
    line = base.mark_line(strokeWidth=1.8).encode(y=y, color=marks["color"], strokeDash=marks["strokeDash"])
    point = base.mark_point(size=62, filled=True, opacity=1).encode(y=y, color=marks["color"], shape=marks["shape"])
    layers = [*_periods(alt, look), whisker, line, point]
    chart = alt.layer(*layers).properties(width=WIDTH, height=height)
    return chart.properties(title=title) if title else chart


def stacked(charts: Sequence[Any]) -> Any:
    """Put charts of the same weeks under each other with one legend."""
    import altair as alt  # noqa: PLC0415

    return alt.vconcat(*charts, spacing=14)


def kaplan_meier(steps: list[dict[str, Any]], risk: list[dict[str, Any]], look: Look, y_title: str) -> Any:
    """Chart the share that has had the event over the weeks since the first treatment, the numbers at risk below.

    ``steps`` have week, arm, share, low, high and censored; ``risk`` has week, arm and n.
    """
    import altair as alt  # noqa: PLC0415

    weeks = sorted({row["week"] for row in risk})
    last = max([step["week"] for step in steps] + weeks)
    x_scale = alt.Scale(domain=[-last * 0.02, last * 1.03], nice=False)
    axis = alt.Axis(values=weeks, grid=False, title="Weeks since the first treatment", format="~g")
    x = alt.X("week:Q", scale=x_scale, axis=axis)
    y_axis = alt.Axis(format=".0%", tickCount=5, title=y_title)
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 1]), axis=y_axis)
    marks = _marks(alt, look)
    base = alt.Chart(_data(steps)).encode(x=x)
    colour = marks["color"]
    band = base.mark_area(opacity=0.14, interpolate="step-after").encode(
        y=alt.Y("low:Q"), y2="high:Q", color=marks["quiet"]
    )
    line = base.mark_line(interpolate="step-after", strokeWidth=2.2).encode(
        y=y, color=colour, strokeDash=marks["strokeDash"]
    )
    ticks = base.transform_filter("datum.censored > 0").mark_tick(orient="vertical", thickness=1.4, size=11, opacity=1)
    censored = ticks.encode(y=y, color=marks["quiet"])
    curve = alt.layer(band, line, censored).properties(width=WIDTH, height=250)
    names = ["\n".join(wrap(arm, 96)) for arm in look.arms]
    labelled = [{**row, "arm": names[look.arms.index(row["arm"])]} for row in risk]
    rows = alt.Y(
        "arm:N",
        sort=names,
        axis=alt.Axis(title=None, domain=False, ticks=False, labelExpr="split(datum.label, '\\n')", labelLimit=0),
    )
    hidden = alt.X("week:Q", scale=x_scale, axis=None)
    table = alt.Chart(_data(labelled)).mark_text(fontSize=13, fill=INK).encode(x=hidden, y=rows, text="n:Q")
    tallest = max(name.count("\n") + 1 for name in names)
    below = table.properties(
        width=WIDTH, height=len(names) * (8 + 15 * tallest), title=alt.TitleParams("Number at risk", frame="group")
    )
    return alt.vconcat(curve, below, spacing=10)
