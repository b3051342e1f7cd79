"""Rules of change as data: a condition tree, its measures, its numbers and its options, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from myotrial.model.condition import Compare, Condition, leaves
from myotrial.model.data import data_file, data_sha256, load_data
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.options import Option, settle
from myotrial.model.source import Record, Source

_CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)


class CoreMeasure(Record):
    """One measure of a rule.

    Attributes
    ----------
    column
        The column of the visit table.
    enzyme
        Whether it is the most abnormal muscle enzyme, which has no column of its own.
    scale
        The highest possible score of the scale that the rule is written for; on any other the value is unknown.
    source
        Where the rule's choice of measures was read.
    """

    column: str | None = None
    enzyme: bool = False
    scale: float | str | None = None
    source: Source


@dataclass(frozen=True, slots=True)
class SettledRule:
    """A rule whose numbers and options are fixed.

    Attributes
    ----------
    tree
        The whole rule.
    parts
        Its named criteria.
    counted
        Its named lists of leaves: what is counted and shown measure by measure.
    measures
        The measures that its leaves speak of.
    settings
        Every parameter and option with the value used.
    leaves
        Every comparison that the rule makes, each once.
    """

    tree: Any
    parts: Mapping[str, Any]
    counted: Mapping[str, tuple[Compare, ...]]
    measures: Mapping[str, CoreMeasure]
    settings: Mapping[str, Any]
    leaves: tuple[Compare, ...]

    def needs(self, rule: str) -> dict[str, str]:
        """Return the columns that the visit table must have, each with the name of the rule.

        The most abnormal enzyme is not among them: which were measured is for the table to say.
        """
        return {measure.column: rule for measure in self.measures.values() if measure.column}


class Rule(Record):
    """A published rule over a visit and its baseline.

    Attributes
    ----------
    id, title
        Its name.
    measures
        Name → measure.
    parameters
        Every number of the rule; each can be given another value like an option.
    options
        What no source settles, with the defaults.
    counted, parts, tree
        Leaves that are counted, named criteria, and the rule itself, as they stand in the data file: ``$name`` is
        the value of a parameter or an option, ``choose`` takes the branch of an option's value.
    sha256
        The hash of the data file.
    """

    id: str
    title: str
    measures: dict[str, CoreMeasure]
    parameters: dict[str, Option]
    options: dict[str, Option]
    counted: dict[str, list[Any]]
    parts: dict[str, Any] = Field(default_factory=dict)
    tree: Any
    sha256: str

    def settle(self, chosen: Mapping[str, Any]) -> SettledRule:
        """Return the rule with every number and option fixed: what was chosen, else the default.

        Raises
        ------
        BadInput
            An option that is not known, or a value that is not possible.

        Examples
        --------
        >>> from myotrial.model.condition import describe
        >>> describe(load_rule("worsening-proderm").settle({"extramuscular_cm": 3}).parts["extramuscular"])
        'extramuscular worse by ≥ 3'
        """
        settings = settle(self.id, self.parameters | self.options, chosen)
        held = _SETTLED.get(key := (self.sha256, repr(settings)))
        if held is None or held[0] is not self:  # one rule is asked again and again with the same options
            if len(_SETTLED) >= 256:
                _SETTLED.clear()
            held = _SETTLED[key] = (self, self._settled(settings))
        return held[1]

    def _settled(self, settings: dict[str, Any]) -> SettledRule:
        try:
            tree = _CONDITION.validate_python(_fill(self.tree, settings))
            parts = {name: _CONDITION.validate_python(_fill(part, settings)) for name, part in self.parts.items()}
            counted = {
                name: tuple(Compare(**_fill(leaf, settings)) for leaf in group) for name, group in self.counted.items()
            }
        except ValidationError as error:
            raise BadInput([_impossible(self.id, fault, settings) for fault in error.errors()]) from None
        measures = {
            name: CoreMeasure(**_fill(measure.model_dump(), settings)) for name, measure in self.measures.items()
        }
        nodes = (tree, *parts.values(), *(leaf for group in counted.values() for leaf in group))
        below = (leaf for node in nodes for leaf in leaves(node))
        every = tuple(dict.fromkeys(leaf for leaf in below if isinstance(leaf, Compare)))
        return SettledRule(tree, parts, counted, measures, settings, every)


_SETTLED: dict[tuple[str, str], tuple[Rule, SettledRule]] = {}
"""Rules with their options fixed; forgotten when there are many."""


@cache
def list_rules() -> tuple[str, ...]:
    """Return the names of all rules of change.

    Examples
    --------
    >>> list_rules()
    ('imacs-doi-2004', 'printo-20', 'printo-inactive', 'worsening-proderm')
    """
    files = (file.name for file in data_file("rules").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in files if name.endswith(".yaml")))


@cache
def load_rule(name: str) -> Rule:
    """Return a rule of change by name.

    Raises
    ------
    BadInput
        No rule has this name.

    Examples
    --------
    >>> load_rule("imacs-doi-2004").parameters["improved_needed"].default
    3
    """
    known = list_rules()
    if name not in known:
        raise BadInput([Fault("unknown_rule", "no rule has this name", got=name, expected=", ".join(known),
                              hint=did_you_mean(name, known))])  # fmt: skip
    data = load_data("rules", f"{name}.yaml")
    held = {key: value for key, value in data.items() if key != "sources"}
    return Rule(**held, sha256=data_sha256("rules", f"{name}.yaml"))


def _fill(node: Any, settings: Mapping[str, Any]) -> Any:
    """Put the settings in the place of their names."""
    if isinstance(node, str) and node.startswith("$"):
        return settings[node[1:]]
    if isinstance(node, Mapping):
        if "choose" in node:
            return _fill(node[settings[node["choose"]]], settings)
        return {key: _fill(value, settings) for key, value in node.items()}
    return [_fill(part, settings) for part in node] if isinstance(node, list | tuple) else node


def _impossible(rule: str, fault: Any, settings: Mapping[str, Any]) -> Fault:
    got = fault["input"]
    name = next((name for name, value in settings.items() if not isinstance(value, str) and value == got), None)
    expected = fault["msg"].removeprefix("Value error, ")
    return Fault("bad_option", f"{rule} cannot be built with these options", column=name, got=repr(got),
                 expected=expected)  # fmt: skip
