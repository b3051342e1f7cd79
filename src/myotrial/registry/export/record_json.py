"""Records as JSON with a schema, and back."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from myotrial.model.errors import BadInput, Fault
from myotrial.registry.record import TrialRecord

FORMAT = "myotrial registry records"
VERSION = 1
TITLE = "record exported by myotrial (JSON)"
_OWN = frozenset({"form", "sha256", "main_id", "criteria", "outcomes", "lost_comparators", "unread"})


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of exported records.

    Examples
    --------
    >>> record_schema()["required"]
    ['format', 'version', 'records']
    """
    inner = TrialRecord.model_json_schema(mode="serialization", ref_template="#/$defs/{model}")
    definitions = inner.pop("$defs", {})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": FORMAT,
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "records": {"type": "array", "items": {"$ref": "#/$defs/TrialRecord"}},
        },
        "required": ["format", "version", "records"],
        "additionalProperties": False,
        "$defs": definitions | {"TrialRecord": inner},
    }


def records_to_dict(records: Iterable[TrialRecord]) -> dict[str, Any]:
    """Return records as plain data, with the format and its version.

    Examples
    --------
    >>> records_to_dict([TrialRecord(form="invented", sha256="0", main_id="X1")])["records"][0]["main_id"]
    'X1'
    """
    return {"format": FORMAT, "version": VERSION, "records": [record.to_dict() for record in records]}


def records_to_json(records: Iterable[TrialRecord]) -> str:
    """Return records as JSON text; :func:`read_exported` gives the same records back.

    Examples
    --------
    >>> "X1" in records_to_json([TrialRecord(form="invented", sha256="0", main_id="X1")])
    True
    """
    return json.dumps(records_to_dict(records), ensure_ascii=False, indent=2) + "\n"


def read_exported(source: str | Path) -> tuple[TrialRecord, ...]:
    """Read the records of a file that :func:`records_to_json` wrote.

    Raises
    ------
    BadInput
        The file is no JSON, is of another format or version, or a field of a record is wrong; every fault at once.
    """
    return parse_exported(Path(source).read_text(encoding="utf-8"), file=str(source))


def parse_exported(text: str, *, file: str | None = None) -> tuple[TrialRecord, ...]:
    """Read exported records from their text.

    Raises
    ------
    BadInput
        As :func:`read_exported` raises it.

    Examples
    --------
    >>> record = TrialRecord(form="invented", sha256="0", main_id="X1", target_size=12)
    >>> parse_exported(records_to_json([record])) == (record,)
    True
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadInput([Fault("not_json", "this is not JSON", file, column=place, got=error.msg)]) from None
    if not isinstance(data, dict) or (data.get("format"), data.get("version")) != (FORMAT, VERSION):
        got = f"{data.get('format')!r}, version {data.get('version')!r}" if isinstance(data, dict) else "no object"
        expected = f"{FORMAT!r}, version {VERSION}"
        raise BadInput([Fault("unknown_form", "these are not exported records", file, got=got, expected=expected)])
    entries = data.get("records")
    if not isinstance(entries, list):
        raise BadInput([Fault("missing", "there is no list of records", file, column="records")])
    return _records(entries, file)


def recognises(data: Mapping[str, Any]) -> bool:
    """Whether named fields are a record that was exported."""
    return data.keys() >= _OWN


def read(data: Mapping[str, Any]) -> TrialRecord:
    """Read a record that was exported: the form and the sum are those of the source that it was read from.

    Raises
    ------
    BadInput
        With every field that is wrong.
    """
    try:
        return TrialRecord.model_validate(data)
    except ValidationError as error:
        raise BadInput(_faults(error, None, ())) from None


def _records(entries: list[Any], file: str | None) -> tuple[TrialRecord, ...]:
    records, faults = [], []
    for place, entry in enumerate(entries):
        try:
            records.append(TrialRecord.model_validate_json(json.dumps(entry)))
        except ValidationError as error:
            faults += _faults(error, file, ("records", place))
    if faults:
        raise BadInput(faults)
    return tuple(records)


def _faults(error: ValidationError, file: str | None, place: tuple[str | int, ...]) -> list[Fault]:
    return [
        Fault(
            "bad_field",
            problem["msg"],
            file,
            column=".".join(map(str, (*place, *problem["loc"]))),
            got=repr(problem.get("input"))[:100],
        )
        for problem in error.errors(include_url=False)
    ]
