"""The Kaplan–Meier curve with pointwise intervals, its median and its values at given times.

Written here, vectorised: statsmodels' ``SurvfuncRight`` gives the curve and Greenwood's error, but neither the
log interval nor the censored counts nor a median as SAS and R define it.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myotrial.statistics._arguments import as_binary, check_choice, check_conf_level, check_same_length
from myotrial.statistics._collect import Checks
from myotrial.statistics._intervals import finite_or_none
from myotrial.statistics._risk_sets import as_times, count_risk_sets
from myotrial.statistics._survival_limits import estimate_median, pointwise_limits
from myotrial.statistics.estimate import Estimate, format_number, render_html_table

ConfType = Literal["log-log", "log", "plain"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SurvivalCurve:
    """Kaplan–Meier curve of one group: a step at every distinct time, whether of an event or a censoring.

    Attributes
    ----------
    time
        The distinct times, rising.
    n_at_risk, n_events, n_censored
        Subjects at risk just before each time, events at it, and subjects censored at it.
    survival
        Probability of no event up to and including each time.
    se, low, high
        Greenwood's standard error and the interval at each time; ``None`` once the curve has reached 0. Before
        the first event the standard error is 0 and there is no interval.
    median
        Median time with its interval; ``None`` with a warning where the curve stays above one half.
    n
        Subjects.
    conf_level, conf_type
        Level and scale of the intervals.
    method
        Curve and interval, in words.
    warnings
        What could not be estimated, and why.
    """

    time: tuple[float, ...]
    n_at_risk: tuple[int, ...]
    n_events: tuple[int, ...]
    n_censored: tuple[int, ...]
    survival: tuple[float, ...]
    se: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    median: Estimate
    n: int
    conf_level: float
    conf_type: ConfType
    method: str
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        median = self.median
        return (
            f"SurvivalCurve: n = {self.n}, {sum(self.n_events)} events, median {format_number(median.value)} "
            f"({100 * self.conf_level:g} % CI {format_number(median.low)} to {format_number(median.high)}) "
            f"[{self.method}]"
        )

    def _repr_html_(self) -> str:
        columns = (self.time, self.n_at_risk, self.n_events, self.n_censored, self.survival, self.low, self.high)
        rows = [tuple(format_number(value) for value in row) for row in zip(*columns, strict=True)]
        header = ("time", "at risk", "events", "censored", "survival", "low", "high")
        return render_html_table(repr(self), header, rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a plain dictionary, ready for JSON."""
        fields = asdict(self)
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
        return {**plain, "median": self.median.to_dict()}

    def at_risk(self, times: ArrayLike) -> tuple[int, ...]:
        """Count the subjects still at risk just before each of ``times`` (the numbers under a plot).

        Parameters
        ----------
        times
            Times, 0 or more, in any order.

        Raises
        ------
        ValueError
            A time is missing or negative.

        Examples
        --------
        >>> estimate_survival([2, 3, 3, 5], [1, 0, 1, 1]).at_risk([0, 3, 4, 6])
        (4, 3, 1, 0)
        """
        index = np.searchsorted(self.time, as_times(times, "times"), side="left")
        counts = np.append(np.asarray(self.n_at_risk, dtype=np.intp), 0)
        return tuple(counts[index].tolist())

    def survival_at(self, times: ArrayLike) -> tuple[Estimate, ...]:
        """Read the curve at each of ``times``.

        Parameters
        ----------
        times
            Times, 0 or more, in any order.

        Returns
        -------
        tuple of Estimate
            Probability of no event up to and including the time. After the last time seen it is ``None`` with
            a warning, unless the curve has reached 0.

        Raises
        ------
        ValueError
            A time is missing or negative.

        Examples
        --------
        >>> estimate_survival([2, 3, 3, 5], [1, 0, 1, 1]).survival_at([3])[0]
        Estimate: 0.5 (95 % CI 0.05785 to 0.8449), n = 4 [Kaplan–Meier estimate with log-log interval ...]
        """
        wanted = as_times(times, "times")
        steps = np.searchsorted(self.time, wanted, side="right") - 1
        return tuple(self._read(time, step) for time, step in zip(wanted.tolist(), steps.tolist(), strict=True))

    def _read(self, time: float, step: int) -> Estimate:
        """Read the curve at one time, which lies on or after the step numbered ``step``."""
        if self.n == 0 or (time > self.time[-1] and self.survival[-1] > 0):
            last = f"follow-up ends at {self.time[-1]:g}, before {time:g}" if self.n else "there are no subjects"
            return Estimate(value=None, n=self.n, method=self.method, warnings=(last,))
        if step < 0 or self.survival[step] == 1:
            why = "no event up to this time: the standard error is zero and gives no interval"
            return Estimate(value=1.0, se=0.0, n=self.n, method=self.method, warnings=(why,))
        warnings = ("the curve has reached 0: there is no interval",) if self.survival[step] == 0 else ()
        return Estimate(
            value=self.survival[step],
            se=self.se[step],
            low=self.low[step],
            high=self.high[step],
            conf_level=None if warnings else self.conf_level,
            n=self.n,
            method=self.method,
            warnings=warnings,
        )


