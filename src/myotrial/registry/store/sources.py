"""The records of a file one after the other, each read only when it is asked for; one that fails stops no other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from myotrial.model.errors import BadInput, Fault
from myotrial.registry.files.opening import bad, open_file
from myotrial.registry.reading import read_later
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
        for number, read in enumerate(read_later(opened), 1):
            yield Item(number, read, _place(stream))


def _place(stream: BinaryIO) -> int:
    return stream.tell()
