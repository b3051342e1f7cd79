"""The endpoint rows of an outcome as arrays, and how a result row is made of an estimate."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from myotrial.statistics import Estimate
from myotrial.trials.masking import ALL

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """The endpoint rows of one outcome, part, level and visit, with what the summaries need beside them.

    Attributes
    ----------
    subjects
        The subjects of the population, shape (n,).
    arm
        The arm of each, shape (n,).
    inside
        Arm → who is in it, shape (n,).
    value, event, exposure, unknown
        As derived, shape (n,); a value that is left out is NaN.
    week
        The visit.
    arms
        The arms in the order of the definition.
    shown
        The arms that are shown by themselves: those of the definition, and ``all`` where they are pooled.
    reference
        The arm the others are compared with.
    conf_level
        Of every interval.
    counts_all
        Whether a subject without a value still counts among all.
    covariate
        Name → value at baseline of every subject, NaN where missing.
    strata
        The randomisation stratum of every subject, or ``None``.
    repeated
        The same at every visit after baseline up to the end of the time frame, where a summary needs it.
    """

    subjects: np.ndarray
    arm: np.ndarray
    inside: Mapping[str, np.ndarray]
    value: np.ndarray
    event: np.ndarray
    exposure: np.ndarray
    unknown: np.ndarray
    week: float
    arms: tuple[str, ...]
    shown: tuple[str, ...]
    reference: str | None
    conf_level: float
    counts_all: bool
    covariate: Callable[[str], np.ndarray]
    strata: np.ndarray | None
    repeated: "tuple[Group, ...]" = ()

    def among(self, arm: str) -> np.ndarray:
        """Return who is in an arm, shape (n,); everybody for ``all``."""
        return np.ones(len(self.arm), dtype=bool) if arm == ALL else self.inside[arm]

    def used(self, arm: str) -> np.ndarray:
        """Return the values of one arm that are not left out."""
        mine = self.value[self.among(arm)]
        return np.asarray(mine[~np.isnan(mine)])

    def counts(self, arm: str) -> tuple[int, int]:
        """Return how many of an arm respond, and how many are counted."""
        used = self.used(arm)
        return int(used.sum()), len(used)

    def others(self) -> list[str]:
        """Return the arms that are compared with the reference."""
        return [arm for arm in self.arms if arm != self.reference]

    def pair(self, arm: str) -> np.ndarray:
        """Return who of an arm and the reference is not left out, shape (n,)."""
        return np.asarray((self.among(arm) | self.among(str(self.reference))) & ~np.isnan(self.value))

    def take(self, keep: np.ndarray) -> "Group":
        """Return the same of some of the subjects, marked in ``keep``, shape (n,)."""
        names = ("subjects", "arm", "value", "event", "exposure", "unknown")
        parts = {name: getattr(self, name)[keep] for name in names}
        whole = self.covariate
        return replace(
            self, **parts, inside={arm: mine[keep] for arm, mine in self.inside.items()},
            covariate=lambda name: whole(name)[keep],
            strata=None if self.strata is None else self.strata[keep],
            repeated=tuple(visit.take(keep) for visit in self.repeated),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Blocks:
    """A derivation as arrays: one block for each part and level, subjects × visits.

    Attributes
    ----------
    labels
        Part and level of each block.
    weeks
        The visits.
    columns
        Name → array of shape (blocks, subjects, visits).
    """

    labels: tuple[tuple[str | None, str | None], ...]
    weeks: tuple[float, ...]
    columns: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, derived: pl.DataFrame, subjects: int, last_week: float) -> "Blocks":
        """Take a derivation, whose rows stand by part and level, then subject, then visit.

        Of a population without anybody there is one block at the last week, with no subject in it.
        """
        if not subjects:
            empty = {name: np.empty((1, 0, 1)) for name in ("value", "event", "exposure", "unknown")}
            return cls(((None, None),), (last_week,), empty)
        weeks = derived["week"].head(_visits(derived)).to_list()
        shape = (-1, subjects, len(weeks))
        columns = {
            "value": derived["value"].to_numpy().reshape(shape),
            "event": derived["event"].fill_null(value=False).to_numpy().reshape(shape),
            "exposure": derived["exposure"].to_numpy().reshape(shape),
            "unknown": derived["unknown"].to_numpy().reshape(shape),
        }
        step = subjects * len(weeks)
        labels = tuple(derived.select("part", "level").gather_every(step).rows())
        return cls(labels, tuple(weeks), columns)

    def cells(self) -> Iterator[tuple[tuple[str | None, str | None, float], dict[str, np.ndarray]]]:
        """Yield part, level and week with the columns at that visit, each of shape (subjects,)."""
        for block, (part, level) in enumerate(self.labels):
            for visit, week in enumerate(self.weeks):
                yield (part, level, week), {name: array[block, :, visit] for name, array in self.columns.items()}


def _visits(derived: pl.DataFrame) -> int:
    """Return the number of visits: the rows of the first subject in the first block."""
    first = derived.row(0, named=True)
    same = (
        (derived["subject_id"] == first["subject_id"])
        & derived["part"].eq_missing(pl.Series([first["part"]], dtype=pl.String))
        & derived["level"].eq_missing(pl.Series([first["level"]], dtype=pl.String))
    )
    return int(same.sum())


def make_row(statistic: str, group: Group, arm: str, estimate: Estimate, *, compared: bool, **more: Any) -> Row:
    """Return a result row; ``compared`` says whether it is of an arm against the reference."""
    among = group.among(arm) | group.among(str(group.reference)) if compared else group.among(arm)
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
        "n_missing": int(group.unknown[among].sum()),
        "method": estimate.method,
        "warnings": "; ".join(estimate.warnings) or None,
        **more,
    }


def nothing(method: str, n: int, *why: str) -> Estimate:
    """Return what stands for an estimate that cannot be made, with the reason."""
    return Estimate(value=None, n=n, method=method, warnings=tuple(reason.replace("\n", "; ") for reason in why))


def one_arm_only(group: Group, arm: str, method: str) -> Estimate | None:
    """Return what stands for a comparison where an arm has nobody to compare; ``None`` where both have."""
    pair = group.pair(arm)
    if len(set(group.arm[pair].tolist())) == 2:
        return None
    return nothing(method, int(pair.sum()), "an arm has no subjects: nothing is compared")
