"""Write batches into a store in a thread of its own, each whole or not at all."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from myotrial.registry.store.keeping import BATCH_NAME, INDEXES, Taken

_MERGE_PAGES = 2000


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
        self.base.execute(f"ATTACH ':memory:' AS {BATCH_NAME}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()  # what was begun is written, whatever stopped the rest
        try:
            if error is None:
                self.wait()
        finally:
            self.base.execute(f"DETACH {BATCH_NAME}")

    def write(self, job: Callable[[], Taken]) -> None:
        """Begin a batch, when the one before is written."""
        self.wait()
        self._running = self._pool.submit(job)

    def wait(self) -> None:
        """Wait until everything is written; raise what went wrong."""
        running, self._running = self._running, None
        if running is not None:
            self.taken.add(running.result())


def merge_index(base: sqlite3.Connection) -> None:
    """Make one piece of each index, a few pages at a time: another process need not wait long; it may be killed."""
    for index in INDEXES:
        pages = -_MERGE_PAGES
        while _merges(base, index, pages):
            pages = _MERGE_PAGES


def _merges(base: sqlite3.Connection, index: str, pages: int) -> bool:
    before = base.total_changes
    base.execute(f"INSERT INTO {index}({index}, rank) VALUES('merge', ?)", (pages,))
    return base.total_changes - before >= 2
