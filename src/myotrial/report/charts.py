"""The statistical charts, as SVG made offline; Altair and its engine are loaded at the first chart."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from typing import Any

from myotrial.report.drawing import COLOURS, DASHES, SHAPES, text_width, wrap
from myotrial.report.svg import clean_svg
from myotrial.trials.definition import TrialDefinition

WIDTH = 330
KEY_LINE = 30
FEW = 4
INK, GRID = "#222", "#ddd"


@dataclass(frozen=True, slots=True)
class Look:
    """What the charts of a figure share: the arms, the weeks where the periods change, and the rows they draw."""

    arms: tuple[str, ...]
    boundaries: tuple[float, ...]
    periods: tuple[tuple[str, float, float], ...]
    baseline: float
    data: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def keep(self, values: Sequence[dict[str, Any]]) -> dict[str, str]:
        """Keep the rows that a chart draws, and return the name it finds them by; Altair copies only the name."""
        name = f"rows-{len(self.data) + 1}"
        self.data[name] = list(values)
        return {"name": name}

    @classmethod
    def of(cls, trial: TrialDefinition, arms: Sequence[str]) -> "Look":
        """Return the look of a trial's charts."""
        periods = trial.schedule.periods
        return cls(
            tuple(arms),
            tuple(sorted({period.weeks[0] for period in periods[1:]})),
            tuple((period.label, *period.weeks) for period in periods),
            trial.schedule.baseline_week,
        )


@contextmanager
def unchecked() -> Iterator[None]:
    """Have charts made without checking each part of them against the schema, which takes most of the time."""
    from altair.utils.schemapi import debug_mode  # noqa: PLC0415

    with debug_mode(arg=False):
        yield


def to_svg(chart: Any, look: Look, name: str, title: str, desc: str) -> str:
    """Render a chart, drawn with its look, with nothing but what is on this machine."""
    import altair as alt  # noqa: PLC0415 - half a second, only where a chart is drawn
    import vl_convert  # noqa: PLC0415

    ink: dict[str, Any] = {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
    }
    styled = chart.configure(
        font="sans-serif",
        background="white",
        padding=6,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(**ink, gridColor=GRID, domainColor=INK, tickColor=INK),
        title=alt.TitleConfig(fontSize=13, anchor="start", color=INK, offset=6),
    )
    version = "_".join(alt.SCHEMA_VERSION.split(".")[:2])
    spec = {**styled.to_dict(validate=False), "datasets": look.data}
    svg = vl_convert.vegalite_to_svg(spec, vl_version=version)
    return clean_svg(svg, name, title, desc)


def marks_of_arms(alt: Any, look: Look) -> dict[str, Any]:
    """Return colour, shape and dash by arm; the key is drawn apart."""
    count = len(look.arms)

    def scale(values: Sequence[Any]) -> Any:
        return alt.Scale(domain=list(look.arms), range=[values[place % len(values)] for place in range(count)])

    return {
        "color": alt.Color("arm:N", scale=scale(COLOURS), legend=None),
        "shape": alt.Shape("arm:N", scale=scale(SHAPES), legend=None),
        "strokeDash": alt.StrokeDash("arm:N", scale=scale(DASHES), legend=None),
    }


def key_of_arms(alt: Any, look: Look, *, points: bool) -> Any:
    """Draw the key: each arm's line, mark and name, in as many rows as they need."""
    entries: list[dict[str, Any]] = []
    x, row = 0.0, 0
    for arm in look.arms:
        needed = KEY_LINE + 6 + text_width(arm) + 16
        if x and x + needed > WIDTH + 16:
            x, row = 0.0, row + 1
        middle = x + KEY_LINE / 2
        entries.append({"arm": arm, "x": x, "end": x + KEY_LINE, "middle": middle, "name": x + KEY_LINE + 6, "y": row})
        x += needed
    marks = marks_of_arms(alt, look)
    scale = alt.Scale(domain=[0, WIDTH], nice=False)
    y = alt.Y("y:O", axis=None)
    base = alt.Chart(look.keep(entries))

    def across(field: str) -> Any:
        return alt.X(f"{field}:Q", scale=scale, axis=None)

    layers = [
        base.mark_rule(strokeWidth=2).encode(
            x=across("x"), x2="end:Q", y=y, color=marks["color"], strokeDash=marks["strokeDash"]
        ),
        base.mark_text(align="left", fontSize=13, fill=INK).encode(x=across("name"), y=y, text="arm:N"),
    ]
    if points:
        point = base.mark_point(size=62, filled=True, opacity=1)
        layers.append(point.encode(x=across("middle"), y=y, color=marks["color"], shape=marks["shape"]))
    return alt.layer(*layers).properties(width=WIDTH, height=18 * (row + 1))


