"""The participant flow as a CONSORT diagram: who came in at the top, one column per arm below."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from myotrial.report.drawing import PAD, Box, Drawing, text_box, text_width
from myotrial.report.numbers import SPACE
from myotrial.trials.definition import TrialDefinition

MARGIN, GAP, STEP = 8, 20, 28
NARROWEST, WIDEST = 150, 208

LEAVING = (
    "discontinu",
    "missed",
    "rescue",
    "lost",
    "withdr",
    "death",
    "died",
    "missing",
    "exclu",
    "without",
    "not_",
    "fail",
    ":left",
)
"""Parts of a stage's key that mark subjects who left, or whose course was broken."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the flow with its count per arm; ``None`` counts all arms together."""

    key: str
    label: str
    counts: dict[str | None, int]

    @property
    def leaving(self) -> bool:
        """Whether the stage counts those who left."""
        return any(part in self.key.lower() for part in LEAVING)

    @property
    def overall(self) -> bool:
        """Whether the stage is not split by arm."""
        return set(self.counts) == {None}


def flow_stages(flow: pl.DataFrame) -> list[Stage]:
    """Return the stages in the order of the rows."""
    stages: dict[str, Stage] = {}
    for row in flow.to_dicts():
        stage = stages.setdefault(row["stage"], Stage(row["stage"], row["label"] or row["stage"], {}))
        stage.counts[row["arm"]] = row["n"] or 0
    return list(stages.values())


def draw_flow(trial: TrialDefinition, flow: pl.DataFrame) -> Drawing | None:
    """Lay the flow out; ``None`` where there is none."""
    stages = flow_stages(flow)
    if not stages:
        return None
    arms = _arms(trial, stages)
    drawing = Drawing("flow", f"Participant flow of {trial.acronym or trial.id}", _in_words(trial, stages))
    blocks = _blocks(trial, stages, arms)
    width = _column_width(blocks)
    split = [stage for stage in stages if not stage.overall]
    drawing.width = max(2 * MARGIN + len(arms) * width + max(len(arms) - 1, 0) * GAP, 440)
    bottom = _trunk(drawing, [stage for stage in stages if stage.overall], split, len(arms))
    bottom = _columns(drawing, blocks, width, bottom)
    drawing.height = bottom + MARGIN
    return drawing


def _arms(trial: TrialDefinition, stages: Sequence[Stage]) -> list[str]:
    found = {arm for stage in stages for arm in stage.counts if arm is not None}
    known = [arm.id for arm in trial.arms if arm.id in found]
    return known + sorted(found - set(known))


def _in_words(trial: TrialDefinition, stages: Sequence[Stage]) -> str:
    told = []
    for stage in stages:
        counts = [
            f"{trial.arm_label(arm)} {count}" if arm is not None else str(count) for arm, count in stage.counts.items()
        ]
        told.append(f"{stage.label}: {', '.join(counts)}.")
    return " ".join(told)


def _blocks(trial: TrialDefinition, stages: Sequence[Stage], arms: Sequence[str]) -> list[list[list[tuple[str, bool]]]]:
    """Return for each row of boxes the lines of every arm's box; those who left share one box."""
    rows: list[list[Stage]] = []
    for stage in stages:
        if stage.overall:
            continue
        if rows and stage.leaving and rows[-1][-1].leaving:
            rows[-1].append(stage)
        else:
            rows.append([stage])
    blocks = []
    for place, row in enumerate(rows):
        boxes = []
        for arm in arms:
            head = [(trial.arm_label(arm), True)] if place == 0 else []
            boxes.append(head + _counted(row, arm))
        blocks.append(boxes)
    return blocks


def _counted(stages: Sequence[Stage], arm: str) -> list[tuple[str, bool]]:
    """Return a line for each stage; what their labels say alike after a colon heads them once."""
    parts = [stage.label.rpartition(": ") for stage in stages]
    alike = {tail for head, _, tail in parts if head}
    if len(stages) < 2 or len(alike) != 1 or not all(head for head, _, _ in parts):
        return [(_count(stage.label, stage.counts.get(arm, 0)), False) for stage in stages]
    counted = [
        (_count(head, stage.counts.get(arm, 0)), False) for stage, (head, _, _) in zip(stages, parts, strict=True)
    ]
    return [(alike.pop(), True), *counted]


