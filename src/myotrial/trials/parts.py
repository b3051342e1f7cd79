"""The parts of a trial definition beside its outcomes: design, arms, visits, populations, rules, subgroups."""

from typing import Any, Literal

from pydantic import Field, model_validator

from myotrial.model.condition import Condition
from myotrial.model.source import Record, Source


class Identifiers(Record):
    """The trial's names in registers and at its sponsor."""

    nct: str | None = None
    eudract: str | None = None
    ctis: str | None = None
    sponsor: str | None = None
    others: tuple[str, ...] = ()


class SampleSize(Record):
    """How many subjects were planned, and enrolled where that is known."""

    planned: int = Field(gt=0)
    enrolled: int | None = Field(default=None, gt=0)
    source: Source


class Design(Record):
    """How the trial is built."""

    allocation: Literal["randomised", "non_randomised", "single_arm"]
    model: Literal["parallel", "crossover", "sequential", "single_group"]
    masking: Literal["none", "single", "double", "triple", "quadruple"]
    masked: tuple[Literal["participant", "care_provider", "investigator", "outcomes_assessor"], ...] = ()
    purpose: str
    phase: str
    source: Source


class Arm(Record):
    """One arm and its share of the randomisation."""

    id: str
    label: str
    description: str
    ratio: int = Field(default=1, gt=0)
    reference: bool = False


class Period(Record):
    """A stretch of the trial; ``all_on`` names the arm whose treatment everybody gets in it."""

    id: str
    label: str
    weeks: tuple[float, float]
    masked: bool
    all_on: str | None = None


class Windows(Record):
    """How a visit at another week comes to a scheduled one, by its study day.

    A visit may come so many days before and after the nominal day, the days that are nearer to another scheduled
    visit left out. Where several come, the scheduled one is taken; without it the nearest; of two equally near the
    ``ties`` one.
    """

    days_before: float = Field(ge=0)
    days_after: float = Field(ge=0)
    ties: Literal["earlier", "later"] = "earlier"


class Schedule(Record):
    """The visits. The nominal study day of week w is 7 × (w - baseline week) + 1.

    ``windows`` says how unscheduled visits are used; without it they are left aside. ``baseline`` says which visit is
    the baseline: the one of the baseline week, or a subject's last one up to the first treatment (day 1).
    """

    baseline_week: float
    visits: tuple[float, ...] = Field(min_length=2)
    periods: tuple[Period, ...] = Field(min_length=1)
    windows: Windows | None = None
    baseline: Literal["scheduled", "last_before_treatment"] = "scheduled"
    source: Source

    def nominal_day(self, week: float) -> float:
        """Return the study day of a week, counted from 1."""
        return 7 * (week - self.baseline_week) + 1


class Population(Record):
    """Who is counted: all who were randomised, or those for whom everything that is said here holds.

    ``where`` is a rule at the baseline visit (its leaves may name another week); a subject for whom its answer is
    unknown is not counted, and that is noted. ``treated``: with an infusion or a dose of the study treatment.
    """

    id: str
    label: str
    with_visit_after_baseline: bool = False
    treated: bool = False
    where: Condition | None = None


class Score(Record):
    """A score that the definition derives from the core set measures."""

    criteria: str
    options: dict[str, Any] = Field(default_factory=dict)


class Rule(Record):
    """A rule with a name: a published one with its options, or a tree.

    ``confirmed``: of a tree, at how many of a subject's visits in a row it must hold.
    """

    criteria: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    when: Condition | None = None
    confirmed: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _one_kind(self) -> "Rule":
        if (self.criteria is None) == (self.when is None):
            raise ValueError("give criteria (a published rule) or when (a tree), and not both")
        return self


class Subgroup(Record):
    """A division of the subjects by a column of subjects or a measure at baseline; ``cuts`` divide a number.

    With cuts 50 and 65 the subgroups are below 50, 50 to below 65, and 65 or more.
    """

    id: str
    label: str
    by: str
    cuts: tuple[float, ...] = ()


class Test(Record):
    """One hypothesis: the p-value of a result row."""

    __test__ = False  # not a test of this software

    outcome: str
    statistic: str
    week: float | None = None
    level: str | None = None
    part: str | None = None
    arm: str | None = None


class Multiplicity(Record):
    """How the error rate is kept over several hypotheses.

    ``fixed_sequence`` tests in the order of ``tests`` until one fails. ``graphical`` needs ``weights``, the share of
    alpha of each hypothesis, and ``transitions``, the share of it that goes on to each of the others once it is
    rejected.
    """

    method: Literal["fixed_sequence", "bonferroni", "holm", "hochberg", "graphical"]
    alpha: float = Field(default=0.05, gt=0, lt=1)
    tests: tuple[Test, ...] = Field(min_length=2)
    weights: tuple[float, ...] = ()
    transitions: tuple[tuple[float, ...], ...] = ()
    source: Source


class Glucocorticoid(Record):
    """How the daily glucocorticoid dose at a visit is taken from the dose records.

    ``routes`` count towards it; ``table`` and ``options`` are those of the prednisone equivalents; ``other_drugs``
    are names in the records that are no glucocorticoids.
    """

    routes: tuple[Literal["oral", "intravenous"], ...] = ("oral", "intravenous")
    table: str = "prednisone-5mg-1"
    options: dict[str, Any] = Field(default_factory=dict)
    other_drugs: tuple[str, ...] = ()
    at_least_percent: float = 0
    rescue_before: Literal["next_visit", "ever", "ignored"] = "next_visit"


class AdverseEvents(Record):
    """Which adverse events are treatment-emergent; see :func:`flag_treatment_emergent`."""

    window_days: int | None = Field(default=None, ge=0)
    unknown_worsening: Literal["worsened", "not_worsened"] = "worsened"
