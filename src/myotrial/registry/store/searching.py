"""Search a store: ranked by how well the words fit, bounded in time however common they are.

All conditions, the filters too, are one expression of the index, so the rarest drives. Ranking is what costs. Where
more than :data:`MOST_RANKED` records have the words, those with the words in their titles, conditions or interventions
are ranked, which count most anyway; where these are too many or too few, the records that were kept last.
"""

import heapq
import sqlite3
from dataclasses import dataclass

from myotrial.registry.store.asking import Filters, expression

MOST_RANKED = 5_000
_TIERS = (("ids", "title", "conditions", "interventions"), ("ids", "title"))
_SHOW = "SELECT id, trial, main_id, form, title, status FROM record WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found.

    Attributes
    ----------
    main_id, form, title, status
        Of its latest version.
    trial
        The number of the trial in this store; records with the same number are of one trial.
    score
        How well it fits; higher is better, and it compares hits of one search alone. ``None`` without words.
    """

    main_id: str
    form: str
    title: str | None
    status: str | None
    trial: int
    score: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes
    ----------
    hits
        The best of them.
    records
        How many records fit; ``None`` where they are more than :data:`MOST_RANKED`.
    ranked_in
        ``all``: every record that fits was ranked. ``columns``: those with the words in their titles, conditions or
        interventions. ``last``: those that were kept last.
    """

    hits: tuple[Hit, ...]
    records: int | None
    ranked_in: str

    @property
    def note(self) -> str | None:
        """What a reader must know of the ranking."""
        if self.ranked_in == "all":
            return None
        which = "with the words in titles, conditions or interventions" if self.ranked_in == "columns" else "kept last"
        return f"more than {MOST_RANKED:,} records fit; those {which} were ranked. More words or filters narrow it."


def search(base: sqlite3.Connection, words: str, filters: Filters, limit: int, offset: int) -> Found:
    """Find records; see :meth:`myotrial.registry.store.store.Store.search`."""
    asked = expression(words, filters)
    if asked is None:
        return Found((), 0, "all")
    ranked = _rank(base, asked)
    if len(ranked) <= MOST_RANKED:
        return Found(_hits(base, ranked, limit, offset), len(ranked), "all")
    for columns in _TIERS:
        narrow = expression(words, filters, columns) or asked
        ranked = _rank(base, narrow)
        if limit + offset <= len(ranked) <= MOST_RANKED:
            return Found(_hits(base, ranked, limit, offset), None, "columns")
        if len(ranked) <= MOST_RANKED:
            break
        asked = narrow
    return Found(_hits(base, _rank(base, asked, last=True), limit, offset), None, "last")


def list_records(base: sqlite3.Connection, filters: Filters, limit: int, offset: int) -> Found:
    """Return the records that are in the filters, those kept last first."""
    asked = expression("", filters)
    if asked is None:
        rows = base.execute("SELECT id FROM record ORDER BY id DESC LIMIT ? OFFSET ?", (limit, offset)).fetchall()
        count = base.execute("SELECT count(*) FROM record").fetchone()[0]
    else:
        rows = base.execute(
            "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ? OFFSET ?", (asked, limit, offset)
        ).fetchall()
        count = base.execute("SELECT count(*) FROM words WHERE words MATCH ?", (asked,)).fetchone()[0]
    return Found(tuple(_hit(base, row[0], None) for row in rows), count, "all")


def _rank(base: sqlite3.Connection, asked: str, *, last: bool = False) -> list[tuple[float, int]]:
    """Score the records in one pass, up to one more than are ranked; the best have the least numbers."""
    order = "ORDER BY rowid DESC " if last else ""
    text = f"SELECT rank, rowid FROM words WHERE words MATCH ? {order}LIMIT ?"  # noqa: S608  (no word of a user's)
    return base.execute(text, (asked, MOST_RANKED if last else MOST_RANKED + 1)).fetchall()


def _hits(base: sqlite3.Connection, ranked: list[tuple[float, int]], limit: int, offset: int) -> tuple[Hit, ...]:
    best = heapq.nsmallest(limit + offset, ranked)[offset:]
    return tuple(_hit(base, row, -score) for score, row in best)


def _hit(base: sqlite3.Connection, row: int, score: float | None) -> Hit:
    _, trial, main_id, form, title, status = base.execute(_SHOW, (row,)).fetchone()
    return Hit(main_id, form, title, status, trial, score)
