"""The records of a file one after the other, each read only when it is asked for; one that fails stops no other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from myotrial.model.errors import BadInput, Fault
from myotrial.registry.files.csv_stream import read_rows
from myotrial.registry.files.json_stream import read_objects
from myotrial.registry.files.opening import Opened, bad, open_file
from myotrial.registry.files.xml_stream import read_elements
from myotrial.registry.forms import who_fields
from myotrial.registry.reading import FIELDS, read_record
from myotrial.registry.record import TrialRecord

_CHUNK = 1 << 20
_SKIPPED = (".", "~")


@dataclass(frozen=True, slots=True)
class Item:
    """A record of a file that is not read yet.

    Attributes
    ----------
    number
        Its place in the file, counted from 1.
    read
        Reads it; raises :class:`BadInput` where it cannot be read.
    done
        Bytes of the file that are behind it, near enough for a progress bar.
    """

    number: int
    read: Callable[[], TrialRecord]
    done: int


def list_files(paths: list[Path]) -> list[Path]:
    """Return the files named, and those in the folders named, in the order of their names.

    Raises
    ------
    BadInput
        With everything that is not there, and each folder without a file.
    """
    files: list[Path] = []
    faults: list[Fault] = []
    for path in paths:
        if path.is_dir():
            inside = [file for file in sorted(path.rglob("*")) if file.is_file() and not _is_hidden(file, path)]
            files += inside
            if not inside:
                faults += bad("empty", "there is no file in this folder", str(path)).faults
        elif path.is_file():
            files.append(path)
        else:
            faults += bad("not_found", "there is no such file or folder", str(path)).faults
    if faults:
        raise BadInput(faults)
    return list(dict.fromkeys(files))


def _is_hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(_SKIPPED) for part in file.relative_to(folder).parts)


def sum_of(file: Path) -> bytes:
    """Return the SHA-256 of a file's bytes."""
    digest = sha256()
    with file.open("rb") as stream:
        while data := stream.read(_CHUNK):
            digest.update(data)
    return digest.digest()


def read_items(file: Path) -> Iterator[Item]:
    """Yield every record of a file.

    Raises
    ------
    BadInput
        The file cannot be read, or not from some place on; the records before that have been given.
    """
    opened = open_file(file)
    with opened.stream as stream:
        for number, read in enumerate(_readers(opened, file), 1):
            yield Item(number, read, _place(stream))


def _place(stream: BinaryIO) -> int:
    return stream.tell()


def _readers(opened: Opened, file: Path) -> Iterator[Callable[[], TrialRecord]]:
    if opened.kind == "csv":
        for row in read_rows(opened, who_fields.COLUMNS):
            yield lambda row=row: _noted(_from_row(row, opened), opened)  # type: ignore[misc]
    elif opened.kind == "xml":
        for tree in read_elements(opened):
            yield lambda tree=tree: _noted(_from_tree(tree, opened), opened)  # type: ignore[misc]
    elif opened.kind == "json":
        for tree, text in read_objects(opened):
            yield lambda tree=tree, text=text: _summed(_noted(_from_tree(tree, opened), opened), text)  # type: ignore[misc]
    else:
        yield lambda: read_record(file)


def _from_row(row: dict[str, str], opened: Opened) -> TrialRecord:
    if not who_fields.recognises(row):
        raise _unknown(opened, row)
    return who_fields.read(row, who_fields.CSV)


def _from_tree(tree: Mapping[str, Any], opened: Opened) -> TrialRecord:
    for form in FIELDS:
        if form.recognises(tree):
            return form.read(tree)
    raise _unknown(opened, tree)


def _noted(record: TrialRecord, opened: Opened) -> TrialRecord:
    return record.model_copy(update={"notes": (opened.note, *record.notes)}) if opened.note else record


def _summed(record: TrialRecord, text: str) -> TrialRecord:
    return record.model_copy(update={"sha256": sha256(text.encode("utf-8", "surrogatepass")).hexdigest()})


def _unknown(opened: Opened, names: Mapping[str, Any]) -> BadInput:
    shown = ", ".join(list(names)[:5])
    return bad("unknown_form", "this is not a registry record in a form that is known", opened.file, got=shown)
