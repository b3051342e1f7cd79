"""A store of registry records: one file with every version of every record."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from myotrial.model.errors import BadInput, Fault
from myotrial.registry.identifiers import find_identifiers, key_of
from myotrial.registry.record import TrialRecord
from myotrial.registry.store.asking import Filters
from myotrial.registry.store.importing import BATCH, NO_IDENTIFIER, Import, Importer, Progress
from myotrial.registry.store.keeping import BATCH_NAME, Keeper, Taken, stored_record
from myotrial.registry.store.preparing import IN_HAND, Entries, prepare
from myotrial.registry.store.schema import connect, default_path
from myotrial.registry.store.searching import Found, Hit, list_records, search
from myotrial.registry.store.writing import Writer, merge_index, writing

_SEEN = """
    SELECT min(s.day), count(*), max(json_extract(s.refreshed, '$.text')),
        (SELECT f.name FROM seen t LEFT JOIN source f ON f.id = t.source
         WHERE t.version = s.version ORDER BY t.source, t.number LIMIT 1)
    FROM seen s WHERE s.version = ?"""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record.

    Attributes
    ----------
    sha256
        Of what it says, in 64 hexadecimal digits; :meth:`Store.get` takes it.
    main_id, form
        The record it is a version of.
    refreshed
        The last date of refreshing that a copy of it bears, as it is written.
    first_kept, copies
        The day it first came into the store, and in how many copies it came.
    source
        The first file it was in; ``None`` where it came from no file.
    read_anew
        Its source had been read into other words before: the reading changed, not the register.
    latest
        It is the record's latest version.
    """

    sha256: str
    main_id: str
    form: str
    refreshed: str | None
    first_kept: str
    copies: int
    source: str | None
    read_anew: bool
    latest: bool


@dataclass(frozen=True, slots=True)
class Flag:
    """A number that would have joined two trials, and did not.

    Attributes
    ----------
    number
        The trial number.
    main_id
        The record that names it.
    reason
        Why it joins nothing.
    """

    number: str
    main_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Trial:
    """The records of one trial.

    Attributes
    ----------
    number
        Its number in this store.
    records
        The latest version of each record, those kept first at the front.
    numbers
        Every trial number that these records are known by.
    flags
        Numbers that link nothing, since they would join two trials.
    """

    number: int
    records: tuple[TrialRecord, ...]
    numbers: tuple[str, ...]
    flags: tuple[Flag, ...]


