"""The schedule drawn simply: a bar per arm and period over the weeks, a tick per visit."""

from myotrial.report.drawing import COLOURS, Box, Drawing, Text, text_width, wrap
from myotrial.report.numbers import write_week
from myotrial.trials.definition import TrialDefinition

WIDTH, LEFT, RIGHT = 440, 12, 12
BAR, ROW, SMALL = 26, 54, 12


def draw_schedule(trial: TrialDefinition) -> Drawing:
    """Lay the schedule out: what each arm gets in each period, and the visits under it."""
    drawing = Drawing("schedule", f"Schedule of {trial.acronym or trial.id}", _in_words(trial), width=WIDTH)
    schedule = trial.schedule
    ends = [*schedule.visits, *(week for period in schedule.periods for week in period.weeks)]
    first, last = min(ends), max(ends)
    scale = (WIDTH - LEFT - RIGHT) / ((last - first) or 1)

    def x(week: float) -> float:
        return round(LEFT + (week - first) * scale, 1)

    top = _period_labels(drawing, trial, x(first), [(x(a), x(b)) for a, b in (p.weeks for p in schedule.periods)])
    for place, arm in enumerate(trial.arms):
        y = top + place * ROW
        drawing.texts.append(Text(LEFT, y + 14, f"{arm.label}", bold=True, anchor="start"))
        for period in schedule.periods:
            given = next((other for other in trial.arms if other.id == (period.all_on or arm.id)), arm)
            colour = COLOURS[trial.arms.index(given) % len(COLOURS)]
            start, end = x(period.weeks[0]), x(period.weeks[1])
            drawing.boxes.append(_bar(start, y + 20, end - start, given.label, colour))
    axis = top + len(trial.arms) * ROW + 2
    _axis(drawing, [(week, x(week)) for week in schedule.visits], axis)
    drawing.height = axis + 48
    return drawing


def _in_words(trial: TrialDefinition) -> str:
    periods = [
        f"{period.label}, weeks {write_week(period.weeks[0])} to {write_week(period.weeks[1])}"
        + (f", everybody on {trial.arm_label(period.all_on)}" if period.all_on else "")
        for period in trial.schedule.periods
    ]
    visits = ", ".join(write_week(week) for week in trial.schedule.visits)
    return f"{'; '.join(periods)}. Visits at weeks {visits}."


def _period_labels(drawing: Drawing, trial: TrialDefinition, first: float, spans: list[tuple[float, float]]) -> float:
    """Write each period's name over its stretch; return where the arms begin."""
    tallest = 0
    for period, (start, end) in zip(trial.schedule.periods, spans, strict=True):
        lines = wrap(period.label, max(end - start - 6, 40), SMALL)
        tallest = max(tallest, len(lines))
        drawing.texts += [
            Text((start + end) / 2, 16 + place * 15, line, size=SMALL) for place, line in enumerate(lines)
        ]
    bottom = 16 + tallest * 15
    height = bottom + len(trial.arms) * ROW + 2
    drawing.lines += [f"M{start:g} 6V{height:g}" for start, _ in spans if start > first]
    return bottom


def _bar(x: float, y: float, width: float, label: str, colour: str) -> Box:
    fits = text_width(label, SMALL, bold=True) + 8 <= width
    texts = (Text(x + width / 2, y + 17.5, label, bold=True, size=SMALL),) if fits else ()
    return Box(x + 1, y, max(width - 2, 1), BAR, texts, colour)


def _axis(drawing: Drawing, visits: list[tuple[float, float]], y: float) -> None:
    """Draw a tick per visit, and as many of their weeks as fit without touching."""
    drawing.lines.append(f"M{visits[0][1]:g} {y:g}H{visits[-1][1]:g}")
    free = -100.0
    for week, x in visits:
        drawing.lines.append(f"M{x:g} {y:g}v6")
        half = text_width(write_week(week), SMALL) / 2
        if x - half >= free:
            drawing.texts.append(Text(x, y + 20, write_week(week), size=SMALL))
            free = x + half + 4
    drawing.texts.append(Text((visits[0][1] + visits[-1][1]) / 2, y + 38, "Week of the visit", size=SMALL))
