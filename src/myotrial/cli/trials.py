"""``myotrial trials``: the definitions, and what they answer of a record."""

import sys
from pathlib import Path
from shutil import get_terminal_size
from typing import Literal

from myotrial.cli.output import Format, show_frame, show_json, show_note, show_table, show_text
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.loading import list_trials, load_trial
from myotrial.trials.outcomes import Outcome

Shown = Literal["text", "json"]
"""How a definition is written: ``text`` to read, ``json`` for programs."""


def list_() -> None:
    """List the trials whose definitions ship with myotrial."""
    trials = [load_trial(name) for name in list_trials()]
    show_table(
        ("id", "acronym", "condition", "phase", "arms", "planned", "outcomes"),
        [
            (trial.id, trial.acronym, trial.condition, trial.design.phase,
             " v ".join(arm.label for arm in trial.arms), trial.sample_size.planned, len(trial.outcomes))
            for trial in trials
        ],
    )  # fmt: skip


def show(trial: str, *, outcome: str | None = None, format: Shown = "text") -> None:  # noqa: A002
    """Print a trial as a person reads it: design, arms, visits, populations, rules, and what each outcome computes.

    Parameters
    ----------
    trial
        The id of a definition, or a YAML file.
    outcome
        The id of one outcome, to show it in full with its estimand and its sensitivity analyses.
    format
        text to read; json for the definition as data.
    """
    from myotrial.trials.text import render_outcome, render_trial  # noqa: PLC0415

    definition = load_trial(trial)
    chosen = None if outcome is None else _find(definition, outcome)
    if format == "json":
        show_json((definition if chosen is None else chosen).model_dump(mode="json", by_alias=True, exclude_none=True))
        return
    width = min(max(get_terminal_size().columns, 60), 110) if sys.stdout.isatty() else 80
    show_text(render_trial(definition, width) if chosen is None else render_outcome(definition, chosen, width))


def _find(trial: TrialDefinition, name: str) -> Outcome:
    names = [entry.id for entry in trial.outcomes]
    if name not in names:
        raise BadInput([Fault("unknown_outcome", f"{trial.id} has no outcome of this name", got=name,
                              expected=", ".join(names), hint=did_you_mean(name.upper(), names))])  # fmt: skip
    return trial.outcome(name)


def check(trial: str) -> None:
    """Check a trial definition and tell every fault of it with its place in the file.

    Parameters
    ----------
    trial
        A YAML file, or the id of a definition that ships with myotrial.
    """
    show_text(f"{load_trial(trial)!r}: no fault found")


def coverage(trial: str, *, record: Path, format: Format = "table") -> None:  # noqa: A002
    """List every outcome of a trial's registry record with the definition's answer to it.

    Parameters
    ----------
    trial
        The id of a definition, or a YAML file.
    record
        The registry record of the same trial, saved as a text file.
    format
        table to read; csv or json for programs.
    """
    from myotrial.registry.reading import read_record  # noqa: PLC0415
    from myotrial.trials.coverage import find_coverage  # noqa: PLC0415

    found = find_coverage(load_trial(trial), read_record(record))
    show_frame(found.frame, format)
    show_note(f"{found.frame.height} registered outcomes: {found.computed} computed, "
              f"{found.frame.height - found.computed} not yet")  # fmt: skip
    if found.strangers:
        show_note(f"in the definition as registered, and not in this record: {', '.join(found.strangers)}")