class Store:
    """Registry records in one SQLite file.

    A process that writes holds the file for a batch at a time; others wait for it. Names, addresses and numbers of
    contact persons are not in it: what is kept is what was read, never the source itself, but its SHA-256.

    Parameters
    ----------
    path
        The file; without it :func:`~myotrial.registry.store.schema.default_path`.
    writing
        Whether it is made where it is not there, and may be written.

    Raises
    ------
    BadInput
        There is no store, the file is none, or a newer version of myotrial wrote it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> one = TrialRecord(form="f", sha256="0", main_id="NCT99999999", public_title="Immune globulin in myositis")
    >>> other = TrialRecord(form="g", sha256="1", main_id="ISRCTN99999999", secondary_ids=("NCT99999999",))
    >>> with TemporaryDirectory() as folder, Store(Path(folder) / "records.sqlite", writing=True) as store:
    ...     taken = store.add([one, other])
    ...     [hit.main_id for hit in store.search("myositis globulin").hits]
    ...     [record.main_id for record in store.trials("ISRCTN99999999")[0].records]
    ['NCT99999999']
    ['NCT99999999', 'ISRCTN99999999']
    """

    def __init__(self, path: str | Path | None = None, *, writing: bool = False) -> None:
        self.path = Path(path) if path is not None else default_path()
        self._base = connect(self.path, writing=writing)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def add(self, records: Iterable[TrialRecord]) -> Taken:
        """Keep records that are in hand, in batches that are written whole.

        Raises
        ------
        BadInput
            Records have no identifier; the batches before are kept, that one is not.
        """
        with Writer(self._base) as writer:
            for batch in _batches(records):
                faults = [fault for record in batch if not record.main_id for fault in NO_IDENTIFIER.faults]
                if faults:
                    raise BadInput(faults)
                entries = Entries()
                for record in batch:
                    entries.add(prepare(record), IN_HAND, record.number or 0)
                writer.write(partial(self._keep, entries, entries.laid_out()))
        return writer.taken

    def add_files(
        self, paths: Sequence[str | Path], *, again: bool = False, tell: Callable[[Progress], None] | None = None
    ) -> Import:
        """Keep every record of files and folders.

        What is written stays; an import that was broken off goes on where it was when the same files are named again.

        Parameters
        ----------
        paths
            Files in any form that :func:`~myotrial.registry.reading.read_records` reads, and folders of such.
        again
            Read files anew whose every record was taken before, as a newer version may read more of them.
        tell
            Is called after each record.

        Raises
        ------
        BadInput
            A file or folder is not there. Records that cannot be read are among the faults of what is returned.
        """
        return Importer(self._base, again=again, tell=tell).run([Path(path) for path in paths])

    def merge(self) -> None:
        """Make one piece of the index, which searches faster; large imports end with it."""
        merge_index(self._base)

    def get(self, sha256: str) -> TrialRecord:
        """Return a version of a record by its sum, of which the beginning is enough where no other begins so.

        Raises
        ------
        BadInput
            There is none, or more than one.
        """
        low = sha256.strip().lower()
        rows = []
        if low and set(low) <= set("0123456789abcdef") and len(low) <= 64:
            rows = self._base.execute(
                "SELECT id FROM version WHERE sha256 BETWEEN ? AND ? LIMIT 2",
                (bytes.fromhex(low.ljust(64, "0")), bytes.fromhex(low.ljust(64, "f"))),
            ).fetchall()
        if len(rows) != 1:
            raise _not_found("two versions have sums that begin so" if rows else "no version has this sum", sha256)
        return stored_record(self._base, rows[0][0])

    def versions(self, trial_id: str) -> tuple[Version, ...]:
        """Return every version of the records that go by a number, the form first, then as they came.

        Raises
        ------
        BadInput
            No record goes by it.
        """
        found = [version for row in self._rows(trial_id) for version in self._versions_of(row)]
        if not found:
            raise _not_found("no record of the store goes by this number", trial_id)
        return tuple(found)

    def trials(self, trial_id: str) -> tuple[Trial, ...]:
        """Return the trial that a number names, with all its records; more than one where the number is disputed.

        Raises
        ------
        BadInput
            There is none.
        """
        rows = self._rows(trial_id) or [
            row
            for known in find_identifiers(trial_id)
            for (row,) in self._base.execute("SELECT record FROM claim WHERE key = ? ORDER BY record", (known.key,))
        ]
        if not rows:
            raise _not_found("no record of the store has this number", trial_id)
        numbers = [self._base.execute("SELECT trial FROM record WHERE id = ?", (row,)).fetchone()[0] for row in rows]
        return tuple(self._trial(number) for number in dict.fromkeys(numbers))

    def search(self, words: str, filters: Filters | None = None, *, limit: int = 20, offset: int = 0) -> Found:
        """Find records by words, best first.

        Parameters
        ----------
        words
            Words, ``"phrases"`` and beginnings (``myos*``); a record must have all. Anything else in it is a word.
        filters
            What a record must be.
        limit, offset
            How many, and after how many.

        Returns
        -------
        Found
            Ranked by BM25 with weights by column; latest versions alone are searched.
        """
        filters = filters or Filters()
        if words.strip():
            return search(self._base, words, filters, limit, offset)
        return self.select(filters, limit=limit, offset=offset)

    def select(self, filters: Filters | None = None, *, limit: int = 20, offset: int = 0) -> Found:
        """Return records, those that were kept last first."""
        return list_records(self._base, filters or Filters(), limit, offset)

    def records_of(self, hit: Hit) -> int:
        """Return how many records lie together with the one that was found, itself included."""
        return int(self._base.execute("SELECT count(*) FROM record WHERE trial = ?", (hit.trial,)).fetchone()[0])

    def flags(self) -> tuple[Flag, ...]:
        """Return every number that would join two trials."""
        rows = self._base.execute(
            "SELECT f.key, r.main_id, f.reason FROM flag f JOIN record r ON r.id = f.record ORDER BY f.key, r.id"
        )
        return tuple(Flag(*row) for row in rows)

    def _keep(self, entries: Entries, tables: bytes) -> Taken:
        self._base.deserialize(tables, name=BATCH_NAME)
        with writing(self._base):
            return Keeper(self._base, entries).keep()

    def _rows(self, trial_id: str) -> list[int]:
        """Return the records with this number; of a European number without a country, those of all countries."""
        found = self._base.execute("SELECT id FROM record WHERE key = ? ORDER BY form", (key_of(trial_id),)).fetchall()
        known = find_identifiers(trial_id)
        if not found and len(known) == 1:
            found = self._base.execute(
                "SELECT id FROM record WHERE own = ? ORDER BY key, form", (known[0].key,)
            ).fetchall()
        return [row for (row,) in found]

    def _versions_of(self, row: int) -> Iterator[Version]:
        rows = self._base.execute(
            "SELECT v.id, v.sha256, r.main_id, r.form, v.read_anew, v.id = r.latest FROM version v JOIN record r "
            "ON r.id = v.record WHERE r.id = ? ORDER BY v.id", (row,)).fetchall()  # fmt: skip
        for number, digest, main_id, form, anew, latest in rows:
            seen = self._base.execute(_SEEN, (number,)).fetchone()
            yield Version(digest.hex(), main_id, form, seen[2], seen[0], seen[1], seen[3], bool(anew), bool(latest))

    def _trial(self, number: int) -> Trial:
        rows = self._base.execute("SELECT id, latest FROM record WHERE trial = ? ORDER BY id", (number,)).fetchall()
        numbers = self._base.execute(
            "SELECT c.key, c.links, f.key IS NOT NULL FROM claim c JOIN record r ON r.id = c.record "
            "LEFT JOIN flag f ON f.key = c.key AND f.record = c.record WHERE r.trial = ? "
            "ORDER BY r.id, NOT c.own, c.key", (number,))  # fmt: skip
        sound = [key.rpartition(":")[2] for key, links, flagged in numbers if links and not flagged]
        flags = self._base.execute(
            "SELECT f.key, r.main_id, f.reason FROM flag f JOIN record r ON r.id = f.record WHERE r.trial = ? "
            "ORDER BY f.key, r.id", (number,))  # fmt: skip
        return Trial(
            number,
            tuple(stored_record(self._base, latest) for _, latest in rows),
            tuple(dict.fromkeys(sound)),
            tuple(Flag(*row) for row in flags),
        )


def _batches(records: Iterable[TrialRecord]) -> Iterator[list[TrialRecord]]:
    stream = iter(records)
    while batch := list(islice(stream, BATCH)):
        yield batch


def _not_found(message: str, got: str) -> BadInput:
    return BadInput([Fault("not_found", message, got=got)])
