"""The tables of a store, and how a store is opened: an SQLite file that is ours, of a version that is known."""

import os
import sqlite3
import sys
from pathlib import Path

from myotrial.model.errors import BadInput, Fault
from myotrial.registry.store.content import COLUMNS, HEAD_WEIGHTS, HEADS, WEIGHTS, searched_text
from myotrial.registry.store.keeping import stored_record, write_words

APPLICATION_ID = 0x6D796F74
"""In the head of every store ("myot")."""
VERSION = 2
OLDEST_SQLITE = (3, 36, 0)
"""It lays out a database in memory (``deserialize``) and updates from a query."""
WAIT_S = 60.0
"""Seconds to wait for another process that is writing."""

_VERSION_1 = f"""
CREATE TABLE source(
    id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, name TEXT NOT NULL, bytes INTEGER NOT NULL,
    taken INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0);
CREATE TABLE record(
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, form TEXT NOT NULL, main_id TEXT NOT NULL, kind TEXT NOT NULL,
    own TEXT NOT NULL, trial INTEGER NOT NULL, latest INTEGER, title TEXT, status TEXT, UNIQUE(key, form));
CREATE INDEX record_trial ON record(trial);
CREATE INDEX record_own ON record(own);
CREATE TABLE version(
    id INTEGER PRIMARY KEY, record INTEGER NOT NULL REFERENCES record, sha256 BLOB NOT NULL UNIQUE,
    read_anew INTEGER NOT NULL DEFAULT 0, content BLOB NOT NULL);
CREATE INDEX version_record ON version(record);
CREATE TABLE seen(
    version INTEGER NOT NULL REFERENCES version, source INTEGER NOT NULL, number INTEGER NOT NULL,
    sha256 TEXT NOT NULL, refreshed TEXT, day TEXT NOT NULL,
    PRIMARY KEY(version, source, number, sha256)) WITHOUT ROWID;
CREATE TABLE claim(
    key TEXT NOT NULL, record INTEGER NOT NULL REFERENCES record, kind TEXT NOT NULL, own INTEGER NOT NULL,
    links INTEGER NOT NULL, PRIMARY KEY(key, record)) WITHOUT ROWID;
CREATE INDEX claim_record ON claim(record);
CREATE TABLE flag(
    key TEXT NOT NULL, record INTEGER NOT NULL REFERENCES record, reason TEXT NOT NULL,
    PRIMARY KEY(key, record)) WITHOUT ROWID;
CREATE INDEX flag_record ON flag(record);
CREATE TABLE fault(
    source INTEGER NOT NULL REFERENCES source, number INTEGER NOT NULL, place INTEGER NOT NULL, code TEXT NOT NULL,
    message TEXT NOT NULL, line INTEGER, at TEXT, PRIMARY KEY(source, number, place)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(
    {", ".join(COLUMNS)}, content='', tokenize='porter unicode61 remove_diacritics 2');
INSERT INTO words(words, rank) VALUES('rank', 'bm25({", ".join(map(str, WEIGHTS))})');
INSERT INTO words(words, rank) VALUES('hashsize', {1 << 24});
"""
# automerge 0: pieces of the index are merged by 16 at once and at the end of an import, not a little with every batch,
# which writes each word four times.
_VERSION_2 = f"""
CREATE VIRTUAL TABLE heads USING fts5(
    {", ".join(HEADS)}, content='', tokenize='porter unicode61 remove_diacritics 2');
INSERT INTO heads(heads, rank) VALUES('rank', 'bm25({", ".join(map(str, HEAD_WEIGHTS))})');
INSERT INTO heads(heads, rank) VALUES('hashsize', {1 << 22});
INSERT INTO words(words, rank) VALUES('automerge', 0);
INSERT INTO heads(heads, rank) VALUES('automerge', 0);
"""
MIGRATIONS = {1: _VERSION_1, 2: _VERSION_2}
"""What brings a store of the version before to this version; each is one transaction."""


def default_path() -> Path:
    """Return where a user's store lies if nothing is said: ``MYOTRIAL_STORE``, else the folder for a program's data.

    Examples
    --------
    >>> default_path().is_absolute() or "MYOTRIAL_STORE" in os.environ
    True
    """
    if named := os.environ.get("MYOTRIAL_STORE"):
        return Path(named)
    home = Path.home()
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        folder = home / "Library" / "Application Support"
    else:
        # A relative XDG_DATA_HOME is to be ignored (XDG Base Directory Specification).
        named = os.environ.get("XDG_DATA_HOME", "")
        folder = Path(named) if Path(named).is_absolute() else home / ".local" / "share"
    return folder / "myotrial" / "records.sqlite"


