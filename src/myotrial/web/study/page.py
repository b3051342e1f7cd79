"""``/study``: the study that the server was started with: its check, its flow, every outcome, masked until unsealed."""

import csv
import io
from dataclasses import replace
from functools import lru_cache
from pathlib import Path as File
from typing import Annotated, Any
from urllib.parse import quote

import polars as pl
from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from myotrial.analysis.analyse import analyse
from myotrial.analysis.results import Results
from myotrial.endpoints.panel import trial_needs
from myotrial.instruments.study_items import check_study_items
from myotrial.study.reading import StudyData, read_study
from myotrial.study.visits import check_visits
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.loading import load_trial
from myotrial.trials.masking import mask_trial
from myotrial.web.pages import NOTE, show_page

router = APIRouter()

Id = Annotated[str, Path(max_length=60)]
FILTERS = ("sex", "site", "diagnosis")
"""Columns of the subjects by which a study can be narrowed."""

SHOWN = ("part", "level", "week", "statistic", "arm", "estimate", "low", "high", "p_value", "n", "n_event", "n_missing")


@router.get("/study", response_class=HTMLResponse)
def show_study(request: Request) -> HTMLResponse:
    """Show the study: what was read, the flow of its subjects, its outcomes."""
    settings = request.app.state.settings
    if settings.study is None:
        return show_page("study/none.html", "/study")
    trial, study, results = _open(request)
    flow = results.flow.to_dicts()
    stages = list(dict.fromkeys((row["stage"], row["label"]) for row in flow))
    counts = {(row["stage"], row["arm"]): row["n"] for row in flow}
    return show_page(
        "study/page.html", "/study", trial=trial, study=study, results=results, stages=stages, counts=counts,
        masked=not settings.unsealed, filters=_choices(request), chosen=_chosen(request), query=_query(request),
    )  # fmt: skip


@router.get("/study.json")
def show_study_as_json(request: Request) -> dict[str, Any]:
    """Return every result row, the flow, the hypotheses and the provenance."""
    _, _, results = _open(request)
    return {**results.to_dict(), "note": NOTE}


@router.get("/study/outcomes/{name}.json")
def show_outcome_as_json(name: Id, request: Request) -> dict[str, Any]:
    """Return the rows of one outcome, sensitivity analyses and subgroups included."""
    trial, _, results = _open(request)
    _check(trial, name)
    return {"rows": results.rows.filter(outcome=name).to_dicts(), "note": NOTE}


@router.get("/study/outcomes/{name}.csv")
def show_outcome_as_csv(name: Id, request: Request) -> Response:
    """Return the same as a table; a cell that a spreadsheet would run begins with an apostrophe."""
    trial, _, results = _open(request)
    _check(trial, name)
    rows = results.rows.filter(outcome=name)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(rows.columns)
    writer.writerows([[_safe(value) for value in row] for row in rows.iter_rows()])
    headers = {"content-disposition": f'attachment; filename="{trial.id}-{name}.csv"'}
    return PlainTextResponse(out.getvalue(), media_type="text/csv", headers=headers)


@router.get("/study/outcomes/{name}", response_class=HTMLResponse)
def show_outcome(name: Id, request: Request) -> HTMLResponse:
    """Show one outcome: its numbers, its estimand, and how to compute it elsewhere."""
    trial, _, results = _open(request)
    _check(trial, name)
    rows = results.outcome(name)
    columns = [column for column in SHOWN if rows[column].null_count() < rows.height]
    settings = request.app.state.settings
    masked = "" if settings.unsealed else " --masked"
    return show_page(
        "study/outcome.html", "/study", trial=trial, outcome=trial.outcome(name), rows=rows.to_dicts(),
        columns=columns, others=_others(results, name), masked=not settings.unsealed, query=_query(request),
        command=f"myotrial analyse {settings.trial} STUDY{masked} --format csv",
        python=_snippet(settings.trial, name, unsealed=settings.unsealed),
    )  # fmt: skip


