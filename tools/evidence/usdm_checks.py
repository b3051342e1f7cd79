"""Hold exported study definitions against the published schema of USDM, and against themselves."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]


def load_validator(schema: Path) -> Draft202012Validator:
    """Return the validator of a study definition, from the schema that CDISC publishes with its interface."""
    published = json.loads(schema.read_text(encoding="utf-8"))
    wrapper = {"$ref": "#/components/schemas/Wrapper-Input", "components": published["components"]}
    return Draft202012Validator(wrapper)


def check_definition(validator: Draft202012Validator, data: Mapping[str, Any]) -> dict[str, int]:
    """Return how many faults a study definition has, by kind, and how many instances."""
    instances = list(_walk(data))
    names = [instance["id"] for instance in instances if instance.get("id")]
    schemas = validator.schema["components"]["schemas"]
    strangers = [
        name
        for instance in instances
        if "instanceType" in instance
        for name in instance
        if name not in schemas[f"{instance['instanceType']}-Input"]["properties"]
    ]
    return {
        "against the schema": sum(1 for _ in validator.iter_errors(data)),
        "identifiers twice": len(names) - len(set(names)),
        "references to nothing": len(set(_references(instances)) - set(names)),
        "attributes that the model has not": len(strangers),
        "instances": len(names),
    }


def _walk(data: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(data, Mapping):
        yield data
    if isinstance(data, Mapping | list):
        for below in data.values() if isinstance(data, Mapping) else data:
            yield from _walk(below)


def _references(instances: list[Mapping[str, Any]]) -> Iterator[str]:
    for instance in instances:
        for name, value in instance.items():
            if name.endswith("Id") and value is not None:
                yield value
            elif name.endswith("Ids"):
                yield from value
