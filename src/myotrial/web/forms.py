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
