"""``/instruments``: from the items of an instrument to its totals."""

from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from myotrial.instruments.definition import Instrument, list_instruments, load_instrument
from myotrial.instruments.scoring import score_instrument
from myotrial.model.errors import BadInput
from myotrial.web.forms import read_form, read_number
from myotrial.web.pages import NOTE, say_fault, show_page

router = APIRouter()

Name = Annotated[str, Path(max_length=60)]


class Items(BaseModel):
    """The items of one person at one visit."""

    model_config = ConfigDict(extra="forbid")

    items: dict[Annotated[str, Field(max_length=60)], float | None] = Field(max_length=400)


@router.get("/instruments", response_class=HTMLResponse)
def show_instruments() -> HTMLResponse:
    """Show every instrument."""
    return show_page(
        "instruments/list.html", "/instruments", instruments=[load_instrument(n) for n in list_instruments()]
    )


@router.get("/instruments.json")
def list_instruments_as_json() -> dict[str, Any]:
    """List every instrument with its items and their ranges."""
    return {name: _described(load_instrument(name)) for name in list_instruments()}


@router.get("/instruments/{name}", response_class=HTMLResponse)
def show_instrument(name: Name) -> HTMLResponse:
    """Show the items of an instrument, to be filled in."""
    return _page(_load(name), {})


@router.post("/instruments/{name}", response_class=HTMLResponse, openapi_extra={"requestBody": {"content": {
    "application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}})  # fmt: skip
async def score_form(name: Name, request: Request) -> HTMLResponse:
    """Show the items with their totals. Nothing is kept."""
    return _page(_load(name), await read_form(request))


@router.post("/instrument-scores/{name}.json")
def score_as_json(name: Name, asked: Items) -> dict[str, Any]:
    """Score the items of an instrument given as JSON."""
    return _score(_load(name), dict(asked.items))


def _load(name: str) -> Instrument:
    if name not in list_instruments():
        raise HTTPException(404, "There is no such instrument.")
    return load_instrument(name)


def _described(instrument: Instrument) -> dict[str, Any]:
    items = [
        {"id": item.id, "label": item.label, "low": item.low, "high": item.high, "step": item.step}
        for item in instrument.items
    ]
    return {"title": instrument.title, "items": items}


def _page(instrument: Instrument, given: dict[str, str]) -> HTMLResponse:
    cells = {item.id: given.get(item.id, "").strip() for item in instrument.items}
    faults = [
        {"field": name, "text": f"“{text}” is not a number"}
        for name, text in cells.items()
        if text and read_number(text) is None
    ]
    found: dict[str, Any] = {"totals": {}, "faults": faults, "notes": []}
    if any(cells.values()) and not faults:
        found = _score(instrument, {name: read_number(text) for name, text in cells.items()})
    return show_page("instruments/sheet.html", "/instruments", instrument=instrument, cells=cells, found=found,
                     faulty={fault["field"] for fault in found["faults"]})  # fmt: skip


def _score(instrument: Instrument, values: dict[str, float | None]) -> dict[str, Any]:
    known = {item.id for item in instrument.items}
    strange = sorted(set(values) - known)
    if strange:
        faults = [{"field": name, "text": "there is no such item"} for name in strange]
        return {"instrument": instrument.id, "totals": {}, "faults": faults, "notes": [], "note": NOTE}
    given = {name: value for name, value in values.items() if value is not None}
    frame = pl.DataFrame(
        {"subject_id": ["person"] * len(given), "week": [0] * len(given), "item": list(given),
         "value": [float(value) for value in given.values()]},
        schema={"subject_id": pl.String, "week": pl.Int64, "item": pl.String, "value": pl.Float64},
    )  # fmt: skip
    if not given:
        return {"instrument": instrument.id, "totals": {}, "faults": [], "notes": [], "note": NOTE}
    try:
        scores = score_instrument(instrument.id, frame)
    except BadInput as error:
        faults = [{"field": fault.column or "", "text": say_fault(fault)} for fault in error.faults]
        return {"instrument": instrument.id, "totals": {}, "faults": faults, "notes": [], "note": NOTE}
    totals = {name: value for name, value in scores.frame.row(0, named=True).items()
              if name not in {"subject_id", "week", *known}}  # fmt: skip
    return {"instrument": instrument.id, "totals": totals, "faults": [], "notes": list(scores.notes), "note": NOTE}