def _count(label: str, number: int | None) -> str:
    return f"{label}: n{SPACE}={SPACE}{number or 0}"


def _column_width(blocks: Sequence[Sequence[Sequence[tuple[str, bool]]]]) -> float:
    needed = [text_width(text, bold=bold) for boxes in blocks for lines in boxes for text, bold in lines]
    return round(min(max([NARROWEST, *(width + 2 * PAD for width in needed)]), WIDEST))


def _trunk(drawing: Drawing, overall: Sequence[Stage], split: Sequence[Stage], columns: int) -> float:
    """Draw the stages before the arms part, those excluded at the side; return where the columns may begin."""
    lines = [(stage.label, stage.counts[None] or 0, stage.leaving) for stage in overall]
    if columns > 1 and split:
        lines.append((split[0].label, sum(split[0].counts.values()), False))
    middle, y, above = drawing.width / 2, float(MARGIN), None
    for label, count, leaving in lines:
        text = _count(label, count)
        if leaving and above is not None:
            y = _aside(drawing, text, above, y)
            continue
        width = min(max(text_width(text, bold=True) + 2 * PAD, NARROWEST), drawing.width - 2 * MARGIN)
        box = text_box(middle - width / 2, y, width, [(text, True)])
        drawing.boxes.append(box)
        if above is not None:
            drawing.arrow(middle, above.bottom, y)
        above, y = box, box.bottom + STEP
    return y if above is None else above.bottom


def _aside(drawing: Drawing, text: str, above: Box, y: float) -> float:
    """Draw a box at the right of the trunk; return where the trunk goes on."""
    left = drawing.width / 2 + 24
    box = text_box(left, y - STEP + 14, drawing.width - MARGIN - left, [(text, False)])
    centre = box.y + box.height / 2
    drawing.boxes.append(box)
    drawing.lines += [f"M{above.middle:g} {above.bottom:g}V{centre:g}H{left - 6:g}"]
    drawing.arrows.append(f"M{left - 8:g} {centre - 4.5:g}V{centre + 4.5:g}L{left:g} {centre:g}Z")
    return box.bottom + STEP - 14


def _columns(drawing: Drawing, blocks: Sequence[Sequence[list[tuple[str, bool]]]], width: float, top: float) -> float:
    """Draw the arms side by side, boxes of a row of one height; return the lower edge."""
    if not blocks:
        return top
    columns = len(blocks[0])
    span = columns * width + (columns - 1) * GAP
    lefts = [(drawing.width - span) / 2 + place * (width + GAP) for place in range(columns)]
    trunk = bool(drawing.boxes)
    y = top + STEP + 14 if trunk else float(MARGIN)
    if trunk:
        _branch(drawing, [left + width / 2 for left in lefts], top, y)
    for place, boxes in enumerate(blocks):
        tallest = max(text_box(0, 0, width, lines).height for lines in boxes)
        for left, lines in zip(lefts, boxes, strict=True):
            box = text_box(left, y, width, lines, tallest)
            drawing.boxes.append(replace(box, fill="#eef4f9") if place == 0 else box)
            if place:
                drawing.arrow(box.middle, y - STEP, y)
        y += tallest + STEP
    return y - STEP


def _branch(drawing: Drawing, centres: Sequence[float], top: float, bottom: float) -> None:
    """Part the trunk into an arrow for every arm."""
    fork = top + (bottom - top) / 2
    drawing.lines.append(f"M{drawing.width / 2:g} {top:g}V{fork:g}")
    drawing.lines.append(f"M{centres[0]:g} {fork:g}H{centres[-1]:g}")
    for centre in centres:
        drawing.arrow(centre, fork, bottom)
