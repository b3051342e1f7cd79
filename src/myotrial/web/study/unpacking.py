"""Files that somebody sent: only tables of known names and kinds get into a folder, and no more than fits."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.study.folder import SIMULATED
from myotrial.study.tables import load_tables

MOST_UNPACKED = 60_000_000
"""Bytes of all files of an archive together, unpacked."""

MOST_COLUMNS = 5_000
"""Columns that the first line of a CSV file may seem to have."""

SUFFIXES = (".csv", ".parquet")
PARQUET, ZIP = b"PAR1", b"PK\x03\x04"


def known_names() -> list[str]:
    """Return the names that a file may have.

    Examples
    --------
    >>> known_names()[:3]
    ['subjects.csv', 'subjects.parquet', 'visits.csv']
    """
    return [f"{table}{suffix}" for table in load_tables() for suffix in SUFFIXES] + [SIMULATED]


def find_file_faults(files: Mapping[str, bytes]) -> list[Fault]:
    r"""Return what is wrong with files by their names and first bytes alone; nothing of them is unpacked or parsed.

    Parameters
    ----------
    files
        Name → bytes: tables, or one archive.

    Examples
    --------
    >>> [fault.message for fault in find_file_faults({"../visits.csv": b"subject_id,week", "events.csv": b"PK"})]
    ['the file has no name of a table']
    >>> [fault.message for fault in find_file_faults({"visits.csv": b"MZ\x00\x01"})]
    ['the file is no CSV file']
    """
    if not files:
        expected = f"visits.csv and further tables, or one archive (.zip); {', '.join(known_names()[:4])}, …"
        return [Fault("no_file", "no file was sent", expected=expected)]
    if any(name.lower().endswith(".zip") for name in files):
        (name, data), *more = files.items()
        if more:
            return [Fault("two_files", "an archive was sent with other files", expected="one archive, or tables")]
        return [] if data[:4] == ZIP else [_fault(name, "the file is no archive", "a ZIP archive of tables")]
    return [fault for name, data in files.items() if (fault := _file_fault(name, data))]


def unpack(files: Mapping[str, bytes], folder: Path) -> None:
    """Lay tables, or those of an archive, into an empty folder.

    Raises
    ------
    BadInput
        With every file that may not be there. Nothing is then written.
    """
    faults = find_file_faults(files)
    if not faults and next(iter(files)).lower().endswith(".zip"):
        files = _of_archive(next(iter(files.values())))
        faults = find_file_faults(files)
    if faults:
        raise BadInput(faults)
    for name, data in files.items():
        (folder / name.lower()).write_bytes(data)  # one of the known names, nothing else


def _of_archive(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _members(archive)
    except BadInput:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise BadInput([_fault("the archive", "the archive is damaged, or cannot be unpacked without more",
                               "a ZIP archive without a password")]) from None  # fmt: skip


def _members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    members = archive.infolist()
    names = [member.filename for member in members]
    strange = [_name_fault(name) for name in names[:200] if name.lower() not in known_names()]
    if strange or len(set(map(str.lower, names))) != len(names):
        raise BadInput(strange or [_fault("the archive", "a file stands in the archive twice", "each table once")])
    left, files = MOST_UNPACKED, {}
    for member in members:
        with archive.open(member) as file:
            files[member.filename] = file.read(left + 1)
        left -= len(files[member.filename])
        if left < 0:
            raise BadInput([_fault("the archive", "the archive unpacks to more than may be",
                                   f"at most {MOST_UNPACKED:,} bytes in all")])  # fmt: skip
    return files


def _file_fault(name: str, data: bytes) -> Fault | None:
    if name.lower() not in known_names():
        return _name_fault(name)
    if name.lower().endswith(".parquet"):
        whole = data[:4] == PARQUET and data[-4:] == PARQUET and len(data) >= 12
        return None if whole else _fault(name, "the file is no whole Parquet file", "a Parquet file")
    start = data[:4_000]
    wide = b"\x00" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff"))
    if wide or data[:4] in {PARQUET, ZIP} or any(byte < 9 or 13 < byte < 32 for byte in start if byte):
        return _fault(name, "the file is no CSV file", "text in columns" if name.lower() != SIMULATED else "JSON")
    first = data.partition(b"\n")[0]
    if name.lower() != SIMULATED and max(first.count(mark) for mark in (b",", b";", b"\t", b"|")) >= MOST_COLUMNS:
        return _fault(name, "the first line has too many columns", f"fewer than {MOST_COLUMNS:,}")
    return None


def _name_fault(name: str) -> Fault:
    return _fault(name, "the file has no name of a table", ", ".join(known_names()), did_you_mean(name, known_names()))


def _fault(name: str, message: str, expected: str, hint: str | None = None) -> Fault:
    shown = "".join(letter if letter.isprintable() else "?" for letter in name[:80])
    return Fault("bad_file", message, shown, expected=expected, hint=hint)
