# ruff: noqa: PLC0415 (SciPy takes long to load: only where it is used)
"""An event rate with its exact Poisson interval and a bootstrap over subjects."""

from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl

from myotrial.model.display import html_table
from myotrial.model.errors import CannotEstimate


@dataclass(frozen=True, slots=True, repr=False)
class EventRate:
    """A rate with two 95 % intervals (or another level).

    Attributes
    ----------
    count
        What is counted: events, or subjects with an event.
    exposure
        What it is divided by, in ``unit``.
    unit
        ``infusion day`` or ``subject-year``.
    denominator
        How the exposure is counted: ``infusion_days``, ``total`` or ``until_first_event``.
    rate
        ``count ÷ exposure``.
    low, high
        The exact Poisson interval: events are taken as independent, also within a subject.
    bootstrap_low, bootstrap_high
        The percentiles of resampled subjects, which keep a subject's events together; null without resamples.
    subjects
        Subjects who add to the exposure.
    conf_level, resamples, seed
        The level of both intervals, and how the second was drawn.
    notes
        What was counted apart.
    """

    count: int
    exposure: float
    unit: str
    denominator: str
    rate: float
    low: float
    high: float
    bootstrap_low: float | None
    bootstrap_high: float | None
    subjects: int
    conf_level: float
    resamples: int
    seed: int
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """One line with the numbers."""
        return (
            f"EventRate({self.rate:.4g} per {self.unit}, {self.low:.4g} to {self.high:.4g}; "
            f"{self.count:,} in {self.exposure:,.6g})"
        )

    def _repr_html_(self) -> str:
        return html_table(repr(self), ("", ""), self.to_dict().items())

    def to_dict(self) -> dict[str, Any]:
        """Return the rate with how it was estimated."""
        return {**asdict(self), "notes": list(self.notes), "version": f"myotrial {version('myotrial')}"}


def poisson_interval(count: int, exposure: float, conf_level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a Poisson rate, from quantiles of chi-square.

    Examples
    --------
    >>> low, high = poisson_interval(10, 1)
    >>> round(low, 4), round(high, 4)
    (4.7954, 18.3904)
    """
    from scipy.special import chdtri

    tail = (1 - conf_level) / 2
    low = 0.0 if count == 0 else float(chdtri(2 * count, 1 - tail)) / 2
    return low / exposure, float(chdtri(2 * count + 2, tail)) / 2 / exposure


def estimate_rate(
    both: pl.DataFrame, unit: str, denominator: str, how: tuple[int, float, int], notes: tuple[str, ...] = ()
) -> EventRate:
    """Divide; ``both`` holds subject_id, count and exposure, one row per subject, in the order of subjects."""
    seed, conf_level, resamples = how
    counts = both["count"].fill_null(0).to_numpy().astype(np.int64)
    exposure = both["exposure"].fill_null(0).to_numpy().astype(np.float64)
    count, total = int(counts.sum()), float(exposure.sum())
    if not total > 0:
        raise CannotEstimate(f"the rate per {unit} cannot be estimated: there is no {unit}")
    low, high = poisson_interval(count, total, conf_level)
    ends = _bootstrap(counts, exposure, seed, conf_level, resamples) if resamples else (None, None)
    subjects = int((exposure > 0).sum())
    return EventRate(count, total, unit, denominator, count / total, low, high, *ends, subjects, conf_level,
                     resamples, seed, notes)  # fmt: skip


def _bootstrap(
    counts: np.ndarray, exposure: np.ndarray, seed: int, conf_level: float, resamples: int
) -> tuple[float | None, float | None]:
    """Return percentiles of the rate over resampled subjects; the draws are raw bits of PCG64, as everywhere."""
    n = len(counts)
    bits = np.random.PCG64(np.random.SeedSequence(seed))
    rates = np.full(resamples, np.nan)
    for i in range(resamples):
        raw = bits.random_raw(n) >> np.uint64(11)
        drawn = np.minimum((raw * (n / 2.0**53)).astype(np.int64), n - 1)
        total = exposure[drawn].sum()
        rates[i] = counts[drawn].sum() / total if total > 0 else np.nan
    rates = rates[np.isfinite(rates)]
    if not rates.size:
        return None, None
    low, high = np.quantile(rates, [(1 - conf_level) / 2, (1 + conf_level) / 2])
    return float(low), float(high)
