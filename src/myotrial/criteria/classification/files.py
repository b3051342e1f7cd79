"""A file of facts → a table that knows where its cells stand: CSV or Parquet, one row each; JSON or YAML by record."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from yaml import YAMLError

from myotrial.criteria.classification.facts import load_facts
from myotrial.model.data import parse_yaml
from myotrial.model.errors import BadInput, Fault
from myotrial.study.decoding import decode
from myotrial.study.files import read_raw
from myotrial.study.raw_table import RawTable, shown

RECORDS = (".json", ".yaml", ".yml")
EXPECTED = "the facts of one person by name, or a list of such records"


class OneRecord(RawTable):
    """The facts of one person: a fault in them has a column and no row."""

    __slots__ = ()

    def fault(
        self,
        code: str,
        message: str,
        row: int | None,
        column: str | None,
        got: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
    ) -> Fault:
        """Tell a fault of the person's facts."""
        return replace(RawTable.fault(self, code, message, row, column, got, expected, hint), row=None)


def read_facts_file(path: str | Path) -> RawTable:
    """Read what is known of some people.

    Parameters
    ----------
    path
        CSV or Parquet with one row per person and one column per fact; or JSON or YAML (told by the name's ending)
        that holds the facts of one person by name, or a list of such records.

    Raises
    ------
    BadInput
        The file is not there or holds nothing that can be read. What is wrong with its cells is found with the facts.

    Examples
    --------
    >>> read_facts_file("nobody.json")
    Traceback (most recent call last):
    myotrial.model.errors.BadInput: 1 fault
    nobody.json: the file is not there
        expected the facts of one person by name, or a list of such records
    """
    path = Path(path)
    if path.suffix.lower() in RECORDS:
        return _records(_parsed(path), path.name)
    raw, _ = read_raw(path, list(load_facts()))
    if not raw.frame.height and not raw.faults:
        raise BadInput([raw.fault("no_rows", "the table has column names and no rows", None, None,
                                  expected="a row for each person")])  # fmt: skip
    return raw


def read_facts_words(words: Sequence[str]) -> RawTable:
    """Read the facts of one person from words like ``heliotrope=yes``.

    Raises
    ------
    BadInput
        A word is not name=value, or a fact is given twice.

    Examples
    --------
    >>> read_facts_words(["heliotrope=yes", "onset_age_years=51"]).frame.row(0)
    ('1', 'yes', '51')
    """
    pairs = [word.partition("=") for word in words]
    names = [name.strip() for name, _, _ in pairs]
    faults = [
        Fault("bad_fact", "a fact is not name=value", column="--fact", got=word, expected="for example heliotrope=yes")
        for word, (_, sign, _) in zip(words, pairs, strict=True)
        if not sign
    ]
    faults += [
        Fault("bad_fact", "a fact is given twice", column="--fact", got=name)
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if faults:
        raise BadInput(faults)
    return _records({name: value for name, (_, _, value) in zip(names, pairs, strict=True)}, "--fact")


def _parsed(path: Path) -> Any:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadInput([Fault("no_file", "the file is not there", str(path), expected=EXPECTED)]) from None
    except OSError as error:
        raise BadInput([Fault("unreadable", f"the file cannot be read: {error.strerror}", str(path))]) from None
    text, _ = decode(data, path.name)
    try:
        return json.loads(text, object_pairs_hook=_once) if path.suffix.lower() == ".json" else parse_yaml(text)
    except (ValueError, YAMLError) as error:
        reason = " ".join(str(error).split())
        raise BadInput([Fault("unreadable", "the file cannot be read", path.name, got=shown(reason),
                              expected=EXPECTED)]) from None  # fmt: skip


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; the second of two equal names would win in silence."""
    names = [name for name, _ in pairs]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise ValueError(f"{', '.join(twice)} stands twice in one record")
    return dict(pairs)


def _records(found: Any, file: str) -> RawTable:
    """Lay records out as a table of texts, with a fault for each value that is no single value."""
    records = found if isinstance(found, list) else [found]
    wrong = [place for place, record in enumerate(records) if not isinstance(record, Mapping)]
    if wrong or not records:
        rows = [place + 1 for place in wrong] if isinstance(found, list) and records else [None]
        raise BadInput(Fault("not_a_record", "it is not a record of facts", file, row, expected=EXPECTED)
                       for row in rows)  # fmt: skip
    if not isinstance(found, list):
        records = [{"subject_id": "1", **found}]
    names = list(dict.fromkeys(str(name) for record in records for name in record))
    cells = [{str(name): value for name, value in record.items()} for record in records]
    columns = [pl.Series(name, [_text(record.get(name)) for record in cells], dtype=pl.String) for name in names]
    raw = (RawTable if isinstance(found, list) else OneRecord)(pl.DataFrame(columns), file, first_row=1)
    raw.faults = [
        raw.fault("not_a_value", "it is not a single value", row, name, expected="yes, no, a number, a text or a date")
        for row, record in enumerate(cells)
        for name, value in record.items()
        if isinstance(value, list | Mapping)
    ]
    return raw


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, list | Mapping):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)
