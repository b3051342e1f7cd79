"""Read registry records from a file or a text, in whichever of the known forms they are."""

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from myotrial.model.errors import BadInput
from myotrial.registry import who_portal
from myotrial.registry.files.csv_stream import read_rows
from myotrial.registry.files.html_lines import html_to_text
from myotrial.registry.files.json_stream import read_objects
from myotrial.registry.files.opening import Opened, bad, open_file, open_text
from myotrial.registry.files.xml_stream import read_elements
from myotrial.registry.form import FieldForm, PageForm
from myotrial.registry.forms import ctgov, ctgov_xml, ctis, euctr, isrctn, pasted, who_fields, who_submission
from myotrial.registry.record import TrialRecord

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
)
"""The forms that are named fields, of JSON or XML."""

_SHOWN = 60


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
    then raises.

    Parameters
    ----------
    source
        The file: a WHO export in XML or CSV, an answer of ClinicalTrials.gov, a list of JSON objects, one object a
        line, or any file that :func:`read_record` reads.

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
            yield record.model_copy(update={"number": number})


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
    for record in _READERS[opened.kind](opened):
        yield record.model_copy(update={"notes": (opened.note, *record.notes)}) if opened.note else record


def _from_json(opened: Opened) -> Iterator[TrialRecord]:
    for data, text in read_objects(opened):
        record = _from_fields(data, opened, "the JSON object", list(data))
        yield record.model_copy(update={"sha256": sha256(text.encode("utf-8", "surrogatepass")).hexdigest()})


def _from_xml(opened: Opened) -> Iterator[TrialRecord]:
    for data in read_elements(opened):
        yield _from_fields(data, opened, "the XML element", list(data))


def _from_csv(opened: Opened) -> Iterator[TrialRecord]:
    for row in read_rows(opened, who_fields.COLUMNS):
        if not who_fields.recognises(row):
            raise _unknown(opened, f"a table with the columns {', '.join(list(row)[:5])} …")
        yield who_fields.read(row, who_fields.CSV)


def _from_fields(data: Mapping[str, Any], opened: Opened, what: str, names: list[str]) -> TrialRecord:
    for form in FIELDS:
        if form.recognises(data):
            return form.read(data)
    shown = ", ".join(repr(name[:_SHOWN]) for name in names[:5])
    raise _unknown(opened, f"{what} with {shown}" if names else f"{what} with nothing in it")


def _from_page(opened: Opened) -> Iterator[TrialRecord]:
    text = opened.text()
    if opened.kind == "html":
        text = html_to_text(text)
    for form in PAGES:
        if form.recognises(text):
            record = form.read(text)
            note = "the page is HTML: places are those in its text" if opened.kind == "html" else None
            yield record.model_copy(update={"notes": (note, *record.notes)}) if note else record
            return
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    hint = "save the whole page, or its text" if opened.kind == "html" else None
    raise _unknown(opened, f"a text that begins {first[:_SHOWN]!r}", hint)


_READERS: Mapping[str, Callable[[Opened], Iterator[TrialRecord]]] = {
    "json": _from_json,
    "xml": _from_xml,
    "csv": _from_csv,
    "html": _from_page,
    "text": _from_page,
}


def _unknown(opened: Opened, got: str, hint: str | None = None) -> BadInput:
    message = "this is not a registry record in a form that is known"
    return bad("unknown_form", message, opened.file, got=got, hint=hint)
