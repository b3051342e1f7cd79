"""One function per summary of the vocabulary: the endpoint rows of one visit and level → result rows."""

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl

from myotrial import statistics
from myotrial.analysis.groups import Group, Row, make_row
from myotrial.analysis.mixed_model import mmrm
from myotrial.statistics import Estimate


def _counts(group: Group, arm: str) -> tuple[int, int]:
    used = group.used(arm)
    return int(used.sum()), len(used)


def proportion(group: Group, interval: str) -> Iterator[Row]:
    """Per arm: the share of subjects who respond."""
    for arm in group.arms:
        count, number = _counts(group, arm)
        found = statistics.estimate_proportion(count, number, interval, group.conf_level)  # type: ignore[arg-type]
        yield make_row("proportion", group, arm, found, compared=False, n_event=count, unit="share of subjects")


def risk_difference(group: Group, interval: str) -> Iterator[Row]:
    """Against the reference arm: the difference of two shares."""
    base = _counts(group, str(group.reference))
    for arm in group.others():
        mine = _counts(group, arm)
        found = statistics.estimate_risk_difference(*mine, *base, interval, group.conf_level)  # type: ignore[arg-type]
        yield make_row("risk_difference", group, arm, found, compared=True, n_event=mine[0] + base[0],
                   unit="difference of shares")  # fmt: skip


def odds_ratio(group: Group) -> Iterator[Row]:
    """Against the reference arm: the odds ratio."""
    base = _counts(group, str(group.reference))
    for arm in group.others():
        mine = _counts(group, arm)
        found = statistics.estimate_odds_ratio(*mine, *base, group.conf_level)
        yield make_row("odds_ratio", group, arm, found, compared=True, n_event=mine[0] + base[0], unit="odds ratio")


def cmh(group: Group) -> Iterator[Row]:
    """Against the reference arm: the Cochran-Mantel-Haenszel test."""
    for arm in group.others():
        event, arms, strata = _pair(group, arm)
        found = _one_arm_only(arms, "Cochran–Mantel–Haenszel test") or statistics.estimate_cmh(
            event, arms, strata, reference=group.reference, conf_level=group.conf_level
        )
        yield make_row("cmh", group, arm, found, compared=True, n_event=int(event.sum()), unit="common odds ratio")


def stratified_risk_difference(group: Group) -> Iterator[Row]:
    """Against the reference arm: the Mantel-Haenszel difference over strata."""
    for arm in group.others():
        event, arms, strata = _pair(group, arm)
        found = _one_arm_only(arms, "Mantel–Haenszel difference over strata") or (
            statistics.estimate_stratified_risk_difference(
                event, arms, strata, reference=group.reference, conf_level=group.conf_level
            )
        )
        yield make_row("stratified_risk_difference", group, arm, found, compared=True, n_event=int(event.sum()),
                   unit="difference of shares")  # fmt: skip


