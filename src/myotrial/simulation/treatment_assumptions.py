"""What a simulation assumes of treatments: glucocorticoids, rescue, infusions and adverse events."""

from collections.abc import Sequence
from math import isclose
from typing import Literal

from pydantic import Field, model_validator

from myotrial.model.source import Record, Source

Severity = Literal["mild", "moderate", "severe"]
SEVERITIES: tuple[Severity, ...] = ("mild", "moderate", "severe")


class Number(Record):
    """One number and where it comes from."""

    value: float
    source: Source


class Spread(Record):
    """Mean, SD and the range it is cut to."""

    mean: float
    sd: float = Field(ge=0)
    low: float
    high: float
    source: Source


def check_shares(what: str, shares: Sequence[float]) -> None:
    """Refuse shares that are not of one whole.

    Raises
    ------
    ValueError
        They do not add up to 1, or one of them is negative.

    Examples
    --------
    >>> check_shares("sexes", [0.7, 0.3])
    """
    if not shares or min(shares) < 0 or not isclose(sum(shares), 1, abs_tol=1e-9):
        raise ValueError(f"{what}: the shares do not add up to 1")


class DoseShare(Record):
    """How many have a dose."""

    mg: float = Field(gt=0)
    share: float = Field(ge=0, le=1)


class DrugShare(Record):
    """How many have a drug."""

    drug: str
    share: float = Field(ge=0, le=1)


class RungShare(Record):
    """How often a dose goes down by so many rungs at once."""

    rungs: int = Field(gt=0)
    share: float = Field(ge=0, le=1)


class Taper(Record):
    """How a dose moves at a visit, by whether physician global activity has improved.

    From ``first_week`` of treatment on it goes down the ladder with the chance ``improved`` or ``not_improved``;
    where it does not and there is no improvement, one rung up with the chance ``raised``, never above the start.
    """

    first_week: float = Field(ge=0)
    improved: float = Field(ge=0, le=1)
    not_improved: float = Field(ge=0, le=1)
    improved_by_cm: float
    raised: float = Field(ge=0, le=1)
    rungs: tuple[RungShare, ...]

    @model_validator(mode="after")
    def _adds_up(self) -> "Taper":
        check_shares("taper.rungs", [entry.share for entry in self.rungs])
        return self


class GlucocorticoidAssumptions(Record):
    """Background glucocorticoids by mouth, in milligrams of prednisone; other drugs get the equal dose.

    Where ``start_mg_per_kg`` is given, a subject starts on the rung next to it, and ``start_mg`` is not used.
    """

    on_share: float = Field(ge=0, le=1)
    start_mg: tuple[DoseShare, ...]
    start_mg_per_kg: float | None = Field(default=None, gt=0)
    ladder_mg: tuple[float, ...] = Field(min_length=2)
    drugs: tuple[DrugShare, ...]
    per_week_share: float = Field(ge=0, le=1)
    days_before: tuple[int, int]
    taper: Taper
    source: Source

    @model_validator(mode="after")
    def _hangs_together(self) -> "GlucocorticoidAssumptions":
        check_shares("start_mg", [entry.share for entry in self.start_mg])
        check_shares("drugs", [entry.share for entry in self.drugs])
        if list(self.ladder_mg) != sorted(set(self.ladder_mg), reverse=True) or self.ladder_mg[-1] <= 0:
            raise ValueError("ladder_mg must descend, each dose once, all above 0")
        if not {entry.mg for entry in self.start_mg} <= set(self.ladder_mg):
            raise ValueError("start_mg: every dose must be a rung of ladder_mg")
        if not 0 <= self.days_before[0] <= self.days_before[1]:
            raise ValueError("days_before must be two numbers that ascend, 0 or more")
        return self


class RescueStep(Record):
    """One stretch of a course of rescue: a share of its first dose, for so many days, or on and on."""

    drug: str
    route: Literal["oral", "intravenous", "intramuscular"]
    of_start: float = Field(gt=0)
    days: int | None = Field(default=None, gt=0)


