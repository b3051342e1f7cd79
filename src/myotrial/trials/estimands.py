"""What becomes of intercurrent events and of what is missing, and how an outcome's estimand is told."""

from typing import Literal

from pydantic import Field

from myotrial.model.source import Record
from myotrial.trials.summaries import Summary

STRATEGIES: dict[str, tuple[str, ...]] = {
    "response": ("treatment_policy", "non_response", "hypothetical", "while_on_treatment"),
    "occurrence": ("treatment_policy", "while_on_treatment"),
    "value": ("treatment_policy", "hypothetical", "while_on_treatment"),
    "change": ("treatment_policy", "hypothetical", "while_on_treatment"),
    "count": ("treatment_policy", "while_on_treatment"),
    "time_to": ("treatment_policy", "censor", "never"),
    "rate": ("treatment_policy", "while_on_treatment"),
}
"""How each kind of variable can handle an intercurrent event.

treatment_policy: what is measured counts, whatever happened before. non_response: from the event on the subject
has not responded (the composite strategy). hypothetical: what is measured after the event is not used.
while_on_treatment: the last visit up to the event, and what happened until then, stands for the rest.
censor: followed until the event. never: followed to the end of the time frame without success.
"""

NAMES = {
    "treatment_policy": "treatment policy",
    "non_response": "composite (non-response)",
    "hypothetical": "hypothetical",
    "while_on_treatment": "while on treatment",
    "censor": "hypothetical (censored)",
    "never": "composite (never)",
}
"""Strategy → its name in the language of estimands (ICH E9(R1))."""

MISSING: dict[str, tuple[str, ...]] = {
    "response": ("non_response", "excluded", "locf", "multiple_imputation"),
    "occurrence": ("not_applicable",),
    "value": ("excluded", "in_denominator", "locf", "multiple_imputation"),
    "change": ("excluded", "in_denominator", "locf", "multiple_imputation"),
    "count": ("observed",),
    "time_to": ("censor",),
    "rate": ("observed",),
}
"""What each kind of variable does with what is unknown; the first is the default.

non_response: counted as no response. excluded: left out. in_denominator: in no category, and still counted among
all. locf: the last visit after baseline whose answer is known stands in. multiple_imputation: drawn many times
from a model. observed: what was seen counts. censor: followed as long as the answer is known.
"""


class Imputation(Record):
    """How missing values are drawn: the model, how often, and from which seed.

    mar: missing at random. jump_to_reference, copy_reference, copy_increments: after the event that an outcome
    handles as ``hypothetical``, a subject goes on as the reference arm does. ``delta`` is added to what is drawn
    for the other arms, in the unit of the measure.
    """

    method: Literal["mar", "jump_to_reference", "copy_reference", "copy_increments"] = "mar"
    draws: int = Field(default=100, ge=2, le=10_000)
    seed: int = Field(ge=0)
    covariates: tuple[str, ...] = ()
    delta: float = 0.0


class Sensitivity(Record):
    """The same outcome once more with something handled in another way; what is not said stays as it is."""

    id: str
    label: str
    population: str | None = None
    missing: str | None = None
    intercurrent: dict[str, str] | None = None
    imputation: Imputation | None = None
    summaries: tuple[Summary, ...] | None = None


class TippingPoint(Record):
    """How different the missing would have to be for the conclusion to turn.

    Of a response: every number of successes among the missing of either arm. Of a value or a change: what is drawn
    for the other arms is shifted by each of ``deltas``, in the unit of the measure.
    """

    deltas: tuple[float, ...] = ()
    alpha: float = Field(default=0.05, gt=0, lt=1)
