"""What of a record is kept: its words as JSON, their sum, the text that is searched, the marks that are filtered by."""

import re
import zlib
from collections.abc import Iterable
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from pydantic_core import from_json

from myotrial.model.data import load_data
from myotrial.registry.identifiers import kind_named, own_identifier
from myotrial.registry.record import TrialRecord

COLUMNS = ("ids", "title", "conditions", "interventions", "criteria", "outcomes", "marks")
"""The columns of the index. A change here, or of :func:`searched_text`, needs a new version of the schema."""
WEIGHTS = (8.0, 8.0, 6.0, 4.0, 1.0, 2.0, 0.0)
"""How much a word counts in each column; ours."""
HEADS = ("ids", "title", "conditions", "interventions", "marks")
"""The columns that have an index of their own too: few words, so a word that is common elsewhere costs little there."""
HEAD_WEIGHTS = tuple(dict(zip(COLUMNS, WEIGHTS, strict=True))[name] for name in HEADS)
MARK = "\ue000"
"""A private sign around each mark. Words that are typed in lose it, so no word can be taken for a mark."""

_OF_THE_COPY: dict[str, Any] = {"sha256": True, "number": True, "date_last_refreshed": True}
_PLACE = {"start": True, "end": True, "line": True, "anchors": True}
_PLACES: dict[str, Any] = {
    "lost_comparators": True,
    "lost_powers": True,
    "left_out": True,
    "criteria": {"inclusion": _PLACE, "exclusion": _PLACE, "other": {"__all__": _PLACE}},
    "outcomes": {"__all__": {"start": True, "end": True}},
    "unread": {"__all__": _PLACE},
}
_LONG = 8192
_DEFLATED = b"\x78"
_WORD = re.compile(r"[^\W_]+")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_YES = re.compile(r"phase (i{1,3}|iv)\)\s*:\s*yes")
_PHASE = re.compile(r"(early\s+)?(?:phase\s*)?(?<![a-z0-9])([0-4]|iv|i{1,3})[abc]?(?![a-z0-9])")
_NOT_APPLICABLE = ("n/a", "na", "not applicable", "not selected")


def content_of(record: TrialRecord) -> tuple[bytes, bytes]:
    """Return a record's content as JSON, and the SHA-256 of what it says.

    The content is the record without what is the copy's own: its sum, its place in a file, the day it was refreshed.
    In a page, where every word stands is left out of the sum too: one more line on top makes no new version.

    Examples
    --------
    >>> one = TrialRecord(form="invented", sha256="0", number=3, main_id="X1")
    >>> other = TrialRecord(form="invented", sha256="1", main_id="X1")
    >>> content_of(one) == content_of(other), content_of(one)[0]
    (True, b'{"form":"invented","main_id":"X1"}')
    """
    content = record.model_dump_json(exclude_defaults=True, exclude=_OF_THE_COPY).encode()
    if not _is_page(record):
        return content, sha256(content).digest()
    words = record.model_dump_json(exclude_defaults=True, exclude=_OF_THE_COPY | _PLACES)
    return content, sha256(words.encode()).digest()


def _is_page(record: TrialRecord) -> bool:
    passages = (record.criteria.inclusion, record.criteria.exclusion, *record.criteria.other, *record.unread)
    return any(passage.line is not None for passage in passages if passage) or any(
        outcome.path is None for outcome in record.outcomes
    )


def pack(content: bytes) -> bytes:
    """Return content as it lies in the file: deflated where it is long.

    Examples
    --------
    >>> unpack(pack(b"{}" * 9000)) == b"{}" * 9000
    True
    """
    return zlib.compress(content, 3) if len(content) > _LONG else content


def unpack(stored: bytes) -> bytes:
    """Return what :func:`pack` was given."""
    return zlib.decompress(stored) if stored[:1] == _DEFLATED else stored


def record_from(stored: bytes, source_sha256: str, number: int | None, refreshed: str | None) -> TrialRecord:
    """Return the record that content was made of, with what is one copy's own.

    Parameters
    ----------
    stored
        As :func:`pack` returns it.
    source_sha256, number, refreshed
        Of the copy; ``refreshed`` is the date in JSON.
    """
    data: dict[str, Any] = from_json(unpack(stored))
    data |= {"sha256": source_sha256, "number": number}
    if refreshed is not None:
        data["date_last_refreshed"] = from_json(refreshed)
    return TrialRecord.model_validate(data, strict=False)


def searched_text(record: TrialRecord) -> tuple[str, ...]:
    """Return the text of a record by :data:`COLUMNS`.

    Examples
    --------
    >>> record = TrialRecord(form="f", sha256="0", main_id="NCT04044690", public_title="IVIG", phase="Phase 2/Phase 3")
    >>> searched_text(record)[:2]
    ('NCT04044690', 'IVIG')
    """
    criteria = (record.criteria.inclusion, record.criteria.exclusion, *record.criteria.other)
    return (
        _lines((record.main_id, *record.secondary_ids)),
        _lines((record.public_title, record.scientific_title, record.acronym)),
        _lines((*record.conditions, *record.keywords)),
        _lines(name for item in record.interventions for name in (item.name, *item.other_names)),
        _lines(passage.text for passage in criteria if passage),
        _lines(words for item in record.outcomes for words in (item.title, item.time_frame, item.description)),
        " ".join(f"{MARK}{mark}{MARK}" for mark in marks_of(record)) + _condition_words(record),
    )


