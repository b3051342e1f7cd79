"""Search a store: ranked by how well the words fit, bounded in time however common they are.

All conditions, the filters too, are one expression of the index, so the rarest drives. Ranking is what costs. Where
more than :data:`MOST_RANKED` records have the words, those with the words in their titles, conditions or interventions
are ranked, which count most anyway; where these are too many, those of them that were kept last; where they are too
few, the records that were kept last.
"""

import heapq
import sqlite3
from dataclasses import dataclass

from myotrial.registry.store.asking import Filters, read_asked
from myotrial.registry.store.ranking import Scored, find_rows, score_heads, score_rows

MOST_RANKED = 2_000
_RANKED = {
    "columns": "with the words in titles, conditions or interventions",
    "last_columns": "with the words in titles, conditions or interventions that were kept last",
    "last": "kept last",
}
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
        interventions; ``last_columns``: of these, those that were kept last. ``last``: those that were kept last.
    common
        The words that are too common in the store to count in a score, but for titles, conditions and interventions
        (where ``ranked_in`` is of these columns: words that are so common there that they do not count).
    """

    hits: tuple[Hit, ...]
    records: int | None
    ranked_in: str
    common: tuple[str, ...] = ()

    @property
    def note(self) -> str | None:
        """What a reader must know of the ranking."""
        notes = []
        if which := _RANKED.get(self.ranked_in):
            notes.append(f"more than {MOST_RANKED:,} records fit; those {which} were ranked.")
        if self.common:
            words = ", ".join(self.common)
            notes.append(f"So common that little is made of them in the ranking: {words}.")
        return " ".join((*notes, "More words or filters narrow it.")) if which else " ".join(notes) or None


def search(base: sqlite3.Connection, words: str, filters: Filters, limit: int, offset: int) -> Found:
    """Find records; see :meth:`myotrial.registry.store.store.Store.search`."""
    asked = read_asked(words, filters)
    if asked.whole is None:
        return Found((), 0, "all")
    rows = find_rows(base, "words", asked.whole, MOST_RANKED + 1)
    if len(rows) <= MOST_RANKED:
        return _found(base, score_rows(base, asked, rows), limit, offset, "all", len(rows))
    in_heads = find_rows(base, "heads", asked.whole, MOST_RANKED + 1)
    if limit + offset <= len(in_heads) <= MOST_RANKED:
        return _found(base, score_heads(base, asked, in_heads), limit, offset, "columns")
    if len(in_heads) > MOST_RANKED:
        return _found(base, score_heads(base, asked, in_heads[:-1]), limit, offset, "last_columns")
    return _found(base, score_rows(base, asked, rows[:-1]), limit, offset, "last")


def list_records(base: sqlite3.Connection, filters: Filters, limit: int, offset: int) -> Found:
    """Return the records that are in the filters, those kept last first."""
    asked = read_asked("", filters).whole
    if asked is None:
        rows = base.execute("SELECT id FROM record ORDER BY id DESC LIMIT ? OFFSET ?", (limit, offset)).fetchall()
        count = base.execute("SELECT count(*) FROM record").fetchone()[0]
    else:
        rows = base.execute(
            "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ? OFFSET ?", (asked, limit, offset)
        ).fetchall()
        count = base.execute("SELECT count(*) FROM words WHERE words MATCH ?", (asked,)).fetchone()[0]
    return Found(tuple(_hit(base, row[0], None) for row in rows), count, "all")


def _found(
    base: sqlite3.Connection, scored: Scored, limit: int, offset: int, how: str, records: int | None = None
) -> Found:
    """Return the best; of equals, those that were kept last."""
    best = heapq.nsmallest(limit + offset, ((score, -row) for row, score in scored.scores.items()))[offset:]
    common = tuple(word.strip('"*') for word in scored.common)
    return Found(tuple(_hit(base, -row, -score) for score, row in best), records, how, common)


def _hit(base: sqlite3.Connection, row: int, score: float | None) -> Hit:
    _, trial, main_id, form, title, status = base.execute(_SHOW, (row,)).fetchone()
    return Hit(main_id, form, title, status, trial, score)
