"""The page of an instrument."""

from collections.abc import Iterator

from evidence.text import Sources, made, options_table, page, section, table
from evidence.vectors import vectors
from myotrial.instruments.definition import Instrument
from myotrial.instruments.describe import MISSING, RULES
from myotrial.instruments.items import Item, Scale
from myotrial.instruments.total import Total

TESTED = """\
The common suite runs over every instrument: the lowest and the highest answers give the ends of the range above, every
item moves its totals one way, a missing item gives the interval that all completions give, and the order of rows, one
row against many and the unit make no difference."""


def instrument_page(instrument: Instrument) -> str:
    """Return the page."""
    sources = Sources()
    totals = table(
        ("column", "what it is", "range", "better", "rule", "source"),
        (
            (f"`{total.name}`", total.label, _span(total.low, total.high, total.step, total.unit), total.better,
             _rule(instrument, total), sources.mark(total.source))
            for total in instrument.totals
        ),
    )  # fmt: skip
    items = table(
        ("item", "label", "values", "part", "group", "raises", "source"),
        (_item(item, sources) for item in instrument.items),
    )
    parts = [
        made("instrument", instrument.id, instrument.sha256),
        *section("What it gives", totals),
        *section("Items", "The labels are our own; no wording of a questionnaire is held here.", items),
        *section("How values are written", *_scales(instrument, sources)),
        *section("What no source settles", options_table(instrument.options, sources, stated=True)),
        *section("What is missing", *_missing(instrument)),
        *vectors("instruments", instrument.id, TESTED, sources),
        *section("Rights", instrument.copyright[0].upper() + instrument.copyright[1:] + "."),
    ]
    return page(instrument.title, parts, sources)


def _span(low: float, high: float, step: float | None, unit: str = "") -> str:
    grid = f", in steps of {step:g}" if step else ""
    return f"{low:g} to {high:g}{' ' if unit else ''}{unit}{grid}"


def _rule(instrument: Instrument, total: Total) -> str:
    taken = len(instrument.items_of(total))
    aids = any(instrument.items[number].is_aid for number in instrument.items_of(total))
    raised = f"; an aid or help raises a lower one to {instrument.raised_to:g}" if aids else ""
    return f"{RULES[total.rule]}{raised} ({taken} item{'' if taken == 1 else 's'})"


def _item(item: Item, sources: Sources) -> tuple[str, ...]:
    raises = item.raises or (f"as `{item.raises_option}` says" if item.raises_option else "")
    values = _span(item.low, item.high, item.step)
    return f"`{item.id}`", item.label, values, item.part or "", item.group or "", raises, sources.mark(item.source)


def _scales(instrument: Instrument, sources: Sources) -> Iterator[str]:
    if instrument.scale_option is None and not any(scale.codes for scale in instrument.scales.values()):
        return
    if instrument.scale_option:
        yield f"The option `{instrument.scale_option}` says which of these is meant."
    yield table(
        ("written as", "numbers", "codes", "source"),
        (
            (name, _numbers(scale), _codes(scale), sources.mark(scale.source) if scale.source else "")
            for name, scale in instrument.scales.items()
        ),
    )


def _numbers(scale: Scale) -> str:
    if not scale.numbers:
        return "none: codes only"
    if scale.low is None and scale.high is None:
        return "as the items"
    times = f", times {scale.factor}" if scale.factor != "1" else ""
    return _span(scale.low or 0, scale.high or 0, scale.step) + times


def _codes(scale: Scale) -> str:
    told = []
    for code, meaning in scale.codes.items():
        words = f"as `{meaning}` says" if isinstance(meaning, str) else f"is {meaning:g}"
        only = f" (only {', '.join(scale.code_items[code])})" if code in scale.code_items else ""
        told.append(f"{code} {'leaves the score' if meaning == 'excluded' else words}{only}")
    return "; ".join(told)


def _missing(instrument: Instrument) -> Iterator[str]:
    yield (
        "An item that is missing makes a total an interval, from the lowest to the highest that it can be; it is never "
        "taken as 0."
    )
    for total in instrument.totals:
        if total.missing:
            yield f"`{total.name}` has a value beside the interval: {MISSING[total.missing]}."
