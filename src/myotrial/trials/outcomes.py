"""The closed vocabulary of outcomes: a variable per subject × when × intercurrent events × summary."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from myotrial.model.condition import Compare, Condition, describe, leaves
from myotrial.model.source import Record, Source

EVENTS = ("rescue", "discontinued_treatment", "discontinued_study", "death", "protocol_deviation")
"""The intercurrent events that an outcome can say how to handle."""


Covariance = Literal["us", "toep", "toeph", "ar1", "ar1h", "cs", "csh", "ad", "adh"]
"""Structures of the covariance of a subject's visits."""


class Response(Record):
    """A rule, met or not met by each subject at a visit."""

    kind: Literal["response"]
    when: Condition

    def describe(self) -> str:
        """Return the variable as a phrase."""
        return describe(self.when)


class Value(Record):
    """A measure or a score at a visit."""

    kind: Literal["value"]
    of: str

    def describe(self) -> str:
        """Return the variable as a phrase."""
        return self.of


class Change(Record):
    """The change of a measure from baseline: visit minus baseline."""

    kind: Literal["change"]
    of: str

    def describe(self) -> str:
        """Return the variable as a phrase."""
        return f"change from baseline in {self.of}"


class TimeTo(Record):
    """Days from the first treatment to the first visit at which a rule is met."""

    kind: Literal["time_to"]
    first: Condition

    def describe(self) -> str:
        """Return the variable as a phrase."""
        return f"days to first {describe(self.first)}"


class Occurrence(Record):
    """Whether an event happened to a subject within the time frame."""

    kind: Literal["occurrence"]
    of: str

    def describe(self) -> str:
        """Return the variable as a phrase."""
        return f"{self.of.replace('_', ' ')} within the time frame"


Variable = Annotated[Response | Value | Change | TimeTo | Occurrence, Field(discriminator="kind")]


class Proportion(Record):
    """Per arm: the share of subjects who respond, with its interval."""

    kind: Literal["proportion"]
    interval: Literal["wilson", "clopper-pearson"] = "wilson"


class RiskDifference(Record):
    """Against the reference arm: the difference of two shares."""

    kind: Literal["risk_difference"]
    interval: Literal["wald", "newcombe"] = "newcombe"


class StratifiedRiskDifference(Record):
    """Against the reference arm: the Mantel-Haenszel difference over the strata of the randomisation."""

    kind: Literal["stratified_risk_difference"]


class CochranMantelHaenszel(Record):
    """Against the reference arm: the Cochran-Mantel-Haenszel test and common odds ratio."""

    kind: Literal["cmh"]


class OddsRatio(Record):
    """Against the reference arm: the odds ratio with its Wald interval."""

    kind: Literal["odds_ratio"]


class Mean(Record):
    """Per arm: n, mean, SD, median, range, and the t interval of the mean."""

    kind: Literal["mean"]


class MeanDifference(Record):
    """Against the reference arm: the difference of two means, with a t interval."""

    kind: Literal["mean_difference"]
    equal_variances: bool = False


class Ancova(Record):
    """Against the reference arm: the difference of least-squares means, adjusted for baseline covariates."""

    kind: Literal["ancova"]
    covariates: tuple[str, ...] = Field(min_length=1)
    stands_in_for: str | None = None


class MixedModel(Record):
    """Against the reference arm: the difference at the visit in question, by a mixed model for repeated measures.

    The model has arm, visit and the baseline covariates, each by visit, over all visits after baseline up to the end of
    the time frame. ``fallback`` are the covariance structures to take, in this order, where the one before does not
    converge.
    """

    kind: Literal["mmrm"]
    covariates: tuple[str, ...] = ()
    covariance: Covariance = "us"
    df: Literal["kenward-roger", "satterthwaite"] = "kenward-roger"
    fallback: tuple[Covariance, ...] = ()


class KaplanMeier(Record):
    """Per arm: the Kaplan-Meier curve, its median and the numbers at risk."""

    kind: Literal["kaplan_meier"]
    interval: Literal["log-log", "log", "plain"] = "log-log"


class LogRank(Record):
    """Between the arms: the log-rank test."""

    kind: Literal["log_rank"]


Summary = Annotated[
    Proportion
    | RiskDifference
    | StratifiedRiskDifference
    | CochranMantelHaenszel
    | OddsRatio
    | Mean
    | MeanDifference
    | Ancova
    | MixedModel
    | KaplanMeier
    | LogRank,
    Field(discriminator="kind"),
]

