"""Take a batch of records into a store: each version once, each sighting of it, the index and the links.

The outcome is that of taking the records one by one, in their order, however they are cut into batches.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from myotrial.registry.dates import PartialDate
from myotrial.registry.record import TrialRecord
from myotrial.registry.store.content import COLUMNS, HEADS, head_of, record_from, searched_text
from myotrial.registry.store.linking import claim_new, link, replace_claims
from myotrial.registry.store.preparing import Entries, Prepared, prepare

BATCH_NAME = "batch"
"""What the batch is called beside the store's own tables."""

INDEXES = {"words": COLUMNS, "heads": HEADS}
"""The two indexes and their columns."""

_KNOWN_VERSION = """UPDATE batch.entry SET (version, record) =
    (SELECT v.id, v.record FROM main.version v WHERE v.sha256 = entry.sha256)"""
_KNOWN_RECORD = """UPDATE batch.entry SET record =
    (SELECT r.id FROM main.record r WHERE r.key = entry.key AND r.form = entry.form) WHERE version IS NULL"""
_NUMBER = """UPDATE batch.entry SET {what} = f.id, new_{what} = f.is_first FROM (
        SELECT n, dense_rank() OVER (ORDER BY first) + (SELECT coalesce(max(id), 0) FROM main.{what}) AS id,
            n = first AS is_first
        FROM (SELECT n, min(n) OVER (PARTITION BY {same}) AS first FROM batch.entry WHERE {what} IS NULL)
    ) f WHERE f.n = entry.n"""
_NUMBER_VERSIONS = _NUMBER.format(what="version", same="sha256")
_NUMBER_RECORDS = _NUMBER.format(what="record", same="key, form")
_COUNTS = """SELECT count(*), coalesce(sum(new_record), 0), coalesce(sum(new_version AND NOT new_record), 0),
    coalesce(sum(NOT new_version), 0) FROM batch.entry"""
# One row, not one each: with every row a thread must wait for Python's lock anew.
_UNSETTLED = """SELECT json_group_array(DISTINCT e.record) FROM batch.entry e WHERE NOT e.new_record AND NOT EXISTS (
    SELECT 1 FROM main.seen s
    WHERE s.version = e.version AND s.source = e.source AND s.number = e.number AND s.sha256 = e.copy)"""
_READ_ANEW = """UPDATE batch.entry SET read_anew = 1 WHERE new_version AND NOT new_record AND (
    EXISTS (SELECT 1 FROM main.version v JOIN main.seen s ON s.version = v.id
            WHERE v.record = entry.record AND s.sha256 = entry.copy)
    OR EXISTS (SELECT 1 FROM batch.entry e WHERE e.record = entry.record AND e.n < entry.n AND e.copy = entry.copy))"""
_RECORDS = """INSERT INTO main.record SELECT record, key, form, main_id, kind, own, record, version, title, status
    FROM batch.entry WHERE new_record"""
_VERSIONS = """INSERT INTO main.version SELECT e.version, e.record, e.sha256, e.read_anew, b.content
    FROM batch.entry e CROSS JOIN batch.body b ON b.n = e.n WHERE e.new_version"""
_SIGHTINGS = """INSERT OR IGNORE INTO main.seen SELECT version, source, number, copy, refreshed, ? FROM batch.entry"""
_INDEX = """INSERT INTO main.{index}(rowid, {names}) SELECT e.record, {texts}
    FROM batch.entry e CROSS JOIN batch.body b ON b.n = e.n WHERE e.new_record"""


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


class Keeper:
    """Writes one batch inside one transaction, of a store beside which :data:`BATCH_NAME` is attached."""

    def __init__(self, base: sqlite3.Connection, entries: Entries) -> None:
        self.base, self.entries = base, entries
        self.day = datetime.now(tz=UTC).date().isoformat()

    def keep(self) -> Taken:
        """Write what is left of the batch; return what became of it."""
        for statement in (_KNOWN_VERSION, _KNOWN_RECORD, _NUMBER_VERSIONS, _NUMBER_RECORDS):
            self.base.execute(statement)
        unsettled = json.loads(self.base.execute(_UNSETTLED).fetchone()[0])
        if unsettled:
            self.base.execute("CREATE INDEX batch.entry_record ON entry(record)")
            self.base.execute("CREATE INDEX batch.entry_version ON entry(version)")
            self.base.execute(_READ_ANEW)
        self.base.execute(_RECORDS)
        self.base.execute(_VERSIONS)
        self.base.execute(_SIGHTINGS, (self.day,))
        for index, columns in INDEXES.items():
            texts = ", ".join(f"b.{name}" for name in columns)
            self.base.execute(_INDEX.format(index=index, names=", ".join(columns), texts=texts))
        touched = claim_new(self.base)
        for row in sorted(unsettled):
            touched |= self._settle(row)
        if touched:
            link(self.base, touched)
        return Taken(*self.base.execute(_COUNTS).fetchone())

    def _settle(self, row: int) -> set[int]:
        """Show the latest version of a record, where that is another one now; return whose trial may have changed."""
        shown = self.base.execute("SELECT latest FROM record WHERE id = ?", (row,)).fetchone()[0]
        latest = self._latest(row)
        if latest == shown:
            return set()
        write_words(self.base, row, searched_text(stored_record(self.base, shown)), delete=True)
        now = self._prepared(latest)
        self.base.execute(
            "UPDATE record SET latest = ?, main_id = ?, title = ?, status = ? WHERE id = ?",
            (latest, now.record.main_id, *now.shown, row),
        )
        write_words(self.base, row, now.text)
        return replace_claims(self.base, row, now.claims)

    def _prepared(self, version: int) -> Prepared:
        found = self.base.execute("SELECT n FROM batch.entry WHERE version = ?", (version,)).fetchone()
        return self.entries.prepared[found[0]] if found else prepare(stored_record(self.base, version))

    def _latest(self, row: int) -> int:
        """Return the version with the last date of refreshing, or without dates the one seen last."""
        seen = self.base.execute(
            "SELECT s.refreshed, s.source, s.number, v.id FROM version v JOIN seen s ON s.version = v.id "
            "WHERE v.record = ?", (row,)).fetchall()  # fmt: skip
        return int(max((_iso(refreshed), *place) for refreshed, *place in seen)[-1])


def write_words(
    base: sqlite3.Connection, row: int, text: tuple[str, ...], *, indexes: Iterable[str] = INDEXES, delete: bool = False
) -> None:
    """Put the text of a record into the indexes, or take it out of them; they keep no copy of it to take out."""
    for index in indexes:
        values = text if index == "words" else head_of(text)
        names = (f"{index}, rowid" if delete else "rowid", *INDEXES[index])
        marks = ("'delete', ?" if delete else "?", *("?" for _ in values))
        base.execute(f"INSERT INTO {index}({', '.join(names)}) VALUES({', '.join(marks)})", (row, *values))


def stored_record(base: sqlite3.Connection, version: int) -> TrialRecord:
    """Return the record of a version, as the copy that was seen first had it."""
    content, digest, number, refreshed = base.execute(
        "SELECT v.content, s.sha256, s.number, s.refreshed FROM version v JOIN seen s ON s.version = v.id "
        "WHERE v.id = ? ORDER BY s.source, s.number LIMIT 1", (version,)).fetchone()  # fmt: skip
    return record_from(content, digest, number or None, refreshed)


def _iso(refreshed: str | None) -> str:
    if refreshed is None:
        return ""
    date = PartialDate.model_validate(json.loads(refreshed))
    return str(date) if date.year is not None else ""
