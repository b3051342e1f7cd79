"""``myotrial record``: read a trial's registry record."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from myotrial.cli.output import Format, show_faults, show_frame, show_json, show_note, show_table
from myotrial.model.errors import BadInput, Fault
from myotrial.registry.checking import RecordCheck, check_record
from myotrial.registry.reading import read_records
from myotrial.registry.record import TrialRecord

_SHOWN_UNREAD = 40
_WIDTH = 100


def read(
    file: Path,
    *,
    trial: str | None = None,
    against: Annotated[list[Path] | None, Parameter(negative=())] = None,
    check: bool = False,
    format: Format = "table",  # noqa: A002
) -> int:
    """Read the registry record of a trial and show what it says.

    The form of the record is recognised from its content: ClinicalTrials.gov (JSON, old and new, XML), the WHO ICTRP
    portal page (text or HTML), its exports (XML, CSV) and submissions, EU CTIS, the EU Clinical Trials Register and
    ISRCTN (JSON), pages of other sites that show a trial, pasted as text, and JSON that `record export` wrote. A file
    of many trials is listed; what of it cannot be read is told, and the exit status is then 1.

    Parameters
    ----------
    file
        The record.
    trial
        The identifier of one trial, in a file of many.
    against
        Other records of the same trial, from which lost comparison signs are resolved.
    check
        Check it against the 24 items of the WHO data set, its own dates and its own fields; the exit status is 1
        where something is wrong.
    format
        How it is shown: a card with numbered outcomes (table), one row per outcome (csv), or everything (json).
    """
    faults: list[Fault] = []
    found = _find(file, trial, faults)
    if isinstance(found, list):
        _list(found, format)
        if faults:
            show_faults(BadInput(faults), as_json=format == "json")
        return 1 if faults else 0
    others = [other for path in against or [] for other in read_records(path)]
    record = _resolve(found, others) if others else found
    checked = check_record(record, on=datetime.now(tz=UTC).date()) if check else None
    if format == "json":
        show_json(record.to_dict() | ({"check": checked.to_dict()} if checked else {}))
    elif format == "csv":
        show_frame(record.to_frame(), "csv")
    else:
        _show_card(record)
    _show_notes(record)
    if checked and format != "json":
        _show_check(checked)
    return 1 if checked and _is_wrong(checked) else 0


def _find(file: Path, trial: str | None, faults: list[Fault]) -> TrialRecord | list[TrialRecord]:
    """Return the one record, or all of them; of many, only what the list shows is kept."""
    records: list[TrialRecord] = []
    try:
        for record in read_records(file):
            if trial is None:
                records.append(record if not records else _brief(record))
            elif trial.casefold() in {name.casefold() for name in record.ids}:
                return record
    except BadInput as error:
        if len(records) < 2:
            raise
        faults += error.faults  # the trials that could be read are listed all the same
    if trial is not None:
        raise BadInput([Fault("not_found", "no trial of the file has this identifier", file=str(file), got=trial)])
    if not records:
        raise BadInput([Fault("empty", "there is no trial in it", file=str(file))])
    return records[0] if len(records) == 1 else records


def _brief(record: TrialRecord) -> TrialRecord:
    return TrialRecord(
        form=record.form,
        sha256=record.sha256,
        number=record.number,
        main_id=record.main_id,
        public_title=record.public_title,
        recruitment_status=record.recruitment_status,
    )


def _resolve(record: TrialRecord, others: list[TrialRecord]) -> TrialRecord:
    from myotrial.registry.resolving import resolve_comparators  # noqa: PLC0415  (only where it is asked for)

    return resolve_comparators(record, others)


def _list(records: list[TrialRecord], format: Format) -> None:  # noqa: A002
    rows = [(r.number, r.main_id or "", r.recruitment_status or "", (r.public_title or "")[:_WIDTH]) for r in records]
    columns = ("n", "trial", "status", "title")
    if format == "json":
        show_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif format == "csv":
        import polars as pl  # noqa: PLC0415

        show_frame(pl.DataFrame(rows, schema=columns, orient="row"), "csv")
    else:
        show_table(columns, rows)
    show_note(f"{len(records)} trials; --trial shows one of them")


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
    _show_lost(record)
    if record.unread:
        show_note(f"\n{len(record.unread)} passages that no field took:")
        for passage in record.unread[:_SHOWN_UNREAD]:
            place = passage.path or f"line {passage.line}"
            show_note(f"  {place}: {' '.join(passage.text.split())[:_WIDTH]}")
        if len(record.unread) > _SHOWN_UNREAD:
            show_note(f"  ... and {len(record.unread) - _SHOWN_UNREAD} more; --format json has them all")


def _show_lost(record: TrialRecord) -> None:
    if record.lost_comparators:
        show_note(
            f'\n{len(record.lost_comparators)} comparison signs are lost: the WHO export turned "≥" and "≤" into '
            '"=". None of these is taken for an equality; the register\'s own record has the sign.'
        )
        for sign in record.lost_comparators:
            known = ""
            if sign.resolution:
                known = f"  [{sign.resolution.comparator} {sign.resolution.status}: {sign.resolution.source}]"
            show_note(f"  {sign.place}: {sign.context}{known}{'  [other records differ]' if sign.disputed else ''}")
    for power in record.lost_powers:
        show_note(f"  {power.field}: {power.candidates[1]} may have been {power.candidates[0]}: {power.context}")


def _show_check(check: RecordCheck) -> None:
    print()  # noqa: T201
    rows = [(item.number, item.name, item.state, item.shown) for item in check.items]
    show_table(("n", "item of the WHO data set", "state", "shown"), rows)
    print(f"\n{check.filled} of {len(check.items)} items filled")  # noqa: T201
    print(f"registered before the first enrolment: {check.prospective.answer} ({check.prospective.reason})")  # noqa: T201
    print(f"results overdue on {check.on}: {check.results_overdue.answer} ({check.results_overdue.reason})")  # noqa: T201
    for found in check.contradictions:
        print(f"criterion {found.criterion} says {found.text_says!r}, the field {found.field_says!r}: {found.meaning}")  # noqa: T201
    if check.ambiguous:
        numbers = ", ".join(map(str, check.ambiguous))
        print(f'criteria that mix "and" and "or", which can be read two ways: {numbers}')  # noqa: T201
    for warning in check.warnings:
        print(f"warning: {warning}")  # noqa: T201


def _is_wrong(check: RecordCheck) -> bool:
    return bool(
        check.missing
        or check.contradictions
        or check.prospective.answer == "no"
        or check.results_overdue.answer == "yes"
    )
