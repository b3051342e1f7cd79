"""The score over the visits as a drawing: thresholds, scores joined, and bars where a score is an interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BASE = 410, 232, 34, 310, 14, 190
CAP = 5
CLOSE = 24
"""How near two labels of the axis may stand."""


@dataclass(frozen=True, slots=True)
class Trajectory:
    """What the template draws; ``line``, ``bars`` and ``ceilings`` are path data, places are x and y."""

    edges: tuple[tuple[float, str], ...]
    line: str
    bars: str
    dots: tuple[tuple[float, float], ...]
    ticks: tuple[tuple[float, str], ...]
    ceilings: str
    x_title: str
    summary: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    base: int = BASE


def draw_trajectory(found: Mapping[str, Any], thresholds: Mapping[str, float]) -> Trajectory | None:
    """Lay out the scores of the follow-up visits; ``None`` where there are fewer than two.

    The baseline is drawn at 0, for a score is a change since then.
    """
    visits: Sequence[Mapping[str, Any]] = found["visits"]
    if len(visits) < 2:
        return None
    dated = all(visit["week"] is not None for visit in visits)
    first = float(found["inputs"]["visits"][0]["week"] or 0) if dated else 0.0
    places = [float(visit["week"] if dated else visit["visit"]) for visit in visits]
    scale = (RIGHT - LEFT - 16) / ((places[-1] - first) or 1)
    across = [round(LEFT + 6 + (place - first) * scale, 1) for place in places]
    path, bars, dots = f"M{LEFT + 6:g} {BASE:g}", "", []
    joined = True
    for x, visit in zip(across, visits, strict=True):
        if visit["tis"] is None:
            low, high = height_of(visit["tis_low"]), height_of(visit["tis_high"])
            bars += f"M{x:g} {low:g}V{high:g}M{x - CAP:g} {low:g}h{2 * CAP}M{x - CAP:g} {high:g}h{2 * CAP}"
            joined = False
            continue
        y = height_of(visit["tis"])
        path += f"{'L' if joined else 'M'}{x:g} {y:g}"
        dots.append((x, y))
        joined = True
    ceilings = "".join(
        f"M{x - CAP:g} {height_of(visit['ceiling']):g}h{2 * CAP}"
        for x, visit in zip(across, visits, strict=True)
        if visit["ceiling"] < 100
    )
    return Trajectory(
        edges=tuple((height_of(edge), f"{name} {edge:g}") for name, edge in thresholds.items()),
        line=path, bars=bars, dots=tuple(dots), ticks=_ticks(first, places, across), ceilings=ceilings,
        x_title="Week" if dated else "Visit", summary=_summary(visits),
    )  # fmt: skip


def height_of(score: float) -> float:
    """Return the y of a score."""
    return round(BASE - (BASE - TOP) * score / 100, 1)


def _ticks(first: float, places: Sequence[float], across: Sequence[float]) -> tuple[tuple[float, str], ...]:
    """Return the labels of the axis, the last kept where two would stand too near each other."""
    every = [(LEFT + 6.0, f"{first:g}"), *((x, f"{place:g}") for x, place in zip(across, places, strict=True))]
    kept: list[tuple[float, str]] = []
    for x, text in reversed(every):
        if not kept or kept[-1][0] - x >= CLOSE:
            kept.append((x, text))
    return tuple(reversed(kept))


def _summary(visits: Sequence[Mapping[str, Any]]) -> str:
    """Tell the scores in words."""
    told = []
    for visit in visits:
        score = f"{visit['tis']:g}" if visit["tis"] is not None else f"{visit['tis_low']:g} to {visit['tis_high']:g}"
        told.append(f"{visit['label']}: {score}")
    return "; ".join(told) + "."
