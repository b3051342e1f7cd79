"""A trial definition: identifiers, design, arms, schedule, scores and outcomes."""

from functools import cached_property
from hashlib import sha256

from pydantic import Field, model_validator

from myotrial.model.source import Record
from myotrial.trials.outcomes import Outcome
from myotrial.trials.parts import (
    AdverseEvents,
    Arm,
    Design,
    Glucocorticoid,
    Identifiers,
    Multiplicity,
    Population,
    Rule,
    SampleSize,
    Schedule,
    Score,
    Subgroup,
)
from myotrial.trials.problems import find_problems


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
    rules: dict[str, Rule] = Field(default_factory=dict)
    glucocorticoid: Glucocorticoid = Glucocorticoid()
    adverse_events: AdverseEvents = AdverseEvents()
    subgroups: tuple[Subgroup, ...] = ()
    multiplicity: Multiplicity | None = None
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

    def population(self, name: str) -> Population:
        """Return a population by id."""
        return next(population for population in self.populations if population.id == name)

    def end_week(self, outcome: Outcome) -> float:
        """Return the last week of an outcome's time frame; of one without an end, the last visit."""
        end = outcome.time_frame.to_week
        return max(self.schedule.visits) if end is None else end

    def weeks_of(self, outcome: Outcome) -> list[float]:
        """Return the visits at which an outcome is judged: those of its time frame after baseline, or the last."""
        first = outcome.time_frame.from_week
        first = self.schedule.baseline_week if first is None else first
        inside = [
            week
            for week in self.schedule.visits
            if week > self.schedule.baseline_week and first <= week <= self.end_week(outcome)
        ]
        return inside if outcome.at == "each_visit" or outcome.variable.kind == "time_to" else inside[-1:]

    @model_validator(mode="after")
    def _hangs_together(self) -> "TrialDefinition":
        problems = [f"{place}: {text}" for place, text in find_problems(self)]
        if problems:
            raise ValueError("\n".join(problems))
        return self