def head_of(text: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of :data:`HEADS` out of those of :func:`searched_text`.

    Examples
    --------
    >>> head_of(("the numbers", "a title", "conditions", "drugs", "criteria", "outcomes", "marks"))
    ('the numbers', 'a title', 'conditions', 'drugs', 'marks')
    """
    return tuple(part for name, part in zip(COLUMNS, text, strict=True) if name in HEADS)


def _condition_words(record: TrialRecord) -> str:
    """Return the words of the conditions as marks: a word that is common elsewhere is rare among them."""
    return "".join(f"\n{condition_marks(words)}" for words in (*record.conditions, *record.keywords))


def condition_marks(words: str) -> str:
    """Return each word with the sign of a condition's word; it ends as the word does, so it has the word's stem.

    Examples
    --------
    >>> condition_marks("Sjögren's disease").replace(MARK, "~")
    '~kSjögren ~ks ~kdisease'
    """
    return " ".join(f"{MARK}k{word}" for word in _WORD.findall(words))


def _lines(parts: Iterable[str | None]) -> str:
    return "\n".join(part for part in parts if part).replace(MARK, " ")


def marks_of(record: TrialRecord) -> tuple[str, ...]:
    """Return the marks by which a record is filtered: register, status, phases and countries.

    Examples
    --------
    >>> marks_of(TrialRecord(form="f", sha256="0", main_id="NCT04044690", recruitment_status="RECRUITING",
    ...                      phase="PHASE2", countries=("USA",)))
    ('gnct', 'srecruiting', 'p2', 'cunitedstates')
    """
    marks = [mark("register", own_identifier(record).kind)]
    if record.recruitment_status:
        marks += [mark("status", status_of(record.recruitment_status))]
    marks += [mark("phase", phase) for phase in phases_of(record.phase)]
    marks += [mark("country", country) for country in record.countries]
    return tuple(dict.fromkeys(marks))


def mark(field: str, words: str) -> str:
    """Return the mark that stands for the value of a field; other words for the same are the same mark.

    Examples
    --------
    >>> mark("country", "Korea, Republic of") == mark("country", "South Korea")
    True
    """
    if field == "register":
        return f"g{_slug(kind_named(words) or words)}"
    if field == "status":
        return f"s{_slug(status_of(words))}"
    if field == "phase":
        return f"p{_slug(words)}"
    return f"c{_slug(_countries().get(_slug(words), words))}"


def status_of(words: str) -> str:
    """Return which status a register's words are; its own words where no table knows them.

    Examples
    --------
    >>> status_of("ACTIVE_NOT_RECRUITING"), status_of("Ongoing, recruiting"), status_of("Pending")
    ('active_not_recruiting', 'recruiting', 'not_yet_recruiting')
    """
    return _statuses().get(_slug(words), words)


@cache
def statuses() -> tuple[str, ...]:
    """Return the statuses that registers' words are gathered under."""
    return tuple(load_data("registry", "filters.yaml")["status"])


def phases_of(words: str | None) -> tuple[str, ...]:
    """Return the phases a register's words name; ``na`` where there is none to name.

    Examples
    --------
    >>> phases_of("Phase 2/ Phase 3"), phases_of("Human pharmacology (Phase I): no Therapeutic use (Phase IV): yes")
    (('2', '3'), ('4',))
    >>> phases_of("EARLY_PHASE1"), phases_of("N/A"), phases_of("IIIb"), phases_of(None), phases_of("Other")
    (('early1',), ('na',), ('3',), (), ())
    """
    text = (words or "").strip().casefold()
    if text in _NOT_APPLICABLE:
        return ("na",)
    if "): yes" in text or "): no" in text or "):yes" in text:
        return tuple(_ROMAN[found] for found in dict.fromkeys(_YES.findall(text)))
    plain = text.replace("_", " ").replace("phase", " phase ")
    found = [f"early{_arabic(digit)}" if early else _arabic(digit) for early, digit in _PHASE.findall(plain)]
    return tuple(dict.fromkeys(found))


def _arabic(digit: str) -> str:
    return _ROMAN.get(digit, digit)


@lru_cache(4096)
def _slug(words: str) -> str:
    return "".join(_WORD.findall(words.casefold()))


@cache
def _statuses() -> dict[str, str]:
    table = load_data("registry", "filters.yaml")["status"]
    return {_slug(words): name for name, known in table.items() for words in (name, *known)}


@cache
def _countries() -> dict[str, str]:
    table = load_data("registry", "filters.yaml")["country"]
    return {_slug(words): name for name, known in table.items() for words in (name, *known)}
