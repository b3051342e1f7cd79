"""Take the records out of an open file one at a time, each by the first form that recognises it."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from typing import Any

from myotrial.model.errors import BadInput
from myotrial.registry import who_portal
from myotrial.registry.export import record_json
from myotrial.registry.files.csv_stream import read_rows
from myotrial.registry.files.html_lines import html_to_text
from myotrial.registry.files.json_stream import read_objects
from myotrial.registry.files.opening import Opened, bad
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
_MOST_WRAPPINGS = 5


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
    >>> from myotrial.registry.files.opening import open_text
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


def _later_json(opened: Opened) -> Iterator[Callable[[], TrialRecord]]:
    for found in read_objects(opened):
        if isinstance(found, BadInput):
            yield partial(_refused, found)
            continue
        value, text = found
        if isinstance(value, dict) and value.get("format") == record_json.FORMAT:
            yield from (partial(_itself, record) for record in record_json.parse_exported(text, file=opened.file))
        elif isinstance(value, dict) and _form_of(value):
            yield partial(_from_json, value, text, opened)
        else:
            yield from _later_wrapped(value, opened)


def _later_wrapped(value: Any, opened: Opened) -> Iterator[Callable[[], TrialRecord]]:
    """Yield what reads the records inside an object that is none itself: the answer of some other service."""
    inside = list(_inside(value, _MOST_WRAPPINGS))
    for part in inside:
        yield partial(_from_json, part, json.dumps(part, ensure_ascii=False), opened)
    if not inside and not (isinstance(value, dict) and "FullStudiesResponse" in value):  # which may have found none
        foreign = value if isinstance(value, dict) else {f"a list of {len(value)}": value}
        yield partial(_from_fields, foreign, opened, "the JSON")


def _inside(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict) and _form_of(value):
        yield value
    elif isinstance(value, dict | list) and depth:
        for below in value.values() if isinstance(value, dict) else value:
            yield from _inside(below, depth - 1)


def _later_xml(opened: Opened) -> Iterator[Callable[[], TrialRecord]]:
    for data, note in read_elements(opened):
        read = partial(_from_fields, data, opened, "the XML element")
        yield partial(_noted, read, note) if note else read


def _later_csv(opened: Opened) -> Iterator[Callable[[], TrialRecord]]:
    for row in read_rows(opened, who_fields.COLUMNS):
        yield partial(_from_row, row, opened)


def _later_page(opened: Opened) -> Iterator[Callable[[], TrialRecord]]:
    yield partial(_from_page, opened)


def _refused(error: BadInput) -> TrialRecord:
    raise error


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
    if form := _form_of(data):
        return form.read(data)
    shown = ", ".join(repr(name[:_SHOWN]) for name in list(data)[:5])
    raise _unknown(opened, f"{what} with {shown}" if data else f"{what} with nothing in it")


def _form_of(data: Mapping[str, Any]) -> FieldForm | None:
    return next((form for form in FIELDS if form.recognises(data)), None)


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
