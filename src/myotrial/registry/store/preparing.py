"""Work out everything of a record before the store is locked, and lay a batch of them out as tables.

A batch is a small database in memory. The store then takes it with a few statements over all its rows, which SQLite
runs outside Python's lock, while the next batch is prepared.
"""

import sqlite3
from dataclasses import dataclass, field

from myotrial.registry.identifiers import key_of
from myotrial.registry.record import TrialRecord
from myotrial.registry.store.content import COLUMNS, content_of, pack, searched_text
from myotrial.registry.store.linking import Claim, claims_of

IN_HAND = 0
"""The source of records that came from no file."""

_PAGE = 16384
_TABLES = f"""
CREATE TABLE entry(
    n INTEGER PRIMARY KEY, source, number, key, form, main_id, kind, own, title, status, sha256, copy, refreshed,
    record, version, new_record DEFAULT 0, new_version DEFAULT 0, read_anew DEFAULT 0);
CREATE TABLE body(n INTEGER PRIMARY KEY, content, {", ".join(COLUMNS)});
CREATE TABLE claimed(n, key, kind, own, links);
"""
_ENTRY = f"INSERT INTO entry VALUES({', '.join('?' * 13)}, NULL, NULL, 0, 0, 0)"
_BODY = f"INSERT INTO body VALUES(?, ?, {', '.join('?' * len(COLUMNS))})"
_CLAIMED = "INSERT INTO claimed VALUES(?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record, and everything that can be worked out before the store is locked."""

    record: TrialRecord
    key: str
    content: bytes
    sha256: bytes
    refreshed: str | None
    text: tuple[str, ...]
    claims: list[Claim]

    @property
    def shown(self) -> tuple[str | None, str | None]:
        """Its title and status in lists."""
        return self.record.public_title or self.record.scientific_title, self.record.recruitment_status


def prepare(record: TrialRecord) -> Prepared:
    """Work out what a store keeps of a record."""
    content, digest = content_of(record)
    refreshed = record.date_last_refreshed
    return Prepared(
        record,
        key_of(record.main_id or ""),
        pack(content),
        digest,
        refreshed.model_dump_json(exclude_defaults=True) if refreshed else None,
        searched_text(record),
        claims_of(record),
    )


@dataclass(slots=True)
class Entries:
    """Records that are prepared and not yet written, each with its source and its number there."""

    prepared: list[Prepared] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)

    def add(self, prepared: Prepared, source: int, number: int) -> None:
        """Put a record behind the others."""
        self.prepared.append(prepared)
        self.places.append((source, number))

    def laid_out(self) -> bytes:
        """Return the records as a database of three tables; ``n`` is a record's place, counted from nought."""
        base = sqlite3.connect(":memory:", isolation_level=None)
        try:
            base.execute(f"PRAGMA page_size = {_PAGE}")
            base.executescript(f"PRAGMA journal_mode = OFF; BEGIN; {_TABLES}")
            base.executemany(_ENTRY, map(_entry, range(len(self.prepared)), self.prepared, self.places))
            base.executemany(_BODY, ((n, each.content, *each.text) for n, each in enumerate(self.prepared)))
            base.executemany(_CLAIMED, ((n, *claim) for n, each in enumerate(self.prepared) for claim in each.claims))
            base.execute("COMMIT")
            return base.serialize()
        finally:
            base.close()


def _entry(n: int, new: Prepared, place: tuple[int, int]) -> tuple[object, ...]:
    record = new.record
    own, kind = new.claims[0][:2]
    return (n, *place, new.key, record.form, record.main_id, kind, own, *new.shown, new.sha256, record.sha256,
            new.refreshed)  # fmt: skip
