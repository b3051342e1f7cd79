"""Find records in the indexes, and score them: by BM25, but for words so common that they say little.

Of each word that it scores, BM25 first counts in how many records of the whole store it stands, which takes longer than
all the rest where that is most of them; and the word's weight is next to nothing then (nothing from half of the records
on). So a common word is looked for, and not scored: but in the heads of the records, where it may be rarer.
"""

import json
import sqlite3
from dataclasses import dataclass

from myotrial.registry.store.asking import Asked

COMMON = 0.25
"""A word in a greater part of the records than this is common; ours."""
SAMPLE = 2_000
"""The part is that of so many records, those that were kept last."""
COMMON_FROM = 20_000
"""Records from which on a store has common words; below, every word is scored."""
IN_HEAD = 1e-6
"""What a record gains by having the words in its head that are common there too: less than any score."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Records and their scores, the best with the least; and the words that were not scored everywhere."""

    scores: dict[int, float]
    common: tuple[str, ...] = ()


def find_rows(base: sqlite3.Connection, index: str, asked: str, most: int) -> list[int]:
    """Return so many records that fit, at most, those kept last first. To find them is cheap, to rank them is not."""
    text = f"SELECT rowid FROM {index} WHERE {index} MATCH ? ORDER BY rowid DESC LIMIT ?"  # noqa: S608
    return [row for (row,) in base.execute(text, (asked, most))]


def score_rows(base: sqlite3.Connection, asked: Asked, rows: list[int]) -> Scored:
    """Score records that have all the words: each word wherever it stands, a common one in the head of a record."""
    scores = dict.fromkeys(rows, 0.0)
    if not rows:
        return Scored(scores)
    common = tuple(word for word in asked.words if _is_common(base, "words", word))
    in_heads = [word for word in common if _is_common(base, "heads", word)]
    if rare := [word for word in asked.words if word not in common]:
        _add_scores(base, "words", asked.all_of(rare), scores)
    if less_common := [word for word in common if word not in in_heads]:
        _add_scores(base, "heads", asked.any_of(less_common), scores)
    if in_heads:
        _add_scores(base, "heads", asked.all_of(in_heads), scores, f"-{IN_HEAD}")
    return Scored(scores, common)


def score_heads(base: sqlite3.Connection, asked: Asked, rows: list[int]) -> Scored:
    """Score records that have all the words in their heads, by their heads alone."""
    scores = dict.fromkeys(rows, 0.0)
    common = tuple(word for word in asked.words if _is_common(base, "heads", word))
    if rare := [word for word in asked.words if word not in common]:
        _add_scores(base, "heads", asked.all_of(rare), scores)
    return Scored(scores, common)


def _add_scores(
    base: sqlite3.Connection, index: str, asked: str, scores: dict[int, float], score: str = "rank"
) -> None:
    """Add BM25, or a constant, to the scores of those records that fit."""
    # The plus keeps SQLite from asking the index once for every row.
    text = (f"SELECT rowid, {score} FROM {index} WHERE {index} MATCH ? AND rowid BETWEEN ? AND ? "  # noqa: S608
            "AND +rowid IN (SELECT value FROM json_each(?))")  # fmt: skip
    for row, gain in base.execute(text, (asked, min(scores), max(scores), json.dumps(list(scores)))):
        scores[row] += gain


def _is_common(base: sqlite3.Connection, index: str, word: str) -> bool:
    last = base.execute("SELECT max(id) FROM record").fetchone()[0]
    if last < COMMON_FROM:
        return False
    text = f"SELECT count(*) FROM {index} WHERE {index} MATCH ? AND rowid > ?"  # noqa: S608
    return int(base.execute(text, (word, last - SAMPLE)).fetchone()[0]) > COMMON * SAMPLE
