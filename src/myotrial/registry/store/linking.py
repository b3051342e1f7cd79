"""Lay the records of one trial together by the numbers they name, and flag a number that would join two trials.

A record claims its own number, and names others. Records that claim or name one number are of one trial, and so on
from number to number. A trial has one number of each kind. So a number does not link

- where a record names another number of its own register (a parent study, an extension, an old number), and
- where records of one register with different numbers name it; and
- where links that look sound one by one join two records of one register all together, none of them links.

Each of these is flagged. The outcome depends on the records alone, never on the order in which they came.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from myotrial.registry.identifiers import other_identifiers, own_identifier
from myotrial.registry.record import TrialRecord

MOST_CLAIMS = 400
"""A number that more records name is a placeholder: it links none of them."""
OWN_REGISTER = "the record names another number of its own register"
SHARED = "records of one register with different numbers name it"
CHAIN = "together with other links it would join two records of one register"

Claim = tuple[str, str, int, int]

_CLAIMANTS = """SELECT c.record, c.own, r.kind, r.own, r.trial FROM claim c JOIN record r ON r.id = c.record
    WHERE c.key = ? AND c.links LIMIT ?"""
_OF_NEW = "FROM batch.claimed c JOIN batch.entry e ON e.n = c.n WHERE e.new_record"
_CLAIM = f"INSERT OR IGNORE INTO main.claim SELECT c.key, e.record, c.kind, c.own, c.links {_OF_NEW} ORDER BY c.key"
_FLAG = f"INSERT OR IGNORE INTO main.flag SELECT c.key, e.record, ? {_OF_NEW} AND NOT c.links"
_SHARED_KEYS = f"""SELECT json_group_array(DISTINCT c.key) {_OF_NEW} AND EXISTS (
    SELECT 1 FROM main.claim o WHERE o.key = c.key AND o.record <> e.record AND o.links)"""  # noqa: S608  (no word of a user's)
_SHARING = f"""SELECT json_group_array(DISTINCT e.record) {_OF_NEW}
    AND c.key IN (SELECT value FROM json_each(?))"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class _Claimant:
    record: int
    is_own: bool
    kind: str
    own: str
    trial: int


def own_key(record: TrialRecord) -> tuple[str, str]:
    """Return the kind and the number that a record is of; a number of no known grammar holds in its register alone.

    Examples
    --------
    >>> own_key(TrialRecord(form="f", sha256="0", main_id="X1", source_register="Invented"))
    ('other:Invented', 'other:Invented:X1')
    """
    own = own_identifier(record)
    return own.kind, f"{own.kind}:{own.key}" if own.kind.startswith("other:") else own.key


def claims_of(record: TrialRecord) -> list[Claim]:
    """Return the numbers that a record goes by and names: number, kind, whether it is its own, whether it links.

    Examples
    --------
    >>> claims_of(TrialRecord(form="f", sha256="0", main_id="NCT04044690", secondary_ids=("2018-003171-35",)))
    [('NCT04044690', 'NCT', 1, 1), ('2018-003171-35', 'EUDRACT', 0, 1)]
    """
    kind, own = own_key(record)
    return [(own, kind, 1, 1)] + [(o.key, o.kind, 0, int(o.kind != kind)) for o in other_identifiers(record)]


def claim_new(base: sqlite3.Connection) -> set[int]:
    """Write the claims of a batch's new records; return the records whose trial may be another one now."""
    base.execute(_CLAIM)
    base.execute(_FLAG, (OWN_REGISTER,))  # of those that nobody else names, as almost all are: nothing to look up
    shared = json.loads(base.execute(_SHARED_KEYS).fetchone()[0])
    touched = set(json.loads(base.execute(_SHARING, (json.dumps(shared),)).fetchone()[0])) if shared else set()
    return touched.union(*({found.record for found in _claimants(base, key)} for key in shared))


def replace_claims(base: sqlite3.Connection, number: int, claims: Iterable[Claim]) -> set[int]:
    """Replace the claims of a record; return the records whose trial may be another one now."""
    rows = [(key, number, kind, own, links) for key, kind, own, links in claims]
    before = [key for (key,) in base.execute("SELECT key FROM claim WHERE record = ?", (number,))]
    base.execute("DELETE FROM claim WHERE record = ?", (number,))
    base.executemany("INSERT OR IGNORE INTO claim VALUES(?, ?, ?, ?, ?)", rows)
    keys = {*before, *(row[0] for row in rows)}
    return {number}.union(*({found.record for found in _claimants(base, key)} for key in keys))


def link(base: sqlite3.Connection, touched: Iterable[int]) -> None:
    """Find the trials of the records that may have another one now."""
    open_ = set(touched)
    for number in tuple(open_):
        open_ |= {member for (member,) in base.execute(
            "SELECT m.id FROM record r JOIN record m ON m.trial = r.trial WHERE r.id = ?", (number,))}  # fmt: skip
    while open_:
        records, through = _component(base, min(open_))
        open_ -= records
        _write(base, records, through)


def _component(base: sqlite3.Connection, start: int) -> tuple[set[int], set[str]]:
    """Return the records that a record is linked with, and the numbers through which it is."""
    records, through = {start}, set()
    stack = [start]
    while stack:
        number = stack.pop()
        for key, is_own in base.execute("SELECT key, own FROM claim WHERE record = ? AND links", (number,)).fetchall():
            claimants = _claimants(base, key)
            disputed = _is_disputed(claimants)
            linked = {c.record for c in claimants if not disputed or (is_own and c.is_own)}
            if linked - {number} and not disputed:
                through.add(key)
            stack += linked - records
            records |= linked
    return records, through


def _claimants(base: sqlite3.Connection, key: str) -> list[_Claimant]:
    return [_Claimant(row[0], bool(row[1]), *row[2:]) for row in base.execute(_CLAIMANTS, (key, MOST_CLAIMS + 1))]


def _is_disputed(claimants: list[_Claimant]) -> bool:
    pairs = {(found.kind, found.own) for found in claimants}
    return len(claimants) > MOST_CLAIMS or len(pairs) > len({kind for kind, _ in pairs})


def _write(base: sqlite3.Connection, records: set[int], through: set[str]) -> None:
    """Write the trial of each record, and the flags."""
    marks = ", ".join("?" * len(records))
    rows = base.execute(f"SELECT id, kind, own FROM record WHERE id IN ({marks})", tuple(records)).fetchall()  # noqa: S608
    pairs = {(kind, own) for _, kind, own in rows}
    chained = len(pairs) > len({kind for kind, _ in pairs})
    groups: dict[str, int] = {}
    for number, _, own in sorted(rows):
        trial = groups.setdefault(own if chained else "", number)
        base.execute("UPDATE record SET trial = ? WHERE id = ? AND trial <> ?", (trial, number, trial))
    base.execute(f"DELETE FROM flag WHERE record IN ({marks})", tuple(records))  # noqa: S608
    flags = []
    for number, _, own in rows:
        for key, links in base.execute("SELECT key, links FROM claim WHERE record = ?", (number,)).fetchall():
            if not links:
                flags.append((key, number, OWN_REGISTER))
            elif key != own and _is_disputed(_claimants(base, key)):
                flags.append((key, number, SHARED))
            elif key != own and chained and key in through:
                flags.append((key, number, CHAIN))
    base.executemany("INSERT INTO flag VALUES(?, ?, ?)", flags)
