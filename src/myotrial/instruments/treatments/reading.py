"""One table of treatments, from its file or from a study's folder; it knows where its cells stand."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl

from myotrial.model.errors import BadInput, Fault
from myotrial.study.files import read_raw
from myotrial.study.folder import any_file
from myotrial.study.headings import unread_note
from myotrial.study.raw_table import RawTable
from myotrial.study.rows import ended_early, repeated
from myotrial.study.tables import TableName, load_tables
from myotrial.study.visits import values_of


def read_table(path: str | Path, name: TableName) -> tuple[pl.DataFrame, RawTable]:
    """Read one table of the plain study, alone.

    Parameters
    ----------
    path
        The table, or the folder of a study that holds it.
    name
        Which table it is.

    Returns
    -------
    frame, raw
        The typed columns, and the table as it was found, with its notes.

    Raises
    ------
    BadInput
        With every fault of the table; the folder does not hold it, or holds it twice.
    """
    path = Path(path)
    if path.is_dir():
        files = any_file(path, name)
        if len(files) != 1:
            message = f"the folder has {name} twice" if files else f"the folder has no table {name}"
            raise BadInput([Fault("two_tables" if files else "missing_table", message, str(path),
                                  expected=f"{name}.csv or {name}.parquet")])  # fmt: skip
        path = files[0]
    table = load_tables()[name]
    raw, _ = read_raw(path, table.names)
    frame, faults = values_of(raw, table)
    faults += repeated(frame, table, raw, faults) + ended_early(frame, table, raw, faults)
    if faults:
        raise BadInput(sorted(faults, key=lambda fault: (fault.row or 0, fault.column or "")))
    raw.notes += unread_note(raw, table)
    return frame, raw


def placed(faults: Iterable[Fault], raw: RawTable) -> list[Fault]:
    """Return faults of a frame, whose rows count from 1, with the file and the rows of the table it came from."""
    return [
        replace(fault, file=raw.file, row=raw.number(fault.row - 1)) if fault.row is not None else fault
        for fault in faults
    ]
