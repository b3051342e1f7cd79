"""What every address may answer beside its page: faults, told as a page or as data."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class FaultEntry(BaseModel):
    """One thing to put right; only what is known of it is there."""

    model_config = ConfigDict(extra="forbid")

    code: str | None = None
    message: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    got: str | None = None
    expected: str | None = None
    hint: str | None = None


class Faults(BaseModel):
    """Everything to put right, at once."""

    model_config = ConfigDict(extra="forbid")

    faults: list[FaultEntry] = Field(min_length=1)


PAGE = {"text/html": {"schema": {"type": "string"}}}
PLAIN = {"text/plain": {"schema": {"type": "string"}}}


def _told(description: str) -> dict[str, Any]:
    return {"model": Faults, "description": description, "content": {**PAGE, **PLAIN}}


RESPONSES: dict[int | str, dict[str, Any]] = {
    400: _told("The request cannot be read, or asks for a name that is not this server's"),
    401: {"description": "A token is needed", "content": PLAIN},
    403: {"description": "A page of another origin asks", "content": PLAIN},
    404: _told("There is no such thing"),
    405: _told("The address does not take this method"),
    413: _told("The request is too large"),
    422: _told("The input has faults; all of them are told"),
}
"""Stands in the OpenAPI document for every address."""
