"""The one tree for every rule: all, any, at least n of, at most n of, not, over leaves.

A leaf compares a measure (its value, or its change from baseline) with a number in the measure's own unit, asks
whether an event has happened, or whether a named rule is met. Three nodes look over the visits: ``ever``,
``confirmed`` and ``throughout``. The same tree serves eligibility, response, worsening and time-to rules.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from myotrial.model.source import Record

COMPARATORS = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<", "equals": "="}


class Compare(Record):
    """A measure against a number.

    Attributes
    ----------
    measure
        A column of the visit table, or a score that the definition derives (``tis``).
    at_least, more_than, at_most, less_than, equals
        Exactly one of them, in the unit of the measure, or in ``unit`` for a change. A list of numbers makes
        one outcome of each.
    change
        ``better`` or ``worse``: compare the change from baseline in that direction instead of the value.
    unit
        Of a change: the measure's ``own``, ``percent_of_baseline`` or ``percent_of_range``.
    week
        The visit; without it, the visit in question.
    from_week
        Of a change: the visit it is counted from; without it, baseline.
    """

    measure: str
    at_least: float | tuple[float, ...] | None = None
    more_than: float | tuple[float, ...] | None = None
    at_most: float | tuple[float, ...] | None = None
    less_than: float | tuple[float, ...] | None = None
    equals: float | tuple[float, ...] | None = None
    change: Literal["better", "worse"] | None = None
    unit: Literal["own", "percent_of_baseline", "percent_of_range"] = "own"
    week: float | None = None
    from_week: float | None = None

    @model_validator(mode="after")
    def _one_comparator(self) -> "Compare":
        given = [name for name in COMPARATORS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(COMPARATORS)}; got {', '.join(given) or 'none'}")
        if self.unit != "own" and self.change is None:
            raise ValueError(f"unit {self.unit} is for a change: say change: better or change: worse")
        if self.from_week is not None and self.change is None:
            raise ValueError("from_week is for a change: say change: better or change: worse")
        if isinstance(self.threshold, tuple) and (not self.threshold or len(set(self.threshold)) < len(self.threshold)):
            raise ValueError(f"{given[0]} lists numbers, at least one and each once; got {list(self.threshold)}")
        return self

    @property
    def comparator(self) -> str:
        """Return the comparator's name."""
        return next(name for name in COMPARATORS if getattr(self, name) is not None)

    @property
    def threshold(self) -> float | tuple[float, ...]:
        """Return the number, or the numbers, compared with."""
        value: float | tuple[float, ...] = getattr(self, self.comparator)
        return value


class Happened(Record):
    """An event that has happened before the visit (or the visit of ``week``); ``inclusive``: or on its day."""

    event: str
    week: float | None = None
    inclusive: bool = False


class Meets(Record):
    """A rule that the definition names, met at the visit (or at the visit of ``week``)."""

    rule: str
    week: float | None = None


class Ever(Record):
    """The part holds at one visit or more after baseline, up to the visit in question.

    A visit that did not take place says nothing; where none took place, the answer is unknown.
    """

    ever: "Condition"


class Confirmed(Record):
    """The part holds at the visit in question and at the subject's visits before it, so many in a row.

    A visit that did not take place is passed over.
    """

    confirmed: "Condition"
    visits: int = Field(default=2, ge=2)


class Throughout(Record):
    """The part holds at every visit that took place from ``since`` (without it, the first after baseline) on."""

    throughout: "Condition"
    since: float | None = None


class All(Record):
    """Every part holds."""

    all: tuple["Condition", ...] = Field(min_length=1)


class AnyOf(Record):
    """At least one part holds."""

    any: tuple["Condition", ...] = Field(min_length=1)


class Not(Record):
    """The part does not hold."""

    not_: "Condition" = Field(alias="not")