def _pair(group: Group, arm: str) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return response, arm and stratum of the subjects of an arm and the reference who are not left out."""
    inside = group.rows["arm"].is_in([arm, str(group.reference)]) & group.rows["value"].is_not_null()
    keep = inside.to_numpy()
    rows = group.rows.filter(inside)
    strata = None if group.strata is None else group.strata[keep]
    return rows["value"].to_numpy(), rows["arm"].to_numpy(), strata


def _one_arm_only(arms: np.ndarray, method: str) -> Estimate | None:
    """Return what stands for a comparison where an arm has nobody to compare; ``None`` where both have."""
    if len(set(arms.tolist())) == 2:
        return None
    return Estimate(value=None, n=len(arms), method=method, warnings=("an arm has no subjects: nothing is compared",))


def mean(group: Group) -> Iterator[Row]:
    """Per arm: mean with its t interval, SD, median and range."""
    for arm in group.arms:
        values = group.used(arm).to_numpy()
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
    base = group.used(str(group.reference)).to_numpy()
    for arm in group.others():
        mine = group.used(arm).to_numpy()
        found = statistics.estimate_mean_difference(
            mine, base, equal_variances=equal_variances, conf_level=group.conf_level
        )
        yield make_row("mean_difference", group, arm, found, compared=True)


def ancova(group: Group, covariates: tuple[str, ...], stands_in_for: str | None) -> Iterator[Row]:
    """Per arm: the least-squares mean; against the reference arm: the adjusted difference."""
    complete = group.rows["value"].is_not_null().to_numpy() & ~np.any(
        [np.isnan(group.covariates[name]) for name in covariates], axis=0
    )
    rows = group.rows.filter(pl.Series(complete))
    note = f"stands in for the {stands_in_for}" if stands_in_for else None
    try:
        fit = statistics.fit_ancova(
            rows["value"].to_numpy(),
            rows["arm"].to_numpy(),
            {name: group.covariates[name][complete] for name in covariates},
            group.reference,
            conf_level=group.conf_level,
        )
    except ValueError as error:
        nothing = Estimate(value=None, n=rows.height, method="analysis of covariance", warnings=(str(error),))
        for arm in group.others():
            yield make_row("ls_mean_difference", group, arm, nothing, compared=True)
        return
    for statistic, found in (("ls_mean", fit.ls_means), ("ls_mean_difference", fit.differences)):
        for arm, estimate in found.items():
            row = make_row(statistic, group, str(arm), estimate, compared=statistic == "ls_mean_difference")
            among = group.rows["arm"].is_in([arm, group.reference] if row["reference"] else [arm])
            row["n_missing"] = int(among.sum()) - estimate.n  # a missing covariate leaves out as well
            row["warnings"] = "; ".join(filter(None, [note, row["warnings"], *fit.warnings])) or None
            yield row


def kaplan_meier(group: Group, interval: str) -> Iterator[Row]:
    """Per arm: the median time with its interval."""
    for arm, curve in survival_curves(group, interval).items():
        yield make_row(
            "median_time", group, arm, curve.median, compared=False, n_event=sum(curve.n_events), unit="days"
        )


def log_rank(group: Group) -> Iterator[Row]:
    """Between an arm and the reference: the log-rank test."""
    for arm in group.others():
        rows = group.rows.filter(pl.col("arm").is_in([arm, str(group.reference)]))
        found, events = _one_arm_only(rows["arm"].to_numpy(), "log-rank test"), int(rows["event"].sum())
        if found is None:
            test = statistics.estimate_log_rank(
                rows["value"].to_numpy(), rows["event"].to_numpy(), rows["arm"].to_numpy()
            )
            found = Estimate(value=test.chi_square, p_value=test.p_value, n=sum(test.n), method=test.method,
                             warnings=test.warnings)  # fmt: skip
        yield make_row("log_rank", group, arm, found, compared=True, n_event=events, unit="chi-square")


def survival_curves(group: Group, interval: str) -> dict[str, statistics.SurvivalCurve]:
    """Return the Kaplan-Meier curve of each arm."""
    curves = {}
    for arm in group.arms:
        rows = group.of(arm)
        curves[arm] = statistics.estimate_survival(
            rows["value"].to_numpy(), rows["event"].to_numpy(), interval, group.conf_level  # type: ignore[arg-type]
        )  # fmt: skip
    return curves


SUMMARIES: dict[str, Callable[..., Iterator[Row]]] = {
    "proportion": proportion,
    "risk_difference": risk_difference,
    "stratified_risk_difference": stratified_risk_difference,
    "cmh": cmh,
    "odds_ratio": odds_ratio,
    "mean": mean,
    "mean_difference": mean_difference,
    "ancova": ancova,
    "mmrm": mmrm,
    "kaplan_meier": kaplan_meier,
    "log_rank": log_rank,
}
"""Summary of the vocabulary → the function that computes it; its fields are the function's parameters."""
