"""How a page of a study is answered: the templates of the report and of the web together."""

import json
import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from typing import Any

import polars as pl
from fastapi.responses import HTMLResponse, Response
from jinja2 import ChoiceLoader, Environment, PrefixLoader
from pydantic import BaseModel

from myotrial.report.sources import Fact, facts
from myotrial.report.svg import as_image
from myotrial.report.templating import environment
from myotrial.web.pages import templates
from myotrial.web.study.filters import choices_of, has_ages
from myotrial.web.study.looking import Look

PARTS = (
    ("", "Overview"), ("/check", "Check"), ("/flow", "Participants"), ("/outcomes", "Outcomes"),
    ("/figures", "Figures"), ("/subjects", "Subjects"),
)  # fmt: skip
"""The pages of a study, below its address."""

PLAIN_SVG = {"content": {"image/svg+xml": {"schema": {"type": "string"}}}, "description": "A drawing"}
PLAIN_RTF = {"content": {"application/rtf": {"schema": {"type": "string"}}}, "description": "Tables to hand in"}
PLAIN_HTML = {"content": {"text/html": {"schema": {"type": "string"}}}, "description": "Tables to hand in"}
PLAIN_CSV = {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "A table"}


@cache
def study_templates() -> Environment:
    """Return the templates of the web, with those of the report below ``report/``."""
    web, report = templates(), environment()
    assert web.loader is not None  # noqa: S101  (both are made with one)
    assert report.loader is not None  # noqa: S101
    found = web.overlay(loader=ChoiceLoader([web.loader, PrefixLoader({"report": report.loader})]))
    found.filters = {**report.filters, **web.filters, "described": described, "facts": _facts}
    found.globals = {**report.globals, **web.globals}
    return found


def described(svg: str) -> str:
    """Return what a drawing says of itself to those who do not see it.

    Examples
    --------
    >>> described('<svg><title id="t">T</title><desc id="d">Week 4: &lt; 20</desc></svg>')
    'Week 4: < 20'
    """
    found = re.search(r"<desc[^>]*>(.*?)</desc>", svg, re.DOTALL)
    return unescape(found.group(1)) if found else ""


def _facts(provenance: Mapping[str, Any]) -> tuple[Fact, ...]:
    return facts({key: value for key, value in provenance.items() if key not in {"notes", "command"}})


def show(template: str, look: Look, part: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page of a study.

    Parameters
    ----------
    template
        The template, below ``study/``.
    look
        What is looked at.
    part
        The address of the part below the study's own: where the filters lead to.
    """
    study = look.reading.study
    text = study_templates().get_template(f"study/{template}").render(
        place="/study", look=look, base=look.base, query=look.filters.query(), part=part, parts_of_study=PARTS,
        here=f"{look.base}{part}", choices=[] if study is None else choices_of(study.subjects, look.filters),
        ages=study is not None and has_ages(study.subjects), **values,
    )  # fmt: skip
    return HTMLResponse(text, status)


def wait(look: Look, part: str, title: str) -> Response:
    """Say that the outcomes are still being computed; to a page that says so already, nothing."""
    return Response(status_code=204) if look.asking else show("wait.html", look, part, title=title)


def as_json(answer: BaseModel) -> Response:
    """Return data; what is no finite number becomes null."""
    return Response(answer.model_dump_json(), media_type="application/json")


def as_svg(svg: str) -> Response:
    """Return a drawing as an image."""
    return Response(as_image(svg), media_type="image/svg+xml")


def as_csv(look: Look, frame: pl.DataFrame, name: str) -> Response:
    """Return a frame as a file; a cell that a spreadsheet would run begins with an apostrophe.

    Of a choice of subjects the last column says who they are.
    """
    if look.filters.wanted():
        frame = frame.with_columns(narrowed=pl.lit(look.filters.words()))
    nested = [column for column, kind in frame.schema.items() if kind.is_nested()]
    frame = frame.with_columns(pl.col(nested).map_elements(json.dumps, return_dtype=pl.String)) if nested else frame
    texts = [column for column, kind in frame.schema.items() if kind == pl.String]
    if texts:
        runs = pl.col(texts).str.contains(r"^[=+\-@\t\r]")
        frame = frame.with_columns(pl.when(runs).then(pl.lit("'") + pl.col(texts)).otherwise(pl.col(texts)).name.keep())
    return as_file(look, frame.write_csv(), name, "csv")


KINDS = {"csv": "text/csv", "rtf": "application/rtf", "html": "text/html", "json": "application/json"}


def as_file(look: Look, text: str, name: str, suffix: str) -> Response:
    """Return a text as a file to keep; it is not shown as a page."""
    headers = {"content-disposition": f'attachment; filename="{file_name(look, name, suffix)}"'}
    return Response(text, media_type=KINDS[suffix], headers=headers)


def file_name(look: Look, name: str, suffix: str) -> str:
    """Return the name of a file to keep: trial, what it is, whether it is masked or of some subjects only."""
    parts = [look.trial.id, name, "masked" if look.masked else "", "narrowed" if look.filters.wanted() else ""]
    word = "-".join(part for part in parts if part)
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in word)
    return f"{plain}.{suffix}"
