"""Instruments: what each gives, from which items, and its options."""

from evidence.text import table

from docs_pages.options import render_options
from myotrial.instruments.definition import Instrument, list_instruments, load_instrument
from myotrial.instruments.total import Total


def render() -> str:
    """Return a section for each instrument."""
    return "\n\n".join(_section(load_instrument(name)) for name in list_instruments())


def _section(instrument: Instrument) -> str:
    count = len(instrument.items)
    items = ", ".join(f"`{item.id}`" for item in instrument.items)
    return "\n\n".join([
        f"## {instrument.id}",
        f"{instrument.title}. [Items, rule and sources](../../evidence/instruments/{instrument.id}.md).",
        table(("column", "what it is", "range", "better"), map(_row, instrument.totals)),
        f"{count} item{'' if count == 1 else 's'}: {items}.",
        render_options(instrument.options),
    ])  # fmt: skip


def _row(total: Total) -> tuple[str, ...]:
    return f"`{total.name}`", total.label, f"{total.low:g} to {total.high:g} {total.unit}".strip(), total.better
