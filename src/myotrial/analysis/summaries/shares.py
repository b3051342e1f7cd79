"""Summaries of a yes or no: shares, numbers, and how two arms compare."""

from collections.abc import Iterator

import numpy as np

from myotrial import statistics
from myotrial.analysis.groups import Group, Row, make_row, nothing, one_arm_only
from myotrial.statistics import Estimate

DIFFERENCE = "difference of shares"


def proportion(group: Group, interval: str) -> Iterator[Row]:
    """Per arm: the share of subjects who respond."""
    for arm in group.shown:
        count, number = group.counts(arm)
        found = statistics.estimate_proportion(count, number, interval, group.conf_level)  # type: ignore[arg-type]
        yield make_row("proportion", group, arm, found, compared=False, n_event=count, unit="share of subjects")


def number(group: Group) -> Iterator[Row]:
    """Per arm: the number of subjects who respond."""
    for arm in group.shown:
        count, among = group.counts(arm)
        found = Estimate(value=float(count), n=among, method="number of subjects")
        yield make_row("number", group, arm, found, compared=False, n_event=count, unit="subjects")


def risk_difference(group: Group, interval: str) -> Iterator[Row]:
    """Against the reference arm: the difference of two shares."""
    base = group.counts(str(group.reference))
    for arm in group.others():
        mine = group.counts(arm)
        found = statistics.estimate_risk_difference(*mine, *base, interval, group.conf_level)  # type: ignore[arg-type]
        yield make_row("risk_difference", group, arm, found, compared=True, n_event=mine[0] + base[0], unit=DIFFERENCE)


def odds_ratio(group: Group) -> Iterator[Row]:
    """Against the reference arm: the odds ratio."""
    base = group.counts(str(group.reference))
    for arm in group.others():
        mine = group.counts(arm)
        found = statistics.estimate_odds_ratio(*mine, *base, group.conf_level)
        yield make_row("odds_ratio", group, arm, found, compared=True, n_event=mine[0] + base[0], unit="odds ratio")


def fisher(group: Group) -> Iterator[Row]:
    """Against the reference arm: Fisher's exact test, with the conditional odds ratio."""
    base = group.counts(str(group.reference))
    for arm in group.others():
        mine = group.counts(arm)
        found = statistics.estimate_fisher(*mine, *base, group.conf_level)
        yield make_row("fisher", group, arm, found, compared=True, n_event=mine[0] + base[0],
                       unit="conditional odds ratio")  # fmt: skip


def chi_square(group: Group) -> Iterator[Row]:
    """Against the reference arm: Pearson's chi-square test."""
    base = group.counts(str(group.reference))
    for arm in group.others():
        mine = group.counts(arm)
        test = statistics.estimate_chi_square(*mine, *base)
        found = Estimate(value=test.chi_square, p_value=test.p_value, n=test.n, method=test.method,
                         warnings=test.warnings)  # fmt: skip
        yield make_row("chi_square", group, arm, found, compared=True, n_event=mine[0] + base[0], unit="chi-square")


def cmh(group: Group) -> Iterator[Row]:
    """Against the reference arm: the Cochran-Mantel-Haenszel test."""
    for arm in group.others():
        event, arms, strata = _pair(group, arm)
        found = one_arm_only(group, arm, "Cochran–Mantel–Haenszel test") or statistics.estimate_cmh(
            event, arms, strata, reference=group.reference, conf_level=group.conf_level
        )
        yield make_row("cmh", group, arm, found, compared=True, n_event=int(event.sum()), unit="common odds ratio")


def stratified_risk_difference(group: Group) -> Iterator[Row]:
    """Against the reference arm: the Mantel-Haenszel difference over strata."""
    for arm in group.others():
        event, arms, strata = _pair(group, arm)
        found = one_arm_only(group, arm, "Mantel–Haenszel difference over strata") or (
            statistics.estimate_stratified_risk_difference(
                event, arms, strata, reference=group.reference, conf_level=group.conf_level
            )
        )
        yield make_row("stratified_risk_difference", group, arm, found, compared=True, n_event=int(event.sum()),
                       unit=DIFFERENCE)  # fmt: skip


def _pair(group: Group, arm: str) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return response, arm and stratum of the subjects of an arm and the reference who are not left out."""
    keep = group.pair(arm)
    strata = None if group.strata is None else group.strata[keep]
    return group.value[keep], group.arm[keep], strata


def logistic(group: Group, covariates: tuple[str, ...], interval: str, *, firth: bool) -> Iterator[Row]:
    """Against the reference arm: the odds ratio by logistic regression."""
    for arm in group.others():
        event, arms, adjusted, left_out = adjusted_pair(group, arm, covariates)
        try:
            fit = statistics.fit_logistic(
                event, arms, adjusted, group.reference, penalty="firth" if firth else "none",
                interval=interval, conf_level=group.conf_level,  # type: ignore[arg-type]
            )  # fmt: skip
            found = fit.odds_ratios[arm]
        except ValueError as error:
            found = nothing("logistic regression", len(event), str(error))
        row = make_row("logistic", group, arm, found, compared=True, n_event=int(event.sum()), unit="odds ratio")
        yield without(row, left_out)


def standardised_risk_difference(group: Group, covariates: tuple[str, ...]) -> Iterator[Row]:
    """Against the reference arm: the risk difference by logistic regression, standardised over the covariates."""
    for arm in group.others():
        event, arms, adjusted, left_out = adjusted_pair(group, arm, covariates)
        try:
            found = statistics.estimate_standardised_risk_difference(
                event, arms, adjusted, group.reference, conf_level=group.conf_level
            )
        except ValueError as error:
            found = nothing("standardised difference of two proportions", len(event), str(error))
        row = make_row("standardised_risk_difference", group, arm, found, compared=True, n_event=int(event.sum()),
                       unit=DIFFERENCE)  # fmt: skip
        yield without(row, left_out)


def adjusted_pair(
    group: Group, arm: str, covariates: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray], int]:
    """Return value, arm and covariates of those who have all of them, and how many a covariate leaves out."""
    pair = group.pair(arm)
    keep = pair & complete(group, covariates)
    adjusted = {name: group.covariate(name)[keep] for name in covariates}
    return group.value[keep], group.arm[keep], adjusted, int((pair & ~keep).sum())


def complete(group: Group, covariates: tuple[str, ...]) -> np.ndarray:
    """Return who has every covariate at baseline, shape (n,)."""
    known = np.ones(len(group.value), dtype=bool)
    for name in covariates:
        known &= ~np.isnan(group.covariate(name))
    return known


def without(row: Row, left_out: int) -> Row:
    """Say how many a missing covariate leaves out."""
    if not left_out:
        return row
    why = f"{left_out} without a covariate at baseline left out"
    return {
        **row,
        "n_missing": row["n_missing"] + left_out,
        "warnings": "; ".join(filter(None, [row["warnings"], why])),
    }
