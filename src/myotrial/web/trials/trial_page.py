"""``/trials/<id>``: a trial: its definition drawn and told, its record to read, and how each outcome is computed."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from myotrial.model.condition import describe
from myotrial.model.errors import BadInput
from myotrial.registry.compare.side_by_side import Row as Disagreement
from myotrial.registry.contradictions import Contradiction
from myotrial.registry.record import TrialRecord
from myotrial.registry.store.picking import pick_version
from myotrial.registry.store.store import Store
from myotrial.report.schedule import draw_schedule
from myotrial.report.sources import STATUS, source_words
from myotrial.report.templating import render_drawing
from myotrial.trials.coverage import find_coverage
from myotrial.trials.definition import TrialDefinition
from myotrial.web.pages import show_page
from myotrial.web.trials.answers import DATA, PAGE, Name, Place, Sum, Told
from myotrial.web.trials.criteria import Reading, read_criteria
from myotrial.web.trials.held import Held, look_up, open_store, source_of

router = APIRouter()

_SVG: dict[int | str, dict[str, Any]] = {**PAGE, 200: {"content": {"image/svg+xml": {}}}}


class Answered(Told):
    """A registered outcome with the definition's answer: the ids of its outcomes, and how they are summed up."""

    position: int
    role: str
    title: str
    time_frame: str | None
    answer: str
    outcomes: tuple[str, ...]
    how: str | None


class SourceUsed(Told):
    """Where a part of a definition comes from, and how sure that is."""

    part: str
    status: str
    words: str


class TrialData(Told):
    """Everything that the page of a trial shows.

    Attributes
    ----------
    id, numbers, notes
        Which trial it is.
    definition, definition_sha256, sources
        Its definition, the hash of what it says, and where each part comes from.
    records
        Its records in the store, the register's own first.
    coverage, not_in_record
        Each outcome of the shown record with the definition's answer; outcomes that the definition calls registered
        and that are not in this record.
    contradictions, disagreements
        Between the text and the fields of the shown record; between the registers.
    """

    id: str
    numbers: tuple[str, ...]
    notes: tuple[str, ...]
    definition: TrialDefinition | None
    definition_sha256: str | None
    sources: tuple[SourceUsed, ...]
    records: tuple[TrialRecord, ...]
    coverage: tuple[Answered, ...]
    not_in_record: tuple[str, ...]
    contradictions: tuple[Contradiction, ...]
    disagreements: tuple[Disagreement, ...]


@router.get("/trials/{name:path}/schedule.svg", response_class=Response, responses=_SVG)
def draw_trial(name: Name, request: Request) -> Response:
    """Draw the schedule of a definition: a bar per arm and period, a tick per visit."""
    with open_store(request) as store:
        definition = look_up(name, store).definition
    if definition is None:
        raise HTTPException(404, "The trial has no definition, and a record has no schedule that could be drawn.")
    svg = render_drawing(draw_schedule(definition), tinted=True)
    return Response(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1), media_type="image/svg+xml")


@router.get("/trials/{name:path}.json", responses=DATA)
def show_trial_as_json(name: Name, request: Request, record: Place = 1) -> TrialData:
    """Return a trial as data: its definition, its records, and what each answers of the other."""
    with open_store(request) as store:
        held = look_up(name, store)
    shown = held.record(record) if held.records else None
    reading = read_criteria(shown, held.records) if shown else None
    definition = held.definition
    rows, strangers = _coverage(definition, shown)
    return TrialData(
        id=held.id,
        numbers=held.numbers,
        notes=held.notes,
        definition=definition,
        definition_sha256=definition.sha256() if definition else None,
        sources=tuple(list_sources(definition)) if definition else (),
        records=held.records,
        coverage=rows,
        not_in_record=strangers,
        contradictions=reading.contradictions if reading else (),
        disagreements=reading.disagreements if reading else (),
    )


@router.get("/trials/{name:path}", response_class=HTMLResponse, responses=PAGE)
def show_trial(name: Name, request: Request, record: Place = 1, version: Sum = "") -> HTMLResponse:
    """Show a trial to read: design, schedule, eligibility with its plain-language twin, outcomes, where it is from."""
    with open_store(request) as store:
        held = look_up(name, store)
        shown = pick(held, store, record, version)
    reading = read_criteria(shown, held.records) if shown else None
    rows, strangers = _coverage(held.definition, shown)
    return show_page(
        "trials/trial.html", "/trials", held=held, trial=held.definition, record=shown, chosen=record, picked=version,
        reading=reading, coverage=rows, strangers=strangers, outcomes=_outcomes(reading), source_of=source_of,
        sources=list(list_sources(held.definition)) if held.definition else [], statuses=STATUS, describe=describe,
        has_store=store is not None,
    )  # fmt: skip


def pick(held: Held, store: Store | None, place: int, version: str) -> TrialRecord | None:
    """Return the record that is asked for: one of the latest, or a version of one by its sum; ``None`` without any."""
    if not version:
        return held.record(place) if held.records or place > 1 else None
    for name in dict.fromkeys(each.main_id for each in held.records if each.main_id):
        try:
            if store is not None:
                return store.get(pick_version(store, name, version).sha256)
        except BadInput:
            continue
    raise HTTPException(404, "The trial has no such version.")


def list_sources(trial: TrialDefinition) -> list[SourceUsed]:
    """Return where every part of a definition comes from.

    Examples
    --------
    >>> from myotrial.trials.loading import load_trial
    >>> [each.status for each in list_sources(load_trial("NCT04044690"))[:3]]
    ['read', 'second_hand', 'ours']
    """
    parts = [
        ("Design", trial.design.source),
        ("Sample size", trial.sample_size.source),
        ("Visits", trial.schedule.source),
    ]
    parts += [("Order of tests", trial.multiplicity.source)] if trial.multiplicity else []
    parts += [(f"Outcome {outcome.id}", outcome.source) for outcome in trial.outcomes]
    return [SourceUsed(part=part, status=source.status, words=source_words(source)) for part, source in parts]


def _coverage(
    trial: TrialDefinition | None, record: TrialRecord | None
) -> tuple[tuple[Answered, ...], tuple[str, ...]]:
    if trial is None or record is None or not record.outcomes:
        return (), ()
    found = find_coverage(trial, record)
    rows = (
        Answered(**{**row, "outcomes": tuple((row.pop("outcome") or "").split(", ")) if row["outcome"] else ()})
        for row in found.frame.to_dicts()
    )
    return tuple(rows), found.strangers


def _outcomes(reading: Reading | None) -> dict[int, Any]:
    """Return the outcomes of a record in plain language, by their places."""
    return {outcome.position: outcome for outcome in reading.plain.outcomes} if reading else {}