class RescueCourse(Record):
    """One way in which rescue is given."""

    name: str
    share: float = Field(ge=0, le=1)
    start_mg: tuple[DoseShare, ...]
    steps: tuple[RescueStep, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _hangs_together(self) -> "RescueCourse":
        check_shares(f"{self.name}.start_mg", [entry.share for entry in self.start_mg])
        if any(step.days is None for step in self.steps[:-1]):
            raise ValueError(f"{self.name}: only the last step may go on and on")
        return self


class Grams(Record):
    """A dose by body weight; each day's part is rounded to whole vials."""

    g_per_kg: float = Field(gt=0)
    vial_g: float = Field(gt=0)


class InfusionAssumptions(Record):
    """When the study treatment is given, placebo as well.

    ``weeks`` count from the first treatment; after the last of them it is given every ``then_every_weeks``, up to
    and without the last visit. ``days`` are the days in a row over which one dose is given.
    """

    weeks: tuple[float, ...] = Field(min_length=1)
    then_every_weeks: float | None = Field(default=None, gt=0)
    days: int = Field(default=1, gt=0)
    window_days: int = Field(ge=0)
    missed: float = Field(ge=0, le=1)
    dose: Grams | None = None
    source: Source

    @model_validator(mode="after")
    def _keeps_its_order(self) -> "InfusionAssumptions":
        gaps = [later - earlier for earlier, later in zip(self.weeks, self.weeks[1:], strict=False)]
        gaps += [] if self.then_every_weeks is None else [self.then_every_weeks]
        if self.weeks[0] != 0 or any(7 * gap < self.days + 2 * self.window_days for gap in gaps):
            raise ValueError("infusions begin at week 0, and two must not fall on one day")
        return self


class TermShare(Record):
    """How many of the events are this one."""

    term: str
    share: float = Field(ge=0, le=1)


class OfSeverity(Record):
    """How many events have a severity, and how many of those are serious."""

    severity: Severity
    share: float = Field(ge=0, le=1)
    serious: float = Field(ge=0, le=1)


class OnArm(Record):
    """A rate on the treatment and on placebo."""

    active: float = Field(ge=0)
    placebo: float = Field(ge=0)


class AdverseEventAssumptions(Record):
    """Adverse events: how many, which, how bad, how long.

    Events of infusions begin on the day of one; their number is higher by ``first_factor`` at the first
    ``first_infusions`` of a subject. Others come at any time. A subject's own rate varies by a log-normal factor of
    mean 1. Events from before the first treatment are those of its last ``before_days``.
    """

    frailty_log_sd: float = Field(ge=0)
    per_infusion_day: OnArm
    first_infusions: int = Field(ge=0)
    first_factor: float = Field(gt=0)
    per_week: float = Field(ge=0)
    before_per_subject: float = Field(ge=0)
    before_days: int = Field(gt=0)
    infusion_terms: tuple[TermShare, ...]
    other_terms: tuple[TermShare, ...]
    fatal_term: str
    severities: tuple[OfSeverity, OfSeverity, OfSeverity]
    related_infusion: float = Field(ge=0, le=1)
    related_other: float = Field(ge=0, le=1)
    flag_unknown: float = Field(ge=0, le=1)
    before_unknown: float = Field(ge=0, le=1)
    worsened: float = Field(ge=0, le=1)
    ongoing: float = Field(ge=0, le=1)
    mean_days_infusion: float = Field(gt=0)
    mean_days_other: float = Field(gt=0)
    mean_days_before: float = Field(gt=0)
    source: Source

    @model_validator(mode="after")
    def _hangs_together(self) -> "AdverseEventAssumptions":
        for name, terms in (("infusion_terms", self.infusion_terms), ("other_terms", self.other_terms)):
            check_shares(name, [entry.share for entry in terms])
        check_shares("severities", [entry.share for entry in self.severities])
        if tuple(entry.severity for entry in self.severities) != SEVERITIES:
            raise ValueError("severities must be mild, moderate and severe, in this order")
        return self
