"""An instrument as plain text, for a terminal."""

from collections.abc import Iterator

from myotrial.instruments.definition import Instrument, load_instrument
from myotrial.instruments.total import Total
from myotrial.model.options import Option
from myotrial.model.source import Source

RULES = {
    "sum": "the sum of its items",
    "percent_lost": "what is lost of the highest possible sum, in percent of it",
    "share": "the sum of the assessed items ÷ the highest possible sum of those items",
    "mean_of_group_maxima": "the mean over the categories of their highest item",
    "cdasi_activity": "the sum of its items; erythema of Gottron's papules on the hands counts twice with papules",
}
MISSING = {
    "answered_groups": "mean over the answered categories, if there are enough of them",
    "blanks_as_zero": "a blank counts 0, if there are few of them",
}
STATUS = {
    "read": "read in the source",
    "second_hand": "read in a source that reports it",
    "recalled": "recalled, not re-read",
    "ours": "no source says; a default of this software",
}
SHOWN = 30
"""Items named one by one."""


def describe_instrument(instrument: str | Instrument) -> str:
    """Return an instrument as plain text: range, items, rules, options, sources.

    Raises
    ------
    BadInput
        No instrument has this name.

    Examples
    --------
    >>> print(describe_instrument("das").splitlines()[0])
    DAS: Disease Activity Score, juvenile dermatomyositis (das)
    """
    instrument = load_instrument(instrument) if isinstance(instrument, str) else instrument
    lines = [f"{instrument.short}: {instrument.title} ({instrument.id})", f"It measures {instrument.measures}.", ""]
    for total in instrument.totals:
        lines += _total(instrument, total)
    lines += ["", *_items(instrument)]
    if instrument.options:
        lines += ["", "Options (printed with every result)"]
        lines += [line for name, option in instrument.options.items() for line in _option(name, option)]
    lines += ["", "Sources", *(f"  {text}" for text in dict.fromkeys(map(_source, _sources(instrument))))]
    lines += ["", f"Rights: {instrument.copyright}"]
    return "\n".join(lines)


def _total(instrument: Instrument, total: Total) -> Iterator[str]:
    step = f" in steps of {total.step:g}" if total.step else ""
    yield f"{total.name}: {total.label}, {total.low:g} to {total.high:g} {total.unit}{step}, {total.better} is better"
    text = RULES[total.rule]
    if total.rule == "mean_of_group_maxima" and any(
        instrument.items[number].is_aid for number in instrument.items_of(total)
    ):
        text += f"; an aid or help raises a lower one to {instrument.raised_to:g}"
    count = len(instrument.items_of(total))
    yield f"  rule: {text} ({count} item{'' if count == 1 else 's'})"
    yield "  missing: an interval, from the lowest to the highest that it can be; never zero"
    if total.missing:
        yield f"  and a value: {MISSING[total.missing]}"
    for name, bands in (total.bands.sets if total.bands else {}).items():
        words = ", ".join(f"{band.name} from {band.start:g}" for band in bands)
        yield f"  bands ({total.name}_band{f', {name}' if total.bands and total.bands.option else ''}): {words}"


def _items(instrument: Instrument) -> Iterator[str]:
    yield f"Items ({len(instrument.items)})"
    for item in instrument.items[:SHOWN]:
        step = f" in steps of {item.step:g}" if item.step else ""
        yield f"  {item.id}: {item.label}, {item.low:g} to {item.high:g}{step}"
    if len(instrument.items) > SHOWN:
        yield f"  and {len(instrument.items) - SHOWN} more"


def _option(name: str, option: Option) -> Iterator[str]:
    default = f"default {_word(option.default)}; {STATUS[option.source.status]}"
    yield f"  {name}: {option.label} ({'has to be stated' if option.default is None else default})"
    for choice, meaning in option.choices.items():
        yield f"    {_word(choice)}: {meaning}"


def _word(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {held}" for name, held in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sources(instrument: Instrument) -> Iterator[Source]:
    yield from (total.source for total in instrument.totals)
    yield from (total.bands.source for total in instrument.totals if total.bands)
    yield from (item.source for item in instrument.items)
    yield from (scale.source for scale in instrument.scales.values() if scale.source)
    yield from (option.source for option in instrument.options.values())


def _source(source: Source) -> str:
    named = [source.doi and f"doi {source.doi}", source.pmcid]
    parts = [source.where, *(name for name in named if name and name not in source.citation), source.note]
    return f"[{STATUS[source.status]}] " + "; ".join([source.citation, *(part for part in parts if part)])
