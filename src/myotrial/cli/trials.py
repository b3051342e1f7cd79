"""``myotrial trials``: the definitions, and what they answer of a record."""

from pathlib import Path

from myotrial.cli.output import Format, show_frame, show_note, show_table, show_text
from myotrial.trials.loading import list_trials, load_trial


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
