"""``/study/check``: every fault of the tables and every note on them; ``/study/flow``: who took part."""

from dataclasses import asdict

import polars as pl
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from myotrial.model.errors import Fault
from myotrial.web.study.answers import CheckAnswer, FlowAnswer, about
from myotrial.web.study.code import code_of, masked_trial_line
from myotrial.web.study.looking import PATIENCE_SECONDS, Look, Looked
from myotrial.web.study.views import PLAIN_CSV, PLAIN_SVG, as_csv, as_json, as_svg, show, wait

router = APIRouter()

FAULT_COLUMNS = ("kind", "file", "row", "column", "message", "got", "expected", "hint", "code")

FLOW = (
    "from pathlib import Path\n\nfrom myotrial.report.flow import draw_flow\n"
    "from myotrial.report.templating import render_drawing\n\n"
    "print(results.flow)\ndrawing = draw_flow(trial, results.flow)\n"
    'Path("flow.svg").write_text(render_drawing(drawing), encoding="utf-8")'
)


@router.get("/check", response_class=HTMLResponse)
async def show_check(look: Looked) -> HTMLResponse:
    """Show every fault of the tables, and what was noticed in them."""
    faults = await look.faults()
    code = code_of(look, 'print(study.notes)\nprint(results.provenance["notes"])', "analyse", "--format json")
    return show("check.html", look, "/check", faults=[asdict(fault) for fault in faults],
                notes=await _notes(look, faults), tables=_tables(look), code=code)  # fmt: skip


@router.get("/check.json", response_model=CheckAnswer)
async def show_check_as_json(look: Looked) -> Response:
    """Return every fault of the tables, and what was noticed in them."""
    faults = await look.faults()
    return as_json(CheckAnswer(
        **about(look), readable=not faults, tables={name: rows for name, (_, rows) in _tables(look).items()},
        faults=[asdict(fault) for fault in faults], notes=await _notes(look, faults),
    ))  # fmt: skip


@router.get("/check.csv", responses={200: PLAIN_CSV}, response_class=Response)
async def show_check_as_csv(look: Looked) -> Response:
    """Return every fault and every note as a table."""
    faults = await look.faults()
    rows = [{"kind": "fault", **asdict(fault)} for fault in faults]
    rows += [{"kind": "note", "message": note} for note in await _notes(look, faults)]
    schema = {name: pl.Int64() if name == "row" else pl.String() for name in FAULT_COLUMNS}
    return as_csv(look, pl.DataFrame(rows, schema=schema), "check")


@router.get("/flow", response_class=HTMLResponse)
async def show_flow(look: Looked) -> Response:
    """Show who took part."""
    try:
        found = await look.analysis(PATIENCE_SECONDS)
    except TimeoutError:
        return wait(look, "/flow", "Participants")
    masked = masked_trial_line(look)
    return show("flow.html", look, "/flow", found=found, code=code_of(look, masked + FLOW, "analyse", "--format json"))


@router.get("/flow.svg", responses={200: PLAIN_SVG}, response_class=Response)
async def draw_flow(look: Looked) -> Response:
    """Return the diagram of who took part."""
    return as_svg((await look.analysis()).flow_svg)


@router.get("/flow.json", response_model=FlowAnswer)
async def show_flow_as_json(look: Looked) -> Response:
    """Return who took part."""
    flow = (await look.analysis()).results.flow.to_dicts()
    return as_json(FlowAnswer(**about(look), flow=flow))


@router.get("/flow.csv", responses={200: PLAIN_CSV}, response_class=Response)
async def show_flow_as_csv(look: Looked) -> Response:
    """Return who took part as a table."""
    return as_csv(look, (await look.analysis()).results.flow, "flow")


async def _notes(look: Look, faults: tuple[Fault, ...]) -> list[str]:
    """Return what was noticed: by the reading alone where there are faults, else by the analysis as well."""
    study = look.reading.study
    read = [] if study is None else list(study.notes)
    if faults or look.job is None:
        return read
    return list(dict.fromkeys([*read, *(await look.analysis()).results.provenance["notes"]]))


def _tables(look: Look) -> dict[str, tuple[str, int]]:
    """Return the tables that were read, each with its file and its rows."""
    study = look.reading.study
    if study is None:
        return {}
    frames = {"subjects": study.subjects, "visits": study.visits.frame, "events": study.events}
    frames |= {name: getattr(study, name) for name in ("doses", "infusions", "adverse_events", "items")}
    return {
        name: (study.places[name].file if name in study.places else "", frame.height) for name, frame in frames.items()
    }
