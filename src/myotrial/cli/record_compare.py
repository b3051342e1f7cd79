"""``myotrial record diff`` and ``myotrial record compare``: what differs between records."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from myotrial.cli.output import Format, show_frame, show_json, show_text
from myotrial.registry.compare.matching import THRESHOLD
from myotrial.registry.reading import read_record

Threshold = Annotated[float, Parameter(validator=Number(gte=0, lte=1))]


def diff(old: Path, new: Path, *, threshold: Threshold = THRESHOLD, format: Format = "table") -> int:  # noqa: A002
    """Tell what changed between two versions of a trial's registry record.

    Outcomes that were added, dropped, or moved to or from the primary ones are major changes, other changes of an
    outcome minor. The exit status is 1 where something differs.

    Parameters
    ----------
    old
        The earlier record.
    new
        The later record.
    threshold
        The likeness, 0 to 1, from which two outcomes or two criteria count as one that changed.
    format
        Text to read (table), one row per change (csv), or everything (json).
    """
    from myotrial.registry.compare.versions import compare_versions  # noqa: PLC0415  (scipy is slow to load)

    found = compare_versions(read_record(old), read_record(new), threshold=threshold)
    if format == "json":
        show_json(found.to_dict())
    elif format == "csv":
        show_frame(found.to_frame(), "csv")
    else:
        show_text(str(found))
    return 1 if any(change.kind != "lost comparator" for change in found.changes) else 0


def compare(*records: Path, threshold: Threshold = THRESHOLD, format: Format = "table") -> int:  # noqa: A002
    """Hold the records of one trial in several registers side by side.

    A register's own record is trusted over the WHO's copy of it, and that over a page of another site; a copy is no
    second witness. The exit status is 1 where registers disagree.

    Parameters
    ----------
    records
        Two records or more.
    threshold
        The likeness, 0 to 1, from which two outcomes or two criteria are taken for the same one.
    format
        Text to read (table), one row per field, outcome and criterion (csv), or everything (json).
    """
    from myotrial.registry.compare.registers import compare_registers  # noqa: PLC0415

    found = compare_registers([read_record(path) for path in records], threshold=threshold)
    if format == "json":
        show_json(found.to_dict())
    elif format == "csv":
        show_frame(found.to_frame(), "csv")
    else:
        show_text(str(found))
    return 1 if found.disagreements else 0
