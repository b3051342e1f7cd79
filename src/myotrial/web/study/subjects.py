"""``/study/subjects``: who is in the study, and one subject's course."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field
from starlette.exceptions import HTTPException

from myotrial.report.profiles import Profile, ProfileSection, profile_section, render_profile
from myotrial.study.narrowing import find_fitting
from myotrial.study.reading import StudyData
from myotrial.study.tables import load_tables
from myotrial.web.study.answers import SubjectAnswer, SubjectsAnswer, about
from myotrial.web.study.code import code_of, masked_trial_line
from myotrial.web.study.filters import Filters
from myotrial.web.study.looking import Look, Looked, look_at
from myotrial.web.study.views import PLAIN_CSV, PLAIN_SVG, as_csv, as_json, as_svg, show

router = APIRouter()

Subject = Annotated[str, Path(max_length=200)]
ON_A_PAGE = 200


class Paged(Filters):
    """The filters of an address, and which page of a list."""

    page: int = Field(default=1, ge=1, le=10_000)


async def _look_paged(request: Request, filters: Annotated[Paged, Query()]) -> Look:
    return await look_at(request, filters)


LookedPaged = Annotated[Look, Depends(_look_paged)]


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of one subject: fields, tables, and the profile of the score where the trial has one."""

    known: dict[str, Any]
    tables: dict[str, pl.DataFrame]
    scores: pl.DataFrame
    section: ProfileSection | None
    profile: Profile | None


@router.get("/subjects", response_class=HTMLResponse)
async def show_subjects(look: LookedPaged) -> HTMLResponse:
    """List the subjects that fit."""
    subjects = _subjects(look)
    page = look.filters.page if isinstance(look.filters, Paged) else 1
    pages = max(1, -(-subjects.height // ON_A_PAGE))
    shown = subjects.slice((page - 1) * ON_A_PAGE, ON_A_PAGE)
    code = code_of(look, "print(study.subjects)", "")
    return show("subjects.html", look, "/subjects", subjects=shown.to_dicts(), columns=_columns(shown), page=page,
                pages=pages, code=code)  # fmt: skip


@router.get("/subjects.json", response_model=SubjectsAnswer)
async def show_subjects_as_json(look: Looked) -> Response:
    """Return the subjects that fit."""
    return as_json(SubjectsAnswer(**about(look), subjects=_subjects(look).to_dicts()))


@router.get("/subjects.csv", responses={200: PLAIN_CSV}, response_class=Response)
async def show_subjects_as_csv(look: Looked) -> Response:
    """Return the subjects that fit as a table."""
    return as_csv(look, _subjects(look), "subjects")


@router.get("/subjects/{name:path}.svg", responses={200: PLAIN_SVG}, response_class=Response)
async def draw_subject(name: Subject, look: Looked) -> Response:
    """Return the profile of one subject as an image."""
    course = await _course(look, name)
    if course.section is None or course.profile is None:
        raise HTTPException(404, "The trial has no Total Improvement Score.")
    return as_svg(render_profile(course.section, course.profile))


@router.get("/subjects/{name:path}.json", response_model=SubjectAnswer)
async def show_subject_as_json(name: Subject, look: Looked) -> Response:
    """Return one subject: visits, scores and events."""
    course = await _course(look, name)
    return as_json(SubjectAnswer(
        **about(look), subject=name, known=course.known, summary=course.profile.summary if course.profile else "",
        scores=course.scores.to_dicts(), tables={key: table.to_dicts() for key, table in course.tables.items()},
    ))  # fmt: skip


@router.get("/subjects/{name:path}", response_class=HTMLResponse)
async def show_subject(name: Subject, look: Looked) -> HTMLResponse:
    """Show one subject's course."""
    course = await _course(look, name)
    ending = (
        "from pathlib import Path\n\nfrom myotrial.report.profiles import profile_section, render_profile\n\n"
        "profiles = profile_section(trial, results, study)\n"
        f"(profile,) = [each for each in profiles.profiles if each.subject == {name!r}]\nprint(profile.rows)\n"
        'Path("profile.svg").write_text(render_profile(profiles, profile), encoding="utf-8")'
    )
    code = code_of(look, masked_trial_line(look) + ending, "report", "--output report.html --subjects")
    labels = {column.name: column.label for table in load_tables().values() for column in table.columns}
    return show("subject.html", look, "/subjects", name=name, course=course, labels=labels, code=code,
                tables={key: _told(table) for key, table in course.tables.items()})  # fmt: skip


def _subjects(look: Look) -> pl.DataFrame:
    subjects = look.study.subjects
    return subjects.filter(pl.Series(find_fitting(subjects, look.filters.wanted()), dtype=pl.Boolean))


def _columns(frame: pl.DataFrame) -> list[tuple[str, str]]:
    """Return the columns that hold anything, each with its label and unit."""
    columns = {column.name: column for column in load_tables()["subjects"].columns}
    return [
        (name, f"{columns[name].label} ({columns[name].unit})" if columns[name].unit else columns[name].label)
        for name in frame.columns
        if name in columns and frame[name].null_count() < frame.height
    ]


def _told(table: pl.DataFrame) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return a table as columns and rows, without what is empty."""
    kept = [name for name in table.columns if table[name].null_count() < table.height and name != "subject_id"]
    return kept, table.select(kept).rows()


async def _course(look: Look, name: str) -> Course:
    study = look.study
    if name not in set(study.subjects["subject_id"]):
        raise HTTPException(404, "There is no such subject.")
    results = (await look.opened.everybody.get("analysed")).results
    tables = {key: table.filter(subject_id=name) for key, table in _tables(study).items()}
    own = replace(study, subjects=tables["subjects"], events=tables["events"])
    scores = {key: frame.filter(subject_id=name) for key, frame in results.scores.items()}
    section = profile_section(look.trial, replace(results, scores=scores), own)
    number = study.subjects["subject_id"].to_list().index(name) + 1
    profile = replace(section.profiles[0], number=number) if section else None
    known = tables.pop("subjects").to_dicts()[0]
    if profile is not None:
        known["arm"] = profile.arm
    return Course(known, {key: table for key, table in tables.items() if table.height},
                  scores.get("tis", pl.DataFrame()), section, profile)  # fmt: skip


def _tables(study: StudyData) -> Mapping[str, pl.DataFrame]:
    more = {name: getattr(study, name) for name in ("events", "doses", "infusions", "adverse_events", "items")}
    return {"subjects": study.subjects, "visits": study.visits.frame, **more}
