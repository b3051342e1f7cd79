"""The waterfall: a bar for each subject's score at the visit that counts, arm by arm, the highest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from myotrial.criteria.rules import Criteria
from myotrial.criteria.tis import NO_RESPONSE
from myotrial.report.drawing import COLOURS, wrap
from myotrial.report.figure_parts import Figure
from myotrial.report.numbers import NO_VALUE, write_number, write_week
from myotrial.report.subject_scores import JudgedScores, SubjectScore
from myotrial.report.templating import environment, short

NAME, WIDTH, LEFT, RIGHT, PLOT, LINE = "waterfall", 440, 34, 92, 150, 16
HEAD, FOOT, TOP = 10, 34, 44
STUB = 1.6
UNDECIDED = "open"


@dataclass(frozen=True, slots=True)
class Panel:
    """One arm: its words, its bars as paths, where its plot begins and ends, and how thick its dots are."""

    words: tuple[tuple[float, str], ...]
    colour: str
    solid: str
    hollow: str
    dots: str
    crosses: str
    top: float
    base: float
    dot: float


def waterfall_figure(judged: JudgedScores, arms: Sequence[str], *, named: bool) -> Figure:
    """Draw the scores of every subject; ``arms`` are all labels of the definition, by which colours are given."""
    panels: list[Panel] = []
    y = float(TOP)
    for arm, scores in judged.by_arm.items():
        colour = COLOURS[(list(arms).index(arm) if arm in arms else len(panels)) % len(COLOURS)]
        panels.append(_panel(f"{arm}: {_counted(judged, scores)}", scores, colour, y))
        y = panels[-1].base + FOOT
    title = f"Total Improvement Score of each subject at week {write_week(judged.week)}"
    drawn = any(score.visit is not None for scores in judged.by_arm.values() for score in scores)
    desc = " ".join(f"{arm}: {_in_words(judged.criteria, scores)}." for arm, scores in judged.by_arm.items())
    svg = ""
    if drawn:
        svg = environment().get_template("waterfall.svg.j2").render(
            name=NAME, title=title, desc=desc, width=WIDTH, height=y - FOOT + 24, left=LEFT, right=WIDTH - RIGHT,
            panels=panels, plot=PLOT, thresholds=judged.criteria.thresholds, responders=judged.outcome is not None,
            intervals=any(panel.hollow for panel in panels), lost=any(panel.crosses for panel in panels),
        ).strip()  # fmt: skip
    columns, rows = _table(judged, named=named)
    return Figure(
        id=f"figure-{NAME}", svg=svg, note=_note(judged),
        caption=f"{title}{', by arm' if len(judged.by_arm) > 1 else ''}, the highest first.",
        columns=columns, rows=rows, data=tuple(_data(judged, named=named)),
    )  # fmt: skip


def _counted(judged: JudgedScores, scores: Sequence[SubjectScore]) -> str:
    """Say how many bars there are, and how many subjects have none."""
    unseen = sum(score.visit is None for score in scores)
    opened = sum(score.open for score in scores)
    parts = [f"{len(scores)} {'subject' if len(scores) == 1 else 'subjects'}"]
    if opened:
        parts.append(f"{opened} with an interval")
    if unseen:
        parts.append(f"{unseen} without a score")
    if judged.outcome is not None:
        parts.append(f"{sum(score.responds is True for score in scores)} responding")
    return ", ".join(parts)


def _in_words(criteria: Criteria, scores: Sequence[SubjectScore]) -> str:
    counts = [
        (name if name != NO_RESPONSE else "no response", sum(category_of(score) == name for score in scores))
        for name in [*reversed(criteria.thresholds), NO_RESPONSE]
    ]
    told = [f"{name} {count}" for name, count in counts]
    rest = sum(category_of(score) in {None, UNDECIDED} for score in scores)
    return ", ".join([*told, *([f"not known {rest}"] if rest else [])])


def category_of(score: SubjectScore) -> str | None:
    """Return the category of a score, ``open`` where its interval reaches over several, ``None`` without a score."""
    if score.visit is None:
        return None
    return str(score.visit["category"] or UNDECIDED)


def _panel(words: str, scores: Sequence[SubjectScore], colour: str, y: float) -> Panel:
    lines = wrap(words, WIDTH - LEFT, 13, bold=True)
    top = y + HEAD + LINE * len(lines)
    base, slot = top + PLOT, (WIDTH - LEFT - RIGHT) / max(len(scores), 1)
    bar = min(slot * 0.84, 26)
    solid = hollow = dots = crosses = ""
    for place, score in enumerate(scores):
        left = LEFT + slot * place + (slot - bar) / 2
        middle = short(round(LEFT + slot * (place + 0.5), 1))
        if score.visit is None:
            arm = round(min(5, slot * 0.8), 1)
            crosses += (
                f"M{middle} {short(base - 3)}m-{arm / 2:g}-{arm / 2:g}l{arm:g} {arm:g}m0-{arm:g}l-{arm:g} {arm:g}"
            )
            continue
        low, high = (_up(score.visit[end], base) for end in ("tis_low", "tis_high"))
        solid += _bar(left, bar, base + STUB, low)
        if score.open:
            hollow += _bar(left, bar, low, high)
        if score.responds:
            dots += f"M{middle} {short(base + 11)}h0"
    texts = tuple((y + LINE * (number + 1) - 2, line) for number, line in enumerate(lines))
    return Panel(texts, colour, solid, hollow, dots, crosses, top, base, round(min(4.6, slot * 0.8), 1))


def _up(score: float, base: float) -> float:
    return base - PLOT * score / 100


def _bar(left: float, width: float, bottom: float, top: float) -> str:
    """Return a bar as a path."""
    ends = [f"{round(number, 1):g}" for number in (left, bottom, top, width, bottom)]
    return "M{} {}V{}h{}V{}z".format(*ends)


def _note(judged: JudgedScores) -> str:
    opened = sum(score.open for scores in judged.by_arm.values() for score in scores)
    unseen = sum(score.visit is None for scores in judged.by_arm.values() for score in scores)
    told = [f"Broken lines: the thresholds of {_listed(judged.criteria)}."]
    if opened:
        told.append("A pale end with an outline is what a missing measure leaves open.")
    if unseen:
        one = unseen == 1
        told.append(
            f"{unseen} {'subject has' if one else 'subjects have'} no score at this visit "
            f"and {'is' if one else 'are'} marked ×."
        )
    if judged.outcome is not None:
        told.append(f"A dot below a bar: a responder of outcome {judged.outcome.id}, by all that it asks for.")
    return " ".join(told)


def _listed(criteria: Criteria) -> str:
    names = [f"{name} ({write_week(edge)})" for name, edge in criteria.thresholds.items()]
    return f"{', '.join(names[:-1])} and {names[-1]} improvement"


def _score(score: SubjectScore) -> str:
    """Write a score, or both ends of its interval."""
    if score.visit is None:
        return NO_VALUE
    if score.known:
        return write_number(score.visit["tis"])
    return f"{write_number(score.visit['tis_low'])} to {write_number(score.visit['tis_high'])}"


def _table(judged: JudgedScores, *, named: bool) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    columns = (*(["Subject"] if named else []), "Arm", f"TIS at week {write_week(judged.week)}", "Category")
    columns = (*columns, *([f"Responder of {judged.outcome.id}"] if judged.outcome else []))
    words = {None: "no score at this visit", UNDECIDED: "not decided", NO_RESPONSE: "no response"}
    answers = {True: "yes", False: "no", None: "unknown"}
    rows = tuple(
        (*([score.subject] if named else []), arm, _score(score),
         words.get(category_of(score), str(category_of(score))),
         *([answers[score.responds]] if judged.outcome else []))
        for arm, scores in judged.by_arm.items() for score in scores
    )  # fmt: skip
    return columns, rows


def _data(judged: JudgedScores, *, named: bool) -> list[dict[str, object]]:
    return [
        {**({"subject_id": score.subject} if named else {}), "arm": arm, "week": judged.week,
         **{name: score.visit[name] if score.visit else None for name in ("tis", "tis_low", "tis_high", "category")},
         "responder": score.responds}
        for arm, scores in judged.by_arm.items() for score in scores
    ]  # fmt: skip
