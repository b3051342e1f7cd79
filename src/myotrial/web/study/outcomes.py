"""``/study/outcomes``: the list, and each outcome as the report tells it, with its figures, rows and code."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, Response

from myotrial.report.outcome_table import OutcomeEntry
from myotrial.web.study.answers import OutcomeAnswer, OutcomesAnswer, about
from myotrial.web.study.code import code_of
from myotrial.web.study.figures import figures_of, soon
from myotrial.web.study.looking import PATIENCE_SECONDS, Looked
from myotrial.web.study.tasks import Analysis
from myotrial.web.study.views import PLAIN_CSV, as_csv, as_json, show, wait

router = APIRouter()

Id = Annotated[str, Path(max_length=80)]


@router.get("/outcomes", response_class=HTMLResponse)
async def show_outcomes(look: Looked) -> HTMLResponse:
    """List the outcomes of the definition."""
    code = code_of(look, "print(results.rows)", "analyse", "--format csv")
    return show("outcomes.html", look, "/outcomes", code=code)


@router.get("/outcomes.json", response_model=OutcomesAnswer)
async def show_outcomes_as_json(look: Looked) -> Response:
    """List the outcomes of the definition."""
    outcomes = [
        {"id": each.id, "role": each.role, "title": each.name,
         "time_frame": each.registered.time_frame if each.registered else ""}
        for each in look.trial.outcomes
    ]  # fmt: skip
    return as_json(OutcomesAnswer(**about(look), outcomes=outcomes))


@router.get("/outcomes/{name}.json", response_model=OutcomeAnswer)
async def show_outcome_as_json(name: Id, look: Looked) -> Response:
    """Return the rows of one outcome, sensitivity analyses and subgroups included, and the figures that show it."""
    look.outcome(name)
    rows = (await look.analysis()).results.rows.filter(outcome=name).to_dicts()
    figures = [figure.id for figure in figures_of(look, await look.sections(), name)]
    return as_json(OutcomeAnswer(**about(look), outcome=name, rows=rows, figures=figures))


@router.get("/outcomes/{name}.csv", responses={200: PLAIN_CSV}, response_class=Response)
async def show_outcome_as_csv(name: Id, look: Looked) -> Response:
    """Return the rows of one outcome as a table."""
    look.outcome(name)
    return as_csv(look, (await look.analysis()).results.rows.filter(outcome=name), name)


@router.get("/outcomes/{name}", response_class=HTMLResponse)
async def show_outcome(name: Id, look: Looked) -> Response:
    """Show one outcome: its table as in the report, its figures, its rows, and how to compute it elsewhere."""
    outcome = look.outcome(name)
    try:
        found = await look.analysis(PATIENCE_SECONDS)
    except TimeoutError:
        return wait(look, f"/outcomes/{name}", f"{outcome.id}: {outcome.name}")
    sections = await soon(look)
    if sections is None and look.asking:
        return Response(status_code=204)
    rows = found.results.rows.filter(outcome=name)
    return show(
        "outcome.html", look, f"/outcomes/{name}", outcome=outcome, found=found, entry=_entry(found, name),
        figures=None if sections is None else figures_of(look, sections, name), rows=rows.to_dicts(),
        columns=[column for column in rows.columns if rows[column].null_count() < rows.height and column != "outcome"],
        code=code_of(look, f"print(results.outcome({name!r}))", "analyse", f"--format csv  # the rows of {name}"),
    )  # fmt: skip


def _entry(found: Analysis, name: str) -> OutcomeEntry:
    return next(entry for entry in found.entries if entry.id == name)
