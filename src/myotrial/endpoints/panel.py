"""Put a study on the grid of its definition's visits, with the scores the definition derives."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from myotrial.criteria.every import find_needs
from myotrial.criteria.scores import Scores
from myotrial.criteria.tis import score_tis
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.panel import Grid, Panel
from myotrial.study.reading import StudyData
from myotrial.study.tables import Column, load_tables
from myotrial.trials.definition import TrialDefinition
from myotrial.trials.outcomes import EVENTS

BEFORE_TREATMENT = frozenset({"discontinued_treatment", "discontinued_study", "death"})
"""Events that count whenever they happened; any other is intercurrent only from the first treatment (day 1) on."""

SCORERS = {"tis": score_tis}
"""Score → the function that computes it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A study ready for its outcomes: the grid, the scores it holds, and what was left aside."""

    panel: Panel
    scores: Mapping[str, Scores]
    notes: tuple[str, ...]


def trial_needs(trial: TrialDefinition) -> dict[str, str]:
    """Return the columns that a trial's visit table must have, each with the rule that asks for it.

    Examples
    --------
    >>> from myotrial.trials.loading import load_trial
    >>> list(trial_needs(load_trial("NCT04044690")))
    ['physician_global_cm', 'patient_global_cm', 'mmt', 'haq_di', 'extramuscular_cm']
    """
    needs: dict[str, str] = {}
    for score in trial.scores.values():
        needs |= find_needs(score.criteria, options=score.options)
    return needs


def prepare(trial: TrialDefinition, study: StudyData) -> Prepared:
    """Put a study on its definition's grid and score it.

    Parameters
    ----------
    trial
        The definition: its visits, arms, baseline week and scores.
    study
        The tables. Visits at weeks that the definition does not schedule are left aside and noted.

    Raises
    ------
    BadInput
        An arm that the definition does not have, or a subject without an arm.
    """
    _check_arms(trial, study)
    weeks = np.array(trial.schedule.visits, dtype=np.float64)
    subjects = study.subjects["subject_id"]
    visits = study.visits.frame
    rows = _places(visits["subject_id"], subjects)
    columns = np.searchsorted(weeks, study.visits.layout.week)
    scheduled = weeks[np.minimum(columns, len(weeks) - 1)] == study.visits.layout.week
    shape = (len(subjects), len(weeks))
    seen = np.zeros(shape, dtype=bool)
    seen[rows[scheduled], columns[scheduled]] = True
    scores = {name: _score(trial, name, study) for name in trial.scores}
    grids = _measure_grids(visits, rows, columns, scheduled, shape)
    grids |= {name: _score_grid(found, name, subjects, weeks) for name, found in scores.items()}
    panel = Panel(
        subjects=subjects.to_numpy(),
        arm=study.subjects["arm"].to_numpy(),
        weeks=weeks,
        baseline=int(np.searchsorted(weeks, trial.schedule.baseline_week)),
        day=_days(trial, visits, rows, columns, scheduled, shape),
        seen=seen,
        grids=grids,
        first_day=_first_days(study.events, subjects),
    )
    aside = int((~scheduled).sum())
    notes = (f"{aside:,} visits at weeks that are not scheduled were left aside",) if aside else ()
    return Prepared(panel, scores, notes)


def _check_arms(trial: TrialDefinition, study: StudyData) -> None:
    known = [arm.id for arm in trial.arms]
    if "arm" not in study.subjects.columns:
        raise BadInput([Fault("missing_column", "the arm of the subjects is not given", "subjects", column="arm",
                              expected=" or ".join(known), hint="add it to subjects, or to visits")])  # fmt: skip
    unknown = study.subjects.filter(~pl.col("arm").is_in(known) | pl.col("arm").is_null())
    if unknown.height:
        raise BadInput(
            Fault("unknown_arm", f"subject {subject} is in no arm of {trial.id}", "subjects", column="arm",
                  got="nothing" if arm is None else repr(arm), expected=" or ".join(known),
                  hint=did_you_mean(arm or "", known))
            for subject, arm in unknown.select("subject_id", "arm").iter_rows()
        )  # fmt: skip


def _places(names: pl.Series, known: pl.Series) -> np.ndarray:
    """Return for each name its place in the known ones, shape (rows,)."""
    order = pl.DataFrame({"name": known}).with_row_index("place")
    return pl.DataFrame({"name": names}).join(order, on="name", how="left", maintain_order="left")["place"].to_numpy()


def _on_grid(values: np.ndarray, rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    grid = np.full(shape, np.nan)
    grid[rows, columns] = values
    return grid


def _days(
    trial: TrialDefinition,
    visits: pl.DataFrame,
    rows: np.ndarray,
    columns: np.ndarray,
    scheduled: np.ndarray,
    shape: tuple[int, int],
) -> np.ndarray:
    """Return the day of each visit, the nominal one where none is recorded."""
    nominal = np.array([trial.schedule.nominal_day(week) for week in trial.schedule.visits], dtype=np.float64)
    if "day" not in visits.columns:
        return np.tile(nominal, (shape[0], 1))
    recorded = visits["day"].cast(pl.Float64).to_numpy()
    grid = _on_grid(recorded[scheduled], rows[scheduled], columns[scheduled], shape)
    return np.where(np.isnan(grid), nominal, grid)


def _measure_grids(
    visits: pl.DataFrame, rows: np.ndarray, columns: np.ndarray, scheduled: np.ndarray, shape: tuple[int, int]
) -> dict[str, Grid]:
    """Return the grid of every measure of the visit table; one that the table does not have is unknown."""
    grids = {}
    for column in load_tables()["visits"].columns:
        if column.better is None:
            continue
        name = column.name
        if name in visits.columns:
            values = visits[name].to_numpy()[scheduled]
            grid = _on_grid(values, rows[scheduled], columns[scheduled], shape)
        else:
            grid = np.full(shape, np.nan)
        grids[name] = Grid(grid, grid, column.better, _width(column, visits, rows, shape[0]))
    return grids


def _width(column: Column, visits: pl.DataFrame, rows: np.ndarray, subjects: int) -> np.ndarray | None:
    """Return the range of a measure for each subject, ``None`` where none is published (an enzyme)."""
    if not column.ranged:
        return None
    low = column.min or 0.0
    if column.max_column is None:
        return np.full(subjects, (column.max or 0.0) - low)
    default = load_tables()["visits"].column(column.max_column).default or 0.0
    width = np.full(subjects, default - low)
    if column.max_column in visits.columns:
        width[rows] = visits[column.max_column].fill_null(default).to_numpy() - low
    return width


def _first_days(events: pl.DataFrame, subjects: pl.Series) -> dict[str, np.ndarray]:
    """Return for each kind of event the day it first happened to each subject, infinity where it did not."""
    days = {}
    for kind in EVENTS:
        first = np.full(len(subjects), np.inf)
        mine = events.filter(pl.col("kind") == kind)
        if kind not in BEFORE_TREATMENT:
            mine = mine.filter(pl.col("day") >= 1)
        if mine.height:
            np.minimum.at(first, _places(mine["subject_id"], subjects), mine["day"].cast(pl.Float64).to_numpy())
        days[kind] = first
    return days


def _score(trial: TrialDefinition, name: str, study: StudyData) -> Scores:
    wanted = trial.scores[name]
    return SCORERS[name](
        study.visits, wanted.criteria, baseline_week=trial.schedule.baseline_week, options=wanted.options
    )


def _score_grid(scores: Scores, name: str, subjects: pl.Series, weeks: np.ndarray) -> Grid:
    """Return the grid of a score: an interval where a measure is missing, unknown where there was no visit."""
    at = scores.frame["week"].cast(pl.Float64).to_numpy()
    columns = np.minimum(np.searchsorted(weeks, at), len(weeks) - 1)
    scheduled = weeks[columns] == at
    rows = _places(scores.frame["subject_id"], subjects)[scheduled]
    shape = (len(subjects), len(weeks))
    low, high = (
        _on_grid(scores.frame[f"{name}_{end}"].to_numpy()[scheduled], rows, columns[scheduled], shape)
        for end in ("low", "high")
    )
    exactly = _on_grid(scores.frame[name].to_numpy()[scheduled], rows, columns[scheduled], shape)
    return Grid(low, high, "higher", exact=~np.isnan(exactly))
