"""The addresses of the web application, from its own OpenAPI document."""

from collections.abc import Iterator, Mapping
from typing import Any

from evidence.text import table

from myotrial.web.app import create_app


def render() -> str:
    """Return the pages, the addresses for programs, and what is sent to those that take a body."""
    document = create_app().app.openapi()  # type: ignore[attr-defined]
    rows = list(_operations(document))
    head = ("address", "method", "what it does", "in the query")
    pages = [row[:4] for row in rows if row[4]]
    others = [row[:4] for row in rows if not row[4]]
    parts = ["## Pages", table(head, pages), "## For programs", table(head, others), "## What is sent as JSON"]
    return "\n\n".join([*parts, *_bodies(document)])


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, bool]]:
    for address, methods in document["paths"].items():
        for method, said in methods.items():
            answers = said["responses"].get("200", {}).get("content", {})
            page = "text/html" in answers
            what = (said.get("description") or said["summary"]).split("\n\n", maxsplit=1)[0].replace("\n", " ")
            yield f"`{address}`", method.upper(), what, _query(said), page


def _query(said: Mapping[str, Any]) -> str:
    return ", ".join(
        f"`{each['name']}`" + (" (needed)" if each.get("required") else "")
        for each in said.get("parameters", ())
        if each["in"] == "query"
    )


def _bodies(document: Mapping[str, Any]) -> Iterator[str]:
    schemas = document["components"]["schemas"]
    for address, methods in document["paths"].items():
        body = methods.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            name = body["schema"]["$ref"].rpartition("/")[2]
            yield f"### {address}"
            yield from _fields(schemas[name])


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    if schema.get("description"):
        yield schema["description"].split("\n\n", maxsplit=1)[0].replace("\n", " ")
    needed = schema.get("required", ())
    yield table(
        ("field", "kind", "needed", "what it is"),
        (
            (f"`{name}`", _kind(field), "yes" if name in needed else "no", field.get("description", ""))
            for name, field in schema["properties"].items()
        ),
    )


def _kind(field: Mapping[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_kind(each) for each in field["anyOf"])
    if "enum" in field:
        return ", ".join(map(str, field["enum"]))
    if field.get("type") == "array":
        return f"a list of {_kind(field.get('items', {}))}"
    kinds = {"string": "text", "integer": "whole number", "boolean": "yes or no", "object": "mapping", "null": "null"}
    kind = str(field.get("type") or field.get("$ref", "anything").rpartition("/")[2])
    return kinds.get(kind, kind)
