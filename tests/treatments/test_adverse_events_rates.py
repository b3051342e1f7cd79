"""Rates of adverse events: hand-worked denominators, tabled Poisson limits, and a bootstrap that can be counted out."""

import math
from typing import Any

import polars as pl
import pytest

from myotrial.instruments.treatments.adverse_events_rates import (
    EventRate,
    exposure_adjusted_event_rate,
    exposure_adjusted_incidence_rate,
    poisson_interval,
    rate_per_infusion_day,
)
from myotrial.model.errors import BadInput, CannotEstimate

# Garwood's exact 95 % limits of a Poisson count, as tabled in textbooks of epidemiology.
GARWOOD = [(0, 0.0, 3.689), (1, 0.0253, 5.572), (2, 0.2422, 7.225), (5, 1.6235, 11.668), (10, 4.795, 18.390),
           (20, 12.217, 30.888), (100, 81.364, 121.627)]  # fmt: skip


@pytest.mark.parametrize(("count", "low", "high"), GARWOOD)
def test_tabled_limits(count: int, low: float, high: float) -> None:
    assert poisson_interval(count, 1) == pytest.approx((low, high), abs=6e-4)
    assert poisson_interval(count, 40) == pytest.approx((low / 40, high / 40), abs=6e-4 / 40)


@pytest.mark.parametrize("count", [1, 3, 17])
@pytest.mark.parametrize("conf_level", [0.9, 0.95, 0.99])
def test_the_tails_add_up(count: int, conf_level: float) -> None:
    """At the lower limit the chance of as many or more, at the upper of as few or fewer, is half of the rest."""

    def at_most(k: int, mean: float) -> float:
        return math.fsum(math.exp(-mean) * mean**i / math.factorial(i) for i in range(k + 1))

    low, high = poisson_interval(count, 1, conf_level)
    assert 1 - at_most(count - 1, low) == pytest.approx((1 - conf_level) / 2, rel=1e-9)
    assert at_most(count, high) == pytest.approx((1 - conf_level) / 2, rel=1e-9)


def infusions(**days: list[int]) -> pl.DataFrame:
    return pl.DataFrame([(who, day) for who, own in days.items() for day in own], ["subject_id", "day"], orient="row")


def events(*subjects: str, **more: list[Any]) -> pl.DataFrame:
    return pl.DataFrame({"subject_id": list(subjects), **more}, schema_overrides={"subject_id": pl.String})


def test_two_infusions_a_day_count_once() -> None:
    days = infusions(A=[1, 1, 8, 15], B=[1, 8], C=[1, 1])
    found = rate_per_infusion_day(events("A", "A", "B"), days, seed=1)
    assert (found.count, found.exposure, found.rate, found.subjects) == (3, 6.0, 0.5, 3)
    assert (found.low, found.high) == pytest.approx((0.6187 / 6, 8.7673 / 6), abs=1e-4)
    assert found.notes == ()


def test_no_event_and_no_infusion() -> None:
    found = rate_per_infusion_day(events(), infusions(A=[1, 2]), seed=1)
    assert (found.rate, found.low, found.bootstrap_high) == (0.0, 0.0, 0.0)
    with pytest.raises(CannotEstimate):
        rate_per_infusion_day(events("A"), infusions(A=[1]).clear(), seed=1)


def test_events_without_an_infusion_are_noted() -> None:
    found = rate_per_infusion_day(events("A", "X", "X"), infusions(A=[1, 2]), seed=1)
    assert (found.count, found.exposure) == (3, 2.0)
    assert found.notes == ("2 of the events are of subjects without an infusion",)


EXPOSURE = pl.DataFrame({"subject_id": ["A", "B", "C", "D"], "last_day": [1461, 1461, 1461, 1461]})  # four years each


