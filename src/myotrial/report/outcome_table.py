"""The table of all outcomes: what was registered, and per arm what was found."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from myotrial.analysis.results import Results
from myotrial.report.numbers import SPACE, write_week
from myotrial.report.words import PER_ARM, Line, Row, arm_lines, comparison_line
from myotrial.study.tables import load_tables
from myotrial.trials.definition import TrialDefinition

_FREEDOM = re.compile(r" \([\d.]+ degrees of freedom\)")
ROLE_ORDER = {"primary": 0, "secondary": 1, "other": 2, "unregistered": 3}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at one level and visit: a cell per arm, and the comparisons."""

    label: str
    level: str
    week: float | None
    cells: tuple[tuple[Line, ...], ...]
    comparisons: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class OutcomeEntry:
    """One outcome of the table: ``findings`` are shown at once, ``all_findings`` on request."""

    id: str
    role: str
    title: str
    time_frame: str
    planned: bool
    findings: tuple[Finding, ...]
    all_findings: tuple[Finding, ...]
    methods: tuple[str, ...]
    handling: tuple[str, ...]
    population: str
    notes: tuple[str, ...]


def arm_columns(trial: TrialDefinition, results: Results) -> list[tuple[str | None, str]]:
    """Return the arms of the table as (id, label): those of the definition, then any other with results."""
    known: list[tuple[str | None, str]] = [(arm.id, arm.label) for arm in trial.arms]
    for row in results.rows.select("arm", "statistic").unique(maintain_order=True).to_dicts():
        arm = row["arm"]
        if row["statistic"] in PER_ARM and arm not in [name for name, _ in known]:
            known.append((arm, "All subjects" if arm is None else arm))
    return known


def outcome_entries(trial: TrialDefinition, results: Results) -> list[OutcomeEntry]:
    """Return every outcome of the definition in its order, then those that only the results know."""
    arms = arm_columns(trial, results)
    by_outcome: dict[str, list[Row]] = {outcome.id: [] for outcome in trial.outcomes}
    for row in results.rows.to_dicts():
        by_outcome.setdefault(row["outcome"], []).append(row)
    entries = [_entry(trial, name, rows, arms) for name, rows in by_outcome.items()]
    return sorted(entries, key=lambda entry: ROLE_ORDER.get(entry.role, 9))


def _entry(trial: TrialDefinition, name: str, rows: list[Row], arms: Sequence[tuple[str | None, str]]) -> OutcomeEntry:
    planned = next((outcome for outcome in trial.outcomes if outcome.id == name), None)
    repeated = Counter(_texts(rows, "warnings"))
    shared = {warning for warning, count in repeated.items() if count > 1}
    rows = [{**row, "warnings": None if row["warnings"] in shared else row["warnings"]} for row in rows]
    findings = _findings(trial, rows, arms, decimals(trial, name))
    final = {finding.level: finding for finding in findings}
    registered = planned.registered if planned else None
    return OutcomeEntry(
        id=name,
        role=planned.role if planned else str(rows[0]["role"] or "unregistered"),
        title=planned.name if planned else str(rows[0]["title"] or name),
        time_frame=registered.time_frame if registered else next(_texts(rows, "time_frame"), ""),
        planned=planned is not None,
        findings=tuple(final.values()),
        all_findings=tuple(findings) if len(findings) > len(final) else (),
        methods=_methods(rows),
        handling=tuple(dict.fromkeys(_texts(rows, "handling"))),
        population=population_label(trial, next(_texts(rows, "population"), "")),
        notes=tuple(sorted(shared)),
    )


def _methods(rows: list[Row]) -> tuple[str, ...]:
    """Return the methods once each; what differs only by its degrees of freedom is one."""
    told = [row for row in rows if row["statistic"] not in {"sd", "minimum", "maximum"}]
    exact = dict.fromkeys(_texts(told, "method"))
    stems = Counter(_FREEDOM.sub("", method) for method in exact)
    return tuple(dict.fromkeys(stem if stems[stem := _FREEDOM.sub("", method)] > 1 else method for method in exact))


def _texts(rows: Iterable[Row], column: str) -> Iterator[str]:
    return iter([row[column] for row in rows if row[column]])


def population_label(trial: TrialDefinition, name: str) -> str:
    """Return a population's label."""
    return next((entry.label for entry in trial.populations if entry.id == name), name)


def decimals(trial: TrialDefinition, name: str) -> int:
    """Return the decimals of an outcome's means: one, two where the measure's whole range is 5 or less."""
    planned = next((outcome for outcome in trial.outcomes if outcome.id == name), None)
    measure = getattr(planned.variable, "of", None) if planned else None
    column = next((column for column in load_tables()["visits"].columns if column.name == measure), None)
    narrow = column is not None and column.max is not None and column.max - (column.min or 0) <= 5
    return 2 if narrow else 1


def _findings(
    trial: TrialDefinition, rows: list[Row], arms: Sequence[tuple[str | None, str]], places: int
) -> list[Finding]:
    groups: dict[tuple[str, float | None], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["level"] or "", row["week"]), []).append(row)
    return [_finding(trial, key, group, arms, places) for key, group in groups.items()]


def _finding(
    trial: TrialDefinition,
    key: tuple[str, float | None],
    rows: list[Row],
    arms: Sequence[tuple[str | None, str]],
    places: int,
) -> Finding:
    level, week = key
    own = [row for row in rows if row["statistic"] in PER_ARM]
    between = [row for row in rows if row["statistic"] not in PER_ARM]
    reach = f"to{SPACE}week" if any(row["statistic"] in {"median_time", "log_rank"} for row in rows) else "week"
    parts = [level, f"{reach}{SPACE}{write_week(week)}" if week is not None else ""]
    label = ", ".join(part for part in parts if part)
    return Finding(
        label=label[:1].upper() + label[1:],
        level=level,
        week=week,
        cells=tuple(tuple(arm_lines([row for row in own if row["arm"] == arm], places)) for arm, _ in arms),
        comparisons=tuple(comparison_line(row, places, versus(trial, row)) for row in between),
    )


def versus(trial: TrialDefinition, row: Row) -> str:
    """Name the two arms of a comparison where the trial has more than two."""
    if len(trial.arms) <= 2 or row["arm"] is None or row["reference"] is None:
        return ""
    return f"{trial.arm_label(row['arm'])} v {trial.arm_label(row['reference'])}"
