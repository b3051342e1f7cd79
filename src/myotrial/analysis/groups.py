"""The endpoint rows of one outcome, level and visit, and how a result row is made of an estimate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from myotrial.statistics import Estimate

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """The endpoint rows of one outcome, level and visit, with what the summaries need beside them.

    Attributes
    ----------
    rows
        One row per subject, as derived.
    arms
        The arms in the order of the definition.
    reference
        The arm the others are compared with.
    conf_level
        Of every interval.
    covariates
        Name → value at baseline of every subject of ``rows``, NaN where missing.
    strata
        The randomisation stratum of every subject of ``rows``, or ``None``.
    repeated
        The same at every visit after baseline up to the end of the time frame, where a summary needs it.
    """

    rows: pl.DataFrame
    arms: tuple[str, ...]
    reference: str | None
    conf_level: float
    covariates: Mapping[str, np.ndarray]
    strata: np.ndarray | None
    repeated: "Group | None" = None

    def of(self, arm: str) -> pl.DataFrame:
        """Return the rows of one arm."""
        return self.rows.filter(pl.col("arm") == arm)

    def used(self, arm: str) -> pl.Series:
        """Return the values of one arm that are not left out."""
        return self.of(arm)["value"].drop_nulls()

    def others(self) -> list[str]:
        """Return the arms that are compared with the reference."""
        return [arm for arm in self.arms if arm != self.reference]


def make_row(statistic: str, group: Group, arm: str, estimate: Estimate, *, compared: bool, **more: Any) -> Row:
    """Return a result row; ``compared`` says whether it is of an arm against the reference."""
    arms = [arm, str(group.reference)] if compared else [arm]
    rows = group.rows.filter(pl.col("arm").is_in(arms))
    return {
        "statistic": statistic,
        "arm": arm,
        "reference": group.reference if compared else None,
        "estimate": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "conf_level": estimate.conf_level,
        "se": estimate.se,
        "p_value": estimate.p_value,
        "n": estimate.n,
        "n_missing": int(rows["unknown"].sum()),
        "method": estimate.method,
        "warnings": "; ".join(estimate.warnings) or None,
        **more,
    }
