"""``/study/figures``: every figure of the report, as an image with its table, by section."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from myotrial.report.figure_parts import Figure
from myotrial.report.figure_sections import Section
from myotrial.web.study.answers import FiguresAnswer, about
from myotrial.web.study.code import code_of, masked_trial_line
from myotrial.web.study.looking import PATIENCE_SECONDS, Look, Looked
from myotrial.web.study.views import PLAIN_CSV, PLAIN_SVG, as_csv, as_json, as_svg, show, wait

router = APIRouter()

Name = Annotated[str, Path(max_length=80)]
NAMED = re.compile(r"\(outcomes? ([^()]+)\)")
"""How a caption names the outcomes that are drawn."""

EACH = "each-subject"
"""The section that draws the score of each subject at the visit of the primary outcome."""

ALL = (
    "from pathlib import Path\n\nfrom myotrial.report.figure_sections import figure_sections\n\n"
    "for section in figure_sections(trial, results, study):\n"
    "    for figure in section.figures:\n"
    '        Path(f"{figure.id}.svg").write_text(figure.image(), encoding="utf-8")'
)


@router.get("/figures", response_class=HTMLResponse)
async def show_figures(look: Looked) -> Response:
    """Show every figure; they follow where they are not drawn yet."""
    try:
        await look.analysis(PATIENCE_SECONDS)
    except TimeoutError:
        return wait(look, "/figures", "Figures")
    sections = await soon(look)
    if sections is None and look.asking:
        return Response(status_code=204)
    code = code_of(look, masked_trial_line(look) + ALL, "report", "--output report.html --subjects")
    return show("figures.html", look, "/figures", sections=sections, code=code)


@router.get("/figures.json", response_model=FiguresAnswer)
async def show_figures_as_json(look: Looked) -> Response:
    """Return every figure with its table and its numbers."""
    sections = await look.sections()
    entries = [entry(section, figure) for section in sections for figure in section.figures]
    return as_json(FiguresAnswer(**about(look), figures=entries))


@router.get("/figures/{name}.svg", responses={200: PLAIN_SVG}, response_class=Response)
async def draw_figure(name: Name, look: Looked) -> Response:
    """Return a figure as an image."""
    _, figure = find_figure(await look.sections(), name)
    if not figure.svg:
        raise HTTPException(404, "Nothing of this figure can be estimated.")
    return as_svg(figure.svg)


@router.get("/figures/{name}.csv", responses={200: PLAIN_CSV}, response_class=Response)
async def show_figure_as_csv(name: Name, look: Looked) -> Response:
    """Return the numbers of a figure, not rounded."""
    _, figure = find_figure(await look.sections(), name)
    return as_csv(look, figure.frame(), figure.id)


@router.get("/figures/{name}.json", response_model=FiguresAnswer)
async def show_figure_as_json(name: Name, look: Looked) -> Response:
    """Return a figure with its table and its numbers."""
    section, figure = find_figure(await look.sections(), name)
    return as_json(FiguresAnswer(**about(look), figures=[entry(section, figure)]))


async def soon(look: Look) -> list[Section] | None:
    """Return the figures if they are there soon, else nothing.

    Raises
    ------
    BadInput, CannotEstimate
        There will be none.
    """
    try:
        return await look.sections(PATIENCE_SECONDS)
    except TimeoutError:
        return None


def find_figure(sections: list[Section], name: str) -> tuple[Section, Figure]:
    """Return a figure with its section, or answer that there is none."""
    for section in sections:
        for figure in section.figures:
            if figure.id == name:
                return section, figure
    raise HTTPException(404, "There is no such figure.")


def figures_of(look: Look, sections: list[Section], outcome: str) -> list[Figure]:
    """Return the figures that show an outcome; those of each subject stand with the primary one."""
    primary = {each.id for each in look.trial.outcomes if each.role == "primary"}
    return [
        figure
        for section in sections
        for figure in section.figures
        if outcome in outcomes_of(figure) or (section.id == EACH and outcome in primary)
    ]


def outcomes_of(figure: Figure) -> set[str]:
    """Return the outcomes that a figure shows: those its caption names, and those its numbers belong to.

    Examples
    --------
    >>> sorted(outcomes_of(Figure("figure-1", "", "Shares (of many), by arm (outcomes C0, C17.all).", "")))
    ['C0', 'C17.all']
    """
    told = NAMED.findall(figure.caption)
    named = {name.strip() for text in told for name in text.split(",")}
    return named | {str(row["outcome"]) for row in figure.data if row.get("outcome")}


def entry(section: Section, figure: Figure) -> dict[str, Any]:
    """Return a figure as data."""
    return {
        "id": figure.id, "section": section.heading, "caption": figure.caption, "about": figure.note,
        "columns": list(figure.columns), "rows": [list(row) for row in figure.rows],
        "data": [dict(row) for row in figure.data],
    }  # fmt: skip
