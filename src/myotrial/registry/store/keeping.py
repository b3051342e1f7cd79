"""Write records into a store: each version once, each sighting of it, the index and the links."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from myotrial.registry.dates import PartialDate
from myotrial.registry.identifiers import key_of
from myotrial.registry.record import TrialRecord
from myotrial.registry.store.content import COLUMNS, content_of, pack, record_from, searched_text
from myotrial.registry.store.linking import Claim, claims_of, link, write_claims

IN_HAND = 0
"""The source of records that came from no file."""

_NAMES = ", ".join(COLUMNS)
_MARKS = ", ".join("?" * len(COLUMNS))
_INSERT = f"INSERT INTO words(rowid, {_NAMES}) VALUES(?, {_MARKS})"
_DELETE = f"INSERT INTO words(words, rowid, {_NAMES}) VALUES('delete', ?, {_MARKS})"
_MERGE_PAGES = 2000


@dataclass(slots=True)
class Taken:
    """What became of the records that were taken in.

    Attributes
    ----------
    records
        How many there were.
    new, changed, known
        Records of a trial number and form that were not there; new versions of such; versions that were there.
    """

    records: int = 0
    new: int = 0
    changed: int = 0
    known: int = 0

    def add(self, more: "Taken") -> None:
        """Count what more records became."""
        self.records += more.records
        self.new += more.new
        self.changed += more.changed
        self.known += more.known


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record, and everything that can be worked out before the store is locked."""

    record: TrialRecord
    content: bytes
    sha256: bytes
    refreshed: str | None
    text: tuple[str, ...]
    claims: list[Claim]


def prepare(record: TrialRecord) -> Prepared:
    """Work out what a store keeps of a record."""
    content, digest = content_of(record)
    refreshed = record.date_last_refreshed
    refreshed_as = refreshed.model_dump_json(exclude_defaults=True) if refreshed else None
    return Prepared(record, pack(content), digest, refreshed_as, searched_text(record), claims_of(record))


@contextmanager
def writing(base: sqlite3.Connection) -> Iterator[None]:
    """Hold the store for one transaction: all of it is written, or nothing."""
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        base.execute("ROLLBACK")
        raise
    base.execute("COMMIT")


