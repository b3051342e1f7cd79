"""``/tis``: the calculator of the Total Improvement Score."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from myotrial.criteria.rules import load_criteria
from myotrial.model.errors import BadInput, Fault
from myotrial.web.forms import read_form
from myotrial.web.pages import show_page
from myotrial.web.tis import texts
from myotrial.web.tis.actions import act, opens
from myotrial.web.tis.answer import Calculator, Result, Visits
from myotrial.web.tis.calculator import calculate
from myotrial.web.tis.evidence import evidence_of
from myotrial.web.tis.form import MOST_VISITS, Form, open_options
from myotrial.web.tis.hints import mark
from myotrial.web.tis.open_sheet import show_sheet
from myotrial.web.tis.rows import ADULT, VARIANTS, rows_of
from myotrial.web.tis.scorers import scorers
from myotrial.web.tis.trajectory import draw_trajectory
from myotrial.web.tis.words import beside_words, name_field, tops


@asynccontextmanager
async def scoring(_: FastAPI) -> AsyncIterator[None]:
    """End the processes beside this one together with the server."""
    yield
    scorers().stop()


router = APIRouter(lifespan=scoring)

FIELDS: dict[str, Any] = {"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": {
    "type": "object"}}}}}  # fmt: skip


@router.get("/tis", response_class=HTMLResponse)
def show_calculator(variant: Annotated[str, Query(max_length=60)] = ADULT, example: bool = False) -> HTMLResponse:
    """Show the form, empty or with an invented patient."""
    chosen = variant if variant in VARIANTS else ADULT
    form = Form.example(chosen) if example else Form(variant=chosen)
    return _page(form, calculate(form))


@router.post("/tis", response_class=HTMLResponse, openapi_extra=FIELDS)
async def score_form(request: Request) -> HTMLResponse:
    """Show the form with its result. Nothing is kept."""
    given = await read_form(request)
    form = Form.of(given)
    action = given.get("action", "")
    focused, live = act(form, action), _live(request, action)
    quick = live and "rest" not in given
    found = await scorers().calculate(form, quick=quick)
    return _page(form, found, focused, submitted=action == "score", live=live, quick=quick)


@router.get("/tis.json")
def describe_calculator() -> Calculator:
    """List the variants with the columns they read, their units and ranges."""
    return Calculator.describe()


@router.post("/tis.json")
def score_visits_as_json(asked: Visits) -> Result:
    """Score visits given as JSON: each a mapping of column to number; null is not entered, "nd" not done."""
    if asked.criteria not in VARIANTS:
        raise BadInput([Fault("unknown_rule", "no score has this name", "criteria", got=asked.criteria,
                              expected=", ".join(VARIANTS))])  # fmt: skip
    if faults := asked.strange():
        raise BadInput(faults)
    return Result.model_validate(calculate(asked.form()))


@router.post("/tis/entry.json", openapi_extra=FIELDS, response_model=Result)
async def download_form(request: Request) -> Response:
    """Give the result of a form as a file: the fields of the page, or all of them in the field ``entry``."""
    found = await scorers().calculate(Form.of(await read_form(request)), quick=False)
    result = Result.model_validate({**found, "date": _today().isoformat()})
    named = {"content-disposition": 'attachment; filename="tis.json"'}
    return JSONResponse(result.model_dump(mode="json"), headers=named)


def _today() -> date:
    """Return the date that a result is handed on with; no score depends on it."""
    return datetime.now(tz=UTC).date()


def _live(request: Request, action: str) -> bool:
    """Tell whether only the result is asked for, while someone types."""
    return request.headers.get("hx-target") == "result" and not action


def _page(
    form: Form, found: dict[str, Any], focused: str = "", *, submitted: bool = False, live: bool = False,
    quick: bool = False,
) -> HTMLResponse:  # fmt: skip
    sheet = show_sheet(form, found["sheets"])
    focused = "summary" if submitted and found["faults"] else focused
    on = _today()
    heads = ["Baseline", *(f"Visit {visit}" for visit in range(1, form.visits))]
    told: dict[str, Any] = {"texts": [], "inputs": [], "seal": "", "stated": "", "drawn": None}
    if found["visits"]:
        told["drawn"] = draw_trajectory(found, load_criteria(form.variant).thresholds)
    if found["visits"] and not quick:
        kinds = (("line", "One line", texts.one_line), ("full", "Text", texts.full_text),
                 ("rows", "CSV", texts.csv_rows), ("markdown", "Markdown", texts.markdown_rows))  # fmt: skip
        told |= {
            "texts": [(name, label, write(form, found, on)) for name, label, write in kinds],
            "inputs": texts.say_inputs(form, found), "seal": texts.seal(found, on),
            "stated": texts.say_options(form, found),
        }  # fmt: skip
    return show_page(
        "tis/live.html" if live else "tis/page.html", "/tis", form=form, found=found, sheet=sheet, heads=heads,
        focused=focused, quick=quick, marked=mark(found), say_score=texts.say_score, say_category=texts.say_category,
        name_field=name_field, **told, **({} if live else _frame(form)),
    )  # fmt: skip


def _frame(form: Form) -> dict[str, Any]:
    """Return what the form and the evidence need beside the result."""
    return {
        "rows": rows_of(form.variant), "variants": VARIANTS, "options": open_options(form.variant),
        "most": MOST_VISITS, "opens": opens, "tops": tops(), "beside_words": beside_words(form.variant),
        "opened_beside": form.opened.startswith("cdasi"), "evidence": evidence_of(form.variant),
    }  # fmt: skip
