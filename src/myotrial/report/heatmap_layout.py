"""Where everything of a core set heat map stands: panels side by side, a line for each subject, a box per measure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from myotrial.criteria.rules import Measure
from myotrial.report.drawing import wrap
from myotrial.report.templating import environment, short

ID, CELL, SCORE, GAP, ROW, SIZE, HEAD_LINE = 52, 42, 56, 26, 12.5, 9.5, 12
MARGIN, LEGEND, LEAST = 10, 46, 480
BASELINE = 3.2
"""How far the letters stand above the lower edge of a row."""

NAMES = {
    "physician_global": "Physician global", "patient_global": "Patient global", "parent_global": "Parent global",
    "mmt": "MMT", "cmas": "CMAS", "haq": "HAQ-DI", "chaq": "C-HAQ", "enzyme": "Enzyme",
    "extramuscular": "Extra- muscular", "chq_phs": "CHQ-PhS", "das": "DAS",
}  # fmt: skip
"""Measure → what its narrow column is headed."""

SHARES = ("none", "up to half", "more than half", "all")
TINTS = ("#f1f4f6", "#bcdcf0", "#5aa9dc", "#0b4f8a")
WORSE_TINT = "#fbdcc9"
"""The colours of the shares of a measure's points, and of what is worse."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one measure gave one subject: points, ``None`` where missing; whether it is worse than at baseline."""

    points: float | None
    most: float
    worse: bool | None

    @property
    def share(self) -> int:
        """The place of the points among ``SHARES``."""
        if not self.points:
            return 0
        return 3 if self.points >= self.most else 1 if 2 * self.points <= self.most else 2

    @property
    def text(self) -> str:
        """The points, after a sign where the measure is worse."""
        points = "" if self.points is None else short(self.points)
        return f"▼{points if self.points else ''}" if self.worse else points


@dataclass(frozen=True, slots=True)
class Line:
    """One subject: the heading it stands under, its name (empty: not told), its cells and its score."""

    head: str
    name: str
    cells: tuple[Cell, ...]
    score: str


Panel = tuple[str, Sequence[Line]]
Texts = list[tuple[float, float, str]]


@dataclass(slots=True)
class Placed:
    """What one figure draws: boxes by colour as one path each, and texts by kind."""

    paths: dict[str, str] = field(default_factory=dict)
    hatched: str = ""
    points: Texts = field(default_factory=list)
    light: Texts = field(default_factory=list)
    names: Texts = field(default_factory=list)
    scores: Texts = field(default_factory=list)
    heads: Texts = field(default_factory=list)
    groups: Texts = field(default_factory=list)
    arms: Texts = field(default_factory=list)

    def cell(self, cell: Cell, x: float, y: float) -> None:
        """Place a cell."""
        box = f"M{short(x)} {short(round(y, 1))}h{CELL - 1}v{ROW - 1}h-{CELL - 1}z"
        if cell.points is None and not cell.worse:
            self.hatched += box
            return
        tint = WORSE_TINT if cell.worse else TINTS[cell.share]
        self.paths[tint] = self.paths.get(tint, "") + box
        written = self.light if tint == TINTS[-1] else self.points
        written.append((x + (CELL - 1) / 2, round(y + ROW - BASELINE, 1), cell.text))


def draw_heatmap(
    name: str, title: str, measures: Sequence[Measure], panels: Sequence[Panel], *, marked: bool
) -> str:  # fmt: skip
    """Draw panels side by side; ``marked`` says whether what is worse is known."""
    named = any(line.name for _, lines in panels for line in lines)
    left = ID if named else 0
    wide = left + CELL * len(measures) + SCORE
    placed = Placed()
    ends = [
        _panel(placed, measures, panel, MARGIN + number * (wide + GAP), left) for number, panel in enumerate(panels)
    ]
    told = ". ".join(f"{head}: {_counted(lines)}" for head, lines in panels)
    return environment().get_template("heatmap.svg.j2").render(
        name=name, title=title, desc=f"{told}. Counts by measure are in the table.", placed=placed,
        width=max(2 * MARGIN + len(panels) * (wide + GAP) - GAP, LEAST), height=max(ends) + MARGIN, size=SIZE,
        margin=MARGIN, shares=list(zip(SHARES, TINTS, strict=True)), worse_tint=WORSE_TINT, marked=marked,
    ).strip()  # fmt: skip


def _counted(lines: Sequence[Line]) -> str:
    groups = [(head, len(list(own))) for head, own in groupby(lines, key=lambda line: line.head)]
    return ", ".join(f"{head[:1].lower()}{head[1:]}: {count}" for head, count in groups)


def _panel(placed: Placed, measures: Sequence[Measure], panel: Panel, x: float, names: float) -> float:
    """Place one panel; return where it ends."""
    title, lines = panel
    left = x + names
    end = left + CELL * len(measures)
    y = float(LEGEND)
    for words in wrap(title, end + SCORE - x, 12, bold=True):
        y += 15
        placed.arms.append((x, y, words))
    y = _heads(placed, measures, left, y)
    for head, group in groupby(lines, key=lambda line: line.head):
        own = list(group)
        placed.groups.append((x, round(y + 11, 1), f"{head}: {len(own)}"))
        y += 14
        for line in own:
            base = round(y + ROW - BASELINE, 1)
            if line.name:
                placed.names.append((x, base, _clipped(line.name)))
            for number, cell in enumerate(line.cells):
                placed.cell(cell, left + CELL * number, y)
            placed.scores.append((end + SCORE - 8, base, line.score))
            y += ROW
        y += 3
    return y


def _heads(placed: Placed, measures: Sequence[Measure], left: float, y: float) -> float:
    """Write the names of the columns, the last line of each at one height; return where the rows may begin."""
    heads = [wrap(NAMES.get(measure.id, measure.id.upper()), CELL + 8, SIZE) for measure in measures]
    deep = max(len(words) for words in heads)
    for number, words in enumerate(heads):
        for above, word in enumerate(reversed(words)):
            placed.heads.append((left + CELL * (number + 0.5), y + HEAD_LINE * (deep - above), word))
    placed.heads.append((left + CELL * len(measures) + SCORE - 18, y + HEAD_LINE * deep, "TIS"))
    return y + HEAD_LINE * deep + 7


def _clipped(name: str) -> str:
    """Shorten a name that does not fit; the table of the waterfall has it whole."""
    return name if len(name) <= 9 else f"{name[:4]}…{name[-4:]}"
