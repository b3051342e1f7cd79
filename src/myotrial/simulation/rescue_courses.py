"""Rescue in a simulated study: every rescue event starts a course of doses, tapered or not."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from myotrial.simulation.assumptions import Assumptions
from myotrial.simulation.conduct import NEVER, Conduct
from myotrial.simulation.draws import Stream
from myotrial.simulation.treatment_assumptions import RescueCourse


def draw_rescue_courses(assumed: Assumptions, conduct: Conduct, seed: int) -> pl.DataFrame:
    """Draw the doses of every rescue.

    Parameters
    ----------
    assumed
        The assumptions: the kinds of course and their steps.
    conduct
        The days of rescue, and of the end of follow-up.
    seed
        The seed of the study.

    Returns
    -------
    polars.DataFrame
        Columns subject (its place), drug, start_day, end_day, dose_mg, per, route, purpose. A later rescue of the
        subject ends a course, and so does leaving; one that outlasts the study goes on.
    """
    who, visit = np.nonzero(conduct.rescue_day)
    day = conduct.rescue_day[who, visit]
    again = np.append(who[1:] == who[:-1], np.zeros(min(len(who), 1), dtype=bool))
    following = np.where(again, np.append(day[1:], day[:1]), NEVER)
    stream = Stream(seed, "rescue courses")
    kind = stream.pick([course.share for course in assumed.rescue_courses], len(who))
    size = stream.uniform(len(who))
    frames: list[pl.DataFrame] = []
    for place, course in enumerate(assumed.rescue_courses):
        mine = kind == place
        frames += _steps(course, who[mine], day[mine], following[mine], size[mine], conduct)
    return pl.concat(frames).with_columns(per=pl.lit("day"), purpose=pl.lit("rescue"))


def _steps(
    course: RescueCourse, who: np.ndarray, day: np.ndarray, following: np.ndarray, size: np.ndarray, conduct: Conduct
) -> Iterator[pl.DataFrame]:
    """Yield the records of each step of a kind of course."""
    edges = np.cumsum([entry.share for entry in course.start_mg])[:-1]
    first_mg = np.array([entry.mg for entry in course.start_mg])[np.searchsorted(edges, size, side="right")]
    completed = conduct.completed[who]
    latest = np.minimum(following - 1, conduct.last_day[who])
    begun = day
    for step in course.steps:
        planned = np.full(len(who), NEVER) if step.days is None else begun + step.days - 1
        goes_on = completed & (planned > conduct.last_day[who]) & (following == NEVER)
        yield (
            pl.DataFrame(
                {
                    "subject": who,
                    "drug": [step.drug] * len(who),
                    "start_day": begun,
                    "end_day": np.minimum(planned, latest),
                    "dose_mg": np.round(first_mg * step.of_start, 3),
                    "route": [step.route] * len(who),
                },
                schema_overrides={"drug": pl.String, "route": pl.String},
            )
            .with_columns(end_day=pl.when(~pl.Series(goes_on)).then(pl.col("end_day")))
            .filter(pl.Series(begun <= latest))
        )
        begun = planned + 1
