"""The table of all outcomes: what was registered, and per arm what was found."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from myotrial.analysis.results import Results
from myotrial.report.findings import (
    Arms,
    Finding,
    Findings,
    finding,
    findings_by_part,
    gather,
    methods_of,
    texts,
    visit_label,
)
from myotrial.report.kinds import is_per_arm
from myotrial.report.labels import arm_name, part_label, planned, population_label
from myotrial.report.words import Row
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.masking import ALL

ROLE_ORDER = {"primary": 0, "secondary": 1, "other": 2, "unregistered": 3}


@dataclass(frozen=True, slots=True)
class Fold:
    """A part of an outcome that unfolds: every visit, the sensitivity analyses, the subgroups.

    ``how`` says how it was made, as pairs of a term and its text.
    """

    kind: Literal["visits", "sensitivity", "subgroups"]
    title: str
    first: str
    groups: tuple[Findings, ...]
    how: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """How many table rows it has."""
        return sum(len(group.findings) for group in self.groups)


@dataclass(frozen=True, slots=True)
class OutcomeEntry:
    """One outcome of the table: ``groups`` are shown at once, ``folds`` on request."""

    id: str
    role: str
    title: str
    time_frame: str
    planned: bool
    groups: tuple[Findings, ...]
    folds: tuple[Fold, ...]
    how: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]

    @property
    def compared(self) -> bool:
        """Whether arms are compared anywhere in it."""
        every = [*self.groups, *(group for fold in self.folds for group in fold.groups)]
        return any(found.comparisons for group in every for found in group.findings)


def arm_columns(trial: TrialDefinition, results: Results) -> list[tuple[str | None, str]]:
    """Return the arms of the table as (id, label): those of the definition, then any other with results.

    All arms together have no column: they stand beside the comparisons.
    """
    known: list[tuple[str | None, str]] = [(arm.id, arm.label) for arm in trial.arms]
    for row in results.rows.select("arm", "statistic").unique(maintain_order=True).to_dicts():
        arm = row["arm"]
        if is_per_arm(row["statistic"]) and arm not in [ALL, *(name for name, _ in known)]:
            known.append((arm, arm_name(trial, arm)))
    return known


def outcome_entries(trial: TrialDefinition, results: Results) -> list[OutcomeEntry]:
    """Return every outcome of the definition in its order, then those that only the results know."""
    arms = arm_columns(trial, results)
    by_outcome: dict[str, list[Row]] = {outcome.id: [] for outcome in trial.outcomes}
    for row in results.rows.to_dicts():
        by_outcome.setdefault(row["outcome"], []).append(row)
    entries = [_entry(trial, name, rows, arms) for name, rows in by_outcome.items()]
    return sorted(entries, key=lambda entry: ROLE_ORDER.get(entry.role, 9))


def _entry(trial: TrialDefinition, name: str, every: list[Row], arms: Arms) -> OutcomeEntry:
    outcome = planned(trial, name)
    main = [row for row in every if is_main(row)]
    repeated = Counter(texts(main, "warnings"))
    shared = {warning for warning, count in repeated.items() if count > 1}
    rows = [{**row, "warnings": None if row["warnings"] in shared else row["warnings"]} for row in main]
    shown = findings_by_part(trial, rows, arms, last=True)
    registered = outcome.registered if outcome else None
    return OutcomeEntry(
        id=name,
        role=outcome.role if outcome else str(every[0]["role"] or "unregistered"),
        title=outcome.name if outcome else str(every[0]["title"] or name),
        time_frame=registered.time_frame if registered else next(texts(every, "time_frame"), ""),
        planned=outcome is not None,
        groups=shown,
        folds=tuple(_folds(trial, name, every, rows, shown, arms)),
        how=tuple(_how(trial, main)),
        warnings=tuple(sorted(shared)),
    )


def is_main(row: Row) -> bool:
    """Whether a row is of the main analysis and of everybody in its population."""
    return row["analysis"] in {None, "main"} and row["subgroup"] is None


def _folds(
    trial: TrialDefinition, name: str, every: list[Row], main: list[Row], shown: tuple[Findings, ...], arms: Arms
) -> Iterator[Fold]:
    whole, how = findings_by_part(trial, main, arms, last=False), tuple(_how(trial, main))
    if sum(len(group.findings) for group in whole) > sum(len(group.findings) for group in shown):
        yield Fold("visits", f"All visits of {name}", "Level and visit", whole, how)
    others = [row for row in every if row["analysis"] not in {None, "main"} and row["subgroup"] is None]
    if others:
        other = tuple(_sensitivity(trial, others, main, arms))
        yield Fold("sensitivity", f"Sensitivity analyses of {name}", "Level and visit", other, how)
    divided = [row for row in every if row["subgroup"] is not None]
    if divided:
        parts = tuple(_subgroups(trial, divided, arms))
        yield Fold("subgroups", f"Subgroups of {name}", "Subgroup", parts, tuple(_how(trial, divided)))


def _sensitivity(trial: TrialDefinition, rows: list[Row], main: list[Row], arms: Arms) -> Iterator[Findings]:
    usual = dict(_how(trial, main))
    for (analysis, label), own in gather(rows, lambda row: (row["analysis"], row["analysis_label"])).items():
        other = [f"{term}: {text}" for term, text in _how(trial, own) if usual.get(term) != text and term != "Estimand"]
        for place, group in enumerate(findings_by_part(trial, own, arms, last=False)):
            title = ", ".join(part for part in (label or analysis, group.label) if part)
            yield Findings(title, group.findings, ". ".join(other) if not place else "")


def _subgroups(trial: TrialDefinition, rows: list[Row], arms: Arms) -> Iterator[Findings]:
    weeks = {row["week"] for row in rows}
    keys = gather(rows, lambda row: (row["subgroup"], row["part"], row["level"], row["week"]))
    for (subgroup, part, level, week), own in keys.items():
        place = [part_label(part), visit_label(level, week if len(weeks) > 1 else None, own)]
        label = ", ".join(text for text in (subgroup, *place) if text)
        levels = gather(own, lambda row: row["subgroup_level"])
        yield Findings(label, tuple(_level(trial, name, found, arms) for name, found in levels.items()))


def _level(trial: TrialDefinition, name: str | None, rows: list[Row], arms: Arms) -> Finding:
    label = name or "Difference between them"
    return finding(trial, label[:1].upper() + label[1:], rows, arms)


def _how(trial: TrialDefinition, rows: list[Row]) -> Iterator[tuple[str, str]]:
    """Yield how rows were made, as pairs of a term and its text."""
    told = {
        "Estimand": tuple(dict.fromkeys(texts(rows, "estimand"))),
        "Method": methods_of(rows),
        "Population": (population_label(trial, next(texts(rows, "population"), "")),),
        "Handling": tuple(dict.fromkeys(texts(rows, "handling"))),
    }
    for term, parts in told.items():
        if text := "; ".join(part for part in parts if part):
            yield term, text
