"""A trial by any of its numbers: its definition, and its records in the store that the server was started with."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from fastapi import Request
from starlette.exceptions import HTTPException

from myotrial.model.errors import BadInput
from myotrial.registry.compare.witness import LAYERS, find_witness
from myotrial.registry.identifiers import key_of
from myotrial.registry.record import TrialRecord
from myotrial.registry.store.store import Store, Trial, Version
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.loading import list_trials, load_trial


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of one trial.

    Attributes
    ----------
    id
        What it is called in an address: the id of its definition, else the number of its first record.
    definition
        Its definition, if there is one.
    records
        The latest version of each of its records, the register's own before copies of it.
    numbers
        Every number it is known by.
    notes
        What a reader must know: numbers that link nothing, and that a number is claimed by several trials.
    """

    id: str
    definition: TrialDefinition | None
    records: tuple[TrialRecord, ...] = ()
    numbers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The trial's acronym, or its number where nobody gives one."""
        acronyms = [self.definition.acronym if self.definition else None, *(record.acronym for record in self.records)]
        return next(filter(None, acronyms), self.id)

    def record(self, place: int) -> TrialRecord:
        """Return one of the records, counted from 1; there may be none."""
        if not 1 <= place <= len(self.records):
            raise HTTPException(404, "The trial has no such record.")
        return self.records[place - 1]


@contextmanager
def open_store(request: Request) -> Iterator[Store | None]:
    """Open the store for one request, to be read alone; ``None`` where the server has none."""
    path = request.app.state.settings.store
    if path is None:
        yield None
        return
    try:
        store = Store(path)
    except BadInput as error:
        raise HTTPException(503, f"The store of records cannot be read: {error.faults[0].message}.") from None
    try:
        with store:
            yield store
    except sqlite3.Error as error:
        raise HTTPException(503, f"The store of records cannot be read: {error}.") from None


@cache
def definitions() -> dict[str, TrialDefinition]:
    """Return every definition by its id."""
    return {name: load_trial(name) for name in list_trials()}


def names_of(definition: TrialDefinition) -> tuple[str, ...]:
    """Return the register numbers of a definition, its id first.

    Examples
    --------
    >>> names_of(load_trial("NCT04044690"))
    ('NCT04044690', '2018-003171-35', 'NL-OMON55228')
    """
    known = definition.identifiers
    return tuple(dict.fromkeys(filter(None, (definition.id, known.nct, known.eudract, known.ctis, *known.others))))


@cache
def _by_number() -> dict[str, str]:
    return {key_of(name): key for key, definition in definitions().items() for name in names_of(definition)}


def look_up(name: str, store: Store | None) -> Held:
    """Return the trial that goes by a number.

    Raises
    ------
    HTTPException
        404: neither a definition nor a record goes by it.
    """
    found = find(name, store)
    if found is None:
        raise HTTPException(404, "There is no such trial.")
    return found


def find(name: str, store: Store | None) -> Held | None:
    """Return the trial that goes by a number, if there is one."""
    if not name.isprintable():
        return None
    definition = definitions().get(_by_number().get(key_of(name), ""))
    trials = _trials(names_of(definition) if definition else (name,), store)
    if definition is None and not trials:
        return None
    records = _in_order(trials)
    numbers = (*names_of(definition), *_of(trials)) if definition else _of(trials)
    id_ = definition.id if definition else records[0].main_id or name
    return Held(id_, definition, records, tuple(dict.fromkeys(numbers)), tuple(_notes(name, definition, trials)))


def held_of(name: str, trial: Trial) -> Held:
    """Return a trial that has no definition."""
    records = _in_order((trial,))
    return Held(records[0].main_id or name, None, records, trial.numbers, tuple(_notes(name, None, (trial,))))


def find_trials(names: tuple[str, ...], store: Store) -> tuple[Trial, ...]:
    """Return the trials of the store that go by any of these numbers."""
    return _trials(names, store)


def versions_of(held: Held, store: Store | None) -> tuple[Version, ...]:
    """Return every version of every record of a trial."""
    if store is None:
        return ()
    every = [
        version for name in dict.fromkeys(r.main_id or "" for r in held.records) for version in _of_name(name, store)
    ]
    known = {(record.main_id, record.form) for record in held.records}
    return tuple(dict.fromkeys(version for version in every if (version.main_id, version.form) in known))


def source_of(record: TrialRecord) -> str:
    """Say where a record is from: the register, what kind of copy, and its date.

    Examples
    --------
    >>> source_of(TrialRecord(form="WHO ICTRP portal page", sha256="0", main_id="NCT04044690"))
    'ClinicalTrials.gov (WHO copy), undated'
    """
    witness = find_witness(record)
    copy = f" ({LAYERS[witness.layer]})" if witness.layer else ""
    when = f"refreshed {record.date_last_refreshed}" if record.date_last_refreshed else "undated"
    return f"{witness.source or record.form}{copy}, {when}"


def _of_name(name: str, store: Store) -> tuple[Version, ...]:
    try:
        return store.versions(name)
    except BadInput:
        return ()


def _trials(names: tuple[str, ...], store: Store | None) -> tuple[Trial, ...]:
    found: dict[int, Trial] = {}
    for name in names if store is not None else ():
        try:
            found |= {trial.number: trial for trial in store.trials(name)} if store is not None else {}
        except BadInput:
            continue
    return tuple(found.values())


def _in_order(trials: tuple[Trial, ...]) -> tuple[TrialRecord, ...]:
    return tuple(sorted((r for trial in trials for r in trial.records), key=lambda record: find_witness(record).layer))


def _of(trials: tuple[Trial, ...]) -> tuple[str, ...]:
    return tuple(number for trial in trials for number in trial.numbers)


def _notes(name: str, definition: TrialDefinition | None, trials: tuple[Trial, ...]) -> Iterator[str]:
    if len(trials) > 1 and definition is None:
        yield f"{name} is named by {len(trials)} different trials and links none of them; the records of all are here."
    elif len(trials) > 1:
        yield "That these records are of one trial is what the definition says; they do not name each other."
    for trial in trials:
        yield from (f"{flag.number}, named by {flag.main_id}, links nothing: {flag.reason}." for flag in trial.flags)
