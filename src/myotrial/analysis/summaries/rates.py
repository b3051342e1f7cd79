"""Summaries of events per exposure."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from myotrial import statistics
from myotrial.analysis.groups import Group, Row, make_row, nothing
from myotrial.statistics import Estimate

BLOCK = 4_000_000
"""Numbers of the bootstrap held at a time."""


def rate(group: Group, resamples: int, seed: int) -> Iterator[Row]:
    """Per arm: events ÷ exposure with the exact Poisson interval, and beside it a bootstrap over subjects.

    The exact interval takes events as independent; the bootstrap keeps the events of a subject together.
    """
    for arm in group.shown:
        mine = group.among(arm)
        events, exposure = group.value[mine], group.exposure[mine]
        count, total = int(events.sum()), float(exposure.sum())
        yield _row("rate", group, arm, _exact(group, count, total, int(events[exposure == 0].sum())), count, total)
        if resamples and total > 0:
            yield _row("rate_bootstrap", group, arm, _bootstrap(group, events, exposure, resamples, seed), count, total)


def _exact(group: Group, count: int, total: float, without: int) -> Estimate:
    """Return the rate with its exact interval, and say how many of its events nobody was exposed for."""
    if not total > 0:
        return nothing("rate with exact Poisson interval (Garwood)", count, "there is no exposure to divide by")
    found = statistics.estimate_rate(count, total, group.conf_level)
    why = (f"{without:,} of the events are of subjects without exposure",) if without else ()
    return replace(found, warnings=(*found.warnings, *why))


def _row(statistic: str, group: Group, arm: str, found: Estimate, count: int, total: float) -> Row:
    mine = int(group.among(arm).sum())
    row = make_row(statistic, group, arm, found, compared=False, n_event=count)
    return {**row, "n": mine, "method": f"{found.method}; {count:,} events in {total:,.6g}"}


def _bootstrap(group: Group, events: np.ndarray, exposure: np.ndarray, resamples: int, seed: int) -> Estimate:
    """Return the rate with the percentiles over resampled subjects; subjects who are alike are drawn together."""
    pairs, times = np.unique(np.column_stack([events, exposure]), axis=0, return_counts=True)
    generator = np.random.default_rng(seed)
    step = max(BLOCK // len(pairs), 1)
    rates = []
    for start in range(0, resamples, step):
        drawn = generator.multinomial(len(events), times / len(events), size=min(step, resamples - start))
        sums = drawn @ pairs
        rates.append(np.divide(sums[:, 0], sums[:, 1], out=np.full(len(sums), np.nan), where=sums[:, 1] > 0))
    found = np.concatenate(rates)
    found = found[np.isfinite(found)]
    method = f"percentiles of {resamples:,} bootstrap samples of subjects (seed {seed})"
    if not found.size:
        return nothing(method, len(events), "no sample has an exposure")
    low, high = np.quantile(found, [(1 - group.conf_level) / 2, (1 + group.conf_level) / 2])
    return Estimate(value=float(events.sum() / exposure.sum()), low=float(low), high=float(high),
                    conf_level=group.conf_level, n=len(events), method=method)  # fmt: skip


def rate_ratio(group: Group, model: str) -> Iterator[Row]:
    """Against the reference arm: the ratio of two rates, by a model of each subject's events."""
    for arm in group.others():
        pair = group.pair(arm)
        keep = pair & (group.exposure > 0)
        try:
            fit = statistics.fit_counts(
                group.value[keep], group.arm[keep], {}, group.reference, exposure=group.exposure[keep],
                family="poisson" if model == "poisson" else "negative-binomial", conf_level=group.conf_level,
            )  # fmt: skip
            found = fit.rate_ratios[arm]
        except ValueError as error:
            found = nothing("regression of counts", int(keep.sum()), str(error))
        lost, events = int((pair & ~keep).sum()), int(group.value[pair & ~keep].sum())
        if lost:
            why = f"{lost:,} subjects without exposure, with {events:,} events, are left out"
            found = replace(found, warnings=(*found.warnings, why))
        yield make_row("rate_ratio", group, arm, found, compared=True, n_event=int(group.value[keep].sum()),
                       unit="rate ratio")  # fmt: skip
