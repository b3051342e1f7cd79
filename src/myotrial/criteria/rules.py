"""Response criteria as data: measures, bands, points, thresholds and options, each with its source."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import Field

from myotrial.model.data import data_file, data_sha256, load_data
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.source import Record, Source


class Range(Record):
    """The range of a measure, the denominator of its percent change."""

    low: float = Field(alias="from")
    high: float | None = Field(default=None, alias="to")
    high_column: str | None = Field(default=None, alias="to_column")
    default: float | None = None
    unit: str
    source: Source


class Bands(Record):
    """Points by band of improvement; an edge belongs to the band below it."""

    edges_percent: tuple[float, ...]
    points: tuple[float, ...]
    source: Source


class Measure(Record):
    """One core set measure of the criteria."""

    id: str
    label: str
    column: str | None = None
    better: Literal["lower", "higher"]
    range: Range
    bands: Bands


class Option(Record):
    """What no source settles: the default, the other choices, and why it is open."""

    label: str
    default: Any
    choices: dict[Any, str] = Field(default_factory=dict)
    source: Source


class Variant(Record):
    """One population's thresholds over the same points."""

    id: str
    title: str
    thresholds: dict[str, float]
    source: Source


class Criteria(Record):
    """A set of response criteria for one population.

    Attributes
    ----------
    id, title
        Its name, for example ``acr-eular-2016-adult``.
    measures
        The six measures with their bands.
    thresholds
        Category → the lowest score that reaches it, ascending.
    options
        What no source settles, with the defaults.
    sha256
        The hash of the data file.
    """

    id: str
    title: str
    measures: tuple[Measure, ...]
    thresholds: dict[str, float]
    thresholds_source: Source
    options: dict[str, Option]
    sha256: str

    def measure(self, name: str) -> Measure:
        """Return a measure by its id."""
        return next(measure for measure in self.measures if measure.id == name)

    def settle(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """Return every option with the value to use: what was chosen, else the default.

        Raises
        ------
        BadInput
            An option that is not known, or a value that is not one of its choices.
        """
        faults = []
        settled = {name: option.default for name, option in self.options.items()}
        for name, value in chosen.items():
            option = self.options.get(name)
            if option is None:
                faults.append(
                    Fault("unknown_option", f"{self.id} has no option {name}", column=name,
                          expected=", ".join(self.options), hint=did_you_mean(str(name), list(self.options)))
                )  # fmt: skip
            elif (wrong := _wrong_value(option, value)) is not None:
                faults.append(Fault("bad_option", f"the value of {name} is not possible", column=name, got=repr(value),
                                    expected=wrong))  # fmt: skip
            else:
                settled[name] = {**option.default, **value} if isinstance(option.default, dict) else value
        if faults:
            raise BadInput(faults)
        return settled


def _wrong_value(option: Option, value: Any) -> str | None:
    """Return what was expected where a value does not fit an option."""
    if option.choices:
        known = [choice for choice in option.choices if type(choice) is type(value) and choice == value]
        return None if known else " or ".join(str(choice) for choice in option.choices)
    if isinstance(option.default, dict):
        fits = isinstance(value, Mapping) and set(value) <= set(option.default)
        fits = fits and all(type(number) in {int, float} and 0 < number <= 1000 for number in value.values())
        return None if fits else f"numbers above 0, up to 1000, for any of {', '.join(option.default)}"
    fits = isinstance(value, list | tuple) and sorted(map(str, value)) == sorted(option.default)
    return None if fits else f"all of {', '.join(option.default)}, in the order wanted"


@cache
def list_criteria() -> tuple[str, ...]:
    """Return the names of all response criteria.

    Examples
    --------
    >>> list_criteria()
    ('acr-eular-2016-adult',)
    """
    return tuple(variant["id"] for name in _files() for variant in load_data("criteria", name)["variants"])


@cache
def load_criteria(name: str) -> Criteria:
    """Return response criteria by name.

    Raises
    ------
    BadInput
        No criteria have this name.

    Examples
    --------
    >>> load_criteria("acr-eular-2016-adult").thresholds
    {'minimal': 20.0, 'moderate': 40.0, 'major': 60.0}
    """
    for file in _files():
        data = load_data("criteria", file)
        for entry in data["variants"]:
            if entry["id"] == name:
                variant = Variant(**entry)
                return Criteria(
                    id=variant.id,
                    title=variant.title,
                    measures=data["measures"],
                    thresholds=variant.thresholds,
                    thresholds_source=variant.source,
                    options=data["options"],
                    sha256=data_sha256("criteria", file),
                )
    known = list_criteria()
    raise BadInput([Fault("unknown_criteria", "no criteria have this name", got=name, expected=", ".join(known),
                          hint=did_you_mean(name, known))])  # fmt: skip


def _files() -> list[str]:
    return sorted(file.name for file in data_file("criteria").iterdir() if file.name.endswith(".yaml"))
