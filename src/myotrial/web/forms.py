"""Read a form that a browser sends."""

from fastapi import Request
from starlette.datastructures import UploadFile

from myotrial.model.errors import BadInput, Fault

MOST_FIELDS = 2_000


async def read_form(request: Request) -> dict[str, str]:
    """Return a form's fields by name, the last of each; files are left aside.

    Raises
    ------
    BadInput
        The body is no form, or has too many fields.
    """
    try:
        async with request.form(max_fields=MOST_FIELDS, max_files=0) as form:
            return {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
    except Exception as error:  # whatever the parser makes of a body that is no form
        raise BadInput([Fault("not_a_form", "the request holds no form that can be read", "form")]) from error


def read_number(text: str) -> float | None:
    """Return the number that a cell holds, whichever decimal mark it has; ``None`` where it holds none."""
    plain = text.replace(",", ".").replace("−", "-")
    try:
        value = float(plain) if plain and not set(plain) - set("0123456789.-+eE") else None
    except ValueError:
        return None
    return value if value is not None and abs(value) < 1e9 else None