def connect(path: Path, *, writing: bool) -> sqlite3.Connection:
    """Open a store; where it is to be written, make it or bring it up to this version.

    Raises
    ------
    BadInput
        There is no store, the file is no store, or a newer version of myotrial wrote it.
    """
    if not writing and not path.exists():
        hint = f"myotrial record add FILE --store {path} makes one"
        raise _bad("not_found", "there is no store of records", path, hint=hint)
    try:
        if writing:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # check_same_thread: a store is passed on between threads, never shared by two at once
        base = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
    except (sqlite3.Error, OSError) as error:
        raise _bad("unreadable", f"the store cannot be opened: {error}", path) from None
    try:
        _prepare(base, path, writing=writing)
    except BaseException as error:
        base.close()
        if isinstance(error, sqlite3.DatabaseError):
            raise _told(error, path) from None
        raise
    return base


def _prepare(base: sqlite3.Connection, path: Path, *, writing: bool) -> None:
    application, version = _signs(base)
    if (application, version) != (0, 0) and application != APPLICATION_ID:
        raise _bad("not_a_store", "this SQLite file is no store of records", path)
    if version > VERSION:
        raise _newer(version, path)
    tables = int(base.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
    if version == 0 and tables:
        raise _bad("not_a_store", "this SQLite file is no store of records", path)
    if not writing and version < VERSION:
        raise _bad("not_a_store", "the store is empty or of an older version", path,
                   hint=f"myotrial record add FILE --store {path} brings it up to this version")  # fmt: skip
    base.execute("PRAGMA foreign_keys = ON")
    base.execute("PRAGMA cache_size = -65536")
    if not writing:
        base.execute("PRAGMA query_only = ON")
        return
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        message = f"the SQLite {sqlite3.sqlite_version} of this Python is too old to write a store"
        raise _bad("old_sqlite", message, path, hint="a Python from python.org or uv brings a newer one")
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = NORMAL")  # with WAL: a power cut may lose the last batches, never harm the file
    while version < VERSION:
        version = _migrate(base)
    if version > VERSION:
        raise _newer(version, path)


def _migrate(base: sqlite3.Connection) -> int:
    """Bring the store one version further; another process may have done it in the meantime."""
    base.execute("BEGIN IMMEDIATE")
    try:
        version = _signs(base)[1]
        if version < VERSION:
            for statement in MIGRATIONS[version + 1].split(";\n"):
                if statement.strip():
                    base.execute(statement)
            version += 1
            if version == 2:
                _fill_heads(base)
            base.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            base.execute(f"PRAGMA user_version = {version}")
    except BaseException:
        base.execute("ROLLBACK")
        raise
    base.execute("COMMIT")
    return version


def _fill_heads(base: sqlite3.Connection) -> None:
    """Put the records of a store of version 1 into the index of version 2."""
    for row, latest in base.execute("SELECT id, latest FROM record ORDER BY id"):
        write_words(base, row, searched_text(stored_record(base, latest)), indexes=("heads",))


def _signs(base: sqlite3.Connection) -> tuple[int, int]:
    application = int(base.execute("PRAGMA application_id").fetchone()[0])
    return application, int(base.execute("PRAGMA user_version").fetchone()[0])


def _newer(version: int, path: Path) -> BadInput:
    message = "the store was written by a newer version of myotrial"
    hint = "bring myotrial up to date, or name another store"
    fault = Fault("newer_store", message, file=str(path), got=f"version {version} of the tables",
                  expected=f"at most {VERSION}", hint=hint)  # fmt: skip
    return BadInput([fault])


def _told(error: sqlite3.DatabaseError, path: Path) -> BadInput:
    if "not a database" in str(error):
        return _bad("not_a_store", "this file is no store of records", path)
    return _bad("unreadable", f"the store cannot be used: {error}", path)


def _bad(code: str, message: str, path: Path, hint: str | None = None) -> BadInput:
    return BadInput([Fault(code, message, file=str(path), hint=hint)])
