"""Definitions and held records as one list: found by the store's own search, narrowed by facets, sorted, paged.

The search gives at most :data:`MOST_LISTED` records. Of their trials the first :data:`MOST_READ` are read:
facets are counted in these, and choosing one looks among them. Where there are more, the store first narrows what it
can (:data:`BY_STORE`), over everything that it holds.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from myotrial.registry.store.asking import Filters
from myotrial.registry.store.searching import Found as Hits
from myotrial.registry.store.searching import Hit
from myotrial.registry.store.store import Store
from myotrial.trials.definition import TrialDefinition
from myotrial.web.trials.answers import Told
from myotrial.web.trials.held import definitions, find_trials, held_of, look_up, names_of
from myotrial.web.trials.rows import FACETS, Row, key, make_row, show_value

MOST_LISTED = 2_000
MOST_READ = 400
MOST_VALUES = 60
PAGE = 25

Sort = Literal["fit", "number", "title", "registered", "planned"]
SORTS: dict[str, str] = {
    "fit": "Best fit", "number": "Number", "title": "Title", "registered": "Registered, latest first",
    "planned": "Planned, largest first",
}  # fmt: skip
_OF_THE_HITS = ("fit", "number", "title")
"""What can be sorted by without reading the records."""
BY_STORE = ("condition", "drug", "phase", "status", "country")
"""Facets that the store can narrow by over all that it holds."""
_PIECE = re.compile(r'"([^"]*)"|(\S+)')


class Choice(Told):
    """A value of a facet, and how many of the trials that were found have it."""

    value: str
    label: str
    count: int


class Found(Told):
    """What was found.

    Attributes
    ----------
    trials
        The rows of this page.
    total, page, pages
        How many trials are listed, and where this page is.
    facets
        The values to narrow by, the most frequent first.
    notes
        The limits of what was found, in words.
    """

    trials: tuple[Row, ...]
    total: int
    page: int
    pages: int
    facets: dict[str, tuple[Choice, ...]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for: words, chosen values of the facets, an order."""

    words: str = ""
    chosen: dict[str, str] = field(default_factory=dict)
    sort: Sort = "fit"


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """A trial that may be shown; nothing of its records is read yet."""

    name: str
    title: str
    trial: int | None = None

    def read(self, store: Store | None) -> Row:
        if self.trial is None or store is None:
            return make_row(look_up(self.name, store))
        trial = next(each for each in store.trials(self.name) if each.number == self.trial)
        return make_row(held_of(self.name, trial))


