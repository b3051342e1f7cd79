"""Read registry records from a file or a text, in whichever of the known forms they are."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from myotrial.model.errors import BadInput, Fault
from myotrial.registry import who_portal
from myotrial.registry.export import record_json
from myotrial.registry.files.csv_stream import read_rows
from myotrial.registry.files.html_lines import html_to_text
from myotrial.registry.files.json_stream import read_objects
from myotrial.registry.files.opening import Opened, bad, open_file, open_text
from myotrial.registry.files.xml_stream import read_elements
from myotrial.registry.form import FieldForm, PageForm
from myotrial.registry.forms import ctgov, ctgov_xml, ctis, euctr, isrctn, pasted, who_fields, who_submission
from myotrial.registry.record import TrialRecord
from myotrial.registry.unchecked import changed

PAGES: tuple[PageForm, ...] = (who_portal.FORM, PageForm(pasted.TITLE, pasted.recognises, pasted.read))
"""The forms that are pages of text; the first that recognises a text reads it."""

FIELDS: tuple[FieldForm, ...] = (
    FieldForm(ctgov.TITLE, ctgov.recognises, ctgov.read),
    FieldForm(ctgov.CLASSIC, ctgov.recognises_classic, ctgov.read_classic),
    FieldForm(ctgov_xml.TITLE, ctgov_xml.recognises, ctgov_xml.read),
    FieldForm(who_submission.TITLE, who_submission.recognises, who_submission.read),
    FieldForm(ctis.TITLE, ctis.recognises, ctis.read),
    FieldForm(euctr.TITLE, euctr.recognises, euctr.read),
    FieldForm(isrctn.TITLE, isrctn.recognises, isrctn.read),
    FieldForm(who_fields.XML, who_fields.recognises, who_fields.read),
    FieldForm(record_json.TITLE, record_json.recognises, record_json.read),
)
"""The forms that are named fields, of JSON or XML."""

_SHOWN = 60
_MOST_FAULTS = 1000


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
    then raises. Rows of a table that have the wrong width are left out; when all others have been given, it raises
    with every one of them (the first 1,000).

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


def read_later(opened: Opened) -> Iterator[Callable[[], TrialRecord]]:
    """Yield what reads each record of an open file, so that one that is not wanted, or cannot be read, costs no other.

    Parameters
    ----------
    opened
        The file; it stays open until the last record is read.

    Yields
    ------
    callable
        Returns the record; raises :class:`BadInput` where this one cannot be read.

    Raises
    ------
    BadInput
        The file cannot be read from some place on.

    Examples
    --------
    >>> opened = open_text('{"protocolSection": {"identificationModule": {"nctId": "NCT00000000"}}} {"a": 1}', None)
    >>> first, second = read_later(opened)
    >>> first().main_id
    'NCT00000000'
    >>> second()
    Traceback (most recent call last):
    myotrial.model.errors.BadInput: 1 fault
    this is not a registry record in a form that is known
    ...
    """
    for read in _LATER[opened.kind](opened):
        yield partial(_noted, read, opened.note) if opened.note else read


def _noted(read: Callable[[], TrialRecord], note: str) -> TrialRecord:
    record = read()
    return changed(record, notes=(note, *record.notes))


def _records(opened: Opened) -> Iterator[TrialRecord]:
    """Yield the records; rows of the wrong width are told together, when the others have been given."""
    faults: list[Fault] = []
    for read in read_later(opened):
        try:
            yield read()
        except BadInput as error:
            if any(fault.code != "wrong_width" for fault in error.faults):
                raise
            faults += error.faults if len(faults) < _MOST_FAULTS else []
    if faults:
        raise BadInput(faults)


def _later_json(opened: Opened) -> Iterator[Callable[[], TrialRecord]]:
    for data, text in read_objects(opened):
        if data.get("format") == record_json.FORMAT:
            yield from (partial(_itself, record) for record in record_json.parse_exported(text, file=opened.file))
        else:
            yield partial(_from_json, data, text, opened)


def _later_xml(opened: Opened) -> Iterator[Callable[[], TrialRecord]]:
    for data in read_elements(opened):
        yield partial(_from_fields, data, opened, "the XML element")


def _later_csv(opened: Opened) -> Iterator[Callable[[], TrialRecord]]:
    for row in read_rows(opened, who_fields.COLUMNS):
        yield partial(_from_row, row, opened)


def _later_page(opened: Opened) -> Iterator[Callable[[], TrialRecord]]:
    yield partial(_from_page, opened)


def _itself(record: TrialRecord) -> TrialRecord:
    return record


def _from_json(data: Mapping[str, Any], text: str, opened: Opened) -> TrialRecord:
    record = _from_fields(data, opened, "the JSON object")
    if record_json.recognises(data):  # it has the sum of what it was read from
        return record
    return changed(record, sha256=sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


def _from_row(row: Mapping[str, str] | BadInput, opened: Opened) -> TrialRecord:
    if isinstance(row, BadInput):
        raise row
    if not who_fields.recognises(row):
        raise _unknown(opened, f"a table with the columns {', '.join(list(row)[:5])} …")
    return who_fields.read(row, who_fields.CSV)


def _from_fields(data: Mapping[str, Any], opened: Opened, what: str) -> TrialRecord:
    for form in FIELDS:
        if form.recognises(data):
            return form.read(data)
    shown = ", ".join(repr(name[:_SHOWN]) for name in list(data)[:5])
    raise _unknown(opened, f"{what} with {shown}" if data else f"{what} with nothing in it")


def _from_page(opened: Opened) -> TrialRecord:
    text = opened.text()
    if opened.kind == "html":
        text = html_to_text(text)
    for form in PAGES:
        if form.recognises(text):
            record = form.read(text)
            note = "the page is HTML: places are those in its text" if opened.kind == "html" else None
            return changed(record, notes=(note, *record.notes)) if note else record
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    hint = "save the whole page, or its text" if opened.kind == "html" else None
    raise _unknown(opened, f"a text that begins {first[:_SHOWN]!r}", hint)


_LATER: Mapping[str, Callable[[Opened], Iterator[Callable[[], TrialRecord]]]] = {
    "json": _later_json,
    "xml": _later_xml,
    "csv": _later_csv,
    "html": _later_page,
    "text": _later_page,
}


def _unknown(opened: Opened, got: str, hint: str | None = None) -> BadInput:
    message = "this is not a registry record in a form that is known"
    return bad("unknown_form", message, opened.file, got=got, hint=hint)
