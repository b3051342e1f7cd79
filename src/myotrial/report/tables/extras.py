"""The libraries of the extra ``[report]``, or what to do without them."""

from functools import cache
from importlib import import_module
from typing import Any

from myotrial.model.errors import BadInput, Fault


@cache
def need(name: str) -> Any:
    """Return a module of the extra ``[report]``.

    Raises
    ------
    BadInput
        It is not installed.

    Examples
    --------
    >>> need("no_such_library")
    Traceback (most recent call last):
    myotrial.model.errors.BadInput: 1 fault
    tables to hand in are an extra: no_such_library is not installed
        hint: install myotrial[report]
    """
    try:
        return import_module(name)
    except ImportError as error:
        message = f"tables to hand in are an extra: {error.name or name} is not installed"
        raise BadInput([Fault("not_installed", message, hint="install myotrial[report]")]) from None
