"""A path → the table in it as it stands, or a fault that says what is there instead."""

import stat
from hashlib import sha256
from pathlib import Path

import polars as pl

from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.study.raw_table import RawTable, shown
from myotrial.study.text_table import read_csv_bytes

MAGIC = b"PAR1"
EXPECTED = "a CSV or Parquet file"


def read_raw(path: str | Path, known: list[str]) -> tuple[RawTable, str]:
    """Read a CSV or Parquet file as it stands, with the SHA-256 of its bytes.

    Parameters
    ----------
    path
        The file. What it holds is told by its content, not by its name.
    known
        Column names that are understood.

    Raises
    ------
    BadInput
        There is no file, or it holds no table.

    Examples
    --------
    >>> read_raw("nowhere.csv", [])
    Traceback (most recent call last):
    myotrial.model.errors.BadInput: 1 fault
    nowhere.csv: the file is not there
        expected a CSV or Parquet file
    """
    path = Path(str(path))
    data = _read_bytes(path)
    raw = _read_parquet(data, path.name) if data[:4] == MAGIC else read_csv_bytes(data, path.name, known)
    return raw, sha256(data).hexdigest()


def _read_bytes(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode) or stat.S_ISFIFO(mode):
            return path.read_bytes()
    except FileNotFoundError:
        hint = did_you_mean(path.name, _neighbours(path))
        raise BadInput([Fault("no_file", "the file is not there", str(path), expected=EXPECTED, hint=hint)]) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadInput([Fault("unreadable", f"the file cannot be read: {reason}", shown(str(path)))]) from None
    if not stat.S_ISDIR(mode):
        raise BadInput([Fault("no_file", "this is a device, not a file", str(path), expected=EXPECTED)])
    inside = path / "visits.csv"
    hint = f"give the table in it: {inside}" if inside.is_file() else None
    raise BadInput([Fault("no_file", "this is a folder, not a file", str(path), expected=EXPECTED, hint=hint)])


def _neighbours(path: Path) -> list[str]:
    try:
        return [file.name for file in path.parent.iterdir() if file.suffix in {".csv", ".parquet", ".tsv", ".txt"}]
    except OSError:
        return []


def _read_parquet(data: bytes, name: str) -> RawTable:
    hint = "copy or write it again"
    if len(data) < 12 or data[-4:] != MAGIC:
        raise BadInput([Fault("unreadable", "the Parquet file is cut short", name, expected=EXPECTED, hint=hint)])
    try:
        frame = pl.read_parquet(data)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, MemoryError):
        raise BadInput(
            [Fault("unreadable", "the Parquet file is damaged", name, expected=EXPECTED, hint=hint)]
        ) from None
    bare = [column.strip() for column in frame.columns]
    if bare != frame.columns and len(set(bare)) == len(bare):
        frame.columns = bare
    return RawTable(frame, name, first_row=1)
