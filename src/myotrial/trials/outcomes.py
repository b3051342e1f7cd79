"""One outcome: a variable per subject × when × intercurrent events × summary, of a closed vocabulary."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from myotrial.model.source import Record, Source
from myotrial.trials.estimands import MISSING, NAMES, STRATEGIES, Imputation, Sensitivity, TippingPoint
from myotrial.trials.summaries import FITS, Summary
from myotrial.trials.variables import EVENTS, Variable, measures_of


class TimeFrame(Record):
    """The weeks in which an outcome is judged, both ends included; without ``to_week``, all of the follow-up."""

    from_week: float | None = None
    to_week: float | None = None


class Registered(Record):
    """The outcome as it stands in the register."""

    title: str
    time_frame: str


class Outcome(Record):
    """One outcome: what, of whom, when, how events are handled, and how it is summed up.

    Attributes
    ----------
    id
        Its name in the definition.
    role
        ``primary``, ``secondary``, ``other``, or ``unregistered``.
    registered
        Title and time frame in the register, by which coverage finds it. Several outcomes may answer one.
    derivation
        The derivation in a sentence, for readers.
    population
        One of the definition's populations.
    time_frame, at
        The weeks, and whether it is judged at their ``end`` or at ``each_visit``.
    variable, intercurrent, missing, imputation, summaries
        The vocabulary. An event that is not named is handled by treatment policy.
    pooled
        Whether all arms together are shown beside each arm.
    subgroups
        Subgroups of the definition in which the summaries are shown as well.
    sensitivity, tipping_point
        The same outcome handled in other ways, and where its conclusion would turn.
    source
        Where the derivation and its defaults come from.
    """

    id: str
    role: Literal["primary", "secondary", "other", "unregistered"]
    registered: Registered | None = None
    title: str | None = None
    derivation: str
    population: str = "randomised"
    time_frame: TimeFrame
    at: Literal["end", "each_visit"] = "end"
    variable: Variable
    intercurrent: dict[str, str] = Field(default_factory=dict)
    missing: str | None = None
    imputation: Imputation | None = None
    summaries: tuple[Summary, ...] = Field(min_length=1)
    pooled: bool = False
    subgroups: tuple[str, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()
    tipping_point: TippingPoint | None = None
    source: Source

    @model_validator(mode="after")
    def _fits(self) -> "Outcome":
        problems = list(_problems(self))
        for entry in () if problems else self.sensitivity:
            problems += [f"sensitivity {entry.id}: {text}" for text in _problems(self.with_sensitivity(entry))]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def name(self) -> str:
        """The registered title, or the definition's own."""
        return self.registered.title if self.registered else str(self.title)

    @property
    def missing_rule(self) -> str:
        """What becomes of what is unknown."""
        return self.missing or MISSING[self.variable.kind][0]

    def with_sensitivity(self, entry: Sensitivity) -> "Outcome":
        """Return the outcome with something handled in another way."""
        fields = ("population", "missing", "intercurrent", "imputation", "summaries")
        update = {name: value for name in fields if (value := getattr(entry, name)) is not None}
        if entry.missing is not None and entry.missing != "multiple_imputation":
            update["imputation"] = None
        return self.model_copy(update=update)

    def handling(self) -> str:
        """Return how intercurrent events and missing data are handled, as it is printed with every result."""
        named = [f"{event.replace('_', ' ')}: {NAMES[rule]}" for event, rule in self.intercurrent.items()]
        missing = self.missing_rule.replace("_", " ")
        if self.imputation is not None:
            how = self.imputation
            missing += f" ({how.method.replace('_', ' ')}, {how.draws} draws, seed {how.seed}"
            missing += f", delta {how.delta:g})" if how.delta else ")"
        return "; ".join([*named, f"missing: {missing}"])

    def measures(self) -> set[str]:
        """Return the measures and scores that the outcome needs."""
        every = [*self.summaries, *(summary for entry in self.sensitivity for summary in entry.summaries or ())]
        imputed = [how for how in (self.imputation, *(entry.imputation for entry in self.sensitivity)) if how]
        adjusted = {name for part in [*every, *imputed] for name in getattr(part, "covariates", ())}
        return measures_of(self.variable) | adjusted


def _problems(outcome: Outcome) -> Iterator[str]:
    kind = outcome.variable.kind
    for summary in outcome.summaries:
        if summary.kind not in FITS[kind]:
            yield f"{article(kind)} cannot be summed up by {summary.kind}; it can by {', '.join(FITS[kind])}"
    for event, strategy in outcome.intercurrent.items():
        if event not in EVENTS:
            yield f"unknown event {event}; known are {', '.join(EVENTS)}"
        if strategy not in STRATEGIES[kind]:
            yield f"{event}: {strategy} does not fit {article(kind)}; these do: {', '.join(STRATEGIES[kind])}"
    if outcome.missing is not None and outcome.missing not in MISSING[kind]:
        yield f"missing: {outcome.missing} does not fit {article(kind)}; these do: {', '.join(MISSING[kind])}"
    if (outcome.missing_rule == "multiple_imputation") != (outcome.imputation is not None):
        yield "missing: multiple_imputation and imputation (its method, draws and seed) go together"
    if outcome.registered is None and outcome.title is None:
        yield "give a title, or the title it is registered under"
    if outcome.tipping_point is not None and kind not in {"response", "value", "change"}:
        yield f"tipping_point: {article(kind)} has none"


def article(kind: str) -> str:
    """Return a kind with its article, for a message."""
    return f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"
