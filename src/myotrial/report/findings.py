"""Result rows gathered for a table: one finding for each level and visit, in groups with a heading."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from myotrial.report.kinds import SPREAD, is_per_arm
from myotrial.report.labels import arm_name, decimals, level_label, part_label
from myotrial.report.numbers import SPACE, write_week
from myotrial.report.words import EVENTS_IN, Line, Row, arm_lines, comparison_line
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.masking import ALL

Arms = Sequence[tuple[str | None, str]]
_FREEDOM = re.compile(r" \([\d.,]+ degrees? of freedom\)")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at one level and visit: a cell per arm, and the comparisons."""

    label: str
    cells: tuple[tuple[Line, ...], ...]
    comparisons: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings under a heading, and what sets them apart in words."""

    label: str
    findings: tuple[Finding, ...]
    note: str = ""


def findings_by_part(trial: TrialDefinition, rows: Sequence[Row], arms: Arms, *, last: bool) -> tuple[Findings, ...]:
    """Gather rows by part, then by level and visit; ``last`` keeps the last visit of each part and level."""
    final = {(row["part"], row["level"]): row["week"] for row in rows}
    kept = [row for row in rows if not last or row["week"] == final[row["part"], row["level"]]]
    groups = gather(kept, lambda row: row["part"])
    return tuple(
        Findings(part_label(part), tuple(_by_visit(trial, own, arms))) for part, own in groups.items()
    )  # fmt: skip


def _by_visit(trial: TrialDefinition, rows: Sequence[Row], arms: Arms) -> Iterator[Finding]:
    for (level, week), own in gather(rows, lambda row: (row["level"], row["week"])).items():
        yield finding(trial, visit_label(level_label(trial, own[0]["outcome"], level), week, own), own, arms)


def gather(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    """Return the rows by key, in the order in which the keys come."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def visit_label(level: str | None, week: float | None, rows: Sequence[Row]) -> str:
    """Name a level and a visit; a time is told as reaching to its week."""
    timed = any(row["statistic"] in {"median_time", "log_rank", "restricted_mean"} for row in rows)
    reach = f"to{SPACE}week" if timed else "week"
    parts = [level, f"{reach}{SPACE}{write_week(week)}" if week is not None else ""]
    label = ", ".join(part for part in parts if part)
    return label[:1].upper() + label[1:]


def finding(trial: TrialDefinition, label: str, rows: Sequence[Row], arms: Arms) -> Finding:
    """Return the rows of one level and visit as the cells of a table row."""
    own = [row for row in rows if is_per_arm(row["statistic"])]
    between = [row for row in rows if not is_per_arm(row["statistic"])]
    places = decimals(trial, rows[0]["outcome"], rows[0]["part"]) if rows else 1
    pooled = [row for row in own if row["arm"] == ALL and ALL not in {arm for arm, _ in arms}]
    together = arm_lines(pooled, places)
    apart = _apart(between)
    return Finding(
        label=label,
        cells=tuple(tuple(arm_lines([row for row in own if row["arm"] == arm], places)) for arm, _ in arms),
        comparisons=(
            *(
                comparison_line(row, places, versus(trial, row), apart.get((row["statistic"], row["method"]), ""))
                for row in between
            ),
            *(replace(line, label=f"{arm_name(trial, ALL)}: {line.label}".rstrip(), arm=ALL) for line in together),
        ),
    )


def _apart(rows: Sequence[Row]) -> dict[tuple[str, str], str]:
    """Return what tells apart the methods of one statistic that stands more than once."""
    methods = gather(rows, lambda row: (row["statistic"], row["arm"]))
    told: dict[tuple[str, str], str] = {}
    for (statistic, _), own in methods.items():
        names = list(dict.fromkeys(row["method"] or "" for row in own))
        alike = _alike(names)
        told |= {(statistic, name): name[alike:] for name in names} if len(names) > 1 else {}
    return told


def _alike(names: Sequence[str]) -> int:
    """Return how many characters several texts begin with alike, up to a word."""
    same = [len(set(letters)) == 1 for letters in zip(*names, strict=False)]
    length = same.index(False) if False in same else len(same)
    return names[0][:length].rfind(" ") + 1


def versus(trial: TrialDefinition, row: Row) -> str:
    """Name the two arms of a comparison where the trial has more than two."""
    if len(trial.arms) <= 2 or row["arm"] is None or row["reference"] is None:
        return ""
    return f"{arm_name(trial, row['arm'])} v {arm_name(trial, row['reference'])}"


def methods_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the methods once each; what differs only by its degrees of freedom or its events is one."""
    told = [row for row in rows if row["statistic"] not in set(SPREAD) - {"median"}]
    exact = dict.fromkeys(EVENTS_IN.sub("", method) for method in texts(told, "method"))
    stems = Counter(_FREEDOM.sub("", method) for method in exact)
    return tuple(dict.fromkeys(stem if stems[stem := _FREEDOM.sub("", method)] > 1 else method for method in exact))


def texts(rows: Iterable[Row], column: str) -> Iterator[str]:
    """Yield what a column says, where it says something."""
    return iter([row[column] for row in rows if row[column]])
