"""Which band an improvement falls in, decided exactly; an edge belongs to the band below it."""

from dataclasses import dataclass

import numpy as np

from myotrial.criteria.follow_up import Pairs, Values
from myotrial.criteria.rules import Range
from myotrial.model.decimals import exact, to_nano


def range_nano(span: Range, tops: np.ndarray | None) -> np.ndarray:
    """Return a range in billionths: one number, or one a row where rows state their own maximum."""
    if span.width is not None:
        return to_nano(np.array(span.width))
    low = span.low or 0.0
    if span.high is not None:
        return to_nano(np.array(span.high - low))
    top = np.array(span.default) if tops is None else tops
    return to_nano(top - low)


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
    def of(cls, values: Values, pairs: Pairs) -> "Ends":
        """Take both ends of a column at the follow-up visits."""
        start, end = values.nano[pairs.base], values.nano[pairs.rows]
        return (
            cls(start, end)
            if values.lost is None
            else cls(start, end, values.lost[pairs.base], values.lost[pairs.rows])
        )

    def missing(self) -> np.ndarray | None:
        """Mark the rows where an end is missing; ``None`` where there are none."""
        return None if self.no_start is None or self.no_end is None else self.no_start | self.no_end

    def change(self, *, lower_is_better: bool) -> np.ndarray:
        """Return the change toward better in billionths; anything where an end is missing."""
        return np.asarray(self.start - self.end if lower_is_better else self.end - self.start)

    def best_change(self, bottom: np.ndarray, top: np.ndarray, *, lower_is_better: bool) -> np.ndarray:
        """Return the largest change toward better that agrees with what is known, in billionths.

        A missing end is taken at the end of the range that would give the most; with both ends known it is the
        change itself. ``bottom`` and ``top`` are the lowest and highest value of the measure, in billionths.
        """
        if self.no_start is None or self.no_end is None:
            return self.change(lower_is_better=lower_is_better)
        start = np.where(self.no_start, top if lower_is_better else bottom, self.start)
        end = np.where(self.no_end, bottom if lower_is_better else top, self.end)
        return Ends(start, end).change(lower_is_better=lower_is_better)
