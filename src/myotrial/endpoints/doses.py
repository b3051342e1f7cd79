"""The daily glucocorticoid dose at each visit, the start of a taper, and the tapering of rescue."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from myotrial.endpoints.grids import place_of
from myotrial.instruments.treatments.glucocorticoid_courses import rescue_tapered, taper_start
from myotrial.instruments.treatments.glucocorticoid_records import DoseSteps, dose_at, dose_steps, in_mg
from myotrial.model.decimals import NANO
from myotrial.model.panel import Grid, Panel
from myotrial.trials.parts import Glucocorticoid
from myotrial.trials.variables import DOSE

LEFT = ("discontinued_study", "death")
"""Events after which nobody records a dose."""


@dataclass(frozen=True, slots=True)
class DoseSource:
    """The dose records of glucocorticoids.

    Attributes
    ----------
    records
        The records for background and rescue, by whatever route.
    steps
        The daily dose by the routes that the definition counts, as a step function of the day.
    how
        How the definition counts them.
    """

    records: pl.DataFrame
    steps: DoseSteps
    how: Glucocorticoid

    @classmethod
    def of(cls, how: Glucocorticoid, doses: pl.DataFrame) -> "DoseSource | None":
        """Take a study's records; ``None`` where it has none, not even of the study treatment."""
        if not doses.height:
            return None
        records = doses.filter(pl.col("purpose").is_in(["background", "rescue"]))
        counted = records.filter(pl.col("route").is_in(list(how.routes)))
        return cls(records, dose_steps(counted, how.table, how.options, how.other_drugs), how)

    def tapered(self, until: pl.DataFrame) -> pl.DataFrame:
        """Return, of each rescued subject, whether the dose fell below its peak up to a day (subject_id, day)."""
        return rescue_tapered(
            self.records, until_day=until, table=self.how.table, options=self.how.options,
            other_drugs=self.how.other_drugs,
        )  # fmt: skip


def dose_grid(doses: DoseSource, panel: Panel) -> Grid:
    """Return the daily dose in mg of prednisone at each visit; unknown once a subject has left the study.

    A dose is known at a visit that did not take place too: it is recorded by day.
    """
    found = dose_at(doses.steps, _asked(panel))
    mg = in_mg(found["units"], doses.steps.per_mg).to_numpy().reshape(panel.day.shape)
    places = list(range(len(panel.weeks)))
    gone = np.any([panel.before(event, places) for event in LEFT], axis=0)
    value = np.where(gone, np.nan, mg)
    return Grid(value, value, "lower", parts=doses.steps.per_mg // NANO)


def taper_days(how: Glucocorticoid, panel: Panel, rescue: pl.DataFrame) -> np.ndarray:
    """Return the day on which each subject's taper began, infinity where none did, shape (subjects,)."""
    dose = panel.grids[DOSE].value[:, panel.baseline :]
    visits = _asked(panel).with_columns(
        visit=pl.Series(np.tile(np.arange(len(panel.weeks)), len(panel.subjects))),
    )
    visits = visits.filter(pl.col("visit") >= panel.baseline).with_columns(
        prednisone_mg_per_day=pl.Series(dose.ravel(), nan_to_null=True)
    )
    found = taper_start(visits, rescue, at_least_percent=how.at_least_percent, rescue_before=how.rescue_before)
    days = np.full(len(panel.subjects), np.inf)
    places = place_of(found["subject_id"], pl.Series(panel.subjects))
    days[places] = found["taper_day"].cast(pl.Float64).fill_null(np.inf).to_numpy()
    return days


def _asked(panel: Panel) -> pl.DataFrame:
    """Return subject and day of every visit of the grid."""
    return pl.DataFrame(
        {
            "subject_id": pl.Series(panel.subjects).gather(np.repeat(np.arange(len(panel.subjects)), len(panel.weeks))),
            "day": panel.day.ravel().astype(np.int64),
        }
    )
