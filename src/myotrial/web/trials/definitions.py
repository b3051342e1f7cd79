"""``/trials``: the definitions, side by side and one by one, each outcome with how it is computed."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from myotrial.trials.definition import TrialDefinition
from myotrial.trials.estimand_text import describe_estimand
from myotrial.trials.loading import list_trials, load_trial
from myotrial.trials.outcomes import Outcome
from myotrial.trials.text import describe_summary
from myotrial.web.pages import show_page

router = APIRouter()

Id = Annotated[str, Path(max_length=60)]
FACETS = ("condition", "sponsor", "phase", "masking")


@router.get("/trials", response_class=HTMLResponse)
def show_trials(
    q: Annotated[str, Query(max_length=200)] = "", phase: Annotated[str, Query(max_length=20)] = "",
    masking: Annotated[str, Query(max_length=20)] = "", sponsor: Annotated[str, Query(max_length=200)] = "",
    condition: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:  # fmt: skip
    """Show every definition; words and facets narrow them, and stand in the address."""
    chosen = {"phase": phase, "masking": masking, "sponsor": sponsor, "condition": condition}
    every = [_summary(load_trial(name)) for name in list_trials()]
    found = [each for each in every if _fits(each, q, chosen)]
    facets = {name: sorted({str(each[name]) for each in every}) for name in FACETS}
    return show_page("trials/list.html", "/trials", trials=found, every=len(every), q=q, chosen=chosen, facets=facets)


@router.get("/trials.json")
def list_trials_as_json() -> list[dict[str, Any]]:
    """List every definition in short."""
    return [_summary(load_trial(name)) for name in list_trials()]


@router.get("/trials/compare", response_class=HTMLResponse)
def compare_trials(trial: Annotated[list[Annotated[str, Query(max_length=60)]] | None, Query(max_length=8)] = None
                   ) -> HTMLResponse:  # fmt: skip
    """Show several definitions side by side."""
    names = [name for name in trial or list_trials() if name in list_trials()] or list(list_trials())
    return show_page("trials/compare.html", "/trials", trials=[_summary(load_trial(name)) for name in names])


@router.get("/trials/{name}.json")
def show_trial_as_json(name: Id) -> dict[str, Any]:
    """Return a definition as data."""
    return dict(_load(name).model_dump(mode="json", exclude_none=True, by_alias=True))


@router.get("/trials/{name}", response_class=HTMLResponse)
def show_trial(name: Id) -> HTMLResponse:
    """Show a definition to read: design, arms, visits, populations, and every outcome."""
    trial = _load(name)
    return show_page("trials/trial.html", "/trials", trial=trial)


@router.get("/trials/{name}/outcomes/{outcome}.json")
def show_outcome_as_json(name: Id, outcome: Id) -> dict[str, Any]:
    """Return an outcome as data, with its estimand."""
    trial = _load(name)
    chosen = _find(trial, outcome)
    return {
        **chosen.model_dump(mode="json", exclude_none=True, by_alias=True),
        "estimand": describe_estimand(trial, chosen),
    }


@router.get("/trials/{name}/outcomes/{outcome}", response_class=HTMLResponse)
def show_outcome(name: Id, outcome: Id) -> HTMLResponse:
    """Show an outcome in full: as registered, how it is derived, its estimand, its analyses."""
    trial = _load(name)
    chosen = _find(trial, outcome)
    return show_page(
        "trials/outcome.html", "/trials", trial=trial, outcome=chosen, estimand=describe_estimand(trial, chosen),
        summaries=[describe_summary(summary) for summary in chosen.summaries],
        others=[(entry, chosen.with_sensitivity(entry)) for entry in chosen.sensitivity],
    )  # fmt: skip


def _load(name: str) -> TrialDefinition:
    if name not in list_trials():
        raise HTTPException(404, "There is no such trial.")
    return load_trial(name)


def _find(trial: TrialDefinition, name: str) -> Outcome:
    found = next((outcome for outcome in trial.outcomes if outcome.id == name), None)
    if found is None:
        raise HTTPException(404, "There is no such outcome.")
    return found


def _summary(trial: TrialDefinition) -> dict[str, Any]:
    return {
        "id": trial.id,
        "acronym": trial.acronym,
        "title": trial.title,
        "condition": trial.condition,
        "sponsor": trial.sponsor,
        "phase": trial.design.phase,
        "masking": trial.design.masking,
        "arms": [arm.label for arm in trial.arms],
        "planned": trial.sample_size.planned,
        "visits": [float(week) for week in trial.schedule.visits],
        "outcomes": len(trial.outcomes),
        "primary": [outcome.name for outcome in trial.outcomes if outcome.role == "primary"],
    }


def _fits(trial: dict[str, Any], words: str, chosen: dict[str, str]) -> bool:
    told = " ".join(str(value) for value in trial.values()).lower()
    return all(word in told for word in words.lower().split()) and all(
        not wanted or str(trial[name]) == wanted for name, wanted in chosen.items()
    )