def _snippet(trial: str, outcome: str, *, unsealed: bool) -> str:
    masked = "" if unsealed else ", masked=True"
    return (
        "import myotrial as mt\n\n"
        f'trial = mt.load_trial("{trial}")\n'
        f'study = mt.read_study("STUDY", trial.schedule.baseline_week{masked})\n'
        f'print(mt.analyse(trial, study{masked}).outcome("{outcome}"))'
    )


def _others(results: Results, name: str) -> list[dict[str, Any]]:
    """Return the rows of sensitivity analyses and subgroups that compare or count."""
    rows = results.rows.filter(outcome=name).filter((pl.col("analysis") != "main") | pl.col("subgroup").is_not_null())
    return rows.to_dicts()


def _check(trial: TrialDefinition, name: str) -> None:
    if name not in {outcome.id for outcome in trial.outcomes}:
        raise HTTPException(404, "There is no such outcome.")


def _open(request: Request) -> tuple[TrialDefinition, StudyData, Results]:
    """Return the study that the server was started with; nobody can name another."""
    settings = request.app.state.settings
    if settings.study is None or settings.trial is None:
        raise HTTPException(404, "The server was started without a study.")
    chosen = tuple(sorted(_chosen(request).items()))
    return _analysed(settings.trial, str(settings.study), settings.unsealed, _stamp(settings.study), chosen)


def _stamp(folder: File) -> tuple[tuple[str, int], ...]:
    """Return the files with when they were changed: a study that was changed is read anew."""
    files = sorted(folder.iterdir()) if folder.is_dir() else [folder]
    return tuple((str(file), file.stat().st_mtime_ns) for file in files)


@lru_cache(maxsize=4)
def _read(trial: str, folder: str, unsealed: bool, stamp: Any) -> tuple[TrialDefinition, StudyData]:  # noqa: ARG001
    definition = load_trial(trial)
    study = read_study(folder, definition.schedule.baseline_week, needs=trial_needs(definition), masked=not unsealed)
    check_study_items(study)
    return definition, study


@lru_cache(maxsize=8)
def _analysed(
    trial: str, folder: str, unsealed: bool, stamp: Any, chosen: tuple[tuple[str, str], ...]
) -> tuple[TrialDefinition, StudyData, Results]:  # fmt: skip
    definition, study = _read(trial, folder, unsealed, stamp)
    if chosen:
        study = _narrowed(study, dict(chosen))
    results = analyse(definition, study, masked=not unsealed)
    return (definition if unsealed else mask_trial(definition)), study, results


def _narrowed(study: StudyData, chosen: dict[str, str]) -> StudyData:
    """Return the study of the subjects that fit, in every table."""
    subjects = study.subjects
    for name, value in chosen.items():
        if name in subjects.columns:
            subjects = subjects.filter(pl.col(name).cast(pl.String) == value)
    if not subjects.height:
        raise HTTPException(404, "No subject fits all of these filters.")
    keep = pl.col("subject_id").is_in(subjects["subject_id"].implode())
    tables = ("events", "doses", "infusions", "adverse_events", "items")
    return replace(
        study, subjects=subjects, visits=check_visits(study.visits.frame.filter(keep), needs={}),
        **{name: getattr(study, name).filter(keep) for name in tables},
    )  # fmt: skip


def _chosen(request: Request) -> dict[str, str]:
    return {name: value[:100] for name in FILTERS if (value := request.query_params.get(name))}


def _query(request: Request) -> str:
    """Return the filters as the end of an address, so that they go along with every link."""
    chosen = _chosen(request)
    return f"?{'&'.join(f'{name}={quote(value)}' for name, value in chosen.items())}" if chosen else ""


def _choices(request: Request) -> dict[str, list[tuple[str, int]]]:
    """Return for each filter its values with how many subjects of the whole study have them."""
    settings = request.app.state.settings
    _, study = _read(settings.trial, str(settings.study), settings.unsealed, _stamp(settings.study))
    found = {}
    for name in FILTERS:
        if name in study.subjects.columns:
            counts = study.subjects.group_by(pl.col(name).cast(pl.String)).len().drop_nulls().sort(name)
            if 1 < counts.height <= 50:
                found[name] = list(counts.iter_rows())
    return found


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value
