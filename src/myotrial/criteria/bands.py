"""Which band an improvement falls in, decided exactly; an edge belongs to the band below it."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from myotrial.criteria.rules import Measure
from myotrial.model.decimals import exact, to_nano


def range_nano(measure: Measure, tops: np.ndarray | None) -> np.ndarray:
    """Return a measure's range in billionths: one number, or one a row where rows state their own maximum."""
    if measure.range.high is not None:
        return to_nano(np.array(measure.range.high - measure.range.low))
    top = np.array(measure.range.default) if tops is None else tops
    return to_nano(top - measure.range.low)


def edge_nano(edges_percent: tuple[float, ...], width: np.ndarray) -> list[np.ndarray]:
    """Return each edge as the largest change, in billionths, that is still in the band below it."""
    shares = [exact(edge) / 100 for edge in edges_percent]
    return [width * share.numerator // share.denominator for share in shares]


def band_index(change: np.ndarray, edges: list[np.ndarray]) -> np.ndarray:
    """Return the band of each change toward better, shape (rows,): the number of edges it is more than."""
    index = np.zeros(change.shape, dtype=np.int8)
    for edge in edges:
        index += change > edge
    return index


def band_points(points: tuple[float, ...], index: np.ndarray) -> np.ndarray:
    """Return the points of each band, shape (rows,)."""
    return np.asarray(np.take(np.array(points), index, mode="clip"))


@dataclass(frozen=True, slots=True)
class Ends:
    """A measure at baseline and at the visit, in billionths, and where it is missing, shape (rows,)."""

    start: np.ndarray
    end: np.ndarray
    no_start: np.ndarray | None = None
    no_end: np.ndarray | None = None

    @classmethod
    def of(cls, values: pl.Series, base: np.ndarray, rows: np.ndarray) -> "Ends":
        """Take both ends of a column at the baseline rows and the visit rows."""
        nano = to_nano(values.to_numpy())
        if not values.null_count():
            return cls(nano[base], nano[rows])
        lost = values.is_null().to_numpy()
        return cls(nano[base], nano[rows], lost[base], lost[rows])

    def missing(self) -> np.ndarray | None:
        """Mark the rows where an end is missing; ``None`` where there are none."""
        return None if self.no_start is None or self.no_end is None else self.no_start | self.no_end

    def best_change(self, low: float, width: np.ndarray, *, lower_is_better: bool) -> np.ndarray:
        """Return the largest change toward better that agrees with what is known, in billionths.

        A missing end is taken at the end of the range that would give the most; with both ends known it is the
        change itself. ``low`` is the lowest value of the measure, ``width`` its range in billionths.
        """
        start, end = self.start, self.end
        if self.no_start is not None and self.no_end is not None:
            bottom = to_nano(np.array(low))
            top = bottom + width
            start = np.where(self.no_start, top if lower_is_better else bottom, start)
            end = np.where(self.no_end, bottom if lower_is_better else top, end)
        return np.asarray(start - end if lower_is_better else end - start)
