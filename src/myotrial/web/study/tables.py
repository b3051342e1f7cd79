"""``/study/tables.rtf`` and the like: the tables to hand in, as files, of everything or of one outcome."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from myotrial.report.tables.files import Form
from myotrial.study.narrowing import filter_study
from myotrial.web.study.looking import BUSY, Look, Looked
from myotrial.web.study.tasks import WRITTEN, TablesTask
from myotrial.web.study.views import PLAIN_HTML, PLAIN_RTF, as_file
from myotrial.web.study.worker import BusyError

router = APIRouter()

Id = Annotated[str, Path(max_length=80)]


@router.get("/tables.rtf", responses={200: PLAIN_RTF}, response_class=Response)
async def write_rtf(look: Looked) -> Response:
    """Return every table to hand in as RTF."""
    return await _written(look, None, "rtf")


@router.get("/tables.html", responses={200: PLAIN_HTML}, response_class=Response)
async def write_html(look: Looked) -> Response:
    """Return every table to hand in as one HTML file."""
    return await _written(look, None, "html")


@router.get("/outcomes/{name}.rtf", responses={200: PLAIN_RTF}, response_class=Response)
async def write_outcome_rtf(name: Id, look: Looked) -> Response:
    """Return the tables of an outcome as RTF."""
    return await _written(look, name, "rtf")


@router.get("/outcomes/{name}.html", responses={200: PLAIN_HTML}, response_class=Response)
async def write_outcome_html(name: Id, look: Looked) -> Response:
    """Return the tables of an outcome as one HTML file."""
    return await _written(look, name, "html")


async def _written(look: Look, name: str | None, form: Form) -> Response:
    outcomes = None if name is None else (look.outcome(name).id,)
    results = (await look.analysis()).results
    study = filter_study(look.study, **look.filters.wanted())
    task = TablesTask(look.opened.question, study, results, outcomes, form)
    try:
        job = look.opened.write((look.filters.key(), name or "", form), task)
    except BusyError:
        raise HTTPException(503, BUSY, {"retry-after": "30"}) from None
    return as_file(look, await job.get(WRITTEN), name or "tables", form)