def test_per_subject_year() -> None:
    """16 subject-years: A has events in years 1 and 2, B one at the end of year 2, C and D none."""
    table = events("A", "A", "B", start_day=[487, 974, 731])
    assert exposure_adjusted_event_rate(table, EXPOSURE, seed=1).rate == 3 / 16
    total = exposure_adjusted_incidence_rate(table, EXPOSURE, seed=1)
    assert (total.count, total.rate, total.denominator) == (2, 2 / 16, "total")
    first = exposure_adjusted_incidence_rate(table, EXPOSURE, seed=1, at_risk="until_first_event")
    assert first.exposure == pytest.approx((487 + 731 + 2 * 1461) / 365.25)
    assert (first.count, first.denominator) == (2, "until_first_event")


def test_odd_starts() -> None:
    """A missing start stops nobody's time; one before the first dose stops it on day 1; none adds to the total."""
    table = events("A", "B", "C", start_day=[None, -30, 9999])
    found = exposure_adjusted_incidence_rate(table, EXPOSURE, seed=1, at_risk="until_first_event")
    assert found.exposure == pytest.approx((1461 + 1 + 1461 + 1461) / 365.25)
    assert found.notes == ("1 events without a start stop nobody's time",)


def test_bad_exposures_are_told_at_once() -> None:
    exposure = pl.DataFrame({"subject_id": ["A", "B", "C", "C"], "last_day": [None, 0, 5, 6]})
    with pytest.raises(BadInput) as caught:
        exposure_adjusted_event_rate(events("Z"), exposure, seed=1)
    found = [(fault.code, fault.got) for fault in caught.value.faults]
    assert found == [("bad_exposure", "A"), ("bad_exposure", "B"), ("unknown_subject", "Z"), ("duplicate_row", "C")]
    with pytest.raises(BadInput):
        exposure_adjusted_incidence_rate(events("A"), EXPOSURE, seed=1, at_risk="first")


def test_a_bootstrap_that_can_be_counted_out() -> None:
    """Two subjects, rates 2 and 0: a resample gives 0, 1 or 2 with chances 1/4, 1/2, 1/4."""
    table, days = events("A", "A"), infusions(A=[1], B=[1])
    wide = rate_per_infusion_day(table, days, seed=5)
    assert (wide.bootstrap_low, wide.bootstrap_high) == (0.0, 2.0)
    narrow = rate_per_infusion_day(table, days, seed=5, conf_level=0.4)
    assert (narrow.bootstrap_low, narrow.bootstrap_high) == (1.0, 1.0)


def test_a_bootstrap_in_the_long_run() -> None:
    """Equal exposures: the rate is a mean of n counts, so its percentiles are near the normal ones."""
    counts = [i % 4 for i in range(60)]
    table = events(*[f"{i:02}" for i, count in enumerate(counts) for _ in range(count)])
    found = rate_per_infusion_day(table, infusions(**{f"{i:02}": [1] for i in range(60)}), seed=2, resamples=4000)
    spread = 1.96 * math.sqrt(1.25 / 60)
    assert (found.bootstrap_low, found.bootstrap_high) == pytest.approx((1.5 - spread, 1.5 + spread), abs=0.03)


def test_the_seed_decides() -> None:
    table = events("A", "A", "B", "D")
    days = infusions(A=[1, 2], B=[1], C=[1, 2, 3], D=[4])

    def limits(seed: int, table: pl.DataFrame = table, days: pl.DataFrame = days) -> tuple[object, ...]:
        found = rate_per_infusion_day(table, days, seed=seed, resamples=200, conf_level=0.7)
        return found.bootstrap_low, found.bootstrap_high

    assert limits(1) == limits(1, table.reverse(), days.reverse())
    assert len({limits(seed) for seed in range(8)}) > 1
    none = rate_per_infusion_day(table, days, seed=1, resamples=0)
    assert (none.bootstrap_low, none.bootstrap_high) == (None, None)


def test_in_one_line() -> None:
    found: EventRate = rate_per_infusion_day(events("A"), infusions(A=[1, 2]), seed=1)
    assert repr(found) == "EventRate(0.5 per infusion day, 0.01266 to 2.786; 1 in 2)"
