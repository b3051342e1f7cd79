"""What these addresses answer when they cannot: described once for the OpenAPI document."""

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict

LONGEST_NAME = 200
"""Characters in the number of a trial."""

Name = Annotated[str, Path(min_length=1, max_length=LONGEST_NAME, description="A number that a register gave it.")]
Place = Annotated[int, Query(ge=1, le=200, description="Which of the trial's records, counted from 1.")]
Sum = Annotated[str, Query(pattern=r"^([0-9a-fA-F]{8,64})?$", description="The checksum of a version, or its start.")]


class Told(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)


class Faults(Told):
    """Everything that is wrong with a request."""

    faults: tuple[dict[str, Any], ...]


_WHY = {
    404: "There is no such trial, record or outcome.",
    422: "Something in the request is wrong; all of it is told.",
    503: "The store of records cannot be read.",
}
PAGE: dict[int | str, dict[str, Any]] = {
    code: {"description": why, "content": {"text/html" if code < 500 else "text/plain": {}}}
    for code, why in _WHY.items()
}
"""Of a page, and of a table or a picture."""

DATA: dict[int | str, dict[str, Any]] = {code: {"description": why, "model": Faults} for code, why in _WHY.items()}
"""Of data."""
