"""Response criteria as data: measures, bands, points, thresholds and options, each with its source."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import Field

from myotrial.model.data import data_file, data_sha256, load_data
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.options import Option, settle
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
        return settle(self.id, self.options, chosen)


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
