"""Summaries of a number: means, bands, and how two arms compare."""

import operator
from collections.abc import Iterator
from typing import Any

import numpy as np

from myotrial import statistics
from myotrial.analysis.groups import Group, Row, make_row, nothing
from myotrial.statistics import Estimate
from myotrial.trials.summaries import Band

COMPARE = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
    "equals": operator.eq,
}


def mean(group: Group) -> Iterator[Row]:
    """Per arm: mean with its t interval, SD, median and range."""
    for arm in group.shown:
        values = group.used(arm)
        yield make_row("mean", group, arm, statistics.estimate_mean(values, group.conf_level), compared=False)
        described = statistics.describe(values)
        for statistic in ("sd", "median", "minimum", "maximum"):
            method = f"median: {described.quantile_definition}" if statistic == "median" else statistic
            value = getattr(described, statistic)
            why = described.warnings if value is None else ()
            number = Estimate(value=value, n=described.n, method=method, warnings=why)
            yield make_row(statistic, group, arm, number, compared=False)


def mean_difference(group: Group, *, equal_variances: bool) -> Iterator[Row]:
    """Against the reference arm: the difference of two means."""
    base = group.used(str(group.reference))
    for arm in group.others():
        found = statistics.estimate_mean_difference(
            group.used(arm), base, equal_variances=equal_variances, conf_level=group.conf_level
        )
        yield make_row("mean_difference", group, arm, found, compared=True)


def permutation(group: Group, draws: int, seed: int) -> Iterator[Row]:
    """Against the reference arm: the permutation test of the difference of two means, within strata where known."""
    for arm in group.others():
        keep = group.pair(arm)
        strata = None if group.strata is None else group.strata[keep]
        try:
            found = statistics.estimate_permutation(
                group.value[keep], group.arm[keep], strata, reference=group.reference, draws=draws, seed=seed
            )
        except ValueError as error:
            found = nothing("permutation test of means", int(keep.sum()), str(error))
        yield make_row("permutation", group, arm, found, compared=True)


def rank_sum(group: Group) -> Iterator[Row]:
    """Against the reference arm: the rank-sum test, with the Hodges-Lehmann shift."""
    base = group.used(str(group.reference))
    for arm in group.others():
        mine = group.used(arm)
        try:
            found = statistics.estimate_rank_sum(mine, base, conf_level=group.conf_level)
        except ValueError as error:
            found = nothing("rank sum test", len(mine) + len(base), str(error))
        yield make_row("rank_sum", group, arm, found, compared=True)


def categories(group: Group, bands: tuple[Any, ...], show: str, interval: str) -> Iterator[Row]:
    """Per arm: how many subjects, or what share, lie in each band; who is unknown lies in none."""
    for each in bands:
        band = each if isinstance(each, Band) else Band(**each)
        with np.errstate(invalid="ignore"):
            inside = COMPARE[band.comparator](group.value, band.threshold)
        for arm in group.shown:
            mine = group.among(arm)
            counted = mine if group.counts_all else mine & ~np.isnan(group.value)
            count, among = int(inside[counted].sum()), int(counted.sum())
            if show == "number":
                found = Estimate(value=float(count), n=among, method="number of subjects")
            else:
                found = statistics.estimate_proportion(count, among, interval, group.conf_level)  # type: ignore[arg-type]
            yield make_row(show, group, arm, found, compared=False, n_event=count, level=band.label,
                           unit="subjects" if show == "number" else "share of subjects")  # fmt: skip


def ancova(group: Group, covariates: tuple[str, ...], stands_in_for: str | None) -> Iterator[Row]:
    """Per arm: the least-squares mean; against the reference arm: the adjusted difference."""
    complete = ~np.isnan(group.value)
    for name in covariates:
        complete &= ~np.isnan(group.covariate(name))
    adjusted = {name: group.covariate(name)[complete] for name in covariates}
    note = f"stands in for the {stands_in_for}" if stands_in_for else None
    try:
        fit = statistics.fit_ancova(
            group.value[complete], group.arm[complete], adjusted, group.reference, conf_level=group.conf_level
        )
    except ValueError as error:
        found = nothing("analysis of covariance", int(complete.sum()), str(error))
        for arm in group.others():
            yield make_row("ls_mean_difference", group, arm, found, compared=True)
        return
    for statistic, estimates in (("ls_mean", fit.ls_means), ("ls_mean_difference", fit.differences)):
        for arm, estimate in estimates.items():
            compared = statistic == "ls_mean_difference"
            row = make_row(statistic, group, str(arm), estimate, compared=compared)
            among = group.among(str(arm)) | (group.among(str(group.reference)) & compared)
            row["n_missing"] = int(among.sum()) - estimate.n  # a missing covariate leaves out as well
            row["warnings"] = "; ".join(filter(None, [note, row["warnings"], *fit.warnings])) or None
            yield row
