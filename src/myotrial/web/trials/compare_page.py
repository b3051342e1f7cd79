"""``/trials/compare``: two to eight definitions and records side by side."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from myotrial.model.errors import BadInput, Fault
from myotrial.trials.loading import list_trials
from myotrial.web.pages import show_page
from myotrial.web.trials.answers import DATA, LONGEST_NAME, PAGE, Told
from myotrial.web.trials.comparing import Line, compare_trials
from myotrial.web.trials.held import Held, find, open_store

router = APIRouter()

MOST = 8
Names = Annotated[
    list[Annotated[str, Query(max_length=LONGEST_NAME)]] | None, Query(max_length=MOST + 1, description="Two to eight.")
]


class Compared(Told):
    """Trials side by side; the cells of each line are in the order of ``trials``."""

    trials: tuple[str, ...]
    lines: tuple[Line, ...]


@router.get("/trials/compare.json", responses=DATA)
def compare_as_json(request: Request, trial: Names = None) -> Compared:
    """Return trials side by side, each statement with where it is from."""
    held = _chosen(request, trial)
    return Compared(trials=tuple(each.id for each in held), lines=compare_trials(held))


@router.get("/trials/compare", response_class=HTMLResponse, responses=PAGE)
def compare_page(request: Request, trial: Names = None) -> HTMLResponse:
    """Show trials side by side: what each says, where that stands, and where they differ."""
    held = _chosen(request, trial)
    return show_page("trials/compare.html", "/trials", trials=held, lines=compare_trials(held), most=MOST)


def _chosen(request: Request, names: list[str] | None) -> list[Held]:
    """Return the trials that are named, each once; every definition where none is."""
    asked = [name for name in dict.fromkeys(names or ()) if name.strip()] or list(list_trials())
    with open_store(request) as store:
        found = {name: find(name, store) for name in asked}
    faults = [Fault("not_found", "no definition and no held record goes by this number", column="trial", got=name)
              for name, held in found.items() if held is None]  # fmt: skip
    held = {each.id: each for each in found.values() if each is not None}
    if len(held) > MOST:
        faults.append(Fault("too_many", "these are too many trials to lay side by side", column="trial",
                            got=str(len(held)), expected=f"2 to {MOST}"))  # fmt: skip
    if faults:
        raise BadInput(faults)
    return list(held.values())
