"""Take whole files into a store, batch by batch: what is written is whole, and what was written is not read again."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from myotrial.model.errors import BadInput, Fault
from myotrial.registry.clean import scrub
from myotrial.registry.record import TrialRecord
from myotrial.registry.store.keeping import BATCH_NAME, Keeper, Taken
from myotrial.registry.store.preparing import Entries, prepare
from myotrial.registry.store.sources import Item, list_files, read_items, sum_of
from myotrial.registry.store.writing import Writer, merge_index, writing

BATCH, BATCH_S = 4000, 3.0
"""A batch is written after so many records, or so many seconds."""
MERGED_FROM = 5000
"""New records from which on the index is made one piece at the end."""

NO_IDENTIFIER = BadInput([Fault("no_identifier", "the record has no identifier, so it cannot be kept")])
_TAKEN_MEANWHILE = """DELETE FROM batch.entry WHERE NOT EXISTS (
    SELECT 1 FROM main.source s WHERE s.id = entry.source AND NOT s.done AND s.taken < entry.number)"""
"""Another process may have taken the same file further."""
_SLIPS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


@dataclass(slots=True)
class Progress:
    """How far an import is.

    Attributes
    ----------
    file, files, name
        The file that is read, of how many, and what it is called.
    done, size
        Bytes of it that are read, and that it has.
    records, faults
        That were read and met so far, in all files.
    """

    file: int
    files: int
    name: str
    done: int
    size: int
    records: int
    faults: int


@dataclass(slots=True)
class Import:
    """What an import did.

    Attributes
    ----------
    taken
        The records that were taken in now; those of an import that was broken off are not counted again.
    skipped_files
        Files whose every record had been read before.
    resumed
        Records that an import which was broken off had taken in.
    faults
        What could not be read, in all the files that were named.
    """

    taken: Taken = field(default_factory=Taken)
    skipped_files: int = 0
    resumed: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class _Batch:
    """What is read and not yet written."""

    records: Entries = field(default_factory=Entries)
    faults: list[tuple[int, int, int, Fault]] = field(default_factory=list)
    reached: dict[int, tuple[int, bool]] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)

    def is_full(self) -> bool:
        return len(self.records.prepared) >= BATCH or time.monotonic() - self.since >= BATCH_S


class Importer:
    """Reads files into a store."""

    def __init__(
        self, base: sqlite3.Connection, *, again: bool = False, tell: Callable[[Progress], None] | None = None
    ) -> None:
        self.base, self.again = base, again
        self.tell = tell or (lambda _: None)
        self.batch = _Batch()
        self.result = Import()
        self.read = self.told = 0
        self.writer = Writer(base)

    def run(self, paths: Sequence[Path]) -> Import:
        """Read all files, and those in folders; return what was done.

        Raises
        ------
        BadInput
            A file or folder is not there; nothing has been read then.
        """
        files = list_files(list(paths))
        sources: list[int] = []
        self.result.taken = self.writer.taken
        with self.writer:
            for place, file in enumerate(files, 1):
                if source := self._file(file, place, len(files)):
                    sources.append(source)
            self._write()
        if self.result.taken.new + self.result.taken.changed >= MERGED_FROM:
            merge_index(self.base)
        self.result.faults += self._faults(sources)
        return self.result

    def _file(self, file: Path, place: int, files: int) -> int | None:
        try:
            source, taken, done = self._source(file)
        except OSError as error:
            self.result.faults.append(Fault("unreadable", f"the file cannot be read: {error.strerror}", str(file)))
            return None
        if done and not self.again:
            self.result.skipped_files += 1
            return source
        if self.again:
            taken = 0
            with writing(self.base):
                self.base.execute("DELETE FROM fault WHERE source = ?", (source,))
        self.result.resumed += taken
        size = file.stat().st_size
        reached = taken
        for item in self._items(file, source, taken):
            reached = item.number
            self._take(item, source)
            self.tell(Progress(place, files, file.name, min(item.done, size), size, self.read,
                               self.told + len(self.batch.faults)))  # fmt: skip
        self.batch.reached[source] = (reached, True)
        if self.batch.is_full():
            self._write()
        return source

    def _source(self, file: Path) -> tuple[int, int, bool]:
        """Return the number of a file in the store, how many of its records were taken, and whether all were."""
        digest = sum_of(file)
        self.writer.wait()
        with writing(self.base):
            self.base.execute(
                "INSERT OR IGNORE INTO source(sha256, name, bytes) VALUES(?, ?, ?)",
                (digest, file.name, file.stat().st_size),
            )
            row = self.base.execute("SELECT id, taken, done FROM source WHERE sha256 = ?", (digest,)).fetchone()
        return row[0], row[1], bool(row[2])

    def _items(self, file: Path, source: int, taken: int) -> Iterator[Item]:
        """Yield the records that were not taken yet; damage of the file is a fault behind the last of them."""
        number = 0
        try:
            for item in read_items(file):
                number = item.number
                if number > taken:
                    yield item
        except BadInput as error:
            self._blame(source, number + 1, error)

    def _take(self, item: Item, source: int) -> None:
        try:
            self.batch.records.add(prepare(with_identifier(item.read())), source, item.number)
            self.read += 1
        except BadInput as error:
            self._blame(source, item.number, error)
        except _SLIPS as error:  # a slip of our own on one record must not cost the others
            message = f"the record could not be read ({type(error).__name__})"
            self._blame(source, item.number, BadInput([Fault("unreadable", message)]))
        self.batch.reached[source] = (item.number, False)
        if self.batch.is_full():
            self._write()

    def _blame(self, source: int, number: int, error: BadInput) -> None:
        self.batch.faults += [(source, number, place, fault) for place, fault in enumerate(error.faults)]

    def _write(self) -> None:
        batch, self.batch = self.batch, _Batch()
        if batch.reached:
            self.told += len(batch.faults)
            self.writer.write(partial(self._write_batch, batch, batch.records.laid_out()))

    def _write_batch(self, batch: _Batch, tables: bytes) -> Taken:
        """Write a batch, and how far each file is read, in one transaction."""
        self.base.deserialize(tables, name=BATCH_NAME)
        with writing(self.base):
            if not self.again:
                self.base.execute(_TAKEN_MEANWHILE)
            taken = Keeper(self.base, batch.records).keep()
            self.base.executemany(
                "INSERT OR REPLACE INTO fault VALUES(?, ?, ?, ?, ?, ?, ?)",
                [(source, number, place, fault.code, scrub(fault.message), fault.row, fault.column)
                 for source, number, place, fault in batch.faults],
            )  # fmt: skip
            self.base.executemany(
                "UPDATE source SET taken = max(taken, ?), done = max(done, ?) WHERE id = ?",
                [(number, done, source) for source, (number, done) in batch.reached.items()],
            )
        return taken

    def _faults(self, sources: list[int]) -> list[Fault]:
        found = []
        for source in sources:
            found += [
                Fault(code, message if line is not None else f"record {number}: {message}", name, line, at)
                for name, number, code, message, line, at in self.base.execute(
                    "SELECT s.name, f.number, f.code, f.message, f.line, f.at FROM fault f JOIN source s "
                    "ON s.id = f.source WHERE s.id = ? ORDER BY f.number, f.place", (source,))]  # fmt: skip
        return found


def with_identifier(record: TrialRecord) -> TrialRecord:
    """Return a record that has an identifier.

    Raises
    ------
    BadInput
        It has none, so that its versions could not be told from other trials.
    """
    if not record.main_id:
        raise NO_IDENTIFIER
    return record
