"""A trial definition: identifiers, design, arms, schedule, scores and outcomes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import sha256
from math import inf
from typing import Any, Literal

from pydantic import Field, model_validator

from myotrial.model.condition import Compare, Happened, leaves
from myotrial.model.errors import BadInput
from myotrial.model.options import settle
from myotrial.model.source import Record, Source
from myotrial.trials.names import known_measures, known_options, known_scores, measures_without_range
from myotrial.trials.outcomes import COMPARISONS, EVENTS, Outcome, article


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


class Schedule(Record):
    """The visits. The nominal study day of week w is 7 × (w - baseline week) + 1."""

    baseline_week: float
    visits: tuple[float, ...] = Field(min_length=2)
    periods: tuple[Period, ...] = Field(min_length=1)
    source: Source

    def nominal_day(self, week: float) -> float:
        """Return the study day of a week, counted from 1."""
        return 7 * (week - self.baseline_week) + 1


class Population(Record):
    """Who is counted: all who were randomised, or those with a visit at or after a week."""

    id: str
    label: str
    with_visit_after_baseline: bool = False


class Score(Record):
    """A score that the definition derives from the core set measures."""

    criteria: str
    options: dict[str, Any] = Field(default_factory=dict)


class TrialDefinition(Record):
    """Everything the software needs to run a trial from its visits to its registered outcomes.

    See ``docs/schema/trial-definition.schema.json`` for the form, and :func:`load_trial`.
    """

    id: str
    acronym: str | None = None
    title: str
    identifiers: Identifiers
    sponsor: str
    condition: str
    design: Design
    sample_size: SampleSize
    arms: tuple[Arm, ...] = Field(min_length=1)
    schedule: Schedule
    populations: tuple[Population, ...] = Field(min_length=1)
    conf_level: float = Field(default=0.95, gt=0, lt=1)
    scores: dict[str, Score] = Field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = Field(min_length=1)

    def __repr__(self) -> str:
        """One line with the numbers."""
        name = f"{self.id} {self.acronym}" if self.acronym else self.id
        arms = " v ".join(arm.label for arm in self.arms)
        return (
            f"TrialDefinition({name}: {arms}, {self.sample_size.planned} planned, "
            f"{len(self.schedule.visits)} visits, {len(self.outcomes)} outcomes)"
        )

    __str__ = __repr__

    @cached_property
    def reference(self) -> str | None:
        """The id of the reference arm."""
        return next((arm.id for arm in self.arms if arm.reference), None)

    def sha256(self) -> str:
        """Return the hash of what the definition says, whatever the layout of its file."""
        return sha256(self.model_dump_json().encode()).hexdigest()

    def arm_label(self, arm: str | None) -> str:
        """Return an arm's label."""
        return next((entry.label for entry in self.arms if entry.id == arm), str(arm))

    def outcome(self, name: str) -> Outcome:
        """Return an outcome by id."""
        return next(outcome for outcome in self.outcomes if outcome.id == name)

    def weeks_of(self, outcome: Outcome) -> list[float]:
        """Return the visits at which an outcome is judged: those of its time frame after baseline, or the last."""
        frame = outcome.time_frame
        first = self.schedule.baseline_week if frame.from_week is None else frame.from_week
        inside = [
            week
            for week in self.schedule.visits
            if week > self.schedule.baseline_week and first <= week <= frame.to_week
        ]
        return inside if outcome.at == "each_visit" or outcome.variable.kind == "time_to" else inside[-1:]

    @model_validator(mode="after")
    def _hangs_together(self) -> "TrialDefinition":
        problems = [f"{place}: {text}" for place, text in self._problems()]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _problems(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong between the parts, each with its path."""
        yield from _twice("arms", [arm.id for arm in self.arms])
        yield from _twice("outcomes", [outcome.id for outcome in self.outcomes])
        yield from _twice("populations", [population.id for population in self.populations])
        if sum(arm.reference for arm in self.arms) > 1:
            yield "arms", "more than one is the reference"
        visits = self.schedule.visits
        if list(visits) != sorted(set(visits)):
            yield "schedule.visits", "weeks must ascend, each once"
        if self.schedule.baseline_week not in visits:
            yield "schedule.baseline_week", f"week {self.schedule.baseline_week:g} is not among the visits"
        for place, period in enumerate(self.schedule.periods):
            yield from self._period_problems(f"schedule.periods.{place}", period)
        for name, score in self.scores.items():
            rules = known_scores().get(name, ())
            if not rules:
                yield f"scores.{name}", f"unknown score; known are {', '.join(known_scores())}"
            elif score.criteria not in rules:
                yield f"scores.{name}.criteria", f"unknown criteria {score.criteria}; known are {', '.join(rules)}"
            else:
                yield from _wrong_options(f"scores.{name}.options", score)
        for place, outcome in enumerate(self.outcomes):
            yield from self._outcome_problems(f"outcomes.{place} ({outcome.id})", outcome)

    def _period_problems(self, path: str, period: Period) -> Iterator[tuple[str, str]]:
        if period.all_on is not None and period.all_on not in {arm.id for arm in self.arms}:
            yield f"{path}.all_on", f"{period.all_on} is not an arm"
        if period.weeks[0] > period.weeks[1]:
            yield f"{path}.weeks", "it ends before it begins"
        if period.weeks[1] < min(self.schedule.visits) or period.weeks[0] > max(self.schedule.visits):
            yield f"{path}.weeks", "it ends before the first visit, or begins after the last"

    def _outcome_problems(self, path: str, outcome: Outcome) -> Iterator[tuple[str, str]]:
        if outcome.population not in {population.id for population in self.populations}:
            yield f"{path}.population", f"{outcome.population} is not a population of this trial"
        if not self.weeks_of(outcome):
            yield f"{path}.time_frame", "no visit after baseline lies in it"
        if self.reference is None and any(summary.kind in COMPARISONS for summary in outcome.summaries):
            yield f"{path}.summaries", "a comparison needs an arm marked reference: true"
        if outcome.time_frame.to_week > max(self.schedule.visits):
            yield f"{path}.time_frame.to_week", f"the last visit is at week {max(self.schedule.visits):g}"
        yield from self._measure_problems(path, outcome)
        yield from self._when_problems(path, outcome)
        tree = getattr(outcome.variable, "when", None) or getattr(outcome.variable, "first", None)
        found = list(leaves(tree)) if tree is not None else []
        thresholds = [leaf.threshold for leaf in found if isinstance(leaf, Compare)]
        if len({len(numbers) for numbers in thresholds if isinstance(numbers, tuple)}) > 1:
            yield f"{path}.variable", "the lists of numbers in one rule must be of the same length"
        for leaf in found:
            yield from self._leaf_problems(f"{path}.variable", leaf, outcome)

    def _measure_problems(self, path: str, outcome: Outcome) -> Iterator[tuple[str, str]]:
        known = {*known_measures(), *self.scores}
        variable = outcome.variable
        adjusted = {name for summary in outcome.summaries for name in getattr(summary, "covariates", ())}
        for name in sorted(outcome.measures() - known):
            place = "summaries" if name in adjusted else "variable"
            yield f"{path}.{place}", f"unknown measure {name}; known are {', '.join(sorted(known))}"
        if variable.kind == "change" and variable.of in self.scores:
            yield f"{path}.variable.of", f"{variable.of} is itself a change from baseline: use kind: value"
        for name in sorted(adjusted & set(self.scores)):
            yield f"{path}.summaries", f"{name} has no value at baseline, so it cannot be a covariate"

    def _when_problems(self, path: str, outcome: Outcome) -> Iterator[tuple[str, str]]:
        variable = outcome.variable
        if variable.kind == "occurrence" and variable.of not in EVENTS:
            yield f"{path}.variable.of", f"unknown event {variable.of}; known are {', '.join(EVENTS)}"
        if variable.kind == "occurrence" and (outcome.time_frame.from_week or -inf) > self.schedule.baseline_week:
            yield f"{path}.time_frame.from_week", "an occurrence is counted from the first treatment: leave it out"
        if variable.kind in {"occurrence", "time_to"} and outcome.at == "each_visit":
            yield f"{path}.at", f"{article(variable.kind)} is judged at the end of its time frame"

    def _leaf_problems(self, path: str, leaf: Compare | Happened, outcome: Outcome) -> Iterator[tuple[str, str]]:
        if leaf.week is not None and leaf.week not in self.schedule.visits:
            yield path, f"week {leaf.week:g} is not a visit; visits are {_weeks(self.schedule.visits)}"
        elif leaf.week is not None and leaf.week > outcome.time_frame.to_week:
            yield (
                path,
                f"week {leaf.week:g} lies after the time frame, which ends at week {outcome.time_frame.to_week:g}",
            )
        if isinstance(leaf, Happened) and leaf.event not in EVENTS:
            yield path, f"unknown event {leaf.event}; known are {', '.join(EVENTS)}"
        if isinstance(leaf, Compare) and leaf.change and leaf.measure in self.scores:
            yield path, f"{leaf.measure} is itself a change from baseline: compare its value"
        if isinstance(leaf, Compare) and leaf.unit == "percent_of_range" and leaf.measure in measures_without_range():
            yield path, f"{leaf.measure} has no range to take a percentage of"


def _wrong_options(path: str, score: Score) -> Iterator[tuple[str, str]]:
    try:
        settle(score.criteria, known_options(score.criteria), score.options)
    except BadInput as error:
        for fault in error.faults:
            expected = f"; expected {fault.expected}" if fault.expected else ""
            yield f"{path}.{fault.column}", f"{fault.message}{expected}"


def _twice(path: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name, count in Counter(names).items():
        if count > 1:
            yield path, f"{name} stands {count} times"


def _weeks(weeks: Sequence[float]) -> str:
    return ", ".join(f"{week:g}" for week in weeks)