def _periods(alt: Any, look: Look, x: Any, span: tuple[float, float], *, names: bool) -> list[Any]:
    """Draw a line where a period begins, with the names of the periods beside it."""
    inside = [week for week in look.boundaries if span[0] <= week <= span[1]]
    if not inside:
        return []
    rule = alt.Chart(look.keep([{"x": week} for week in inside]))
    lines = [rule.mark_rule(stroke="#555", strokeDash=[2, 2]).encode(x=x)]
    return [*lines, *_period_names(alt, look, x, inside)] if names else lines


def _period_names(alt: Any, look: Look, x: Any, boundaries: Sequence[float]) -> list[Any]:
    values = [
        {"x": week, "text": "\n".join(wrap(label, 110, 12)), "side": side}
        for week in boundaries
        for side, label in _beside(look, week)
    ]
    layers = []
    for side, align, dx in (("before", "right", -5), ("after", "left", 5)):
        chosen = [value for value in values if value["side"] == side]
        text = alt.Chart(look.keep(chosen)).mark_text(
            align=align, dx=dx, baseline="top", fontSize=12, lineBreak="\n", fill="#444", font="sans-serif"
        )
        layers.append(text.encode(x=x, y=alt.value(3), text="text:N"))
    return layers


def _beside(look: Look, week: float) -> list[tuple[str, str]]:
    first = look.boundaries[0] == week
    before = [("before", label) for label, _, end in look.periods if end == week and first]
    return before + [("after", label) for label, start, _ in look.periods if start == week]


def _span(look: Look, weeks: Sequence[float]) -> tuple[float, float]:
    """Return the first and last week of an axis; of few visits it begins at the baseline."""
    return min([*weeks, *([look.baseline] if len(weeks) < FEW else [])]), max(weeks)


def _week_axis(alt: Any, weeks: Sequence[float], span: tuple[float, float], title: str | None) -> Any:
    pad = (span[1] - span[0]) * 0.03 or 1
    step = max(1, ceil(24 * len(weeks) / WIDTH))
    shown = list(weeks)[::-1][::step][::-1]
    axis = alt.Axis(values=shown, grid=False, title=title, format=".3~f", labelOverlap=False)
    return alt.X("x:Q", axis=axis, scale=alt.Scale(domain=[span[0] - pad, span[1] + pad], nice=False, zero=False))


def period_strip(look: Look, weeks: Sequence[float]) -> Any | None:
    """Write the names of the periods over panels that are too low to hold them; ``None`` where there are none."""
    import altair as alt  # noqa: PLC0415

    span = _span(look, weeks)
    inside = [week for week in look.boundaries if span[0] <= week <= span[1]]
    if not inside:
        return None
    x = _week_axis(alt, weeks, span, None)
    x.axis = None
    lines = max(len(wrap(label, 110, 12)) for week in inside for _, label in _beside(look, week))
    return alt.layer(*_period_names(alt, look, x, inside)).properties(width=WIDTH, height=15 * lines)


def _spread(points: list[dict[str, Any]], look: Look, span: tuple[float, float]) -> list[dict[str, Any]]:
    """Set the arms a little apart, so that their intervals do not cover each other."""
    weeks = sorted({point["week"] for point in points})
    gap = min((b - a for a, b in pairwise(weeks)), default=1)
    width = min(gap * 0.12, ((span[1] - span[0]) or 1) * 0.012)
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
    weeks: Sequence[float] | None = None,
    zero: bool = False,
    names: bool = True,
) -> Any:
    """Chart estimates by visit and arm: a mark with its interval, joined by a line.

    ``points`` have week, arm (its label), estimate, low and high; a null estimate leaves a gap.
    ``weeks`` are those of the axis where several charts share it; ``zero`` draws a line at 0, and
    ``names`` writes those of the periods.
    """
    import altair as alt  # noqa: PLC0415

    known = [point for point in points if point["estimate"] is not None]
    weeks = sorted(weeks or {point["week"] for point in points})
    scale = alt.Scale(domain=list(domain)) if domain else alt.Scale(nice=True, zero=zero)
    axis = alt.Axis(format=".0%" if percent else ".3~f", tickCount=5, title=y_title)
    span = _span(look, weeks)
    x = _week_axis(alt, weeks, span, week_title)
    base = alt.Chart(look.keep(_spread(known, look, span))).encode(x=x)
    marks = marks_of_arms(alt, look)
    y = alt.Y("estimate:Q", scale=scale, axis=axis)
    whisker = base.mark_rule(strokeWidth=1.6).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q", color=marks["color"])
    line = base.mark_line(strokeWidth=1.8).encode(y=y, color=marks["color"], strokeDash=marks["strokeDash"])
    point = base.mark_point(size=62, filled=True, opacity=1).encode(y=y, color=marks["color"], shape=marks["shape"])
    level = alt.Chart(look.keep([{"y": 0}])).mark_rule(stroke="#555").encode(y=alt.Y("y:Q", scale=scale))
    layers = [*_periods(alt, look, x, span, names=names), *([level] if zero else []), whisker, line, point]
    chart = alt.layer(*layers).properties(width=WIDTH, height=height)
    return chart.properties(title=title) if title else chart