FITS: dict[str, tuple[str, ...]] = {
    "response": ("proportion", "risk_difference", "stratified_risk_difference", "cmh", "odds_ratio"),
    "occurrence": ("proportion", "risk_difference", "stratified_risk_difference", "cmh", "odds_ratio"),
    "value": ("mean", "mean_difference", "ancova", "mmrm"),
    "change": ("mean", "mean_difference", "ancova", "mmrm"),
    "time_to": ("kaplan_meier", "log_rank"),
}
"""Which summaries each kind of variable can have."""

COMPARISONS = frozenset(
    {
        "risk_difference",
        "stratified_risk_difference",
        "cmh",
        "odds_ratio",
        "mean_difference",
        "ancova",
        "mmrm",
        "log_rank",
    }
)
"""The summaries that compare an arm with the reference arm."""

STRATEGIES: dict[str, tuple[str, ...]] = {
    "response": ("treatment_policy", "non_response", "hypothetical"),
    "occurrence": ("treatment_policy",),
    "value": ("treatment_policy", "hypothetical"),
    "change": ("treatment_policy", "hypothetical"),
    "time_to": ("treatment_policy", "censor", "never"),
}
"""How each kind of variable can handle an intercurrent event.

treatment_policy: what is measured counts, whatever happened before. non_response: from the event on the subject
has not responded. hypothetical: what is measured after the event is not used. censor: followed until the event.
never: followed to the end of the time frame without success.
"""

MISSING: dict[str, tuple[str, ...]] = {
    "response": ("non_response", "excluded"),
    "occurrence": ("not_applicable",),
    "value": ("excluded",),
    "change": ("excluded",),
    "time_to": ("censor",),
}
"""What each kind of variable does with what is unknown; the first is the default."""


class TimeFrame(Record):
    """The weeks in which an outcome is judged, both ends included."""

    from_week: float | None = None
    to_week: float


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
        Title and time frame in the register, by which coverage finds it.
    derivation
        The derivation in a sentence, for readers.
    population
        One of the definition's populations.
    time_frame, at
        The weeks, and whether it is judged at their ``end`` or at ``each_visit``.
    variable, intercurrent, missing, summaries
        The vocabulary above. An event that is not named is handled by treatment policy.
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
    summaries: tuple[Summary, ...] = Field(min_length=1)
    source: Source

    @model_validator(mode="after")
    def _fits(self) -> "Outcome":
        kind = self.variable.kind
        problems = [
            f"{article(kind)} cannot be summed up by {summary.kind}; it can by {', '.join(FITS[kind])}"
            for summary in self.summaries
            if summary.kind not in FITS[kind]
        ]
        for event, strategy in self.intercurrent.items():
            if event not in EVENTS:
                problems.append(f"unknown event {event}; known are {', '.join(EVENTS)}")
            if strategy not in STRATEGIES[kind]:
                problems.append(
                    f"{event}: {strategy} does not fit {article(kind)}; these do: {', '.join(STRATEGIES[kind])}"
                )
        if self.missing is not None and self.missing not in MISSING[kind]:
            problems.append(
                f"missing: {self.missing} does not fit {article(kind)}; these do: {', '.join(MISSING[kind])}"
            )
        if self.registered is None and self.title is None:
            problems.append("give a title, or the title it is registered under")
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

    def handling(self) -> str:
        """Return how intercurrent events and missing data are handled, as it is printed with every result."""
        named = [f"{event.replace('_', ' ')}: {rule.replace('_', ' ')}" for event, rule in self.intercurrent.items()]
        return "; ".join([*named, f"missing: {self.missing_rule.replace('_', ' ')}"])

    def measures(self) -> set[str]:
        """Return the measures and scores that the outcome needs."""
        return _measures(self.variable) | {
            name
            for summary in self.summaries
            if isinstance(summary, Ancova | MixedModel)
            for name in summary.covariates
        }


def article(kind: str) -> str:
    """Return a kind with its article, for a message."""
    return f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"


def _measures(variable: Any) -> set[str]:
    if isinstance(variable, Value | Change):
        return {variable.of}
    tree = variable.when if isinstance(variable, Response) else getattr(variable, "first", None)
    return {leaf.measure for leaf in leaves(tree) if isinstance(leaf, Compare)} if tree is not None else set()
