"""Subjects × visits: where each row of the visit table lies, and every measure and score on that grid."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from myotrial.criteria.scores import Scores
from myotrial.model.panel import Grid
from myotrial.study.reading import StudyData
from myotrial.study.tables import Column, load_tables
from myotrial.trials.definition import TrialDefinition


@dataclass(frozen=True, slots=True)
class Places:
    """Where the scheduled rows of the visit table lie on the grid.

    Attributes
    ----------
    subjects, weeks
        The subjects in their order, and the scheduled weeks, ascending.
    scheduled
        Whether a row's week is scheduled, shape (rows,).
    rows, columns
        The place of each scheduled row: its subject and its visit.
    seen
        Whether a visit took place, shape (subjects, visits).
    """

    subjects: pl.Series
    weeks: np.ndarray
    scheduled: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    seen: np.ndarray

    @classmethod
    def of(cls, trial: TrialDefinition, study: StudyData) -> "Places":
        """Find the places of a study's visits."""
        weeks = np.array(trial.schedule.visits, dtype=np.float64)
        subjects, week = study.subjects["subject_id"], study.visits.layout.week
        columns = np.minimum(np.searchsorted(weeks, week), len(weeks) - 1)
        scheduled = weeks[columns] == week
        rows = place_of(study.visits.frame["subject_id"], subjects)[scheduled]
        seen = np.zeros((len(subjects), len(weeks)), dtype=bool)
        seen[rows, columns[scheduled]] = True
        return cls(subjects, weeks, scheduled, rows, columns[scheduled], seen)

    def on_grid(self, values: np.ndarray) -> np.ndarray:
        """Return a column of the visit table on the grid, NaN where nothing is known, shape (subjects, visits)."""
        grid = np.full(self.seen.shape, np.nan)
        grid[self.rows, self.columns] = values[self.scheduled]
        return grid

    def of_frame(self, frame: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return which rows of another frame (subject_id, week) are scheduled, and the place of each of them."""
        week = frame["week"].cast(pl.Float64).to_numpy()
        columns = np.minimum(np.searchsorted(self.weeks, week), len(self.weeks) - 1)
        scheduled = self.weeks[columns] == week
        return scheduled, place_of(frame["subject_id"], self.subjects)[scheduled], columns[scheduled]


def place_of(names: pl.Series, known: pl.Series) -> np.ndarray:
    """Return for each name its place in the known ones, shape (rows,)."""
    order = pl.DataFrame({"name": known}).with_row_index("place")
    return pl.DataFrame({"name": names}).join(order, on="name", how="left", maintain_order="left")["place"].to_numpy()


def visit_days(trial: TrialDefinition, places: Places, study: StudyData) -> np.ndarray:
    """Return the day of each visit, the nominal one where none is recorded, shape (subjects, visits)."""
    nominal = np.array([trial.schedule.nominal_day(week) for week in trial.schedule.visits], dtype=np.float64)
    visits = study.visits.frame
    if "day" not in visits.columns:
        return np.tile(nominal, (len(places.subjects), 1))
    grid = places.on_grid(visits["day"].cast(pl.Float64).to_numpy())
    return np.where(np.isnan(grid), nominal, grid)


def measure_grids(places: Places, study: StudyData) -> dict[str, Grid]:
    """Return the grid of every measure of the visit table; one that the table does not have is unknown."""
    visits = study.visits.frame
    unknown = np.full(places.seen.shape, np.nan)
    grids = {}
    for column in load_tables()["visits"].columns:
        if column.better is None:
            continue
        held = column.name in visits.columns
        grid = places.on_grid(visits[column.name].cast(pl.Float64).to_numpy()) if held else unknown
        grids[column.name] = Grid(grid, grid, column.better, _width(column, visits, places))
    return grids


def _width(column: Column, visits: pl.DataFrame, places: Places) -> np.ndarray | None:
    """Return the range of a measure for each subject, ``None`` where none is published (an enzyme)."""
    if not column.ranged:
        return None
    low, subjects = column.min or 0.0, len(places.subjects)
    if column.max_column is None:
        return np.full(subjects, (column.max or 0.0) - low)
    default = load_tables()["visits"].column(column.max_column).default or 0.0
    width = np.full(subjects, default - low)
    if column.max_column in visits.columns:
        tops = visits[column.max_column].cast(pl.Float64).fill_null(default).to_numpy()
        width[places.rows] = tops[places.scheduled] - low
    return width


def score_grid(places: Places, scores: Scores, name: str) -> Grid:
    """Return the grid of a score: an interval where a measure is missing, unknown where there was no visit."""
    scheduled, rows, columns = places.of_frame(scores.frame)
    ends = np.full((3, *places.seen.shape), np.nan)
    for end, column in zip(ends, (f"{name}_low", f"{name}_high", name), strict=True):
        end[rows, columns] = scores.frame[column].to_numpy()[scheduled]
    return Grid(ends[0], ends[1], "higher", exact=~np.isnan(ends[2]))
