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
    """The range of a measure, the denominator of its percent change.

    ``width_option`` names the option that states its width; ``width`` is what is stated, ``None`` where nothing is.
    """

    low: float | None = Field(default=None, alias="from")
    high: float | None = Field(default=None, alias="to")
    high_column: str | None = Field(default=None, alias="to_column")
    width_option: str | None = None
    width: float | None = None
    default: float | None = None
    unit: str
    source: Source

    @property
    def stated(self) -> bool:
        """Whether a percentage of the range can be taken."""
        return self.width is not None or self.high is not None or self.high_column is not None

    def settle(self, options: Mapping[str, Any]) -> "Range":
        """Return the range with the width that the options state."""
        if self.width_option is None:
            return self
        width = options[self.width_option]
        high = None if width is None or self.low is None else self.low + width
        return self.model_copy(update={"width": width, "high": high})


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
    """One population's measures and thresholds over the same points."""

    id: str
    title: str
    measures: tuple[str | dict[str, str], ...]
    thresholds: dict[str, float]
    options: tuple[str, ...]
    source: Source


class Criteria(Record):
    """A set of response criteria for one population and core set.

    Attributes
    ----------
    id, title
        Its name, for example ``acr-eular-2016-adult``.
    measures
        The six measures with their bands, as the options' defaults have them.
    thresholds
        Category → the lowest score that reaches it, ascending.
    options
        What no source settles, with the defaults.
    choices
        Option → its choice → the measure that it puts into the place of the one in ``measures``.
    sha256
        The hash of the data file.
    """

    id: str
    title: str
    measures: tuple[Measure, ...]
    thresholds: dict[str, float]
    thresholds_source: Source
    options: dict[str, Option]
    choices: dict[str, dict[str, Measure]] = Field(default_factory=dict)
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
        open_ = {name for name, option in self.options.items() if option.default is None and not option.choices}
        stated = {name: value for name, value in chosen.items() if value is not None or name not in open_}
        return settle(self.id, self.options, stated)

    def measures_for(self, settled: Mapping[str, Any]) -> tuple[Measure, ...]:
        """Return the six measures under settled options, each with the range that these state.

        Examples
        --------
        >>> printo = load_criteria("acr-eular-2016-juvenile-printo")
        >>> [measure.id for measure in printo.measures_for(printo.settle({"strength": "mmt"}))]
        ['physician_global', 'parent_global', 'mmt', 'chaq', 'chq_phs', 'das']
        """
        swapped = {
            choices[self.options[name].default].id: choices[settled[name]] for name, choices in self.choices.items()
        }
        chosen = (swapped.get(measure.id, measure) for measure in self.measures)
        return tuple(
            measure.model_copy(update={"range": measure.range.settle(settled)})
            if measure.range.width_option
            else measure
            for measure in chosen
        )

    def needs(self, settled: Mapping[str, Any]) -> dict[str, str]:
        """Return the columns that the visit table must have, each with the name of the criteria.

        Enzymes are not among them: which were measured is for the table to say.
        """
        return {measure.column: self.id for measure in self.measures_for(settled) if measure.column}


@cache
def list_criteria() -> tuple[str, ...]:
    """Return the names of all response criteria.

    Examples
    --------
    >>> list_criteria()
    ('acr-eular-2016-adult', 'acr-eular-2016-juvenile-imacs', 'acr-eular-2016-juvenile-printo')
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
        for entry in load_data("criteria", file)["variants"]:
            if entry["id"] == name:
                return _built(Variant(**entry), load_data("criteria", file), data_sha256("criteria", file))
    known = list_criteria()
    raise BadInput([Fault("unknown_criteria", "no criteria have this name", got=name, expected=", ".join(known),
                          hint=did_you_mean(name, known))])  # fmt: skip


def _built(variant: Variant, data: Mapping[str, Any], sha256: str) -> Criteria:
    """Put a variant together from the rows of the table, the measures and the options of its file."""
    options = {name: Option(**data["options"][name]) for name in variant.options}
    defaults = {name: option.default for name, option in options.items()}
    choices: dict[str, dict[str, Measure]] = {}
    measures = []
    for entry in variant.measures:
        if isinstance(entry, str):
            measures.append(_measure(entry, data, defaults))
            continue
        option = entry["choose"]
        choices[option] = {key: _measure(name, data, defaults) for key, name in entry.items() if key != "choose"}
        measures.append(choices[option][defaults[option]])
    return Criteria(
        id=variant.id,
        title=variant.title,
        measures=tuple(measures),
        thresholds=variant.thresholds,
        thresholds_source=variant.source,
        options=options,
        choices=choices,
        sha256=sha256,
    )


def _measure(name: str, data: Mapping[str, Any], options: Mapping[str, Any]) -> Measure:
    held = data["measures"][name]
    span = Range(**held["range"]).settle(options)
    return Measure(**{**held, "id": name, "range": span, "bands": Bands(**data["bands"][held["bands"]])})


def _files() -> list[str]:
    return sorted(file.name for file in data_file("criteria").iterdir() if file.name.endswith(".yaml"))
