"""``myotrial doses`` and ``myotrial adverse-events``: what was given, and what happened."""

from pathlib import Path
from typing import Annotated

import polars as pl
from cyclopts import Parameter

from myotrial.cli.options import read_options, show_options
from myotrial.cli.output import Format, show_frame, show_json, show_note, show_text
from myotrial.instruments.treatments.adverse_events_table import tabulate_adverse_events
from myotrial.instruments.treatments.glucocorticoid_subjects import derive_dose_courses
from myotrial.instruments.treatments.reading import placed, read_table
from myotrial.model.errors import BadInput, Fault
from myotrial.study.reading import read_study

Words = Annotated[list[str], Parameter(negative=())]


def doses(
    study: Path,
    *,
    day: Annotated[list[int], Parameter(negative=())] | None = None,
    baseline_day: int | None = None,
    rescue_before: str = "next_visit",
    at_least_percent: float = 0,
    option: Words | None = None,
    other_drug: Words | None = None,
    format: Format = "table",  # noqa: A002
) -> None:
    """Show glucocorticoids in mg of prednisone per day, by how much they fell, and the start of taper and rescue.

    Parameters
    ----------
    study
        The folder of a study, or its table of doses alone.
    day
        A study day to answer for; may be repeated. Without it, the days of the study's visits.
    baseline_day
        The day that reductions are taken from; without it, a subject's earliest.
    rescue_before
        Rescue after a decrease undoes the start of a taper: up to the next_visit, ever, or ignored.
    at_least_percent
        How large the decrease must be that begins a taper; 0 is any.
    option
        A choice where sources differ, as name=value; may be repeated. For example dexamethasone_mg=0.6.
    other_drug
        A drug in the table that is no glucocorticoid and is left out; may be repeated.
    format
        table to read, with one row per subject below; csv for one row per subject and day; json for everything.
    """
    options = read_options(option)
    visits, subjects = _visits(study) if study.is_dir() else (None, None)
    if day is None and visits is None:
        raise BadInput([Fault("bad_option", "on which days?", column="--day",
                              expected="study days, for example --day 1",
                              hint="a folder whose visits have a column day needs none")])  # fmt: skip
    frame, raw = read_table(study, "doses")
    try:
        found = derive_dose_courses(
            frame, visits if day is None and visits is not None else day or [], baseline_day=baseline_day,
            subjects=subjects, rescue_before=rescue_before, at_least_percent=at_least_percent, options=options,
            other_drugs=other_drug or (),
        )  # fmt: skip
    except BadInput as error:
        raise BadInput(placed(error.faults, raw)) from None
    if format == "json":
        show_json(found.to_dict())
    else:
        show_frame(found.frame, format)
    if format == "table":
        show_text("")
        show_frame(found.subjects)
    for note in (*raw.notes, *found.notes):
        show_note(f"note: {note}")
    show_note(repr(found))
    chosen = show_options({**found.equivalents.options, **found.options})
    show_note(f"not settled by any source, so chosen here: {chosen}")
    show_note("For research; not medical advice.")


def _visits(folder: Path) -> tuple[pl.DataFrame | None, list[str]]:
    """Return the days of a study's visits, where it has them, and its subjects."""
    data = read_study(folder)
    frame, subjects = data.visits.frame, data.subjects["subject_id"].to_list()
    if "day" not in frame.columns:
        return None, subjects
    return frame.select("subject_id", "day").filter(pl.col("day").is_not_null()), subjects


def adverse_events(
    study: Path,
    *,
    window_days: int | None = None,
    unknown_worsening: str = "worsened",
    at_risk: str = "total",
    format: Format = "table",  # noqa: A002
) -> None:
    """Count treatment-emergent adverse events by arm and kind, with rates per infusion day and per subject-year.

    Parameters
    ----------
    study
        The folder of a study with adverse_events, and as far as there are any infusions, doses and subjects.
    window_days
        Days after the last dose in which a new event still counts; without it there is no limit.
    unknown_worsening
        An event from before treatment that goes on, with a missing severity: worsened or not_worsened.
    at_risk
        Subject-years under the incidence: total, or until_first_event.
    format
        table to read; csv or json for programs.
    """
    data = read_study(study)
    found = tabulate_adverse_events(data, window_days=window_days, unknown_worsening=unknown_worsening, at_risk=at_risk)
    show_json(found.to_dict()) if format == "json" else show_frame(found.frame, format)
    for note in (*data.notes, *found.notes):
        show_note(f"note: {note}")
    show_note(repr(found))
    show_note(f"not settled by any source, so chosen here: {show_options(dict(found.options))}")
    show_note("For research; not medical advice.")