def stacked(charts: Sequence[Any], look: Look) -> Any:
    """Put charts of the same weeks under each other, the key of the arms at the top."""
    import altair as alt  # noqa: PLC0415

    return alt.vconcat(key_of_arms(alt, look, points=True), *charts, spacing=14)


def delta_line(points: list[dict[str, Any]], look: Look, x_title: str, y_title: str) -> Any:
    """Chart a difference over the deltas of a tipping-point analysis; a mark is hollow where it is not significant."""
    import altair as alt  # noqa: PLC0415

    filled = [{**point, "fill": COLOURS[0] if point["significant"] else "#fff"} for point in points]
    x = alt.X("delta:Q", axis=alt.Axis(title=x_title, grid=False), scale=alt.Scale(nice=True, padding=8))
    base = alt.Chart(look.keep(filled)).encode(x=x)
    zero = alt.Chart(look.keep([{"y": 0}])).mark_rule(stroke="#555").encode(y="y:Q")
    y = alt.Y("estimate:Q", axis=alt.Axis(title=y_title, tickCount=5))
    span = base.mark_rule(strokeWidth=1.6, stroke=COLOURS[0]).encode(y="low:Q", y2="high:Q")
    mark = base.mark_point(size=66, opacity=1, filled=True, stroke=COLOURS[0], strokeWidth=1.6)
    layers = [zero, span, mark.encode(y=y, fill=alt.Fill("fill:N", scale=None, legend=None))]
    return alt.layer(*layers).properties(width=WIDTH, height=240)


def kaplan_meier(steps: list[dict[str, Any]], risk: list[dict[str, Any]], look: Look, y_title: str) -> Any:
    """Chart the share that has had the event over the weeks since the first treatment, the numbers at risk below.

    ``steps`` have week, arm, share, low, high and censored; ``risk`` has week, arm and n.
    """
    import altair as alt  # noqa: PLC0415

    weeks = sorted({row["week"] for row in risk})
    last = max([step["week"] for step in steps] + weeks)
    scale = alt.Scale(domain=[-last * 0.02, last * 1.03], nice=False)
    axis = alt.Axis(values=weeks, grid=False, title="Weeks since the first treatment", format=".3~f")
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=5, title=y_title))
    marks = marks_of_arms(alt, look)
    base = alt.Chart(look.keep(steps)).encode(x=alt.X("week:Q", scale=scale, axis=axis), color=marks["color"])
    band = base.mark_area(opacity=0.14, interpolate="step-after").encode(y=alt.Y("low:Q"), y2="high:Q")
    line = base.mark_line(interpolate="step-after", strokeWidth=2.2).encode(y=y, strokeDash=marks["strokeDash"])
    ticks = base.transform_filter("datum.censored > 0").mark_tick(orient="vertical", thickness=1.4, size=11, opacity=1)
    curve = alt.layer(band, line, ticks.encode(y=y)).properties(width=WIDTH, height=250)
    below = _risk_table(alt, risk, look, alt.X("week:Q", scale=scale, axis=None))
    return alt.vconcat(key_of_arms(alt, look, points=False), curve, below, spacing=10)


def _risk_table(alt: Any, risk: list[dict[str, Any]], look: Look, x: Any) -> Any:
    """Write the numbers at risk under the ticks, a row for each arm."""
    names = ["\n".join(wrap(arm, 96)) for arm in look.arms]
    labelled = [{**row, "arm": names[look.arms.index(row["arm"])]} for row in risk]
    axis = alt.Axis(
        title=None, domain=False, ticks=False, labelExpr="split(datum.label, '\\n')", labelLimit=0, labelPadding=14
    )
    height = len(names) * (8 + 15 * max(name.count("\n") + 1 for name in names))
    numbers = alt.Chart(look.keep(labelled)).mark_text(fontSize=13, fill=INK)
    table = numbers.encode(x=x, y=alt.Y("arm:N", sort=names, axis=axis), text="n:Q")
    title = alt.TitleParams("Number at risk", fontWeight="normal")
    return table.properties(width=WIDTH, height=height, title=title)
