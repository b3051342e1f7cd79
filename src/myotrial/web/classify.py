"""``/classify``: what is known of a person → a published classification."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from myotrial.criteria.classification.every import classify, list_facts
from myotrial.criteria.classification.explain import explain_classification
from myotrial.criteria.classification.rules import list_classifications, load_classification
from myotrial.model.errors import BadInput, Fault
from myotrial.web.forms import read_form
from myotrial.web.pages import NOTE, say_fault, show_page

router = APIRouter()

DEFAULT = "eular-acr-2017"


class Facts(BaseModel):
    """What is known of one person."""

    model_config = ConfigDict(extra="forbid")

    criteria: str = Field(default=DEFAULT, max_length=60)
    facts: dict[Annotated[str, Field(max_length=60)], bool | float | Annotated[str, Field(max_length=60)] | None] = (
        Field(min_length=1, max_length=200)
    )


@router.get("/classify", response_class=HTMLResponse)
def show_form(criteria: Annotated[str, Query(max_length=60)] = DEFAULT) -> HTMLResponse:
    """Show the facts of a classification, to be filled in."""
    return _page(criteria if criteria in list_classifications() else DEFAULT, {})


@router.post("/classify", response_class=HTMLResponse, openapi_extra={"requestBody": {"content": {
    "application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}})  # fmt: skip
async def classify_form(request: Request) -> HTMLResponse:
    """Show the facts with the classification. Nothing is kept."""
    given = await read_form(request)
    criteria = given.get("criteria", DEFAULT)
    return _page(criteria if criteria in list_classifications() else DEFAULT, given)


@router.get("/classify.json")
def describe() -> dict[str, Any]:
    """List every classification with the facts it reads."""
    return {name: list_facts(name).to_dicts() for name in list_classifications()}


@router.post("/classify.json")
def classify_as_json(asked: Facts) -> dict[str, Any]:
    """Classify one person; a fact that is not given, or null, is unknown, never no."""
    if asked.criteria not in list_classifications():
        raise BadInput([Fault("unknown_rule", "no classification has this name", "criteria", got=asked.criteria,
                              expected=", ".join(list_classifications()))])  # fmt: skip
    known = {name: value for name, value in asked.facts.items() if value is not None}
    return {**classify(known, asked.criteria).to_dict(), "note": NOTE}


def _page(criteria: str, given: dict[str, str]) -> HTMLResponse:
    facts = list_facts(criteria).to_dicts()
    values = {fact["fact"]: given.get(fact["fact"], "").strip() for fact in facts}
    known: dict[str, Any] = {name: text for name, text in values.items() if text}
    found, faults, text = None, [], ""
    if known:
        try:
            found = classify(known, criteria)
            text = explain_classification(found)
        except BadInput as error:
            faults = [{"field": fault.column or "", "text": say_fault(fault)} for fault in error.faults]
    rules = {name: load_classification(name).title for name in list_classifications()}
    return show_page("classify.html", "/classify", criteria=criteria, rules=rules, facts=facts, values=values,
                     text=text, faults=faults, faulty={fault["field"] for fault in faults},
                     answer=repr(found) if found is not None else "")  # fmt: skip