def search_trials(asked: Asked, store: Store | None, page: int = 1, size: int = PAGE) -> Found:
    """Return a page of what fits.

    Parameters
    ----------
    asked
        What is asked for.
    store
        The records; ``None`` where there are definitions alone.
    page, size
        Which page, from 1, and how many trials it has.

    Raises
    ------
    BadInput
        The words or a filter cannot be searched for.

    Examples
    --------
    >>> found = search_trials(Asked("immunoglobulin", {"masking": "quadruple"}), None)
    >>> [row.name for row in found.trials], found.total
    (['RECLAIIM'], 1)
    """
    candidates, notes = _candidates(asked, store)
    read = {each: each.read(store) for each in candidates[:MOST_READ]}
    chosen = {name: value for name, value in asked.chosen.items() if value}
    fitting = [each for each, row in read.items() if all(row.has(name, value) for name, value in chosen.items())]
    every = fitting if chosen or asked.sort not in _OF_THE_HITS else candidates
    if len(candidates) > MOST_READ:
        notes.append(_bound(len(candidates), whole=every is candidates))
    ordered = _sorted(every, asked.sort, read)
    pages = max(1, -(-len(ordered) // size))
    here = ordered[(page - 1) * size : page * size]
    return Found(
        trials=tuple(read[each] if each in read else each.read(store) for each in here),
        total=len(ordered),
        page=page,
        pages=pages,
        facets=_facets(list(read.values()), chosen),
        notes=tuple(notes),
    )


def _bound(number: int, *, whole: bool) -> str:
    if whole:
        return f"The counts beside the choices are of the first {MOST_READ} of {number:,} trials."
    return f"Only the first {MOST_READ} of {number:,} trials were read and looked through; more words narrow it."


def _candidates(asked: Asked, store: Store | None) -> tuple[list[_Candidate], list[str]]:
    """Return the trials whose words fit, definitions first, each once; and what the search said of its limits."""
    fitting = {name for name, each in definitions().items() if _fits(each, asked.words)}
    if store is None:
        return [_Candidate(name, definitions()[name].title) for name in sorted(fitting)], []
    notes: list[str] = []
    hits = store.search(asked.words, limit=MOST_LISTED)
    narrowing = [name for name in BY_STORE if asked.chosen.get(name)]
    if narrowing and (hits.records is None or hits.records > MOST_READ):
        hits = _narrowed(asked, store)
        named = " and ".join(FACETS[name].lower() for name in narrowing)
        notes.append(f"The store was narrowed by {named} first, so other values are not counted there.")
    owners = {
        trial.number: name for name, each in definitions().items() for trial in find_trials(names_of(each), store)
    }
    first: dict[int, Hit] = {}
    for hit in hits.hits:
        first.setdefault(hit.trial, hit)
    fitting |= {owners[number] for number in first if number in owners}
    listed = [_Candidate(name, definitions()[name].title) for name in sorted(fitting)]
    listed += [
        _Candidate(hit.main_id, hit.title or "", number) for number, hit in first.items() if number not in owners
    ]
    return listed, [*_said(hits), *notes]


def _narrowed(asked: Asked, store: Store) -> Hits:
    """Ask the store, which looks through all that it holds, for the words and the chosen values."""
    chosen, words = asked.chosen, asked.words
    filters = Filters(
        condition=[f'"{_unquoted(chosen["condition"])}"'] if chosen.get("condition") else (),
        status=[chosen["status"]] if chosen.get("status") else (),
        phase=[chosen["phase"]] if chosen.get("phase") else (),
        country=[chosen["country"]] if chosen.get("country") else (),
    )
    if any(sign.isalnum() for sign in chosen.get("drug", "")):
        words = f'{words} "{_unquoted(chosen["drug"])}"'
    return store.search(words, filters, limit=MOST_LISTED)


def _unquoted(text: str) -> str:
    return text.replace('"', " ")


def _said(hits: Hits) -> Iterable[str]:
    if hits.note:
        yield hits.note[0].upper() + hits.note[1:]
    if hits.records is None or hits.records > len(hits.hits):
        of = "" if hits.records is None else f" {hits.records:,} records fit;"
        yield f"{of} the trials of the first {len(hits.hits):,} are listed.".strip().capitalize()


def _fits(definition: TrialDefinition, words: str) -> bool:
    """Tell whether a definition has every word, phrase and beginning."""
    parts = [
        *names_of(definition),
        definition.acronym or "",
        definition.title,
        definition.condition,
        definition.sponsor,
    ]
    parts += [part for arm in definition.arms for part in (arm.label, arm.description)]
    parts += [outcome.name for outcome in definition.outcomes]
    text = " ".join(" ".join(parts).casefold().split())
    pieces = (" ".join((found[1] or found[2] or "").casefold().split()) for found in _PIECE.finditer(words))
    return all(piece.strip('*"') in text for piece in pieces)


def _sorted(every: Sequence[_Candidate], sort: Sort, read: dict[_Candidate, Row]) -> list[_Candidate]:
    if sort == "number":
        return sorted(every, key=lambda each: each.name)
    if sort == "title":
        return sorted(every, key=lambda each: (each.title.casefold(), each.name))
    if sort == "registered":
        return sorted(every, key=lambda each: read[each].registered or "", reverse=True)
    if sort == "planned":
        return sorted(every, key=lambda each: _size(read[each]), reverse=True)
    return list(every)


def _size(row: Row) -> int:
    return -1 if row.planned is None else row.planned


def _facets(rows: Sequence[Row], chosen: dict[str, str]) -> dict[str, tuple[Choice, ...]]:
    """Count the values of each facet in the rows that fit all the other facets."""
    facets = {}
    for facet in FACETS:
        others = {name: value for name, value in chosen.items() if name != facet}
        fitting = [row for row in rows if all(row.has(name, value) for name, value in others.items())]
        facets[facet] = _count(facet, fitting, chosen.get(facet))
    return facets


def _count(facet: str, rows: Iterable[Row], chosen: str | None) -> tuple[Choice, ...]:
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for row in rows:
        for value in getattr(row, facet):
            spelled.setdefault(key(facet, value), value)
            counts[key(facet, value)] += 1
    kept = [name for name, _ in counts.most_common(MOST_VALUES)]
    if chosen and (own := key(facet, chosen)) not in kept:
        spelled.setdefault(own, chosen)
        kept.append(own)
    return tuple(Choice(value=spelled[k], label=show_value(facet, spelled[k]), count=counts[k]) for k in kept)
