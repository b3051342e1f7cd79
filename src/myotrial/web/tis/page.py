"""``/tis``: the calculator of the Total Improvement Score."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from myotrial.criteria.rules import load_criteria
from myotrial.model.errors import BadInput, Fault
from myotrial.web.forms import read_form
from myotrial.web.pages import show_page
from myotrial.web.tis.calculator import (
    ADULT,
    MOST_VISITS,
    VARIANTS,
    Form,
    as_text,
    calculate,
    entries,
    enzyme_entries,
)

router = APIRouter()

Cell = float | Annotated[str, Field(max_length=40)] | None


class Visits(BaseModel):
    """Visits of one person: the first is the baseline."""

    model_config = ConfigDict(extra="forbid")

    criteria: str = Field(default=ADULT, max_length=60, description="One of the variants that GET /tis.json lists")
    mmt_max: float = Field(default=150, gt=0, le=1000, description="The highest possible manual muscle test score")
    visits: list[dict[Annotated[str, Field(max_length=40)], Cell]] = Field(min_length=1, max_length=MOST_VISITS)


@router.get("/tis", response_class=HTMLResponse)
def show_calculator(variant: Annotated[str, Query(max_length=60)] = ADULT, example: bool = False) -> HTMLResponse:
    """Show the form, empty or with an invented patient."""
    chosen = variant if variant in VARIANTS else ADULT
    form = Form.example(chosen) if example else Form(variant=chosen)
    return _page(form)


@router.post("/tis", response_class=HTMLResponse, openapi_extra={"requestBody": {"content": {
    "application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}})  # fmt: skip
async def score_form(request: Request) -> HTMLResponse:
    """Show the form with its result. Nothing is kept."""
    return _page(Form.of(await read_form(request)))


@router.get("/tis.json")
def describe_calculator() -> dict[str, Any]:
    """List the variants with the columns they read, their units and ranges."""
    return {
        "variants": {
            variant: {
                "title": title,
                "columns": {each.name: each.hint for each in (*entries(variant), *enzyme_entries(variant))},
                "thresholds": dict(load_criteria(variant).thresholds),
            }
            for variant, title in VARIANTS.items()
        }
    }


@router.post("/tis.json")
def score_visits_as_json(asked: Visits) -> dict[str, Any]:
    """Score visits given as JSON: each a mapping of column to number; null or "nd" is missing."""
    if asked.criteria not in VARIANTS:
        raise BadInput([Fault("unknown_rule", "no score has this name", "criteria", got=asked.criteria,
                              expected=", ".join(VARIANTS))])  # fmt: skip
    known = {"week", *(each.name for each in (*entries(asked.criteria), *enzyme_entries(asked.criteria)))}
    strange = sorted({name for visit in asked.visits for name in visit} - known)
    if strange:
        raise BadInput(Fault("unknown_column", "the column is not read", "visits", column=name,
                             expected=", ".join(sorted(known))) for name in strange)  # fmt: skip
    cells = {name: [_text(visit.get(name)) for visit in asked.visits] for name in known}
    form = Form(asked.criteria, len(asked.visits), cells, f"{asked.mmt_max:.12g}")
    return calculate(form)


def _text(value: Cell) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:.12g}"


def _page(form: Form) -> HTMLResponse:
    found = calculate(form)
    criteria = load_criteria(form.variant)
    return show_page(
        "tis/page.html", "/tis", form=form, variants=VARIANTS, entries=entries(form.variant),
        enzymes=enzyme_entries(form.variant), found=found, text=as_text(found) if found["visits"] else "",
        faulty={fault["field"] for fault in found["faults"]}, criteria=criteria, most=MOST_VISITS,
    )  # fmt: skip