def estimate_survival(
    time: ArrayLike, event: ArrayLike, conf_type: ConfType = "log-log", conf_level: float = 0.95
) -> SurvivalCurve:
    """Estimate the survival curve of one group by Kaplan and Meier.

    Parameters
    ----------
    time
        Time to event or censoring, 0 or more, in one unit. Times are compared exactly: round them before if
        they come from a division.
    event
        1 where the event was seen, 0 where the subject was censored. A subject censored at the time of an
        event counts as at risk for it.
    conf_type
        Scale on which the interval is symmetric: ``"log-log"`` (default of SAS), ``"log"`` (default of R) or
        ``"plain"``. Limits are cut at 0 and 1.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    SurvivalCurve
        The median is the first time at which the curve is at one half or below; where the curve lies on one
        half exactly, the middle of that stretch. Its limits are read off the limits of the curve in the same
        way (Brookmeyer and Crowley).

    Raises
    ------
    ValueError
        Unequal lengths, a missing or negative time, an event that is not 0 or 1, or an option not known.

    References
    ----------
    .. [1] Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-481. doi:10.1080/01621459.1958.10501452
    .. [2] Brookmeyer R, Crowley J. Biometrics 1982;38:29-41. doi:10.2307/2530286

    Examples
    --------
    >>> estimate_survival([6, 6, 6, 7, 9, 10, 11, 13], [1, 1, 1, 1, 0, 1, 0, 0])
    SurvivalCurve: n = 8, 5 events, median 8.5 (95 % CI 6 to not estimable) [Kaplan–Meier estimate with ...]
    """
    with Checks() as check:
        check(check_choice, conf_type, "conf_type", get_args(ConfType))
        check(check_conf_level, conf_level)
        times, events = check(as_times, time), check(as_binary, event, "event")
        check(check_same_length, time=times, event=events)
    sets = count_risk_sets(times, events)
    survival = np.cumprod(1 - sets.events / sets.at_risk, dtype=np.float64)
    alive = survival > 0
    left = np.where(alive, sets.at_risk - sets.events, 1)
    log_se = np.sqrt(np.cumsum(sets.events / (sets.at_risk * left)))
    low, high = pointwise_limits(survival, log_se, conf_type, conf_level)
    method = f"Kaplan–Meier estimate with {conf_type} interval and Greenwood standard error"
    return SurvivalCurve(
        time=tuple(sets.time.tolist()),
        n_at_risk=tuple(sets.at_risk.tolist()),
        n_events=tuple(sets.events.tolist()),
        n_censored=tuple(sets.censored.tolist()),
        survival=tuple(survival.tolist()),
        se=_or_none(np.where(alive, survival * log_se, np.inf)),
        low=_or_none(low),
        high=_or_none(high),
        median=estimate_median(sets.time, (survival, low, high), len(times), conf_level, method),
        n=len(times),
        conf_level=conf_level,
        conf_type=conf_type,
        method=method,
        warnings=() if len(times) else ("there are no subjects",),
    )


def _or_none(values: NDArray[np.float64]) -> tuple[float | None, ...]:
    """Values as a tuple, ``None`` where they are infinite."""
    return tuple(map(finite_or_none, values.tolist()))
