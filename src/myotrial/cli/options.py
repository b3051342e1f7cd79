"""Options that stand as name=value on the command line."""

from collections.abc import Mapping, Sequence
from typing import Any

from yaml import YAMLError

from myotrial.model.data import parse_yaml
from myotrial.model.errors import BadInput, Fault

EXPECTED = "name=value, for example enzyme_truncated=true"


def read_options(words: Sequence[str] | None) -> dict[str, Any]:
    """Return options by name, their values as YAML reads them.

    Raises
    ------
    BadInput
        With every word that is not name=value, or stands twice.

    Examples
    --------
    >>> read_options(["biopsy=true", "months=6"])
    {'biopsy': True, 'months': 6}
    """
    options: dict[str, Any] = {}
    faults = []
    for word in words or ():
        name, sign, value = (part.strip() for part in word.partition("="))
        if not sign or not name:
            faults.append(_fault("an option is not name=value", word))
        elif name in options:
            faults.append(_fault("an option is given twice", word))
        else:
            try:
                options[name] = parse_yaml(value)
            except YAMLError:
                faults.append(_fault("the value of an option cannot be read", word))
    if faults:
        raise BadInput(faults)
    return options


def show_options(options: Mapping[str, Any]) -> str:
    """Return options as one line.

    Examples
    --------
    >>> show_options({"biopsy": True, "points": {"A": 9}})
    'biopsy = true; points = A 9'
    """
    return "; ".join(f"{name} = {_short(value)}" for name, value in options.items())


def _fault(message: str, word: str) -> Fault:
    return Fault("bad_option", message, column="--option", got=word, expected=EXPECTED)


def _short(value: Any) -> str:
    if value is None:
        return "not stated"
    if isinstance(value, dict):
        return ", ".join(f"{name} {held}" for name, held in value.items())
    if isinstance(value, list | tuple):
        return " > ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
