"""``/classify``: the form, its result, and the same as JSON."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from myotrial.criteria.classification.every import list_facts
from myotrial.criteria.classification.explain import PATHS, STATUS
from myotrial.criteria.classification.facts import load_facts
from myotrial.criteria.classification.rules import Classification, list_classifications, load_classification
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.source import Source
from myotrial.web.classify.answers import classify_person
from myotrial.web.classify.models import Answer, Person, Rule
from myotrial.web.classify.questions import BIOPSY, DEFAULT, Asked, ask
from myotrial.web.forms import read_form
from myotrial.web.instruments.words import say_default
from myotrial.web.pages import say_fault, show_page
from myotrial.web.sheets import OPTION

router = APIRouter()


@router.get("/classify", response_class=HTMLResponse)
def show_form(criteria: Annotated[str, Query(max_length=60)] = DEFAULT) -> HTMLResponse:
    """Show the facts of a classification, to be filled in."""
    return _page(Asked.of({"criteria": criteria}), {})


@router.post("/classify", response_class=HTMLResponse, openapi_extra={"requestBody": {"content": {
    "application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}})  # fmt: skip
async def classify_form(request: Request) -> HTMLResponse:
    """Show the facts with the classification. Nothing is kept."""
    given = await read_form(request)
    return _page(Asked.of(given), given)


@router.get("/classify.json")
def describe() -> dict[str, Rule]:
    """List every classification with the facts it reads, its categories and its options."""
    found = {}
    for name in list_classifications():
        rule = load_classification(name)
        categories = [*(category.name for category in rule.categories), rule.otherwise]
        found[name] = Rule(title=rule.title, facts=list_facts(name).to_dicts(), categories=categories,
                           options={key: option.label for key, option in rule.options.items()})  # fmt: skip
    return found


@router.post("/classify.json")
def classify_as_json(asked: Person) -> Answer:
    """Classify one person; a fact that is not given, or null, is unknown, never no."""
    names = list_classifications()
    if asked.criteria not in names:
        raise BadInput([Fault("unknown_rule", "no classification has this name", column="criteria", got=asked.criteria,
                              expected=", ".join(names), hint=did_you_mean(asked.criteria, names))])  # fmt: skip
    facts = {name: _text(value) for name, value in asked.facts.items() if value is not None}
    _check_names(facts)
    options = dict(asked.options)
    biopsy = options.pop("biopsy", "auto")
    ways = {value: word for word, value in BIOPSY.items()}
    if biopsy not in ways:
        raise BadInput([Fault("bad_option", "the value of biopsy is not possible", column="biopsy", got=repr(biopsy),
                              expected="auto, true or false")])  # fmt: skip
    return Answer.model_validate(classify_person(Asked(asked.criteria, facts, options, ways[biopsy])))


def _text(value: bool | float | str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:.12g}"


def _check_names(facts: dict[str, str]) -> None:
    known = [name for name in load_facts() if name != "subject_id"]
    strange = [name for name in facts if name not in known]
    if strange:
        raise BadInput(Fault("unknown_fact", "there is no such fact", column=name, hint=did_you_mean(name, known))
                       for name in strange)  # fmt: skip


def _page(asked: Asked, given: dict[str, str]) -> HTMLResponse:
    rule = load_classification(asked.criteria)
    found: dict[str, Any] | None = None
    faults: list[dict[str, str]] = []
    if asked.facts:
        try:
            found = classify_person(asked)
        except BadInput as error:
            faults = [_told(rule, fault) for fault in error.faults]
    own, others = ask(asked)
    return show_page(
        "classify/page.html", "/classify", rule=rule,
        rules=[load_classification(name) for name in list_classifications()],
        own=own, others=others, values=asked.facts, biopsy=asked.biopsy, found=found, faults=faults,
        options={name: text for name, text in given.items() if name.startswith(OPTION)}, paths=PATHS,
        faulty={fault["field"] for fault in faults}, sources=_sources(rule), statuses=STATUS, say_default=say_default,
        labels={name: column.label for name, column in load_facts().items()},
    )  # fmt: skip


def _told(rule: Classification, fault: Fault) -> dict[str, str]:
    """Return a fault with its field on the form, and the words of the fact or of the option that it is about."""
    field = fault.column or ""
    if field in rule.options:
        return {"field": OPTION + field, "text": f"{rule.options[field].label}: {say_fault(fault)}"}
    if field not in load_facts():
        return {"field": "", "text": say_fault(fault)}
    label = load_facts()[field].label
    return {"field": field, "text": f"{label[0].upper()}{label[1:]}: {say_fault(fault)}"}


def _sources(rule: Classification) -> list[Source]:
    return list(dict.fromkeys([*rule.sources.values(), *(option.source for option in rule.options.values())]))
