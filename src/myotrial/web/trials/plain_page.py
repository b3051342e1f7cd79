"""``/trials/<id>/plain``: a whole record in plain language, with the original beside every sentence."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from myotrial.registry.plain.glossary import Gloss
from myotrial.registry.plain.page import DISCLAIMER, PlainRecord
from myotrial.registry.plain.rendering import ABOUT, outcome_note, readability_rows
from myotrial.registry.record import TrialRecord
from myotrial.web.pages import show_page
from myotrial.web.trials.answers import DATA, PAGE, Name, Place, Sum, Told
from myotrial.web.trials.criteria import Reading, outcome_groups, read_criteria
from myotrial.web.trials.held import Held, look_up, open_store, source_of
from myotrial.web.trials.trial_page import pick

router = APIRouter()


class PlainData(Told):
    """A record in plain language, and what it was made from."""

    id: str
    source: str
    record: PlainRecord
    readability: dict[str, dict[str, float]]
    note: str = DISCLAIMER


@router.get("/trials/{name:path}/plain.json", responses=DATA)
def show_plain_as_json(name: Name, request: Request, record: Place = 1, version: Sum = "") -> PlainData:
    """Return a record in plain language as data."""
    held, shown, reading = _read(name, request, record, version)
    measured = {
        label: {"flesch_kincaid_grade": each.grade, "flesch_ease": each.ease, "smog_grade": each.smog,
                "words_a_sentence": each.sentence_length, "long_share": each.long_share}
        for label, each in readability_rows(reading.plain)
    }  # fmt: skip
    return PlainData(id=held.id, source=source_of(shown), record=reading.plain, readability=measured)


@router.get("/trials/{name:path}/plain", response_class=HTMLResponse, responses=PAGE)
def show_plain(name: Name, request: Request, record: Place = 1, version: Sum = "") -> HTMLResponse:
    """Show a record in plain language, for a reader who is no specialist."""
    held, shown, reading = _read(name, request, record, version)
    seen = {gloss.term for group in reading.groups for each in group.criteria for gloss in each.terms}
    return show_page(
        "trials/plain.html", "/trials", held=held, record=shown, source=source_of(shown), reading=reading,
        plain=reading.plain, outcomes=outcome_groups(reading.plain, seen), glosses=_glosses(reading.plain), about=ABOUT,
        disclaimer=DISCLAIMER, readability=readability_rows(reading.plain), outcome_note=outcome_note,
    )  # fmt: skip


def _read(name: str, request: Request, place: int, version: str) -> tuple[Held, TrialRecord, Reading]:
    with open_store(request) as store:
        held = look_up(name, store)
        shown = pick(held, store, place, version)
    if shown is None:
        raise HTTPException(404, "No record of this trial is held.")
    return held, shown, read_criteria(shown)


def _glosses(plain: PlainRecord) -> list[Any]:
    """Return every term of a page once, in order."""
    found: dict[str, Gloss] = {}
    for glosses in (*(each.glosses for each in plain.criteria), *(each.glosses for each in plain.outcomes)):
        for gloss in glosses:
            found.setdefault(gloss.term, gloss)
    return sorted(found.values(), key=lambda gloss: gloss.term.casefold())