class Keeper:
    """Writes records inside one transaction."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self.base = base
        self.taken = Taken()
        self.day = datetime.now(tz=UTC).date().isoformat()
        self._touched: set[int] = set()
        self._last: dict[str, int] = {}

    def keep(self, records: Iterable[tuple[Prepared, int, int]]) -> Taken:
        """Write records; each comes with its source and its number there."""
        for prepared, source, number in records:
            self._keep(prepared, source, number)
        if self._touched:
            link(self.base, self._touched)
        return self.taken

    def _keep(self, new: Prepared, source: int, number: int) -> None:
        self.taken.records += 1
        known = self.base.execute("SELECT id, record FROM version WHERE sha256 = ?", (new.sha256,)).fetchone()
        if known:
            self.taken.known += 1
            version, row = known
            if self._see(version, source, number, new):
                self._settle(row, new, version)
            return
        key = key_of(new.record.main_id or "")
        found = self.base.execute("SELECT id FROM record WHERE key = ? AND form = ?", (key, new.record.form)).fetchone()
        if found is None:
            self._keep_new(key, new, source, number)
            return
        self.taken.changed += 1
        version = self._add_version(found[0], new)
        self._see(version, source, number, new)
        self._settle(found[0], new, version)

    def _keep_new(self, key: str, new: Prepared, source: int, number: int) -> None:
        """Write a record that was not there in any version."""
        self.taken.new += 1
        row, version = self._next("record"), self._next("version")
        own, kind = new.claims[0][:2]
        self.base.execute(
            "INSERT INTO record VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (row, key, new.record.form, new.record.main_id, kind, own, row, version, *_shown(new.record)),
        )
        self.base.execute("INSERT INTO version VALUES(?, ?, ?, 0, ?)", (version, row, new.sha256, new.content))
        self._see(version, source, number, new)
        self.base.execute(_INSERT, (row, *new.text))
        self._touched |= write_claims(self.base, row, new.claims, is_new=True)

    def _next(self, table: str) -> int:
        """Return the number of the next row of a table; nobody else writes in the meantime."""
        if table not in self._last:
            text = f"SELECT coalesce(max(id), 0) FROM {table}"  # noqa: S608  (the name is ours)
            self._last[table] = int(self.base.execute(text).fetchone()[0])
        self._last[table] += 1
        return self._last[table]

    def _add_version(self, row: int, new: Prepared) -> int:
        """Write a version; say whether its source had been read before, into other content."""
        anew = self.base.execute(
            "SELECT 1 FROM version v JOIN seen s ON s.version = v.id WHERE v.record = ? AND s.sha256 = ?",
            (row, new.record.sha256),
        ).fetchone()
        version = self._next("version")
        self.base.execute(
            "INSERT INTO version VALUES(?, ?, ?, ?, ?)", (version, row, new.sha256, int(bool(anew)), new.content)
        )
        return version

    def _see(self, version: int, source: int, number: int, new: Prepared) -> bool:
        """Write where a version was seen; whether that is news."""
        done = self.base.execute(
            "INSERT OR IGNORE INTO seen VALUES(?, ?, ?, ?, ?, ?)",
            (version, source, number, new.record.sha256, new.refreshed, self.day),
        )
        return done.rowcount > 0

    def _settle(self, row: int, new: Prepared, version: int) -> None:
        """Show the latest version of a record, where that is another one now."""
        shown = self.base.execute("SELECT latest FROM record WHERE id = ?", (row,)).fetchone()[0]
        latest = self._latest(row)
        if latest == shown:
            return
        old = stored_record(self.base, shown)
        self.base.execute(_DELETE, (row, *searched_text(old)))
        now = new if latest == version else prepare(stored_record(self.base, latest))
        self.base.execute(
            "UPDATE record SET latest = ?, main_id = ?, title = ?, status = ? WHERE id = ?",
            (latest, now.record.main_id, *_shown(now.record), row),
        )
        self.base.execute(_INSERT, (row, *now.text))
        self._touched |= write_claims(self.base, row, now.claims, is_new=False)

    def _latest(self, row: int) -> int:
        """Return the version with the last date of refreshing, or without dates the one seen last."""
        seen = self.base.execute(
            "SELECT s.refreshed, s.source, s.number, v.id FROM version v JOIN seen s ON s.version = v.id "
            "WHERE v.record = ?", (row,)).fetchall()  # fmt: skip
        return int(max((_iso(refreshed), *place) for refreshed, *place in seen)[-1])


def _shown(record: TrialRecord) -> tuple[str | None, str | None]:
    return record.public_title or record.scientific_title, record.recruitment_status


class Writer:
    """Writes batches in a thread of its own, one at a time, while the next one is read and prepared.

    SQLite works outside Python's lock, so the two share a machine's cores. Between ``write`` and ``wait`` the
    connection is the thread's.
    """

    def __init__(self, base: sqlite3.Connection) -> None:
        self.base = base
        self.taken = Taken()
        self._pool = ThreadPoolExecutor(1)
        self._running: Future[Taken] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()  # what was begun is written, whatever stopped the rest
        if error is None:
            self.wait()

    def write(self, job: Callable[[], Taken]) -> None:
        """Begin a batch, when the one before is written."""
        self.wait()
        self._running = self._pool.submit(job)

    def wait(self) -> None:
        """Wait until everything is written; raise what went wrong."""
        running, self._running = self._running, None
        if running is not None:
            self.taken.add(running.result())


def stored_record(base: sqlite3.Connection, version: int) -> TrialRecord:
    """Return the record of a version, as the copy that was seen first had it."""
    content, digest, number, refreshed = base.execute(
        "SELECT v.content, s.sha256, s.number, s.refreshed FROM version v JOIN seen s ON s.version = v.id "
        "WHERE v.id = ? ORDER BY s.source, s.number LIMIT 1", (version,)).fetchone()  # fmt: skip
    return record_from(content, digest, number or None, refreshed)


def merge_index(base: sqlite3.Connection) -> None:
    """Make one piece of the index, a few pages at a time: another process need not wait long, and it may be killed."""
    pages = -_MERGE_PAGES
    while True:
        before = base.total_changes
        base.execute("INSERT INTO words(words, rank) VALUES('merge', ?)", (pages,))
        if base.total_changes - before < 2:
            return
        pages = _MERGE_PAGES


def _iso(refreshed: str | None) -> str:
    if refreshed is None:
        return ""
    date = PartialDate.model_validate(json.loads(refreshed))
    return str(date) if date.year is not None else ""
