"""Instruments as data: items, scales, totals and options, each with its source."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import Field, model_validator

from myotrial.instruments.items import Item, Scale, expand_blocks
from myotrial.instruments.total import Total
from myotrial.model.data import data_file, data_sha256, load_data
from myotrial.model.errors import BadInput, Fault, did_you_mean
from myotrial.model.options import Option, settle
from myotrial.model.source import Record, Source


class Instrument(Record):
    """An instrument: what is asked, what it gives, and what no source settles.

    Attributes
    ----------
    id, title, short
        Its name, its title and the short form used in tables.
    measures
        What it is a measure of, in short words of our own.
    also
        Other names by which it is loaded.
    items
        The items, in order.
    totals
        The numbers it gives.
    options
        What no source settles, with the defaults. A default of ``None`` means: it has to be stated.
    scale_option, scales
        The option that says how values are written, and what each of its choices means.
    raised_to
        The category score to which an aid or help raises a lower one, where the instrument has that.
    copyright
        What is known about rights; questionnaire wording is never held here.
    sha256
        The hash of the data file, or ``None`` for one made in code.
    """

    id: str
    title: str
    short: str
    measures: str
    also: tuple[str, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)
    totals: tuple[Total, ...] = Field(min_length=1)
    options: dict[str, Option] = Field(default_factory=dict)
    scale_option: str | None = None
    scales: dict[str, Scale] = Field(default_factory=lambda: {"any": Scale()}, min_length=1)
    raised_to: float | None = None
    sources: dict[str, Source] = Field(default_factory=dict)
    copyright: str
    sha256: str | None = None

    @model_validator(mode="after")
    def _check(self) -> "Instrument":
        problems = _doubles("item", [item.id for item in self.items])
        problems += _doubles("total", [total.name for total in self.totals])
        problems += [f"the total {total.name} counts no item" for total in self.totals if not self.items_of(total)]
        problems += [f"there is no option {name}" for name in sorted(self._options_named() - set(self.options))]
        if self.scale_option in self.options and set(self.options[self.scale_option].choices) != set(self.scales):
            problems.append(f"the choices of {self.scale_option} are not the scales")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def __repr__(self) -> str:
        """One line with the numbers."""
        totals = ", ".join(f"{total.name} {total.low:g} to {total.high:g}" for total in self.totals)
        return f"Instrument({self.id}: {len(self.items)} item{'' if len(self.items) == 1 else 's'}; {totals})"

    __str__ = __repr__

    def items_of(self, total: Total) -> tuple[int, ...]:
        """Return the positions of the items that count in a total."""
        return tuple(number for number, item in enumerate(self.items) if total.takes(item))

    def scale(self, settled: Mapping[str, Any]) -> Scale:
        """Return how values are written, by the options as they are used."""
        return self.scales[settled[self.scale_option]] if self.scale_option else next(iter(self.scales.values()))

    def settle(self, chosen: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return every option with the value to use: what was chosen, else the default.

        Raises
        ------
        BadInput
            An option that is not known, a value that is not possible, or one that has to be stated and is not.
        """
        settled = settle(self.id, self.options, chosen or {})
        faults = [
            Fault("option_not_stated", f"{self.id} needs {name}: {self.options[name].label}", column=name,
                  expected=" or ".join(str(choice) for choice in self.options[name].choices),
                  hint="it cannot be guessed from the values")
            for name, value in settled.items()
            if value is None
        ]  # fmt: skip
        if faults:
            raise BadInput(faults)
        return settled

    def _options_named(self) -> set[str]:
        named = {self.scale_option} if self.scale_option else set()
        named |= {total.bands.option for total in self.totals if total.bands and total.bands.option}
        for item in self.items:
            named |= {name for name in (item.raises_option, item.blank_option) if name}
        for scale in self.scales.values():
            named |= {code for code in scale.codes.values() if isinstance(code, str) and code != "excluded"}
        return named


def _doubles(kind: str, names: list[str]) -> list[str]:
    return [f"the {kind} {name} stands twice" for name, count in Counter(names).items() if count > 1]


@cache
def list_instruments() -> tuple[str, ...]:
    """Return the names of all instruments.

    Examples
    --------
    >>> "haq-di" in list_instruments()
    True
    """
    files = sorted(file.name for file in data_file("instruments").iterdir() if file.name.endswith(".yaml"))
    return tuple(name.removesuffix(".yaml") for name in files if "totals" in load_data("instruments", name))


@cache
def load_instrument(name: str) -> Instrument:
    """Return an instrument by name.

    Parameters
    ----------
    name
        One of :func:`list_instruments`, or another name of it.

    Raises
    ------
    BadInput
        No instrument has this name.

    Examples
    --------
    >>> load_instrument("mmt8-bilateral")
    Instrument(mmt8-bilateral: 15 items; mmt8 0 to 150, mmt8_loss_percent 0 to 100)
    """
    known = list_instruments()
    name = _other_names().get(name, name)
    if name not in known:
        raise BadInput([Fault("unknown_instrument", "no instrument has this name", got=name,
                              expected=", ".join(known), hint=did_you_mean(name, known))])  # fmt: skip
    data = dict(load_data("instruments", f"{name}.yaml"))
    items = expand_blocks(data.pop("blocks"))
    return Instrument.model_validate({**data, "items": items, "sha256": data_sha256("instruments", f"{name}.yaml")})


@cache
def _other_names() -> dict[str, str]:
    files = {name: load_data("instruments", f"{name}.yaml") for name in list_instruments()}
    return {also: name for name, data in files.items() for also in data.get("also", ())}
