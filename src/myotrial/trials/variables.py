"""The kinds of variable that an outcome can have: what is found of each subject."""

from typing import Annotated, Any, Literal

from pydantic import Field

from myotrial.model.condition import Compare, Condition, Happened, Meets, describe, leaves
from myotrial.model.source import Record

EVENTS = ("rescue", "discontinued_treatment", "discontinued_study", "death", "protocol_deviation")
"""The intercurrent events that an outcome can say how to handle."""

DERIVED_EVENTS = ("taper_start", "rescue_tapered")
"""Events that are found from the glucocorticoid doses."""

ADVERSE_EVENT = "adverse_event"

DOSE = "prednisone_mg_per_day"
"""The daily glucocorticoid dose at a visit, from the dose records."""


class EventFilter(Record):
    """Which adverse events count; what is not said is not asked."""

    treatment_emergent: bool | None = True
    serious: bool | None = None
    related: bool | None = None
    severity: Literal["mild", "moderate", "severe"] | None = None

    def describe(self) -> str:
        """Return the filter as a phrase."""
        words = [
            word if value else f"not {word}"
            for word, value in (
                ("treatment-emergent", self.treatment_emergent), ("serious", self.serious), ("related", self.related),
            )
            if value is not None
        ]  # fmt: skip
        return " ".join([*words, *([self.severity] if self.severity else []), "adverse events"])


class Response(Record):
    """A rule, met or not met by each subject at a visit."""

    kind: Literal["response"]
    when: Condition

    def describe(self) -> str:
        """Return the variable as a phrase."""
        return describe(self.when)


class Value(Record):
    """One measure or score, or several, at a visit."""

    kind: Literal["value"]
    of: str | tuple[str, ...]

    def describe(self) -> str:
        """Return the variable as a phrase."""
        return ", ".join(names_of(self.of))


class Change(Record):
    """The change of one measure or several: visit minus baseline, or minus the visit of ``from_week``.

    ``toward_better`` turns the sign where a lower value is better, so that improvement is always above 0.
    """

    kind: Literal["change"]
    of: str | tuple[str, ...]
    from_week: float | None = None
    toward_better: bool = False

    def describe(self) -> str:
        """Return the variable as a phrase."""
        since = "baseline" if self.from_week is None else f"week {self.from_week:g}"
        what = "improvement" if self.toward_better else "change"
        return f"{what} from {since} in {', '.join(names_of(self.of))}"


class EpisodeCount(Record):
    """How many episodes of a named rule a subject had up to the end of the time frame."""

    kind: Literal["count"]
    of: str

    def describe(self) -> str:
        """Return the variable as a phrase."""
        return f"episodes of {self.of.replace('_', ' ')}"


class TimeTo(Record):
    """Days from the first treatment to the first visit at which a rule is met, or to the first event."""

    kind: Literal["time_to"]
    first: Condition

    def describe(self) -> str:
        """Return the variable as a phrase."""
        return f"days to first {describe(self.first)}"


class Occurrence(Record):
    """Whether an event, or an adverse event that fits, happened to a subject within the time frame."""

    kind: Literal["occurrence"]
    of: str
    where: EventFilter = EventFilter()

    def describe(self) -> str:
        """Return the variable as a phrase."""
        what = self.where.describe() if self.of == ADVERSE_EVENT else self.of.replace("_", " ")
        return f"{what} within the time frame"


class Rate(Record):
    """Events of a subject, and the days with an infusion (or the years of follow-up) in which they could happen."""

    kind: Literal["rate"]
    of: Literal["adverse_event"] = "adverse_event"
    where: EventFilter = EventFilter()
    per: Literal["infusion_day", "subject_year"] = "infusion_day"
    by: Literal["severity"] | None = None

    def describe(self) -> str:
        """Return the variable as a phrase."""
        by = " by severity" if self.by else ""
        return f"{self.where.describe()} per {self.per.replace('_', ' ')}{by}"


Variable = Annotated[Response | Value | Change | EpisodeCount | TimeTo | Occurrence | Rate, Field(discriminator="kind")]


def names_of(of: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return one name or several as several."""
    return (of,) if isinstance(of, str) else of


def tree_of(variable: Any) -> Any:
    """Return the rule of a response or of a time; ``None`` where the variable has none."""
    return getattr(variable, "when", None) or getattr(variable, "first", None)


def leaves_of(variable: Any) -> list[Compare | Happened | Meets]:
    """Return the leaves of a variable's rule."""
    tree = tree_of(variable)
    return [] if tree is None else list(leaves(tree))


def measures_of(variable: Any) -> set[str]:
    """Return the measures and scores that a variable needs."""
    if isinstance(variable, Value | Change):
        return set(names_of(variable.of))
    return {leaf.measure for leaf in leaves_of(variable) if isinstance(leaf, Compare)}
