"""A rule that leaves choices to options → the rule under the options chosen."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from myotrial.model.condition import Condition
from myotrial.model.source import Record

_CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)


class Resolved(Record):
    """A classification with every option settled: rules that can be evaluated."""

    groups: dict[str, Any]
    categories: dict[str, Any]
    otherwise: str
    hint: Any = None

    @property
    def names(self) -> tuple[str, ...]:
        """The categories in the order in which they are tried, and the one that is left."""
        return (*self.categories, self.otherwise)


def fill(tree: Any, values: Mapping[str, Any]) -> Any:
    """Return a rule with its choices made and its names filled in.

    ``{choose: option, a: …, b: …}`` is the part of the option's value; ``{any_each: [x, y], rule: …}`` is any of
    the rule for x and for y, who stand as ``{each}`` in it; ``"{name}"`` is a value.

    Examples
    --------
    >>> fill({"any_each": ["a", "b"], "rule": {"measure": "{each}_months", "at_least": "{months}"}}, {"months": 3})
    {'any': [{'measure': 'a_months', 'at_least': 3}, {'measure': 'b_months', 'at_least': 3}]}
    """
    if isinstance(tree, Mapping):
        if "choose" in tree:
            return fill(tree[values[tree["choose"]]], values)
        if "any_each" in tree:
            return {"any": [fill(tree["rule"], {**values, "each": name}) for name in fill(tree["any_each"], values)]}
        return {key: fill(part, values) for key, part in tree.items()}
    if isinstance(tree, list | tuple):
        return [fill(part, values) for part in tree]
    if not isinstance(tree, str) or "{" not in tree:
        return tree
    name = tree[1:-1]
    return values[name] if tree == f"{{{name}}}" and name in values else tree.format_map(values)


def fill_rule(tree: Any, values: Mapping[str, Any]) -> Any:
    """Return a rule as a condition, with its choices made and its names filled in."""
    return _CONDITION.validate_python(fill(tree, values))
