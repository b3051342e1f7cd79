"""Every field of a trial definition, from the model that reads it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from evidence.text import table

from myotrial.trials.definition import TrialDefinition

PLAIN = {"string": "text", "integer": "whole number", "boolean": "yes or no", "object": "mapping", "null": "nothing"}


def render() -> str:
    """Return the whole definition first, then each part that it may hold, by name."""
    schema = TrialDefinition.model_json_schema(by_alias=True)
    parts = {"The whole": schema, **dict(sorted(schema["$defs"].items()))}
    return "\n\n".join(line for name, part in parts.items() for line in _section(name, part))


def _section(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {name}"
    said = (schema.get("description") or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")
    if said:
        yield re.sub(r"`+", "`", said)
    if "enum" in schema:
        yield "One of " + _values(schema["enum"]) + "."
    elif schema.get("properties"):
        needed = schema.get("required", ())
        yield table(
            ("field", "what may stand there", "default"),
            (
                (f"`{field}`", _kind(held), "needed" if field in needed else _default(held))
                for field, held in schema["properties"].items()
            ),
        )
    else:
        yield f"{_kind(schema)}."


def _kind(field: Mapping[str, Any]) -> str:
    for way in ("anyOf", "oneOf"):
        if way in field:
            kinds = [_kind(each) for each in field[way] if each.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in field or "enum" in field:
        return _values(field.get("enum", [field.get("const")]))
    return _of_type(field)


def _of_type(field: Mapping[str, Any]) -> str:
    if field.get("type") == "array":
        places = field.get("prefixItems")
        inner = ", then ".join(map(_kind, places)) if places else _kind(field.get("items", {}))
        return f"a list: {inner}"
    if field.get("type") == "object" and isinstance(field.get("additionalProperties"), Mapping):
        return f"a mapping to {_kind(field['additionalProperties'])}"
    kind = str(field.get("type", "anything"))
    return PLAIN.get(kind, kind) + _range(field)


def _range(field: Mapping[str, Any]) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    return "".join(f" {sign} {field[key]:g}" for key, sign in signs.items() if key in field)


def _values(values: list[Any]) -> str:
    return ", ".join(f"`{_written(value)}`" for value in values)


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _default(field: Mapping[str, Any]) -> str:
    value = field.get("default")
    if value is None or value in ([], {}, ""):
        return "nothing"
    return f"`{_written(value)}`" if isinstance(value, str | int | float) else "as its own fields say"
