"""``myotrial record diff`` and ``myotrial record compare``: what differs between records."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from myotrial.cli.output import Format, show_frame, show_json, show_note, show_text
from myotrial.model.errors import BadInput, Fault
from myotrial.registry.compare.matching import THRESHOLD
from myotrial.registry.reading import read_record
from myotrial.registry.record import TrialRecord

Threshold = Annotated[float, Parameter(validator=Number(gte=0, lte=1))]


def diff(
    old: str,
    new: str | None = None,
    *,
    store: Path | None = None,
    threshold: Threshold = THRESHOLD,
    format: Format = "table",  # noqa: A002
) -> int:
    """Tell what changed between two versions of a trial's registry record.

    Outcomes that were added, dropped, or moved to or from the primary ones are major changes, other changes of an
    outcome minor. A version is a file, or one of the store: NCT04044690@3f2a, a number and the beginning of the
    checksum that `record versions` shows. A number alone compares its two latest versions. The exit status is 1 where
    something differs.

    Parameters
    ----------
    old
        The earlier version: a file, or one of the store as NUMBER@CHECKSUM ("record versions" shows the checksums, and
        the beginning is enough). A number alone compares its two latest versions in the store.
    new
        The later version, a file or NUMBER@CHECKSUM.
    store
        The store; without it the one that MYOTRIAL_STORE names, else the one in your folder for programs' data.
    threshold
        The likeness, 0 to 1, from which two outcomes or two criteria count as one that changed.
    format
        Text to read (table), one row per change (csv), or everything (json).
    """
    from myotrial.registry.compare.versions import compare_versions  # noqa: PLC0415  (scipy is slow to load)

    pair = _newest(old, store) if new is None else (_version(old, store), _version(new, store))
    found = compare_versions(*pair, threshold=threshold)
    if format == "json":
        show_json(found.to_dict())
    elif format == "csv":
        show_frame(found.to_frame(), "csv")
    else:
        show_text(str(found))
    return 1 if any(change.kind != "lost comparator" for change in found.changes) else 0


def _version(words: str, store: Path | None) -> TrialRecord:
    """Return the record of a file, or a version of one out of the store."""
    trial, at, beginning = words.rpartition("@")
    if not at or Path(words).exists():
        return read_record(words)
    from myotrial.registry.store.picking import pick_version  # noqa: PLC0415
    from myotrial.registry.store.store import Store  # noqa: PLC0415

    with Store(store) as kept:
        return kept.get(pick_version(kept, trial, beginning).sha256)


def _newest(trial: str, store: Path | None) -> tuple[TrialRecord, TrialRecord]:
    """Return the two latest versions of a record of the store."""
    if Path(trial).exists():
        hint = "name the later record too, or a number whose versions are in the store"
        raise BadInput([Fault("missing", "one file alone cannot be compared", file=trial, hint=hint)])
    from myotrial.registry.store.picking import pick_newest  # noqa: PLC0415
    from myotrial.registry.store.store import Store  # noqa: PLC0415

    with Store(store) as kept:
        older, newer = pick_newest(kept, trial)
        if newer.read_anew:
            show_note("note: the later version is its source read anew: the reading changed, perhaps not the register")
        for name, version in (("earlier", older), ("later", newer)):
            show_note(f"{name}: {version.main_id}@{version.sha256[:12]}, kept {version.first_kept}")
        return kept.get(older.sha256), kept.get(newer.sha256)


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
