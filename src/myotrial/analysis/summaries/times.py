"""Summaries of a time to an event: curves, medians, and how two arms compare."""

from collections.abc import Iterator

from myotrial import statistics
from myotrial.analysis.groups import Group, Row, make_row, nothing, one_arm_only
from myotrial.analysis.summaries.shares import adjusted_pair, complete, without
from myotrial.statistics import Estimate


def kaplan_meier(group: Group, interval: str) -> Iterator[Row]:
    """Per arm: the median time with its interval."""
    for arm, curve in survival_curves(group, interval).items():
        yield make_row("median_time", group, arm, curve.median, compared=False, n_event=sum(curve.n_events),
                       unit="days")  # fmt: skip


def survival_curves(group: Group, interval: str) -> dict[str, statistics.SurvivalCurve]:
    """Return the Kaplan-Meier curve of each arm."""
    return {
        arm: statistics.estimate_survival(
            group.value[mine], group.event[mine], interval, group.conf_level  # type: ignore[arg-type]
        )
        for arm in group.shown
        for mine in (group.among(arm),)
    }  # fmt: skip


def log_rank(group: Group, *, stratified: bool) -> Iterator[Row]:
    """Between an arm and the reference: the log-rank test."""
    for arm in group.others():
        keep = group.pair(arm)
        events = int(group.event[keep].sum())
        found = one_arm_only(group, arm, "log-rank test")
        if found is None:
            strata = group.strata[keep] if stratified and group.strata is not None else None
            test = statistics.estimate_log_rank(group.value[keep], group.event[keep], group.arm[keep], strata)
            found = Estimate(value=test.chi_square, p_value=test.p_value, n=sum(test.n), method=test.method,
                             warnings=(*test.warnings, *_unstratified(group, stratified)))  # fmt: skip
        yield make_row("log_rank", group, arm, found, compared=True, n_event=events, unit="chi-square")


def cox(group: Group, ties: str, covariates: tuple[str, ...], *, stratified: bool) -> Iterator[Row]:
    """Against the reference arm: the hazard ratio."""
    for arm in group.others():
        time, arms, adjusted, left_out = adjusted_pair(group, arm, covariates)
        keep = group.pair(arm) & complete(group, covariates)
        event = group.event[keep]
        strata = group.strata[keep] if stratified and group.strata is not None else None
        try:
            fit = statistics.fit_cox(
                time, event, arms, adjusted, group.reference, strata=strata,
                ties=ties, conf_level=group.conf_level,  # type: ignore[arg-type]
            )  # fmt: skip
            found = fit.hazard_ratios[arm]
        except ValueError as error:
            found = nothing("proportional hazards regression", len(time), str(error))
        row = make_row("cox", group, arm, found, compared=True, n_event=int(event.sum()), unit="hazard ratio")
        why = [row["warnings"], *_unstratified(group, stratified)]
        yield without({**row, "warnings": "; ".join(filter(None, why)) or None}, left_out)


def restricted_mean(group: Group) -> Iterator[Row]:
    """Per arm, and against the reference: the mean time up to the latest day that every arm is followed to."""
    horizon = min((float(group.value[group.among(arm)].max(initial=0.0)) for arm in group.arms), default=0.0)
    if not horizon > 0:
        for arm in group.others():
            found = nothing("restricted mean survival time", len(group.value), "an arm is not followed")
            yield make_row("restricted_mean_difference", group, arm, found, compared=True)
        return
    for arm in group.shown:
        mine = group.among(arm)
        found = statistics.estimate_restricted_mean(group.value[mine], group.event[mine], horizon, group.conf_level)
        yield make_row("restricted_mean", group, arm, found, compared=False, n_event=int(group.event[mine].sum()),
                       unit="days")  # fmt: skip
    for arm in group.others():
        keep = group.pair(arm)
        found = one_arm_only(group, arm, "restricted mean survival time") or (
            statistics.estimate_restricted_mean_difference(
                group.value[keep], group.event[keep], group.arm[keep], horizon, reference=group.reference,
                conf_level=group.conf_level,
            )
        )  # fmt: skip
        yield make_row("restricted_mean_difference", group, arm, found, compared=True,
                       n_event=int(group.event[keep].sum()), unit="days")  # fmt: skip


def _unstratified(group: Group, stratified: bool) -> tuple[str, ...]:
    if stratified and group.strata is None:
        return ("the study states no strata: not stratified",)
    return ()
