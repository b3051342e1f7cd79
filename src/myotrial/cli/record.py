"""``myotrial record``: read a trial's registry record."""

from pathlib import Path

from myotrial.cli.output import Format, show_frame, show_json, show_note, show_table
from myotrial.registry.reading import read_record
from myotrial.registry.record import TrialRecord


def read(file: Path, *, format: Format = "table") -> None:  # noqa: A002
    """Read the registry record of a trial and show what it says.

    The form of the record is recognised from its content; the WHO ICTRP portal page, as text, is read.

    Parameters
    ----------
    file
        The record, saved as a text file.
    format
        How it is shown: a card with numbered outcomes (table), one row per outcome (csv), or everything (json).
    """
    record = read_record(file)
    if format == "json":
        show_json(record.to_dict())
    elif format == "csv":
        show_frame(record.to_frame(), "csv")
    else:
        _show_card(record)
    _show_notes(record)


def _show_card(record: TrialRecord) -> None:
    show_table(("field", "value"), record.facts())
    for name, passage in (("Inclusion", record.criteria.inclusion), ("Exclusion", record.criteria.exclusion)):
        if passage:
            print(f"\n{name} criteria\n{passage.text}")  # noqa: T201
    for passage in record.criteria.other:
        print(f"\nOther criteria text\n{passage.text}")  # noqa: T201
    if record.outcomes:
        print()  # noqa: T201
        rows = [
            (outcome.position, outcome.role, outcome.title, outcome.time_frame or "") for outcome in record.outcomes
        ]
        show_table(("n", "role", "outcome", "time frame"), rows)


def _show_notes(record: TrialRecord) -> None:
    for note in record.notes:
        show_note(f"note: {note}")
    if missing := record.not_stated():
        show_note(f"not stated in the record: {', '.join(missing)}")
    if record.lost_comparators:
        show_note(
            f'\n{len(record.lost_comparators)} comparison signs are lost: the WHO export turned "≥" and "≤" into '
            '"=". None of these is an equality; the register\'s own record has the sign.'
        )
        for sign in record.lost_comparators:
            show_note(f"  {sign.place}: {sign.context}")
    if record.unread:
        show_note(f"\n{len(record.unread)} passages that no field took:")
        for passage in record.unread:
            show_note(f"  line {passage.line}: {passage.text}")
