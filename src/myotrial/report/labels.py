"""What arms, measures, parts and populations are called."""

from myotrial.report.numbers import SPACE
from myotrial.study.tables import load_tables
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.masking import ALL
from myotrial.trials.outcomes import Outcome
from myotrial.trials.variables import DOSE, leaves_of

SCORES = {"tis": "Total Improvement Score", DOSE: "Glucocorticoid dose (mg prednisone a day)"}
LEVEL_UNITS = {"percent_of_baseline": f"{SPACE}% of baseline", "percent_of_range": f"{SPACE}% of the range"}
SILENT_UNITS = {None, "points", "level"}
"""Units that a label need not name."""


def arm_name(trial: TrialDefinition, arm: str | None) -> str:
    """Return the label of an arm; of all arms together, that."""
    if arm == ALL and ALL not in {entry.id for entry in trial.arms}:
        return "All arms"
    return "All subjects" if arm is None else trial.arm_label(arm)


def measure_label(name: str, *, unit: bool = False) -> str:
    """Return what a measure or a score is called, with its unit where that is wanted."""
    column = next((column for column in load_tables()["visits"].columns if column.name == name), None)
    if column is None:
        return SCORES.get(name) or name.replace("_", " ")
    return f"{column.label} ({column.unit})" if unit and column.unit not in SILENT_UNITS else column.label


def part_label(part: str | None) -> str:
    """Return what a part of an outcome is called: a measure with its unit, or a severity."""
    label = measure_label(part, unit=True) if part else ""
    return label[:1].upper() + label[1:]


def population_label(trial: TrialDefinition, name: str) -> str:
    """Return a population's label."""
    return next((entry.label for entry in trial.populations if entry.id == name), name)


def planned(trial: TrialDefinition, name: str) -> Outcome | None:
    """Return an outcome of the definition, or nothing."""
    return next((outcome for outcome in trial.outcomes if outcome.id == name), None)


def decimals(trial: TrialDefinition, name: str, part: str | None = None) -> int:
    """Return the decimals of an outcome's means: one; two of a count, and where a measure's range is 5 or less."""
    outcome = planned(trial, name)
    measure = part or (getattr(outcome.variable, "of", None) if outcome else None)
    column = next((column for column in load_tables()["visits"].columns if column.name == measure), None)
    narrow = column is not None and column.max is not None and column.max - (column.min or 0) <= 5
    return 2 if narrow or (outcome is not None and outcome.variable.kind == "count") else 1


def level_label(trial: TrialDefinition, name: str, level: str | None) -> str:
    """Write a threshold with its unit, where it is a share of something."""
    outcome = planned(trial, name)
    units = {getattr(leaf, "unit", "own") for leaf in leaves_of(outcome.variable)} if outcome else set()
    unit = next((words for key, words in LEVEL_UNITS.items() if key in units), "")
    return f"{level}{unit}" if level else ""
