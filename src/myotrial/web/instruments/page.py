"""``/instruments``: every instrument, and a page for each: from its items to its totals, with all it rests on."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from myotrial.instruments.definition import Instrument, list_instruments, load_instrument
from myotrial.instruments.describe import MISSING, STATUS
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.web.forms import read_form
from myotrial.web.instruments.models import Described, Found, Items, Listed
from myotrial.web.instruments.words import (
    as_text,
    describe,
    gaps,
    list_rules,
    list_sources,
    matches,
    say_default,
    summarise,
)
from myotrial.web.pages import show_page
from myotrial.web.sheets import OPTION, layout, read_items, score_items

router = APIRouter()

Name = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9-]+$")]
Words = Annotated[str, Query(max_length=100, description="Words that the title, the totals or what is measured hold")]


@router.get("/instruments", response_class=HTMLResponse)
def show_instruments(q: Words = "") -> HTMLResponse:
    """Show every instrument, or those that some words fit."""
    known = [load_instrument(name) for name in list_instruments()]
    rows = [summarise(instrument) for instrument in known if matches(instrument, q)]
    return show_page("instruments/list.html", "/instruments", rows=rows, q=q, count=len(known),
                     statuses=STATUS)  # fmt: skip


@router.get("/instruments.json")
def list_instruments_as_json(q: Words = "") -> list[Listed]:
    """List the instruments with what they measure and the totals they give."""
    known = [load_instrument(name) for name in list_instruments()]
    return [Listed.model_validate(summarise(instrument)) for instrument in known if matches(instrument, q)]


@router.get("/instruments/{name}.json")
def describe_instrument_as_json(name: Name) -> Described:
    """Describe an instrument: its items with their ranges, its totals, its options and its sources."""
    return Described.model_validate(describe(_load(name)))


@router.post("/instruments/{name}.json")
def score_as_json(name: Name, asked: Items) -> Found:
    """Score the items of an instrument; one that is not given, or null, is missing, never zero."""
    instrument = _load(name)
    _check_names(instrument, asked)
    cells = {item: _text(value) for item, value in asked.items.items()}
    cells |= {OPTION + option: _text(value) for option, value in asked.options.items()}
    found = score_items(instrument, cells)
    if found["faults"]:
        raise BadInput(Fault("bad_item", fault["text"], column=fault["field"]) for fault in found["faults"])
    return Found.model_validate(found)


@router.get("/instruments/{name}", response_class=HTMLResponse)
def show_instrument(name: Name) -> HTMLResponse:
    """Show the sheet of an instrument, to be filled in."""
    return _page(_load(name), {})


@router.post("/instruments/{name}", response_class=HTMLResponse, openapi_extra={"requestBody": {"content": {
    "application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}})  # fmt: skip
async def score_form(name: Name, request: Request) -> HTMLResponse:
    """Show the sheet with its totals. Nothing is kept."""
    return _page(_load(name), await read_form(request))


def _load(name: str) -> Instrument:
    if name not in list_instruments():
        raise HTTPException(404, "There is no such instrument.")
    return load_instrument(name)


def _text(value: float | str | None) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:.12g}"


def _check_names(instrument: Instrument, asked: Items) -> None:
    items, options = [item.id for item in instrument.items], list(instrument.options)
    faults = [
        Fault("unknown_item", f"{instrument.id} has no such item", column=name, hint=did_you_mean(name, items))
        for name in asked.items
        if name not in items
    ]
    faults += [
        Fault("unknown_option", f"{instrument.id} has no such option", column=name, hint=did_you_mean(name, options))
        for name in asked.options
        if name not in options
    ]
    if faults:
        raise BadInput(faults)


def _page(instrument: Instrument, given: dict[str, str]) -> HTMLResponse:
    cells = read_items(instrument, given)
    found: dict[str, Any] = score_items(instrument, cells)
    return show_page(
        "instruments/sheet.html", "/instruments", instrument=instrument, layout=layout(instrument, cells), cells=cells,
        found=found, faulty={fault["field"] for fault in found["faults"]}, gaps=gaps(instrument, cells),
        text=as_text(instrument, found) if found["totals"] else "", rules=list_rules(instrument),
        missing=MISSING, sources=list_sources(instrument), say_default=say_default,
    )  # fmt: skip
