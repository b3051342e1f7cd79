"""``myotrial instruments``: what is known of each instrument."""

from myotrial.cli.output import show_table, show_text
from myotrial.instruments.definition import list_instruments, load_instrument


def list_() -> None:
    """List the instruments that items can be scored by."""
    instruments = [load_instrument(name) for name in list_instruments()]
    show_table(
        ("id", "title", "items", "totals"),
        [
            (entry.id, entry.title, len(entry.items), ", ".join(total.name for total in entry.totals))
            for entry in instruments
        ],
    )


def show(name: str) -> None:
    """Show an instrument: its range, items, rule, options and sources.

    Parameters
    ----------
    name
        The id of an instrument; ``myotrial instruments list`` lists them.
    """
    show_text(load_instrument(name).describe())
