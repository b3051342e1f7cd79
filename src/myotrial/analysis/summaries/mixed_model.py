"""The mixed model for repeated measures of an outcome: one fit over all visits, its means and differences at one."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from myotrial.analysis.groups import Group, Row, make_row, nothing
from myotrial.statistics import Estimate


def mmrm(
    group: Group, covariates: tuple[str, ...], covariance: Any, df: Any, fallback: tuple[Any, ...]
) -> Iterator[Row]:
    """Per arm: the mean by a mixed model for repeated measures; against the reference arm: the difference."""
    from myotrial.statistics.mmrm import fit_mmrm  # noqa: PLC0415

    names = {covariate: f"covariate{place}" for place, covariate in enumerate(covariates)}
    data = _long(group.repeated or (group,), names)
    formula = " + ".join(["value ~ arm*week", *(f"{name}*week" for name in names.values())])
    try:
        fit = fit_mmrm(formula, data, subject="subject_id", visit="week", covariance=covariance, df=df,
                       fallback=fallback, reference={"arm": group.reference}, conf_level=group.conf_level)  # fmt: skip
    except ValueError as error:
        found = nothing("mixed model for repeated measures", 0, str(error))
        for arm in group.others():
            yield make_row("mmrm_difference", group, arm, found, compared=True)
        return
    terms = " + ".join(["arm*visit", *(f"{name}*visit" for name in covariates)])
    method = fit.footnote.replace(fit.formula, terms).replace("Mixed model", "mixed model", 1).rstrip(".")
    here = pl.col("week") == group.week
    for row in fit.lsmeans("arm", by="week").filter(here).iter_rows(named=True):
        yield _made("mmrm_mean", group, data, row["arm"], row, method, fit.notes)
    for row in fit.contrast("arm", by="week").filter(here).iter_rows(named=True):
        arm = row["contrast"].removesuffix(f" - {group.reference}")
        yield _made("mmrm_difference", group, data, arm, row, method, fit.notes)


def _long(visits: tuple[Group, ...], names: dict[str, str]) -> pl.DataFrame:
    """Return one row per subject and visit that has the value and every covariate."""
    frames = []
    for visit in visits:
        complete = ~np.isnan(visit.value)
        for covariate in names:
            complete &= ~np.isnan(visit.covariate(covariate))
        frames.append(
            pl.DataFrame(
                {
                    "subject_id": visit.subjects[complete],
                    "arm": visit.arm[complete],
                    "week": np.full(int(complete.sum()), visit.week),
                    "value": visit.value[complete],
                    **{name: visit.covariate(covariate)[complete] for covariate, name in names.items()},
                },
                schema_overrides={"subject_id": pl.String, "arm": pl.String},
            )
        )
    return pl.concat(frames)


def _made(
    statistic: str, group: Group, data: pl.DataFrame, arm: str, row: Row, method: str, notes: tuple[str, ...]
) -> Row:
    """Return the result row; n counts the subjects that the model uses, whatever visits they have."""
    compared = statistic == "mmrm_difference"
    used = data.filter(pl.col("arm").is_in([arm, group.reference] if compared else [arm]))["subject_id"].n_unique()
    estimate = Estimate(value=row["estimate"], low=row["low"], high=row["high"], conf_level=group.conf_level,
                        se=row["se"], p_value=row.get("p_value"), n=used, method=method, warnings=notes)  # fmt: skip
    among = group.among(arm) | (group.among(str(group.reference)) & compared)
    return {**make_row(statistic, group, arm, estimate, compared=compared), "n_missing": int(among.sum()) - used}
