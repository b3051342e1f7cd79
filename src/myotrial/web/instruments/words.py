"""An instrument and its totals in words: for the list, for a page, and as text to be copied."""

from collections.abc import Iterator, Mapping
from typing import Any

from myotrial.instruments.definition import Instrument
from myotrial.instruments.describe import RULES, STATUS
from myotrial.model.options import Option
from myotrial.model.source import Source
from myotrial.web.sheets import NOT_DONE

SHOWN = 6
"""Missing items named one by one."""


def summarise(instrument: Instrument) -> dict[str, Any]:
    """Return what the list says of an instrument: its totals with their ranges, and how sure its sources are.

    Examples
    --------
    >>> from myotrial.instruments.definition import load_instrument
    >>> summarise(load_instrument("das"))["sources"]
    ['second hand']
    """
    totals = {
        total.name: {name: getattr(total, name) for name in ("label", "unit", "low", "high", "better")}
        for total in instrument.totals
    }
    statuses = {source.status for source in _own_sources(instrument)}
    return {
        "id": instrument.id, "title": instrument.title, "short": instrument.short, "measures": instrument.measures,
        "items": len(instrument.items), "totals": totals,
        "sources": [status.replace("_", " ") for status in STATUS if status in statuses],
    }  # fmt: skip


def describe(instrument: Instrument) -> dict[str, Any]:
    """Return an instrument with its items, options and sources."""
    asked = [{name: getattr(item, name) for name in ("id", "label", "low", "high", "step")}
             for item in instrument.items]  # fmt: skip
    options = {
        name: {"label": option.label, "default": option.default,
               "choices": {str(choice): meaning for choice, meaning in option.choices.items()}}
        for name, option in instrument.options.items()
    }  # fmt: skip
    cited = [f"{source['citation']} ({source['status']})" for source in list_sources(instrument)]
    return {**summarise(instrument), "asked": asked, "options": options, "cited": cited,
            "copyright": instrument.copyright, "sha256": instrument.sha256}  # fmt: skip


def matches(instrument: Instrument, words: str) -> bool:
    """Return whether every word stands in an instrument's names, totals or what it measures.

    Examples
    --------
    >>> from myotrial.instruments.definition import load_instrument
    >>> matches(load_instrument("haq-di"), "physical disability"), matches(load_instrument("das"), "strength")
    (True, False)
    """
    names = [instrument.id, instrument.title, instrument.short, instrument.measures, *instrument.also]
    names += [part for total in instrument.totals for part in (total.name, total.label)]
    text = " ".join(names).lower()
    return all(word in text for word in words.lower().split())


def list_sources(instrument: Instrument) -> list[dict[str, str]]:
    """Return every source once: what it is the source of, the citation, its place, identifiers and status."""
    found: dict[Source, list[str]] = {}
    for what, source in _cited(instrument):
        found.setdefault(source, [])
        if what not in found[source]:
            found[source].append(what)
    return [
        {"what": "; ".join(what), "citation": source.citation, "where": source.where or "", "note": source.note or "",
         "ids": ", ".join(part for part in (source.doi and f"doi {source.doi}", source.pmid and f"PMID {source.pmid}",
                                            source.pmcid) if part), "status": STATUS[source.status]}
        for source, what in found.items()
    ]  # fmt: skip


def gaps(instrument: Instrument, cells: Mapping[str, str]) -> dict[str, Any]:
    """Return what is missing: the first items by label, how many more there are, and how many aids are not stated."""
    empty = [item for item in instrument.items if cells.get(item.id, "").lower() in {"", *NOT_DONE}]
    items = [item.label for item in empty if not item.is_aid]
    return {"items": items[:SHOWN], "more": max(len(items) - SHOWN, 0), "aids": len(empty) - len(items)}


def as_text(instrument: Instrument, found: Mapping[str, Any]) -> str:
    """Return the totals as text to be copied into a record: values, ranges, what is missing, options, version."""
    lines = [instrument.title]
    for total in found["totals"].values():
        band = f", {total['band']}" if total["band"] else ""
        lines.append(f"  {total['label']}: {say_total(total)} {total['unit']}{band} "
                     f"({total['low']:g} to {total['high']:g}, {total['better']} is better)")  # fmt: skip
        if total["answered"] < total["items"]:
            lines.append(f"    {total['answered']} of {total['items']} items answered")
    options = [f"{instrument.options[name].label}: {value}" for name, value in found["options"].items()]
    lines += [f"  {option}" for option in options]
    lines.append(f"{instrument.id}, {found['version']}. {found['note']}")
    return "\n".join(lines)


def say_total(total: Mapping[str, Any]) -> str:
    """Return a total as it is read: its value, the interval, or both.

    Examples
    --------
    >>> say_total({"value": None, "least": 4.0, "most": 15.0}), say_total({"value": 1.5, "least": 1.5, "most": 1.5})
    ('4 to 15', '1.5')
    """
    value, least, most = total["value"], total["least"], total["most"]
    if least is None:
        return "none"
    between = f"{least:.4g} to {most:.4g}"
    if value is None:
        return between
    return f"{value:.4g}" if least == most else f"{value:.4g} (from {between})"


def list_rules(instrument: Instrument) -> dict[str, str]:
    """Return how each total is made, in words.

    Examples
    --------
    >>> from myotrial.instruments.definition import load_instrument
    >>> list_rules(load_instrument("das"))
    {'das': 'the sum of its items'}
    """
    found = {}
    for total in instrument.totals:
        aids = any(instrument.items[place].is_aid for place in instrument.items_of(total))
        raised = f"; an aid or help raises a lower one to {instrument.raised_to:g}" if aids else ""
        found[total.name] = RULES[total.rule] + raised
    return found


def say_default(option: Option) -> str:
    """Return the default of an option in words.

    Examples
    --------
    >>> from myotrial.instruments.definition import load_instrument
    >>> say_default(load_instrument("mitax").options["letters"]), say_default(load_instrument("myoact").options["unit"])
    ('default: A 9, B 3, C 1, D 0, E 0', 'has to be stated')
    """
    if option.default is None:
        return "has to be stated"
    if isinstance(option.default, Mapping):
        return "default: " + ", ".join(f"{name} {value}" for name, value in option.default.items())
    return f"default: {option.choices.get(option.default, option.default)}"


def _own_sources(instrument: Instrument) -> Iterator[Source]:
    yield from (total.source for total in instrument.totals)
    yield from (item.source for item in instrument.items)


def _cited(instrument: Instrument) -> Iterator[tuple[str, Source]]:
    for total in instrument.totals:
        yield total.label, total.source
        if total.bands:
            yield f"bands of {total.label}", total.bands.source
    yield from (("items", item.source) for item in instrument.items)
    yield from (("how values are written", scale.source) for scale in instrument.scales.values() if scale.source)
    yield from ((option.label, option.source) for option in instrument.options.values())
