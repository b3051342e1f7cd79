"""``/study``: what was read, the headline results, who took part; and how many subjects fit some filters."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from myotrial.model.errors import BadInput, CannotEstimate
from myotrial.trials.loading import load_trial
from myotrial.web.pages import show_page
from myotrial.web.study.answers import CountAnswer, StudyAnswer, about
from myotrial.web.study.code import code_of, masked_trial_line
from myotrial.web.study.filters import Filters
from myotrial.web.study.looking import PATIENCE_SECONDS, Look, Looked, look_at
from myotrial.web.study.tasks import Analysis
from myotrial.web.study.views import PLAIN_CSV, as_csv, as_json, show

router = APIRouter()

REPORT = 'print(mt.write_report("report.html", trial, results, study))'


@router.get("", response_class=HTMLResponse)
async def show_study(request: Request, filters: Annotated[Filters, Query()]) -> Response:
    """Show the study; the results follow where they are not there yet."""
    if "word" not in request.path_params and request.app.state.settings.study is None:
        return show_page("study/none.html", "/study")
    try:
        look = await look_at(request, filters, PATIENCE_SECONDS)
    except TimeoutError:
        if "hx-request" in request.headers:
            return Response(status_code=204)
        trial = load_trial(request.app.state.settings.trial)
        return show_page("study/reading.html", "/study", trial=trial, here=f"/study{filters.query()}")
    found, pending, faults = await _soon(look)
    if pending and look.asking:
        return Response(status_code=204)
    masked = masked_trial_line(look)
    return show("overview.html", look, "", found=found, pending=pending, faults=faults,
                code=code_of(look, masked + REPORT, "report", "--output report.html"))  # fmt: skip


@router.get(".json", response_model=StudyAnswer)
async def show_study_as_json(look: Looked) -> Response:
    """Return every result row, the flow, the hypotheses and the provenance."""
    found = await look.analysis()
    results = found.results
    return as_json(StudyAnswer(
        **about(look), **{key: value for key, value in results.to_dict().items() if key != "trial"},
        headlines=[
            {"id": each.id, "title": each.title, "level": each.level, "sentences": list(each.sentences),
             "methods": list(each.methods), "warnings": list(each.warnings),
             "tiles": [{"arm": tile.arm, "value": tile.value, "detail": tile.detail} for tile in each.tiles]}
            for each in found.headlines
        ],
    ))  # fmt: skip


@router.get(".csv", responses={200: PLAIN_CSV}, response_class=Response)
async def show_study_as_csv(look: Looked) -> Response:
    """Return every result row as a table."""
    return as_csv(look, (await look.analysis()).results.rows, "results")


@router.get("/count", response_class=HTMLResponse)
async def show_count(look: Looked) -> HTMLResponse:
    """Say how many subjects fit."""
    return show("count.html", look, "")


@router.get("/count.json", response_model=CountAnswer)
async def show_count_as_json(look: Looked) -> Response:
    """Tell how many subjects fit."""
    return as_json(CountAnswer(**about(look)))


async def _soon(look: Look) -> tuple[Analysis | None, bool, list[dict[str, object]]]:
    """Return the analysis if it is there soon, whether it is still to come, and what hinders it."""
    try:
        return await look.analysis(PATIENCE_SECONDS), False, []
    except TimeoutError:
        return None, True, []
    except BadInput as error:
        return None, False, error.to_dicts()
    except CannotEstimate as error:
        return None, False, [{"message": str(error)}]