class Count(Record):
    """At least, or at most, so many of the parts hold."""

    at_least: int | None = None
    at_most: int | None = None
    of: tuple["Condition", ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_bound(self) -> "Count":
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give exactly one of at_least and at_most")
        bound = self.at_least if self.at_least is not None else self.at_most
        if not 0 <= (bound or 0) <= len(self.of):
            raise ValueError(f"the number of parts is out of range: got {bound}, expected 0 to {len(self.of)}")
        return self


def _tag(value: Any) -> str | None:
    """Tell which kind of node a mapping is from its keys."""
    keys = set(value) if isinstance(value, Mapping) else {type(value).__name__}
    tags = {"measure": "Compare", "event": "Happened", "rule": "Meets", "all": "All", "any": "AnyOf", "not": "Not",
            "of": "Count", "ever": "Ever", "confirmed": "Confirmed", "throughout": "Throughout"}  # fmt: skip
    for key, tag in tags.items():
        if key in keys or tag in keys:
            return tag
    return None


Condition = Annotated[
    Annotated[Compare, Tag("Compare")]
    | Annotated[Happened, Tag("Happened")]
    | Annotated[Meets, Tag("Meets")]
    | Annotated[Ever, Tag("Ever")]
    | Annotated[Confirmed, Tag("Confirmed")]
    | Annotated[Throughout, Tag("Throughout")]
    | Annotated[All, Tag("All")]
    | Annotated[AnyOf, Tag("AnyOf")]
    | Annotated[Not, Tag("Not")]
    | Annotated[Count, Tag("Count")],
    Discriminator(
        _tag,
        custom_error_type="condition",
        custom_error_message=(
            "a condition has one of the keys measure, event, rule, all, any, not, of, ever, confirmed, throughout"
        ),
    ),
]
"""Any node of the tree."""

for _node in (All, AnyOf, Not, Count, Ever, Confirmed, Throughout):
    _node.model_rebuild()


OVER_VISITS = (Ever, Confirmed, Throughout)
"""The nodes whose answer rests on several visits."""


def parts(condition: Any) -> tuple[Any, ...]:
    """Return the parts of a node; a leaf has none."""
    if isinstance(condition, All):
        return condition.all
    if isinstance(condition, AnyOf):
        return condition.any
    if isinstance(condition, Not):
        return (condition.not_,)
    if isinstance(condition, OVER_VISITS):
        return (getattr(condition, _field(condition)),)
    return condition.of if isinstance(condition, Count) else ()


def _field(condition: Any) -> str:
    """Return the name of the field that holds a node's part or parts."""
    fields: dict[Any, str] = {All: "all", AnyOf: "any", Not: "not_", Count: "of", Ever: "ever", Confirmed: "confirmed",
              Throughout: "throughout"}  # fmt: skip
    return fields[type(condition)]


def leaves(condition: Any) -> Iterator[Compare | Happened | Meets]:
    """Yield the leaves of a tree, left to right."""
    below = parts(condition)
    if not below:
        yield condition
    for part in below:
        yield from leaves(part)


def levels(condition: Any) -> list[tuple[str | None, Any]]:
    """Return the rules that a tree with a list of thresholds stands for, each with the name of its level.

    Examples
    --------
    >>> [name for name, _ in levels(Compare(measure="tis", at_least=(20, 40, 60)))]
    ['≥ 20', '≥ 40', '≥ 60']
    """
    listed = [leaf for leaf in leaves(condition) if isinstance(leaf, Compare) and isinstance(leaf.threshold, tuple)]
    if not listed:
        return [(None, condition)]
    comparator, thresholds = listed[0].comparator, listed[0].threshold
    assert isinstance(thresholds, tuple)  # noqa: S101  (the line above chose it)
    return [
        (f"{COMPARATORS[comparator]} {number:g}", _with_level(condition, place))
        for place, number in enumerate(thresholds)
    ]


def _with_level(condition: Any, place: int) -> Any:
    if isinstance(condition, Compare):
        value = condition.threshold
        return (
            condition.model_copy(update={condition.comparator: value[place]}) if isinstance(value, tuple) else condition
        )
    below = parts(condition)
    if not below:
        return condition
    replaced = tuple(_with_level(part, place) for part in below)
    alone = isinstance(condition, (Not, *OVER_VISITS))
    return condition.model_copy(update={_field(condition): replaced[0] if alone else replaced})


def describe(condition: Any, labels: Mapping[str, str] | None = None) -> str:
    """Return a rule as a phrase.

    Examples
    --------
    >>> describe(All(all=(Compare(measure="tis", at_least=20, week=25), Not(**{"not": Happened(event="rescue")}))))
    'tis ≥ 20 at week 25 and no rescue'
    """
    names = labels or {}
    if not parts(condition):
        return _describe_leaf(condition, names)
    if isinstance(condition, OVER_VISITS):
        return f"{_bracketed(parts(condition)[0], names)} {_describe_over(condition)}"
    if isinstance(condition, Not):
        inner = describe(condition.not_, names)
        return f"no {inner}" if isinstance(condition.not_, Happened) else f"not ({inner})"
    if isinstance(condition, Count):
        bound = f"at least {condition.at_least}" if condition.at_least is not None else f"at most {condition.at_most}"
        return f"{bound} of: " + "; ".join(describe(part, names) for part in condition.of)
    word = " and " if isinstance(condition, All) else " or "
    return word.join(_bracketed(part, names) for part in parts(condition))


def _describe_leaf(leaf: Any, names: Mapping[str, str]) -> str:
    if isinstance(leaf, Compare):
        return _describe_compare(leaf, names)
    if isinstance(leaf, Meets):
        return f"{names.get(leaf.rule, leaf.rule.replace('_', ' '))}{_when(leaf.week, 'at')}"
    return f"{leaf.event.replace('_', ' ')}{_when(leaf.week, 'by' if leaf.inclusive else 'before')}"


def _bracketed(condition: Any, names: Mapping[str, str]) -> str:
    text = describe(condition, names)
    return f"({text})" if isinstance(condition, All | AnyOf | Count) else text


def _describe_over(condition: Ever | Confirmed | Throughout) -> str:
    if isinstance(condition, Ever):
        return "at any visit so far"
    if isinstance(condition, Confirmed):
        return f"at {condition.visits} visits in a row"
    return f"at every visit{_when(condition.since, 'from')}"


def _describe_compare(leaf: Compare, names: Mapping[str, str]) -> str:
    threshold = leaf.threshold
    numbers = threshold if isinstance(threshold, tuple) else (threshold,)
    bound = f"{COMPARATORS[leaf.comparator]} {'/'.join(format(number, 'g') for number in numbers)}"
    name = names.get(leaf.measure, leaf.measure)
    if leaf.change:
        unit = {"own": "", "percent_of_baseline": " % of baseline", "percent_of_range": " % of the range"}[leaf.unit]
        since = "" if leaf.from_week is None else f" since week {leaf.from_week:g}"
        return f"{name} {leaf.change} by {bound}{unit}{since}{_when(leaf.week, 'at')}"
    return f"{name} {bound}{_when(leaf.week, 'at')}"


def _when(week: float | None, word: str) -> str:
    return "" if week is None else f" {word} week {week:g}"
