"""One profile per subject: the score over the weeks, stacked from its measures, with the events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import polars as pl

from myotrial.analysis.results import Results
from myotrial.criteria.rules import Criteria
from myotrial.criteria.tis import NO_RESPONSE
from myotrial.report.labels import arm_name
from myotrial.report.numbers import NO_VALUE, write_number, write_week
from myotrial.report.subject_scores import arms_of, criteria_of
from myotrial.report.templating import environment
from myotrial.study.reading import StudyData
from myotrial.trials.definition import TrialDefinition

WIDTH, LEFT, RIGHT, TOP, PLOT, BOTTOM = 440, 40, 92, 34, 150, 36
LETTER = 6.4
"""The width of a letter, about."""
SHOWN_EVENTS = {
    "rescue": "Rescue",
    "discontinued_treatment": "Treatment stopped",
    "discontinued_study": "Left the study",
    "death": "Death",
    "protocol_deviation": "Protocol deviation",
}
BELOW = "no response"
MEASURE_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#F0E442")


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a subject: its place in the drawing and its words."""

    x: float
    y: float
    text: str
    week: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What the profile of one subject shows."""

    number: int
    subject: str
    arm: str
    bars: tuple[tuple[str, str], ...]
    line: str
    dots: tuple[tuple[float, float], ...]
    whiskers: str
    ticks: tuple[tuple[float, str], ...]
    events: tuple[Event, ...]
    rows: tuple[tuple[str, ...], ...]
    summary: str


@dataclass(frozen=True, slots=True)
class ProfileSection:
    """All profiles with what they share: thresholds, legend, table head."""

    profiles: tuple[Profile, ...]
    by_arm: tuple[tuple[str, tuple[Profile, ...]], ...]
    thresholds: tuple[tuple[str, float, str], ...]
    legend: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    width: int = WIDTH
    height: int = TOP + PLOT + BOTTOM
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = TOP + PLOT


def height_of(score: float) -> float:
    """Return the y of a score in a profile."""
    return round(TOP + PLOT * (1 - score / 100), 1)


def profile_section(trial: TrialDefinition, results: Results, study: StudyData) -> ProfileSection | None:
    """Lay out the profiles of all subjects; ``None`` where the trial has no Total Improvement Score."""
    scores = results.scores.get("tis")
    if scores is None or "tis" not in trial.scores:
        return None
    criteria = criteria_of(trial.scores["tis"])
    visits = _by_subject(scores.sort("week", maintain_order=True))
    events = _by_subject(study.events.sort("day", maintain_order=True)) if study.events.height else {}
    arms = arms_of(trial, study)
    subjects = study.subjects["subject_id"].to_list()
    profiles = tuple(
        _profile(trial, criteria, number, subject, arms.get(subject), visits.get(subject, []), events.get(subject, []))
        for number, subject in enumerate(subjects, 1)
    )
    labels = dict.fromkeys([*(arm.label for arm in trial.arms), *(profile.arm for profile in profiles)])
    grouped = {label: [profile for profile in profiles if profile.arm == label] for label in labels}
    return ProfileSection(
        profiles=profiles,
        by_arm=tuple((arm, tuple(members)) for arm, members in grouped.items() if members),
        thresholds=tuple(
            (name, height_of(edge), f"{name} {write_week(edge)}") for name, edge in criteria.thresholds.items()
        ),
        legend=tuple(
            (measure.label, colour) for measure, colour in zip(criteria.measures, MEASURE_COLOURS, strict=False)
        ),
        columns=("Week", "TIS", "Category", *(measure.label for measure in criteria.measures), "Enzyme"),
    )


def render_profile(profiles: ProfileSection, profile: Profile) -> str:
    """Return the profile of one subject as SVG, as it stands in the report."""
    template = environment().get_template("profile.svg.j2")
    return template.render(profiles=profiles, profile=profile, id=f"subject-{profile.number}").strip()


def _by_subject(frame: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    return {str(key[0]): part.to_dicts() for key, part in frame.partition_by("subject_id", as_dict=True).items()}


def _profile(
    trial: TrialDefinition,
    criteria: Criteria,
    number: int,
    subject: str,
    arm: str | None,
    visits: Sequence[Mapping[str, Any]],
    events: Sequence[Mapping[str, Any]],
) -> Profile:
    planned = [week for week in trial.schedule.visits if week > trial.schedule.baseline_week]
    weeks = [*planned, *(visit["week"] for visit in visits)]
    first, last = float(min(weeks)), float(max(weeks))
    scale = (WIDTH - LEFT - RIGHT) / ((last - first) or 1)

    def x(week: float) -> float:
        return round(LEFT + float(min(max(week, first), last) - first) * scale, 1)

    half = max(2.0, min(6.0, scale * 1.4))
    known = [visit for visit in visits if visit["tis"] is not None]
    open_ends = [visit for visit in visits if visit["tis"] is None and visit["tis_low"] is not None]
    step = max(1, ceil(24 * len(planned) / (WIDTH - LEFT - RIGHT)))
    shown = planned[::-1][::step][::-1]
    return Profile(
        number=number,
        subject=subject,
        arm=arm_name(trial, arm),
        bars=_bars(criteria, visits, x, half),
        line=_line(visits, x),
        dots=tuple((x(visit["week"]), height_of(visit["tis"])) for visit in known),
        whiskers="".join(
            f"M{x(visit['week']):g} {height_of(visit['tis_low']):g}V{height_of(visit['tis_high']):g}"
            f"m-4 0h8M{x(visit['week']) - 4:g} {height_of(visit['tis_low']):g}h8"
            for visit in open_ends
        ),
        ticks=tuple((x(week), write_week(week)) for week in shown),
        events=tuple(_events(trial, events, x)),
        rows=tuple(_row(criteria, visit) for visit in visits),
        summary=_summary(visits, events),
    )


def _line(visits: Sequence[Mapping[str, Any]], x: Any) -> str:
    """Join the known scores of visits in a row; at a score that is not known the line is broken."""
    path, joined = "", False
    for visit in visits:
        if visit["tis"] is None:
            joined = False
            continue
        path += f"{'L' if joined else 'M'}{x(visit['week']):g} {height_of(visit['tis']):g}"
        joined = True
    return path


def _bars(criteria: Criteria, visits: Sequence[Mapping[str, Any]], x: Any, half: float) -> tuple[tuple[str, str], ...]:
    """Stack the points of each visit: one path for each measure."""
    paths = {measure.id: "" for measure in criteria.measures}
    for visit in visits:
        total = 0.0
        for measure in criteria.measures:
            points = visit.get(f"points_{measure.id}")
            if points:
                top, bottom = height_of(total + points), height_of(total)
                left = x(visit["week"]) - half
                paths[measure.id] += f"M{left:.4g} {bottom:g}V{top:g}h{2 * half:.3g}V{bottom:g}z"
                total += points
    return tuple((colour, path) for (_, path), colour in zip(paths.items(), MEASURE_COLOURS, strict=False) if path)


def _events(trial: TrialDefinition, events: Sequence[Mapping[str, Any]], x: Any) -> list[Event]:
    """Place the events, the words of each in the highest of three lines where they stand over no others."""
    placed: list[Event] = []
    free = [0.0, 0.0, 0.0]  # where the words of each line end
    for event in events:
        if event["kind"] not in SHOWN_EVENTS:
            continue
        week = trial.schedule.baseline_week + (event["day"] - 1) / 7
        place = x(week)
        anchor = "end" if place > WIDTH * 0.6 else "start"
        words, told = SHOWN_EVENTS[event["kind"]], write_number(week, 1)
        length = LETTER * len(f"▼ {words}, week {told}")
        begin = place - length if anchor == "end" else place
        row = next((line for line, end in enumerate(free) if end <= begin), len(free) - 1)
        free[row] = begin + length + LETTER
        placed.append(Event(place, 12 + 14 * row, words, told, anchor))
    return placed


def _score(visit: Mapping[str, Any]) -> str:
    if visit["tis"] is not None:
        return write_number(visit["tis"])
    return f"{write_number(visit['tis_low'])} to {write_number(visit['tis_high'])}"


def _category(visit: Mapping[str, Any]) -> str:
    category = visit["category"]
    return BELOW if category == NO_RESPONSE else str(category or "")


def _row(criteria: Criteria, visit: Mapping[str, Any]) -> tuple[str, ...]:
    points = (write_number(visit.get(f"points_{measure.id}")) for measure in criteria.measures)
    enzyme = visit.get("enzyme_used")
    return (write_week(visit["week"]), _score(visit), _category(visit) or "unknown", *points,
            enzyme.upper() if enzyme in {"ck", "ldh", "ast", "alt"} else enzyme or NO_VALUE)  # fmt: skip


def _summary(visits: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]) -> str:
    """Tell the last visit and the events in words."""
    told = "No visit after baseline."
    if visits:
        last = visits[-1]
        told = f"TIS at week {write_week(last['week'])}: {_score(last)} ({_category(last) or 'category unknown'})."
    happened = [
        f"{SHOWN_EVENTS[event['kind']]} on day {event['day']}" for event in events if event["kind"] in SHOWN_EVENTS
    ]
    return " ".join([told, *([f"{'; '.join(happened)}."] if happened else [])])
