"""What no source settles: named options with a stated default, checked in one place."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import Field

from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.source import Record, Source


class Option(Record):
    """What no source settles: the default, the other choices, and why it is open.

    Attributes
    ----------
    label
        The words before the value, as it is printed with a result.
    default
        The value used unless another is chosen.
    choices
        Value → what it means; empty where any value like the default will do (a number, a list, a mapping).
    low, high
        The range of a number.
    source
        What is known about it.
    """

    label: str
    default: Any
    choices: dict[Any, str] = Field(default_factory=dict)
    low: float = 0
    high: float = 1000
    source: Source


def settle(owner: str, options: Mapping[str, Option], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return every option with the value to use: what was chosen, else the default.

    Parameters
    ----------
    owner
        Whose options they are, for messages.
    options
        Name → option.
    chosen
        Name → value wanted.

    Raises
    ------
    BadInput
        An option that is not known, or a value that is not possible.
    """
    faults = []
    settled = {name: deepcopy(option.default) for name, option in options.items()}
    for name, value in chosen.items():
        option = options.get(name)
        if option is None:
            faults.append(
                Fault("unknown_option", f"{owner} has no option {name}", column=str(name),
                      expected=", ".join(options) or "none", hint=did_you_mean(str(name), list(options)))
            )  # fmt: skip
        elif (wanted := _wanted(option, value)) is not None:
            faults.append(
                Fault(
                    "bad_option", f"the value of {name} is not possible", column=name, got=repr(value), expected=wanted
                )
            )
        else:
            settled[name] = {**settled[name], **value} if isinstance(option.default, dict) else value
    if faults:
        raise BadInput(faults)
    return settled


def _wanted(option: Option, value: Any) -> str | None:
    """Return what was expected where a value does not fit an option, else ``None``."""
    default = option.default
    if option.choices:
        known = any(value == choice and type(value) is type(choice) for choice in option.choices)
        return None if known else " or ".join(str(choice).lower() for choice in option.choices)
    if isinstance(default, dict):
        fits = isinstance(value, Mapping) and set(value) <= set(default)
        fits = fits and all(_is_number(number) and option.low < number <= option.high for number in value.values())
        return None if fits else f"numbers above {option.low:g}, up to {option.high:g}, for any of {', '.join(default)}"
    if isinstance(default, list | tuple):
        fits = isinstance(value, list | tuple) and sorted(map(str, value)) == sorted(default)
        return None if fits else f"all of {', '.join(default)}, in the order wanted"
    fits = _is_number(value) and option.low <= value <= option.high
    return None if fits else f"a number from {option.low:g} to {option.high:g}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
