"""Read registry records from a file or a text, in whichever of the known forms they are."""

from collections.abc import Iterator
from pathlib import Path

from myotrial.model.errors import BadInput, Fault
from myotrial.registry.files.opening import Opened, bad, open_file, open_text
from myotrial.registry.record import TrialRecord
from myotrial.registry.taking import read_later
from myotrial.registry.unchecked import changed

__all__ = ["read_later", "read_record", "read_record_text", "read_records"]

_MOST_FAULTS = 1000
_FOREIGN = 100
"""So many more things that are no record than records: the file is of another kind, and is not read to its end."""
_OF_ONE = frozenset({"wrong_width", "unknown_form", "not_a_record"})
"""Faults of one thing in a file, which end nothing."""


def read_record(source: str | Path) -> TrialRecord:
    """Read the registry record in a file.

    Parameters
    ----------
    source
        The file. The form is recognised from its content, not from its name. For a text that is already in
        hand see :func:`read_record_text`, for a file of many trials :func:`read_records`.

    Returns
    -------
    TrialRecord
        With every "=" that the WHO export made of "≥" or "≤" listed in ``lost_comparators``, and with
        everything that no field took in ``unread``.

    Raises
    ------
    BadInput
        The file cannot be read, is empty or binary, is in no known form, is damaged (the place is told), is nested
        or long beyond measure, or holds more than one trial.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> lines = ["Main ID: X-1", "Prospective Registration: Yes", "Date of first enrolment: March 2006"]
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "x1.txt"
    ...     _ = file.write_text(chr(10).join(lines))
    ...     record = read_record(file)
    >>> record.main_id, str(record.date_first_enrolment), record.cut_off
    ('X-1', '2006-03', True)
    """
    opened = open_file(source)
    with opened.stream:
        return _only(opened)


def read_record_text(text: str, *, file: str | None = None) -> TrialRecord:
    """Read a registry record from its text.

    Parameters
    ----------
    text
        The whole record.
    file
        The name to give in messages.

    Returns
    -------
    TrialRecord
        As :func:`read_record` returns it.

    Raises
    ------
    BadInput
        As :func:`read_record` raises it.

    Examples
    --------
    >>> read_record_text("Main ID: X-1; Secondary ID(s): none")
    Traceback (most recent call last):
    myotrial.model.errors.BadInput: 1 fault
    this is not a registry record in a form that is known
    ...
    >>> read_record_text('{"protocolSection": {"identificationModule": {"nctId": "NCT00000000"}}}').main_id
    'NCT00000000'
    """
    return _only(open_text(text, file))


def read_records(source: str | Path) -> Iterator[TrialRecord]:
    """Read every registry record of a file, one at a time.

    A file of any length takes the memory of its longest record. A damaged file gives the records before the damage,
    then raises. Rows of a table that have the wrong width, and things in no known form, are left out; when all others
    have been given, it raises with every one of them (the first 1,000).

    Parameters
    ----------
    source
        The file: a WHO export in XML or CSV, an answer of ClinicalTrials.gov, records that myotrial exported as JSON,
        a list of JSON objects, one object a line, or any file that :func:`read_record` reads.

    Yields
    ------
    TrialRecord
        With ``number``, its place in the file.

    Raises
    ------
    BadInput
        As :func:`read_record` raises it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> trial = "<Trial><TrialID>X{0}</TrialID><Public_title>No {0}</Public_title></Trial>"
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "export"
    ...     _ = file.write_text("<Trials>" + trial.format(1) + trial.format(2) + "</Trials>")
    ...     [record.main_id for record in read_records(file)]
    ['X1', 'X2']
    """
    opened = open_file(source)
    with opened.stream:
        for number, record in enumerate(_records(opened), 1):
            yield changed(record, number=number)


def _only(opened: Opened) -> TrialRecord:
    records = _records(opened)
    first = next(records, None)
    if first is None:
        raise bad("empty", "there is no trial in it", opened.file)
    if next(records, None) is not None:
        raise bad(
            "many_records",
            "the file holds more than one trial",
            opened.file,
            hint="read_records, or the command with --trial, reads one of many",
        )
    return first


def _records(opened: Opened) -> Iterator[TrialRecord]:
    """Yield the records; what is no record of those beside them is told at the end, when the others have been given."""
    faults: list[Fault] = []
    given = 0
    try:
        for read in read_later(opened):
            try:
                record = read()
            except BadInput as error:
                faults += error.faults if len(faults) < _MOST_FAULTS else []
                if any(fault.code not in _OF_ONE for fault in error.faults) or len(faults) > given + _FOREIGN:
                    break
                continue
            given += 1
            yield record
    except BadInput as error:
        raise BadInput([*faults, *error.faults]) from None
    if faults:
        raise BadInput(faults)
