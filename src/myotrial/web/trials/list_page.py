"""``/trials``: every definition and every held record in one list that is searched, narrowed, sorted and saved."""

import csv
import io
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import polars as pl
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from myotrial.model.errors import BadInput
from myotrial.registry.export.tables import guard_cells
from myotrial.web.pages import say_fault, show_page
from myotrial.web.trials.answers import DATA, PAGE
from myotrial.web.trials.held import open_store
from myotrial.web.trials.rows import FACETS, show_value
from myotrial.web.trials.searching import MOST_READ, SORTS, Asked, Found, Sort, search_trials

router = APIRouter()

Words = Annotated[str, Field(max_length=200)]
_COLUMNS = ("id", "name", "title", "definition", "records", *FACETS, "planned", "registered", "outcomes")


class ListQuery(BaseModel):
    """What the list is asked for; it stands in the address."""

    model_config = ConfigDict(extra="ignore")

    q: Words = ""
    condition: Words = ""
    subtype: Words = ""
    drug: Words = ""
    sponsor: Words = ""
    phase: Words = ""
    masking: Words = ""
    status: Words = ""
    country: Words = ""
    sort: Sort | Literal[""] = "fit"
    page: int = Field(default=1, ge=1, le=1_000)

    def asked(self) -> Asked:
        """Return it as the search takes it."""
        return Asked(self.q, {name: getattr(self, name) for name in FACETS}, self.sort or "fit")

    def address(self, suffix: str = "", **other: Any) -> str:
        """Return the address of the same list, or of another page or form of it."""
        values = {**self.model_dump(), "page": None, **other}
        kept = {name: value for name, value in values.items() if value and (name, value) != ("sort", "fit")}
        return f"/trials{suffix}" + (f"?{urlencode(kept)}" if kept else "")


Asking = Annotated[ListQuery, Query()]


@router.get("/trials", response_class=HTMLResponse, responses=PAGE)
def show_trials(request: Request, query: Asking) -> HTMLResponse:
    """Show the trials that fit; words and facets narrow them, and stand in the address."""
    with open_store(request) as store:
        try:
            found, faults = search_trials(query.asked(), store, query.page), []
        except BadInput as error:
            found = Found(trials=(), total=0, page=1, pages=1, facets=dict.fromkeys(FACETS, ()))
            faults = [say_fault(fault) for fault in error.faults]
    return show_page(
        "trials/list.html", "/trials", 422 if faults else 200, found=found, query=query, faults=faults, labels=FACETS,
        sorts=SORTS, has_store=store is not None, most_read=MOST_READ, show_value=show_value,
        chosen=any(query.asked().chosen.values()),
    )  # fmt: skip


@router.get("/trials.json", responses=DATA)
def list_trials_as_json(request: Request, query: Asking) -> Found:
    """Return the trials that fit, with the values to narrow by and how many trials have each."""
    with open_store(request) as store:
        return search_trials(query.asked(), store, query.page)


@router.get("/trials.csv", response_class=PlainTextResponse, responses={**PAGE, 200: {"content": {"text/csv": {}}}})
def list_trials_as_csv(request: Request, query: Asking) -> Response:
    """Return the first 400 of them as a table; a cell that a spreadsheet would run begins with an apostrophe."""
    with open_store(request) as store:
        found = search_trials(query.asked(), store, size=MOST_READ)
    rows = [{name: _cell(name, getattr(row, name)) for name in _COLUMNS} for row in found.trials]
    frame, _ = guard_cells(pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String)))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(frame.columns)
    writer.writerows(frame.iter_rows())
    return Response(out.getvalue(), media_type="text/csv",
                    headers={"content-disposition": 'attachment; filename="trials.csv"'})  # fmt: skip


def _cell(name: str, value: Any) -> str | None:
    """Return a value as a cell: several entries parted by ``|``, as in other tables of records."""
    if isinstance(value, tuple):
        entries = [f"{each.main_id} ({each.source})" if name == "records" else str(each) for each in value]
        return " | ".join(entry.replace("|", "\\|") for entry in entries) or None
    return None if value is None else str(value)
