"""Times to event: their check, and the counts at each distinct time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import as_numbers, fault


class RiskSets(NamedTuple):
    """Distinct times, and at each: subjects at risk just before, events, and subjects censored."""

    time: NDArray[np.float64]
    at_risk: NDArray[np.intp]
    events: NDArray[np.intp]
    censored: NDArray[np.intp]


def as_times(time: ArrayLike, name: str = "time") -> NDArray[np.float64]:
    """Return times, which must be 0 or more, as numbers, or refuse them."""
    times = as_numbers(time, name)
    if (times < 0).any():
        at = int(np.flatnonzero(times < 0)[0])
        raise fault(name, f"{times[at]:g} at position {at}", "0 or more")
    return times


def count_risk_sets(times: NDArray[np.float64], events: NDArray[np.bool_]) -> RiskSets:
    """Count at each distinct time; who is censored at a time is at risk at it."""
    moments, index, leaving = np.unique(times, return_inverse=True, return_counts=True)
    died = np.bincount(index, weights=events, minlength=len(moments)).astype(np.intp)
    at_risk = leaving[::-1].cumsum()[::-1]
    return RiskSets(moments, at_risk, died, leaving - died)
